/** Where corrections of labels stand in the recipe, how they get there, and that they are applied. */
import type { VolumeInfo } from '../../../workers/engine-api.ts';
import {
  editText,
  editTitle,
  type LabelEdit,
  MAX_EDIT_TEXT,
  MAX_EDITS,
} from '../../declaration/edits.ts';
import { UserError } from '../../errors/errors.ts';
import { addStep, freeStepId, setStepParams } from '../../recipe/edit.ts';
import type { RecipeStep } from '../../recipe/recipe.ts';
import { isUpToDate, type StepStatus } from './recipe-status.ts';
import {
  currentRecipe,
  currentSteps,
  INPUT,
  shownVolumes,
  type Workspace,
  type WorkspaceState,
} from './workspace.ts';

const CORRECT_LABELS = 'correct-labels';

export interface CorrectionPlace {
  /** The labels that reach the step. */
  readonly base: VolumeInfo;
  /** The step that made them, or `INPUT`. */
  readonly baseId: string;
  /** null where the first stroke makes it. */
  readonly step: RecipeStep | null;
  /** Where it stands, or will stand. */
  readonly index: number;
}

const NO_EDITS: readonly LabelEdit[] = [];

export function editsOf(step: Pick<RecipeStep, 'params'> | null | undefined): readonly LabelEdit[] {
  const edits = step?.params['edits'];
  return Array.isArray(edits) ? (edits as readonly LabelEdit[]) : NO_EDITS;
}

/** The volume that reaches the step at `index` as far as it was made, and is up to date. */
function volumeBefore(
  state: WorkspaceState,
  steps: readonly StepStatus[],
  index: number,
): { readonly id: string; readonly volume: VolumeInfo } | null {
  const maker = steps
    .slice(0, index)
    .findLast(({ step, operation }) => step.enabled && operation?.output !== 'none');
  if (maker === undefined) {
    return state.source === null ? null : { id: INPUT, volume: state.source };
  }
  const outcome = state.outcomes[maker.step.id];
  const volume = outcome?.summary.volume ?? null;
  if (outcome === undefined || volume === null || !isUpToDate(maker, outcome)) return null;
  return { id: maker.step.id, volume };
}

/** The step whose labels are shown; -1 for the opened volume, null where no labels are. */
function shownMaker(state: WorkspaceState, steps: readonly StepStatus[]): number | null {
  const { overlay } = shownVolumes(state);
  if (overlay === null) return null;
  const made = steps.findIndex(
    ({ step }) =>
      step.enabled && state.outcomes[step.id]?.summary.volume?.handle === overlay.handle,
  );
  if (made >= 0) return made;
  return state.source?.handle === overlay.handle ? -1 : null;
}

let found: {
  readonly state: WorkspaceState;
  readonly place: CorrectionPlace | string;
} | null = null;

/**
 * The place for corrections of the labels that are shown, or one sentence why there is none. Kept
 * for as long as the state is the same: many actions ask.
 */
export function correctionPlace(state: WorkspaceState): CorrectionPlace | string {
  if (found?.state !== state) found = { state, place: findPlace(state) };
  return found.place;
}

function findPlace(state: WorkspaceState): CorrectionPlace | string {
  if (state.source === null) return 'Open a volume first.';
  const steps = currentSteps(state);
  const selected = steps.findIndex(({ step }) => step.id === state.selected);
  const isOwn = (i: number): boolean =>
    steps[i]?.step.operation === CORRECT_LABELS && (steps[i]?.step.enabled ?? false);
  const maker = shownMaker(state, steps);
  if (!isOwn(selected) && maker === null) {
    const hasLabels =
      state.source.kind === 'labels' ||
      steps.some(({ step }) => state.outcomes[step.id]?.summary.volume?.kind === 'labels');
    return hasLabels
      ? 'Select the step whose labels you want to correct: none are shown.'
      : 'There are no labels yet: segment the volume and run the recipe first.';
  }
  const index = isOwn(selected) ? selected : placeAfter(steps, maker ?? -1);
  const before = volumeBefore(state, steps, index);
  if (before === null || before.volume.kind !== 'labels') {
    return 'The labels are not up to date: run the recipe first.';
  }
  const step = isOwn(index) ? (steps[index]?.step ?? null) : null;
  return { base: before.volume, baseId: before.id, step, index };
}

/** After the maker and the naming of its labels; where a correction stands there already, that. */
function placeAfter(steps: readonly StepStatus[], maker: number): number {
  if (steps[maker]?.step.operation === CORRECT_LABELS) return maker;
  let index = maker + 1;
  for (let i = index; i < steps.length; i++) {
    const { step } = steps[i] as StepStatus;
    if (!step.enabled) continue;
    if (step.operation === CORRECT_LABELS) return i;
    if (step.operation !== 'label-phases') break;
    index = i + 1;
  }
  return index;
}

/**
 * Records an edit at the end of the step's list; the step is made where there is none. Says why where it
 * cannot be done, and changes nothing then.
 */
