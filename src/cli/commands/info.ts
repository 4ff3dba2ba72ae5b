/** `tauscope info`: what a file holds, from its header where that is enough. */
import { UserError } from '../../errors/errors.ts';
import { describeFile, type FileDescription } from '../../io/open.ts';
import { convertLength, type VoxelSpacing } from '../../volume/length.ts';
import { bytesPerVoxel, type Size3, voxelCount } from '../../volume/volume.ts';
import { COMMANDS } from '../about.ts';
import {
  formatHelp,
  JSON_OPTION,
  parseArguments,
  QUIET_OPTION,
  READ_OPTIONS,
} from '../arguments.ts';
import type { Command } from '../command.ts';
import { openSources } from '../files.ts';
import { type InputChoices, orNameOption, readChoices, siblingsOf } from '../input.ts';
import { formatBytes, formatPairs, oneLine, type Style } from '../terminal.ts';

const OPTIONS = [...READ_OPTIONS, JSON_OPTION, QUIET_OPTION];

export const info: Command = {
  help: (_topic, width) =>
    Promise.resolve(
      formatHelp({
        about: COMMANDS.info,
        width,
        sections: [{ title: 'Options', flags: OPTIONS }],
        closing: [
          'Several files are taken for the slices of one volume; TIFF files of several pages are described one by one.',
        ],
      }),
    ),
  async run(args, surroundings) {
    const { positionals, options } = parseArguments(args, OPTIONS);
    if (positionals.length === 0) {
      throw new UserError('usage', 'info needs a file or a folder; see tauscope info --help.');
    }
    const described = await orNameOption(
      describeAll(positionals, readChoices(options), surroundings.signal),
    );
    const [only] = described;
    surroundings.print(
      options['json'] === true
        ? `${JSON.stringify(described.length === 1 ? only : described, null, 2)}\n`
        : described.map((each) => formatDescription(each, surroundings.style)).join('\n'),
    );
  },
};

/** One description of all paths together, or one of each where the first file is a whole stack. */
async function describeAll(
  paths: readonly string[],
  choices: InputChoices['read'],
  signal: AbortSignal,
): Promise<readonly FileDescription[]> {
  const sources = await openSources(paths);
  const [first] = sources;
  if (first !== undefined && sources.length > 1 && sources.length === paths.length) {
    const { metadata } = await describeFile([first], { signal });
    if (metadata.format === 'tiff' && metadata.size[2] > 1) {
      const each: FileDescription[] = [];
      for (const source of sources) each.push(await describeFile([source], { signal }));
      return each;
    }
  }
  return [
    await describeFile(sources, {
      signal,
      siblings: await siblingsOf(paths),
      ...choices,
    }),
  ];
}

/** A header may hold a whole XML document; the JSON form has all of it. */
const MAX_TAG_CHARACTERS = 400;

function tagText(value: string): string {
  const line = oneLine(value.trim().replace(/\s*\n\s*/g, '; '));
  return line.length > MAX_TAG_CHARACTERS
    ? `${line.slice(0, MAX_TAG_CHARACTERS)} … (${value.length} characters, whole with --json)`
    : line;
}

/** Edges of the whole volume, in the unit that keeps them readable. */
function extentText(size: Size3, { values, unit }: VoxelSpacing): string {
  const smallest = Math.min(...size.map((n, i) => n * (values[i] ?? 1)));
  const units = (['nm', 'µm', 'mm', 'cm', 'm'] as const).filter(
    (each) => convertLength(smallest, unit, each) >= 1,
  );
  const shown = units.at(-1) ?? unit;
  const edges = size.map((n, i) =>
    String(Number(convertLength(n * (values[i] ?? 1), unit, shown).toPrecision(7))),
  );
  return `${edges.join(' × ')} ${shown}`;
}

function formatDescription(
  { format, files, bytes, metadata }: FileDescription,
  style: Style,
): string {
  const { size, type, channels, spacing, spacingSource, tags, warnings } = metadata;
  const voxels = voxelCount(size);
  const inMemory = voxels * bytesPerVoxel(type) * channels;
  const names =
    files.length > 3 ? `${files[0]} … ${files.at(-1)} (${files.length} files)` : files.join(', ');
  const pairs: (readonly [string, string])[] = [
    ['file', oneLine(names)],
    ['bytes', bytes < 1024 ? String(bytes) : `${bytes} (${formatBytes(bytes)})`],
    ['format', format],
    ['size (x × y × z)', size.join(' × ')],
    ['voxels', `${voxels} (${formatBytes(inMemory)} in memory)`],
    ['voxel type', channels === 1 ? type : `${type}, ${channels} channels`],
    [
      'voxel size',
      spacing === null
        ? `unknown (${oneLine(spacingSource)})`
        : `${spacing.values.join(' × ')} ${spacing.unit} (${oneLine(spacingSource)})`,
    ],
    ...(spacing === null ? [] : [['extent', extentText(size, spacing)] as const]),
    ...Object.entries(tags).map(([key, value]) => [oneLine(key), tagText(value)] as const),
    ...warnings.map((warning) => ['note', oneLine(warning)] as const),
  ];
  return formatPairs(pairs, style);
}
