/**
 * What a parameter of kind `intervals` means: which grey values its intervals hold. The operations
 * that mark voxels by it and the page that shows the same voxels beforehand both ask here.
 */
import type { GreyInterval, IntervalsField, RawParameters } from './parameters.ts';

/** The answer for a value that lies in no interval. */
export const NO_INTERVAL = 0;

/**
 * Tells the interval that holds a value: i + 1 for interval i, ends included, an open end without
 * limit; `NO_INTERVAL` for a value between them and for NaN. Where intervals overlap the first one
 * holds the value.
 */
export function intervalFinder(intervals: readonly GreyInterval[]): (value: number) => number {
  const count = intervals.length;
  const from = Float64Array.from(intervals, (interval) => interval.from ?? -Infinity);
  const to = Float64Array.from(intervals, (interval) => interval.to ?? Infinity);
  return (value) => {
    for (let k = 0; k < count; k++) {
      if (value >= (from[k] as number) && value <= (to[k] as number)) return k + 1;
    }
    return NO_INTERVAL;
  };
}

/** What the interval at a place, darkest first, is called where nobody named it. */
export function intervalName(place: number): string {
  return place === 0 ? 'pore' : `phase ${place}`;
}

/**
 * The parameters to write so that a step has these intervals (null: found by the operation). A
 * number of intervals that says otherwise goes back to automatic, or the run would be refused.
 */
export function intervalChange(
  name: string,
  { countedBy }: Pick<IntervalsField, 'countedBy'>,
  params: RawParameters,
  intervals: readonly GreyInterval[] | null,
): RawParameters {
  const count = countedBy === undefined ? undefined : params[countedBy];
  return countedBy !== undefined &&
    intervals !== null &&
    typeof count === 'number' &&
    count !== intervals.length
    ? { [name]: intervals, [countedBy]: null }
    : { [name]: intervals };
}
