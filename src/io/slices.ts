/**
 * A folder of single-page TIFFs as one volume. The order is that of the numbers in the names, never
 * that of the file system; what is missing, doubled or does not belong is said, not guessed.
 */
import { UserError } from '../errors/errors.ts';
import {
  allocateVoxels,
  bytesPerVoxel,
  createVolume,
  type Volume,
  type VoxelArray,
} from '../volume/volume.ts';
import { DecodeJob, withoutProgress } from './decode-job.ts';
import type { ByteSource, ReadOptions, ReadVolume, SlabReader, VolumeMetadata } from './format.ts';
import { folderOf } from './folder.ts';
import { openTiffSlabs, readTiffVolume } from './formats/tiff/reader.ts';
import { isTiffHead } from './formats/tiff/tiff-file.ts';
import { compareDigits, compareNatural, splitDigits } from './natural-order.ts';

/** Files read at the same time: hides the latency of each. */
const CONCURRENT_READS = 4;
/** No codec makes more of a byte (ZSTD); more is a header's lie. */
const LARGEST_RATIO = 32_768;
const MOST_NAMES = 10;
const MOST_MISSING = 20;

const TIFF_NAME = /\.(?:tiff?|btf|tf8)$/i;
const OTHER_IMAGE = /\.(?:png|jpe?g|bmp|gif|webp|jp2|dcm|ima)$/i;

/**
 * Reads slices in natural order of their names. Files that are no images (hidden files, logs,
 * thumbnails) are left out with a warning, missing numbers are reported. A single file is read as
 * it is. Throws `file/empty` for a folder without TIFFs, `file/mixed-slices` where files differ in
 * size or type, hold several pages or lie in several folders, and what the TIFF reader throws, which
 * names the file. Memory: the volume and four slices.
 */
export async function readSliceFolder(
  sources: readonly ByteSource[],
  options: ReadOptions = {},
): Promise<ReadVolume> {
  const found = await findSlices(sources, options);
  if ('only' in found) {
    const { volume, metadata } = await readTiffVolume(found.only, options);
    return { volume, metadata: withWarnings(metadata, found.warnings) };
  }
  const stack = await openSlices(found.slices, options);
  const data = await stack.read(0, stack.size[2]);
  const { name, kind, size, spacing, origin, phases } = stack;
  const warnings = [...found.warnings, ...stack.warningsOfSlices()];
  return {
    volume: createVolume({ kind, name, size, data, spacing, origin, phases }),
    metadata: { ...stack.metadata, size, warnings },
  };
}

/** The same slices on demand; reads the first one. Memory: four slices. */
export async function openSliceFolder(
  sources: readonly ByteSource[],
  options: ReadOptions = {},
): Promise<SlabReader> {
  const found = await findSlices(sources, options);
  if ('only' in found) {
    const reader = await openTiffSlabs(found.only, options);
    return { ...reader, metadata: withWarnings(reader.metadata, found.warnings) };
  }
  const stack = await openSlices(found.slices, withoutProgress(options));
  const { name, kind, size, origin, phases } = stack;
  return {
    name,
    kind,
    origin,
    phases,
    metadata: { ...stack.metadata, size, warnings: found.warnings },
    get warnings() {
      return stack.warningsOfSlices();
    },
    memoryBytes: (CONCURRENT_READS + 1) * stack.sliceBytes,
    readSlices: (first, end) => stack.read(first, end),
  };
}

/** The files that are slices, in order, and what is odd about them; `only` where it is one file. */
async function findSlices(
  sources: readonly ByteSource[],
  options: ReadOptions,
): Promise<
  { readonly warnings: readonly string[] } & (
    | { readonly only: ByteSource }
    | { readonly slices: readonly ByteSource[] }
  )
