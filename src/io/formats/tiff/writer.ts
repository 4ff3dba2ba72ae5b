/**
 * Writes a volume as a TIFF that ImageJ, Fiji and everything on libtiff open: one uncompressed page
 * a slice, all pixels in one run, the voxel size as ImageJ writes it. BigTIFF from 4 GiB on. Equal
 * volumes give equal bytes.
 */
import { UserError } from '../../../errors/errors.ts';
import { finishBreathing } from '../../../kernels/steps.ts';
import { convertLength, type LengthUnit, type VoxelSpacing } from '../../../volume/length.ts';
import {
  bytesPerVoxel,
  copyNumbersSteps,
  type Size3,
  type VoxelArray,
  type VoxelType,
  voxelBytes,
  voxelTypeOf,
} from '../../../volume/volume.ts';
import type { StreamedVolume, VolumeDescription } from '../../../volume/streamed.ts';
import type { ByteSink } from '../../byte-sink.ts';
import { createTurns } from '../../decode-job.ts';
import { phaseLines } from './label-phases.ts';
import { FieldType, Tag } from './tags.ts';

const CLASSIC_LIMIT = 2 ** 32 - 1;
/** Float32 holds every whole number up to here. */
const LARGEST_EXACT_FLOAT = 2 ** 24;
/** Bytes written between two pauses: some milliseconds. */
const PART_BYTES = 16 * 1024 * 1024;
/** Voxels looked at between two pauses: some milliseconds. */
const CHUNK = 1 << 20;
/** Voxel sizes outside this range are written in another unit, to fit a fraction of two 32-bit numbers. */
const SMALLEST_WRITTEN = 1e-4;
const LARGEST_WRITTEN = 1e5;
const MOST_VALUE = 2 ** 32 - 1;

export interface WriteOptions {
  /** BigTIFF whatever the size. Default: only where classic TIFF cannot hold the volume. */
  readonly big?: boolean;
  /** One line in ASCII for the description; '' for none. */
  readonly note?: string;
}

/** Two passes over the voxels: the description states their range. Pauses after some milliseconds. */
export async function writeTiff(
  volume: StreamedVolume,
  sink: ByteSink,
  { note = '', big }: WriteOptions = {},
): Promise<void> {
  const breathe = createTurns();
  const survey = await surveyVoxels(volume, breathe);
  const type = volume.kind === 'labels' ? labelType(volume, survey) : volume.type;
  const { head, tail } = frameOf(volume, type, rangeIn(type, survey), note, big);
  await sink.write(head);
  for await (const { volume: layers } of volume.layers()) {
    const bytes = voxelBytes(await convert(layers.data, type, breathe));
    for (let start = 0; start < bytes.length; start += PART_BYTES) {
      await sink.write(bytes.subarray(start, start + PART_BYTES));
      await breathe();
    }
  }
  await sink.write(tail);
}

/** What stands before the voxels and behind them. */
function frameOf(
  volume: VolumeDescription,
  type: VoxelType,
  range: Range | null,
  note: string,
  asBig: boolean | undefined,
): { readonly head: Uint8Array; readonly tail: Uint8Array } {
  const spacing = volume.spacing === null ? null : writableSpacing(volume.spacing);
  const [width, height, pages] = volume.size;
  const noteLine = note === '' ? '' : `note=${note}\n`;
  const description = describeVolume(volume, type, spacing, range) + noteLine;
  const layout = tiffLayout(volume.size, type, description.length, asBig);
  const { big, pageBytes, dataStart, rest, end } = layout;

  const head = new DirectoryWriter(dataStart, 0, big);
  head.header();
  const firstEnd = headerBytes(big) + directoryBytes(big, true);
  const descriptionAt = firstEnd;
  const resolutionAt = descriptionAt + paddedLength(description.length);
  const page = (index: number): PageFields => ({
    width,
    height,
    type,
    offset: dataStart + index * pageBytes,
    byteCount: pageBytes,
    description: index === 0 ? { at: descriptionAt, text: description } : null,
    resolutionAt,
    resolution: [spacing?.values[0] ?? 1, spacing?.values[1] ?? 1],
  });
  head.directory(page(0), pages > 1 ? rest : 0);
  head.text(descriptionAt, description);
  head.rational(resolutionAt, spacing?.values[0] ?? 1);
  head.rational(resolutionAt + 8, spacing?.values[1] ?? 1);
  if (pages === 1) return { head: head.bytes, tail: new Uint8Array() };

  const tail = new DirectoryWriter(
    end - (dataStart + pages * pageBytes),
    dataStart + pages * pageBytes,
    big,
  );
  tail.position = rest;
  for (let index = 1; index < pages; index++) {
    const next = index === pages - 1 ? 0 : rest + index * directoryBytes(big, false);
    tail.directory(page(index), next);
  }
  return { head: head.bytes, tail: tail.bytes };
}

