import { describe, expect, it } from 'vitest';
import type { GreyInterval } from '../../declaration/parameters.ts';
import { intervalShares } from './interval-shares.ts';

const BASE = { peaks: [], window: [0, 1] as const };
const LEVELS = {
  ...BASE,
  start: 9.5,
  binWidth: 1,
  counts: Uint32Array.of(1, 2, 3, 4),
  exact: true,
};
const BINS = { ...BASE, start: 0, binWidth: 0.5, counts: Uint32Array.of(4, 4, 8), exact: false };

function interval(from: number | null, to: number | null): GreyInterval {
  return { name: 'phase', from, to };
}

describe('intervalShares', () => {
  it('counts whole levels with both ends of an interval', () => {
    const shares = intervalShares(LEVELS, [interval(null, 10), interval(12, 13)], 10);
    expect(shares).toEqual({ inside: [0.1, 0.7], outside: 1 - 0.1 - 0.7, isExact: true });
  });

  it('leaves out levels between the ends of an interval that holds none', () => {
    expect(intervalShares(LEVELS, [interval(10.2, 10.8)], 10).inside).toEqual([0]);
  });

  it('counts voxels that are not numbers as outside', () => {
    expect(intervalShares(LEVELS, [interval(null, null)], 20)).toMatchObject({
      inside: [0.5],
      outside: 0.5,
    });
  });

  it('shares the bins that an end cuts, and says so', () => {
    const shares = intervalShares(BINS, [interval(null, 0.25), interval(0.75, null)], 16);
    expect(shares.inside).toEqual([2 / 16, 10 / 16]);
    expect(shares.isExact).toBe(false);
  });

  it('has nothing in an interval beyond the bins', () => {
    expect(intervalShares(BINS, [interval(5, 6), interval(-3, -2)], 16).inside).toEqual([0, 0]);
  });
});
