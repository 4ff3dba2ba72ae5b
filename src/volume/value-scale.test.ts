import { describe, expect, it } from 'vitest';
import { logSpan, shareFinder, valueAt } from './value-scale.ts';

describe('shareFinder', () => {
  it('is even over values, or over their logarithms, and stays within the span', () => {
    const span = { low: 1, high: 100 };
    expect([0, 1, 50.5, 100, 200].map(shareFinder(span, 'linear'))).toEqual([0, 0, 0.5, 1, 1]);
    expect([0, 1, 10, 100, 200].map(shareFinder(span, 'log'))).toEqual([0, 0, 0.5, 1, 1]);
    expect(shareFinder(span, 'log')(Number.NaN)).toBe(0);
  });

  it('shows three decades where the span has no positive beginning', () => {
    expect(logSpan({ low: -1, high: 10 })).toEqual({ low: 0.01, high: 10 });
    expect(shareFinder({ low: 0, high: 1 }, 'log')(0.1)).toBeCloseTo(2 / 3, 12);
  });

  it('is linear where nothing is positive', () => {
    expect(shareFinder({ low: -4, high: 0 }, 'log')(-1)).toBe(0.75);
  });
});

describe('valueAt', () => {
  it.each(['linear', 'log'] as const)('is the inverse on a %s scale', (scale) => {
    const span = { low: 0.002, high: 3 };
    const share = shareFinder(span, scale);
    for (const at of [0, 0.25, 0.9, 1]) {
      expect(share(valueAt(span, scale, at))).toBeCloseTo(at, 12);
    }
  });
});
