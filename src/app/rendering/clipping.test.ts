import { describe, expect, it } from 'vitest';
import {
  boxWithin,
  clipPlanes,
  followCrosshair,
  isWhole,
  moveSide,
  voxelsOf,
  WHOLE_BOX,
} from './clipping.ts';

const BOX = { low: [0.25, 0, 0], high: [1, 0.5, 1] } as const;
const EXTENT = [1, 0.5, 0.25] as const;

describe('clipPlanes', () => {
  it('has a plane for each side inside the volume, that looks into the box', () => {
    expect(clipPlanes(WHOLE_BOX, EXTENT)).toEqual([]);
    expect(clipPlanes(BOX, EXTENT)).toEqual([
      { origin: [0.25, 0, 0], normal: [1, 0, 0] },
      { origin: [0, 0.25, 0], normal: [0, -1, 0] },
    ]);
  });

  it('leaves the box that it was made of', () => {
    expect(boxWithin(clipPlanes(BOX, EXTENT), EXTENT)).toEqual(BOX);
    expect(isWhole(boxWithin([], EXTENT))).toBe(true);
  });
});

describe('followCrosshair', () => {
  it('keeps the wanted side of the slice, up to the slice', () => {
    const at = [0.6, 0.9, 0.5] as const;
    expect(followCrosshair(BOX, ['high', 'low', null], at)).toEqual({
      low: [0.6, 0, 0],
      high: [1, 0.5, 1],
    });
    expect(followCrosshair(BOX, [null, null, 'low'], at).high).toEqual([1, 0.5, 0.5]);
  });

  it('never turns a box inside out', () => {
    expect(followCrosshair(BOX, ['low', null, null], [0.1, 0, 0]).high[0]).toBe(0.25);
  });
});

describe('moveSide', () => {
  it('keeps sides within the volume and apart', () => {
    expect(moveSide(BOX, 0, 'low', -1, 0.1).low[0]).toBe(0);
    expect(moveSide(BOX, 1, 'high', -1, 0.1).high[1]).toBe(0.1);
    expect(moveSide(BOX, 0, 'low', 0.97, 0.1).low[0]).toBeCloseTo(0.9);
  });
});

describe('voxelsOf', () => {
  it('names the first and the last voxel inside', () => {
    expect(voxelsOf(BOX, 0, 8)).toEqual([2, 7]);
    expect(voxelsOf(BOX, 1, 8)).toEqual([0, 3]);
    expect(voxelsOf({ low: [0.5, 0, 0], high: [0.5, 1, 1] }, 0, 8)).toEqual([4, 4]);
  });
});
