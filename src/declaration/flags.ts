/**
 * Command-line flags from declared parameters: `patchRadius` becomes `--patch-radius`, with its
 * unit, range and default in the help.
 */
import {
  describeRange,
  fieldDefault,
  type GreyInterval,
  type LabelValue,
  type ParameterField,
  type ParameterFields,
  type PhaseEntry,
  parseParameters,
  type RawParameters,
  scalarText,
} from './parameters.ts';
import { isUserError, UserError } from '../errors/errors.ts';

export function flagName(parameter: string): string {
  return parameter.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** What stands after the flag in the help. */
function placeholder(field: ParameterField): string {
  switch (field.kind) {
    case 'number':
    case 'integer':
      return ' <number>';
    case 'auto-number':
      return ' <number|auto>';
    case 'boolean':
      return '';
    case 'choice':
      return ` <${field.options.map((option) => option.value).join('|')}>`;
    case 'box':
      return ' <x0,x1,y0,y1,z0,z1>';
    case 'labels':
      return ' <label,…>';
    case 'intervals':
      return ' <name:from..to,…>';
    case 'phases':
      return ' <label:name[:pore[:#rrggbb]],…>';
    case 'label-values':
      return ' <label=number,…>';
    case 'edits':
      return ' <json>';
  }
}

/** 0.0001 rather than 1e-4, but 1e-6 and 1e9 rather than rows of zeros. */
function boundText(value: number): string {
  if (value === Number.MAX_SAFE_INTEGER) return '2^53 − 1';
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-4 || size >= 1e6)
    ? value.toExponential().replace('e+', 'e')
    : String(value);
}

/** What a flag takes, in the words of the command line: "auto" and "all", not null. */
function describeValues(field: ParameterField): string {
  const unit = 'unit' in field && field.unit !== '' ? ` ${field.unit}` : '';
  switch (field.kind) {
    case 'number':
      return `a number from ${boundText(field.min)} to ${boundText(field.max)}${unit}`;
    case 'integer':
      return `a whole number from ${boundText(field.min)} to ${boundText(field.max)}${unit}`;
    case 'auto-number':
      return `a number from ${boundText(field.min)} to ${boundText(field.max)}${unit}, or auto`;
    case 'box':
      return 'six whole numbers x0,x1,y0,y1,z0,z1, each end after its start, or all';
    case 'labels':
      return 'a list of label values with commas between, or all';
    case 'intervals':
      return `${field.minCount} to ${field.maxCount} rising grey intervals name:from..to that do not overlap, with an end left out where it is open, or auto`;
    case 'phases':
      return 'a list of label:name or label:name:pore, each label once';
    case 'label-values':
      return `a list of label=number, each label once, numbers from ${boundText(field.min)} to ${boundText(field.max)}${unit}, or auto`;
    case 'edits':
      return `${describeRange(field).replace(/^it must be /, '')}, as JSON`;
    case 'boolean':
    case 'choice':
      return describeRange(field).replace(/^it must be /, '');
  }
}

function describeDefault(field: ParameterField): string {
  const value = fieldDefault(field);
  if (value === null) return field.kind === 'box' || field.kind === 'labels' ? 'all' : 'auto';
  if (Array.isArray(value)) return field.kind === 'edits' ? 'none' : 'as in the volume';
  const unit = 'unit' in field && field.unit !== '' ? ` ${field.unit}` : '';
  return `${scalarText(value)}${unit}`;
}

export interface FlagHelp {
  readonly flag: string;
  readonly text: string;
}

export function flagHelp(fields: ParameterFields): readonly FlagHelp[] {
  return Object.entries(fields).map(([name, field]) => {
    if (field.kind === 'boolean') {
      const negation = field.default ? 'no-' : '';
      return {
        flag: `--${negation}${flagName(name)}`,
        text: `${field.help} [default ${field.default ? 'on' : 'off'}]`,
      };
    }
    const auto = 'auto' in field ? ` auto: ${field.auto}` : '';
    return {
      flag: `--${flagName(name)}${placeholder(field)}`,
      text: `${field.help}${auto} [${describeValues(field)}; default ${describeDefault(field)}]`,
    };
  });
}

/** A flag as a parser of arguments knows it. */
export interface Flag {
  readonly type: 'string' | 'boolean';
  /** Of a string: `--name` alone stands for '', and a value only follows as `--name=value`. */
  readonly optional?: true;
  /** One letter for `-o`. */
  readonly short?: string;
  /** Whether `--no-name` turns it off. */
  readonly negatable?: boolean;
  /** As the help shows it, with what stands after it. */
  readonly flag: string;
}

