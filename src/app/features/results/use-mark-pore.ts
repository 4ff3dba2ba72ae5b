/** Leads to where phases are marked as pore: to the step that names them, or to a new one. */
import { useCallback } from 'react';
import { addStep, freeStepId } from '../../../recipe/edit.ts';
import { currentRecipe, currentSteps } from '../../stores/workspace.ts';
import { useWorkspace } from '../../workbench-context.tsx';

const NAMING = 'label-phases';

export function useMarkPore(): () => void {
  const workspace = useWorkspace();
  return useCallback(() => {
    const state = workspace.store.getState();
    const steps = currentSteps(state);
    const naming = steps.findLast(({ step }) => step.operation === NAMING && step.enabled);
    if (naming !== undefined) {
      workspace.select(naming.step.id);
      return;
    }
    const operation = state.engine?.operations.find(({ id }) => id === NAMING);
    const measuring = steps.findIndex(
      ({ operation: each, inputKind }) => each?.family === 'measure' && inputKind === 'labels',
    );
    if (operation === undefined || measuring < 0) return;
    const made = steps
      .slice(0, measuring)
      .findLast(({ step }) => state.outcomes[step.id]?.summary.volume?.kind === 'labels');
    const labels =
      made === undefined ? state.source : (state.outcomes[made.step.id]?.summary.volume ?? null);
    const id = freeStepId(currentRecipe(state), NAMING);
    workspace.edit(`Add ${operation.title}`, (recipe) =>
      addStep(
        recipe,
        { operation: NAMING, version: operation.version, params: { phases: labels?.phases ?? [] } },
        measuring,
      ),
    );
    workspace.select(id);
  }, [workspace]);
}
