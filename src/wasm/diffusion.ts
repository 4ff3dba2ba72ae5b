/**
 * Effective conductivity of a voxel network by the WebAssembly kernels: multigrid-preconditioned
 * conjugate gradients, the same bits as `src/kernels/diffusion.ts` on any number of threads.
 */
import {
  classifyCodes,
  contrastOf,
  type DiffusionProblem,
  type DiffusionSolution,
  noPath,
  type ReadPlane,
  relativeWidth,
  solutionOf,
  unpadPlane,
} from '../kernels/diffusion.ts';
import {
  boundConductance,
  type ConductanceBounds,
  describeNetwork,
  intersect,
  type Network,
  type RoutedFlow,
} from '../kernels/diffusion-certificate.ts';
import type { StrayClusters } from '../kernels/diffusion-percolation.ts';
import {
  type FluxDirection,
  type LevelShape,
  linkTables,
  linkWeights,
  planLevels,
  REACHED_INLET,
  REACHED_OUTLET,
  type Triple,
  turnCells,
  turned,
} from '../kernels/diffusion-grid.ts';
import { conjugateGradients, type SolverStep } from '../kernels/diffusion-solver.ts';
import type { KernelSession, TaskPlan } from './session.ts';

/** Elements of a task: a fraction of a millisecond to a few milliseconds of work. */
const TASK_ELEMENTS = 1 << 17;
/** Levels up to this many elements are visited with all coarser ones in one call. */
const SERIAL_ELEMENTS = 1 << 17;
/** Cells a flood takes from its stack, or a forest from its order, in one call. */
const FLOOD_BUDGET = 1 << 18;
/** Three tables of 64 × 64 and one of 64. */
const TABLE_ELEMENTS = 3 * 64 * 64 + 64;
const LEVEL_WORDS = 16;
/** float64 that counts of clusters and the routing of flows keep between calls. */
const SMALLEST_SUMS = 8;
/** Places of the inverse diagonal and of the correction among the arrays of a level. */
const INVERSE = 3;
const CORRECTION = 4;
const ALIGNMENT = 64;

/** Offsets of everything a solve needs from the start of its arena, in bytes. */
interface Layout {
  readonly shapes: readonly LevelShape[];
  readonly cells: number;
  readonly tables: number;
  readonly records: number;
  /** float32 arrays of each level: linkX, linkY, linkZ, inverse, x, r. */
  readonly levels: readonly (readonly number[])[];
  /** float64. */
  readonly u: number;
  /** float32. */
  readonly p: number;
  /** One float64 per slice, at least eight. */
  readonly sums: number;
  readonly row: number;
  readonly rowBytes: number;
  readonly bytes: number;
}

function planArena(size: Triple, edges: Triple, direction: FluxDirection, threads: number): Layout {
  const grid = turned(size, direction);
  const shapes = planLevels(grid, linkWeights(turned(edges, direction)));
  const fine = shapes[0] as LevelShape;
  let top = 0;
  const reserve = (bytes: number): number => {
    const start = top;
    // SIMD loads may read up to 64 bytes past the end of an array.
    top += Math.ceil((bytes + ALIGNMENT) / ALIGNMENT) * ALIGNMENT;
    return start;
  };
  const rowBytes = 4 * fine.stride;
  return {
    shapes,
    cells: reserve(grid[0] * grid[1] * grid[2]),
    tables: reserve(4 * TABLE_ELEMENTS),
    records: reserve(4 * LEVEL_WORDS * shapes.length),
    levels: shapes.map(({ length }) => {
      const single = Array.from({ length: 4 }, () => reserve(4 * length));
      // One after the other: a certificate puts its flow, float64, where x and r are.
      const both = reserve(8 * length);
      return [...single, both, both + 4 * length];
    }),
    u: reserve(8 * fine.length),
    p: reserve(4 * fine.length),
    sums: reserve(8 * Math.max(SMALLEST_SUMS, fine.nz)),
    row: reserve(rowBytes * threads),
    rowBytes,
    bytes: top,
  };
}

/** Threads a scratch estimate covers. */
const MOST_THREADS = 64;

/**
 * Arena bytes that `solveDiffusion` needs for any of the directions: about 42 bytes per voxel, more
 * for volumes that are thin along the flux.
 */
export function diffusionArenaBytes(
  size: Triple,
  edges: Triple,
  directions: readonly FluxDirection[],
  threads = MOST_THREADS,
): number {
  return Math.max(
    ...directions.map((direction) => planArena(size, edges, direction, threads).bytes),
  );
}

/**
 * Solves one problem in the arena that begins at `arena` and has at least `diffusionArenaBytes`.
 * `onProgress` is called with rising fractions of this solve, `readPlane` with the potential.
 */
