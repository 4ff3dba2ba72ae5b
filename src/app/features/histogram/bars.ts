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

/** Peaks whose labels would run into one already placed keep their mark and lose the label. */
export function labelledPeaks(
  positions: readonly number[],
  minDistance: number,
): readonly boolean[] {
  let last = Number.NEGATIVE_INFINITY;
  return positions.map((position) => {
    const fits = position - last >= minDistance;
    if (fits) last = position;
    return fits;
  });
}

/**
 * How far a label of `width` pixels centred at `position` must move, so that all of it lies between
 * `left` and `right`: 0 in the middle, positive to the right.
 */
export function labelShift(position: number, width: number, left: number, right: number): number {
  const half = width / 2;
  return Math.max(left + half - position, Math.min(0, right - half - position));
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

/** The phase whose interval holds the peak, else the peak's place; with its grey value. */
export function peakName(
  peak: number,
  place: number,
  intervals: readonly GreyInterval[] | null,
): string {
  const phase = intervals?.[intervalFinder(intervals)(peak) - 1]?.name;
  return `${phase === undefined ? `Peak ${place + 1}` : `Peak of ${phase}`} at ${groupedGrey(peak)}`;
}
