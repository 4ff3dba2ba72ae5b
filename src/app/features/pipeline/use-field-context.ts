/** What the parameters of a step can refer to: the volume that reaches it, and what was found. */
import { useMemo } from 'react';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import type { FieldContext } from '../../components/parameter-form/context.ts';
import type { StepStatus } from '../../stores/recipe-status.ts';
import { currentRecipe, type WorkspaceState } from '../../stores/workspace.ts';
import { useWorkspaceState } from '../../workbench-context.tsx';
import { foundValues } from './found-values.ts';

/** The volume that reaches a step, as far as it has been made. */
export function inputOf(state: WorkspaceState, stepId: string): VolumeInfo | null {
  let volume = state.source;
  for (const step of currentRecipe(state).steps) {
    if (step.id === stepId) return volume;
    volume = (step.enabled ? state.outcomes[step.id]?.summary.volume : null) ?? volume;
  }
  return volume;
}

export function useFieldContext({ step, operation }: StepStatus): FieldContext {
  const { input, summary } = useWorkspaceState((state) => ({
    input: inputOf(state, step.id),
    summary: state.outcomes[step.id]?.summary ?? null,
  }));
  return useMemo(
    () => ({
      size: input?.size ?? null,
      phases: input?.phases ?? [],
      range: input === null || input.kind === 'labels' ? null : input.range,
      found: operation === null ? {} : foundValues(operation.parameters, summary),
    }),
    [input, operation, summary],
  );
}
