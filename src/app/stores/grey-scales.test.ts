import { describe, expect, it } from 'vitest';
import { sharedShare } from './grey-scales.ts';

describe('sharedShare', () => {
  it('is one for equal spans and for equal points', () => {
    expect(sharedShare({ low: 2, high: 5 }, { low: 2, high: 5 })).toBe(1);
    expect(sharedShare({ low: 2, high: 2 }, { low: 2, high: 2 })).toBe(1);
  });

  it('is the common part of the whole', () => {
    expect(sharedShare({ low: 0, high: 10 }, { low: 5, high: 15 })).toBeCloseTo(1 / 3);
    expect(sharedShare({ low: 0, high: 1 }, { low: 3, high: 4 })).toBe(0);
  });
});