export async function solveDiffusion(
  session: KernelSession,
  arena: number,
  problem: DiffusionProblem,
  onProgress: (fraction: number) => void,
  readPlane?: ReadPlane,
): Promise<DiffusionSolution> {
  const solve = new Solve(session, arena, problem, onProgress);
  const percolatingVoxels = await solve.findPaths();
  if (percolatingVoxels === 0) return noPath(solve.stray);
  await solve.buildLevels();
  const steps = conjugateGradients(problem.accuracy, solve.contrast);
  let next = steps.next();
  while (next.done !== true) next = steps.next(await solve.carryOut(next.value));
  if (readPlane !== undefined) await solve.readPlanes(readPlane);
  onProgress(1);
  return solutionOf(solve.size, percolatingVoxels, solve.stray, next.value, solve.bounds);
}

const NO_STRAY: StrayClusters = {
  blindClusters: 0,
  blindVoxels: 0,
  isolatedClusters: 0,
  isolatedVoxels: 0,
};

/** Share of a solve's progress that paths and links take. */
const SETUP_SHARE = 0.1;

class Solve {
  /** Sizes of the turned grid. */
  readonly size: Triple;
  readonly contrast: number;
  bounds: ConductanceBounds = { lower: 0, upper: Number.POSITIVE_INFINITY };
  stray: StrayClusters = NO_STRAY;
  readonly #session: KernelSession;
  readonly #arena: number;
  readonly #problem: DiffusionProblem;
  readonly #layout: Layout;
  readonly #onProgress: (fraction: number) => void;
  readonly #conductivities: readonly number[];
  readonly #classes: Uint8Array;
  #percolatingVoxels = 0;
  #network: Network | undefined;
  #isSpoilt = false;
  #firstError = 0;
  #fraction = 0;

  constructor(
    session: KernelSession,
    arena: number,
    problem: DiffusionProblem,
    onProgress: (fraction: number) => void,
  ) {
    this.#session = session;
    this.#arena = arena;
    this.#problem = problem;
    this.#onProgress = onProgress;
    this.size = turned(problem.size, problem.direction);
    const { size, edges, direction } = problem;
    this.#layout = planArena(size, edges, direction, session.threads);
    const { classes, values } = classifyCodes(problem.conductivities);
    this.#classes = classes;
    this.#conductivities = values;
    this.contrast = contrastOf(values);
  }

