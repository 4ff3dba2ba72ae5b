/** Parsing of a subcommand's arguments, with errors a Unix user expects. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { ParameterFields, RawParameters } from '../declaration/parameters.ts';
import { UserError } from '../errors/errors.ts';
import { type FlagHelp, flagOptions, parametersFromFlags } from '../declaration/flags.ts';
import { wrap } from './terminal.ts';

export interface ParsedArguments {
  readonly positionals: readonly string[];
  readonly params: RawParameters;
  /** The command's own options that were given. */
  readonly options: Readonly<Record<string, string | boolean>>;
}

export interface OwnOption extends FlagHelp {
  readonly name: string;
  readonly type: 'string' | 'boolean';
  readonly short?: string;
}

/** Options that more than one command has. */
export const OUTPUT_OPTION: OwnOption = {
  name: 'output',
  short: 'o',
  type: 'string',
  flag: '-o, --output <folder>',
  text: 'Folder for the result files; it is created when it does not exist.',
};
export const JSON_OPTION: OwnOption = {
  name: 'json',
  type: 'boolean',
  flag: '--json',
  text: 'Print JSON instead of tables.',
};
export const LABELS_OPTION: OwnOption = {
  name: 'as-labels',
  type: 'boolean',
  flag: '--as-labels',
  text: 'Take the input as labels whatever it looks like.',
};
export const VOXEL_OPTION: OwnOption = {
  name: 'voxel-size',
  type: 'string',
  flag: '--voxel-size <size>',
  text: 'Voxel size with unit, "0.4um" or "0.4x0.4x1um", instead of the one in the file.',
};

export function parseArguments(
  args: readonly string[],
  own: readonly OwnOption[],
  fields: ParameterFields = {},
): ParsedArguments {
  const options: NonNullable<ParseArgsConfig['options']> = { ...flagOptions(fields) };
  for (const { name, type, short } of own) {
    options[name] = short === undefined ? { type } : { type, short };
  }
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
      strict: true,
    });
    const given = own.flatMap(({ name }) => {
      const value = values[name];
      return typeof value === 'string' || typeof value === 'boolean'
        ? [[name, value] as const]
        : [];
    });
    return {
      positionals,
      params: parametersFromFlags(fields, values),
      options: Object.fromEntries(given),
    };
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    // Node's own sentence is good, but its second one speaks of positional arguments.
    const message = (cause as Error).message.split('. ')[0]?.replace(/\.$/, '') ?? '';
    throw new UserError('usage', `${message}; see --help.`, {}, cause);
  }
}

export function formatHelp(
  usage: string,
  summary: string,
  sections: readonly { readonly title: string; readonly flags: readonly FlagHelp[] }[],
  closing = '',
): string {
  const blocks = sections
    .filter((section) => section.flags.length > 0)
    .map(({ title, flags }) =>
      [
        `${title}:`,
        ...flags.map(({ flag, text }) => `  ${flag}\n${wrap(text, 88, '      ')}`),
      ].join('\n'),
    );
  return `${[`Usage: tauscope ${usage}`, wrap(summary, 88), ...blocks, closing]
    .filter((block) => block !== '')
    .join('\n\n')}\n`;
}
