/** Parsing of a subcommand's arguments, with errors a Unix user expects, and its help text. */
import {
  type Flag,
  type FlagHelp,
  flagHelp,
  flagOptions,
  parametersFromFlags,
  readArguments,
} from '../declaration/flags.ts';
import type { ParameterFields, RawParameters } from '../declaration/parameters.ts';
import { UserError } from '../errors/errors.ts';
import { RAW_LAYOUT_FORM } from '../volume/raw-layout.ts';
import { REDUCTION_FIELDS } from '../volume/reduction.ts';
import type { About } from './about.ts';
import { nearest } from './suggestion.ts';
import { wrap } from './terminal.ts';

export interface ParsedArguments {
  readonly positionals: readonly string[];
  readonly params: RawParameters;
  /** The command's own options that were given. */
  readonly options: Readonly<Record<string, string | boolean>>;
}

export interface OwnOption extends FlagHelp, Flag {
  readonly name: string;
}

/** Options that more than one command has. */
export const OUTPUT_OPTION: OwnOption = {
  name: 'output',
  short: 'o',
  type: 'string',
  flag: '-o, --output <folder>',
  text: 'Folder for the result files; it is created when it does not exist, and files of the same names are replaced.',
};
export const JSON_OPTION: OwnOption = {
  name: 'json',
  type: 'boolean',
  flag: '--json',
  text: 'Print JSON, with every digit, instead of tables.',
};
export const LABELS_OPTION: OwnOption = {
  name: 'as-labels',
  type: 'boolean',
  flag: '--as-labels',
  text: 'Take the input as labels whatever it looks like.',
};
const GREY_OPTION: OwnOption = {
  name: 'as-grey',
  type: 'boolean',
  flag: '--as-grey',
  text: 'Take the input as grey values whatever it looks like.',
};
export const VOXEL_OPTION: OwnOption = {
  name: 'voxel-size',
  type: 'string',
  flag: '--voxel-size <size>',
  text: 'Voxel size with unit, 0.4um or 0.4x0.4x1um (x, y, z), instead of the one in the file.',
};
const DATASET_OPTION: OwnOption = {
  name: 'dataset',
  type: 'string',
  flag: '--dataset <path>',
  text: 'Which volume of a file that holds several (HDF5, NPZ, a NIfTI series).',
};
const RAW_OPTION: OwnOption = {
  name: 'raw',
  type: 'string',
  flag: '--raw <layout>',
  text: `Reads a file without a header: ${RAW_LAYOUT_FORM}, as in 512x512x300:uint16:le. It states no voxel size: give --voxel-size too.`,
};
export const QUIET_OPTION: OwnOption = {
  name: 'quiet',
  short: 'q',
  type: 'boolean',
  flag: '-q, --quiet',
  text: 'No remarks and no progress; errors are still told.',
};

/** What a file may not say of itself. */
export const READ_OPTIONS = [DATASET_OPTION, RAW_OPTION] as const;

/** What is done to a volume while it is opened. */
const REDUCTION_OPTIONS: readonly OwnOption[] = Object.entries(flagOptions(REDUCTION_FIELDS)).map(
  ([name, flag], i) => ({ ...flag, name, text: flagHelp(REDUCTION_FIELDS)[i]?.text ?? '' }),
);

/** Options that follow the voxels of an input into memory. */
export const INPUT_OPTIONS = [
  LABELS_OPTION,
  GREY_OPTION,
  VOXEL_OPTION,
  ...READ_OPTIONS,
  ...REDUCTION_OPTIONS,
] as const;

/** The page has such a switch, so people will try. */
const NO_GPU = 'The command line has no GPU, it computes on the CPU: leave --gpu out.';

export function parseArguments(
  args: readonly string[],
  own: readonly OwnOption[],
  fields: ParameterFields = {},
): ParsedArguments {
  const flags: Record<string, Flag> = { ...flagOptions(fields) };
  for (const option of own) flags[option.name] = option;
  const { positionals, values } = readArguments(args, flags, (raw) => {
    if (raw === '--gpu') return new UserError('usage', NO_GPU);
    const meant = raw.startsWith('--') ? nearest(raw.slice(2), Object.keys(flags)) : null;
    return new UserError(
      'usage',
      meant === null
        ? `There is no option ${raw}; see --help.`
        : `There is no option ${raw}; did you mean --${meant}?`,
    );
  });
  const given = own.flatMap(({ name }) => {
    const value = values[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    positionals,
    params: parametersFromFlags(fields, values),
    options: Object.fromEntries(given),
  };
}

export interface HelpSection {
  readonly title: string;
  readonly flags: readonly FlagHelp[];
}

export interface HelpParts {
  readonly about: About;
  readonly width: number;
  readonly sections: readonly HelpSection[];
  /** Paragraphs after the options; each is wrapped unless it has line breaks. */
  readonly closing?: readonly string[];
}

export function formatHelp({ about, width, sections, closing = [] }: HelpParts): string {
  const blocks = sections
    .filter((section) => section.flags.length > 0)
    .map(({ title, flags }) =>
      [
        `${title}:`,
        ...flags.map(({ flag, text }) => `  ${flag}\n${wrap(text, width, '      ')}`),
      ].join('\n'),
    );
  const examples =
    about.examples.length === 0
      ? ''
      : ['Examples:', ...about.examples.map((example) => `  ${example}`)].join('\n');
  const paragraphs = closing.map((text) => (text.includes('\n') ? text : wrap(text, width)));
  return `${[
    `Usage: tauscope ${about.usage}`,
    wrap(about.summary, width),
    ...blocks,
    ...paragraphs,
    examples,
  ]
    .filter((block) => block !== '')
    .join('\n\n')}\n`;
}
