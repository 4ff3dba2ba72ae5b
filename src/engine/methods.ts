/** The methods paragraph of a recipe: each step's own sentence with its values and citations. */
import {
  type ParameterField,
  type ParameterValues,
  scalarText,
} from '../declaration/parameters.ts';
import type { Citation } from '../declaration/results.ts';
import type { Operation } from '../operations/operation.ts';
import type { LoadedStep } from './engine.ts';
import { describeGpu, type GpuRecord } from './gpu-record.ts';
import { VERSION } from './version.ts';

export interface MethodsText {
  readonly paragraph: string;
  /** In order of first mention, each once. */
  readonly citations: readonly Citation[];
}

/** @param gpu the steps of the run that a GPU computed, by id */
export function methodsText(
  steps: readonly LoadedStep[],
  gpu: ReadonlyMap<string, GpuRecord> = new Map(),
): MethodsText {
  const citations: Citation[] = [];
  const cite = (found: readonly Citation[]): string => {
    const numbers = found.map((citation) => {
      const known = citations.findIndex((each) => each.title === citation.title);
      return known >= 0 ? known + 1 : citations.push(citation);
    });
    return numbers.length === 0 ? '' : ` [${numbers.join(', ')}]`;
  };
  const sentences = steps
    .filter(({ operation, params }) => operation.changesVolume?.(params) !== false)
    .map(({ step, operation, params }) => {
      const sentence = methodsSentence(operation, params);
      const record = gpu.get(step.id);
      const device = record === undefined ? '' : ` This step was ${describeGpu(record)}.`;
      return `${sentence}${cite(operation.citations)}.${device}`;
    });
  return {
    paragraph: [`Volumes were processed with Tauscope ${VERSION}.`, ...sentences].join(' '),
    citations,
  };
}

export function methodsAsText({ paragraph, citations }: MethodsText): string {
  const references = citations.map((citation, i) => `[${i + 1}] ${formatCitation(citation)}`);
  return `${[paragraph, '', ...references].join('\n').trimEnd()}\n`;
}

export function formatCitation({ authors, year, title, venue, doi }: Citation): string {
  return `${authors} (${year}). ${title}. ${venue}.${doi === undefined ? '' : ` https://doi.org/${doi}`}`;
}

/** An operation's sentence with its parameters filled in, without the full stop. */
export function methodsSentence(
  operation: Operation,
  params: ParameterValues<Operation['parameters']>,
): string {
  const sentence = operation.methods.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const field = operation.parameters[name];
    return field === undefined ? whole : formatParameter(field, params[name]);
  });
  return sentence.replace(/\.\s*$/, '');
}

/** A parameter's value as a person writes it, with its unit. */
export function formatParameter(field: ParameterField, value: unknown): string {
  if (value === null) {
    if (field.kind === 'box') return 'the whole volume';
    if (field.kind === 'labels') return 'all phases';
    return 'automatic';
  }
  switch (field.kind) {
    case 'number':
    case 'integer':
    case 'auto-number':
      return field.unit === '' ? scalarText(value) : `${scalarText(value)} ${field.unit}`;
    case 'choice':
      return inSentence(
        field.options.find((option) => option.value === value)?.title ?? scalarText(value),
      );
    case 'intervals':
      return (value as readonly { name: string; from: number | null; to: number | null }[])
        .map(({ name, from, to }) => `${name} ${from ?? '−∞'} to ${to ?? '∞'}`)
        .join('; ');
    case 'phases':
      if ((value as readonly unknown[]).length === 0) return 'as in the volume';
      return (value as readonly { label: number; name: string }[])
        .map(({ label, name }) => `${label} = ${name}`)
        .join(', ');
    case 'label-values':
      return (value as readonly { label: number; value: number }[])
        .map(({ label, value: number }) => `${number} for label ${label}`)
        .join(', ');
    case 'box': {
      const [x0, x1, y0, y1, z0, z1] = value as readonly number[];
      return `x ${x0} to ${x1}, y ${y0} to ${y1}, z ${z0} to ${z1}`;
    }
    default:
      return Array.isArray(value) ? value.join(', ') : scalarText(value);
  }
}

/** A title within a sentence: "No flux" becomes "no flux", "XYZ" stays. */
function inSentence(title: string): string {
  return /^[A-Z][a-z]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}
