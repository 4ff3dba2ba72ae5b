/**
 * What is cut away of the 3-D view: a box along the axes, as shares of the volume's edges, and the
 * same as half-spaces. Pure functions.
 */
import type { Vector3 } from '../../volume/volume.ts';

/** Shares 0 to 1 of the volume's edges; `low` is below `high` along each axis. */
export interface ClipBox {
  readonly low: Vector3;
  readonly high: Vector3;
}

/** Keeps the points p with (p − origin) · normal ≥ 0; world coordinates, the longest edge is 1. */
export interface ClipPlane {
  readonly origin: Vector3;
  readonly normal: Vector3;
}

/** Which side of the crosshair's slice stays: towards index 0, or towards the last one. */
export type KeptSide = 'low' | 'high';

/** For each axis the side of the crosshair's slice that stays; null keeps both. */
export type FollowedSides = readonly [x: KeptSide | null, y: KeptSide | null, z: KeptSide | null];

export type BoxSide = keyof ClipBox;

export const WHOLE_BOX: ClipBox = { low: [0, 0, 0], high: [1, 1, 1] };
export const NOT_FOLLOWING: FollowedSides = [null, null, null];

const AXES = [0, 1, 2] as const;

/** What is left of a box where slices at `at` (shares) cut it; never empty, as the slice stays. */
export function followCrosshair(box: ClipBox, sides: FollowedSides, at: Vector3): ClipBox {
  const within = (axis: 0 | 1 | 2): number =>
    Math.max(box.low[axis], Math.min(box.high[axis], at[axis]));
  return {
    low: box.low.map((share, axis) =>
      sides[axis] === 'high' ? within(axis as 0 | 1 | 2) : share,
    ) as unknown as Vector3,
    high: box.high.map((share, axis) =>
      sides[axis] === 'low' ? within(axis as 0 | 1 | 2) : share,
    ) as unknown as Vector3,
  };
}

export function isWhole({ low, high }: ClipBox): boolean {
  return low.every((share) => share <= 0) && high.every((share) => share >= 1);
}

/** A plane for each side of the box that lies inside the volume: six at most. */
export function clipPlanes({ low, high }: ClipBox, extent: Vector3): readonly ClipPlane[] {
  const planes: ClipPlane[] = [];
  for (const axis of AXES) {
    const unit = (length: number): Vector3 => [0, 0, 0].with(axis, length) as unknown as Vector3;
    if (low[axis] > 0) planes.push({ origin: unit(low[axis] * extent[axis]), normal: unit(1) });
    if (high[axis] < 1) planes.push({ origin: unit(high[axis] * extent[axis]), normal: unit(-1) });
  }
  return planes;
}

/** The box with one side moved; the two sides of an axis stay at least `gap` apart. */
export function moveSide(
  box: ClipBox,
  axis: 0 | 1 | 2,
  side: BoxSide,
  share: number,
  gap: number,
): ClipBox {
  const limited =
    side === 'low'
      ? Math.max(0, Math.min(box.high[axis] - gap, share))
      : Math.min(1, Math.max(box.low[axis] + gap, share));
  return { ...box, [side]: box[side].with(axis, limited) };
}

/** First and last voxel of `count` that a side to side range of shares takes in. */
export function voxelsOf(
  { low, high }: ClipBox,
  axis: 0 | 1 | 2,
  count: number,
): readonly [first: number, last: number] {
  const first = Math.min(count - 1, Math.round(low[axis] * count));
  return [first, Math.max(first, Math.round(high[axis] * count) - 1)];
}

/** The box that planes along the axes leave of the volume; other planes are left out of account. */
export function boxWithin(planes: readonly ClipPlane[], extent: Vector3): ClipBox {
  let box = WHOLE_BOX;
  for (const { origin, normal } of planes) {
    const axis = AXES.find((each) => Math.abs(normal[each]) === 1);
    if (axis === undefined) continue;
    box = moveSide(box, axis, normal[axis] > 0 ? 'low' : 'high', origin[axis] / extent[axis], 0);
  }
  return box;
}
