import { useEffect, useState } from 'react';
import type { SlicePixels, VolumeInfo } from '../../../../workers/engine-api.ts';
import type { Axis } from '../../rendering/slice-geometry.ts';
import type { SliceSource } from './slice-source.ts';

/**
 * The slice of a volume at an index. While it is fetched the one before it is returned, so that a
 * view never flashes empty; null where there is no volume or its size differs.
 */
export function useSlice(
  source: SliceSource,
  view: string,
  volume: VolumeInfo | null,
  axis: Axis,
  index: number,
): SlicePixels | null {
  const [shown, setShown] = useState<{ handle: string; pixels: SlicePixels } | null>(null);
  const handle = volume?.handle ?? null;
  const last = (volume?.size[axis] ?? 1) - 1;
  useEffect(() => {
    if (handle === null) {
      setShown(null);
      return;
    }
    let current = true;
    const at = Math.max(0, Math.min(last, index));
    source.want(view, { handle, axis, index: at }, () => {
      const pixels = source.peek({ handle, axis, index: at });
      if (!current || pixels === undefined) return;
      setShown({ handle, pixels });
      // The neighbour that a scroll asks for next.
      if (at < last) source.want(`${view} ahead`, { handle, axis, index: at + 1 }, () => undefined);
    });
    return () => {
      current = false;
    };
  }, [source, view, handle, axis, index, last]);
  return handle === null ? null : (shown?.pixels ?? null);
}
