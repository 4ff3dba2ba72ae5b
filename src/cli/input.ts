/** Opening an input for a command: read, override what the user states, tell what was odd. */
import { parametersFromFlags } from '../declaration/flags.ts';
import { parseParameters } from '../declaration/parameters.ts';
import { type ChosenVolume, openChosen } from '../engine/opening.ts';
import { isUserError, UserError } from '../errors/errors.ts';
import type { ByteSource, ReadOptions, VolumeMetadata } from '../io/format.ts';
import { describeFile } from '../io/open.ts';
import { createSpacing, parseLengthUnit, type VoxelSpacing } from '../volume/length.ts';
import { parseRawLayout } from '../volume/raw-layout.ts';
import { isReducing, REDUCTION_FIELDS, type Reduction, reducedShape } from '../volume/reduction.ts';
import { withKind } from '../volume/volume.ts';
import type { ParsedArguments } from './arguments.ts';
import type { Surroundings } from './command.ts';
import { neighbourSources, openSources } from './files.ts';
import { assertVolumeFits, machineMemory } from './memory.ts';

const NUMBER = String.raw`(\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)`;
const TIMES = String.raw`\s*[x×]\s*`;
const VOXEL_SIZE = new RegExp(
  String.raw`^\s*${NUMBER}(?:${TIMES}${NUMBER}${TIMES}${NUMBER})?\s*([^\d\s.,+-]+)\s*$`,
  'iu',
);

/** "0.4um", "400 nm", "0.4 x 0.4 x 1 µm"; throws `usage` for everything else. */
export function parseVoxelSize(text: string): VoxelSpacing {
  const [, x = '', y, z, word = ''] = VOXEL_SIZE.exec(text) ?? [];
  const unit = parseLengthUnit(word);
  try {
    if (x === '' || unit === null) throw new RangeError('no number with a unit');
    const edge = (digits: string): number => Number(digits) * unit.factor;
    return createSpacing([edge(x), edge(y ?? x), edge(z ?? x)], unit.unit);
  } catch (cause) {
    throw new UserError(
      'usage',
      `--voxel-size is "${text}": it must be a number greater than 0 and a unit (nm, um, mm, cm or m), as in 0.4um or 0.4x0.4x1um.`,
      {},
      cause,
    );
  }
}

export interface InputChoices {
  readonly kind: 'grey' | 'labels' | null;
  readonly spacing: VoxelSpacing | null;
  /** What the file does not say of itself. */
  readonly read: Pick<ReadOptions, 'dataset' | 'raw'>;
  readonly reduction: Reduction;
}

/** What the options say of the input; checked before anything is read. */
export function inputChoices(options: ParsedArguments['options']): InputChoices {
  const isLabels = options['as-labels'] === true;
  const isGrey = options['as-grey'] === true;
  if (isLabels && isGrey) {
    throw new UserError('usage', '--as-labels and --as-grey exclude each other.');
  }
  const voxelSize = options['voxel-size'];
  return {
    kind: isLabels ? 'labels' : isGrey ? 'grey' : null,
    spacing: typeof voxelSize === 'string' ? parseVoxelSize(voxelSize) : null,
    read: readChoices(options),
    reduction: parseParameters(
      REDUCTION_FIELDS,
      parametersFromFlags(REDUCTION_FIELDS, options),
      'opening',
    ),
  };
}

export function readChoices({ dataset, raw }: ParsedArguments['options']): InputChoices['read'] {
  return {
    ...(typeof dataset === 'string' ? { dataset } : {}),
    ...(typeof raw === 'string' ? { raw: parseRawLayout(raw, '--raw') } : {}),
  };
}

/** Runs what opens a file; where the file does not say enough of itself, names the option that does. */
export async function orNameOption<T>(opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    if (!isUserError(error)) throw error;
    const option =
      error.code === 'file/several-datasets'
        ? ', by --dataset <path>.'
        : error.details['mayBeRaw'] === true
          ? '; where it holds voxels without a header, give their layout by --raw.'
          : null;
    if (option === null) throw error;
    const how = `${error.message.slice(0, -1)}${option}`;
    throw new UserError(error.code, how, error.details, error);
  }
}

/** Formats whose voxels may lie in a file beside the named one. */
const DETACHED = /\.(nhdr|mhd|hdr|vgi|xtekct)$/i;

export async function siblingsOf(paths: readonly string[]): Promise<readonly ByteSource[]> {
  const [path, ...more] = paths;
  return path !== undefined && more.length === 0 && DETACHED.test(path)
    ? neighbourSources(path)
    : [];
}

/** An input with the files that its voxels and header came from. */
export interface OpenedInput extends ChosenVolume {
  readonly sources: readonly ByteSource[];
}

export interface DescribedInput {
  readonly sources: readonly ByteSource[];
  /** Files beside a header; `read` has those of them that the reader asked for. */
  readonly siblings: readonly ByteSource[];
  readonly read: ReadonlySet<ByteSource>;
  readonly metadata: VolumeMetadata;
}

/** What an input is, by its header. */
export async function describeInput(
  paths: readonly string[],
  choices: InputChoices,
  signal: AbortSignal,
): Promise<DescribedInput> {
  if (paths.length === 0) throw new UserError('usage', 'No input is named; see --help.');
  const sources = await openSources(paths);
  const neighbours = await siblingsOf(paths);
  const read = new Set<ByteSource>();
  // What lies beside a header belongs to it only where the reader asked for it.
  const siblings = neighbours.map((source) => ({
    ...source,
    read: (start: number, end: number) => {
      read.add(source);
      return source.read(start, end);
    },
  }));
  const described = describeFile(sources, { signal, siblings, ...choices.read });
  const { metadata } = await orNameOption(described);
  return { sources, siblings, read, metadata };
}

export async function openInput(
  paths: readonly string[],
  choices: InputChoices,
  { signal, progress, remark }: Surroundings,
): Promise<OpenedInput> {
  const { sources, siblings, read, metadata } = await describeInput(paths, choices, signal);
  const { kind, spacing, reduction } = choices;
  const kept = isReducing(reduction)
    ? { ...metadata, ...reducedShape(metadata, reduction) }
    : metadata;
  assertVolumeFits(paths.length === 1 ? (paths[0] ?? '') : 'The stack', kept, machineMemory());
  const opened = await openChosen(sources, {
    signal,
    siblings,
    ...choices.read,
    spacing,
    reduction,
    progress: (fraction) => progress('reading', fraction),
    ...(kind === null ? {} : { kind }),
  });
  for (const warning of opened.metadata.warnings) remark(warning);
  const volume = withKind(opened.volume, opened.volume.kind);
  return { ...opened, volume, sources: [...sources, ...read] };
}
