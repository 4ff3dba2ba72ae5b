/**
 * From files as the user gave them to one volume: recognises each by its content, joins headers with
 * their data and slices with each other, and says what is odd about the voxels.
 */
import { cancelled, UserError } from '../errors/errors.ts';
import { surveyVolume, type VolumeSurvey } from '../volume/statistics.ts';
import type { Volume } from '../volume/volume.ts';
import { DecodeJob } from './decode-job.ts';
import type {
  ByteSource,
  ReadOptions,
  ReadVolume,
  SlabReader,
  VolumeFormat,
  VolumeMetadata,
} from './format.ts';
import { zarrRoot } from './formats/zarr/store.ts';
import { isGzip } from './gzip-signature.ts';
import { FORMAT_IDS, FORMAT_TITLES, type FormatId, loadFormat } from './registry.ts';

const HEAD_BYTES = 4096;
/** Reading is this share of the progress, looking through the voxels the rest. */
export const READ_SHARE = 0.9;
/** The key under which our own files say whether they are grey or labels. */
const KIND_TAG = 'tauscope kind';

export interface OpenOptions extends ReadOptions {
  /** Overrides the guess whether the values are grey values or labels. */
  readonly kind?: Volume['kind'];
}

export interface OpenedVolume extends ReadVolume {
  /** Few different whole numbers: a segmented volume, by the look of it. */
  readonly looksSegmented: boolean;
  readonly survey: VolumeSurvey;
  /** Names of the files that were read, in order. */
  readonly files: readonly string[];
}

export interface OpenedSlabs {
  readonly reader: SlabReader;
  /** Of the reader, with warnings about the files that came along. */
  readonly metadata: VolumeMetadata;
  readonly files: readonly string[];
}

export interface FileDescription {
  /** "TIFF", "NRRD", … */
  readonly format: string;
  readonly files: readonly string[];
  readonly bytes: number;
  readonly metadata: VolumeMetadata;
}

/** Formats that people have and that are not read here, by their first bytes. */
const FOREIGN: readonly {
  readonly title: string;
  readonly test: (head: Uint8Array, text: string) => boolean;
  /** Formats that are read here may look the same from outside. */
  readonly wraps?: boolean;
}[] = [
  {
    title: 'a ZIP archive',
    test: (_, text) => /^PK(\x03\x04|\x05\x06)/.test(text),
    wraps: true,
  },
  { title: 'a PNG image', test: (_, text) => text.startsWith('\x89PNG') },
  { title: 'a JPEG image', test: (_, text) => text.startsWith('\xff\xd8\xff') },
  { title: 'a BMP image', test: (_, text) => /^BM[^]{4}\0\0\0\0/.test(text) },
  { title: 'a GIF image', test: (_, text) => /^GIF8[79]a/.test(text) },
  { title: 'a PDF document', test: (_, text) => text.startsWith('%PDF-') },
  { title: 'a Scanco ISQ file', test: (_, text) => text.startsWith('CTDATA-HEADER_V1') },
  {
    title: 'a gzip archive',
    test: isGzip,
    wraps: true,
  },
];

/** A file that can only have come along: the system's, hidden, or plain text beside the images. */
const BYSTANDER = /^(\..*|thumbs\.db|desktop\.ini)$|\.(txt|log|csv|json|xml|md|pdf|ini|html?)$/i;

/** Whether a file can only have come along with images, by its name. */
export function isBystander(name: string): boolean {
  return BYSTANDER.test(name);
}

const TIFF_NAME = /\.tiff?$/i;

interface Recognised {
  readonly source: ByteSource;
  /** null: no format that is read here. */
  readonly id: FormatId | null;
  readonly foreign: string | null;
}

async function recognise(source: ByteSource): Promise<Recognised> {
  const head = await source.read(0, HEAD_BYTES);
  const text = String.fromCharCode(...head);
  const foreign = FOREIGN.find((format) => format.test(head, text)) ?? null;
  if (foreign !== null && foreign.wraps !== true) {
    return { source, id: null, foreign: foreign.title };
  }
  for (const id of FORMAT_IDS) {
    if ((await loadFormat(id)).sniff(head, source.name)) return { source, id, foreign: null };
  }
  return { source, id: null, foreign: foreign?.title ?? null };
}

/** Heads of so many files are read at a time; a folder may hold thousands. */
const HEADS_AT_ONCE = 32;

