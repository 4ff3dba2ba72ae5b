/**
 * The results document: the numbers of a run with everything needed to check them. The page and
 * the command line write the same text for the same input and recipe; nothing in it depends on the
 * machine, the time or the number of threads.
 */
import type { ResultTable } from '../declaration/results.ts';
import { tableCsv } from '../declaration/table-text.ts';
import { type Recipe, recipeDigest } from '../recipe/recipe.ts';
import type { VoxelSpacing } from '../volume/length.ts';
import type { VolumeDescription } from '../volume/streamed.ts';
import type { Size3, VoxelType } from '../volume/volume.ts';
import type { Identified, StepOutcome } from './engine.ts';
import { describeGpu, GPU_NOTE, type GpuRecord, restsOnGpu } from './gpu-record.ts';
import { VERSION } from './version.ts';

export const RESULTS_FORMAT = 'tauscope-results';
export const RESULTS_VERSION = 1;

export interface ResultsDocument {
  readonly format: typeof RESULTS_FORMAT;
  readonly version: typeof RESULTS_VERSION;
  readonly software: { readonly name: string; readonly version: string };
  readonly input: {
    readonly name: string;
    readonly kind: 'grey' | 'labels';
    readonly size: Size3;
    readonly type: VoxelType;
    readonly voxelSize: VoxelSpacing | null;
    readonly voxelSha256: string | null;
  };
  readonly recipe: Recipe;
  readonly recipeSha256: string;
  readonly steps: readonly {
    readonly id: string;
    readonly operation: string;
    readonly version: number;
    /** As run, defaults filled in. */
    readonly params: Readonly<Record<string, unknown>>;
    readonly tables: readonly ResultTable[];
    readonly notes: readonly string[];
    /** Only where a GPU computed the step. */
    readonly computedOn?: GpuRecord;
    /** Only where what reached the step was computed on a GPU. */
    readonly restsOn?: 'gpu';
  }[];
  /** Only where a number rests on a GPU. */
  readonly note?: string;
}

/** The part of a step's outcome that results are written from: numbers, no voxels. */
export interface StepResult
  extends Pick<
    StepOutcome,
    'stepId' | 'operation' | 'version' | 'params' | 'tables' | 'notes' | 'gpu' | 'madeVolume'
  > {
  readonly current: Pick<Identified<unknown>, 'onGpu'>;
}

export function resultsDocument(
  recipe: Recipe,
  input: Identified<VolumeDescription>,
  outcomes: readonly StepResult[],
): ResultsDocument {
  const { volume } = input;
  return {
    format: RESULTS_FORMAT,
    version: RESULTS_VERSION,
    software: { name: 'tauscope', version: VERSION },
    input: {
      name: volume.name,
      kind: volume.kind,
      size: volume.size,
      type: volume.type,
      voxelSize: volume.spacing,
      voxelSha256: input.voxelDigest,
    },
    recipe,
    recipeSha256: recipeDigest(recipe),
    steps: outcomes.map((outcome) => ({
      id: outcome.stepId,
      operation: outcome.operation,
      version: outcome.version,
      params: outcome.params,
      tables: outcome.tables,
      notes: outcome.notes,
      ...markOf(outcome),
    })),
    ...(outcomes.some(restsOnGpu) ? { note: GPU_NOTE } : {}),
  };
}

function markOf(
  outcome: StepResult,
): Pick<ResultsDocument['steps'][number], 'computedOn' | 'restsOn'> {
  return {
    ...(outcome.gpu === null ? {} : { computedOn: outcome.gpu }),
    ...(outcome.current.onGpu && (outcome.gpu === null || !outcome.madeVolume)
      ? { restsOn: 'gpu' as const }
      : {}),
  };
}

export function resultsText(document: ResultsDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** All tables of a run as CSV (RFC 4180): one block for each table, its title on a line before. */
export function resultsCsv(
  outcomes: readonly Pick<StepResult, 'tables' | 'gpu' | 'current'>[],
): string {
  return outcomes
    .flatMap((outcome) => outcome.tables.map((table) => withGpuNote(table, outcome)))
    .map(tableCsv)
    .join('\r\n');
}

function withGpuNote(
  table: ResultTable,
  outcome: Pick<StepResult, 'gpu' | 'current'>,
): ResultTable {
  if (!restsOnGpu(outcome)) return table;
  const note = outcome.gpu === null ? GPU_NOTE : `This step was ${describeGpu(outcome.gpu)}.`;
  return { ...table, notes: [...table.notes, note] };
}