/** The fields' flags by name, without the dashes. */
export function flagOptions(fields: ParameterFields): Readonly<Record<string, Flag>> {
  const shown = flagHelp(fields);
  return Object.fromEntries(
    Object.entries(fields).map(([name, field], i) => {
      const flag = shown[i]?.flag ?? '';
      return [
        flagName(name),
        field.kind === 'boolean'
          ? { type: 'boolean', negatable: true, flag }
          : { type: 'string', flag },
      ];
    }),
  );
}

export interface ReadArguments {
  readonly positionals: readonly string[];
  /** By name without dashes; the last one given counts. */
  readonly values: Readonly<Record<string, string | boolean>>;
}

function usage(message: string): UserError {
  return new UserError('usage', message);
}

/** A value may begin with a minus only where it is a number; a flag follows otherwise. */
function isValue(text: string | undefined): text is string {
  return text !== undefined && (!text.startsWith('-') || text === '-' || /^-[\d.]/.test(text));
}

/** Splits `-qo out` into `-q`, `-o` and what follows, as far as the letters take no value. */
function* splitLetters(
  argument: string,
  nameOf: (letter: string) => string | undefined,
  flags: Readonly<Record<string, Flag>>,
): Generator<readonly [raw: string, name: string | undefined, attached: string | undefined]> {
  for (let i = 1; i < argument.length; i++) {
    const letter = argument.charAt(i);
    const name = nameOf(letter);
    const rest = argument.slice(i + 1);
    const takesRest = name !== undefined && flags[name]?.type === 'string' && rest !== '';
    yield [`-${letter}`, name, takesRest ? rest : undefined];
    if (takesRest) return;
  }
}

/**
 * Reads arguments as Unix programs do: `--name value`, `--name=value`, `--no-name`, `-o value`,
 * `-ovalue`, `-qo value`; everything after `--` is a positional. Throws `usage` for a flag without
 * its value, and what `unknown` makes of a flag that is none of `flags`.
 */
export function readArguments(
  args: readonly string[],
  flags: Readonly<Record<string, Flag>>,
  unknown: (raw: string) => UserError,
): ReadArguments {
  const positionals: string[] = [];
  const values: Record<string, string | boolean> = {};
  const letters = new Map(
    Object.entries(flags).flatMap(([name, { short }]) =>
      short === undefined ? [] : [[short, name] as const],
    ),
  );
  let next = 0;

  const take = (raw: string, name: string | undefined, attached: string | undefined): void => {
    const flag = name !== undefined && Object.hasOwn(flags, name) ? flags[name] : undefined;
    const negated = raw.startsWith('--no-') ? raw.slice(5) : '';
    if (flag === undefined && Object.hasOwn(flags, negated) && flags[negated]?.negatable === true) {
      if (attached !== undefined)
        throw usage(`${raw} takes no value, and "${attached}" was given.`);
      values[negated] = false;
      return;
    }
    if (name === undefined || flag === undefined) throw unknown(raw);
    if (flag.type === 'boolean') {
      if (attached !== undefined)
        throw usage(`${raw} takes no value, and "${attached}" was given.`);
      values[name] = true;
      return;
    }
    const value = attached ?? (flag.optional === true ? '' : args[next]);
    if (attached === undefined && flag.optional !== true) {
      if (!isValue(value)) throw usage(`${raw} needs a value: ${flag.flag}.`);
      next += 1;
    }
    values[name] = value as string;
  };

  while (next < args.length) {
    const argument = args[next] as string;
    next += 1;
    if (argument === '--') {
      positionals.push(...args.slice(next));
      break;
    }
    if (argument.startsWith('--')) {
      const equals = argument.indexOf('=');
      const raw = equals < 0 ? argument : argument.slice(0, equals);
      take(raw, raw.slice(2), equals < 0 ? undefined : argument.slice(equals + 1));
    } else if (argument.startsWith('-') && argument !== '-') {
      for (const part of splitLetters(argument, (letter) => letters.get(letter), flags)) {
        take(...part);
      }
    } else {
      positionals.push(argument);
    }
  }
  return { positionals, values };
}

/**
 * Parameters from parsed flags; flags that were not given are left out. Throws `usage` with a
 * sentence that names the flag for what does not parse and for what is out of range.
 */
export function parametersFromFlags(
  fields: ParameterFields,
  values: Readonly<Record<string, unknown>>,
): RawParameters {
  const given = Object.entries(fields).flatMap(([name, field]) => {
    const value = values[flagName(name)];
    if (value === undefined) return [];
    if (typeof value !== 'string') return [[name, value]];
    return [[name, parseChecked(name, field, value)]];
  });
  return Object.fromEntries(given) as RawParameters;
}

