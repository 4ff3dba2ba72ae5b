/** Histogram bins as drawn: folded to pixel columns, mapped to heights, with edges that can move. */
import type { Histogram } from '../../../../workers/engine-api.ts';
import type { GreyInterval } from '../../../declaration/parameters.ts';

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

/** Heights 0 to 1 relative to the highest column; log shows 1 + count. */
export function columnHeights(columns: Float64Array, scale: Scale): Float64Array {
  const height = (count: number): number => (scale === 'log' ? Math.log1p(count) : count);
  const highest = columns.reduce((most, count) => Math.max(most, height(count)), 0);
  return columns.map((count) => (highest === 0 ? 0 : height(count) / highest));
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
  if (size >= 100_000) return Number(value.toPrecision(4)).toExponential().replace('e+', 'e');
  if (Number.isInteger(value) || size >= 1000) return String(Math.round(value));
  return String(Number(value.toPrecision(4)));
}
