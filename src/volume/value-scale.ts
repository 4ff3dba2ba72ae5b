/** How values are spread over colours and levels: evenly, or evenly by their logarithms. */

export type ValueScale = 'linear' | 'log';

export interface ValueSpan {
  readonly low: number;
  readonly high: number;
}

/** A logarithmic span that would begin at zero or below begins at this share of its end. */
const LEAST_SHARE = 1e-3;

/** The part of a span that has logarithms; the span itself where its values have none at all. */
export function logSpan({ low, high }: ValueSpan): ValueSpan {
  if (high <= 0) return { low, high };
  return { low: low > 0 ? low : LEAST_SHARE * high, high };
}

/**
 * Gives where values lie in a span: 0 at its low end or below, 1 at its high end or above; 0 for
 * NaN. A span without positive values is linear on either scale.
 */
export function shareFinder(span: ValueSpan, scale: ValueScale): (value: number) => number {
  const isLog = scale === 'log' && span.high > 0;
  const { low, high } = isLog ? logSpan(span) : span;
  const [from, to] = isLog ? [Math.log(low), Math.log(high)] : [low, high];
  const width = Math.max(to - from, Number.EPSILON);
  return (value) => {
    if (value >= high) return 1;
    return value > low ? ((isLog ? Math.log(value) : value) - from) / width : 0;
  };
}

/** The value at a share of a span: the inverse of `shareFinder`. */
export function valueAt(span: ValueSpan, scale: ValueScale, share: number): number {
  if (scale === 'linear' || span.high <= 0) return span.low + share * (span.high - span.low);
  const { low, high } = logSpan(span);
  return low * (high / low) ** share;
}
