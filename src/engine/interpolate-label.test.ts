import { describe, expect, it } from 'vitest';
import { disc, interpolated, radii, slab } from '../../tests/support/interpolation-cases.ts';
import type { EditAxis } from '../declaration/edits.ts';

describe('interpolation between painted slices', () => {
  it.each<EditAxis>([0, 1, 2])(
    'of two discs gives discs whose radius changes evenly, along axis %i',
    async (axis) => {
      const edits = [disc(axis, 2, 6, 3), disc(axis, 10, 14, 3)];
      const { slices, runs } = await interpolated(slab(axis, 3), edits, 3, axis);
      expect(slices).toEqual([2, 10]);
      const found = radii(runs, slices, axis);
      found.forEach((radius, slice) => {
        const isBetween = slice > 2 && slice < 10;
        expect(Math.abs(radius - (isBetween ? 4 + slice : 0))).toBeLessThan(isBetween ? 0.5 : 1e-9);
      });
    },
  );

  it('takes the label 0 as any other, and nothing of a label that was there before', async () => {
    const three = await interpolated(slab(2, 3), [disc(2, 2, 6, 3), disc(2, 10, 14, 3)], 3, 2);
    const zero = await interpolated(slab(2, 0), [disc(2, 2, 6, 0), disc(2, 10, 14, 0)], 0, 2);
    const one = await interpolated(slab(2, 0), [disc(2, 2, 6, 1), disc(2, 10, 14, 1)], 1, 2);
    expect(zero).toEqual(three);
    expect(one).toEqual(three);
  });

  it('goes from each painted slice to the next, and leaves out what was painted over', async () => {
    const edits = [
      disc(2, 1, 6, 3),
      disc(2, 4, 9, 3),
      disc(2, 7, 6, 3),
      disc(2, 5, 8, 3),
      disc(2, 5, 8, 2),
    ];
    const { slices, runs } = await interpolated(slab(2, 1), edits, 3, 2);
    expect(slices).toEqual([1, 4, 7]);
    const found = radii(runs, slices, 2);
    expect(found.map((radius) => radius > 0)).toEqual(
      Array.from({ length: 13 }, (_, slice) => [2, 3, 5, 6].includes(slice)),
    );
  });

  it('says what is missing where nothing lies between', async () => {
    const edits = [disc(2, 2, 6, 3), disc(2, 3, 6, 3)];
    await expect(interpolated(slab(2, 1), edits, 3, 2)).rejects.toThrow(
      'No slice lies between two slices',
    );
  });

  it('stops where it was cancelled', async () => {
    const edits = [disc(2, 2, 6, 3), disc(2, 10, 14, 3)];
    await expect(interpolated(slab(2, 1), edits, 3, 2, AbortSignal.abort())).rejects.toMatchObject({
      code: 'run/cancelled',
    });
  });
});
