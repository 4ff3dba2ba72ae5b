/** Histogram bins as drawn: folded to pixel columns, mapped to heights, with edges that can move. */
import type { Histogram } from '../../../../workers/engine-api.ts';
import { intervalFinder } from '../../../declaration/grey-intervals.ts';
import type { GreyInterval } from '../../../declaration/parameters.ts';
import { percentiles } from '../../rendering/percentiles.ts';

export type Scale = 'linear' | 'log';

/** Grey value of the histogram's right end. */
export function histogramEnd({ start, binWidth, counts }: Histogram): number {
  return start + binWidth * counts.length;
}

/**
 * Counts per pixel column over [low, high]. Bins that straddle a column's edge are shared by area,
 * so that the total is kept and no moiré appears where bins and pixels do not divide.
 */
export function foldCounts(
  histogram: Histogram,
  low: number,
  high: number,
  columns: number,
): Float64Array {
  const folded = new Float64Array(columns);
  const { start, binWidth, counts } = histogram;
  const perColumn = (high - low) / columns;
  for (let bin = 0; bin < counts.length; bin++) {
    const count = counts[bin] as number;
    if (count === 0) continue;
    const from = (start + bin * binWidth - low) / perColumn;
    const to = from + binWidth / perColumn;
    const first = Math.max(0, Math.floor(from));
    const last = Math.min(columns - 1, Math.ceil(to) - 1);
    for (let column = first; column <= last; column++) {
      const overlap = Math.min(to, column + 1) - Math.max(from, column);
      if (overlap > 0)
        folded[column] = (folded[column] as number) + (count * overlap) / (to - from);
    }
  }
  return folded;
}

/** Voxels in all bins. */
export function totalCount({ counts }: Histogram): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Shares 0 to 1 of all voxels in each column, so that volumes of other sizes compare. */
export function columnShares(
  histogram: Histogram,
  low: number,
  high: number,
  columns: number,
): Float64Array {
  const total = Math.max(1, totalCount(histogram));
  return foldCounts(histogram, low, high, columns).map((count) => count / total);
}

/** The top of the chart, and what its logarithmic scale counts from. */
export interface HeightScale {
  readonly scale: Scale;
  /** Share of all voxels at the top. */
  readonly most: number;
  /** Voxels that all shares together stand for; the logarithm is that of 1 + voxels. */
  readonly total: number;
}

/** Height 0 to 1 of a share. */
function heightOf(share: number, { scale, most, total }: HeightScale): number {
  if (most <= 0) return 0;
  const height =
    scale === 'linear' ? share / most : Math.log1p(share * total) / Math.log1p(most * total);
  return Math.min(1, height);
}

export function columnHeights(shares: Float64Array, scale: HeightScale): Float64Array {
  return shares.map((share) => heightOf(share, scale));
}

/** Columns so far above all others are saturation or background. */
const SPIKE = 3;
const MOST_SPIKES = 2;

/**
 * The share at the top of the chart: the highest column, unless one or two stand so far above many
 * others that nothing else could be seen; those are cut off.
 */
export function chartTop(...lists: readonly (Float64Array | null)[]): number {
  return lists.reduce((top, list) => Math.max(top, list === null ? 0 : topOf(list)), 0);
}

function topOf(shares: Float64Array): number {
  const falling = shares.filter((share) => share > 0).sort((a, b) => b - a);
  const highest = falling[0] ?? 0;
  const usual = falling[MOST_SPIKES] ?? highest;
  const isSpiked = falling.length > 16 && highest > SPIKE * usual;
  return isSpiked ? 1.5 * usual : highest;
}

/** Tails that may lie outside the chart: a few hot voxels must not squeeze all the rest. */
const HIDDEN_TAIL = 2e-5;
const PADDING = 0.04;

/** How far the chart may reach beyond the voxels for what must be seen, in their span. */
const MOST_EXTRA = 0.75;

/**
 * The grey values from left to right of the chart: nearly all voxels with a little room, and what
 * must be seen as well, unless it lies so far off that it would squeeze the rest.
 */
export function chartDomain(
  histogram: Histogram,
  mustSee: readonly number[],
): readonly [low: number, high: number] {
  const [from, to] = percentiles(histogram, HIDDEN_TAIL);
  const room = PADDING * (to - from) + histogram.binWidth;
  const low = Math.max(histogram.start, from - room);
  const high = Math.min(histogramEnd(histogram), to + room);
  const extra = MOST_EXTRA * (high - low);
  const near = mustSee.filter((value) => value >= low - extra && value <= high + extra);
  return [Math.min(low, ...near), Math.max(high, ...near)];
}

/** The value as a hand on a chart means it: digits finer than a pixel go. */
export function snapped(value: number, perPixel: number): number {
  if (!(perPixel > 0)) return value;
  const digit = 10 ** Math.floor(Math.log10(perPixel));
  return Number((Math.round(value / digit) * digit).toPrecision(12));
}

