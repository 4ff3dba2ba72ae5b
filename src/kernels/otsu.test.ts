import { describe, expect, it } from 'vitest';
import type { Histogram } from './histogram.ts';
import { multiOtsu, type OtsuResult } from './otsu.ts';
import { randomUint32 } from './random.ts';

function histogramOf(counts: readonly number[], from = -0.5): Histogram {
  return {
    counts: Uint32Array.from(counts),
    from,
    width: 1,
    total: counts.reduce((a, b) => a + b, 0),
    below: 0,
    above: 0,
  };
}

/** Variance within the classes, summed over all values: what Otsu minimises. */
function varianceWithin(counts: readonly number[], cuts: readonly number[]): number {
  let sum = 0;
  let start = 0;
  for (const end of [...cuts, counts.length]) {
    const part = counts.slice(start, end);
    const first = start;
    const weight = part.reduce((a, b) => a + b, 0);
    if (weight === 0) return Number.POSITIVE_INFINITY;
    const mean = part.reduce((moment, count, i) => moment + count * (first + i), 0) / weight;
    part.forEach((count, i) => {
      sum += count * (first + i - mean) ** 2;
    });
    start = end;
  }
  return sum;
}

/** The smallest variance within `classes` classes over every way to cut. */
function exhaustive(counts: readonly number[], classes: number): number {
  let best = Number.POSITIVE_INFINITY;
  const cut = (cuts: readonly number[], from: number): void => {
    if (cuts.length === classes - 1) {
      best = Math.min(best, varianceWithin(counts, cuts));
      return;
    }
    for (let at = from; at < counts.length; at++) cut([...cuts, at], at + 1);
  };
  cut([], 1);
  return best;
}

describe('multiOtsu', () => {
  it('puts the threshold half-way between two separate levels', () => {
    const found = multiOtsu(histogramOf([5, 0, 0, 0, 0, 0, 10]), 2);
    expect(found?.thresholds).toEqual([3]);
    expect(found?.means).toEqual([0, 6]);
    expect(found?.fractions).toEqual([1 / 3, 2 / 3]);
  });

  it.each([2, 3, 4])('finds the exact optimum over all cuts, %i classes', (classes) => {
    for (let seed = 0; seed < 12; seed++) {
      const counts = Array.from({ length: 18 }, (_, i) => randomUint32(seed, 0, i) % 30);
      const { thresholds } = multiOtsu(histogramOf(counts), classes) as OtsuResult;
      const cuts = thresholds.map(Math.ceil);
      // A threshold t parts v <= t from v > t; at a whole number the class below keeps it.
      const starts = cuts.map((at, i) => (thresholds[i] === at ? at + 1 : at));
      const best = exhaustive(counts, classes);
      expect(Math.abs(varianceWithin(counts, starts) - best)).toBeLessThan(1e-9 * best);
    }
  });

  it('is mirrored with the histogram and moves with its origin', () => {
    const counts = Array.from({ length: 200 }, (_, i) => 1 + (randomUint32(5, 0, i) % 1000));
    const found = multiOtsu(histogramOf(counts), 3)?.thresholds as readonly number[];
    const mirrored = multiOtsu(histogramOf(counts.toReversed()), 3)?.thresholds;
    const moved = multiOtsu(histogramOf(counts, 999.5), 3)?.thresholds;
    expect(mirrored).toEqual(found.map((threshold) => 199 - threshold).toReversed());
    expect(moved).toEqual(found.map((threshold) => threshold + 1000));
  });

  it('handles every level of 16-bit data', () => {
    const counts = Array.from({ length: 65_536 }, (_, i) => 1 + (randomUint32(6, 0, i) % 50));
    const found = multiOtsu(histogramOf(counts), 4)?.thresholds as readonly number[];
    // An even histogram is cut into equal parts.
    [16_384, 32_768, 49_152].forEach((expected, i) => {
      expect(Math.abs((found[i] as number) - expected)).toBeLessThan(400);
    });
  });

  it('needs as many occupied bins as classes', () => {
    expect(multiOtsu(histogramOf([4, 0, 5]), 3)).toBeNull();
    expect(multiOtsu(histogramOf([4, 1, 5]), 3)?.thresholds).toEqual([0.5, 1.5]);
  });
});
