/** How much of a volume lies in grey intervals, read from its histogram. Pure functions. */
import type { Histogram } from '../../../workers/engine-api.ts';
import { intervalFinder } from '../../declaration/grey-intervals.ts';
import type { GreyInterval } from '../../declaration/parameters.ts';

export interface IntervalShares {
  /** Of all voxels, for each interval. */
  readonly inside: readonly number[];
  /** Of the voxels in no interval. */
  readonly outside: number;
  /** Whether the shares are counts of voxels; else bins that an end cuts are shared by length. */
  readonly isExact: boolean;
}

/** Shares of `voxels`, the number of voxels of the volume that the histogram counts. */
export function intervalShares(
  histogram: Histogram,
  intervals: readonly GreyInterval[],
  voxels: number,
): IntervalShares {
  const counts = histogram.exact
    ? countLevels(histogram, intervals)
    : intervals.map((interval) => countBetween(histogram, interval));
  const inside = counts.map((count) => count / voxels);
  return {
    inside,
    outside: Math.max(0, 1 - inside.reduce((sum, share) => sum + share, 0)),
    isExact: histogram.exact,
  };
}

function countLevels(
  { start, binWidth, counts }: Histogram,
  intervals: readonly GreyInterval[],
): readonly number[] {
  const find = intervalFinder(intervals);
  const found = new Float64Array(intervals.length + 1);
  for (let bin = 0; bin < counts.length; bin++) {
    const mark = find(start + (bin + 0.5) * binWidth);
    found[mark] = (found[mark] as number) + (counts[bin] as number);
  }
  return Array.from(found.subarray(1));
}

function countBetween({ start, binWidth, counts }: Histogram, { from, to }: GreyInterval): number {
  const low = from === null ? 0 : (from - start) / binWidth;
  const high = to === null ? counts.length : (to - start) / binWidth;
  const first = Math.max(0, Math.floor(low));
  const last = Math.min(counts.length, Math.ceil(high));
  let sum = 0;
  for (let bin = first; bin < last; bin++) {
    sum += (counts[bin] as number) * (Math.min(high, bin + 1) - Math.max(low, bin));
  }
  return Math.max(0, sum);
}