async function recogniseAll(
  sources: readonly ByteSource[],
  signal: AbortSignal | undefined,
): Promise<readonly Recognised[]> {
  const files: Recognised[] = [];
  for (let at = 0; at < sources.length; at += HEADS_AT_ONCE) {
    if (signal?.aborted) throw cancelled();
    files.push(...(await Promise.all(sources.slice(at, at + HEADS_AT_ONCE).map(recognise))));
  }
  return files;
}

/** The format of each file by its content; null where none is read here. */
export async function formatsOf(
  sources: readonly ByteSource[],
): Promise<readonly (FormatId | null)[]> {
  return (await recogniseAll(sources, undefined)).map(({ id }) => id);
}

/** What the name promises, to say that the content is something else. */
async function formatOfName(name: string): Promise<VolumeFormat | null> {
  const lower = name.toLowerCase();
  for (const id of FORMAT_IDS) {
    const format = await loadFormat(id);
    if (format.extensions.some((extension) => lower.endsWith(extension))) return format;
  }
  return null;
}

/** @param isAlone whether the user may have meant this file alone */
async function unknownFormat(file: Recognised, isAlone: boolean): Promise<UserError> {
  const { name } = file.source;
  const promised = await formatOfName(name);
  const mayBeRaw = isAlone && file.foreign === null && promised === null;
  const what =
    file.foreign !== null
      ? `${name} is ${file.foreign}`
      : promised !== null
        ? `${name} is named like ${promised.title} but does not hold it`
        : `${name} is of no known format`;
  return new UserError(
    'file/unknown-format',
    `${what}; Tauscope reads ${FORMAT_TITLES} files and folders of TIFF slices.`,
    {
      file: name,
      ...(file.foreign === null ? {} : { found: file.foreign }),
      ...(mayBeRaw ? { mayBeRaw } : {}),
    },
  );
}

type Plan =
  | {
      readonly kind: 'file';
      readonly id: FormatId;
      readonly source: ByteSource;
      readonly siblings: readonly ByteSource[];
      readonly ignored: readonly string[];
    }
  | {
      readonly kind: 'slices';
      readonly sources: readonly ByteSource[];
      readonly ignored: readonly string[];
    };

function assertAnyBytes(sources: readonly ByteSource[]): void {
  const [first] = sources;
  if (first === undefined) {
    throw new UserError('file/empty', 'There is no file to open: the folder is empty.');
  }
  if (sources.every((source) => source.size === 0)) {
    throw new UserError(
      'file/empty',
      sources.length === 1
        ? `${first.name} is empty (0 bytes).`
        : `All ${sources.length} files are empty (0 bytes).`,
      { file: first.name },
    );
  }
}

/** The one file that a layout of raw voxels is for; text beside it does not count. */
export function rawFileOf(sources: readonly ByteSource[]): ByteSource {
  const given = sources.filter((each) => !BYSTANDER.test(each.name));
  const [source, ...more] = given;
  if (source !== undefined && more.length === 0) return source;
  throw new UserError(
    'usage',
    `A layout of raw voxels is for one file, and ${given.length} were given: open them one by one.`,
  );
}

function listNames(files: readonly Recognised[], most = 3): string {
  const names = files.slice(0, most).map((file) => file.source.name);
  return files.length > most
    ? `${names.join(', ')} and ${files.length - most} more`
    : names.join(', ');
}

