/** The opened volume at the place of a result, for a look at before and after. */
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import type { VoxelIndex } from '../../stores/viewer.ts';

export interface Before {
  readonly volume: VolumeInfo;
  /** Voxel of the opened volume that is the result's first. */
  readonly offset: VoxelIndex;
}

/** null where the source is no grey image, is what is shown, or where its place is not known. */
export function beforeOf(source: VolumeInfo | null, shown: VolumeInfo | null): Before | null {
  if (source === null || shown === null || source.kind !== 'grey') return null;
  if (source.handle === shown.handle) return null;
  const offset = offsetIn(source, shown);
  const fits = offset.every(
    (start, axis) =>
      start >= 0 && start + (shown.size[axis] as number) <= (source.size[axis] as number),
  );
  return fits ? { volume: source, offset } : null;
}

/** A crop moves the origin. Without a voxel size it cannot, and only equal sizes are in place. */
function offsetIn(source: VolumeInfo, shown: VolumeInfo): VoxelIndex {
  const edges = source.spacing?.values;
  if (edges === undefined) {
    const isSame = source.size.every((length, axis) => length === shown.size[axis]);
    return isSame ? [0, 0, 0] : [-1, -1, -1];
  }
  return edges.map((edge, axis) =>
    Math.round(((shown.origin[axis] as number) - (source.origin[axis] as number)) / edge),
  ) as unknown as VoxelIndex;
}
