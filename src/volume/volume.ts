/**
 * The volume: a regular grid of scalar voxels with physical geometry, or with geometry unknown.
 * Index order is fixed everywhere: x fastest, `index = x + nx * (y + ny * z)`, sizes [nx, ny, nz].
 */
import { Bug, UserError } from '../errors/errors.ts';
import { finish, type Steps } from '../kernels/steps.ts';
import { convertLength, createSpacing, type VoxelSpacing } from './length.ts';

export type Size3 = readonly [nx: number, ny: number, nz: number];
export type Vector3 = readonly [x: number, y: number, z: number];

export type VoxelType =
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'uint32'
  | 'int32'
  | 'uint64'
  | 'int64'
  | 'float32'
  | 'float64';

export type VoxelArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

/** Voxel arrays whose elements are JavaScript numbers (all but the 64-bit integers). */
export type NumericVoxelArray = Exclude<VoxelArray, BigUint64Array | BigInt64Array>;

/** A named phase of a label volume. `colour` is `#rrggbb`. */
export interface Phase {
  readonly label: number;
  readonly name: string;
  readonly colour: string;
  /** Pore space counts towards porosity. */
  readonly pore: boolean;
}

export interface Volume {
  /** `grey`: measured intensities. `labels`: each value names a phase. */
  readonly kind: 'grey' | 'labels';
  readonly name: string;
  readonly size: Size3;
  readonly type: VoxelType;
  /** Exactly nx·ny·nz elements, never a view into a larger buffer with other live data. */
  readonly data: VoxelArray;
  /** null = the file does not say: ask, never assume 1. */
  readonly spacing: VoxelSpacing | null;
  /** Physical position of the centre of voxel [0, 0, 0], in the spacing's unit. */
  readonly origin: Vector3;
  /** Names and colours of the labels; empty for grey volumes and for labels not yet named. */
  readonly phases: readonly Phase[];
}

const ARRAY_TYPES = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  uint64: BigUint64Array,
  int64: BigInt64Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

const BYTES_PER_VOXEL = {
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  uint32: 4,
  int32: 4,
  uint64: 8,
  int64: 8,
  float32: 4,
  float64: 8,
} as const satisfies Record<VoxelType, number>;

export const VOXEL_TYPES = Object.keys(BYTES_PER_VOXEL) as readonly VoxelType[];

export function isVoxelType(name: string): name is VoxelType {
  return Object.hasOwn(BYTES_PER_VOXEL, name);
}

export function bytesPerVoxel(type: VoxelType): number {
  return BYTES_PER_VOXEL[type];
}

export function voxelCount(size: Size3): number {
  return size[0] * size[1] * size[2];
}

/** A zero-filled array for `count` voxels; RangeError where the host cannot allocate it. */
export function allocateVoxels(type: VoxelType, count: number): VoxelArray {
  return new ARRAY_TYPES[type](count);
}

/**
 * Reads `count` voxels of `type` from little-endian bytes. Copies only when the byte offset is not
 * aligned to the voxel size.
 */
export function voxelsFromBytes(type: VoxelType, bytes: Uint8Array, count: number): VoxelArray {
  const length = count * bytesPerVoxel(type);
  if (bytes.byteLength < length) {
    throw new Bug('voxelsFromBytes: too few bytes', { have: bytes.byteLength, need: length });
  }
  const aligned =
    bytes.byteOffset % bytesPerVoxel(type) === 0 ? bytes : new Uint8Array(bytes.slice(0, length));
  return new ARRAY_TYPES[type](aligned.buffer as ArrayBuffer, aligned.byteOffset, count);
}

