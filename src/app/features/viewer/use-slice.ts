import { useEffect, useRef, useState } from 'react';
import type { SlicePixels, VolumeHandle, VolumeInfo } from '../../../../workers/engine-api.ts';
import { type Axis, PLANES } from '../../rendering/slice-geometry.ts';
import type { Slab } from '../../../volume/slab.ts';
import type { SliceSource } from './slice-source.ts';

/** A slice with what it is of. */
export interface FetchedSlice {
  readonly handle: VolumeHandle;
  readonly index: number;
  readonly pixels: SlicePixels;
}

/** The smallest level of a volume in bricks that has a voxel for each pixel of the screen. */
export function levelFor(
  volume: Pick<VolumeInfo, 'levels'> | null,
  pixelsPerVoxel: number,
): number {
  if (volume?.levels === undefined) return 0;
  const level = Math.floor(Math.log2(1 / pixelsPerVoxel));
  return Math.max(0, Math.min(volume.levels.length - 1, level));
}

/**
 * The slice of a volume at an index, or the slab about it. While it is fetched the one before it is returned, so that a
 * view never flashes empty; null where there is no volume, or none of this size was fetched yet.
 */
export function useSlice(
  source: SliceSource,
  view: string,
  volume: VolumeInfo | null,
  axis: Axis,
  index: number,
  slab: Slab | null = null,
  level = 0,
): SlicePixels | null {
  return useFetchedSlice(source, view, volume, axis, index, slab, level)?.pixels ?? null;
}

/** `useSlice`, and what the slice that is shown in the meantime is of. */
export function useFetchedSlice(
  source: SliceSource,
  view: string,
  volume: VolumeInfo | null,
  axis: Axis,
  index: number,
  slab: Slab | null = null,
  level = 0,
): FetchedSlice | null {
  const [shown, setShown] = useState<FetchedSlice | null>(null);
  const lastIndex = useRef(index);
  const handle = volume?.handle ?? null;
  const last = (volume?.size[axis] ?? 1) - 1;
  useEffect(() => {
    if (handle === null) {
      setShown(null);
      return;
    }
    let current = true;
    const at = Math.max(0, Math.min(last, index));
    const ahead = at + (at < lastIndex.current ? -1 : 1);
    lastIndex.current = at;
    const request = { handle, axis, index: at, level };
    source.want(view, slab === null ? request : { ...request, slab }, (pixels) => {
      if (!current) return;
      setShown({ handle, index: at, pixels });
      // The neighbour that the same movement asks for next; slabs cost too much to guess.
      if (slab === null && ahead >= 0 && ahead <= last) {
        source.want(`${view} ahead`, { ...request, index: ahead }, () => undefined);
      }
    });
    return () => {
      current = false;
    };
  }, [source, view, handle, axis, index, last, slab, level]);
  if (volume === null || shown === null) return null;
  const { across, down } = PLANES[axis];
  const { width, height } = shown.pixels;
  // While another level is fetched, the one before it still shows the same slice.
  const fits = (volume.levels ?? [volume.size]).some(
    (size) => width === size[across] && height === size[down],
  );
  return fits ? shown : null;
}
