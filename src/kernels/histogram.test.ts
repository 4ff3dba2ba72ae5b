import { describe, expect, it } from 'vitest';
import {
  binCentre,
  greyHistogram,
  type Histogram,
  levelCountSteps,
  levelHistogram,
  peakBins,
  quantiles,
  rangeHistogramSteps,
  thresholdHistogram,
  valueRange,
} from './histogram.ts';
import { finish } from './steps.ts';
import { randomNormal } from './random.ts';

function normals(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => randomNormal(3, 0, i));
}

describe('value range', () => {
  it('passes over values that are not finite and counts them', () => {
    const data = Float32Array.of(3, Number.NaN, -2, Number.POSITIVE_INFINITY, 1);
    expect(valueRange(data)).toEqual({ min: -2, max: 3, notFinite: 2 });
  });

  it('has no range where nothing is finite', () => {
    expect(valueRange(Float32Array.of(Number.NaN))).toEqual({ min: NaN, max: NaN, notFinite: 1 });
  });
});

describe('level histogram', () => {
  it('has one bin per level of the range present, centred on the level', () => {
    const histogram = levelHistogram(
      finish(levelCountSteps(Uint16Array.of(700, 702, 700, 65_535, 703))),
    );
    expect(histogram.counts.length).toBe(65_535 - 700 + 1);
    expect([...histogram.counts.subarray(0, 4)]).toEqual([2, 0, 1, 1]);
    expect(binCentre(histogram, 2)).toBe(702);
    expect(histogram.total).toBe(5);
  });

  it('takes signed levels', () => {
    const histogram = levelHistogram(
      finish(levelCountSteps(Int16Array.of(-32_768, -32_767, -32_767))),
    );
    expect([...histogram.counts]).toEqual([1, 2]);
    expect(binCentre(histogram, 0)).toBe(-32_768);
  });
});

describe('range histogram', () => {
  it('puts both ends in, and counts what lies outside', () => {
    const data = Float64Array.of(-1, 0, 0.24, 0.25, 0.5, 1, 1.1, Number.NaN);
    const histogram = finish(rangeHistogramSteps(data, 0, 1, 4));
    expect([...histogram.counts]).toEqual([2, 1, 1, 1]);
    expect(histogram).toMatchObject({ total: 5, below: 1, above: 1, width: 0.25 });
  });

  it('adds up over more than one chunk', () => {
    const data = new Uint8Array((1 << 20) + 10).fill(3);
    expect(finish(rangeHistogramSteps(data, 0, 10, 10)).counts[3]).toBe(data.length);
  });
});

describe('quantiles', () => {
  it('are the order statistics of the sorted values', () => {
    const data = normals(5000);
    const sorted = data.slice().sort();
    const fractions = [0, 0.0005, 0.25, 0.5, 0.9995, 1];
    expect(quantiles(data, fractions)).toEqual(
      fractions.map((fraction) => sorted[Math.floor(fraction * 4999)]),
    );
  });

  it('are exact for whole numbers of every width', () => {
    const values = [9, -7, 0, 3, 3, 120, -100];
    const sorted = [-100, -7, 0, 3, 3, 9, 120];
    for (const data of [Int8Array.from(values), Int16Array.from(values), Int32Array.from(values)]) {
      expect(quantiles(data, [0, 0.5, 1])).toEqual([sorted[0], sorted[3], sorted[6]]);
    }
  });

  it('tell neighbouring float32 values apart, on both sides of zero', () => {
    const data = Float32Array.of(1.0000001, 1, -1, -1.0000001, -0, 0);
    expect(quantiles(data, [0, 0.2, 0.8, 1])).toEqual([
      Math.fround(-1.0000001),
      -1,
      1,
      Math.fround(1.0000001),
    ]);
  });

  it('pass over what is not finite', () => {
    const data = Float32Array.of(Number.NaN, 5, Number.NEGATIVE_INFINITY, Number.NaN, 7);
    expect(quantiles(data, [0, 1])).toEqual([5, 7]);
    expect(quantiles(Float32Array.of(Number.NaN), [0.5])).toEqual([Number.NaN]);
  });
});

describe('grey histogram', () => {
  it('is not stretched by one hot voxel', () => {
    const data = normals(20_000);
    data[77] = 1e6;
    const histogram = greyHistogram(data, 100);
    expect(histogram?.counts.length).toBe(100);
    expect((histogram?.width as number) * 100).toBeLessThan(8);
    expect(histogram?.above).toBeGreaterThan(0);
  });

  it('gives bins of whole-number data equally many levels, so that a flat histogram stays flat', () => {
    // 300 levels in at most 256 bins: two levels each.
    const data = Uint16Array.from({ length: 300_000 }, (_, i) => 1000 + (i % 300));
    const histogram = greyHistogram(data, 256) as Histogram;
    expect(histogram.width).toBe(2);
    const [first, ...others] = [...histogram.counts].slice(0, -1);
    expect(others.every((count) => count === first)).toBe(true);
  });

  it('is the same whether levels are counted or the values', () => {
    for (const [scale, bins] of [
      [20, 64],
      [700, 150],
      [7000, 256],
    ] as const) {
      const data = Int16Array.from(normals(20_000), (value) => scale * value);
      expect(greyHistogram(data, bins)).toEqual(greyHistogram(Int32Array.from(data), bins));
    }
  });

  it('has fewer bins for fewer values', () => {
    expect([10, 32_768, 48 ** 3, 128 ** 3, 1e9].map(peakBins)).toEqual([64, 64, 96, 256, 256]);
  });

  it('does not exist for constant data', () => {
    expect(greyHistogram(new Float32Array(10))).toBeNull();
    expect(greyHistogram(new Uint8Array(10))).toBeNull();
    expect(thresholdHistogram(new Uint8Array(10))).toBeNull();
    expect(thresholdHistogram(new Float32Array(10))).toBeNull();
  });
});