/** The bytes behind a voxel array, without a copy. */
export function voxelBytes(data: VoxelArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

export function voxelTypeOf(data: VoxelArray): VoxelType {
  for (const [type, constructor] of Object.entries(ARRAY_TYPES)) {
    if (data instanceof constructor) return type as VoxelType;
  }
  throw new Bug('voxelTypeOf: not a voxel array');
}

function checkGeometry({
  size,
  spacing,
  origin,
}: Pick<Volume, 'size' | 'spacing' | 'origin'>): void {
  if (!size.every((n) => Number.isSafeInteger(n) && n > 0)) {
    throw new UserError(
      'volume/no-voxels',
      `The volume has no voxels: its size is ${size.join(' × ')}.`,
      { size },
    );
  }
  if (spacing !== null) createSpacing(spacing.values, spacing.unit);
  const axis = origin.findIndex((value) => !Number.isFinite(value));
  if (axis >= 0) {
    throw new UserError(
      'volume/spacing',
      `The position of the first voxel along ${'xyz'[axis]} is ${origin[axis]}: it must be a number.`,
      { axis, value: String(origin[axis]) },
    );
  }
}

/**
 * Builds a volume and checks what every later step relies on: sizes are positive integers, the
 * array has exactly that many voxels, voxel sizes are positive and positions are numbers.
 * Throws `volume/no-voxels` and `volume/spacing`.
 */
export function createVolume(
  parts: Pick<Volume, 'kind' | 'size' | 'data'> & Partial<Omit<Volume, 'type'>>,
): Volume {
  const spacing = parts.spacing ?? null;
  const origin = parts.origin ?? [0, 0, 0];
  checkGeometry({ size: parts.size, spacing, origin });
  const count = voxelCount(parts.size);
  if (parts.data.length !== count) {
    throw new Bug('createVolume: array length does not match the size', {
      length: parts.data.length,
      count,
    });
  }
  return {
    kind: parts.kind,
    name: parts.name ?? 'volume',
    size: parts.size,
    type: voxelTypeOf(parts.data),
    data: parts.data,
    spacing,
    origin,
    phases: parts.phases ?? [],
  };
}

/**
 * Another voxel size, and the place of the volume with it: the origin is converted to the new unit, or
 * stays a plain number of it where no unit was known.
 */
export function placeWith(
  { spacing: before, origin }: Pick<Volume, 'spacing' | 'origin'>,
  spacing: VoxelSpacing | null,
): Pick<Volume, 'spacing' | 'origin'> {
  if (before === null || spacing === null || before.unit === spacing.unit) {
    return { spacing, origin };
  }
  const [x, y, z] = origin;
  const convert = (value: number): number => convertLength(value, before.unit, spacing.unit);
  return { spacing, origin: [convert(x), convert(y), convert(z)] };
}

/** The volume with another voxel size, in its place. */
export function withSpacing(volume: Volume, spacing: VoxelSpacing | null): Volume {
  return createVolume({ ...volume, ...placeWith(volume, spacing) });
}

/** The volume taken for grey values, whose labels then have no names, or for labels. */
export function withKind(volume: Volume, kind: Volume['kind']): Volume {
  return { ...volume, kind, phases: kind === 'grey' ? [] : volume.phases };
}

/** Voxels converted between two pauses: some milliseconds at worst. */
const CONVERTED_AT_ONCE = 1 << 18;

/** Copies voxels as numbers, each rounded to what `out` holds. */
export function* copyNumbersSteps<T extends Float32Array | Float64Array | Uint16Array>(
  data: VoxelArray,
  out: T,
): Steps<T> {
  for (let start = 0; start < data.length; start += CONVERTED_AT_ONCE) {
    const end = Math.min(data.length, start + CONVERTED_AT_ONCE);
    if (data instanceof BigUint64Array || data instanceof BigInt64Array) {
      for (let i = start; i < end; i++) out[i] = Number(data[i]);
    } else {
      out.set(data.subarray(start, end), start);
    }
    yield;
  }
  return out;
}

/** The voxels as float32, in a new array; 64-bit integers are rounded to the nearest float. */
export function toFloat32(data: VoxelArray): Float32Array<ArrayBuffer> {
  return finish(copyNumbersSteps(data, new Float32Array(data.length)));
}

/** The voxels as JavaScript numbers: the array itself, or a float32 copy of 64-bit integers. */
export function* numericSteps(data: VoxelArray): Steps<NumericVoxelArray> {
  return data instanceof BigUint64Array || data instanceof BigInt64Array
    ? yield* copyNumbersSteps(data, new Float32Array(data.length))
    : data;
}

/** A volume without its voxels and their place: what estimates and plans need. */
export type VolumeShape = Pick<Volume, 'kind' | 'size' | 'type' | 'spacing'>;

/** Bytes of its voxels. */
export function shapeBytes({ size, type }: Pick<VolumeShape, 'size' | 'type'>): number {
  return voxelCount(size) * bytesPerVoxel(type);
}
