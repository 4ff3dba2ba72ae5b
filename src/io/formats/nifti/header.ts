/** The headers of NIfTI-1 (348 bytes) and NIfTI-2 (540 bytes), in either byte order. */
import { UserError } from '../../../errors/errors.ts';
import type { LengthUnit } from '../../../volume/length.ts';
import type { VoxelType } from '../../../volume/volume.ts';
import { unsupportedType } from '../../header-facts.ts';

/** Holds either header with the four bytes of extension flags. */
export const NIFTI_HEAD_BYTES = 544;

const SIZES = { 1: 348, 2: 540 } as const;

export interface NiftiHeader {
  readonly version: 1 | 2;
  readonly bigEndian: boolean;
  /** Whether the voxels are in an `.img` file of their own. */
  readonly isPair: boolean;
  readonly sizes: readonly number[];
  readonly type: VoxelType;
  readonly channels: number;
  /** Edge lengths along x, y, z; of as many axes as there are. */
  readonly edges: readonly number[];
  readonly unit: LengthUnit | null;
  /** Stored values times slope plus intercept; null where they are as stored. */
  readonly scaling: { readonly slope: number; readonly intercept: number } | null;
  readonly dataStart: number;
  readonly description: string;
  readonly intent: string;
}

const TYPES: Readonly<Record<number, readonly [type: VoxelType, channels: number]>> = {
  2: ['uint8', 1],
  4: ['int16', 1],
  8: ['int32', 1],
  16: ['float32', 1],
  32: ['float32', 2],
  64: ['float64', 1],
  128: ['uint8', 3],
  256: ['int8', 1],
  512: ['uint16', 1],
  768: ['uint32', 1],
  1024: ['int64', 1],
  1280: ['uint64', 1],
  1792: ['float64', 2],
  2304: ['uint8', 4],
};

const UNITS: Readonly<Record<number, LengthUnit>> = { 1: 'm', 2: 'mm', 3: 'µm' };

/** Where each field is, and how wide: the two versions differ in nothing else that is read. */
const LAYOUTS = {
  1: {
    magicAt: 344,
    dim: 40,
    dimBytes: 2,
    datatype: 70,
    pixdim: 76,
    offset: 108,
    slope: 112,
    units: 123,
    description: 148,
    intent: 328,
  },
  2: {
    magicAt: 4,
    dim: 16,
    dimBytes: 8,
    datatype: 12,
    pixdim: 104,
    offset: 168,
    slope: 176,
    units: 500,
    description: 240,
    intent: 508,
  },
} as const;

interface Variant {
  readonly version: 1 | 2;
  readonly bigEndian: boolean;
  readonly isPair: boolean;
}

/** Which NIfTI header the bytes start with; null for none. */
export function identifyNifti(bytes: Uint8Array): Variant | null {
  if (bytes.length < SIZES[1]) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const version of [1, 2] as const) {
    for (const bigEndian of [false, true]) {
      if (view.getInt32(0, !bigEndian) !== SIZES[version]) continue;
      const at = LAYOUTS[version].magicAt;
      const magic = String.fromCharCode(...bytes.subarray(at, at + 3));
      if (magic === `n+${version}` || magic === `ni${version}`) {
        return { version, bigEndian, isPair: magic.charAt(1) === 'i' };
      }
    }
  }
  return null;
}

/** Throws `file/malformed`, `file/truncated` and `file/unsupported`. */
export function readNiftiHeader(bytes: Uint8Array, file: string): NiftiHeader {
  const variant = identifyNifti(bytes);
  if (variant === null) {
    throw new UserError(
      'file/malformed',
      `${file} does not start with a NIfTI header; check where the file comes from.`,
      { file },
    );
  }
  const { version, bigEndian, isPair } = variant;
  if (bytes.length < SIZES[version]) {
    throw new UserError(
      'file/truncated',
      `${file} is cut short: a NIfTI-${version} header has ${SIZES[version]} bytes and ${bytes.length} are there; get a complete copy.`,
      { file },
    );
  }
  const at = LAYOUTS[version];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = !bigEndian;
  const dim = (i: number): number =>
    version === 1
      ? view.getInt16(at.dim + 2 * i, little)
      : Number(view.getBigInt64(at.dim + 8 * i, little));
  const real = (place: number): number =>
    version === 1 ? view.getFloat32(place, little) : view.getFloat64(place, little);
  const width = version === 1 ? 4 : 8;

  const sizes = readSizes(dim, at.dim, file);
  const code = view.getInt16(at.datatype, little);
  const [type, channels] = TYPES[code] ?? [null, 0];
  if (type === null) throw unsupportedType(file, `of NIfTI code ${code}`);
  const units = version === 1 ? view.getUint8(at.units) : view.getInt32(at.units, little);
  const dataStart =
    version === 1
      ? view.getFloat32(at.offset, little)
      : Number(view.getBigInt64(at.offset, little));
  if (!isPair && !(dataStart >= SIZES[version] && Number.isSafeInteger(Math.floor(dataStart)))) {
    throw new UserError(
      'file/malformed',
      `${file}: the NIfTI header puts the voxels at byte ${dataStart}; they cannot start before byte ${SIZES[version]}.`,
      { file },
    );
  }
  return {
    version,
    bigEndian,
    isPair,
    sizes,
    type,
    channels,
    // The sign of pixdim is only that of an orientation.
    edges: sizes.slice(0, 3).map((_, axis) => Math.abs(real(at.pixdim + width * (axis + 1)))),
    unit: UNITS[units & 7] ?? null,
    scaling: scalingOf(real(at.slope), real(at.slope + width)),
    dataStart: Math.max(Math.floor(dataStart), 0),
    description: textAt(bytes, at.description, 80),
    intent: textAt(bytes, at.intent, 16),
  };
}

function readSizes(dim: (i: number) => number, place: number, file: string): readonly number[] {
  const dimensions = dim(0);
  if (!(dimensions >= 1 && dimensions <= 7)) {
    throw new UserError(
      'file/malformed',
      `${file}: the NIfTI header gives ${dimensions} dimensions (dim[0] at byte ${place}); it must be 1 to 7.`,
      { file, dimensions },
    );
  }
  const sizes = Array.from({ length: dimensions }, (_, i) => dim(i + 1));
  const negative = sizes.find((size) => size < 0);
  if (negative !== undefined) {
    throw new UserError(
      'file/malformed',
      `${file}: the NIfTI header gives a size of ${negative}; sizes must be positive.`,
      { file },
    );
  }
  return sizes;
}

function scalingOf(slope: number, intercept: number): NiftiHeader['scaling'] {
  const isThere = Number.isFinite(slope) && Number.isFinite(intercept) && slope !== 0;
  return isThere && (slope !== 1 || intercept !== 0) ? { slope, intercept } : null;
}

function textAt(bytes: Uint8Array, start: number, length: number): string {
  const part = bytes.subarray(start, start + length);
  const end = part.indexOf(0);
  return new TextDecoder('latin1').decode(end === -1 ? part : part.subarray(0, end)).trim();
}
