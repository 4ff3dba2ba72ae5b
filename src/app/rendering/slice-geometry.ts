/**
 * Geometry of the slice views: which volume axes a view shows, how voxels map to pixels, and nice
 * lengths for scale bars. Pure functions.
 */
import type { LengthUnit, VoxelSpacing } from '../../volume/length.ts';
import { relativeSpacing } from '../../volume/length.ts';
import type { Size3 } from '../../volume/volume.ts';

export type Axis = 0 | 1 | 2;

export interface Plane {
  /** The axis the slice is perpendicular to. */
  readonly normal: Axis;
  readonly across: Axis;
  readonly down: Axis;
  readonly title: string;
}

/** The same choice of axes as the engine's slices. */
export const PLANES: readonly [Plane, Plane, Plane] = [
  { normal: 0, across: 2, down: 1, title: 'YZ' },
  { normal: 1, across: 0, down: 2, title: 'XZ' },
  { normal: 2, across: 0, down: 1, title: 'XY' },
];

/** The slice views by the plane that they show, and by the axis across it. */
export const PLANE_OF = { yz: PLANES[0], xz: PLANES[1], xy: PLANES[2] } as const;
export const VIEW_OF_AXIS = ['yz', 'xz', 'xy'] as const;

export const AXIS_NAMES = ['x', 'y', 'z'] as const;

export interface Placement {
  /** Screen pixels per voxel across and down. */
  readonly scaleX: number;
  readonly scaleY: number;
  /** Screen position of the slice's upper left corner. */
  readonly left: number;
  readonly top: number;
}

export interface ViewFrame {
  /** 1 = the slice fits the view. */
  readonly zoom: number;
  /** Offset of the slice's centre from the view's centre in screen pixels. */
  readonly panX: number;
  readonly panY: number;
}

export const FITTED: ViewFrame = { zoom: 1, panX: 0, panY: 0 };
const MARGIN = 10;

/** Where a slice lies on a view of the given size, at the voxels' physical aspect ratio. */
export function placeSlice(
  size: Size3,
  spacing: VoxelSpacing | null,
  plane: Plane,
  frame: ViewFrame,
  viewWidth: number,
  viewHeight: number,
): Placement {
  const edges = relativeSpacing(spacing);
  const columns = size[plane.across];
  const rows = size[plane.down];
  const width = columns * edges[plane.across];
  const height = rows * edges[plane.down];
  const fit = Math.min(
    Math.max(1, viewWidth - 2 * MARGIN) / width,
    Math.max(1, viewHeight - 2 * MARGIN) / height,
  );
  const scale = fit * frame.zoom;
  return {
    scaleX: scale * edges[plane.across],
    scaleY: scale * edges[plane.down],
    left: viewWidth / 2 + frame.panX - (width * scale) / 2,
    top: viewHeight / 2 + frame.panY - (height * scale) / 2,
  };
}

/** The voxel column and row under a screen position; not clipped to the slice. */
export function voxelAt(
  placement: Placement,
  x: number,
  y: number,
): readonly [column: number, row: number] {
  return [
    Math.floor((x - placement.left) / placement.scaleX),
    Math.floor((y - placement.top) / placement.scaleY),
  ];
}

/** Zooms about a screen position, which keeps its place. */
export function zoomAbout(
  frame: ViewFrame,
  factor: number,
  x: number,
  y: number,
  viewWidth: number,
  viewHeight: number,
): ViewFrame {
  const zoom = Math.max(0.2, Math.min(60, frame.zoom * factor));
  const ratio = zoom / frame.zoom;
  const fromCentreX = x - viewWidth / 2;
  const fromCentreY = y - viewHeight / 2;
  return {
    zoom,
    panX: fromCentreX - ratio * (fromCentreX - frame.panX),
    panY: fromCentreY - ratio * (fromCentreY - frame.panY),
  };
}

export interface ScaleBar {
  readonly pixels: number;
  readonly text: string;
}

/** The largest of 1, 2, 5 × 10ⁿ that is not above `value`. */
export function niceBelow(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const digit = [5, 2, 1].find((each) => each * power <= value * (1 + 1e-12)) ?? 1;
  return digit * power;
}

/** A bar of a round length, at most `maxPixels` long. */
export function scaleBar(
  placement: Placement,
  spacing: VoxelSpacing,
  plane: Plane,
  maxPixels: number,
): ScaleBar {
  const perPixel = spacing.values[plane.across] / placement.scaleX;
  const length = niceBelow(maxPixels * perPixel);
  return { pixels: length / perPixel, text: `${formatLength(length)} ${spacing.unit}` };
}

export function formatLength(value: number): string {
  return Number(value.toPrecision(6)).toString();
}

/** Physical position of a voxel's centre, as text. */
export function formatPosition(
  index: readonly [number, number, number],
  origin: readonly [number, number, number],
  spacing: { readonly values: readonly [number, number, number]; readonly unit: LengthUnit },
): string {
  const place = index.map((voxel, axis) =>
    formatLength((origin[axis] as number) + voxel * (spacing.values[axis] as number)),
  );
  return `${place.join(', ')} ${spacing.unit}`;
}