> {
  const job = new DecodeJob(sources[0]?.name ?? 'the folder', options, []);
  job.assertActive();
  const { slices, warnings } = await chooseSlices(sources, job);
  const [only] = slices;
  if (only !== undefined && slices.length === 1) return { only, warnings };
  assertOneFolder(slices);
  warnings.push(...numberingWarnings(slices.map((slice) => slice.name)));
  return { slices, warnings };
}

function withWarnings(metadata: VolumeMetadata, more: readonly string[]): VolumeMetadata {
  return { ...metadata, warnings: [...more, ...metadata.warnings] };
}

function isHidden(source: ByteSource): boolean {
  return source.name.startsWith('.') || folderOf(source).split('/').includes('__MACOSX');
}

async function chooseSlices(
  sources: readonly ByteSource[],
  job: DecodeJob,
): Promise<{ slices: ByteSource[]; warnings: string[] }> {
  const slices: ByteSource[] = [];
  const ignored: string[] = [];
  for (const source of sources) {
    await job.breathe();
    if (isHidden(source)) {
      ignored.push(source.name);
      continue;
    }
    // A name that promises a TIFF must keep it: its reader says what is wrong otherwise.
    const named = TIFF_NAME.test(source.name);
    if (named || isTiffHead(await source.read(0, 16))) slices.push(source);
    else ignored.push(source.name);
  }
  if (slices.length === 0) throw noSlices(sources);
  slices.sort((a, b) => compareNatural(folderOf(a), folderOf(b)) || compareNatural(a.name, b.name));
  ignored.sort(compareNatural);
  const warnings =
    ignored.length === 0
      ? []
      : [
          ignored.length === 1
            ? `${ignored[0]} is no TIFF and is left out.`
            : `${ignored.length} files are no TIFFs and are left out: ${listed(ignored, MOST_NAMES)}.`,
        ];
  return { slices, warnings };
}

function listed(names: readonly string[], most: number): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

function noSlices(sources: readonly ByteSource[]): UserError {
  if (sources.length === 0) {
    return new UserError(
      'file/empty',
      'The folder is empty: choose the one that holds the TIFF slices.',
    );
  }
  const image = sources.find((source) => OTHER_IMAGE.test(source.name) && !isHidden(source));
  if (image !== undefined) {
    return new UserError(
      'file/unsupported',
      `The folder holds no TIFF slices but images such as ${image.name}; save them as TIFF, in Fiji by File › Import › Image Sequence and File › Save As.`,
      { file: image.name },
    );
  }
  return new UserError(
    'file/empty',
    `The folder holds no TIFF slices, only other files such as ${sources[0]?.name}; choose the one that does.`,
    { file: sources[0]?.name ?? '' },
  );
}

function assertOneFolder(slices: readonly ByteSource[]): void {
  const first = slices[0] as ByteSource;
  const other = slices.find((slice) => folderOf(slice) !== folderOf(first));
  if (other === undefined) return;
  const name = (source: ByteSource): string => folderOf(source) || 'the folder itself';
  throw new UserError(
    'file/mixed-slices',
    `The slices lie in several folders (${name(first)} and ${name(other)}), which cannot be one volume; open one folder.`,
    { folders: [name(first), name(other)] },
  );
}

/**
 * What is odd about the numbers in names that are in natural order: gaps, doubles, steps, and names
 * that do not follow one pattern. The number is the last digit run that differs between names.
 */
export function numberingWarnings(names: readonly string[]): string[] {
  const parts = names.map(splitDigits);
  const pattern = (name: readonly string[]): string =>
    name.map((part, i) => (i % 2 === 1 ? '#' : part.toLowerCase())).join('');
  const first = parts[0] ?? [];
  const stranger = parts.findIndex((name) => pattern(name) !== pattern(first));
  if (stranger >= 0) {
    return [
      `The names do not follow one pattern (${names[0]} and ${names[stranger]}); the slices are in natural order of their names.`,
    ];
  }
  let place = -1;
  for (let i = 1; i < first.length; i += 2) {
    if (parts.some((name) => compareDigits(name[i] ?? '', first[i] ?? '') !== 0)) place = i;
  }
  if (place < 0) return [];
  const leading = (name: readonly string[]): string => name.slice(0, place).join('');
  if (parts.some((name) => leading(name) !== leading(first))) {
    // Two numbers run (scan and slice, or row and column): one file misses nothing another has.
    return [
      `The names number more than the slices (${names[0]} to ${names.at(-1)}); check that they are one volume.`,
    ];
  }
  const numbers = parts.map((name) => BigInt(name[place] ?? '0'));
  return [...doubleWarnings(numbers, names), ...gapWarnings(numbers)];
}

