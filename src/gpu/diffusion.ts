/**
 * The potential of a steady diffusion problem by multigrid-preconditioned conjugate gradients in
 * float32 on a GPU. It claims no accuracy: a certificate on the CPU bounds the conductance from any
 * potential, and a solver that starts from this one has little left to do.
 */
import {
  type FluxDirection,
  type LevelShape,
  linkTables,
  linkWeights,
  planLevels,
  type Triple,
  turnCells,
  turned,
} from '../kernels/diffusion-grid.ts';
import { type GpuDevice, gpuFailed } from './device.ts';
import { DIFFUSION_WGSL, GROUP } from './diffusion-wgsl.ts';
import { type GpuJob, type JobSurroundings, runGpuJob, USAGE } from './job.ts';

/** What every adapter lets a shader bind. */
const BINDING_BYTES = 128 * 2 ** 20;
const MOST_GROUPS = 65_535;
const MOST_ITERATIONS = 200;

export interface PotentialProblem {
  readonly size: Triple;
  /** One code per voxel, index x + nx * (y + ny * z). */
  readonly codes: Uint8Array;
  /** Class of each code, 0 insulates; conductivity of each class, that of class 0 is 0. */
  readonly classes: Uint8Array;
  readonly values: readonly number[];
  readonly edges: Triple;
  readonly direction: FluxDirection;
  /** Iterations end when the squared error in energy has fallen to about this fraction. */
  readonly reduction: number;
}

export interface Potential {
  /**
   * In `turned` axes, x fastest; 1 at the inlet's face, 0 at the outlet's. Cells that insulate keep
   * the even fall they began with.
   */
  readonly values: Float32Array<ArrayBuffer>;
  readonly iterations: number;
}

/** The shaders as pipelines; the smoother is one for each colour and beginning. */
const PIPELINES = {
  link: { code: DIFFUSION_WGSL.link },
  coarsen: { code: DIFFUSION_WGSL.coarsen },
  invert: { code: DIFFUSION_WGSL.invert },
  smoothRedFromZero: { code: DIFFUSION_WGSL.smooth, constants: { COLOUR: 0, FROM_ZERO: 1 } },
  smoothRed: { code: DIFFUSION_WGSL.smooth, constants: { COLOUR: 0 } },
  smoothBlack: { code: DIFFUSION_WGSL.smooth, constants: { COLOUR: 1 } },
  restrict: { code: DIFFUSION_WGSL.restrict },
  correct: { code: DIFFUSION_WGSL.correct },
  begin: { code: DIFFUSION_WGSL.begin },
  dot: { code: DIFFUSION_WGSL.dot },
  direct: { code: DIFFUSION_WGSL.direct },
  multiply: { code: DIFFUSION_WGSL.multiply },
  advance: { code: DIFFUSION_WGSL.advance },
} as const;
type PipelineName = keyof typeof PIPELINES;

/** One grid of the hierarchy, arrays as the shaders describe them. */
export interface GpuLevel {
  readonly shape: LevelShape;
  readonly cells: number;
  /** The shader's `Shape`. */
  readonly uniform: GPUBuffer;
  readonly linkX: GPUBuffer;
  readonly linkY: GPUBuffer;
  readonly linkZ: GPUBuffer;
  readonly inverse: GPUBuffer;
  readonly x: GPUBuffer;
  readonly r: GPUBuffer;
}

/** A dispatch that is ready to be encoded again and again. */
interface Step {
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  readonly groups: readonly [number, number];
}

function groupsFor(cells: number): readonly [number, number] {
  const count = Math.ceil(cells / GROUP);
  const rows = Math.ceil(count / MOST_GROUPS);
  return [Math.ceil(count / rows), rows];
}

/** Levels, their links, and the cycle over them. */
export class GpuMultigrid {
  readonly levels: readonly GpuLevel[];
  readonly #job: GpuJob;
  readonly #pipelines: ReadonlyMap<PipelineName, GPUComputePipeline>;
  #cycle: readonly Step[] = [];

  private constructor(
    job: GpuJob,
    levels: readonly GpuLevel[],
    pipelines: ReadonlyMap<PipelineName, GPUComputePipeline>,
  ) {
    this.#job = job;
    this.levels = levels;
    this.#pipelines = pipelines;
  }

