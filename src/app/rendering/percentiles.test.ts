import { describe, expect, it } from 'vitest';
import { percentiles } from './percentiles.ts';

const levels = (counts: readonly number[]) => ({
  start: -0.5,
  binWidth: 1,
  counts: Uint32Array.from(counts),
  exact: true,
  peaks: [],
  window: [0, 1] as const,
});

describe('percentiles', () => {
  it('names the first and last level that hold more than the tails', () => {
    expect(percentiles(levels([1, 0, 499, 499, 1]), 0.001)).toEqual([2, 3]);
    expect(percentiles(levels([2, 0, 498, 498, 2]), 0.001)).toEqual([0, 4]);
  });

  it('takes the edges of bins that are not single levels', () => {
    const histogram = { ...levels([0, 10, 10, 0]), start: 2, binWidth: 0.5, exact: false };
    expect(percentiles(histogram, 0.01)).toEqual([2.5, 3.5]);
  });

  it('is mirrored with the histogram', () => {
    const counts = [5, 1, 300, 20, 7, 2];
    const [low, high] = percentiles(levels(counts), 0.01);
    const [mirroredLow, mirroredHigh] = percentiles(levels(counts.toReversed()), 0.01);
    expect(mirroredLow).toBe(counts.length - 1 - high);
    expect(mirroredHigh).toBe(counts.length - 1 - low);
  });
});
