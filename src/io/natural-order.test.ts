import { describe, expect, it } from 'vitest';
import { compareDigits, compareNatural } from './natural-order.ts';

describe('compareNatural', () => {
  it.each([
    [
      ['img10', 'img2', 'img1'],
      ['img1', 'img2', 'img10'],
    ],
    [
      ['s_1000', 's_0999', 's_0001'],
      ['s_0001', 's_0999', 's_1000'],
    ],
    [
      ['b1', 'A2', 'a1', 'B1'],
      ['a1', 'A2', 'B1', 'b1'],
    ],
    [
      ['a1b10', 'a1b9', 'a01b9'],
      ['a01b9', 'a1b9', 'a1b10'],
    ],
    [
      ['2', '10', 'x'],
      ['2', '10', 'x'],
    ],
    [
      ['slice', 'slice1', 'slice 1'],
      ['slice', 'slice1', 'slice 1'],
    ],
  ])('sorts %j', (given, sorted) => {
    expect(given.toSorted(compareNatural)).toEqual(sorted);
  });

  it('compares numbers beyond 2^53 exactly', () => {
    const names = ['a90071992547409931.tif', 'a90071992547409930.tif', 'a9007199254740993.tif'];
    expect(names.toSorted(compareNatural)).toEqual(names.toReversed());
  });

  it('is a strict order: equal only for equal names', () => {
    const names = ['a1', 'a01', 'A1', 'a', '', '1', '01', '1a', 'a1a', 'a1b'];
    for (const a of names) {
      for (const b of names) {
        expect(Math.sign(compareNatural(a, b))).toBe(-Math.sign(compareNatural(b, a)) + 0);
        expect(compareNatural(a, b) === 0).toBe(a === b);
      }
    }
  });
});

describe('compareDigits', () => {
  it('does not mind leading zeros', () => {
    expect(compareDigits('007', '7')).toBe(0);
    expect(compareDigits('0', '000')).toBe(0);
    expect(compareDigits('010', '9')).toBeGreaterThan(0);
  });
});
