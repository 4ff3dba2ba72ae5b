/** What the 3-D view is cut down to, following the crosshair where that is wanted. */
import { useMemo } from 'react';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import { type ClipBox, WHOLE_BOX } from '../../rendering/clipping.ts';
import { shownClipBox } from '../../stores/display-3d.ts';
import { useViewer, type VoxelIndex } from '../../stores/viewer.ts';

const ANYWHERE: VoxelIndex = [0, 0, 0];

export function useClipBox(info: VolumeInfo | null): ClipBox {
  const { clips, clipBox, clipFollows } = useViewer((state) => state.display3d);
  // A crosshair that nothing follows changes nothing.
  const crosshair = useViewer((state) =>
    clips && clipFollows.some((side) => side !== null) ? state.crosshair : ANYWHERE,
  );
  const size = info?.size ?? null;
  return useMemo(
    () =>
      size === null ? WHOLE_BOX : shownClipBox({ clips, clipBox, clipFollows }, crosshair, size),
    [clips, clipBox, clipFollows, crosshair, size],
  );
}
