import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GreySpan, panBy, panTo, shownSpan, zoomBy } from './zoom.ts';

const FULL: GreySpan = [0, 1000];

describe('the part of the grey values that is shown', () => {
  it('keeps what is pointed at where it is, and ends at all grey values', () => {
    const part = zoomBy(FULL, FULL, 0.5, 250, 8) as GreySpan;
    expect(part).toEqual([125, 625]);
    expect(zoomBy(part, FULL, 0.5, 250, 8)).toEqual([187.5, 437.5]);
    expect(zoomBy(part, FULL, 2, 250, 8)).toBeNull();
  });

  it('is never shorter than the least, and stays within all', () => {
    const steps = fc.array(
      fc.tuple(
        fc.double({ min: 0.2, max: 3, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(steps, (all) => {
        let zoom: GreySpan | null = null;
        for (const [factor, share] of all) {
          const shown = shownSpan(zoom, FULL);
          zoom = zoomBy(shown, FULL, factor, shown[0] + share * (shown[1] - shown[0]), 8);
          const [low, high] = shownSpan(zoom, FULL);
          expect(low).toBeGreaterThanOrEqual(-1e-9);
          expect(high).toBeLessThanOrEqual(1000 + 1e-9);
          expect(high - low).toBeGreaterThan(8 - 1e-9);
        }
      }),
    );
  });

  it('moves up to the ends, and to a value outside', () => {
    expect(panBy([100, 200], FULL, -300)).toEqual([0, 100]);
    expect(panBy([100, 200], FULL, 50)).toEqual([150, 250]);
    expect(panTo([100, 200], FULL, 260)).toEqual([160, 260]);
    expect(panTo([100, 200], FULL, 150)).toEqual([100, 200]);
  });

  it('is all of another image that has none of it', () => {
    expect(shownSpan([2000, 3000], FULL)).toEqual(FULL);
    expect(shownSpan([900, 3000], FULL)).toEqual([900, 1000]);
  });
});
