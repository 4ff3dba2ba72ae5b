/**
 * Parameters declared once. A field says its title, help, unit, range and default; the valibot
 * schema, the form, the command-line flag, the docs row and the contract tests derive from it.
 * Fields are plain data, so a worker can send them to the page as they are.
 */
import * as v from 'valibot';
import { UserError } from '../errors/errors.ts';
import { EDITS, type LabelEdit, MAX_EDIT_TEXT, MAX_EDITS } from './edits.ts';

interface FieldCommon {
  readonly title: string;
  /** One or two sentences for a researcher: what it does, how to choose it. */
  readonly help: string;
}

export interface NumberField extends FieldCommon {
  readonly kind: 'number' | 'integer';
  /** As printed after the value; '' for a pure number. `grey` = the image's own grey values. */
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly default: number;
}

/** A number that the operation can determine itself; null asks it to. */
export interface AutoNumberField extends FieldCommon {
  readonly kind: 'auto-number';
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** How the value is found when left automatic, one sentence. */
  readonly auto: string;
  /** Where the number is a label: forms let choose among the phases that are known. */
  readonly isLabel?: true;
}

export interface BooleanField extends FieldCommon {
  readonly kind: 'boolean';
  readonly default: boolean;
}

export interface ChoiceField extends FieldCommon {
  readonly kind: 'choice';
  readonly options: readonly { readonly value: string; readonly title: string }[];
  readonly default: string;
}

/** Half-open voxel box [x0, x1) × [y0, y1) × [z0, z1); null = the whole volume. */
export interface BoxField extends FieldCommon {
  readonly kind: 'box';
}

/** A list of label values; null = every label present. */
export interface LabelListField extends FieldCommon {
  readonly kind: 'labels';
}

/** Ordered grey intervals, one per phase; an open end is null. Seeds of the marker watershed. */
export interface IntervalsField extends FieldCommon {
  readonly kind: 'intervals';
  readonly minCount: number;
  readonly maxCount: number;
  readonly auto: string;
  /** The parameter that says how many intervals there are; it must agree or be null. */
  readonly countedBy?: string;
}

/** Names, colours and pore flags for labels; an empty list keeps what the volume has. */
export interface PhasesField extends FieldCommon {
  readonly kind: 'phases';
}

/** A number for each label; labels that are not listed have 0. null = the operation chooses. */
export interface LabelValuesField extends FieldCommon {
  readonly kind: 'label-values';
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  /** What the numbers are when left automatic, one sentence. */
  readonly auto: string;
}

/** Corrections drawn by hand, in their order; see `edits.ts`. */
export interface EditsField extends FieldCommon {
  readonly kind: 'edits';
}

export type ParameterField =
  | NumberField
  | AutoNumberField
  | BooleanField
  | ChoiceField
  | BoxField
  | LabelListField
  | IntervalsField
  | PhasesField
  | LabelValuesField
  | EditsField;

export type ParameterFields = Readonly<Record<string, ParameterField>>;

export type Box = readonly [x0: number, x1: number, y0: number, y1: number, z0: number, z1: number];

export interface GreyInterval {
  readonly name: string;
  /** Inclusive ends in grey values; null = open. */
  readonly from: number | null;
  readonly to: number | null;
}

export interface LabelValue {
  readonly label: number;
  readonly value: number;
}

export interface PhaseEntry {
  readonly label: number;
  readonly name: string;
  readonly colour: string;
  readonly pore: boolean;
}

type FieldValue<F extends ParameterField> = F extends NumberField
  ? number
  : F extends AutoNumberField
    ? number | null
    : F extends BooleanField
      ? boolean
      : F extends ChoiceField
        ? string
        : F extends BoxField
          ? Box | null
          : F extends LabelListField
            ? readonly number[] | null
            : F extends IntervalsField
              ? readonly GreyInterval[] | null
              : F extends PhasesField
                ? readonly PhaseEntry[]
                : F extends LabelValuesField
                  ? readonly LabelValue[] | null
                  : F extends EditsField
                    ? readonly LabelEdit[]
                    : never;

