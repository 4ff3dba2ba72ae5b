/** Driver of the distance kernels: the same squared distances as `src/kernels/distance.ts`. */
import { UserError } from '../errors/errors.ts';
import { type DistanceOptions, isCubic, lengthsOf, LONGEST_DIAGONAL } from '../kernels/distance.ts';
import { countByLabel, ValueCounts } from '../kernels/value-counts.ts';
import type { Size3 } from '../volume/volume.ts';
import type { KernelSession } from './session.ts';
import { copyOut, MOST_THREADS } from './slabs.ts';

/** As in `wasm/src/distance.ts`. */
const SHORT = 24;
const COLUMNS = 16;

/** Voxels of one task: at most 30 ms. */
const TASK_VOXELS = 1 << 20;
/** Labels per copy between two chances to cancel. */
const COPY_VOXELS = 1 << 24;

/** Squared distances in kernel memory, beside the labels they were measured on. */
export interface SquaredField {
  /** uint8, x fastest. */
  readonly labels: number;
  /** int32 for cubic voxels, float64 else; the same layout. */
  readonly squared: number;
  readonly cubic: boolean;
}

export type SquaredArray = Int32Array | Float64Array;

function scratchBytes([nx, ny, nz]: Size3, cubic: boolean): number {
  const y = 32 * ny + 128;
  const x = cubic ? 4 * (2 * nx + 2 * SHORT + 32) + 16 * (nx + 4) : 24 * nx + 64;
  const z = cubic ? 192 * nz + 128 * SHORT + 192 : 288 * nz + 64;
  return Math.ceil(Math.max(x, y, z) / 64) * 64;
}

/** Arena bytes of `measureSquares`: labels 1 and squares 4 or 8 a voxel, and scratch. */
export function distanceBytes(size: Size3, cubic: boolean): number {
  const voxels = size[0] * size[1] * size[2];
  return voxels * (cubic ? 5 : 9) + MOST_THREADS * scratchBytes(size, cubic) + 1024;
}

/** Cells of a thread's table of counts: the values of all labels together. */
const TABLE_CELLS = 1 << 16;

/** Arena bytes of `countLengths`. */
export function countBytes(): number {
  return MOST_THREADS * 4 * (TABLE_CELLS + 16) + 1024;
}

function refuseLongDiagonal(size: Size3): void {
  const diagonal = Math.hypot(...size);
  if (diagonal > LONGEST_DIAGONAL) {
    throw new UserError(
      'memory/over-budget',
      `The volume's space diagonal is ${Math.ceil(diagonal)} voxels long and distances are counted up to ${LONGEST_DIAGONAL}: crop or bin the volume first.`,
      { size },
    );
  }
}

/** The squares of a field as an array over kernel memory. */
export function squaresOf(
  session: KernelSession,
  { squared, cubic }: SquaredField,
  start: number,
  length: number,
): SquaredArray {
  return cubic
    ? session.i32(squared + 4 * start, length)
    : session.f64(squared + 8 * start, length);
}

/**
 * Squared distances of all voxels, left in kernel memory; see `squaredDistances` in the scalar
 * reference. O(N) time, about 10 ns a voxel for cubic voxels. Throws `memory/over-budget` for a
 * space diagonal beyond 16383 voxels. Arena: `distanceBytes`.
 */
