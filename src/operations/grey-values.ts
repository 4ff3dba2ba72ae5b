/** What filters of grey volumes share: their input as numbers, checked. */
import { UserError } from '../errors/errors.ts';
import { movedError } from '../errors/moved-error.ts';
import type { Passes } from '../kernels/histogram.ts';
import { finish, finishBreathing } from '../kernels/steps.ts';
import { voxelPosition } from '../volume/statistics.ts';
import type { LayerOptions, StreamedVolume } from '../volume/streamed.ts';
import {
  allocateVoxels,
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

/** Bits of LARGEST as float32; without their sign, bits of floats are in the order of the values. */
const LARGEST_BITS = new Uint32Array(Float32Array.of(LARGEST).buffer)[0] as number;
const WITHOUT_SIGN = 0x7fffffff;

/** Whether float32 voxels [start, end) are all within ±LARGEST; several times as fast as comparing. */
function areFit(bits: Uint32Array, start: number, end: number): boolean {
  let beyond = 0;
  for (let i = start; i < end; i++) beyond |= LARGEST_BITS - ((bits[i] as number) & WITHOUT_SIGN);
  return beyond >= 0;
}

/**
 * What throws `volume/not-finite` with the position of the first of voxels [start, end) that is NaN,
 * infinite or beyond ±1e18. It takes about half a nanosecond per voxel.
 */
function greyCheck(volume: Volume): (start: number, end: number) => void {
  const { data } = volume;
  if (!(data instanceof Float32Array || data instanceof Float64Array)) return () => undefined;
  const bits =
    data instanceof Float32Array
      ? new Uint32Array(data.buffer, data.byteOffset, data.length)
      : null;
  return (start, end) => {
    if (bits !== null && areFit(bits, start, end)) return;
    for (let i = start; i < end; i++) {
      if (!(Math.abs(data[i] as number) <= LARGEST)) refuse(volume, i);
    }
  };
}

/** The voxels as numbers, and the check for a driver that makes it part by part as it copies. */
export async function uncheckedGrey(
  volume: Volume,
  breathe: () => Promise<void>,
): Promise<{
  readonly values: NumericVoxelArray;
  readonly check: (start: number, end: number) => void;
}> {
  const values = await finishBreathing(numericSteps(volume.data), breathe);
  return { values, check: greyCheck(volume) };
}

/**
 * `numericValues` of a volume that can be filtered: those of `greyCheck` are refused before anything
 * is computed. Kernels round the values to float32, which keeps integers up to 2^24 exact.
 */
export async function greyValues(
  volume: Volume,
  breathe: () => Promise<void>,
): Promise<NumericVoxelArray> {
  const { values, check } = await uncheckedGrey(volume, breathe);
  for (let start = 0; start < values.length; start += BLOCK_VOXELS) {
    check(start, Math.min(values.length, start + BLOCK_VOXELS));
    await breathe();
  }
  return values;
}

/** `greyValues` of slices that come some at a time; a voxel is refused by its place in the volume. */
export async function* streamedGrey(
  input: StreamedVolume,
  breathe: () => Promise<void>,
  options?: LayerOptions,
): AsyncGenerator<{
  readonly first: number;
  readonly slices: number;
  readonly values: NumericVoxelArray;
}> {
  for await (const { first, volume } of input.layers(options)) {
    try {
      yield { first, slices: volume.size[2], values: await greyValues(volume, breathe) };
    } catch (error) {
      throw movedError(error, [0, 0, first]);
    }
  }
}

/** What passes over all grey values find; each is a pass over the slices. */
export async function finishPasses<T>(
  input: StreamedVolume,
  passesOf: (type: NumericVoxelArray) => Passes<T>,
  breathe: () => Promise<void>,
): Promise<T> {
  const passes = passesOf(numericValues(allocateVoxels(input.type, 0)));
  for (;;) {
    const pass = passes.next();
    if (pass.done === true) return pass.value;
    for await (const { values } of streamedGrey(input, breathe)) {
      await finishBreathing(pass.value.addSteps(values), breathe);
    }
  }
}

/** Bytes of a float32 result, and of the float32 copy that 64-bit integers need. */
export function greyResultBytes(input: VolumeShape): number {
  const copy = bytesPerVoxel(input.type) === 8 && input.type !== 'float64' ? 4 : 0;
  return voxelCount(input.size) * (4 + copy);
}
