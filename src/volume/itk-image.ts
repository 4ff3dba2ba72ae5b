/**
 * Volumes as itk-wasm's `Image` and back: the interchange form at every border to itk-wasm code.
 * The interface is restated here so that the core does not load the package.
 */
import { Bug, UserError } from '../errors/errors.ts';
import { LENGTH_UNIT_KEY, unitOfKey } from './length.ts';
import {
  allocateVoxels,
  createVolume,
  type Phase,
  type Size3,
  type Vector3,
  type Volume,
  type VoxelArray,
  type VoxelType,
  voxelBytes,
  voxelCount,
  voxelTypeOf,
} from './volume.ts';

export interface ItkImageType {
  readonly dimension: number;
  readonly componentType: VoxelType;
  readonly pixelType: 'Scalar';
  readonly components: number;
}

/** Structurally itk-wasm's `Image` (itk-wasm 1.0.0-b.201) for scalar pixels. */
export interface ItkImage {
  readonly imageType: ItkImageType;
  name: string;
  origin: number[];
  spacing: number[];
  /** Row-major dimension × dimension matrix; vtk.js wants the transpose. */
  direction: Float64Array;
  size: number[];
  metadata: Map<string, string>;
  /** Starts at byte 0 of its buffer and fills it: itk-wasm sends whole buffers. */
  data: VoxelArray;
}

/** What comes back from itk-wasm, before anything is known about it. */
export interface UnknownItkImage {
  readonly imageType: {
    readonly dimension: number;
    readonly componentType: string;
    readonly pixelType: string;
    readonly components: number;
  };
  readonly name?: string;
  readonly origin: readonly number[];
  readonly spacing: readonly number[];
  readonly size: readonly number[];
  readonly data: unknown;
  readonly metadata?: unknown;
}

const KIND_KEY = 'tauscope kind';
const PHASES_KEY = 'tauscope phases';

/**
 * The volume as an itk-wasm image. The voxels are shared, not copied, unless they are a view into a
 * larger buffer. A volume of unknown voxel size gets spacing 1 and no unit. Kind, unit and phases
 * go along as metadata.
 */
export function volumeToItkImage(volume: Volume): ItkImage {
  const { data } = volume;
  const tight = data.byteOffset === 0 && data.byteLength === data.buffer.byteLength;
  return {
    imageType: { dimension: 3, componentType: volume.type, pixelType: 'Scalar', components: 1 },
    name: volume.name,
    origin: [...volume.origin],
    spacing: [...(volume.spacing?.values ?? [1, 1, 1])],
    direction: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1),
    size: [...volume.size],
    metadata: new Map([
      [KIND_KEY, volume.kind],
      ...(volume.spacing === null ? [] : [[LENGTH_UNIT_KEY, volume.spacing.unit] as const]),
      ...(volume.phases.length === 0 ? [] : [[PHASES_KEY, JSON.stringify(volume.phases)] as const]),
    ]),
    data: tight ? data : data.slice(),
  };
}

function lookUp(metadata: unknown, key: string): unknown {
  return metadata instanceof Map ? (metadata.get(key) as unknown) : undefined;
}

function isPhase(value: unknown): value is Phase {
  if (typeof value !== 'object' || value === null) return false;
  const { label, name, colour, pore } = value as Partial<Record<keyof Phase, unknown>>;
  return (
    Number.isSafeInteger(label) &&
    typeof name === 'string' &&
    typeof colour === 'string' &&
    /^#[0-9a-f]{6}$/i.test(colour) &&
    typeof pore === 'boolean'
  );
}

/** Phases that `volumeToItkImage` recorded; none where they are damaged or somebody else's. */
function phasesOf(metadata: unknown): readonly Phase[] {
  const text = lookUp(metadata, PHASES_KEY);
  if (typeof text !== 'string') return [];
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every(isPhase) ? value : [];
  } catch {
    return [];
  }
}

/** Sizes along x, y, z: missing axes count one voxel, axes after the third must. */
function spatialSize(image: UnknownItkImage, name: string): Size3 {
  if (image.size.slice(3).some((length) => length !== 1)) {
    throw new UserError(
      'file/unsupported',
      `${name} holds a ${image.size.length}-dimensional array (${image.size.join(' × ')}); Tauscope reads one 3-D volume at a time, so save a single volume of it.`,
      { name, size: [...image.size] },
    );
  }
  return [image.size[0] ?? 1, image.size[1] ?? 1, image.size[2] ?? 1];
}

/** The voxels in memory of their own: a shared buffer cannot be hashed, written or transferred. */
function ownVoxels(image: UnknownItkImage, size: Size3): VoxelArray {
  const data = image.data as VoxelArray | null;
  if (!ArrayBuffer.isView(data) || voxelTypeOf(data) !== image.imageType.componentType) {
    throw new Bug('itkImageToVolume: the image has no voxels of its stated type', {
      componentType: image.imageType.componentType,
    });
  }
  const count = voxelCount(size);
  if (data.length !== count) {
    throw new Bug('itkImageToVolume: the number of voxels does not match the size', {
      length: data.length,
      size,
    });
  }
  if (data.buffer instanceof ArrayBuffer && data.byteLength === data.buffer.byteLength) return data;
  const own = allocateVoxels(voxelTypeOf(data), count);
  voxelBytes(own).set(voxelBytes(data));
  return own;
}

/**
 * A volume from an itk-wasm image. `parts` state what an image cannot: kind, spacing with its unit
 * (default: the unit that `volumeToItkImage` recorded, else unknown), name, phases
 * (default: those that it recorded).
 * Throws `volume/not-scalar` for several components and `file/unsupported` for more than three axes.
 */
export function itkImageToVolume(
  image: UnknownItkImage,
  parts: Partial<Pick<Volume, 'kind' | 'name' | 'spacing' | 'origin' | 'phases'>> = {},
): Volume {
  const name = parts.name ?? image.name ?? 'volume';
  if (image.imageType.components !== 1) {
    throw new UserError(
      'volume/not-scalar',
      `${name} holds ${image.imageType.components} values per voxel (colour or vectors); Tauscope needs one grey value per voxel, so save one channel of it.`,
      { name, channels: image.imageType.components },
    );
  }
  const size = spatialSize(image, name);
  const unit = unitOfKey(lookUp(image.metadata, LENGTH_UNIT_KEY));
  const stated = lookUp(image.metadata, KIND_KEY) === 'labels' ? 'labels' : 'grey';
  const kind = parts.kind ?? stated;
  return createVolume({
    kind,
    name,
    size,
    data: ownVoxels(image, size),
    spacing:
      parts.spacing !== undefined
        ? parts.spacing
        : unit === null
          ? null
          : { values: triple(image.spacing, 1), unit },
    origin: parts.origin ?? triple(image.origin, 0),
    phases: parts.phases ?? (kind === 'labels' ? phasesOf(image.metadata) : []),
  });
}

function triple(values: readonly number[], missing: number): Vector3 {
  return [values[0] ?? missing, values[1] ?? missing, values[2] ?? missing];
}
