/** How far the present recipe is with each listed volume. */
import { useMemo } from 'react';
import { type VolumeStatus, volumeStatus } from '../../stores/listed-volumes.ts';
import { describeSteps, type OperationDescriptor } from '../../stores/recipe-status.ts';
import { currentRecipe } from '../../stores/workspace.ts';
import { useWorkspaceState } from '../../workbench-context.tsx';

const NO_OPERATIONS: readonly OperationDescriptor[] = [];

export function useVolumeStatuses(): ReadonlyMap<string, VolumeStatus> {
  const { volumes, recipe, operations, usesGpu, running } = useWorkspaceState((state) => ({
    volumes: state.volumes,
    recipe: currentRecipe(state),
    operations: state.engine?.operations ?? NO_OPERATIONS,
    usesGpu: state.usesGpu,
    running: state.activity?.volumeId ?? null,
  }));
  return useMemo(
    () =>
      new Map(
        volumes.map((volume) => {
          const steps = describeSteps(recipe, operations, volume.info, usesGpu);
          return [volume.id, volumeStatus(volume, steps, volume.id === running)];
        }),
      ),
    [volumes, recipe, operations, usesGpu, running],
  );
}
