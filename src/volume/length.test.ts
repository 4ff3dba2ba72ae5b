import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  convertLength,
  createSpacing,
  LENGTH_UNITS,
  parseLengthUnit,
  relativeSpacing,
} from './length.ts';

const EXPONENT = { nm: 0, µm: 3, mm: 6, cm: 7, m: 9 } as const;

describe('convertLength', () => {
  it('gives the number that the same digits in the other unit are read as', () => {
    // The parser of decimal text rounds correctly, so it is an independent reference.
    const digits = fc.integer({ min: 1, max: 999_999_999 });
    const unit = fc.constantFrom(...LENGTH_UNITS);
    fc.assert(
      fc.property(digits, unit, unit, (value, from, to) => {
        const expected = Number(`${value}e${EXPONENT[from] - EXPONENT[to]}`);
        expect(convertLength(value, from, to)).toBe(expected);
      }),
    );
  });

  it('turns half a micrometre into 500 nm and leaves its own unit alone', () => {
    expect(convertLength(0.5, 'µm', 'nm')).toBe(500);
    expect(convertLength(398, 'nm', 'µm')).toBe(0.398);
    expect(convertLength(0.1, 'mm', 'mm')).toBe(0.1);
  });
});

describe('parseLengthUnit', () => {
  it.each([
    ['micron', 'µm', 1],
    ['"Nanometres"', 'nm', 1],
    ['\u03bcm', 'µm', 1],
    [' centimeters ', 'cm', 1],
    ['inch', 'mm', 25.4],
  ])('reads %j', (text, unit, factor) => {
    expect(parseLengthUnit(text)).toEqual({ unit, factor });
  });

  it.each(['pixel', '', 'parsec', '__proto__', 'constructor'])('knows no length in %j', (text) => {
    expect(parseLengthUnit(text)).toBeNull();
  });
});

describe('voxel sizes', () => {
  it.each([0, -1, Number.NaN, Infinity])('of %d are refused by axis', (value) => {
    expect(() => createSpacing([1, value, 1], 'µm')).toThrow(
      `The voxel size along y is ${value}: it must be a number greater than 0.`,
    );
  });

  it('are compared with their smallest edge', () => {
    expect(relativeSpacing(createSpacing([0.5, 1, 0.25], 'mm'))).toEqual([2, 4, 1]);
    expect(relativeSpacing(null)).toEqual([1, 1, 1]);
  });
});