  /** Turns the volume and keeps the cells joined to both faces; returns how many there are. */
  async findPaths(): Promise<number> {
    const { codes, size, direction, periodicSides } = this.#problem;
    const [nx, ny, nz] = this.size;
    const slice = nx * ny;
    const cells = this.#arena + this.#layout.cells;
    const perChunk = Math.max(1, Math.floor((1 << 20) / slice));
    const view = this.#session.u8(cells, slice * nz);
    for (let z = 0; z < nz; z += perChunk) {
      const end = Math.min(nz, z + perChunk);
      turnCells(codes, size, direction, this.#classes, view, z, end);
      await this.#session.breathe();
    }
    for (const [face, mark] of [
      [0, REACHED_INLET],
      [nz - 1, REACHED_OUTLET],
    ] as const) {
      await this.#flood(cells, face, mark, periodicSides);
    }
    this.stray = await this.#dropStray(cells, periodicSides);
    const sums = this.#arena + this.#layout.sums;
    await this.#session.run({
      kernel: 'diffusionKeepPercolating',
      args: [cells, slice, sums],
      items: nz,
      itemsPerTask: Math.max(1, Math.floor((1 << 20) / slice)),
    });
    this.#percolatingVoxels = this.#sum();
    return this.#percolatingVoxels;
  }

  async #flood(cells: number, face: number, mark: number, periodic: boolean): Promise<void> {
    const [nx, ny, nz] = this.size;
    const slice = nx * ny;
    const stack = this.#spare();
    const range = [face * slice, (face + 1) * slice] as const;
    // Pointers above 2 GiB come back negative.
    let top = this.#session.call('diffusionFloodSeed', cells, mark, stack, ...range) >>> 0;
    const grid = [cells, nx, ny, nz, mark, periodic ? 1 : 0, stack] as const;
    while (top > stack) {
      top = this.#session.call('diffusionFlood', ...grid, top, FLOOD_BUDGET) >>> 0;
      await this.#session.breathe();
    }
  }

  async #dropStray(cells: number, periodic: boolean): Promise<StrayClusters> {
    const stack = this.#spare();
    const state = this.#arena + this.#layout.sums;
    const counts = this.#session.f64(state, SMALLEST_SUMS);
    counts.fill(0);
    const args = [cells, ...this.size, periodic ? 1 : 0, stack, state, FLOOD_BUDGET] as const;
    while (this.#session.call('diffusionDropStray', ...args) === 0) await this.#session.breathe();
    const count = (i: number): number => counts[i] as number;
    return {
      blindClusters: count(5),
      blindVoxels: count(6),
      isolatedClusters: count(3),
      isolatedVoxels: count(4),
    };
  }

  /** Writes the level records, then the links and inverse diagonals of all levels. */
  async buildLevels(): Promise<void> {
    const { shapes, levels, records, cells, tables, sums } = this.#layout;
    // Padding must be zero, and the arena may hold an earlier solve.
    const first = this.#arena + (levels[0]?.[0] as number);
    await this.#clear(first, this.#arena + sums - first);
    const periodic = this.#problem.periodicSides ? 1 : 0;
    const words = this.#session.u32(this.#arena + records, LEVEL_WORDS * shapes.length);
    shapes.forEach(({ nx, ny, nz, stride, slice, factors, visits }, l) => {
      const arrays = (levels[l] as readonly number[]).map((offset) => this.#arena + offset);
      words.set(
        [nx, ny, nz, stride, slice, ...factors, ...arrays, periodic, visits],
        LEVEL_WORDS * l,
      );
    });
    const weights = linkWeights(turned(this.#problem.edges, this.#problem.direction));
    const linksOf = linkTables(this.#conductivities, weights);
    const { x, y, z, face } = linksOf;
    this.#network = describeNetwork(shapes[0] as LevelShape, this.#percolatingVoxels, linksOf);
    const table = this.#session.f32(this.#arena + tables, TABLE_ELEMENTS);
    [x, y, z, face].forEach((values, i) => table.set(values, i * 64 * 64));
    const links = [this.#record(0), this.#arena + cells, this.#arena + tables];
    await this.#run('diffusionLinkCells', 0, links);
    for (let l = 0; l < shapes.length; l++) {
      // Coarse slices are dealt out, each costs the links of two fine ones.
      if (l > 0) await this.#run('diffusionCoarsen', l, [this.#record(l - 1)]);
      await this.#run('diffusionInvertDiagonal', l, [this.#record(l)]);
    }
    this.#onProgress(SETUP_SHARE);
  }

  async #clear(start: number, bytes: number): Promise<void> {
    await this.#session.run({
      kernel: 'diffusionClear',
      args: [start, bytes],
      items: Math.ceil(bytes / (1 << 20)),
      itemsPerTask: 4,
    });
  }

  async carryOut(step: SolverStep): Promise<number> {
    const { u, p, sums } = this.#layout;
    const level = this.#record(0);
    const at = (offset: number): number => this.#arena + offset;
    switch (step.kind) {
      case 'start':
        await this.#run('diffusionProfile', 0, [level, at(u)]);
        await this.#run('diffusionResidual', 0, [level, at(u)]);
        await this.#run('diffusionEnergy', 0, [level, at(u), at(sums)]);
        return this.#sum();
      case 'precondition':
        await this.#restore();
        await this.#cycle(0, true);
        await this.#run('diffusionDot', 0, [level, at(sums)]);
        return this.#sum();
      case 'direct':
        this.#report(step.error);
        await this.#run('diffusionDirect', 0, [level, at(p), step.beta]);
        return 0;
      case 'multiply':
        await this.#run('diffusionMultiply', 0, [level, at(p), at(sums)]);
        return this.#sum();
      case 'advance':
        await this.#run('diffusionAdvance', 0, [level, at(u), at(p), step.alpha]);
        return 0;
      case 'energy':
        await this.#run('diffusionEnergy', 0, [level, at(u), at(sums)]);
        return this.#sum();
      case 'certify':
        return this.#certify(step.energy);
    }
  }

  async readPlanes(readPlane: ReadPlane): Promise<void> {
    const shape = this.#layout.shapes[0] as LevelShape;
    const { nx, ny, nz, length } = shape;
    const u = this.#session.f64(this.#arena + this.#layout.u, length);
    const potential = new Float64Array(nx * ny);
    for (let index = 0; index < nz; index++) {
      unpadPlane(shape, u, index, potential);
      const first = this.#arena + this.#layout.cells + nx * ny * index;
      readPlane({ index, potential, cells: this.#session.u8(first, nx * ny) });
      await this.#session.breathe();
    }
  }

  /** Four bytes per element of the finest level, in place of its inverse diagonal. */
  #spare(): number {
    return this.#arena + ((this.#layout.levels[0] as readonly number[])[INVERSE] as number);
  }

  /** The flow takes the place of the finest level's correction and residual. */
  async #certify(energy: number): Promise<number> {
    const order = this.#spare();
    const flow = this.#flow();
    this.#isSpoilt = true;
    const u = this.#arena + this.#layout.u;
    await this.#run('diffusionExactResidual', 0, [this.#record(0), u, flow]);
    const end = await this.#growForest(order);
    const routed = await this.#route(flow, order, end);
    const bounds = boundConductance(energy, routed, this.#network as Network);
    this.bounds = intersect(this.bounds, bounds);
    return relativeWidth(this.bounds);
  }

  #flow(): number {
    return this.#arena + ((this.#layout.levels[0] as readonly number[])[CORRECTION] as number);
  }

  /** What a certificate has overwritten. */
  async #restore(): Promise<void> {
    if (!this.#isSpoilt) return;
    this.#isSpoilt = false;
    const { length } = this.#layout.shapes[0] as LevelShape;
    await this.#clear(this.#spare(), 4 * length);
    await this.#clear(this.#flow(), 8 * length);
    await this.#run('diffusionInvertDiagonal', 0, [this.#record(0)]);
    const u = this.#arena + this.#layout.u;
    await this.#run('diffusionResidual', 0, [this.#record(0), u]);
  }

  /** Returns the end of the order. */
  async #growForest(order: number): Promise<number> {
    const [nx, ny, nz] = this.size;
    const cells = this.#arena + this.#layout.cells;
    const grid = [cells, nx, ny, nz, this.#problem.periodicSides ? 1 : 0] as const;
    let end = this.#session.call('diffusionForestRoots', cells, nx * ny, nz, order) >>> 0;
    for (let head = order; head < end; head = Math.min(end, head + 4 * FLOOD_BUDGET)) {
      end = this.#session.call('diffusionForestGrow', ...grid, head, end, FLOOD_BUDGET) >>> 0;
      await this.#session.breathe();
    }
    return end;
  }

  async #route(flow: number, order: number, end: number): Promise<RoutedFlow> {
    const cells = this.#arena + this.#layout.cells;
    const sums = this.#arena + this.#layout.sums;
    const totals = this.#session.f64(sums, 2);
    totals.fill(0);
    for (let stop = end; stop > order; stop -= 4 * FLOOD_BUDGET) {
      const start = Math.max(order, stop - 4 * FLOOD_BUDGET);
      this.#session.call('diffusionRoute', this.#record(0), cells, flow, sums, start, stop);
      await this.#session.breathe();
    }
    return { dissipation: totals[0] as number, handled: totals[1] as number };
  }

  /** One visit to level `l` and the coarser ones; the order of `cycle` in the reference. */
  async #cycle(l: number, fromZero: boolean): Promise<void> {
    const { shapes, row, rowBytes } = this.#layout;
    const shape = shapes[l] as LevelShape;
    const level = this.#record(l);
    const zero = fromZero ? 1 : 0;
    if (shape.length <= SERIAL_ELEMENTS) {
      this.#session.call('diffusionCycle', level, shapes.length - l, this.#arena + row, zero);
      return;
    }
    await this.#run('diffusionSmooth', l, [level, 0, zero, 0]);
    await this.#run('diffusionSmooth', l, [level, 1, 0, 0]);
    if (l + 1 < shapes.length) {
      await this.#session.run({
        ...this.#plan('diffusionRestrict', l + 1, [level, this.#arena + row]),
        scratch: { argIndex: 1, stride: rowBytes },
      });
      await this.#cycle(l + 1, true);
      if (shape.visits === 2) await this.#cycle(l + 1, false);
      await this.#run('diffusionAddCorrection', l, [level]);
    }
    await this.#run('diffusionSmooth', l, [level, 1, 0, 1]);
    await this.#run('diffusionSmooth', l, [level, 0, 0, 1]);
  }

  #record(l: number): number {
    return this.#arena + this.#layout.records + 4 * LEVEL_WORDS * l;
  }

  #plan(kernel: string, l: number, args: readonly number[]): TaskPlan {
    const { nz, slice } = this.#layout.shapes[l] as LevelShape;
    const itemsPerTask = Math.max(1, Math.floor(TASK_ELEMENTS / slice));
    return { kernel, args, items: nz, itemsPerTask };
  }

  /** Covers the slices of level `l`. */
  #run(kernel: string, l: number, args: readonly number[]): Promise<void> {
    return this.#session.run(this.#plan(kernel, l, args));
  }

  /** The per-slice sums, added in slice order. */
  #sum(): number {
    const sums = this.#session.f64(this.#arena + this.#layout.sums, this.size[2]);
    return sums.reduce((total, value) => total + value, 0);
  }

  /** Progress by the digits of accuracy gained. */
  #report(error: number): void {
    if (this.#firstError === 0) this.#firstError = error;
    const gained = Math.log(this.#firstError / error);
    const needed = Math.log(this.#firstError / this.#problem.accuracy);
    const share = needed > 0 ? Math.max(0, Math.min(1, gained / needed)) : 1;
    this.#fraction = Math.max(this.#fraction, SETUP_SHARE + (1 - SETUP_SHARE) * share);
    this.#onProgress(this.#fraction);
  }
}
