/** What filters of grey volumes share: their input as numbers, checked. */
import { UserError } from '../errors/errors.ts';
import { finish, finishBreathing } from '../kernels/steps.ts';
import { voxelPosition } from '../volume/statistics.ts';
import {
  bytesPerVoxel,
  type NumericVoxelArray,
  numericSteps,
  type Volume,
  type VoxelArray,
  type VolumeShape,
  voxelCount,
} from '../volume/volume.ts';

/** Squares of larger values leave the range of float32. */
const LARGEST = 1e18;
const BLOCK_VOXELS = 1 << 20;

function refuse({ name, data, size }: Volume, index: number): never {
  const value = Number(data[index]);
  const [x, y, z] = voxelPosition(index, size);
  const problem = Number.isFinite(value)
    ? 'beyond ±1e18, the largest value filters take'
    : 'not a number that can be filtered';
  const advice = Number.isFinite(value)
    ? 'rescale the grey values'
    : 'crop it away or replace it before filtering';
  throw new UserError(
    'volume/not-finite',
    `${name}: voxel x ${x}, y ${y}, z ${z} is ${value}, ${problem}; ${advice}.`,
    { x, y, z, value: String(value) },
  );
}

/** The voxels as JavaScript numbers: the array itself, or a float32 copy of 64-bit integers. */
export function numericValues(data: VoxelArray): NumericVoxelArray {
  return finish(numericSteps(data));
}

/**
 * `numericValues` of a volume that can be filtered.
 * Throws `volume/not-finite` with the position of the first voxel that is NaN, infinite or beyond
 * ±1e18. Kernels round the values to float32, which keeps integers up to 2^24 exact.
 */
export async function greyValues(
  volume: Volume,
  breathe: () => Promise<void>,
): Promise<NumericVoxelArray> {
  const data = await finishBreathing(numericSteps(volume.data), breathe);
  if (!(data instanceof Float32Array || data instanceof Float64Array)) return data;
  for (let start = 0; start < data.length; start += BLOCK_VOXELS) {
    const end = Math.min(data.length, start + BLOCK_VOXELS);
    for (let i = start; i < end; i++) {
      if (!(Math.abs(data[i] as number) <= LARGEST)) refuse(volume, i);
    }
    await breathe();
  }
  return data;
}

/** Bytes of a float32 result, and of the float32 copy that 64-bit integers need. */
export function greyResultBytes(input: VolumeShape): number {
  const copy = bytesPerVoxel(input.type) === 8 && input.type !== 'float64' ? 4 : 0;
  return voxelCount(input.size) * (4 + copy);
}
