/** How long each step of the recipe will take, as far as its estimate is known. */
import { useMemo } from 'react';
import type { StepEstimate } from '../../../../workers/engine-api.ts';
import { type Forecast, forecast, useSpeeds } from '../../stores/speeds.ts';
import { useSteps, useWorkspaceState } from '../../workbench-context.tsx';

export interface StepForecast extends StepEstimate {
  /** null where there is nothing to go by. */
  readonly time: Forecast | null;
}

export function useForecasts(): ReadonlyMap<string, StepForecast> {
  const steps = useSteps();
  const speeds = useSpeeds();
  const estimates = useWorkspaceState((state) => state.estimates);
  const usesGpu = useWorkspaceState((state) => state.usesGpu);
  return useMemo(() => {
    const entries = estimates.flatMap((estimate) => {
      const operation = steps.find(({ step }) => step.id === estimate.stepId)?.operation ?? null;
      if (operation === null) return [];
      const onGpu = usesGpu && operation.gpu !== undefined;
      const time = forecast(speeds, operation.id, estimate.work, onGpu);
      return [[estimate.stepId, { ...estimate, time }] as const];
    });
    return new Map(entries);
  }, [steps, speeds, estimates, usesGpu]);
}