  static async create(job: GpuJob, problem: PotentialProblem): Promise<GpuMultigrid> {
    const size = turned(problem.size, problem.direction);
    const weights = linkWeights(turned(problem.edges, problem.direction));
    const shapes = planLevels(size, weights);
    const [nx, ny, nz] = size;
    if (4 * nx * ny * (nz + 1) > BINDING_BYTES) {
      throw gpuFailed(
        `${problem.size.join(' × ')} voxels do not fit the 128 MiB that every adapter can bind`,
      );
    }
    const levels = shapes.map((shape, l) => createLevel(job, shape, shapes[l + 1]));
    const pipelines = await createPipelines(job.device);
    const made = new GpuMultigrid(job, levels, pipelines);
    await made.#link(problem, size, weights);
    made.#cycle = made.#planCycle(0, true);
    return made;
  }

  /** Uploads the cells and makes the links of all levels. */
  async #link(problem: PotentialProblem, size: Triple, weights: Triple): Promise<void> {
    const { codes, classes, values, direction } = problem;
    const { device } = this.#job;
    const fine = this.levels[0] as GpuLevel;
    const cells = new Uint8Array(4 * Math.ceil(fine.cells / 4));
    const perChunk = Math.max(1, Math.floor((1 << 20) / (size[0] * size[1])));
    for (let z = 0; z < size[2]; z += perChunk) {
      const end = Math.min(size[2], z + perChunk);
      turnCells(codes, problem.size, direction, classes, cells, z, end);
      await this.#job.breathe();
    }
    const { storage, copyTarget } = USAGE;
    const packed = this.#job.buffer(cells.length, storage | copyTarget);
    device.queue.writeBuffer(packed, 0, cells);
    const { x, y, z, face } = linkTables(values, weights);
    const table = this.#job.buffer(4 * (3 * 64 * 64 + 64), storage | copyTarget);
    [x, y, z, face].forEach((part, i) => {
      device.queue.writeBuffer(table, 4 * i * 64 * 64, part as Float32Array<ArrayBuffer>);
    });
    const { linkX, linkY, linkZ } = fine;
    const steps = [this.step('link', fine, [packed, table, linkX, linkY, linkZ])];
    this.levels.forEach((level, l) => {
      const above = this.levels[l - 1];
      if (above !== undefined) {
        const arrays = [
          above.linkX,
          above.linkY,
          above.linkZ,
          level.linkX,
          level.linkY,
          level.linkZ,
        ];
        steps.push(this.step('coarsen', above, arrays, level.cells));
      }
      const arrays = [level.linkX, level.linkY, level.linkZ, level.inverse];
      steps.push(this.step('invert', level, arrays));
    });
    await this.run(steps);
  }

  /** Prepares a dispatch over the level's cells, or over another number of them. */
  step(
    name: PipelineName,
    level: GpuLevel,
    buffers: readonly GPUBuffer[],
    cells = level.cells,
  ): Step {
    const pipeline = this.#pipelines.get(name) as GPUComputePipeline;
    const group = this.#job.device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: [level.uniform, ...buffers].map((buffer, binding) => ({
        binding,
        resource: { buffer },
      })),
    });
    return { pipeline, group, groups: groupsFor(cells) };
  }

  /** Carries dispatches out, in batches short enough to be cancelled between them. */
  run(steps: readonly Step[]): Promise<void> {
    return this.#job.inBatches(steps.length, (pass, item) => {
      const { pipeline, group, groups } = steps[item] as Step;
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(...groups);
    });
  }

  /** Improves the finest level's `x`, from 0, for its `r`. */
  get cycle(): readonly Step[] {
    return this.#cycle;
  }

  #planCycle(l: number, fromZero: boolean): readonly Step[] {
    const level = this.levels[l] as GpuLevel;
    const { linkX, linkY, linkZ, inverse, x, r } = level;
    const smooth = (name: PipelineName): Step =>
      this.step(name, level, [linkX, linkY, linkZ, inverse, r, x]);
    const red = smooth('smoothRed');
    const black = smooth('smoothBlack');
    const steps = [fromZero ? smooth('smoothRedFromZero') : red, black];
    const coarse = this.levels[l + 1];
    if (coarse !== undefined) {
      const arrays = [linkX, linkY, linkZ, x, r, coarse.r];
      steps.push(
        this.step('restrict', level, arrays, coarse.cells),
        ...this.#planCycle(l + 1, true),
        ...(level.shape.visits === 2 ? this.#planCycle(l + 1, false) : []),
        this.step('correct', level, [coarse.x, x]),
      );
    }
    return [...steps, black, red];
  }
}

