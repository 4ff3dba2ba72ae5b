/**
 * DICOM images and series with uncompressed pixels (PS3.3 C.7.6). Values are as stored: the header's
 * slope and intercept (Hounsfield units) are stated, not applied. A series is ordered by its
 * positions along the normal of its slices.
 */
import { UserError } from '../../../errors/errors.ts';
import {
  bytesPerVoxel,
  type Size3,
  type VoxelArray,
  type VoxelType,
  voxelCount,
  voxelsFromBytes,
} from '../../../volume/volume.ts';
import { swapBytes, wordsOf } from '../../byte-order.ts';
import { allocateBytes, DecodeJob } from '../../decode-job.ts';
import type { ByteSource, ReadOptions, VolumeMetadata } from '../../format.ts';
import { metadataWithEdges, type StatedEdges, unsupportedType } from '../../header-facts.ts';
import { loadBytes } from '../../load-bytes.ts';
import { defineStoredFormat, type StoredVolume } from '../../stored-volume.ts';
import { type DicomHeader, isDicom, parseDicom, Tag, textOf } from './header.ts';

/** Headers with private elements may be long; pixels come last. */
const FIRST_HEAD_BYTES = 64 * 1024;
const MAX_HEAD_BYTES = 64 * 1024 * 1024;
const HEADS_AT_ONCE = 16;
/** Steps between slices may differ by this share before it is said. */
const EVEN_STEPS = 1e-3;

interface DicomImage {
  readonly source: ByteSource;
  readonly header: DicomHeader;
  readonly columns: number;
  readonly rows: number;
  readonly frames: number;
  readonly type: VoxelType;
  readonly channels: number;
  readonly unusedBits: { readonly above: number; readonly below: number };
  /** Place along the normal of the slices, in millimetres; null where it is not stated. */
  readonly depth: number | null;
  readonly instance: number;
  readonly series: string;
}

async function readHead(source: ByteSource): Promise<DicomHeader> {
  for (let bytes = FIRST_HEAD_BYTES; ; bytes *= 16) {
    const head = await source.read(0, Math.min(bytes, source.size));
    try {
      return parseDicom(head, source.name);
    } catch (error) {
      const mayBeLonger = bytes < source.size && bytes < MAX_HEAD_BYTES;
      if (!(error instanceof UserError && error.code === 'file/malformed' && mayBeLonger)) {
        throw error;
      }
    }
  }
}

function numbersOf(header: DicomHeader, tag: number): readonly number[] {
  const text = textOf(header.elements.get(tag));
  return text === '' ? [] : text.split('\\').map(Number);
}

function wordOf(header: DicomHeader, tag: number): number | null {
  const value = header.elements.get(tag);
  if (value === undefined || value.length < 2) return null;
  return new DataView(value.buffer, value.byteOffset, 2).getUint16(0, !header.bigEndian);
}

function imageOf(source: ByteSource, header: DicomHeader): DicomImage {
  const [rows, columns] = [wordOf(header, Tag.Rows), wordOf(header, Tag.Columns)];
  const bits = wordOf(header, Tag.BitsAllocated);
  if (rows === null || columns === null || bits === null) {
    throw new UserError(
      'file/malformed',
      `${source.name} does not state its rows, columns and bits; check that it is an image.`,
      { file: source.name },
    );
  }
  const isSigned = wordOf(header, Tag.IsSigned) === 1;
  const type = ({ 8: 'int8', 16: 'int16', 32: 'int32' } as const)[bits];
  if (type === undefined) throw unsupportedType(source.name, `of ${bits} bits`);
  const stored = wordOf(header, Tag.BitsStored) ?? bits;
  const highBit = wordOf(header, Tag.HighBit) ?? stored - 1;
  const [frames = 1] = numbersOf(header, Tag.Frames);
  const [instance = 0] = numbersOf(header, Tag.InstanceNumber);
  return {
    source,
    header,
    columns,
    rows,
    frames: Number.isInteger(frames) && frames > 0 ? frames : 1,
    type: isSigned ? type : (`u${type}` as VoxelType),
    channels: wordOf(header, Tag.SamplesPerPixel) ?? 1,
    unusedBits: {
      above: Math.max(bits - 1 - highBit, 0),
      below: Math.max(highBit + 1 - stored, 0),
    },
    depth: depthOf(header),
    instance,
    series: textOf(header.elements.get(Tag.SeriesUid)),
  };
}