/** Where a file's parts begin: pixels, and the directories of all pages but the first. */
export interface TiffLayout {
  readonly big: boolean;
  readonly pageBytes: number;
  readonly dataStart: number;
  readonly rest: number;
  readonly end: number;
}

/** Lays out a file; BigTIFF where `big` says so or classic TIFF, at most 4 GiB, cannot hold it. */
export function tiffLayout(
  size: Size3,
  type: VoxelType,
  descriptionLength: number,
  big = false,
): TiffLayout {
  const [width, height, pages] = size;
  const pageBytes = width * height * bytesPerVoxel(type);
  const first = directoryBytes(big, true) + paddedLength(descriptionLength) + 16;
  const dataStart = align(headerBytes(big) + first, 16);
  const rest = align(dataStart + pages * pageBytes, 16);
  const end = rest + (pages - 1) * directoryBytes(big, false);
  if (!big && end > CLASSIC_LIMIT) return tiffLayout(size, type, descriptionLength, true);
  return { big, pageBytes, dataStart, rest, end };
}

type Range = readonly [low: number, high: number];

interface Survey {
  /** Of the finite voxels; null where there is none. */
  readonly range: Range | null;
  readonly areWhole: boolean;
}

async function surveyVoxels(volume: StreamedVolume, breathe: () => Promise<void>): Promise<Survey> {
  const range: [number, number] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let areWhole = true;
  for await (const { volume: layers } of volume.layers()) {
    const { data } = layers;
    for (let start = 0; start < data.length; start += CHUNK) {
      const end = Math.min(data.length, start + CHUNK);
      widen(range, data, start, end);
      if (data instanceof Float64Array) areWhole &&= isWhole(data, start, end);
      await breathe();
    }
  }
  return { range: range[0] <= range[1] ? range : null, areWhole };
}

/**
 * Labels in a type that ImageJ opens: uint8, uint16 and float32 stay; others become uint16 where they
 * fit, else float32 where that is exact.
 */
function labelType({ name, type }: VolumeDescription, { range, areWhole }: Survey): VoxelType {
  if (type === 'uint8' || type === 'uint16' || type === 'float32') return type;
  const [low, high] = range ?? [0, 0];
  const largest = Math.max(-low, high);
  if (largest > LARGEST_EXACT_FLOAT) {
    throw new UserError(
      'file/limit',
      `${name}: its labels go up to ${largest} and a TIFF that other programs open holds them exactly up to ${LARGEST_EXACT_FLOAT}; relabel from 1 or save as NRRD.`,
      { largest },
    );
  }
  return low >= 0 && high <= 65_535 && areWhole ? 'uint16' : 'float32';
}

function isWhole(data: Float64Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (!Number.isInteger(data[i])) return false;
  return true;
}

/** The voxels in another type; the array itself where it has that one. */
async function convert(
  data: VoxelArray,
  type: VoxelType,
  breathe: () => Promise<void>,
): Promise<VoxelArray> {
  if (voxelTypeOf(data) === type) return data;
  const out = type === 'uint16' ? new Uint16Array(data.length) : new Float32Array(data.length);
  return finishBreathing(copyNumbersSteps<Uint16Array | Float32Array>(data, out), breathe);
}

/** The range as voxels of the type have it. */
function rangeIn(type: VoxelType, { range }: Survey): Range | null {
  return range === null || type !== 'float32'
    ? range
    : [Math.fround(range[0]), Math.fround(range[1])];
}

