/** Voxels that a file keeps uncompressed, one after the other. */
import {
  bytesPerVoxel,
  type Size3,
  type VoxelArray,
  type VoxelType,
  voxelCount,
  voxelsFromBytes,
} from '../volume/volume.ts';
import { swapBytes, wordsOf } from './byte-order.ts';
import { allocateBytes, type DecodeJob } from './decode-job.ts';
import type { ByteSource } from './format.ts';
import { loadBytes } from './load-bytes.ts';

export interface StoredSamples {
  readonly source: ByteSource;
  /** Byte of the first sample. */
  readonly start: number;
  readonly type: VoxelType;
  readonly count: number;
  readonly bigEndian: boolean;
}

/**
 * Slices [first, end) of a volume whose samples lie one after the other, x fastest. Throws
 * `file/truncated`, before anything is allocated, where the file ends before the whole volume does.
 */
export function readSampleSlices(
  stored: Omit<StoredSamples, 'count'> & { readonly size: Size3 },
  first: number,
  end: number,
  job: DecodeJob,
): Promise<VoxelArray> {
  const { size, source, start } = stored;
  const width = bytesPerVoxel(stored.type);
  const have = Math.max(source.size - start, 0);
  const need = voxelCount(size) * width;
  if (have < need) throw job.truncated(have, need);
  const slice = size[0] * size[1];
  return readSamples(
    { ...stored, start: start + first * slice * width, count: (end - first) * slice },
    job,
  );
}

/** Throws `file/truncated`, before anything is allocated, where the file ends too soon. */
export async function readSamples(stored: StoredSamples, job: DecodeJob): Promise<VoxelArray> {
  const { source, start, type, count, bigEndian } = stored;
  const width = bytesPerVoxel(type);
  const have = Math.max(source.size - start, 0);
  if (have < count * width) throw job.truncated(have, count * width);
  const bytes = allocateBytes(count * width, source.name);
  await loadBytes(source, start, bytes, job);
  return asSamples(bytes, type, count, bigEndian);
}

/** Bytes in memory of their own as voxels; big-endian ones are turned in place. */
export function asSamples(
  bytes: Uint8Array<ArrayBuffer>,
  type: VoxelType,
  count: number,
  bigEndian: boolean,
): VoxelArray {
  if (bigEndian) swapBytes(wordsOf(bytes, bytesPerVoxel(type)));
  return voxelsFromBytes(type, bytes, count);
}

/**
 * Samples stored with the slowest axis first, as x fastest: `order` gives, for each stored axis from
 * fastest to slowest, the axis of the volume. O(voxels).
 */
export function reorderSamples<T extends VoxelArray>(
  data: T,
  storedSize: readonly [number, number, number],
  order: readonly [number, number, number],
): T {
  const size = [0, 0, 0];
  for (const [stored, axis] of order.entries()) size[axis] = storedSize[stored] as number;
  const strides = [1, size[0] as number, (size[0] as number) * (size[1] as number)];
  const [s0, s1, s2] = order.map((axis) => strides[axis] as number) as [number, number, number];
  const out = new (data.constructor as new (count: number) => T)(data.length);
  let from = 0;
  for (let c = 0; c < storedSize[2]; c++) {
    for (let b = 0; b < storedSize[1]; b++) {
      const base = c * s2 + b * s1;
      for (let a = 0; a < storedSize[0]; a++) out[base + a * s0] = data[from++] as never;
    }
  }
  return out;
}
