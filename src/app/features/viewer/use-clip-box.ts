/** What the 3-D view is cut down to, following the crosshair where that is wanted. */
import { useMemo } from 'react';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import type { Size3, Vector3 } from '../../../volume/volume.ts';
import { type ClipBox, followCrosshair, WHOLE_BOX } from '../../rendering/clipping.ts';
import { useViewer, type VoxelIndex } from '../../stores/viewer.ts';

/** Positions of the crosshair's planes as shares 0 to 1 of the edges: the middles of voxels. */
export function crosshairShares(crosshair: VoxelIndex, size: Size3): Vector3 {
  return crosshair.map((voxel, axis) =>
    Math.min(1, (voxel + 0.5) / (size[axis] as number)),
  ) as unknown as Vector3;
}

export function useClipBox(info: VolumeInfo | null): ClipBox {
  const { clips, clipBox, clipFollows } = useViewer((state) => state.display3d);
  // A crosshair that nothing follows changes nothing.
  const crosshair = useViewer((state) =>
    clips && clipFollows.some((side) => side !== null) ? state.crosshair : null,
  );
  const size = info?.size ?? null;
  return useMemo(() => {
    if (!clips) return WHOLE_BOX;
    if (crosshair === null || size === null) return clipBox;
    return followCrosshair(clipBox, clipFollows, crosshairShares(crosshair, size));
  }, [clips, clipBox, clipFollows, crosshair, size]);
}
