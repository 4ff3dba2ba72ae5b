/** What the parameters of a step can refer to: the volume that reaches it, and what was found. */
import { useMemo } from 'react';
import type { FieldContext } from '../../components/parameter-form/context.ts';
import { foundValues } from '../../stores/found-values.ts';
import type { StepStatus } from '../../stores/recipe-status.ts';
import { inputOf } from '../../stores/step-input.ts';
import { useWorkspaceState } from '../../workbench-context.tsx';

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
