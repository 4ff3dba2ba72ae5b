import { describe, expect, it } from 'vitest';
import { intervalChange, intervalFinder, NO_INTERVAL } from './grey-intervals.ts';

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

describe('intervalChange', () => {
  const field = { countedBy: 'phases' };
  const intervals = [
    { name: 'a', from: null, to: 1 },
    { name: 'b', from: 2, to: null },
  ];

  it('leaves a number that agrees, and gives back one that does not', () => {
    const change = (phases: unknown) => intervalChange('seeds', field, { phases }, intervals);
    expect(change(2)).toEqual({ seeds: intervals });
    expect(change(null)).toEqual({ seeds: intervals });
    expect(change(3)).toEqual({ seeds: intervals, phases: null });
  });

  it('leaves the number where the intervals are found', () => {
    expect(intervalChange('seeds', field, { phases: 3 }, null)).toEqual({ seeds: null });
  });
});