export async function measureSquares(
  session: KernelSession,
  labels: Uint8Array,
  size: Size3,
  options: DistanceOptions,
): Promise<SquaredField> {
  refuseLongDiagonal(size);
  const [nx, ny, nz] = size;
  const cubic = isCubic(options);
  const voxels = nx * ny * nz;
  const field = {
    labels: session.allocate(voxels),
    squared: session.allocate(voxels * (cubic ? 4 : 8)),
    cubic,
  };
  const stride = scratchBytes(size, cubic);
  const scratch = session.allocate(session.threads * stride);
  for (let from = 0; from < voxels; from += COPY_VOXELS) {
    const part = labels.subarray(from, from + COPY_VOXELS);
    session.u8(field.labels + from, part.length).set(part);
    await session.breathe();
  }
  const suffix = cubic ? '' : 'Weighted';
  const weight = (axis: 0 | 1 | 2): readonly number[] => (cubic ? [] : [options.weights[axis]]);
  const ends = [options.walls ? 1 : 0, options.outside] as const;
  const blocks = Math.ceil(nx / COLUMNS);
  const passes = [
    { axis: 'Y', args: [nx, ny, ...weight(1)], items: blocks * nz, length: ny * COLUMNS },
    { axis: 'X', args: [nx, ...weight(0)], items: ny * nz, length: nx },
    { axis: 'Z', args: [nx, ny, nz, ...weight(2)], items: blocks * ny, length: nz * COLUMNS },
  ] as const;
  for (const [index, { axis, args, items, length }] of passes.entries()) {
    await session.run(
      {
        kernel: `distanceAlong${axis}${suffix}`,
        args: [field.labels, field.squared, scratch, ...args, ...ends],
        items,
        itemsPerTask: Math.max(1, Math.floor(TASK_VOXELS / (cubic ? 1 : 2) / length)),
        scratch: { argIndex: 2, stride },
      },
      (done, total) => session.progress((index + done / total) / passes.length),
    );
  }
  return field;
}

/** Counts that JavaScript makes, block by block. */
async function countHere(
  session: KernelSession,
  field: SquaredField,
  voxels: number,
  counts: readonly (ValueCounts | undefined)[],
): Promise<void> {
  for (let start = 0; start < voxels; start += TASK_VOXELS) {
    const length = Math.min(TASK_VOXELS, voxels - start);
    const labels = session.u8(field.labels + start, length);
    countByLabel(squaresOf(session, field, start, length), labels, counts);
    await session.breathe();
  }
}

/**
 * How often each square occurs in the voxels of each label 0 … `labelCount` - 1, those of `outside`
 * left out. Arena: `countBytes`.
 */
export async function countLengths(
  session: KernelSession,
  field: SquaredField,
  voxels: number,
  labelCount: number,
  outside: number,
): Promise<readonly (ValueCounts | undefined)[]> {
  const empty = (): (ValueCounts | undefined)[] =>
    Array.from({ length: labelCount }, (_, label) =>
      label === outside ? undefined : new ValueCounts(),
    );
  const counts = empty();
  if (!field.cubic) {
    await countHere(session, field, voxels, counts);
    return counts;
  }
  const columns = Math.floor(TABLE_CELLS / labelCount);
  const cells = columns * labelCount + 1;
  const stride = 4 * (TABLE_CELLS + 16);
  const tables = session.allocate(session.threads * stride);
  for (let thread = 0; thread < session.threads; thread++) {
    session.u32(tables + thread * stride, cells).fill(0);
  }
  await session.run({
    kernel: 'countSquares',
    args: [field.labels, field.squared, tables, columns, labelCount],
    items: voxels,
    itemsPerTask: 4 * TASK_VOXELS,
    scratch: { argIndex: 2, stride },
  });
  for (let thread = 0; thread < session.threads; thread++) {
    const table = session.u32(tables + thread * stride, cells);
    if (table[cells - 1] !== 0) {
      // Distances of hundreds of voxels: rare enough for the slow way.
      const slow = empty();
      await countHere(session, field, voxels, slow);
      return slow;
    }
    table.forEach((times, cell) => {
      if (times > 0) counts[Math.floor(cell / columns)]?.add(cell % columns, times);
    });
  }
  return counts;
}

/**
 * The lengths √square · `scale` of all voxels as float32, in an array of their own. The squares of
 * cubic voxels are lost.
 */
export async function copyLengths(
  session: KernelSession,
  field: SquaredField,
  voxels: number,
  scale: number,
): Promise<Float32Array<ArrayBuffer>> {
  const out = new Float32Array(voxels);
  if (field.cubic) {
    await session.run({
      kernel: 'squaresToLengths',
      args: [field.squared, scale],
      items: voxels,
      itemsPerTask: 4 * TASK_VOXELS,
    });
    await copyOut(session, field.squared, out, 0, voxels);
    return out;
  }
  for (let start = 0; start < voxels; start += TASK_VOXELS) {
    const squares = squaresOf(session, field, start, Math.min(TASK_VOXELS, voxels - start));
    out.set(lengthsOf(squares, scale), start);
    await session.breathe();
  }
  return out;
}
