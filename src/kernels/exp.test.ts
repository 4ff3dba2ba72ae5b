import { describe, expect, it } from 'vitest';
import { exp, exp2Below32, SELF_WEIGHT } from './exp.ts';

describe('exp', () => {
  it.each([
    [1, 2.718281828459045],
    [-1, 0.36787944117144233],
    [-8, 0.00033546262790251185],
    [10, 22026.465794806718],
  ])('gives e^%d to one unit in the last place', (x, value) => {
    expect(Math.abs(exp(x) / value - 1)).toBeLessThanOrEqual(2 ** -52);
  });

  it('is exactly 1 at 0', () => {
    expect(exp(0)).toBe(1);
  });

  it('stays within two units in the last place of the engine from the smallest to the largest', () => {
    for (let x = -708; x <= 709; x += 0.37) {
      expect(Math.abs(exp(x) / Math.exp(x) - 1), `exp(${x})`).toBeLessThanOrEqual(2 ** -51);
    }
  });

  it('ends in 0, subnormal numbers and infinity', () => {
    expect(exp(-746)).toBe(0);
    expect(exp(-740)).toBeGreaterThan(0);
    expect(Math.abs(exp(-740) - Math.exp(-740))).toBeLessThanOrEqual(2 * Number.MIN_VALUE);
    expect(exp(709.78)).toBeLessThan(Number.POSITIVE_INFINITY);
    expect(exp(710)).toBe(Number.POSITIVE_INFINITY);
    expect(exp(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(exp(Number.NaN)).toBeNaN();
  });
});

describe('exp2Below32', () => {
  it('halves with each whole number', () => {
    const first = exp2Below32(32);
    expect(Math.abs(first / SELF_WEIGHT - 1)).toBeLessThan(5e-6);
    for (let n = 0; n < 32; n++) expect(exp2Below32(32 + n)).toBe(first * 2 ** -n);
  });

  it('stays at its ends below and beyond its range', () => {
    for (const s of [31.9, 1, 0, -0, -1e-30, -1e30]) expect(exp2Below32(s)).toBe(exp2Below32(32));
    const end = exp2Below32(63.999996185302734);
    for (const s of [64, 1e30, Number.POSITIVE_INFINITY]) expect(exp2Below32(s)).toBe(end);
    expect(end).toBeLessThan(2.4e-10 * SELF_WEIGHT);
  });

  it('has a relative error below 5e-6', () => {
    for (let s = 32; s < 64; s += 0.0013) {
      const exact = 2 ** (30 - Math.fround(s));
      expect(Math.abs(exp2Below32(Math.fround(s)) / exact - 1), `s = ${s}`).toBeLessThan(5e-6);
    }
  });
});
