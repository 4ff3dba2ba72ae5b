import { describe, expect, test } from 'vitest';
import { naturalLog } from './exp.ts';
import {
  exponential,
  fillNormal,
  inverseNormal,
  philoxBlock,
  randomNormal,
  randomUint32,
  randomUniform,
} from './random.ts';

function philox(counter: readonly number[], key: readonly number[]): string {
  const out = new Uint32Array(4);
  const [c0 = 0, c1 = 0, c2 = 0, c3 = 0] = counter;
  const [k0 = 0, k1 = 0] = key;
  philoxBlock(c0, c1, c2, c3, k0, k1, out);
  return Array.from(out, (word) => word.toString(16).padStart(8, '0')).join(' ');
}

describe('Philox4x32-10', () => {
  // Known-answer vectors published with Random123 (kat_vectors, philox4x32 10).
  test('gives the published known answers', () => {
    expect(philox([0, 0, 0, 0], [0, 0])).toBe('6627e8d5 e169c58d bc57ac4c 9b00dbd8');
    const ones = 0xffffffff;
    expect(philox([ones, ones, ones, ones], [ones, ones])).toBe(
      '408f276d 41c83b0e a20bc7c6 6d5451fd',
    );
    expect(philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])).toBe(
      'd16cfe09 94fdcceb 5001e420 24126ea1',
    );
  });

  test('is a pure function of seed, stream and index', () => {
    const forward = Array.from({ length: 11 }, (_, i) => randomUint32(7, 3, i));
    const backward = Array.from({ length: 11 }, (_, i) => randomUint32(7, 3, 10 - i)).reverse();
    expect(backward).toEqual(forward);
    expect(randomUint32(8, 3, 0)).not.toBe(forward[0]);
    expect(randomUint32(7, 4, 0)).not.toBe(forward[0]);
  });

  test('separates seeds and indices beyond 32 bits', () => {
    expect(randomUint32(1 + 2 ** 32, 0, 0)).not.toBe(randomUint32(1, 0, 0));
    expect(randomUint32(1, 0, 2 ** 34 + 1)).not.toBe(randomUint32(1, 0, 1));
  });

  test('covers (0, 1) uniformly', () => {
    const count = 40_000;
    const bins = new Float64Array(20);
    for (let i = 0; i < count; i++) {
      const bin = Math.floor(randomUniform(5, 1, i) * 20);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    const expected = count / 20;
    const chiSquare = bins.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    // 19 degrees of freedom: 43.8 is exceeded once in a thousand seeds.
    expect(chiSquare).toBeLessThan(43.8);
  });
});

describe('normal deviates', () => {
  test('follow the quantiles of the normal distribution', () => {
    // scipy.special.ndtri 1.17.1.
    const quantiles: readonly [number, number][] = [
      [0.5, 0],
      [0.975, 1.959963984540054],
      [0.9, 1.2815515655446008],
      [0.6, 0.2533471031357998],
      [1e-3, -3.090232306167813],
      [1e-6, -4.753424308822899],
      [1e-10, -6.361340902404056],
      [1e-15, -7.941345326170997],
    ];
    for (const [p, z] of quantiles) expect(inverseNormal(p)).toBeCloseTo(z, 13);
  });

  test('are odd about one half', () => {
    for (const p of [2 ** -20, 2 ** -4, 0.25, 0.4375]) {
      expect(inverseNormal(1 - p)).toBe(-inverseNormal(p));
    }
  });

  test('have mean 0, variance 1, skewness 0 and kurtosis 3', () => {
    const values = new Float32Array(200_000);
    fillNormal(values, 11, 2, 0);
    const moment = (order: number) =>
      values.reduce((sum, v) => sum + v ** order, 0) / values.length;
    // Four standard errors: sqrt(1/N), sqrt(2/N), sqrt(15/N), sqrt(96/N).
    expect(Math.abs(moment(1))).toBeLessThan(4 * Math.sqrt(1 / values.length));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / values.length));
    expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(15 / values.length));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / values.length));
  });

  test('are the same whether drawn singly or filled from any start', () => {
    const filled = new Float32Array(37);
    fillNormal(filled, 21, 9, 6);
    const single = Array.from(filled, (_, i) => Math.fround(randomNormal(21, 9, 6 + i)));
    expect(Array.from(filled)).toEqual(single);
  });
});

describe('elementary functions from arithmetic alone', () => {
  test('agree with the engine to 1e-15 relative', () => {
    for (const x of [1e-12, 3e-5, 0.2, 0.99, 1, 1.5, 7.3, 1e9]) {
      const expected = Math.log(x);
      expect(Math.abs(naturalLog(x) - expected)).toBeLessThanOrEqual(2e-15 * Math.abs(expected));
    }
    for (const x of [-300, -20.5, -1, -1e-9, 0, 0.35, 1, 12.5, 300]) {
      const expected = Math.exp(x);
      expect(Math.abs(exponential(x) - expected)).toBeLessThanOrEqual(2e-15 * expected);
    }
  });

  test('are each other’s inverse', () => {
    for (const x of [-3, -0.1, 0.5, 2]) expect(naturalLog(exponential(x))).toBeCloseTo(x, 14);
  });
});