async function plan(sources: readonly ByteSource[], { signal, raw }: ReadOptions): Promise<Plan> {
  assertAnyBytes(sources);
  if (raw !== undefined) {
    return { kind: 'file', id: 'raw', source: rawFileOf(sources), siblings: [], ignored: [] };
  }
  if (sources.length === 1) {
    const [source] = sources as [ByteSource];
    const file = await recognise(source);
    if (file.id === null) throw await unknownFormat(file, true);
    return { kind: 'file', id: file.id, source, siblings: [], ignored: [] };
  }
  const store = zarrRoot(sources);
  if (store !== null) {
    const siblings = sources.filter((source) => source !== store);
    return { kind: 'file', id: 'zarr', source: store, siblings, ignored: [] };
  }
  const given = sources.filter((source) => !BYSTANDER.test(source.name));
  if (given.length === 0) {
    throw await unknownFormat(await recognise(sources[0] as ByteSource), false);
  }
  const files = await recogniseAll(given, signal);
  const series = files.filter((file) => file.id === 'dicom');
  const [image] = series;
  const volumes = [
    ...files.filter((file) => file.id !== null && file.id !== 'tiff' && file.id !== 'dicom'),
    // The images of a series are one volume; the first stands for them.
    ...(image === undefined ? [] : [image]),
  ];
  const tiffs = files.filter((file) => file.id === 'tiff');
  const rest = files.filter((file) => file.id === null);

  if (volumes.length > 1) {
    throw new UserError(
      'file/mixed-slices',
      `These are ${volumes.length} volumes (${listNames(volumes)}): open one at a time.`,
      { files: volumes.map((file) => file.source.name).slice(0, 20) },
    );
  }
  const [volume] = volumes;
  if (volume?.id != null) {
    if (tiffs.length > 0) {
      throw new UserError(
        'file/mixed-slices',
        `${volume.source.name} came with ${tiffs.length} TIFF files (${listNames(tiffs)}): open either the volume or the slices.`,
        { files: [volume.source.name, ...tiffs.map((file) => file.source.name)].slice(0, 20) },
      );
    }
    const siblings = sources.filter((source) => source !== volume.source);
    return { kind: 'file', id: volume.id, source: volume.source, siblings, ignored: [] };
  }
  const [onlyTiff, secondTiff] = tiffs;
  if (onlyTiff === undefined) {
    throw await unknownFormat(files[0] as Recognised, files.length === 1);
  }
  const damaged = rest.find((file) => TIFF_NAME.test(file.source.name));
  if (damaged !== undefined) {
    const { name, size } = damaged.source;
    throw new UserError(
      size === 0 ? 'file/empty' : 'file/unknown-format',
      `${name} is named like a slice but ${size === 0 ? 'is empty (0 bytes)' : 'is no TIFF image'}: replace it, or take it out of the folder.`,
      { file: name },
    );
  }
  const ignored = [
    ...rest.map((file) => file.source.name),
    ...sources.filter((source) => BYSTANDER.test(source.name)).map((source) => source.name),
  ];
  if (secondTiff === undefined) {
    return { kind: 'file', id: 'tiff', source: onlyTiff.source, siblings: [], ignored };
  }
  return { kind: 'slices', sources: tiffs.map((file) => file.source), ignored };
}

async function read(planned: Plan, options: ReadOptions): Promise<ReadVolume> {
  if (planned.kind === 'slices') {
    const { readSliceFolder } = await import('./slices.ts');
    return readSliceFolder(planned.sources, options);
  }
  const format = await loadFormat(planned.id);
  return format.readVolume(planned.source, withSiblings(planned, options));
}

/** Slices on demand of what `openVolume` would read; sources and refusals are the same. */
export async function openSlabs(
  sources: readonly ByteSource[],
  options: ReadOptions = {},
): Promise<OpenedSlabs> {
  if (options.signal?.aborted) throw cancelled();
  const planned = await plan(sources, options);
  const reader = await slabsOf(planned, options);
  const warnings = [...reader.metadata.warnings, ...ignoredWarning(planned)];
  return { reader, metadata: { ...reader.metadata, warnings }, files: filesOf(planned) };
}

async function slabsOf(planned: Plan, options: ReadOptions): Promise<SlabReader> {
  if (planned.kind === 'slices') {
    const { openSliceFolder } = await import('./slices.ts');
    return openSliceFolder(planned.sources, options);
  }
  const format = await loadFormat(planned.id);
  return format.openSlabs(planned.source, withSiblings(planned, options));
}

function withSiblings(
  planned: Plan & { readonly kind: 'file' },
  options: ReadOptions,
): ReadOptions {
  return { ...options, siblings: [...planned.siblings, ...(options.siblings ?? [])] };
}

function filesOf(planned: Plan): readonly string[] {
  return planned.kind === 'slices'
    ? planned.sources.map((source) => source.name)
    : [planned.source.name];
}

function ignoredWarning(planned: Plan): readonly string[] {
  const count = planned.ignored.length;
  if (count === 0) return [];
  const names = planned.ignored.slice(0, 3).join(', ');
  return [
    `${count === 1 ? 'A file that is' : `${count} files that are`} no TIFF ${count === 1 ? 'was' : 'were'} left out: ${names}${count > 3 ? ' …' : ''}.`,
  ];
}

/**
 * What a look at all voxels tells: labels where the file or the caller says so, or where the values
 * look like it, and what is odd about the values.
 */
