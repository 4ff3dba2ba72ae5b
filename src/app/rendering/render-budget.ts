/** How many pixels and voxels a 3-D picture may have, from how long the last one took. Pure functions. */
import type { Size3 } from '../../volume/volume.ts';

/** Voxels of the copy that is drawn, and its longest edge. */
const PREVIEW_VOXELS = { software: 128 ** 3, hardware: 200 ** 3 } as const;
const MAX_EDGE = 512;

/** The longest edge of a volume's copy: flat volumes keep more detail than cubes. */
export function previewEdge(size: Size3, rendering: 'software' | 'hardware'): number {
  const longest = Math.max(...size);
  for (let factor = 1; ; factor++) {
    const [x, y, z] = size.map((n) => Math.ceil(n / factor)) as [number, number, number];
    const edge = Math.ceil(longest / factor);
    if (x * y * z <= PREVIEW_VOXELS[rendering] && edge <= MAX_EDGE) return edge;
  }
}

/** A picture that takes longer than this is drawn with fewer pixels while something moves. */
const SMOOTH_MS = 24;
const MOVING_BUDGET_MS = 40;
const RESTING_BUDGET_MS = 600;
const MAX_AREA = 16;
const LEAST_SCALE = 0.66;
const MOST_SCALE = { software: 1, hardware: 2 } as const;

/** By what factor to reduce the pixels of a moving picture; 1 draws all. */
export function coarseArea(fineMs: number): number {
  if (fineMs <= SMOOTH_MS) return 1;
  return Math.max(1, Math.min(MAX_AREA, fineMs / MOVING_BUDGET_MS));
}

/** Canvas pixels per CSS pixel of a picture at rest that no time is known of. */
export function fullScale(isSoftware: boolean, devicePixelRatio: number): number {
  return Math.min(MOST_SCALE[isSoftware ? 'software' : 'hardware'], devicePixelRatio);
}

/** The scale for the next picture after one at `scale` took `fineMs`; at most `full`. */
export function nextScale(scale: number, full: number, fineMs: number): number {
  const wanted = scale * Math.sqrt(RESTING_BUDGET_MS / Math.max(1, fineMs));
  // Small changes would only make edges jump.
  if (wanted > 0.8 * scale && wanted < 1.3 * scale) return scale;
  return Math.min(full, Math.max(LEAST_SCALE, wanted));
}

/** Canvas pixels per CSS pixel of surfaces: at rest twice as many as needed, which smooths their edges. */
export function meshScale(full: number, isCoarse: boolean): number {
  return isCoarse ? full : Math.max(2, full);
}

/** Triangles of all surfaces together. */
const SURFACE_TRIANGLES = { software: 100_000, hardware: 300_000 } as const;

/** Triangles that each of so many surfaces may have. */
export function trianglesOfEach(surfaces: number, rendering: 'software' | 'hardware'): number {
  return Math.floor(SURFACE_TRIANGLES[rendering] / Math.max(1, surfaces));
}