function doubleWarnings(numbers: readonly bigint[], names: readonly string[]): string[] {
  const doubles: string[] = [];
  for (let i = 1; i < numbers.length; i++) {
    if (numbers[i] === numbers[i - 1]) doubles.push(`${names[i - 1]} and ${names[i]}`);
  }
  return doubles.length === 0
    ? []
    : [`Slices with the same number are all read: ${listed(doubles, MOST_NAMES)}.`];
}

function gapWarnings(numbers: readonly bigint[]): string[] {
  const steps: bigint[] = [];
  for (let i = 1; i < numbers.length; i++) {
    const step = (numbers[i] ?? 0n) - (numbers[i - 1] ?? 0n);
    if (step > 0n) steps.push(step);
  }
  if (steps.length === 0) return [];
  const step = steps.reduce((a, b) => (a < b ? a : b));
  const warnings: string[] = [];
  const regular = steps.length > 1 && steps.every((each) => each % step === 0n);
  if (step > 1n && regular) {
    warnings.push(
      `The numbers go in steps of ${step}: the distance of the slices may be as large.`,
    );
  }
  const unit = regular ? step : 1n;
  const missing: string[] = [];
  let count = 0n;
  for (let i = 1; i < numbers.length; i++) {
    const low = (numbers[i - 1] ?? 0n) + unit;
    const high = numbers[i] ?? 0n;
    if (high <= low) continue;
    count += (high - low + unit - 1n) / unit;
    for (let each = low; each < high && missing.length < MOST_MISSING; each += unit) {
      missing.push(String(each));
    }
  }
  if (count === 0n) return warnings;
  const rest = count - BigInt(missing.length);
  const list = rest > 0n ? `${missing.join(', ')} and ${rest} more` : missing.join(', ');
  warnings.push(
    count === 1n
      ? `Slice ${list} is missing; the others are put together without a gap.`
      : `Slices ${list} are missing; the others are put together without a gap.`,
  );
  return warnings;
}

interface SliceStack
  extends Pick<Volume, 'name' | 'kind' | 'size' | 'spacing' | 'origin' | 'phases'> {
  /** Of the first slice. */
  readonly metadata: VolumeMetadata;
  readonly sliceBytes: number;
  read(first: number, end: number): Promise<VoxelArray>;
  /** What the slices read so far were odd about. */
  warningsOfSlices(): readonly string[];
}

