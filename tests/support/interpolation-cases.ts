/** Painted discs and what lies between them, for the interpolation in Node and in a browser. */
import type { EditAxis, LabelEdit } from '../../src/declaration/edits.ts';
import { interpolateLabel } from '../../src/engine/interpolate-label.ts';
import { paintEdit, wholeGrid } from '../../src/volume/label-edits.ts';
import { createVolume, type Vector3, type Volume } from '../../src/volume/volume.ts';

const DEPTH = 13;
const ACROSS = 41;

/** All voxels have the label 1 but for a corner, which has the other one. */
export function slab(axis: EditAxis, corner: number): Volume {
  const size = [ACROSS, ACROSS].toSpliced(axis, 0, DEPTH) as unknown as Vector3;
  const data = new Uint8Array(ACROSS * ACROSS * DEPTH).fill(1);
  data[0] = corner;
  return createVolume({ kind: 'labels', name: 'slab', size, data });
}

export function disc(axis: EditAxis, slice: number, radius: number, label: number): LabelEdit {
  const common = { label, only: null, keep: [] } as const;
  return { tool: 'brush', axis, slice, radius, metric: 'voxel', path: '20,20', ...common };
}

const never = new AbortController().signal;

export function interpolated(
  volume: Volume,
  edits: readonly LabelEdit[],
  label: number,
  axis: EditAxis,
  signal: AbortSignal = never,
) {
  const host = { turn: () => new Promise<void>((resolve) => setTimeout(resolve, 0)) };
  const job = { host, signal, progress: () => undefined };
  return interpolateLabel(volume, { edits, label, axis }, job);
}

/**
 * Radii, from the areas, of what was found in each slice across the axis; 0 where nothing was.
 * Painted on a volume that has nothing of the label.
 */
export function radii(runs: string, slices: readonly number[], axis: EditAxis): readonly number[] {
  const volume = slab(axis, 1);
  const data = volume.data.slice();
  const grid = wholeGrid(data, volume.size, null);
  paintEdit(grid, { tool: 'interpolate', axis, slices, runs, label: 9, only: null, keep: [] });
  const counts = Array.from({ length: DEPTH }, () => 0);
  data.forEach((value: number | bigint, i: number) => {
    const slice = Math.floor(i / grid.strides[axis]) % DEPTH;
    if (value === 9) counts[slice] = (counts[slice] ?? 0) + 1;
  });
  return counts.map((count) => Math.sqrt(count / Math.PI));
}
