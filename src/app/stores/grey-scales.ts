/** Which volumes are on one grey scale, so that what was chosen for one is right for the other. */
import type { GreyWindow } from './viewer.ts';

/** Spans that share less than this of what they cover together are different grey scales. */
const LEAST_SHARED = 0.4;

/** Shared part of two spans relative to what they cover together, 0 to 1. */
export function sharedShare(a: GreyWindow, b: GreyWindow): number {
  const shared = Math.min(a.high, b.high) - Math.max(a.low, b.low);
  const covered = Math.max(a.high, b.high) - Math.min(a.low, b.low);
  if (covered <= 0) return 1;
  return Math.max(0, shared) / covered;
}

/** Whether two spans can be looked at through one window. */
export function isSameScale(a: GreyWindow, b: GreyWindow): boolean {
  return sharedShare(a, b) >= LEAST_SHARED;
}
