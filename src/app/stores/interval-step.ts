/**
 * The grey intervals of the selected step, or of the last one before it that has some: what the
 * histogram's handles move, what the slices preview, what suggestions are used for. Any operation
 * with a parameter of kind `intervals` has them.
 */
import type { VolumeInfo } from '../../../workers/engine-api.ts';
import type { GreyInterval, IntervalsField } from '../../declaration/parameters.ts';
import { intervalChange } from '../../declaration/grey-intervals.ts';
import { setStepParams } from '../../recipe/edit.ts';
import { roundIntervals } from '../../declaration/starting-intervals.ts';
import { foundValues } from './found-values.ts';
import { isUpToDate, type OperationDescriptor, type StepStatus } from './recipe-status.ts';
import { inputOf } from './step-input.ts';
import { currentSteps, type Workspace, type WorkspaceState } from './workspace.ts';

export interface IntervalStep {
  readonly status: StepStatus;
  readonly operation: OperationDescriptor;
  /** Name of the parameter. */
  readonly name: string;
  readonly field: IntervalsField;
  /** The volume that reaches the step, as far as it has been made. */
  readonly input: VolumeInfo | null;
  /** Those given, or those that the last run found; null where none are known. */
  readonly intervals: readonly GreyInterval[] | null;
  /** Whether the intervals are given rather than left to the operation. */
  readonly isGiven: boolean;
  /** Whether the step's result at hand was made with these parameters. */
  readonly isDone: boolean;
}

function intervalsOf(state: WorkspaceState, status: StepStatus): IntervalStep | null {
  const { operation } = status;
  for (const [name, field] of Object.entries(operation?.parameters ?? {})) {
    if (field.kind !== 'intervals' || operation === null) continue;
    const outcome = state.outcomes[status.step.id];
    const input = inputOf(state, status.step.id);
    const given = status.step.params[name];
    const isGiven = Array.isArray(given);
    const found = isGiven
      ? given
      : foundValues(operation.parameters, outcome?.summary ?? null)[name];
    const known = Array.isArray(found) ? (found as readonly GreyInterval[]) : null;
    return {
      status,
      operation,
      name,
      field,
      input,
      // A drag writes all ends into the recipe, where tails of digits would only be noise.
      intervals:
        known === null || isGiven || input === null ? known : roundIntervals(known, input.range),
      isGiven,
      isDone: outcome !== undefined && isUpToDate(status, outcome),
    };
  }
  return null;
}

interface Found {
  readonly selected: IntervalStep | null;
  readonly named: readonly GreyInterval[] | null;
}

function findIntervals(state: WorkspaceState): Found {
  const steps = currentSteps(state);
  const at = steps.findIndex(({ step }) => step.id === state.selected);
  const all = steps.map((status) => intervalsOf(state, status));
  // A later step works on what these intervals made, so that they are steered from there as well.
  const selected =
    all[at] ??
    all.slice(0, Math.max(0, at)).findLast((each) => each?.status.step.enabled === true) ??
    null;
  const known = all.findLast((each) => each !== null && each.intervals !== null);
  return { selected, named: selected?.intervals ?? known?.intervals ?? null };
}

let last: { readonly facts: readonly unknown[]; readonly found: Found } | null = null;

/** The same object while nothing changes. */
function found(state: WorkspaceState): Found {
  const facts = [currentSteps(state), state.selected, state.outcomes];
  if (last === null || last.facts.some((fact, i) => fact !== facts[i])) {
    last = { facts, found: findIntervals(state) };
  }
  return last.found;
}

/** null where neither the selected step nor one before it has grey intervals. */
export function selectedIntervals(state: WorkspaceState): IntervalStep | null {
  return found(state).selected;
}

/** The intervals that peaks are named after: those selected, else any of the recipe. */
export function namedIntervals(state: WorkspaceState): readonly GreyInterval[] | null {
  return found(state).named;
}

/** What the slices show of a step that has not run with its present intervals. */
export interface IntervalPreview {
  /** Of the step. */
  readonly title: string;
  /** The volume whose voxels the intervals are asked for. */
  readonly input: VolumeInfo;
  readonly intervals: readonly GreyInterval[];
}

/** null where the step's result is there to be looked at, or there is nothing to show. */
export function previewOf(step: IntervalStep | null): IntervalPreview | null {
  if (step === null || !step.isGiven || step.isDone || !step.status.step.enabled) return null;
  const { input, intervals, operation } = step;
  if (input === null || input.kind !== 'grey' || intervals === null) return null;
  return { title: operation.title, input, intervals };
}

/** Writes intervals into the step, as one step of undo with others of the same `mergeKey`. */
export function giveIntervals(
  workspace: Workspace,
  { status, name, field }: Pick<IntervalStep, 'status' | 'name' | 'field'>,
  intervals: readonly GreyInterval[],
  label: string,
  mergeKey: string | null = null,
): void {
  workspace.edit(
    label,
    (recipe) => {
      const { id, params } = status.step;
      return setStepParams(recipe, id, intervalChange(name, field, params, intervals));
    },
    mergeKey,
  );
}
