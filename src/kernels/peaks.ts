/**
 * Peaks of a grey-value histogram, and the grey intervals around them from which a marker
 * watershed takes its seeds.
 */
import { binCentre, type Histogram } from './histogram.ts';

export interface Peak {
  /** Grey value at the centre of the highest bin; the middle one of a flat top. */
  readonly position: number;
  /** Smoothed count relative to the highest peak, 0 to 1. */
  readonly height: number;
  /** How far the peak stands above the higher of its two valleys, in the same measure. */
  readonly prominence: number;
}

/** Gaussian of 2 bins, sampled at 0 to 8 bins and normalised. */
const SMOOTHING = [
  0.199474647865, 0.176035758885, 0.120987489765, 0.064759936605, 0.026995957967, 0.008764304363,
  0.002215963173, 0.000436349021, 0.00006691629,
] as const;

/**
 * Smooths counts with a Gaussian of 2 bins. The histogram is mirrored at its ends, so that a top
 * at an end (saturated voxels) stays there.
 */
export function smoothCounts(counts: ArrayLike<number>): Float64Array {
  const smooth = new Float64Array(counts.length);
  const period = 2 * counts.length;
  const mirrored = (i: number): number => {
    const position = ((i % period) + period) % period;
    return counts[position < counts.length ? position : period - 1 - position];
  };
  for (let i = 0; i < counts.length; i++) {
    let sum = SMOOTHING[0] * counts[i];
    for (let d = 1; d < SMOOTHING.length; d++) {
      sum += SMOOTHING[d] * (mirrored(i - d) + mirrored(i + d));
    }
    smooth[i] = sum;
  }
  return smooth;
}

/** Lowest value met going from `start` in `step`s until something higher; 0 beyond the end. */
function valleyFrom(values: Float64Array, start: number, step: 1 | -1, height: number): number {
  let lowest = height;
  for (let i = start; i >= 0 && i < values.length; i += step) {
    if (values[i] > height) return lowest;
    if (values[i] < lowest) lowest = values[i];
  }
  return 0;
}

/**
 * Local maxima of the smoothed histogram whose prominence is at least `minProminence` of the
 * highest, in order of grey value. A maximum at either end counts.
 */
export function findPeaks(histogram: Histogram, minProminence = 0.02): readonly Peak[] {
  const smooth = smoothCounts(histogram.counts);
  const highest = smooth.reduce((a, b) => Math.max(a, b), 0);
  const peaks: Peak[] = [];
  for (let i = 0; i < smooth.length; ) {
    const height = smooth[i];
    let end = i + 1;
    while (end < smooth.length && smooth[end] === height) end += 1;
    const rises = i === 0 || smooth[i - 1] < height;
    const falls = end === smooth.length || smooth[end] < height;
    if (rises && falls && height > 0) {
      const valley = Math.max(
        valleyFrom(smooth, i - 1, -1, height),
        valleyFrom(smooth, end, 1, height),
      );
      const prominence = (height - valley) / highest;
      if (prominence >= minProminence) {
        const position = binCentre(histogram, Math.floor((i + end - 1) / 2));
        peaks.push({ position, height: height / highest, prominence });
      }
    }
    i = end;
  }
  return peaks;
}

export interface Interval {
  /** Inclusive ends in grey values; null = open. */
  readonly from: number | null;
  readonly to: number | null;
}

/** Share of the gap to the next peak that belongs to a peak's interval. */
const GAP_SHARE = 0.35;

/**
 * One interval per position, reaching `gapShare` (below 0.5) of the gap towards each neighbour;
 * the outermost ends are open. Positions must rise.
 */
export function intervalsAround(
  positions: readonly number[],
  gapShare = GAP_SHARE,
): readonly Interval[] {
  return positions.map((position, i) => ({
    from: i === 0 ? null : position - gapShare * (position - positions[i - 1]),
    to: i === positions.length - 1 ? null : position + gapShare * (positions[i + 1] - position),
  }));
}

export interface IntervalSuggestion {
  /** All peaks found, in order of grey value. */
  readonly peaks: readonly Peak[];
  /** One interval per phase; empty where fewer than two peaks, or fewer than asked for, exist. */
  readonly intervals: readonly Interval[];
}

/** The `count` most prominent peaks in order of grey value. */
function mostProminent(peaks: readonly Peak[], count: number): readonly Peak[] {
  return [...peaks]
    .sort((a, b) => b.prominence - a.prominence || a.position - b.position)
    .slice(0, count)
    .sort((a, b) => a.position - b.position);
}

/**
 * Grey intervals for a marker watershed from the peaks of a histogram (`greyHistogram`).
 * `phases`: number of intervals wanted; null takes one for each peak found.
 */
export function suggestIntervals(
  histogram: Histogram,
  phases: number | null = null,
): IntervalSuggestion {
  const peaks = findPeaks(histogram);
  const wanted = phases ?? peaks.length;
  if (wanted < 2 || peaks.length < wanted) return { peaks, intervals: [] };
  const chosen = mostProminent(peaks, wanted);
  return { peaks, intervals: intervalsAround(chosen.map((peak) => peak.position)) };
}
