/** Driver of the crossing kernel: the same numbers as `src/kernels/crofton.ts`. */
import { type CrossingBorder, crossingCounts } from '../kernels/crofton.ts';
import { type Size3, voxelCount } from '../volume/volume.ts';
import { copyPadded, paddedBytes, paddedRowBytes } from './padded-labels.ts';
import type { KernelSession } from './session.ts';
import { MOST_THREADS, slabSlices, slabsOf } from './slabs.ts';

/** Voxels of a task: a few milliseconds, also where every voxel is at a surface. */
const VOXELS_PER_TASK = 1 << 17;

function tableBytes(values: number): number {
  return Math.ceil((8 * crossingCounts(values)) / 64) * 64;
}

/** Arena bytes of `countCrossings` for voxels of `values` different values. */
export function crossingBytes(size: Size3, values: number): number {
  return paddedBytes(size, slabSlices(size)) + MOST_THREADS * tableBytes(values) + 1024;
}

/**
 * See the scalar reference. O(N) time on all threads; `indices` may have up to 255 values. Counted
 * are the crossings of the voxels of slices [first, last), default all, with all their neighbours.
 */
export async function countCrossings(
  session: KernelSession,
  indices: Uint8Array,
  size: Size3,
  values: number,
  border: CrossingBorder,
  [first, last]: readonly [number, number] = [0, size[2]],
): Promise<Float64Array<ArrayBuffer>> {
  const [nx, ny] = size;
  const stride = tableBytes(values);
  const slices = slabSlices(size);
  const labels = session.allocate(paddedBytes(size, slices));
  const tables = session.allocate(session.threads * stride);
  session.u8(tables, session.threads * stride).fill(0);
  for (const slab of slabsOf(last - first, slices, 0)) {
    const [start, end] = [first + slab.start, first + slab.end];
    // Beyond the volume is a value of its own, whose crossings nobody reads.
    await copyPadded(
      session,
      labels,
      indices,
      size,
      [start, end],
      border === 'none' ? values : null,
    );
    await session.run(
      {
        kernel: 'countCrossings',
        args: [labels, tables, nx, ny, paddedRowBytes(nx), values],
        items: end - start,
        itemsPerTask: Math.max(1, Math.floor(VOXELS_PER_TASK / (nx * ny))),
        scratch: { argIndex: 1, stride },
      },
      (done, total) =>
        session.progress((slab.start + ((end - start) * done) / total) / (last - first)),
    );
  }
  const counts = new Float64Array(crossingCounts(values));
  for (let thread = 0; thread < session.threads; thread++) {
    const words = session.u32(tables + thread * stride, 2 * counts.length);
    for (let i = 0; i < counts.length; i++) {
      if (i % (values + 1) === values) continue;
      const count = (words[2 * i] as number) + 2 ** 32 * (words[2 * i + 1] as number);
      counts[i] = (counts[i] as number) + count;
    }
  }
  return counts;
}

/** Most values that a volume may have: one more stands for what lies outside. */
export const MOST_CROSSED_VALUES = 255;

/** Voxel visits of `countCrossings`. */
export function crossingWork(size: Size3): number {
  return 6 * voxelCount(size);
}
