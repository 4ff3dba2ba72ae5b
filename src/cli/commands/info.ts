/** `tauscope info`: what a file holds, from its header where that is enough. */
import { describeFile, type FileDescription } from '../../io/open.ts';
import { UserError } from '../../errors/errors.ts';
import { formatHelp, JSON_OPTION, parseArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { openSources } from '../files.ts';

const OPTIONS = [JSON_OPTION];
const USAGE = 'info <input> …';
const SUMMARY =
  'Prints format, size, voxel type, voxel size with unit and where it was found, and what is odd about a file or a folder of slices.';

export const info: Command = {
  name: 'info',
  usage: USAGE,
  summary: SUMMARY,
  help: () => Promise.resolve(formatHelp(USAGE, SUMMARY, [{ title: 'Options', flags: OPTIONS }])),
  async run(args, surroundings) {
    const { positionals, options } = parseArguments(args, OPTIONS);
    if (positionals.length === 0) {
      throw new UserError('usage', 'info needs a file or a folder; see tauscope info --help.');
    }
    const description = await describeFile(await openSources(positionals), {
      signal: surroundings.signal,
    });
    surroundings.print(
      options['json'] === true
        ? `${JSON.stringify(description, null, 2)}\n`
        : formatDescription(description),
    );
  },
};

function formatDescription({ format, files, bytes, metadata }: FileDescription): string {
  const { size, type, channels, spacing, spacingSource, tags, warnings } = metadata;
  const voxelSize =
    spacing === null
      ? `unknown (${spacingSource})`
      : `${spacing.values.join(' × ')} ${spacing.unit} (${spacingSource})`;
  const lines: (readonly [string, string])[] = [
    [
      'file',
      files.length > 3 ? `${files[0]} … ${files.at(-1)} (${files.length} files)` : files.join(', '),
    ],
    ['bytes', String(bytes)],
    ['format', format],
    ['size (x × y × z)', size.join(' × ')],
    ['voxel type', channels === 1 ? type : `${type}, ${channels} channels`],
    ['voxel size', voxelSize],
    ...Object.entries(tags).map(([key, value]) => [key, value.replaceAll('\n', '; ')] as const),
    ...warnings.map((warning) => ['note', warning] as const),
  ];
  const width = Math.max(...lines.map(([key]) => key.length));
  return `${lines.map(([key, value]) => `${key.padEnd(width)}  ${value}`).join('\n')}\n`;
}