export function recordEdit(workspace: Workspace, edit: LabelEdit, title = editTitle(edit)): void {
  const state = workspace.store.getState();
  const place = correctionPlace(state);
  const operation = state.engine?.operations.find(({ id }) => id === CORRECT_LABELS);
  if (typeof place === 'string' || operation === undefined) {
    workspace.report(
      'Correct labels',
      new UserError('usage', typeof place === 'string' ? place : 'The program is still starting.'),
    );
    return;
  }
  const edits = [...editsOf(place.step), edit];
  if (edits.length > MAX_EDITS || editText(edits) > MAX_EDIT_TEXT) {
    workspace.report(
      'Correct labels',
      new UserError(
        'usage',
        `This step is full: it holds ${MAX_EDITS} edits with ${MAX_EDIT_TEXT / 2 ** 20} million characters at most. Add another step “${operation.title}” after it and go on there.`,
      ),
    );
    return;
  }
  const { step, index } = place;
  const id = step?.id ?? freeStepId(currentRecipe(state), CORRECT_LABELS);
  workspace.edit(title, (recipe) =>
    step === null
      ? addStep(
          recipe,
          { operation: operation.id, version: operation.version, params: { edits } },
          index,
        )
      : setStepParams(recipe, id, { edits }),
  );
  workspace.select(id);
}

/** Of which edits a volume that is shown already has the result; by handle, the latest few. */
const applied = new Map<string, readonly LabelEdit[]>();
const REMEMBERED = 16;

function rememberApplied(state: WorkspaceState): void {
  for (const { summary } of Object.values(state.outcomes)) {
    if (summary.operation !== CORRECT_LABELS || summary.volume === null) continue;
    const { handle } = summary.volume;
    if (applied.has(handle)) continue;
    applied.set(handle, editsOf(summary));
    const oldest = applied.keys().next().value;
    if (applied.size > REMEMBERED && oldest !== undefined) applied.delete(oldest);
  }
}

function isSame(a: LabelEdit | undefined, b: LabelEdit | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** None for the labels that reach the step; null for any other volume. */
function baseEdits(state: WorkspaceState, handle: string): readonly LabelEdit[] | null {
  const place = correctionPlace(state);
  return typeof place !== 'string' && place.base.handle === handle ? NO_EDITS : null;
}

let asked: {
  readonly handle: string;
  readonly edits: readonly LabelEdit[];
  readonly pending: readonly LabelEdit[];
} = { handle: '', edits: NO_EDITS, pending: NO_EDITS };

/**
 * The edits of the selected step that this volume, what reaches the step or an earlier result of it,
 * does not have yet. None where they do not follow from it.
 */
export function pendingEdits(state: WorkspaceState, handle: string): readonly LabelEdit[] {
  const step = currentRecipe(state).steps.find(({ id }) => id === state.selected);
  if (step?.operation !== CORRECT_LABELS || !step.enabled) return NO_EDITS;
  rememberApplied(state);
  const edits = editsOf(step);
  if (asked.handle === handle && asked.edits === edits) return asked.pending;
  const done = applied.get(handle) ?? baseEdits(state, handle);
  if (done === null) return NO_EDITS;
  // Lists only grow and shrink at their end, so the last common one tells of all.
  const follows = done.length <= edits.length && isSame(done.at(-1), edits[done.length - 1]);
  const pending = follows && done.length < edits.length ? edits.slice(done.length) : NO_EDITS;
  asked = { handle, edits, pending };
  return pending;
}

/**
 * Runs the recipe up to the selected correction whenever its edits have changed, so that the views show
 * what is computed. Returns what stops it.
 */
export function applyCorrections(workspace: Workspace): () => void {
  let attempted: string | null = null;
  let baseId: string = INPUT;
  const follow = (): void => {
    const state = workspace.store.getState();
    const { selected, activity } = state;
    const status = currentSteps(state).find(({ step }) => step.id === selected);
    if (status?.step.operation !== CORRECT_LABELS) return;
    const place = correctionPlace(state);
    if (typeof place === 'string') return;
    baseId = place.baseId;
    const outcome = state.outcomes[selected];
    if (outcome !== undefined && isUpToDate(status, outcome)) attempted = null;
    else if (activity === null && status.key !== null && status.key !== attempted) {
      attempted = status.key;
      void workspace.run(selected);
    }
  };
  follow();
  return workspace.store.subscribe((state, before) => {
    // Undo took the step away: the labels that it corrected are shown again, not the opened volume.
    const isGone = (id: string): boolean =>
      currentRecipe(state).steps.every((step) => step.id !== id);
    if (
      before.selected.startsWith(CORRECT_LABELS) &&
      state.selected === INPUT &&
      isGone(before.selected) &&
      !isGone(baseId)
    ) {
      workspace.select(baseId);
      return;
    }
    selectReturned(workspace, state, before);
    follow();
  });
}

/** Redo brought the step back: it is selected, so that its strokes are seen. */
function selectReturned(workspace: Workspace, state: WorkspaceState, before: WorkspaceState): void {
  if (state.history === before.history || state.selected.startsWith(CORRECT_LABELS)) return;
  const ids = new Set(currentRecipe(before).steps.map(({ id }) => id));
  const back = currentRecipe(state).steps.find(
    ({ id, operation }) => operation === CORRECT_LABELS && !ids.has(id),
  );
  if (back !== undefined && state.history.entries === before.history.entries) {
    workspace.select(back.id);
  }
}