/** The flags that give these parameters again; values that are their default are left out. */
export function flagsFromParameters(
  fields: ParameterFields,
  params: RawParameters,
): readonly string[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const value = params[name];
    const isDefault = JSON.stringify(value) === JSON.stringify(fieldDefault(field));
    if (value === undefined || isDefault) return [];
    if (field.kind === 'boolean') return [`--${value === true ? '' : 'no-'}${flagName(name)}`];
    return [`--${flagName(name)}`, writeFlag(field, value)];
  });
}

function writeFlag(field: ParameterField, value: unknown): string {
  if (value === null) return field.kind === 'box' || field.kind === 'labels' ? 'all' : 'auto';
  if (field.kind === 'intervals') {
    return (value as readonly GreyInterval[])
      .map(({ name, from, to }) => `${name}:${from ?? ''}..${to ?? ''}`)
      .join(',');
  }
  if (field.kind === 'phases') {
    return (value as readonly PhaseEntry[])
      .map(({ label, name, pore, colour }) => `${label}:${name}:${pore ? 'pore' : ''}:${colour}`)
      .join(',');
  }
  if (field.kind === 'label-values') {
    return (value as readonly LabelValue[])
      .map(({ label, value: number }) => `${label}=${number}`)
      .join(',');
  }
  if (field.kind === 'edits') return JSON.stringify(value);
  return Array.isArray(value) ? value.join(',') : scalarText(value);
}

function refuse(flag: string, text: string, field: ParameterField, cause?: unknown): never {
  throw new UserError(
    'usage',
    `--${flag} is "${text}": it must be ${describeValues(field)}.`,
    { flag },
    cause,
  );
}

function parseChecked(name: string, field: ParameterField, text: string): unknown {
  const flag = flagName(name);
  const value = parseFlag(field, flag, text);
  try {
    parseParameters({ [name]: field }, { [name]: value }, `--${flag}`);
  } catch (error) {
    if (!isUserError(error)) throw error;
    refuse(flag, text, field, error);
  }
  return value;
}

function parseFlag(field: ParameterField, flag: string, text: string): unknown {
  const fail = (): never => refuse(flag, text, field);
  const number = (part: string): number => {
    const value = part.trim() === '' ? Number.NaN : Number(part);
    return Number.isFinite(value) ? value : fail();
  };
  switch (field.kind) {
    case 'number':
    case 'integer':
      return number(text);
    case 'auto-number':
      return text === 'auto' ? null : number(text);
    case 'boolean':
      return text === 'true';
    case 'choice':
      return text;
    case 'box':
      return text === 'all' ? null : text.split(',').map(number);
    case 'labels':
      return text === 'all' ? null : [...new Set(text.split(',').map(number))];
    case 'intervals':
      return text === 'auto'
        ? null
        : text.split(',').map((part) => parseInterval(part, number, fail));
    case 'phases':
      return text.split(',').map((part, i) => parsePhase(part, i, number, fail));
    case 'label-values':
      return text === 'auto' ? null : text.split(',').map((part) => parseValue(part, number, fail));
    case 'edits':
      return parseJson(text, fail);
  }
}

function parseJson(text: string, fail: () => never): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The sentence of the field says what it must be.
    return fail();
  }
}

type ReadNumber = (text: string) => number;

function parseInterval(part: string, number: ReadNumber, fail: () => never): unknown {
  const colon = part.lastIndexOf(':');
  const ends = part.slice(colon + 1).split('..');
  const [from = '', to = ''] = ends;
  if (ends.length !== 2) fail();
  return {
    name: part.slice(0, Math.max(0, colon)).trim(),
    from: from.trim() === '' ? null : number(from),
    to: to.trim() === '' ? null : number(to),
  };
}

function parseValue(part: string, number: ReadNumber, fail: () => never): LabelValue {
  const [label = '', value = '', ...more] = part.split('=');
  if (more.length > 0) fail();
  return { label: number(label), value: number(value) };
}

/** Colours of phases that are named on the command line, told apart by colour-blind readers too. */
const COLOURS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00'] as const;

function parsePhase(part: string, index: number, number: ReadNumber, fail: () => never): unknown {
  const [label = '', name = '', pore = '', colour, ...more] = part.split(':');
  if ((pore !== '' && pore !== 'pore') || more.length > 0) fail();
  return {
    label: number(label),
    name: name.trim(),
    colour: colour ?? COLOURS[index % COLOURS.length],
    pore: pore === 'pore',
  };
}