export function judgeVoxels(
  stated: { readonly kind: Volume['kind']; readonly tags: VolumeMetadata['tags'] },
  survey: VolumeSurvey,
  wanted: Volume['kind'] | undefined,
): { readonly kind: Volume['kind']; readonly warnings: readonly string[] } {
  const { kind, warnings } = decideKind(stated, survey, wanted);
  return { kind, warnings: [...warnings, ...surveyWarnings(survey)] };
}

function decideKind(
  { kind: stated, tags }: Parameters<typeof judgeVoxels>[0],
  survey: VolumeSurvey,
  wanted: Volume['kind'] | undefined,
): { readonly kind: Volume['kind']; readonly warnings: readonly string[] } {
  if (wanted !== undefined) return { kind: wanted, warnings: [] };
  if (stated === 'labels') return { kind: 'labels', warnings: [] };
  if (tags[KIND_TAG] === 'grey' || !survey.looksSegmented) {
    return { kind: 'grey', warnings: [] };
  }
  const values = survey.distinct ?? [];
  return {
    kind: 'labels',
    warnings: [
      `The voxels have only ${values.length === 1 ? 'the value' : `${values.length} different values:`} ${values.join(', ')}; they were taken for labels of a segmented volume.`,
    ],
  };
}

function surveyWarnings(survey: VolumeSurvey): readonly string[] {
  const warnings: string[] = [];
  if (survey.notFinite !== null) {
    const { count, first, value } = survey.notFinite;
    warnings.push(
      `${count} ${count === 1 ? 'voxel is' : 'voxels are'} no number (NaN or infinite), the first at x ${first[0]}, y ${first[1]}, z ${first[2]} (${value}): crop or replace them before filtering.`,
    );
  }
  if (survey.constant) {
    warnings.push(
      `All voxels have the same value, ${survey.minimum}: there is nothing to segment.`,
    );
  }
  return warnings;
}

/**
 * Opens what the user dropped or named: one file, a header with its data, or a folder of slices.
 * Throws UserError with one sentence; nothing is kept where it throws. Abort by `options.signal`.
 */
export async function openVolume(
  sources: readonly ByteSource[],
  options: OpenOptions = {},
): Promise<OpenedVolume> {
  if (options.signal?.aborted) throw cancelled();
  const planned = await plan(sources, options);
  const result = await read(planned, {
    ...options,
    progress: (fraction) => options.progress?.(fraction * READ_SHARE),
  });
  const warnings = [...result.metadata.warnings, ...ignoredWarning(planned)];
  return surveyed(
    { ...result, metadata: { ...result.metadata, warnings } },
    filesOf(planned),
    options,
  );
}

/** Decides what voxels are that were read, and says what is odd about them. */
export async function surveyed(
  result: ReadVolume,
  files: readonly string[],
  options: OpenOptions,
): Promise<OpenedVolume> {
  const job = new DecodeJob(result.volume.name, options, [], READ_SHARE, 1 - READ_SHARE);
  const survey = await surveyVolume(result.volume, {
    pause: (fraction) => {
      job.progress(fraction);
      return job.breathe();
    },
  });
  const stated = { kind: result.volume.kind, tags: result.metadata.tags };
  const { kind, warnings } = judgeVoxels(stated, survey, options.kind);
  return {
    volume: { ...result.volume, kind },
    metadata: {
      ...result.metadata,
      warnings: [...result.metadata.warnings, ...warnings],
    },
    looksSegmented: survey.looksSegmented,
    survey,
    files,
  };
}

/**
 * What the header says, without reading the voxels. A folder of slices is described by its first
 * file and the number of files.
 */
export async function describeFile(
  sources: readonly ByteSource[],
  options: ReadOptions = {},
): Promise<FileDescription> {
  const planned = await plan(sources, options);
  const bytes = sources.reduce((sum, source) => sum + source.size, 0);
  const files = filesOf(planned);
  if (planned.kind === 'file') {
    const format = await loadFormat(planned.id);
    const metadata = await format.readMetadata(planned.source, {
      ...options,
      siblings: planned.siblings,
    });
    const warnings = [...metadata.warnings, ...ignoredWarning(planned)];
    return { format: format.title, files, bytes, metadata: { ...metadata, warnings } };
  }
  const format = await loadFormat('tiff');
  const metadata = await format.readMetadata(planned.sources[0] as ByteSource, options);
  return {
    format: `folder of ${planned.sources.length} TIFF slices`,
    files,
    bytes,
    metadata: {
      ...metadata,
      size: [metadata.size[0], metadata.size[1], planned.sources.length],
      warnings: [...metadata.warnings, ...ignoredWarning(planned)],
    },
  };
}
