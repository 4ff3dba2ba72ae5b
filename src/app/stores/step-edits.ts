/** Edits of single steps, each one step of undo that says what it did. */
import {
  addStep,
  duplicateStep,
  freeStepId,
  moveStep,
  removeStep,
  setStepEnabled,
} from '../../recipe/edit.ts';
import {
  fitsKind,
  kindBefore,
  type OperationDescriptor,
  type StepStatus,
  titleOf,
} from './recipe-status.ts';
import {
  currentRecipe,
  currentSteps,
  INPUT,
  type Workspace,
  type WorkspaceState,
} from './workspace.ts';

/**
 * Where a new step of an operation goes: to the end, or after the selected step, or to the last
 * place that it fits; null where it fits nowhere.
 */
export function placeFor(operation: OperationDescriptor, state: WorkspaceState): number | null {
  const steps = currentSteps(state);
  const selected = steps.findIndex(({ step }) => step.id === state.selected);
  const after = selected < 0 ? (state.selected === INPUT ? 0 : steps.length) : selected + 1;
  const all = steps.map((_, index) => index).toReversed();
  const place = [steps.length, after, ...all].find((index) =>
    fitsKind(operation, kindBefore(steps, state.source, index)),
  );
  return place ?? null;
}

/** Adds a step and selects it. */
export function addOperation(workspace: Workspace, operation: OperationDescriptor): void {
  const state = workspace.store.getState();
  const place = placeFor(operation, state);
  if (place === null) return;
  const id = freeStepId(currentRecipe(state), operation.id);
  workspace.edit(`Add ${operation.title}`, (recipe) =>
    addStep(recipe, { operation: operation.id, version: operation.version }, place),
  );
  workspace.select(id);
}

export function toggleStep(workspace: Workspace, status: StepStatus): void {
  const { id, enabled } = status.step;
  workspace.edit(`Switch ${titleOf(status)} ${enabled ? 'off' : 'on'}`, (recipe) =>
    setStepEnabled(recipe, id, !enabled),
  );
}

/** Moves a step to stand at `index`; beyond the ends nothing happens. */
export function moveStepTo(workspace: Workspace, status: StepStatus, index: number): void {
  const steps = currentSteps(workspace.store.getState());
  const from = steps.findIndex(({ step }) => step.id === status.step.id);
  if (index < 0 || index >= steps.length || index === from) return;
  workspace.edit(`Move ${titleOf(status)} ${index < from ? 'up' : 'down'}`, (recipe) =>
    moveStep(recipe, status.step.id, index),
  );
}

/** Duplicates a step and selects the copy. */
export function copyStep(workspace: Workspace, status: StepStatus): void {
  const { id, operation } = status.step;
  const copy = freeStepId(currentRecipe(workspace.store.getState()), operation);
  workspace.edit(`Duplicate ${titleOf(status)}`, (recipe) => duplicateStep(recipe, id));
  workspace.select(copy);
}

/** Removes a step and selects its neighbour. */
export function dropStep(workspace: Workspace, status: StepStatus): void {
  const steps = currentSteps(workspace.store.getState());
  const index = steps.findIndex(({ step }) => step.id === status.step.id);
  workspace.edit(`Remove ${titleOf(status)}`, (recipe) => removeStep(recipe, status.step.id));
  workspace.select((steps[index + 1] ?? steps[index - 1])?.step.id ?? INPUT);
}
