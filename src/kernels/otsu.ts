/**
 * Thresholds that maximise the variance between classes (Otsu 1979; several classes: Liao, Chen &
 * Chung 2001), exactly, by dynamic programming over the occupied bins of a histogram.
 */
import { binCentre, type Histogram } from './histogram.ts';

export interface OtsuResult {
  /**
   * Rising thresholds t: class k holds t[k-1] < v <= t[k]. Each lies half-way between the two
   * occupied bins that it separates.
   */
  readonly thresholds: readonly number[];
  /** Mean grey value of each class. */
  readonly means: readonly number[];
  /** Share of the values in each class. */
  readonly fractions: readonly number[];
}

interface Cumulative {
  readonly centres: Float64Array;
  /** Sums over the first i occupied bins, i = 0 … n. Values are taken relative to `reference`. */
  readonly weights: Float64Array;
  readonly moments: Float64Array;
  readonly reference: number;
}

function cumulate(histogram: Histogram): Cumulative {
  const occupied: number[] = [];
  for (let i = 0; i < histogram.counts.length; i++) if (histogram.counts[i] > 0) occupied.push(i);
  const centres = Float64Array.from(occupied, (bin) => binCentre(histogram, bin));
  const weights = new Float64Array(occupied.length + 1);
  const moments = new Float64Array(occupied.length + 1);
  // Sums relative to a central value keep the digits that differences of squares would lose.
  const reference = occupied.length === 0 ? 0 : centres[occupied.length >> 1];
  for (let i = 0; i < occupied.length; i++) {
    const count = histogram.counts[occupied[i]];
    weights[i + 1] = weights[i] + count;
    moments[i + 1] = moments[i] + count * (centres[i] - reference);
  }
  return { centres, weights, moments, reference };
}

/** Contribution of occupied bins [start, end) as one class: moment² / weight. */
function classScore({ weights, moments }: Cumulative, start: number, end: number): number {
  const moment = moments[end] - moments[start];
  return (moment * moment) / (weights[end] - weights[start]);
}

/**
 * best[end] = max over start of previous[start] + score(start, end), for all ends with at least
 * `classes` bins before them. The best start never falls as the end rises (the score obeys the
 * quadrangle inequality), so halving the range of ends also halves the range of starts.
 */
function addClass(
  sums: Cumulative,
  previous: Float64Array,
  classes: number,
  best: Float64Array,
  starts: Int32Array,
): void {
  const solve = (low: number, high: number, startLow: number, startHigh: number): void => {
    if (low > high) return;
    const end = (low + high) >> 1;
    let bestScore = Number.NEGATIVE_INFINITY;
    let bestStart = startLow;
    for (let start = startLow; start <= Math.min(startHigh, end - 1); start++) {
      const score = previous[start] + classScore(sums, start, end);
      if (score > bestScore) {
        bestScore = score;
        bestStart = start;
      }
    }
    best[end] = bestScore;
    starts[end] = bestStart;
    solve(low, end - 1, startLow, bestStart);
    solve(end + 1, high, bestStart, startHigh);
  };
  const bins = sums.centres.length;
  solve(classes, bins, classes - 1, bins - 1);
}

/**
 * Otsu's thresholds for `classes` >= 2 classes, the exact maximum over all cuts of the histogram.
 * Of several maxima the one with the smallest thresholds is taken. O(classes · B log B) for B
 * occupied bins. Null where there are fewer occupied bins than classes.
 */
export function multiOtsu(histogram: Histogram, classes: number): OtsuResult | null {
  const sums = cumulate(histogram);
  const bins = sums.centres.length;
  if (bins < classes) return null;
  let best = new Float64Array(bins + 1);
  for (let end = 1; end <= bins; end++) best[end] = classScore(sums, 0, end);
  const startsByClass: Int32Array[] = [];
  for (let count = 2; count <= classes; count++) {
    const next = new Float64Array(bins + 1).fill(Number.NEGATIVE_INFINITY);
    const starts = new Int32Array(bins + 1);
    addClass(sums, best, count, next, starts);
    startsByClass.push(starts);
    best = next;
  }
  const cuts = [bins];
  for (let count = classes; count >= 2; count--) {
    cuts.unshift(startsByClass[count - 2][cuts[0]]);
  }
  cuts.unshift(0);
  const total = sums.weights[bins];
  const thresholds: number[] = [];
  const means: number[] = [];
  const fractions: number[] = [];
  for (let k = 0; k < classes; k++) {
    const [start, end] = [cuts[k], cuts[k + 1]];
    const weight = sums.weights[end] - sums.weights[start];
    means.push(sums.reference + (sums.moments[end] - sums.moments[start]) / weight);
    fractions.push(weight / total);
    if (k > 0) thresholds.push((sums.centres[start - 1] + sums.centres[start]) / 2);
  }
  return { thresholds, means, fractions };
}
