/** How volumes are drawn in 3-D, beside the camera: plain data, kept over a reload. */
import type { Size3, Vector3 } from '../../volume/volume.ts';
import type { VoxelIndex } from './viewer.ts';
import { isSameScale } from './grey-scales.ts';
import type { GradientOpacity } from '../rendering/gradient-opacity.ts';
import type { OpacityCurve } from '../rendering/transfer-function.ts';
import {
  type ClipBox,
  followCrosshair,
  type FollowedSides,
  NOT_FOLLOWING,
  WHOLE_BOX,
} from '../rendering/clipping.ts';

/** The opacities of grey values that somebody chose for one grey scale. */
export interface ChosenCurve {
  /** Smallest and largest value of the volume it was made for. */
  readonly range: readonly [low: number, high: number];
  readonly points: OpacityCurve;
}

export interface Display3d {
  /** One for each grey scale that has one; a solid where there is none. */
  readonly curves: readonly ChosenCurve[];
  /** How even grey values are looked through; null where they are not. */
  readonly gradient: GradientOpacity | null;
  /** Whether light and shade show the relief of grey values. */
  readonly lit: boolean;
  /** Whether the box and the crosshair's planes cut anything away. */
  readonly clips: boolean;
  readonly clipBox: ClipBox;
  readonly clipFollows: FollowedSides;
  /** Whether faces that are cut show the slice there; else one looks into the pores. */
  readonly facesShown: boolean;
}

export const FIRST_DISPLAY_3D: Display3d = {
  curves: [],
  gradient: null,
  lit: true,
  clips: false,
  clipBox: WHOLE_BOX,
  clipFollows: NOT_FOLLOWING,
  facesShown: true,
};

function isFlag(value: unknown): boolean {
  return typeof value === 'boolean';
}

function isShares(value: unknown): value is readonly number[] {
  return (
    Array.isArray(value) &&
    value.length === 3 &&
    value.every((share) => typeof share === 'number' && share >= 0 && share <= 1)
  );
}

function isBox(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { low, high } = value as Record<string, unknown>;
  return isShares(low) && isShares(high) && low.every((share, i) => share < (high[i] as number));
}

function isSides(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length === 3 &&
    value.every((side) => side === null || side === 'low' || side === 'high')
  );
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isPoint(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { value: at, opacity } = value as Record<string, unknown>;
  return isNumber(at) && isNumber(opacity) && opacity >= 0 && opacity <= 1;
}

function isCurve(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { range, points } = value as Record<string, unknown>;
  return (
    Array.isArray(range) &&
    range.length === 2 &&
    range.every(isNumber) &&
    Array.isArray(points) &&
    points.length > 0 &&
    points.every(isPoint)
  );
}

function isGradient(value: unknown): boolean {
  if (value === null) return true;
  if (typeof value !== 'object') return false;
  const { from, to } = value as Record<string, unknown>;
  return isNumber(from) && isNumber(to) && from >= 0 && from < to && to <= 1;
}

const PARTS: Record<keyof Display3d, (value: unknown) => boolean> = {
  curves: (value) => Array.isArray(value) && value.every(isCurve),
  gradient: isGradient,
  lit: isFlag,
  clips: isFlag,
  clipBox: isBox,
  clipFollows: isSides,
  facesShown: isFlag,
};

/** Whether what was kept, perhaps by another version, is all there and makes sense. */
export function isDisplay3d(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.entries(PARTS).every(([key, accepts]) =>
      accepts((value as Record<string, unknown>)[key]),
    )
  );
}

function isSameRange(a: ChosenCurve['range'], b: ChosenCurve['range']): boolean {
  const span = ([low, high]: ChosenCurve['range']) => ({ low, high });
  return isSameScale(span(a), span(b));
}

/** Positions of the crosshair's planes as shares 0 to 1 of the edges: the middles of voxels. */
export function crosshairShares(crosshair: VoxelIndex, size: Size3): Vector3 {
  return crosshair.map((voxel, axis) =>
    Math.min(1, (voxel + 0.5) / (size[axis] as number)),
  ) as unknown as Vector3;
}

/** What the 3-D view is cut down to. */
export function shownClipBox(
  { clips, clipBox, clipFollows }: Pick<Display3d, 'clips' | 'clipBox' | 'clipFollows'>,
  crosshair: VoxelIndex,
  size: Size3,
): ClipBox {
  if (!clips) return WHOLE_BOX;
  return followCrosshair(clipBox, clipFollows, crosshairShares(crosshair, size));
}

/** The curve that was chosen for grey values like these; null for none. */
export function chosenCurve(
  curves: readonly ChosenCurve[],
  range: ChosenCurve['range'],
): OpacityCurve | null {
  return curves.find((each) => isSameRange(each.range, range))?.points ?? null;
}

/** The curves with another one for this grey scale; null takes the chosen one away. */
export function withCurve(
  curves: readonly ChosenCurve[],
  range: ChosenCurve['range'],
  points: OpacityCurve | null,
): readonly ChosenCurve[] {
  const others = curves.filter((each) => !isSameRange(each.range, range));
  return points === null ? others : [...others, { range, points }];
}