async function openSlices(
  slices: readonly ByteSource[],
  options: ReadOptions,
): Promise<SliceStack> {
  const readOptions: ReadOptions = options.signal === undefined ? {} : { signal: options.signal };
  const firstSource = slices[0] as ByteSource;
  const { volume, metadata } = await readSlice(firstSource, readOptions);
  const [nx, ny] = volume.size;
  const perSliceWarnings = new Map<string, Set<string>>();
  noteWarnings(perSliceWarnings, firstSource, metadata);
  assertPlausible(slices, volume);

  async function read(first: number, end: number): Promise<VoxelArray> {
    const job = new DecodeJob(firstSource.name, options, []);
    const data = allocate(slices, volume, nx * ny * (end - first));
    let next = first;
    let done = 0;
    const failures = new Map<number, unknown>();
    const readNext = async (): Promise<void> => {
      while (next < end && failures.size === 0) {
        const index = next++;
        const source = slices[index] as ByteSource;
        try {
          await job.breathe();
          const slice = await readSlice(source, readOptions);
          assertAlike(firstSource, volume, source, slice.volume);
          placeSlice(data, slice.volume, index - first);
          noteWarnings(perSliceWarnings, source, slice.metadata);
        } catch (error) {
          failures.set(index, error);
        }
        done++;
        job.progress(done / (end - first));
      }
    };
    await Promise.all(Array.from({ length: CONCURRENT_READS }, readNext));
    // Of those at work when one failed, the first by number speaks.
    if (failures.size > 0) throw failures.get(Math.min(...failures.keys()));
    return data;
  }

  return {
    name: folderName(firstSource),
    kind: volume.kind,
    size: [nx, ny, slices.length],
    spacing: volume.spacing,
    origin: volume.origin,
    phases: volume.phases,
    metadata,
    sliceBytes: volume.data.byteLength,
    read,
    warningsOfSlices: () =>
      [...perSliceWarnings].map(([warning, files]) =>
        files.size === 1 ? `${[...files][0]}: ${warning}` : `${files.size} slices: ${warning}`,
      ),
  };
}

async function readSlice(source: ByteSource, options: ReadOptions): Promise<ReadVolume> {
  const slice = await readTiffVolume(source, options);
  const pages = slice.volume.size[2];
  if (pages > 1) {
    throw new UserError(
      'file/mixed-slices',
      `${source.name} has ${pages} pages, and each file of a folder of slices has one; open it on its own.`,
      { file: source.name, pages },
    );
  }
  return slice;
}

function describe({ size, type }: Volume): string {
  return `${size[0]} × ${size[1]} ${type}`;
}

function assertAlike(
  firstSource: ByteSource,
  first: Volume,
  source: ByteSource,
  slice: Volume,
): void {
  if (
    slice.size[0] === first.size[0] &&
    slice.size[1] === first.size[1] &&
    slice.type === first.type
  ) {
    return;
  }
  throw new UserError(
    'file/mixed-slices',
    `${source.name} is ${describe(slice)} but ${firstSource.name} is ${describe(first)}; a volume needs slices of one size and type, remove or convert the others.`,
    { files: [firstSource.name, source.name] },
  );
}

function placeSlice(data: VoxelArray, slice: Volume, index: number): void {
  // `assertAlike` has compared the types.
  (data as Float32Array).set(slice.data as Float32Array, index * slice.data.length);
}

function noteWarnings(
  all: Map<string, Set<string>>,
  source: ByteSource,
  { warnings }: VolumeMetadata,
): void {
  for (const warning of warnings) {
    const files = all.get(warning) ?? new Set();
    all.set(warning, files.add(source.name));
  }
}

function folderName(source: ByteSource): string {
  const folder = folderOf(source)
    .split('/')
    .findLast((part) => part !== '');
  return folder ?? (source.name.replace(/[\s._-]*\d*\.\w+$/, '') || source.name);
}

/** Refuses, before anything is allocated, what the files cannot hold. */
function assertPlausible(slices: readonly ByteSource[], first: Volume): void {
  const bytes = first.data.byteLength * slices.length;
  const stored = slices.reduce((sum, slice) => sum + slice.size, 0);
  if (bytes > LARGEST_RATIO * stored) {
    throw new UserError(
      'file/mixed-slices',
      `The ${slices.length} files hold ${stored} bytes, too few for slices of ${describe(first)} as in ${slices[0]?.name}; check that they belong together.`,
      { bytes: stored },
    );
  }
}

function allocate(slices: readonly ByteSource[], first: Volume, count: number): VoxelArray {
  try {
    return allocateVoxels(first.type, count);
  } catch (cause) {
    const bytes = count * bytesPerVoxel(first.type);
    throw new UserError(
      'memory/over-budget',
      `The ${slices.length} slices need ${(bytes / 2 ** 30).toPrecision(3)} GiB of memory, more than there is; open fewer of them or convert them to fewer bits.`,
      { bytes },
      cause,
    );
  }
}
