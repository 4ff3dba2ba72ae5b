/** Which grey values the chart shows: all, or a part that was zoomed into. */

export type GreySpan = readonly [low: number, high: number];

/** The part that is shown: `zoom` as far as it lies in `full`, all for null or where none of it does. */
export function shownSpan(zoom: GreySpan | null, full: GreySpan): GreySpan {
  if (zoom === null) return full;
  const [low, high] = [Math.max(zoom[0], full[0]), Math.min(zoom[1], full[1])];
  return low < high ? [low, high] : full;
}

/**
 * `shown` with `factor` times its length, so that `about` stays where it is; no shorter than
 * `least`. null where that is all of `full`.
 */
export function zoomBy(
  shown: GreySpan,
  full: GreySpan,
  factor: number,
  about: number,
  least: number,
): GreySpan | null {
  const length = shown[1] - shown[0];
  const wanted = Math.max(Math.min(least, full[1] - full[0]), length * factor);
  if (wanted >= full[1] - full[0]) return null;
  const low = about - ((about - shown[0]) * wanted) / length;
  return moveInto([low, low + wanted], full);
}

/** `shown` moved by a difference of grey values, as far as `full` reaches. */
export function panBy(shown: GreySpan, full: GreySpan, by: number): GreySpan {
  return moveInto([shown[0] + by, shown[1] + by], full);
}

/** `shown` moved as little as shows `value`. */
export function panTo(shown: GreySpan, full: GreySpan, value: number): GreySpan {
  return panBy(shown, full, Math.min(0, value - shown[0]) + Math.max(0, value - shown[1]));
}

function moveInto([low, high]: GreySpan, full: GreySpan): GreySpan {
  const by = Math.max(0, full[0] - low) + Math.min(0, full[1] - high);
  return [low + by, high + by];
}
