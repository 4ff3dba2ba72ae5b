import { describe, expect, it } from 'vitest';
import { greyHistogram, type Histogram } from './histogram.ts';
import { findPeaks, intervalsAround, smoothCounts, suggestIntervals } from './peaks.ts';
import { randomNormal } from './random.ts';

function histogramOf(counts: readonly number[]): Histogram {
  return {
    counts: Uint32Array.from(counts),
    from: 0,
    width: 1,
    total: counts.reduce((a, b) => a + b, 0),
    below: 0,
    above: 0,
  };
}

/** Triangles of the given heights, 20 bins to each side of their tops. */
function triangles(tops: readonly (readonly [bin: number, height: number])[], bins: number) {
  return histogramOf(
    Array.from({ length: bins }, (_, i) =>
      Math.max(0, ...tops.map(([bin, height]) => height * (1 - Math.abs(i - bin) / 20))),
    ),
  );
}

/** Normal classes of equal width. */
function mixture(means: readonly number[], deviation: number, count: number): Float32Array {
  return Float32Array.from(
    { length: count },
    (_, i) => (means[i % means.length] as number) + deviation * randomNormal(9, 0, i),
  );
}

describe('smoothCounts', () => {
  it('keeps the sum of what lies clear of the ends, and is symmetric', () => {
    const counts = new Float64Array(41);
    counts[20] = 1000;
    const smooth = smoothCounts(counts);
    expect(smooth.reduce((a, b) => a + b, 0)).toBeCloseTo(1000, 6);
    for (let d = 1; d <= 20; d++) expect(smooth[20 + d]).toBe(smooth[20 - d]);
    // A gaussian of two bins: e^(-1/8) between the centre and its neighbour.
    expect((smooth[21] as number) / (smooth[20] as number)).toBeCloseTo(Math.exp(-1 / 8), 9);
  });
});

describe('findPeaks', () => {
  it('finds separate tops where they are, with their relative height', () => {
    const peaks = findPeaks(
      triangles(
        [
          [30, 1000],
          [90, 500],
          [150, 800],
        ],
        200,
      ),
    );
    expect(peaks.map(({ position }) => position)).toEqual([30.5, 90.5, 150.5]);
    [1, 0.5, 0.8].forEach((height, i) => {
      expect(peaks[i]?.height).toBeCloseTo(height, 9);
      expect(peaks[i]?.prominence).toBeCloseTo(height, 9);
    });
  });

  it('measures prominence from the higher valley', () => {
    const steps = [0, 1000, 300, 800, 0].flatMap((count) => new Array<number>(40).fill(count));
    const [first, second] = findPeaks(histogramOf(steps));
    expect(first?.position).toBe(59.5);
    expect(first?.prominence).toBeCloseTo(1, 9);
    expect(second?.position).toBe(139.5);
    expect(second?.prominence).toBeCloseTo(0.5, 9);
  });

  it('drops ripples below two percent and keeps them on request', () => {
    const counts = Array.from({ length: 120 }, (_, i) => 2000 - 15 * i);
    counts[80] = (counts[80] as number) + 400;
    expect(findPeaks(histogramOf(counts))).toHaveLength(1);
    expect(findPeaks(histogramOf(counts), 0.0001)).toHaveLength(2);
  });

  it('counts a top at the end of the range: saturated voxels', () => {
    const counts = new Array<number>(60).fill(0);
    counts[0] = 500;
    counts[40] = 400;
    expect(findPeaks(histogramOf(counts)).map(({ position }) => position)).toEqual([0.5, 40.5]);
  });

  it('is empty for an empty histogram', () => {
    expect(findPeaks(histogramOf([0, 0, 0]))).toEqual([]);
  });
});

describe('intervals', () => {
  it('reach 35 % of each gap, with open outer ends', () => {
    expect(intervalsAround([0, 10, 30])).toEqual([
      { from: null, to: 3.5 },
      { from: 6.5, to: 17 },
      { from: 23, to: null },
    ]);
  });

  it('lie around the means of three separate classes', () => {
    const histogram = greyHistogram(mixture([0.1, 0.45, 1], 0.05, 60_000)) as Histogram;
    const { peaks, intervals } = suggestIntervals(histogram);
    expect(peaks).toHaveLength(3);
    [0.1, 0.45, 1].forEach((mean, i) => {
      expect(Math.abs((peaks[i]?.position as number) - mean)).toBeLessThan(0.02);
    });
    expect(intervals).toHaveLength(3);
  });

  it('take the clearest peaks where fewer phases are asked for', () => {
    const histogram = triangles(
      [
        [30, 1000],
        [90, 500],
        [150, 800],
      ],
      200,
    );
    expect(suggestIntervals(histogram, 2).intervals).toEqual(intervalsAround([30.5, 150.5]));
  });

  it('are not invented where there are too few peaks', () => {
    const histogram = triangles(
      [
        [30, 1000],
        [90, 500],
      ],
      120,
    );
    expect(suggestIntervals(histogram, 3).intervals).toEqual([]);
    expect(suggestIntervals(triangles([[30, 1000]], 60)).intervals).toEqual([]);
  });

  it('move with the grey values: scaling the data scales them', () => {
    const data = mixture([0.1, 0.45, 1], 0.05, 30_000);
    const scaled = data.map((value) => 1024 * value);
    const [small, large] = [data, scaled].map(
      (each) => suggestIntervals(greyHistogram(each) as Histogram).intervals,
    );
    small?.forEach((interval, i) => {
      if (interval.to !== null) expect(large?.[i]?.to).toBeCloseTo(1024 * interval.to, 6);
    });
  });
});