function writableSpacing(spacing: VoxelSpacing): VoxelSpacing {
  const fits = (values: readonly number[]): boolean =>
    values.every((value) => value >= SMALLEST_WRITTEN && value <= LARGEST_WRITTEN);
  if (fits(spacing.values)) return spacing;
  const [x, y, z] = spacing.values;
  for (const unit of ['µm', 'nm', 'mm', 'm'] satisfies LengthUnit[]) {
    const values = [x, y, z].map((value) => convertLength(value, spacing.unit, unit));
    if (fits(values)) return { values: values as [number, number, number], unit };
  }
  throw new UserError(
    'volume/spacing',
    `The voxel size ${x} × ${y} × ${z} ${spacing.unit} is outside what a TIFF can state; correct it or save as NRRD.`,
    { values: [x, y, z], unit: spacing.unit },
  );
}

/** The ImageJ description, in ASCII; keys in ImageJ's own order. */
function describeVolume(
  volume: VolumeDescription,
  type: VoxelType,
  spacing: VoxelSpacing | null,
  range: Range | null,
): string {
  const pages = volume.size[2];
  const lines = ['ImageJ=1.53t'];
  if (pages > 1) lines.push(`images=${pages}`, `slices=${pages}`);
  if (spacing !== null) {
    // Java properties escape; ImageJ itself writes µ so.
    lines.push(`unit=${spacing.unit.replace('µ', '\\u00B5')}`, `spacing=${spacing.values[2]}`);
  }
  if (pages > 1) lines.push('loop=false');
  // ImageJ shows this range at first.
  if (range !== null) {
    // ImageJ keeps signed 16-bit voxels as unsigned ones, and states their range so.
    const shift = type === 'int16' ? 32_768 : 0;
    lines.push(`min=${range[0] + shift}`, `max=${range[1] + shift}`);
  }
  if (spacing !== null) {
    volume.origin.forEach((value, axis) => {
      const unit = volume.spacing?.unit ?? spacing.unit;
      const length = convertLength(value, unit, spacing.unit);
      if (length !== 0) lines.push(`${'xyz'[axis]}origin=${-length / (spacing.values[axis] ?? 1)}`);
    });
  }
  lines.push(...phaseLines(volume));
  return `${lines.join('\n')}\n`;
}

/** Widens a range to hold the finite voxels [start, end). */
function widen(range: [number, number], data: VoxelArray, start: number, end: number): void {
  let [low, high] = range;
  for (let i = start; i < end; i++) {
    const value = Number(data[i]);
    if (value < low && value !== Number.NEGATIVE_INFINITY) low = value;
    if (value > high && value !== Number.POSITIVE_INFINITY) high = value;
  }
  range[0] = low;
  range[1] = high;
}

interface PageFields {
  readonly width: number;
  readonly height: number;
  readonly type: VoxelType;
  readonly offset: number;
  readonly byteCount: number;
  readonly description: { readonly at: number; readonly text: string } | null;
  readonly resolutionAt: number;
  readonly resolution: readonly [number, number];
}

const ENTRIES = 14;

function headerBytes(big: boolean): number {
  return big ? 16 : 8;
}

function directoryBytes(big: boolean, described: boolean): number {
  const entries = ENTRIES + (described ? 1 : 0);
  return big ? 8 + 20 * entries + 8 : align(2 + 12 * entries + 4, 4);
}

function align(position: number, to: number): number {
  return Math.ceil(position / to) * to;
}

/** Room for a text and its final zero. */
function paddedLength(characters: number): number {
  return align(characters + 1, 8);
}

/** Little-endian header and directories in one buffer that stands at `start` in the file. */
class DirectoryWriter {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Absolute, in the file. */
  position: number;
  readonly #view: DataView;
  readonly #start: number;
  readonly #big: boolean;

  constructor(size: number, start: number, big: boolean) {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
    this.#start = start;
    this.#big = big;
    this.position = start;
  }

  header(): void {
    this.#uint16(0x4949);
    this.#uint16(this.#big ? 43 : 42);
    if (this.#big) {
      this.#uint16(8);
      this.#uint16(0);
    }
    this.#offset(headerBytes(this.#big));
  }

