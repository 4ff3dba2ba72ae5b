/** Multigrid in WGSL against the scalar reference; skipped where there is no adapter. */
import { afterAll, describe, expect, it } from 'vitest';
import { solveDiffusion } from '../kernels/diffusion.ts';
import { linkTables, linkWeights, planLevels, type Triple } from '../kernels/diffusion-grid.ts';
import {
  coarsenLinks,
  createLevel,
  cycle,
  invertDiagonal,
  type Level,
  linkCells,
} from '../kernels/diffusion-multigrid.ts';
import { randomUniform } from '../kernels/random.ts';
import { type GpuDevice, isGpuFailure, openGpuDevice } from './device.ts';
import { GpuMultigrid, type GpuLevel, type PotentialProblem, solvePotential } from './diffusion.ts';
import { type GpuJob, runGpuJob, USAGE } from './job.ts';

const gpu = await openGpuDevice(navigator.gpu, isSecureContext).catch((error: unknown) => {
  if (isGpuFailure(error)) return null;
  throw error;
});
afterAll(() => gpu?.device.destroy());

function device(): GpuDevice {
  if (gpu === null) throw new Error('no adapter');
  return gpu;
}

const SURROUNDINGS = { signal: new AbortController().signal, breathe: () => Promise.resolve() };

/** Two conducting phases and an insulator, at random. */
function mixture(size: Triple): PotentialProblem {
  const codes = Uint8Array.from({ length: size[0] * size[1] * size[2] }, (_, i) => {
    const chance = randomUniform(3, 0, i);
    return chance < 0.55 ? 1 : chance < 0.75 ? 2 : 0;
  });
  return {
    size,
    codes,
    classes: Uint8Array.of(0, 1, 2),
    values: [0, 1, 0.2],
    edges: [1, 1, 1],
    direction: 2,
    reduction: 1e-7,
  };
}

function referenceLevels({ size, codes, values, edges }: PotentialProblem): readonly Level[] {
  const weights = linkWeights(edges);
  const levels = planLevels(size, weights).map((shape) => createLevel(shape, false));
  linkCells(levels[0] as Level, codes, linkTables(values, weights));
  levels.forEach((level, l) => {
    if (l > 0) coarsenLinks(levels[l - 1] as Level, level);
    invertDiagonal(level);
  });
  return levels;
}

/** The cells of a level's array, without its padding. */
function cellsOf({ nx, ny, nz, stride, slice }: Level['shape'], array: Float32Array): Float32Array {
  return Float32Array.from({ length: nx * ny * nz }, (_, i) => {
    const [x, y, z] = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))];
    return array[slice * (z + 1) + stride * y + x] as number;
  });
}

async function fetch(job: GpuJob, { cells }: GpuLevel, from: GPUBuffer): Promise<Float32Array> {
  const read = job.buffer(4 * cells, USAGE.mapRead | USAGE.copyTarget);
  const encoder = job.device.createCommandEncoder();
  encoder.copyBufferToBuffer(from, 0, read, 0, 4 * cells);
  job.device.queue.submit([encoder.finish()]);
  let copied = new Float32Array(0);
  await job.read(read, 4 * cells, (values) => {
    copied = new Float32Array(values);
  });
  return copied;
}

function relativeDifference(a: Float32Array, b: Float32Array): number {
  const largest = b.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return (
    a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0) / largest
  );
}

/** Of the largest element; the bits are the same on Chromium's software adapter. */
const TOLERANCE = 1e-5;

