/** Another volume of the recipe at the place of what is shown, for a look at before and after. */
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import type { VoxelIndex } from '../../stores/viewer.ts';

export interface Before {
  readonly volume: VolumeInfo;
  /** Voxel of the volume that is the shown one's first. */
  readonly offset: VoxelIndex;
}

/** null where the source is no grey image, is what is shown, or where its place is not known. */
export function beforeOf(source: VolumeInfo | null, shown: VolumeInfo | null): Before | null {
  if (source === null || shown === null || source.kind !== 'grey') return null;
  if (source.handle === shown.handle) return null;
  const offset = placeIn(source, shown);
  return offset === null ? null : { volume: source, offset };
}

/** Voxel of `whole` that is the first of `part`; null where `part` is not known to lie in it. */
export function placeIn(whole: VolumeInfo, part: VolumeInfo): VoxelIndex | null {
  const offset = offsetIn(whole, part);
  const fits = offset.every(
    (start, axis) =>
      start >= 0 && start + (part.size[axis] as number) <= (whole.size[axis] as number),
  );
  return fits ? offset : null;
}

/** A crop moves the origin. Without a voxel size it cannot, and only equal sizes are in place. */
function offsetIn(whole: VolumeInfo, part: VolumeInfo): VoxelIndex {
  const edges = whole.spacing?.values;
  if (edges === undefined) {
    const isSame = whole.size.every((length, axis) => length === part.size[axis]);
    return isSame ? [0, 0, 0] : [-1, -1, -1];
  }
  return edges.map((edge, axis) =>
    Math.round(((part.origin[axis] as number) - (whole.origin[axis] as number)) / edge),
  ) as unknown as VoxelIndex;
}
