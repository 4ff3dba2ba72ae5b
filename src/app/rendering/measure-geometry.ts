/** Lengths and outlines of what is measured on slices. Pure functions. */
import type { VoxelSpacing } from '../../volume/length.ts';
import type { Placement, Plane } from './slice-geometry.ts';

type Voxel = readonly [x: number, y: number, z: number];

export interface Length {
  readonly voxels: number;
  /** In the unit of the voxel size; null where it is unknown. */
  readonly physical: number | null;
}

/** Straight from the centre of one voxel to that of another. */
export function lengthBetween(from: Voxel, to: Voxel, spacing: VoxelSpacing | null): Length {
  const travel = from.map((start, axis) => (to[axis] as number) - start);
  return {
    voxels: Math.hypot(...travel),
    physical:
      spacing === null
        ? null
        : Math.hypot(...travel.map((voxels, axis) => voxels * (spacing.values[axis] as number))),
  };
}

function digits(value: number): string {
  return String(Number(value.toPrecision(5)));
}

/** "5.02 µm (12.55 voxels)", or voxels alone. */
export function lengthText({ voxels, physical }: Length, spacing: VoxelSpacing | null): string {
  const count = `${digits(voxels)} ${voxels === 1 ? 'voxel' : 'voxels'}`;
  return physical === null || spacing === null
    ? count
    : `${digits(physical)} ${spacing.unit} (${count})`;
}

/** Columns and rows that two corners span, both included. */
function spanOf(from: Voxel, to: Voxel, plane: Plane): readonly [columns: number, rows: number] {
  const along = (axis: 0 | 1 | 2): number => Math.abs(to[axis] - from[axis]) + 1;
  return [along(plane.across), along(plane.down)];
}

/** "4 × 3 µm (10 × 6 voxels)", or voxels alone. */
export function spanText(
  from: Voxel,
  to: Voxel,
  plane: Plane,
  spacing: VoxelSpacing | null,
): string {
  const [columns, rows] = spanOf(from, to, plane);
  const count = `${columns} × ${rows} voxels`;
  if (spacing === null) return count;
  const width = digits(columns * spacing.values[plane.across]);
  const height = digits(rows * spacing.values[plane.down]);
  return `${width} × ${height} ${spacing.unit} (${count})`;
}

/** Where a voxel's centre lies on the view. */
export function centreOnView(
  voxel: Voxel,
  plane: Plane,
  { left, top, scaleX, scaleY }: Placement,
): readonly [x: number, y: number] {
  return [left + (voxel[plane.across] + 0.5) * scaleX, top + (voxel[plane.down] + 0.5) * scaleY];
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Outer edges of the voxels that two corners span, on the view. */
export function boxOnView(from: Voxel, to: Voxel, plane: Plane, placement: Placement): Box {
  const [columns, rows] = spanOf(from, to, plane);
  return {
    x: placement.left + Math.min(from[plane.across], to[plane.across]) * placement.scaleX,
    y: placement.top + Math.min(from[plane.down], to[plane.down]) * placement.scaleY,
    width: columns * placement.scaleX,
    height: rows * placement.scaleY,
  };
}
