/** Slabs: some neighbouring slices looked at as one. */

export type Projection = 'mean' | 'max' | 'min';

export interface Slab {
  /** Slices, at least 1. */
  readonly thickness: number;
  readonly projection: Projection;
}

/**
 * First and last slice of a slab about slice `index` of `count`: as many before it as after, one
 * more after it where the thickness is even, and only slices that are there.
 */
export function slabLayers(
  count: number,
  index: number,
  thickness: number,
): readonly [first: number, last: number] {
  const before = Math.floor((thickness - 1) / 2);
  const first = index - before;
  return [Math.max(0, first), Math.min(count - 1, first + thickness - 1)];
}
