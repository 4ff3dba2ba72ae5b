import type { VolumeInfo } from '../../../workers/engine-api.ts';
import { currentRecipe, type WorkspaceState } from './workspace.ts';

/** The volume that reaches a step, as far as it has been made. */
export function inputOf(state: WorkspaceState, stepId: string): VolumeInfo | null {
  let volume = state.source;
  for (const step of currentRecipe(state).steps) {
    if (step.id === stepId) return volume;
    volume = (step.enabled ? state.outcomes[step.id]?.summary.volume : null) ?? volume;
  }
  return volume;
}