function depthOf(header: DicomHeader): number | null {
  const [x, y, z] = numbersOf(header, Tag.Position);
  const [a, b, c, d, e, f] = numbersOf(header, Tag.Orientation);
  if (x === undefined || y === undefined || z === undefined) return null;
  if (a === undefined || b === undefined || c === undefined) return z;
  if (d === undefined || e === undefined || f === undefined) return z;
  return x * (b * f - c * e) + y * (c * d - a * f) + z * (a * e - b * d);
}

/** The named file with those of its series that came along, in the order of their positions. */
async function readSeries(
  source: ByteSource,
  options: ReadOptions,
): Promise<readonly DicomImage[]> {
  const first = imageOf(source, await readHead(source));
  const images = [first];
  // The index of a disk has the form of an image but no pixels.
  const others = (options.siblings ?? []).filter(
    (sibling) => sibling !== source && sibling.name !== 'DICOMDIR',
  );
  let foreign = 0;
  const job = new DecodeJob(source.name, options, []);
  for (let at = 0; at < others.length; at += HEADS_AT_ONCE) {
    await job.breathe();
    const batch = others.slice(at, at + HEADS_AT_ONCE);
    const read = await Promise.all(
      batch.map(async (other) => {
        if (!isDicom(await other.read(0, 132))) return null;
        return imageOf(other, await readHead(other));
      }),
    );
    for (const image of read) {
      if (image === null) continue;
      if (image.series === first.series) images.push(image);
      else foreign += 1;
    }
  }
  if (foreign > 0) {
    throw new UserError(
      'file/mixed-slices',
      `${images.length + foreign} DICOM files are of more than one series: ${images.length} belong with ${source.name}; open one series at a time.`,
      { file: source.name },
    );
  }
  return inOrder(images);
}

function inOrder(images: readonly DicomImage[]): readonly DicomImage[] {
  const byDepth = images.every((image) => image.depth !== null);
  return images.toSorted((a, b) =>
    byDepth ? (a.depth as number) - (b.depth as number) : a.instance - b.instance,
  );
}

function assertAlike(images: readonly DicomImage[]): void {
  const [first] = images as [DicomImage];
  for (const image of images) {
    if (
      image.rows !== first.rows ||
      image.columns !== first.columns ||
      image.type !== first.type ||
      image.channels !== first.channels
    ) {
      throw new UserError(
        'file/mixed-slices',
        `${image.source.name} is ${image.columns} × ${image.rows} ${image.type}, ${first.source.name} is ${first.columns} × ${first.rows} ${first.type}: slices of one series must be alike.`,
        { file: image.source.name },
      );
    }
  }
}

/** Distance between slices and what is odd about it. */
function stepOf(images: readonly DicomImage[]): {
  readonly step: number | null;
  readonly warnings: readonly string[];
} {
  const [first] = images as [DicomImage];
  const [stated] = [
    ...numbersOf(first.header, Tag.SpacingBetweenSlices),
    ...numbersOf(first.header, Tag.SliceThickness),
  ];
  const depths = images.flatMap((image) => image.depth ?? []);
  if (images.length < 2 || depths.length < images.length)
    return { step: stated ?? null, warnings: [] };
  const span = (depths.at(-1) as number) - (depths[0] as number);
  const step = span / (images.length - 1);
  if (!(step > 0)) return { step: stated ?? null, warnings: [] };
  const uneven = depths.findIndex(
    (depth, i) => i > 0 && Math.abs(depth - (depths[i - 1] as number) - step) > EVEN_STEPS * step,
  );
  const warnings =
    uneven === -1
      ? []
      : [
          `The slices are not evenly spaced: ${images[uneven]?.source.name} is ${((depths[uneven] as number) - (depths[uneven - 1] as number)).toPrecision(4)} mm from the one before, ${step.toPrecision(4)} mm on average; slices may be missing.`,
        ];
  return { step, warnings };
}

