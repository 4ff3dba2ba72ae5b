/**
 * Command-line flags from declared parameters: `patchRadius` becomes `--patch-radius`, with its
 * unit, range and default in the help.
 */
import {
  describeRange,
  fieldDefault,
  type GreyInterval,
  type ParameterField,
  type ParameterFields,
  type PhaseEntry,
  type RawParameters,
  scalarText,
} from './parameters.ts';
import { UserError } from '../errors/errors.ts';

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
  }
}

function describeDefault(field: ParameterField): string {
  const value = fieldDefault(field);
  if (value === null) {
    return field.kind === 'box' ? 'the whole volume' : field.kind === 'labels' ? 'all' : 'auto';
  }
  if (Array.isArray(value)) return 'as in the volume';
  const unit = 'unit' in field && field.unit !== '' ? ` ${field.unit}` : '';
  return `${scalarText(value)}${unit}`;
}

export interface FlagHelp {
  readonly flag: string;
  readonly text: string;
}

export function flagHelp(fields: ParameterFields): readonly FlagHelp[] {
  return Object.entries(fields).map(([name, field]) => ({
    flag: `--${flagName(name)}${placeholder(field)}`,
    text: `${field.help} [${describeRange(field).replace(/^it must be /, '')}; default ${describeDefault(field)}]`,
  }));
}

/** The options of `node:util` parseArgs for the fields. */
export function flagOptions(
  fields: ParameterFields,
): Record<string, { type: 'string' | 'boolean' }> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [
      flagName(name),
      { type: field.kind === 'boolean' ? ('boolean' as const) : ('string' as const) },
    ]),
  );
}

/** Parameters from parsed flags; flags that were not given are left out. */
export function parametersFromFlags(
  fields: ParameterFields,
  values: Readonly<Record<string, unknown>>,
): RawParameters {
  const given = Object.entries(fields).flatMap(([name, field]) => {
    const value = values[flagName(name)];
    if (value === undefined) return [];
    return [[name, typeof value === 'string' ? parseFlag(field, flagName(name), value) : value]];
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
    if (field.kind === 'boolean') return [`--${flagName(name)}`];
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
  return Array.isArray(value) ? value.join(',') : scalarText(value);
}

function refuse(flag: string, text: string, field: ParameterField): never {
  throw new UserError('usage', `--${flag} is "${text}": ${describeRange(field)}.`, { flag });
}

function parseFlag(field: ParameterField, flag: string, text: string): unknown {
  const number = (part: string): number => {
    const value = part.trim() === '' ? Number.NaN : Number(part);
    return Number.isFinite(value) ? value : refuse(flag, text, field);
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
    case 'labels':
      return text === 'all' ? null : text.split(',').map(number);
    case 'intervals':
      return text === 'auto' ? null : text.split(',').map((part) => parseInterval(part, number));
    case 'phases':
      return text.split(',').map((part, i) => parsePhase(part, i, number));
  }
}

function parseInterval(part: string, number: (text: string) => number): unknown {
  const colon = part.lastIndexOf(':');
  const [from = '', to = ''] = part.slice(colon + 1).split('..');
  return {
    name: part.slice(0, Math.max(0, colon)).trim(),
    from: from === '' ? null : number(from),
    to: to === '' ? null : number(to),
  };
}

/** Colours of phases that are named on the command line, told apart by colour-blind readers too. */
const COLOURS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00'] as const;

function parsePhase(part: string, index: number, number: (text: string) => number): unknown {
  const [label = '', name = '', pore, colour] = part.split(':');
  return {
    label: number(label),
    name: name.trim(),
    colour: colour ?? COLOURS[index % COLOURS.length],
    pore: pore === 'pore',
  };
}
