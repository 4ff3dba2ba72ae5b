/** NIfTI-1 single files, .nii and .nii.gz (Cox et al. 2004, nifti1.h). */
import { Gunzip } from 'fflate';
import { UserError } from '../../../errors/errors.ts';
import { bytesPerVoxel, type Size3, type VoxelType, voxelCount } from '../../../volume/volume.ts';
import { allocateBytes, DecodeJob } from '../../decode-job.ts';
import { DecodedBytes } from '../../decoded-bytes.ts';
import type { ByteSource, ReadOptions, VolumeMetadata } from '../../format.ts';
import { gunzip, MAX_GZIP_RATIO } from '../../gunzip.ts';
import { shownTags } from '../../shown-text.ts';
import { spacingFromEdges, unsupportedType } from '../../header-facts.ts';
import { loadBytes } from '../../load-bytes.ts';
import { defineItkFormat, type ItkFileHeader } from './itk-format.ts';

const HEADER_BYTES = 352;
const NIFTI1_SIZE = 348;
const NIFTI2_SIZE = 540;

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

const UNITS: Readonly<Record<number, 'm' | 'mm' | 'µm'>> = { 1: 'm', 2: 'mm', 3: 'µm' };

function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** As many of the first bytes as the head of a gzip file gives. */
function unpackHead(head: Uint8Array): Uint8Array {
  const out = new DecodedBytes(new Uint8Array(HEADER_BYTES), 0);
  try {
    const stream = new Gunzip((piece) => {
      out.take(piece);
    });
    stream.push(head, false);
  } catch {
    // What was decoded before the fault decides.
  }
  return out.out.subarray(0, out.filled);
}

interface Variant {
  readonly version: 1 | 2;
  readonly littleEndian: boolean;
  readonly pair: boolean;
}

function identify(bytes: Uint8Array): Variant | null {
  if (bytes.length < NIFTI1_SIZE) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const littleEndian of [true, false]) {
    const headerSize = view.getInt32(0, littleEndian);
    if (headerSize === NIFTI1_SIZE) {
      const magic = String.fromCharCode(...bytes.subarray(344, 347));
      if (magic === 'n+1' || magic === 'ni1') {
        return { version: 1, littleEndian, pair: magic === 'ni1' };
      }
    }
    if (headerSize === NIFTI2_SIZE) {
      const magic = String.fromCharCode(...bytes.subarray(4, 7));
      if (magic === 'n+2' || magic === 'ni2') {
        return { version: 2, littleEndian, pair: magic === 'ni2' };
      }
    }
  }
  return null;
}

function sniff(head: Uint8Array): boolean {
  return identify(isGzip(head) ? unpackHead(head) : head) !== null;
}

async function readStart(source: ByteSource): Promise<Uint8Array> {
  const head = await source.read(0, 64 * 1024);
  return isGzip(head) ? unpackHead(head) : head.subarray(0, HEADER_BYTES);
}

function assertSingleNifti1(source: ByteSource, variant: Variant | null): Variant {
  const { name } = source;
  if (variant === null) {
    throw new UserError(
      'file/malformed',
      `${name} does not start with a NIfTI header; check where the file comes from.`,
      { file: name },
    );
  }
  if (variant.version === 2) {
    throw new UserError(
      'file/unsupported',
      `${name} is a NIfTI-2 file; Tauscope reads NIfTI-1, so save it as NIfTI-1 or NRRD.`,
      { file: name },
    );
  }
  if (variant.pair) {
    throw new UserError(
      'file/unsupported',
      `${name} is the header of a NIfTI pair (.hdr and .img); save it as one .nii file.`,
      { file: name },
    );
  }
  return variant;
}

/** Sizes along x, y, z; further axes must count one. */
function readSize(source: ByteSource, view: DataView, littleEndian: boolean): Size3 {
  const dimensions = view.getInt16(40, littleEndian);
  if (dimensions < 1 || dimensions > 7) {
    throw new UserError(
      'file/malformed',
      `${source.name}: the NIfTI header gives ${dimensions} dimensions (dim[0] at byte 40); it must be 1 to 7.`,
      { file: source.name, dimensions },
    );
  }
  const sizes = Array.from({ length: dimensions }, (_, i) =>
    view.getInt16(42 + 2 * i, littleEndian),
  );
  const negative = sizes.find((size) => size < 0);
  if (negative !== undefined) {
    throw new UserError(
      'file/malformed',
      `${source.name}: the NIfTI header gives a size of ${negative}; sizes must be positive.`,
      { file: source.name },
    );
  }
  if (sizes.slice(3).some((size) => size > 1)) {
    throw new UserError(
      'file/unsupported',
      `${source.name} holds a ${dimensions}-dimensional array (${sizes.join(' × ')}); Tauscope reads one 3-D volume at a time, so save a single volume of it.`,
      { file: source.name },
    );
  }
  return [sizes[0] ?? 1, sizes[1] ?? 1, sizes[2] ?? 1];
}

