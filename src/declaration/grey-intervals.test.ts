import { describe, expect, it } from 'vitest';
import { intervalFinder, NO_INTERVAL } from './grey-intervals.ts';

const find = intervalFinder([
  { name: 'pore', from: null, to: 10 },
  { name: 'binder', from: 20, to: 30.5 },
  { name: 'active', from: 40, to: null },
]);

describe('intervalFinder', () => {
  it.each([
    [Number.NEGATIVE_INFINITY, 1],
    [10, 1],
    [10.000001, NO_INTERVAL],
    [19, NO_INTERVAL],
    [20, 2],
    [30.5, 2],
    [31, NO_INTERVAL],
    [40, 3],
    [Number.POSITIVE_INFINITY, 3],
    [Number.NaN, NO_INTERVAL],
  ])('puts %d into interval %i', (value, expected) => {
    expect(find(value)).toBe(expected);
  });

  it('gives a value in two intervals to the first', () => {
    const overlapping = intervalFinder([
      { name: 'a', from: 0, to: 5 },
      { name: 'b', from: 5, to: 9 },
    ]);
    expect([4, 5, 6].map(overlapping)).toEqual([1, 1, 2]);
  });

  it('puts every value nowhere where there is no interval', () => {
    expect(intervalFinder([])(7)).toBe(NO_INTERVAL);
  });
});