/**
 * How far a label of `width` pixels centred at `position` must move, so that all of it lies between
 * `left` and `right`: 0 in the middle, positive to the right.
 */
export function labelShift(position: number, width: number, left: number, right: number): number {
  const half = width / 2;
  return Math.max(left + half - position, Math.min(0, right - half - position));
}

export interface PeakLabel {
  readonly text: string;
  /** Of its middle. */
  readonly at: number;
}

/**
 * Labels of peaks at rising positions, a letter of width `letter` apart: name and value where that
 * finds room for all, else the value alone, null for those that not even that would fit.
 */
export function peakLabels(
  peaks: readonly (Pick<NamedPeak, 'value' | 'name'> & { readonly position: number })[],
  room: { readonly left: number; readonly right: number; readonly letter: number },
): readonly (PeakLabel | null)[] {
  const { left, right, letter } = room;
  const labels = (textOf: (peak: (typeof peaks)[number]) => string) => {
    let end = left;
    return peaks.map((peak) => {
      const text = textOf(peak);
      const width = text.length * letter;
      const at = peak.position + labelShift(peak.position, width, left, right);
      if (at - width / 2 < end) return null;
      end = at + width / 2 + letter;
      return { text, at };
    });
  };
  const named = labels(({ name, value }) => `${name} ${formatGrey(value)}`);
  return named.includes(null) ? labels(({ value }) => formatGrey(value)) : named;
}

/** A name in at most `room` letters; a number at its end, which tells names apart, is kept. */
export function shortName(name: string, room: number): string {
  if (name.length <= room) return name;
  const number = /\d+$/.exec(name)?.[0] ?? '';
  const head = room - number.length - 1;
  if (number !== '' && head >= 1) return `${name.slice(0, head).trimEnd()}…${number}`;
  return `${name.slice(0, Math.max(0, room - 1))}…`;
}

/** The closed outline of columns as an SVG path, `height` pixels high. */
export function areaPath(heights: Float64Array, width: number, height: number): string {
  const step = width / heights.length;
  const parts = [`M0 ${height}`];
  heights.forEach((value, column) => {
    const y = (height * (1 - value)).toFixed(1);
    parts.push(`L${(column * step).toFixed(1)} ${y}L${((column + 1) * step).toFixed(1)} ${y}`);
  });
  return `${parts.join('')}L${width} ${height}Z`;
}

export type Edge = 'from' | 'to';

/**
 * The intervals with one edge moved to `value`, kept between its neighbours so that they still rise
 * without overlap. `gap` is the smallest distance between two intervals.
 */
export function moveEdge(
  intervals: readonly GreyInterval[],
  index: number,
  edge: Edge,
  value: number,
  gap: number,
): readonly GreyInterval[] {
  const interval = intervals[index];
  if (interval === undefined) return intervals;
  const before = intervals[index - 1]?.to ?? Number.NEGATIVE_INFINITY;
  const after = intervals[index + 1]?.from ?? Number.POSITIVE_INFINITY;
  const moved =
    edge === 'from'
      ? Math.min(interval.to ?? Number.POSITIVE_INFINITY, Math.max(before + gap, value))
      : Math.max(interval.from ?? Number.NEGATIVE_INFINITY, Math.min(after - gap, value));
  return intervals.with(index, { ...interval, [edge]: moved });
}

/** A grey value as an axis or a handle says it. */
export function formatGrey(value: number): string {
  const size = Math.abs(value);
  if (size >= 1_000_000) return Number(value.toPrecision(4)).toExponential().replace('e+', 'e');
  if (Number.isInteger(value) || size >= 1000) return String(Math.round(value));
  return String(Number(value.toPrecision(4)));
}

/** A grey value in a sentence: thousands apart by narrow spaces, so that five digits are read. */
export function groupedGrey(value: number): string {
  return formatGrey(value).replaceAll(/\B(?=(?:\d{3})+$)/g, '\u202F');
}

function phaseAt(value: number, intervals: readonly GreyInterval[] | null): string | undefined {
  return intervals?.[intervalFinder(intervals)(value) - 1]?.name;
}

export interface NamedPeak {
  readonly value: number;
  /** The phase whose interval holds the peak, else its place among all. */
  readonly name: string;
  /** As a sentence, with the grey value. */
  readonly title: string;
}

/** The peaks from `low` to `high`, named after the phases whose intervals hold them. */
export function namedPeaks(
  peaks: readonly number[],
  intervals: readonly GreyInterval[] | null,
  [low, high]: readonly [number, number],
): readonly NamedPeak[] {
  const named = peaks.map((value, i) => {
    const phase = phaseAt(value, intervals);
    const what = phase === undefined ? `Peak ${i + 1}` : `Peak of ${phase}`;
    const name = phase ?? `peak ${i + 1}`;
    return { value, name, title: `${what} at ${groupedGrey(value)}` };
  });
  return named.filter(({ value }) => value >= low && value <= high);
}
