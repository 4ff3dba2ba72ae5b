/** Quantiles read from a histogram. Pure functions. */
import type { Histogram } from '../../../workers/engine-api.ts';

/** The grey values below and above which a share `tail` of all voxels lies, from whole bins. */
export function percentiles(
  { start, binWidth, counts, exact }: Histogram,
  tail: number,
): readonly [low: number, high: number] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const skipped = tail * total;
  const walk = (from: number, by: 1 | -1): number => {
    let seen = 0;
    let bin = from;
    for (; bin >= 0 && bin < counts.length; bin += by) {
      seen += counts[bin] as number;
      if (seen > skipped) break;
    }
    return bin;
  };
  const first = walk(0, 1);
  const last = walk(counts.length - 1, -1);
  // Bins of one grey level are named by the level, finer ones by their edges.
  const low = start + (first + (exact ? 0.5 : 0)) * binWidth;
  const high = start + (last + (exact ? 0.5 : 1)) * binWidth;
  return [low, high];
}