/** The parsed parameters of a set of fields. */
export type ParameterValues<F extends ParameterFields> = {
  readonly [K in keyof F]: FieldValue<F[K]>;
};

/** Parameters as they stand in a recipe: JSON values, not yet checked. */
export type RawParameters = Readonly<Record<string, unknown>>;

/** Entries of a list of labels or phases: as many as a label volume has labels. */
const MAX_LABELS = 256;

/** Turns -0 into 0, so that equal parameters are the same after a trip through JSON. */
const positiveZero = v.transform((value: number) => value + 0);

const LABEL = v.pipe(v.number(), v.safeInteger(), v.minValue(0), positiveZero);

function numberSchema({ min, max }: { readonly min: number; readonly max: number }) {
  return v.pipe(v.number(), v.finite(), v.minValue(min), v.maxValue(max), positiveZero);
}

/** Entries about labels, each label once. */
function byLabel<T extends v.GenericSchema<unknown, { readonly label: number }>>(entry: T) {
  return v.pipe(
    v.array(entry),
    v.maxLength(MAX_LABELS),
    v.check(
      (list) => new Set(list.map(({ label }) => label)).size === list.length,
      'a label is listed twice',
    ),
  );
}

function fieldSchema(field: ParameterField): v.GenericSchema {
  switch (field.kind) {
    case 'number':
      return numberSchema(field);
    case 'integer':
      return v.pipe(numberSchema(field), v.safeInteger());
    case 'auto-number':
      return v.nullable(numberSchema(field));
    case 'boolean':
      return v.boolean();
    case 'choice':
      return v.picklist(field.options.map((option) => option.value));
    case 'box': {
      const edge = v.pipe(v.number(), v.safeInteger(), v.minValue(0), positiveZero);
      return v.nullable(
        v.pipe(
          v.strictTuple([edge, edge, edge, edge, edge, edge]),
          v.check(
            ([x0, x1, y0, y1, z0, z1]) => x0 < x1 && y0 < y1 && z0 < z1,
            'each end must lie after its start',
          ),
        ),
      );
    }
    case 'labels':
      return v.nullable(
        v.pipe(
          v.array(LABEL),
          v.minLength(1),
          v.maxLength(MAX_LABELS),
          v.check((list) => new Set(list).size === list.length, 'a label is listed twice'),
        ),
      );
    case 'intervals': {
      const end = v.nullable(v.pipe(v.number(), v.finite(), positiveZero));
      return v.nullable(
        v.pipe(
          v.array(
            v.pipe(
              v.strictObject({
                name: v.pipe(v.string(), v.minLength(1), v.maxLength(80)),
                from: end,
                to: end,
              }),
              v.check(
                ({ from, to }) => from === null || to === null || from <= to,
                'an interval ends before it starts',
              ),
            ),
          ),
          v.minLength(field.minCount),
          v.maxLength(field.maxCount),
          v.check(
            (list) =>
              list.every((interval, i) => {
                const next = list[i + 1];
                return (
                  next === undefined ||
                  (interval.to !== null && next.from !== null && interval.to < next.from)
                );
              }),
            'intervals must rise and not overlap',
          ),
        ),
      );
    }
    case 'phases':
      return byLabel(
        v.strictObject({
          label: LABEL,
          name: v.pipe(v.string(), v.minLength(1), v.maxLength(80)),
          colour: v.pipe(v.string(), v.regex(/^#[0-9a-f]{6}$/i)),
          pore: v.boolean(),
        }),
      );
    case 'label-values':
      return v.nullable(
        v.pipe(
          byLabel(v.strictObject({ label: LABEL, value: numberSchema(field) })),
          v.minLength(1),
        ),
      );
    case 'edits':
      return EDITS;
  }
}

export function fieldDefault(field: ParameterField): unknown {
  switch (field.kind) {
    case 'number':
    case 'integer':
    case 'boolean':
    case 'choice':
      return field.default;
    case 'auto-number':
    case 'box':
    case 'labels':
    case 'intervals':
    case 'label-values':
      return null;
    case 'phases':
    case 'edits':
      return [];
  }
}

export function defaultParameters<F extends ParameterFields>(fields: F): ParameterValues<F> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, field]) => [key, fieldDefault(field)]),
  ) as ParameterValues<F>;
}

