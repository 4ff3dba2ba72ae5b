import { describe, expect, it } from 'vitest';
import {
  addPoint,
  alphaPoints,
  isSolid,
  movePoint,
  opacityAt,
  presetCurve,
  removePoint,
  solidCurve,
  widestGap,
} from './transfer-function.ts';

const CURVE = [
  { value: 10, opacity: 0 },
  { value: 20, opacity: 1 },
  { value: 40, opacity: 0.5 },
];
const WINDOW = { low: 0, high: 100 };

describe('opacityAt', () => {
  it('is straight between points and level beyond them', () => {
    expect([5, 10, 15, 30, 90].map((value) => opacityAt(CURVE, value))).toEqual([
      0, 0, 0.5, 0.75, 0.5,
    ]);
  });
});

describe('presetCurve', () => {
  it('puts the surface of a solid into the middle of the window', () => {
    expect(opacityAt(solidCurve(WINDOW), 50)).toBeCloseTo(0.5);
    expect(isSolid(solidCurve(WINDOW))).toBe(true);
  });

  it('rises for every preset, with peaks that lie close as well', () => {
    for (const preset of ['solid', 'ramp', 'peaks'] as const) {
      const curve = presetCurve(preset, WINDOW, [20, 24, 80, 300]);
      const values = curve.map(({ value }) => value);
      expect(values).toEqual(values.toSorted((a, b) => a - b));
    }
    const peaks = presetCurve('peaks', WINDOW, [20, 80]);
    expect(opacityAt(peaks, 80)).toBeCloseTo(0.8);
    expect(opacityAt(peaks, 50)).toBe(0);
  });

  it('shows the ramp where the histogram has no peak in the window', () => {
    expect(presetCurve('peaks', WINDOW, [200])).toEqual(presetCurve('ramp', WINDOW, []));
  });
});

describe('editing', () => {
  it('keeps a point between its neighbours and its opacity between 0 and 1', () => {
    expect(movePoint(CURVE, 1, { value: 99, opacity: 3 })[1]).toEqual({ value: 40, opacity: 1 });
    expect(movePoint(CURVE, 1, { value: -1, opacity: -3 })[1]).toEqual({ value: 10, opacity: 0 });
  });

  it('adds points in order and keeps the last one', () => {
    const { curve, index } = addPoint(CURVE, { value: 25, opacity: 0.2 });
    expect(index).toBe(2);
    expect(curve.map(({ value }) => value)).toEqual([10, 20, 25, 40]);
    expect(removePoint(curve, 2)).toEqual(CURVE);
    expect(removePoint([{ value: 1, opacity: 1 }], 0)).toHaveLength(1);
  });

  it('offers the middle of the widest gap', () => {
    expect(widestGap(CURVE, WINDOW)).toBe(70);
    expect(widestGap([], WINDOW)).toBe(50);
  });
});

describe('alphaPoints', () => {
  it('rises from clear to painted, with the curve at the levels between', () => {
    const points = alphaPoints(CURVE, [0, 253]);
    const alphas = points.map(([alpha]) => alpha);
    expect(alphas).toEqual(alphas.toSorted((a, b) => a - b));
    expect(points).toContainEqual([11, 0]);
    expect(points).toContainEqual([21, 1]);
    expect(points[0]).toEqual([0, 0]);
    expect(points.at(-1)).toEqual([255, 1]);
  });

  it('leaves points outside the range to their effect at its ends', () => {
    expect(alphaPoints(CURVE, [15, 18])).toEqual([
      [0, 0],
      [0.5, 0],
      [1, 0.5],
      [254, 0.8],
      [255, 1],
    ]);
  });
});
