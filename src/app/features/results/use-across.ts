/** The results of all listed volumes side by side. */
import { useMemo } from 'react';
import {
  type MeasuredVolume,
  type Quantity,
  quantitiesAcross,
} from '../../../declaration/across.ts';
import { voxelVolume } from '../../../volume/length.ts';
import { describeSteps, isUpToDate, titleOf } from '../../stores/recipe-status.ts';
import { currentRecipe } from '../../stores/workspace.ts';
import { useWorkspaceState } from '../../workbench-context.tsx';

export interface Across {
  readonly volumes: readonly MeasuredVolume[];
  readonly quantities: readonly Quantity[];
  readonly stateLabel: string;
  /** Names of volumes whose numbers are missing or older than the recipe. */
  readonly behind: readonly string[];
  /** Sentences about volumes that the recipe failed on. */
  readonly failures: readonly string[];
}

export function useAcross(): Across {
  const { listed, recipe, engine, usesGpu, stateLabel } = useWorkspaceState((state) => ({
    listed: state.volumes,
    recipe: currentRecipe(state),
    engine: state.engine,
    usesGpu: state.usesGpu,
    stateLabel: state.stateLabel,
  }));
  return useMemo(() => {
    const behind: string[] = [];
    const volumes = listed.map(({ name, value, info, outcomes }): MeasuredVolume => {
      const steps = describeSteps(recipe, engine?.operations ?? [], info, usesGpu).filter(
        ({ step }) => step.enabled,
      );
      const current = steps.filter((status) => {
        const outcome = outcomes[status.step.id];
        return outcome !== undefined && isUpToDate(status, outcome);
      });
      if (current.length < steps.length) behind.push(name);
      return {
        name,
        value,
        voxelVolume: voxelVolume(info.spacing),
        // Numbers of an older recipe are no peers of the others.
        tables: current.flatMap((status) =>
          (outcomes[status.step.id]?.summary.tables ?? []).map((table) => ({
            stepId: status.step.id,
            stepTitle: titleOf(status),
            isMeasure: status.operation?.family === 'measure',
            table,
          })),
        ),
      };
    });
    return {
      volumes,
      quantities: quantitiesAcross(volumes),
      stateLabel,
      behind,
      failures: listed.flatMap(({ name, failure }) =>
        failure === null ? [] : [`${name}: ${failure.message}`],
      ),
    };
  }, [listed, recipe, engine, usesGpu, stateLabel]);
}
