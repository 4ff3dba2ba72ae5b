/** Grey intervals that a volume's histogram suggests. Nothing here is applied unasked. */
import { intervalName } from '../src/declaration/grey-intervals.ts';
import type { GreyInterval } from '../src/declaration/parameters.ts';
import { roundIntervals } from '../src/declaration/starting-intervals.ts';
import {
  binCentre,
  greyHistogramSteps,
  type Histogram,
  thresholdHistogramSteps,
} from '../src/kernels/histogram.ts';
import { multiOtsu } from '../src/kernels/otsu.ts';
import { findPeaks, type Interval, smoothCounts, suggestIntervals } from '../src/kernels/peaks.ts';
import type { Steps } from '../src/kernels/steps.ts';
import { numericSteps, type Volume } from '../src/volume/volume.ts';

/** Numbers of classes that Otsu's method is asked for. */
const OTSU_CLASSES = [2, 3, 4] as const;

export interface IntervalSuggestion {
  /**
   * `otsu`: classes of largest variance between them; `valleys`: cut at the lowest place between
   * neighbouring peaks; `peaks`: a part of the gap on either side of each peak, with room between.
   */
  readonly method: 'otsu' | 'valleys' | 'peaks';
  /** Grey values that the suggestion rests on: thresholds, or the peaks. */
  readonly values: readonly number[];
  /** At least two, rising, without overlap. */
  readonly intervals: readonly GreyInterval[];
}

/** The smallest float32 above a finite value. */
function floatAbove(value: number): number {
  const float = Float32Array.of(value);
  if ((float[0] as number) > value) return float[0] as number;
  if (float[0] === 0) return 2 ** -149;
  const bits = new Int32Array(float.buffer);
  bits[0] = (bits[0] as number) + ((float[0] as number) > 0 ? 1 : -1);
  return float[0] as number;
}

function named(intervals: readonly Interval[]): readonly GreyInterval[] {
  return intervals.map((interval, i) => ({ name: intervalName(i), ...interval }));
}

/**
 * Intervals that leave nothing between them: up to and with each threshold, and from the next whole
 * number, or the next float32, on.
 */
export function betweenThresholds(
  thresholds: readonly number[],
  isWhole: boolean,
): readonly GreyInterval[] {
  const ends = thresholds.map((value) => (isWhole ? Math.floor(value) : value));
  const starts = ends.map((end) => (isWhole ? end + 1 : floatAbove(end)));
  return named(
    [...ends, null].map((to, i) => ({ from: i === 0 ? null : (starts[i - 1] as number), to })),
  );
}

/** The middle of the lowest smoothed bins between each two neighbouring peaks. */
export function valleysBetween(
  histogram: Histogram,
  positions: readonly number[],
): readonly number[] {
  const smooth = smoothCounts(histogram.counts);
  const binOf = (value: number): number => Math.floor((value - histogram.from) / histogram.width);
  return positions.slice(1).map((position, i) => {
    const [first, last] = [binOf(positions[i] as number), binOf(position)];
    const lowest = smooth.subarray(first, last + 1).reduce((a, b) => Math.min(a, b));
    const start = smooth.indexOf(lowest, first);
    let end = start;
    while (end < last && smooth[end + 1] === lowest) end += 1;
    return binCentre(histogram, Math.floor((start + end) / 2));
  });
}

/**
 * What thresholds and peaks suggest, for numbers of phases from `least` to `most`; also Otsu's for
 * `phases` where that is none of the usual numbers. Exact levels for 8- and 16-bit data, the bins
 * of the operations that threshold and seed for all other. Empty for a constant volume.
 */
export function* intervalSuggestionSteps(
  volume: Volume,
  range: readonly [number, number],
  phases: number | null,
): Steps<readonly IntervalSuggestion[]> {
  const data = yield* numericSteps(volume.data);
  const isWhole = !volume.type.startsWith('float');
  const levels = yield* thresholdHistogramSteps(data);
  const coarse = yield* greyHistogramSteps(data);
  const found: IntervalSuggestion[] = [];
  const counts = new Set<number>([...OTSU_CLASSES, phases ?? 2].filter((count) => count >= 2));
  for (const count of [...counts].toSorted((a, b) => a - b)) {
    yield;
    const thresholds = levels === null ? undefined : multiOtsu(levels, count)?.thresholds;
    if (thresholds === undefined) continue;
    const intervals = betweenThresholds(thresholds, isWhole);
    found.push({
      method: 'otsu',
      values: intervals.flatMap(({ to }) => (to === null ? [] : [to])),
      intervals,
    });
  }
  if (coarse === null) return found;
  const peaks = findPeaks(coarse).map(({ position }) => position);
  const around = suggestIntervals(coarse);
  if (around.intervals.length === 0) return found;
  const between = betweenThresholds(valleysBetween(coarse, peaks), isWhole);
  found.push({
    method: 'valleys',
    values: between.flatMap(({ to }) => (to === null ? [] : [to])),
    intervals: between,
  });
  found.push({
    method: 'peaks',
    values: peaks,
    intervals: roundIntervals(named(around.intervals), range),
  });
  return found;
}
