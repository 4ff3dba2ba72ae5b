/** The range of grey values that a conversion to fewer bits keeps. */
import {
  type GreyArray,
  overArray,
  type Passes,
  quantilePasses,
  valueRangeSteps,
} from './histogram.ts';
import type { Steps } from './steps.ts';

export interface StatedRange {
  /** null: found from the values. */
  readonly from: number | null;
  readonly to: number | null;
  /** Share of the values, 0 to 1, that lies beyond either end where that is found. */
  readonly tail: number;
}

type Range = readonly [from: number, to: number];

function* extremesPasses(): Passes<Range> {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  yield {
    *addSteps(data) {
      const { min, max } = yield* valueRangeSteps(data);
      if (min < low) low = min;
      if (max > high) high = max;
    },
  };
  return low <= high ? [low, high] : [Number.NaN, Number.NaN];
}

/** NaN for what is not stated where no value is finite. `type`: an array of the values' type. */
export function* conversionRangePasses(type: GreyArray, stated: StatedRange): Passes<Range> {
  const { from, to, tail } = stated;
  if (from !== null && to !== null) return [from, to];
  const [low = Number.NaN, high = Number.NaN] =
    tail === 0 ? yield* extremesPasses() : yield* quantilePasses(type, [tail, 1 - tail]);
  return [from ?? low, to ?? high];
}

export function conversionRangeSteps(data: GreyArray, stated: StatedRange): Steps<Range> {
  return overArray(conversionRangePasses(data, stated), data);
}
