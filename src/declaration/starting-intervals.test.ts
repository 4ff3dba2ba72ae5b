import { describe, expect, it } from 'vitest';
import { parseParameters } from './parameters.ts';
import { evenIntervals, roundIntervals, splitLast } from './starting-intervals.ts';

const FIELDS = {
  intervals: {
    kind: 'intervals',
    title: 'Intervals',
    help: '',
    minCount: 1,
    maxCount: 8,
    auto: '',
  },
} as const;

function accepts(intervals: unknown): boolean {
  parseParameters(FIELDS, { intervals }, 'test');
  return true;
}

describe('starting points for intervals', () => {
  it('are accepted by the declaration for any range and count', () => {
    for (const range of [
      [0, 255],
      [0, 65535],
      [-1000, 3000],
      [0.001, 0.0042],
    ] as const) {
      for (const count of [1, 2, 3, 6]) expect(accepts(evenIntervals(range, count))).toBe(true);
    }
  });

  it('drop digits that the range cannot tell apart, and nothing else', () => {
    const found = [
      { name: 'pore', from: null, to: 24386.966088867186 },
      { name: 'solid', from: 26634.973791503908, to: null },
    ];
    expect(roundIntervals(found, [0, 65535])).toEqual([
      { name: 'pore', from: null, to: 24387 },
      { name: 'solid', from: 26635, to: null },
    ]);
    expect(roundIntervals([{ name: 'a', from: 0.00123456, to: null }], [0, 0.004])).toEqual([
      { name: 'a', from: 0.0012346, to: null },
    ]);
  });

  it('stay accepted as intervals are added one after the other', () => {
    let intervals = evenIntervals([0, 65535], 2);
    for (let i = 0; i < 5; i++) {
      intervals = splitLast(intervals, [0, 65535]);
      expect(accepts(intervals)).toBe(true);
    }
    expect(intervals).toHaveLength(7);
    expect(intervals.at(-1)?.to).toBeNull();
  });
});
