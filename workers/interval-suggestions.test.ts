import { describe, expect, it } from 'vitest';
import { intervalFinder } from '../src/declaration/grey-intervals.ts';
import { finish } from '../src/kernels/steps.ts';
import { createVolume } from '../src/volume/volume.ts';
import {
  betweenThresholds,
  intervalSuggestionSteps,
  valleysBetween,
} from './interval-suggestions.ts';

/** Two triangular peaks at 60 and 180, nothing at 120. */
function twoPeaks(): Uint8Array<ArrayBuffer> {
  const data: number[] = [];
  for (const centre of [60, 180]) {
    for (let offset = -30; offset <= 30; offset++) {
      for (let i = 0; i < 31 - Math.abs(offset); i++) data.push(centre + offset);
    }
  }
  while (data.length < 2000) data.push(data.length % 2 === 0 ? 60 : 180);
  return Uint8Array.from(data);
}

function volumeOf(data: Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>) {
  return createVolume({ kind: 'grey', size: [data.length, 1, 1], data });
}

describe('betweenThresholds', () => {
  it('leaves no whole number between two intervals and none in both', () => {
    const intervals = betweenThresholds([10.5, 20], true);
    expect(intervals.map(({ from, to }) => [from, to])).toEqual([
      [null, 10],
      [11, 20],
      [21, null],
    ]);
  });

  it('starts an interval of floats at the next float32', () => {
    for (const threshold of [-1.5, 0, 0.1, 3]) {
      const find = intervalFinder(betweenThresholds([threshold], false));
      const [, next] = betweenThresholds([threshold], false);
      expect(next?.from).toBeGreaterThan(threshold);
      expect(Math.fround(next?.from as number)).toBe(next?.from);
      expect([find(threshold), find(next?.from as number)]).toEqual([1, 2]);
    }
  });
});

describe('valleysBetween', () => {
  it('finds the middle of a flat bottom', () => {
    const counts = Uint32Array.from({ length: 101 }, (_, i) => (i < 20 || i > 80 ? 50 : 0));
    const histogram = { counts, from: -0.5, width: 1, total: 2000, below: 0, above: 0 };
    expect(valleysBetween(histogram, [10, 90])).toEqual([50]);
  });
});

describe('intervalSuggestionSteps', () => {
  const suggest = (data: Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>, phases = 2) =>
    finish(intervalSuggestionSteps(volumeOf(data), [30, 210], phases));

  it('cuts two equal peaks between them by every method', () => {
    const found = suggest(twoPeaks());
    expect(found.map(({ method }) => method)).toEqual(['otsu', 'otsu', 'otsu', 'valleys', 'peaks']);
    expect(found[0]?.values).toEqual([120]);
    expect(Math.abs((found[3]?.values[0] as number) - 120)).toBeLessThanOrEqual(4);
    const [dark, bright] = found[4]?.intervals ?? [];
    expect(dark?.to).toBeLessThan(bright?.from as number);
    expect([dark?.from, bright?.to]).toEqual([null, null]);
  });

  it('asks Otsu for the wanted number of phases as well', () => {
    const classes = suggest(twoPeaks(), 6).map(({ intervals }) => intervals.length);
    expect(classes.slice(0, 4)).toEqual([2, 3, 4, 6]);
  });

  it('suggests nothing for a constant volume', () => {
    expect(suggest(new Uint8Array(64).fill(7))).toEqual([]);
  });
});
