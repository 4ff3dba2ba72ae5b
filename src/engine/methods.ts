/** The methods paragraph of a recipe: each step's own sentence with its values and citations. */
import { formatParameter } from '../declaration/parameter-text.ts';
import type { ParameterValues } from '../declaration/parameters.ts';
import type { Citation, ResultTable } from '../declaration/results.ts';
import type { Operation } from '../operations/operation.ts';
import type { LoadedStep } from './engine.ts';
import { describeGpu, type GpuRecord } from './gpu-record.ts';
import { VERSION } from './version.ts';

export interface MethodsText {
  readonly paragraph: string;
  /** In order of first mention, each once. */
  readonly citations: readonly Citation[];
}

/** What the last run of the recipe found in a step. */
export interface MethodsResult {
  readonly stepId: string;
  readonly tables: readonly ResultTable[];
  readonly gpu: GpuRecord | null;
}

/** @param results of a run of these steps; none where it was not run */
export function methodsText(
  steps: readonly LoadedStep[],
  results: readonly MethodsResult[] = [],
): MethodsText {
  const byStep = new Map(results.map((result) => [result.stepId, result]));
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
      const result = byStep.get(step.id);
      const found = result === undefined ? null : foundSentence(operation, result.tables);
      const sentence = `${methodsSentence(operation, params)}${found === null ? '' : `; ${found}`}`;
      const record = result?.gpu ?? null;
      const device = record === null ? '' : ` This step was ${describeGpu(record)}.`;
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

/** What an operation says of its numbers; null where it says nothing, or has not these numbers. */
function foundSentence(
  { methodsAfterRun }: Operation,
  tables: readonly ResultTable[],
): string | null {
  if (methodsAfterRun === undefined) return null;
  let isWhole = true;
  const sentence = methodsAfterRun.replace(/\{(\w+)\.(\w+)\}/g, (_, id: string, column: string) => {
    const cell = tables.find((table) => table.id === id)?.rows[0]?.[column] ?? null;
    if (cell === null) isWhole = false;
    const isRounded = typeof cell === 'number' && !Number.isInteger(cell);
    return String(isRounded ? Number(cell.toPrecision(3)) : cell);
  });
  return isWhole ? sentence : null;
}
