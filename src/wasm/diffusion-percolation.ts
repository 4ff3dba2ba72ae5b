/**
 * Which conducting cells are joined to both outer faces, by the WebAssembly kernels: runs of cells
 * along x are united into clusters, slab by slab and then across the slabs' borders. The answer is
 * that of `src/kernels/diffusion-percolation.ts`.
 */
import type { DiffusionProblem } from '../kernels/diffusion.ts';
import { turned, turnedStrides } from '../kernels/diffusion-grid.ts';
import type { StrayClusters } from '../kernels/diffusion-percolation.ts';
import type { PercolationArena } from './diffusion-arena.ts';
import type { KernelSession } from './session.ts';

/** Cells of a task: a few milliseconds of work. */
const TASK_CELLS = 1 << 20;
/** Slices of a task where neighbours in memory lie in different slices. */
const TURNED_SLICES = 32;
/** Runs or rows that one call passes over. */
const CALL_RUNS = 1 << 18;

export interface Paths {
  readonly percolatingVoxels: number;
  readonly stray: StrayClusters;
  /** Runs of cells along x before the middle slice, and behind it: at most so many stay. */
  readonly runs: readonly [number, number];
}

/**
 * Turns the volume, so that `cells` holds classes, and leaves a bit for each cell that is joined to
 * both faces. Works in 10 bytes per cell from the arena's scratch on.
 */
export async function findPaths(
  session: KernelSession,
  base: number,
  arena: PercolationArena,
  problem: DiffusionProblem,
  classes: Uint8Array,
): Promise<Paths> {
  const [nx, ny, nz] = turned(problem.size, problem.direction);
  const periodic = problem.periodicSides ? 1 : 0;
  const rows = ny * nz;
  const { words } = arena;
  const cells = base + arena.cells;
  const bits = base + arena.bits;
  const counts = base + arena.sums;
  let top = base + arena.scratch;
  const take = (bytes: number): number => {
    const start = top;
    top += 64 * Math.ceil((bytes + 64) / 64);
    return start;
  };
  if (arena.cells === arena.scratch) take(nx * rows);
  const itemsPerTask = Math.max(1, Math.floor(TASK_CELLS / (nx * ny)));
  const run = (kernel: string, args: readonly number[]): Promise<void> =>
    session.run({ kernel, args, items: nz, itemsPerTask });

  const table = take(256);
  session.u8(table, 256).set(classes);
  const codes = take(nx * rows);
  await copyCodes(session, problem.codes, codes);
  const steps = turnedStrides(problem.size, problem.direction);
  await session.run({
    kernel: 'runsTurn',
    args: [codes, table, cells, nx, ny, ...steps],
    items: nz,
    itemsPerTask: steps[2] === 1 ? TURNED_SLICES : itemsPerTask,
  });

  const offsets = take(4 * (rows + 1));
  await run('runsPack', [cells, bits, offsets, nx, ny, words]);
  // Pointers and counts above 2³¹ come back negative.
  const total = session.call('runsOffsets', offsets, rows) >>> 0;
  const runs = take(8 * total);
  const parents = take(4 * total);
  const clusters = take(4 * total);
  await run('runsList', [bits, words, offsets, runs, parents, ny]);
  const slab = itemsPerTask;
  await session.run({
    kernel: 'runsUnite',
    args: [offsets, runs, parents, nx, ny, nz, periodic, slab],
    items: Math.ceil(nz / slab),
    itemsPerTask: 1,
  });
  for (let z = slab; z < nz; z += slab) {
    session.call('runsUniteSlices', offsets, runs, parents, ny, z);
    await session.breathe();
  }
  const rowsPerCall = Math.max(1, Math.floor((CALL_RUNS * rows) / Math.max(1, total)));
  for (let row = 0; row < rows; row += rowsPerCall) {
    const end = Math.min(rows, row + rowsPerCall);
    session.call('runsResolve', offsets, runs, parents, clusters, ny, nz, row, end);
    await session.breathe();
  }
  const found = session.f64(counts, 5);
  found.fill(0);
  for (let first = 0; first < total; first += CALL_RUNS) {
    const end = Math.min(total, first + CALL_RUNS);
    session.call('runsCount', parents, clusters, counts, first, end);
    await session.breathe();
  }
  const count = (i: number): number => found[i] as number;
  const before = session.u32(offsets, rows + 1)[ny * Math.floor(nz / 2)] as number;
  await run('runsKeep', [bits, words, offsets, runs, parents, clusters, ny]);
  return {
    percolatingVoxels: count(0),
    stray: {
      blindClusters: count(3),
      blindVoxels: count(4),
      isolatedClusters: count(1),
      isolatedVoxels: count(2),
    },
    runs: [before, total - before],
  };
}

async function copyCodes(session: KernelSession, codes: Uint8Array, to: number): Promise<void> {
  const memory = session.u8(to, codes.length);
  for (let from = 0; from < codes.length; from += 1 << 22) {
    memory.set(codes.subarray(from, from + (1 << 22)), from);
    await session.breathe();
  }
}
