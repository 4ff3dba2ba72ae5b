/**
 * Writes a volume as a TIFF that ImageJ, Fiji and everything on libtiff open: one uncompressed page
 * a slice, all pixels in one run, the voxel size as ImageJ writes it. BigTIFF from 4 GiB on. Equal
 * volumes give equal bytes.
 */
import { UserError } from '../../../errors/errors.ts';
import { finish, finishBreathing, type Steps } from '../../../kernels/steps.ts';
import { convertLength, type LengthUnit, type VoxelSpacing } from '../../../volume/length.ts';
import {
  bytesPerVoxel,
  copyNumbersSteps,
  type Size3,
  type Volume,
  type VoxelArray,
  type VoxelType,
  voxelBytes,
  voxelTypeOf,
} from '../../../volume/volume.ts';
import { createTurns } from '../../decode-job.ts';
import { phaseLines } from './label-phases.ts';
import { FieldType, Tag } from './tags.ts';

const CLASSIC_LIMIT = 2 ** 32 - 1;
/** Float32 holds every whole number up to here. */
const LARGEST_EXACT_FLOAT = 2 ** 24;
/** Blob parts of at most this size: a browser copies each at once, in some milliseconds. */
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

/** Lets the event loop turn all the while: whoever waits for this thread waits some 30 ms. */
export async function writeTiff(volume: Volume, note = ''): Promise<Blob> {
  const breathe = createTurns();
  const blobs: Blob[] = [];
  for (const part of await finishBreathing(tiffSteps(volume, { note }), breathe)) {
    blobs.push(new Blob([part as Uint8Array<ArrayBuffer>]));
    await breathe();
  }
  return new Blob(blobs, { type: 'image/tiff' });
}

/** The bytes of the file in order, in parts. */
export function tiffParts(volume: Volume, options: WriteOptions = {}): Uint8Array[] {
  return finish(tiffSteps(volume, options));
}

function* tiffSteps(volume: Volume, options: WriteOptions = {}): Steps<Uint8Array[]> {
  const data = volume.kind === 'labels' ? yield* labelSteps(volume) : volume.data;
  const type = voxelTypeOf(data);
  const spacing = volume.spacing === null ? null : writableSpacing(volume.spacing);
  const [width, height, pages] = volume.size;
  const note = options.note === undefined || options.note === '' ? '' : `note=${options.note}\n`;
  const description = describeVolume(volume, data, spacing, yield* rangeSteps(data)) + note;
  const { big, pageBytes, dataStart, rest, end } = tiffLayout(
    volume.size,
    type,
    description.length,
    options.big,
  );

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
  return [head.bytes, ...pixelParts(data), ...(pages > 1 ? [tail.bytes] : [])];
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

function pixelParts(data: VoxelArray): Uint8Array[] {
  const bytes = voxelBytes(data);
  const parts: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; start += PART_BYTES) {
    const part = bytes.subarray(start, start + PART_BYTES);
    // Blobs refuse shared memory.
    parts.push(part.buffer instanceof ArrayBuffer ? part : new Uint8Array(part));
  }
  return parts;
}

/**
 * Labels in a type that ImageJ opens: uint8, uint16 and float32 stay; others become uint16 where they
 * fit, else float32 where that is exact.
 */
function* labelSteps(volume: Volume): Steps<VoxelArray> {
  const { data, type } = volume;
  if (type === 'uint8' || type === 'uint16' || type === 'float32') return data;
  const [low, high] = (yield* rangeSteps(data)) ?? [0, 0];
  const largest = Math.max(-low, high);
  if (largest > LARGEST_EXACT_FLOAT) {
    throw new UserError(
      'file/limit',
      `${volume.name}: its labels go up to ${largest} and a TIFF that other programs open holds them exactly up to ${LARGEST_EXACT_FLOAT}; relabel from 1 or save as NRRD.`,
      { largest },
    );
  }
  const isNarrow = low >= 0 && high <= 65_535 && (yield* areWhole(data));
  const Narrowest = isNarrow ? Uint16Array : Float32Array;
  return yield* copyNumbersSteps<Uint16Array | Float32Array>(data, new Narrowest(data.length));
}

function* areWhole(data: VoxelArray): Steps<boolean> {
  if (!(data instanceof Float64Array)) return true;
  for (let i = 0; i < data.length; i++) {
    if (i % CHUNK === CHUNK - 1) yield;
    if (!Number.isInteger(data[i])) return false;
  }
  return true;
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
  volume: Volume,
  data: VoxelArray,
  spacing: VoxelSpacing | null,
  range: readonly [number, number] | null,
): string {
  const pages = volume.size[2];
  const lines = ['ImageJ=1.53t'];
  if (pages > 1) lines.push(`images=${pages}`, `slices=${pages}`);
  if (spacing !== null) {
    // Java properties escape; ImageJ itself writes µ so.
    lines.push(`unit=${spacing.unit.replace('µ', '\\u00B5')}`, `spacing=${spacing.values[2]}`);
  }
  if (pages > 1) lines.push('loop=false');
  if (range !== null) {
    // ImageJ keeps signed 16-bit voxels as unsigned ones, and states their range so.
    const shift = data instanceof Int16Array ? 32_768 : 0;
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

/** The range ImageJ shows at first; null where nothing is finite. */
function* rangeSteps(data: VoxelArray): Steps<readonly [number, number] | null> {
  const range: [number, number] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let start = 0; start < data.length; start += CHUNK) {
    widen(range, data, start, Math.min(data.length, start + CHUNK));
    yield;
  }
  return range[0] <= range[1] ? range : null;
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