function createLevel(job: GpuJob, shape: LevelShape, coarser: LevelShape | undefined): GpuLevel {
  const { nx, ny, nz, factors } = shape;
  const cells = nx * ny * nz;
  const { storage, uniform, copySource, copyTarget } = USAGE;
  const array = (count = cells): GPUBuffer =>
    job.buffer(4 * count, storage | copySource | copyTarget);
  const edges = job.buffer(48, uniform | copyTarget);
  const next = coarser ?? { nx: 0, ny: 0, nz: 0 };
  job.device.queue.writeBuffer(
    edges,
    0,
    // biome-ignore format: a line for each vector of the shader
    Int32Array.of(
      nx, ny, nz, cells,
      next.nx, next.ny, next.nz, next.nx * next.ny * next.nz,
      ...factors, nz,
    ),
  );
  return {
    shape,
    cells,
    uniform: edges,
    linkX: array(),
    linkY: array(),
    linkZ: array(nx * ny * (nz + 1)),
    inverse: array(),
    x: array(),
    r: array(),
  };
}

async function createPipelines(
  device: GPUDevice,
): Promise<ReadonlyMap<PipelineName, GPUComputePipeline>> {
  const made = await Promise.all(
    Object.entries(PIPELINES).map(async ([name, { code, ...rest }]) => {
      const module = device.createShaderModule({ code });
      const pipeline = await device.createComputePipelineAsync({
        layout: 'auto',
        compute: { module, entryPoint: 'main', ...rest },
      });
      return [name as PipelineName, pipeline] as const;
    }),
  );
  return new Map(made);
}

/**
 * Solves for the potential. GPU memory: some 40 bytes per voxel. Throws `gpu/failed` beyond 128 MiB a
 * buffer (some 320³ voxels), `run/cancelled` within a batch, some 40 ms.
 */
export function solvePotential(
  gpu: GpuDevice,
  problem: PotentialProblem,
  surroundings: JobSurroundings,
  onProgress: (fraction: number) => void,
): Promise<Potential> {
  return runGpuJob(gpu, surroundings, async (job) => {
    const multigrid = await GpuMultigrid.create(job, problem);
    const fine = multigrid.levels[0] as GpuLevel;
    const { device } = job;
    const { storage, copySource, copyTarget, mapRead } = USAGE;
    const sumCount = Math.ceil(fine.cells / GROUP);
    const u = job.buffer(4 * fine.cells, storage | copySource);
    const p = job.buffer(4 * fine.cells, storage);
    const sums = job.buffer(4 * sumCount, storage | copySource);
    const scalars = job.buffer(8, storage | copyTarget);
    const read = job.buffer(4 * Math.max(sumCount, fine.cells), mapRead | copyTarget);
    const { linkX, linkY, linkZ, x, r } = fine;
    const begin = multigrid.step('begin', fine, [linkZ, r, u]);
    const dot = multigrid.step('dot', fine, [r, x, sums]);
    const direct = multigrid.step('direct', fine, [scalars, x, p]);
    const multiply = multigrid.step('multiply', fine, [linkX, linkY, linkZ, p, x, sums]);
    const advance = multigrid.step('advance', fine, [scalars, p, x, u, r]);

    const fetch = async (from: GPUBuffer, count: number): Promise<Float32Array<ArrayBuffer>> => {
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(from, 0, read, 0, 4 * count);
      device.queue.submit([encoder.finish()]);
      let copied = new Float32Array(0);
      await job.read(read, 4 * count, (values) => {
        copied = new Float32Array(values);
      });
      return copied;
    };
    const total = async (): Promise<number> =>
      (await fetch(sums, sumCount)).reduce((sum, value) => sum + value, 0);

    await multigrid.run([begin, ...multigrid.cycle, dot]);
    let rz = await total();
    const first = rz;
    let beta = 0;
    let iterations = 0;
    // What is left when rounding is the limit cannot be told from noise, and need not be.
    while (rz > problem.reduction * first && iterations < MOST_ITERATIONS) {
      device.queue.writeBuffer(scalars, 0, Float32Array.of(beta));
      await multigrid.run([direct, multiply]);
      const curvature = await total();
      if (!(curvature > 0)) break;
      device.queue.writeBuffer(scalars, 4, Float32Array.of(rz / curvature));
      await multigrid.run([advance, ...multigrid.cycle, dot]);
      const next = await total();
      beta = next / rz;
      rz = next;
      iterations += 1;
      onProgress(fallOf(rz / first, problem.reduction));
    }
    return { values: await fetch(u, fine.cells), iterations };
  });
}

/** How far a quantity that begins at 1 has fallen to `target`, on a logarithmic scale. */
function fallOf(value: number, target: number): number {
  if (!(value > target)) return 1;
  return Math.max(0, Math.log(value) / Math.log(target));
}