describe.skipIf(gpu === null)('multigrid on the GPU', () => {
  it.each([[[24, 24, 24]], [[13, 9, 17]]] satisfies [Triple][])(
    'has the links and the cycle of the reference on %j',
    async (size) => {
      const problem = mixture(size);
      const reference = referenceLevels(problem);
      await runGpuJob(device(), SURROUNDINGS, async (job) => {
        const multigrid = await GpuMultigrid.create(job, problem);
        for (const [l, level] of multigrid.levels.entries()) {
          const expected = reference[l] as Level;
          for (const name of ['linkX', 'linkY', 'linkZ', 'inverse'] as const) {
            const found = await fetch(job, level, level[name]);
            const cells = cellsOf(expected.shape, expected[name]);
            // An axis of one cell has no links.
            if (cells.every((value) => value === 0)) expect(found).toEqual(cells);
            else expect(relativeDifference(found, cells)).toBeLessThanOrEqual(TOLERANCE);
          }
        }
        const fine = multigrid.levels[0] as GpuLevel;
        const r = Float32Array.from({ length: fine.cells }, (_, i) =>
          problem.codes[i] === 0 ? 0 : randomUniform(4, 0, i) - 0.5,
        );
        job.device.queue.writeBuffer(fine.r, 0, r);
        await multigrid.run(multigrid.cycle);
        const found = await fetch(job, fine, fine.x);

        const first = reference[0] as Level;
        const { nx, ny, stride, slice } = first.shape;
        r.forEach((value, i) => {
          const [x, y, z] = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))];
          first.r[slice * (z + 1) + stride * y + x] = value;
        });
        cycle(reference, 0, true);
        const difference = relativeDifference(found, cellsOf(first.shape, first.x));
        console.log(`${device().adapter}, cycle on ${size.join(' × ')}: ${difference}`);
        expect(difference).toBeLessThanOrEqual(TOLERANCE);
      });
    },
  );
});

/** Dissipation of a potential between neighbours, over that of the bare grid. */
function conductivityOf(problem: PotentialProblem, u: Float32Array): number {
  const [nx, ny, nz] = problem.size;
  const value = (i: number): number => problem.values[problem.codes[i] as number] as number;
  const mean = (a: number, b: number): number => (a > 0 && b > 0 ? (2 * a * b) / (a + b) : 0);
  let energy = 0;
  const add = (i: number, j: number): void => {
    energy += mean(value(i), value(j)) * ((u[i] as number) - (u[j] as number)) ** 2;
  };
  for (let i = 0; i < u.length; i++) {
    const z = Math.floor(i / (nx * ny));
    if (i % nx > 0) add(i, i - 1);
    if (Math.floor(i / nx) % ny > 0) add(i, i - nx);
    if (z > 0) add(i, i - nx * ny);
    else energy += 2 * value(i) * (1 - (u[i] as number)) ** 2;
    if (z === nz - 1) energy += 2 * value(i) * (u[i] as number) ** 2;
  }
  return (energy * nz) / (nx * ny);
}

describe.skipIf(gpu === null)('a potential from the GPU', () => {
  it('dissipates what the certified solution does, within 1e-5', async () => {
    const problem = mixture([20, 18, 22]);
    const { signal, breathe } = SURROUNDINGS;
    const progress: number[] = [];
    const found = await solvePotential(device(), problem, { signal, breathe }, (fraction) =>
      progress.push(fraction),
    );
    const exact = solveDiffusion({
      size: problem.size,
      codes: problem.codes,
      conductivities: problem.values,
      edges: problem.edges,
      direction: 2,
      periodicSides: false,
      accuracy: 1e-7,
    });
    const conductivity = conductivityOf(problem, found.values);
    const error = conductivity / exact.effectiveConductivity - 1;
    console.log(
      `${device().adapter}: ${found.iterations} iterations, ${exact.iterations} on the CPU, conductivity off by ${error}`,
    );
    // A potential's dissipation errs upwards; the certified interval is 1e-7 wide.
    expect(error).toBeGreaterThan(-2e-7);
    expect(error).toBeLessThan(1e-5);
    expect(progress).not.toHaveLength(0);
  });

  it('is refused where a buffer would pass the default limit', async () => {
    const problem = { ...mixture([4, 4, 4]), size: [1, 1, 2 ** 25] as const };
    await expect(
      solvePotential(device(), problem, SURROUNDINGS, () => undefined),
    ).rejects.toMatchObject({
      code: 'gpu/failed',
      message: expect.stringContaining('128 MiB'),
    });
  });
});