const SHOWN_LENGTH = 80;

function cut(text: string): string {
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}

/** Whatever was given in place of a parameter, short enough for a sentence. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(cut(value));
  if (typeof value !== 'object' || value === null) return cut(String(value));
  try {
    return cut(JSON.stringify(value));
  } catch {
    // A ring, or nested deeper than the stack.
    return Array.isArray(value) ? 'a list' : 'an object';
  }
}

/**
 * Checks raw parameters against their declaration and fills in defaults. Unknown names and values
 * out of range are refused in one sentence that names the parameter and its range. Throws
 * `parameter/invalid`, whatever `raw` is; the result is plain JSON, and equal to what it becomes
 * when it is written to JSON and parsed again.
 */
export function parseParameters<F extends ParameterFields>(
  fields: F,
  raw: RawParameters,
  owner: string,
): ParameterValues<F> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw new UserError(
      'parameter/invalid',
      `${owner}: the parameters are ${shown(raw)}; they must be an object of names and values.`,
      { operation: owner },
    );
  }
  for (const name of Object.keys(raw)) {
    if (!Object.hasOwn(fields, name)) {
      throw new UserError(
        'parameter/invalid',
        `${owner} has no parameter "${cut(name)}"; it has ${Object.keys(fields).join(', ') || 'none'}.`,
        { parameter: cut(name), operation: owner },
      );
    }
  }
  const parsed = Object.entries(fields).map(([name, field]) => {
    const given = Object.hasOwn(raw, name) ? raw[name] : fieldDefault(field);
    const result = v.safeParse(fieldSchema(field), given);
    if (!result.success) {
      throw new UserError(
        'parameter/invalid',
        `${owner}: ${field.title} (${name}) is ${shown(given)}; ${describeRange(field)}.`,
        { parameter: name, operation: owner, problem: cut(result.issues[0].message) },
      );
    }
    return [name, result.output];
  });
  return Object.fromEntries(parsed) as ParameterValues<F>;
}

/** A number, flag or word as text. */
export function scalarText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What a field accepts, as the end of a sentence: "it must be …". */
export function describeRange(field: ParameterField): string {
  const unit = 'unit' in field && field.unit !== '' ? ` ${field.unit}` : '';
  switch (field.kind) {
    case 'number':
      return `it must be a number from ${field.min} to ${field.max}${unit}`;
    case 'integer':
      return `it must be a whole number from ${field.min} to ${field.max}${unit}`;
    case 'auto-number':
      return `it must be a number from ${field.min} to ${field.max}${unit}, or null for automatic`;
    case 'boolean':
      return 'it must be true or false';
    case 'choice':
      return `it must be one of ${field.options.map((option) => option.value).join(', ')}`;
    case 'box':
      return 'it must be six whole numbers x0, x1, y0, y1, z0, z1 with each end after its start, or null for the whole volume';
    case 'labels':
      return `it must be a list of at most ${MAX_LABELS} label values, each once, or null for all`;
    case 'intervals':
      return `it must be ${field.minCount} to ${field.maxCount} rising grey intervals that do not overlap, or null for automatic`;
    case 'phases':
      return `it must be a list of at most ${MAX_LABELS} phases, each label once, with name, colour (#rrggbb) and pore flag`;
    case 'label-values':
      return `it must be a list of at most ${MAX_LABELS} labels, each once, with a number from ${field.min} to ${field.max}${unit}, or null for automatic`;
    case 'edits':
      return `it must be a list of at most ${MAX_EDITS} edits, their paths and runs together at most ${MAX_EDIT_TEXT / 2 ** 20} million characters`;
  }
}
