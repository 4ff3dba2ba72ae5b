/**
 * What the page can say about a recipe without running it: what reaches each step, what is wrong
 * with it, and whether a result at hand is still the step's result.
 */
import { parseParameters, type RawParameters } from '../../declaration/parameters.ts';
import { UserError } from '../../errors/errors.ts';
import type { Recipe, RecipeStep } from '../../recipe/recipe.ts';
import { stepDigest } from '../../recipe/recipe.ts';
import type { EngineDescription, StepSummary, VolumeInfo } from '../../../workers/engine-api.ts';

export type OperationDescriptor = EngineDescription['operations'][number];
export type VolumeKind = VolumeInfo['kind'];

/** A result together with the key of what it was made of. */
export interface StepOutcome {
  readonly key: string;
  readonly summary: StepSummary;
}

export interface StepStatus {
  readonly step: RecipeStep;
  /** null for an operation this program does not have. */
  readonly operation: OperationDescriptor | null;
  /** Kind of the volume that reaches the step; null where nothing is open. */
  readonly inputKind: VolumeKind | null;
  /** Identity of the step's result; null for disabled steps and where something is wrong. */
  readonly key: string | null;
  /** One sentence; null where the step can run. */
  readonly problem: string | null;
  /** Whether a result that rests on a GPU is the step's result. */
  readonly acceptsGpu: boolean;
}

/** What a step is called where a person reads it. */
export function titleOf({ operation, step }: Pick<StepStatus, 'operation' | 'step'>): string {
  return operation?.title ?? step.operation;
}

/** What each step would do, in order; disabled steps pass their input on. */
export function describeSteps(
  recipe: Recipe,
  operations: readonly OperationDescriptor[],
  source: VolumeInfo | null,
  acceptsGpu = false,
): readonly StepStatus[] {
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  let kind = source?.kind ?? null;
  let input: string | null = source?.handle ?? null;
  return recipe.steps.map((step) => {
    const operation = byId.get(step.operation) ?? null;
    const inputKind = kind;
    const problem = step.enabled ? findProblem(step, operation, inputKind) : null;
    if (!step.enabled || operation === null) {
      return { step, operation, inputKind, key: null, problem, acceptsGpu };
    }
    const key =
      problem === null && input !== null
        ? stepDigest(input, operation.id, operation.version, filledParams(operation, step.params))
        : null;
    if (operation.output !== 'none') {
      input = key;
      if (operation.output !== 'same') kind = operation.output;
    }
    return { step, operation, inputKind, key, problem, acceptsGpu };
  });
}

function filledParams(operation: OperationDescriptor, params: RawParameters): RawParameters {
  return parseParameters(operation.parameters, params, operation.title);
}

function findProblem(
  step: RecipeStep,
  operation: OperationDescriptor | null,
  inputKind: VolumeKind | null,
): string | null {
  if (operation === null) return `This program has no operation "${step.operation}".`;
  if (step.version > operation.version) {
    return `The step was written for version ${step.version} of ${operation.title}, which is newer than this program's (${operation.version}).`;
  }
  if (inputKind !== null && operation.input !== 'any' && operation.input !== inputKind) {
    return operation.input === 'labels'
      ? 'It works on labels, but grey values reach it: add a segmentation before it.'
      : 'It works on grey values, but labels reach it: move it before the segmentation.';
  }
  return findParameterProblem(operation, step.params);
}

/** The declaration's own sentence about the first parameter that is wrong, or null. */
function findParameterProblem(
  operation: OperationDescriptor,
  params: RawParameters,
): string | null {
  try {
    filledParams(operation, params);
    return null;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** Whether a step of this operation can stand at the end of the recipe. */
export function fitsKind(operation: OperationDescriptor, kind: VolumeKind | null): boolean {
  return kind === null || operation.input === 'any' || operation.input === kind;
}

/** Kind of the volume after the enabled steps before `index` (default: after all). */
export function kindBefore(
  statuses: readonly StepStatus[],
  source: VolumeInfo | null,
  index = statuses.length,
): VolumeKind | null {
  const next = statuses[index];
  if (next !== undefined) return next.inputKind;
  const last = statuses.at(-1);
  if (last === undefined) return source?.kind ?? null;
  const output = last.step.enabled ? (last.operation?.output ?? 'same') : 'same';
  return output === 'same' || output === 'none' ? last.inputKind : output;
}

export type StepState =
  | 'off'
  | 'invalid'
  | 'waiting'
  | 'running'
  | 'failed'
  | 'done'
  | 'cached'
  | 'changed'
  | 'new';

export interface RunningSteps {
  /** Keys of the steps of the run by step id. */
  readonly keys: Readonly<Record<string, string>>;
  readonly stepId: string | null;
}

/** Whether a result at hand is still the step's result. */
export function isUpToDate({ key, acceptsGpu }: StepStatus, outcome: StepOutcome): boolean {
  return key !== null && outcome.key === key && (acceptsGpu || !outcome.summary.onGpu);
}

export function stepState(
  status: StepStatus,
  outcome: StepOutcome | undefined,
  running: RunningSteps | null,
  failure: { readonly stepId: string; readonly key: string } | null,
): StepState {
  const { step, key, problem } = status;
  if (!step.enabled) return 'off';
  if (problem !== null) return 'invalid';
  if (running !== null && key !== null && running.keys[step.id] === key) {
    if (running.stepId === step.id) return 'running';
    if (outcome === undefined || !isUpToDate(status, outcome)) return 'waiting';
  }
  if (outcome !== undefined && isUpToDate(status, outcome)) {
    return outcome.summary.cached ? 'cached' : 'done';
  }
  if (failure !== null && failure.stepId === step.id && failure.key === key) return 'failed';
  return outcome === undefined ? 'new' : 'changed';
}