function textAt(bytes: Uint8Array, start: number, length: number): string {
  const part = bytes.subarray(start, start + length);
  const end = part.indexOf(0);
  return new TextDecoder('latin1').decode(end === -1 ? part : part.subarray(0, end)).trim();
}

async function readHeader(source: ByteSource, _options: ReadOptions): Promise<ItkFileHeader> {
  const bytes = await readStart(source);
  const { littleEndian } = assertSingleNifti1(source, identify(bytes));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = readSize(source, view, littleEndian);
  const code = view.getInt16(70, littleEndian);
  const [type, channels] = TYPES[code] ?? [null, 0];
  if (type === null) throw unsupportedType(source.name, `of NIfTI code ${code}`);

  const dimensions = Math.min(view.getInt16(40, littleEndian), 3);
  const unit = UNITS[view.getUint8(123) & 7] ?? null;
  const edges = spacingFromEdges({
    // The sign of pixdim is only that of an orientation.
    values: [0, 1, 2]
      .slice(0, dimensions)
      .map((axis) => Math.abs(view.getFloat32(80 + 4 * axis, littleEndian))),
    unit,
    source: unit === null ? 'NIfTI pixdim' : `NIfTI pixdim, unit from xyzt_units`,
  });
  const slope = view.getFloat32(112, littleEndian);
  const intercept = view.getFloat32(116, littleEndian);
  const rescaled =
    Number.isFinite(slope) &&
    Number.isFinite(intercept) &&
    slope !== 0 &&
    (slope !== 1 || intercept !== 0);
  const offset = view.getFloat32(108, littleEndian);
  if (!(offset >= NIFTI1_SIZE && offset < 2 ** 31)) {
    throw new UserError(
      'file/malformed',
      `${source.name}: the NIfTI header puts the voxels at byte ${offset}; they cannot start before byte ${NIFTI1_SIZE}.`,
      { file: source.name },
    );
  }
  const metadata: VolumeMetadata = {
    format: 'nifti',
    size,
    type,
    channels,
    spacing: edges.spacing,
    spacingSource: edges.spacingSource,
    tags: shownTags([
      ...Object.entries(edges.tags),
      ...(rescaled ? [['rescale', `${slope} ${intercept}`] as const] : []),
      ['description', textAt(bytes, 148, 80)],
      ['intent name', textAt(bytes, 328, 16)],
    ]),
    warnings: rescaled
      ? [
          ...edges.warnings,
          `The header scales the stored values by ${slope} and adds ${intercept}: the scaled values were read.`,
        ]
      : edges.warnings,
  };
  const total = Math.floor(offset) + voxelCount(size) * bytesPerVoxel(type);
  return {
    metadata,
    origin: [0, 0, 0],
    load: (job) => loadFile(source, total, littleEndian, job),
  };
}

async function loadFile(
  source: ByteSource,
  total: number,
  littleEndian: boolean,
  job: DecodeJob,
): Promise<Uint8Array<ArrayBuffer>> {
  const packed = isGzip(await source.read(0, 2));
  const most = packed ? source.size * MAX_GZIP_RATIO : source.size;
  if (total > most) throw job.truncated(most, total);
  const bytes = allocateBytes(total, source.name);
  if (packed) await gunzip(source, 0, new DecodedBytes(bytes, 0), job);
  else await loadBytes(source, 0, bytes, job);
  // Axes of one voxel behind the third are left out: the pipeline fails on five dimensions.
  const view = new DataView(bytes.buffer);
  if (view.getInt16(40, littleEndian) > 3) view.setInt16(40, 3, littleEndian);
  return bytes;
}

export const niftiFormat = defineItkFormat({
  id: 'nifti',
  title: 'NIfTI-1 (NII, NII.GZ)',
  extensions: ['.nii', '.nii.gz'],
  pipeline: 'nifti-read-image',
  memoryName: 'volume.nii',
  sniff,
  readHeader,
});