async function readHeader(source: ByteSource, options: ReadOptions): Promise<StoredVolume> {
  const images = await readSeries(source, options);
  assertAlike(images);
  const [first] = images as [DicomImage];
  const { step, warnings: stepWarnings } = stepOf(images);
  const [dy, dx] = numbersOf(first.header, Tag.PixelSpacing);
  const edges: StatedEdges = {
    values: dx === undefined || dy === undefined || step === null ? [] : [dx, dy, step],
    unit: 'mm',
    source: 'DICOM pixel spacing and slice positions (mm)',
  };
  const frames = images.reduce((sum, image) => sum + image.frames, 0);
  const size: Size3 = [first.columns, first.rows, frames];
  const [slope = 1] = numbersOf(first.header, Tag.Slope);
  const [intercept = 0] = numbersOf(first.header, Tag.Intercept);
  const isScaled = slope !== 1 || intercept !== 0;
  const metadata = metadataWithEdges(edges, {
    format: 'dicom',
    size,
    type: first.type,
    channels: first.channels,
    tags: [
      ...(isScaled ? [['rescale', `${slope} ${intercept}`] as const] : []),
      ['modality', textOf(first.header.elements.get(Tag.Modality))],
      ['series', textOf(first.header.elements.get(Tag.SeriesDescription))],
    ],
    warnings: isScaled
      ? [
          `Grey values are as stored; the header turns them into its unit by × ${slope} + ${intercept}.`,
        ]
      : [],
  });
  return {
    metadata: { ...metadata, warnings: [...stepWarnings, ...metadata.warnings] },
    load: (job) => loadPixels(images, metadata, job),
  };
}

async function loadPixels(
  images: readonly DicomImage[],
  { size, type }: VolumeMetadata,
  job: DecodeJob,
): Promise<VoxelArray> {
  const width = bytesPerVoxel(type);
  const frameBytes = size[0] * size[1] * width;
  for (const { source, header, frames } of images) {
    const have = Math.min(header.pixelBytes, Math.max(source.size - header.pixelsAt, 0));
    if (have < frames * frameBytes) {
      throw job.part(source.name).truncated(have, frames * frameBytes);
    }
  }
  const bytes = allocateBytes(voxelCount(size) * width, job.file);
  let at = 0;
  for (const { source, header, frames, unusedBits } of images) {
    const part = bytes.subarray(at, at + frames * frameBytes);
    const share = part.length / bytes.length;
    await loadBytes(source, header.pixelsAt, part, job.part(source.name, at / bytes.length, share));
    if (header.bigEndian) swapBytes(wordsOf(part, width));
    dropUnusedBits(voxelsFromBytes(type, part, part.length / width), unusedBits);
    at += part.length;
  }
  return voxelsFromBytes(type, bytes, voxelCount(size));
}

/** Bits outside the stored ones may hold overlays: shifted out, the sign carried along. */
function dropUnusedBits(voxels: VoxelArray, { above, below }: DicomImage['unusedBits']): void {
  if (above + below === 0 || voxels instanceof BigInt64Array || voxels instanceof BigUint64Array) {
    return;
  }
  const left = 32 - 8 * voxels.BYTES_PER_ELEMENT + above;
  const isSigned =
    voxels instanceof Int8Array || voxels instanceof Int16Array || voxels instanceof Int32Array;
  for (let i = 0; i < voxels.length; i++) {
    const shifted = (voxels[i] as number) << left;
    voxels[i] = isSigned ? shifted >> (left + below) : shifted >>> (left + below);
  }
}

export const dicomFormat = defineStoredFormat({
  id: 'dicom',
  title: 'DICOM',
  extensions: ['.dcm', '.dicom', '.ima'],
  sniff: isDicom,
  readHeader,
});
