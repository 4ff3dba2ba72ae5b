/** How volumes are drawn in 3-D, beside the camera: plain data, kept over a reload. */
import {
  type ClipBox,
  type FollowedSides,
  NOT_FOLLOWING,
  WHOLE_BOX,
} from '../rendering/clipping.ts';

export interface Display3d {
  /** Whether the box and the crosshair's planes cut anything away. */
  readonly clips: boolean;
  readonly clipBox: ClipBox;
  readonly clipFollows: FollowedSides;
  /** Whether faces that are cut show the slice there; else one looks into the pores. */
  readonly facesShown: boolean;
}

export const FIRST_DISPLAY_3D: Display3d = {
  clips: true,
  clipBox: WHOLE_BOX,
  clipFollows: NOT_FOLLOWING,
  facesShown: true,
};

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

const PARTS: Record<keyof Display3d, (value: unknown) => boolean> = {
  clips: (value) => typeof value === 'boolean',
  clipBox: isBox,
  clipFollows: isSides,
  facesShown: (value) => typeof value === 'boolean',
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