  directory(page: PageFields, next: number): void {
    const bytes = bytesPerVoxel(page.type);
    const format = page.type.startsWith('float') ? 3 : page.type.startsWith('int') ? 2 : 1;
    const place = this.#big ? FieldType.long8 : FieldType.long;
    const entries: [tag: number, type: number, count: number, value: number][] = [
      [Tag.newSubfileType, FieldType.long, 1, 0],
      [Tag.imageWidth, FieldType.long, 1, page.width],
      [Tag.imageLength, FieldType.long, 1, page.height],
      [Tag.bitsPerSample, FieldType.short, 1, bytes * 8],
      [Tag.compression, FieldType.short, 1, 1],
      [Tag.photometric, FieldType.short, 1, 1],
      [Tag.stripOffsets, place, 1, page.offset],
      [Tag.samplesPerPixel, FieldType.short, 1, 1],
      [Tag.rowsPerStrip, FieldType.long, 1, page.height],
      [Tag.stripByteCounts, place, 1, page.byteCount],
      [Tag.resolutionUnit, FieldType.short, 1, 1],
      [Tag.sampleFormat, FieldType.short, 1, format],
    ];
    if (page.description !== null) {
      const { at, text } = page.description;
      entries.push([Tag.imageDescription, FieldType.ascii, text.length + 1, at]);
    }
    entries.push(
      [Tag.xResolution, FieldType.rational, 1, page.resolutionAt],
      [Tag.yResolution, FieldType.rational, 1, page.resolutionAt + 8],
    );
    entries.sort((a, b) => a[0] - b[0]);
    const end = this.position + directoryBytes(this.#big, page.description !== null);
    if (this.#big) this.#offset(entries.length);
    else this.#uint16(entries.length);
    for (const [tag, type, count, value] of entries) this.#entry(tag, type, count, value, page);
    this.#offset(next);
    this.position = end;
  }

  text(at: number, text: string): void {
    for (let i = 0; i < text.length; i++) this.bytes[at - this.#start + i] = text.charCodeAt(i);
  }

  /** Pixels per unit, whose inverse is the pixel size. */
  rational(at: number, pixelSize: number): void {
    const [numerator, denominator] = nearestFraction(pixelSize);
    this.position = at;
    this.#uint32(denominator);
    this.#uint32(numerator);
  }

  #entry(tag: number, type: number, count: number, value: number, page: PageFields): void {
    this.#uint16(tag);
    this.#uint16(type);
    if (this.#big) this.#offset(count);
    else this.#uint32(count);
    const end = this.position + (this.#big ? 8 : 4);
    if (this.#big && type === FieldType.rational) {
      // A BigTIFF entry holds a fraction itself.
      this.rational(this.position, page.resolution[tag === Tag.xResolution ? 0 : 1]);
    } else if (type === FieldType.short) {
      this.#uint16(value);
    } else if (type === FieldType.long) {
      this.#uint32(value);
    } else {
      this.#offset(value);
    }
    this.position = end;
  }

  #uint16(value: number): void {
    this.#view.setUint16(this.position - this.#start, value, true);
    this.position += 2;
  }

  #uint32(value: number): void {
    this.#view.setUint32(this.position - this.#start, value, true);
    this.position += 4;
  }

  #offset(value: number): void {
    if (!this.#big) {
      this.#uint32(value);
      return;
    }
    this.#view.setBigUint64(this.position - this.#start, BigInt(value), true);
    this.position += 8;
  }
}

/**
 * The fraction of 32-bit numbers nearest to `value` by continued fractions; exact for the decimals
 * people write (0.398 = 199/500), else right to about 19 digits.
 */
export function nearestFraction(value: number): readonly [numerator: number, denominator: number] {
  let [previousP, p] = [0, 1];
  let [previousQ, q] = [1, 0];
  let rest = value;
  for (let step = 0; step < 64; step++) {
    const whole = Math.floor(rest);
    const nextP = whole * p + previousP;
    const nextQ = whole * q + previousQ;
    if (nextP > MOST_VALUE || nextQ > MOST_VALUE) break;
    [previousP, p] = [p, nextP];
    [previousQ, q] = [q, nextQ];
    if (p / q === value) break;
    const fraction = rest - whole;
    if (fraction === 0) break;
    rest = 1 / fraction;
  }
  return [p, q];
}
