/** Starting points for grey intervals that a person then moves. */
import type { GreyInterval } from './parameters.ts';

const NAMES = ['pore', 'carbon-binder domain', 'active material'] as const;

function rounded(value: number, width: number): number {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(width || 1)));
  return Number(value.toFixed(Math.min(digits, 12)));
}

/** Intervals that were found, with no more digits than the range can tell apart. */
export function roundIntervals(
  intervals: readonly GreyInterval[],
  [min, max]: readonly [number, number],
): readonly GreyInterval[] {
  const width = (max - min) / 64;
  const end = (value: number | null): number | null =>
    value === null ? null : rounded(value, width);
  return intervals.map(({ name, from, to }) => ({ name, from: end(from), to: end(to) }));
}

/** `count` intervals over the range with gaps between them, open at both ends. */
export function evenIntervals(
  [min, max]: readonly [number, number],
  count: number,
): readonly GreyInterval[] {
  const width = (max - min) / count;
  return Array.from({ length: count }, (_, i) => ({
    name: NAMES[i] ?? `phase ${i}`,
    from: i === 0 ? null : rounded(min + (i + 0.25) * width, width),
    to: i === count - 1 ? null : rounded(min + (i + 0.75) * width, width),
  }));
}

/** One interval more: the last one is cut in three, and its upper third is the new phase. */
export function splitLast(
  intervals: readonly GreyInterval[],
  [min, max]: readonly [number, number],
): readonly GreyInterval[] {
  const last = intervals.at(-1);
  if (last === undefined) return evenIntervals([min, max], 2);
  const from = last.from ?? min;
  const to = Math.max(last.to ?? max, from);
  const third = (to - from) / 3;
  return [
    ...intervals.slice(0, -1),
    { ...last, to: rounded(from + third, third) },
    {
      name: `phase ${intervals.length}`,
      from: rounded(from + 2 * third, third),
      to: last.to,
    },
  ];
}
