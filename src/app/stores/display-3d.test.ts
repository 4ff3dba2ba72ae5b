import { describe, expect, it } from 'vitest';
import {
  chosenCurve,
  FIRST_DISPLAY_3D,
  isDisplay3d,
  shownClipBox,
  withCurve,
} from './display-3d.ts';

const POINTS = [{ value: 5, opacity: 1 }];

describe('isDisplay3d', () => {
  it('takes what was written and refuses what is odd or of another version', () => {
    expect(isDisplay3d(JSON.parse(JSON.stringify(FIRST_DISPLAY_3D)))).toBe(true);
    const curves = withCurve([], [0, 10], POINTS);
    expect(isDisplay3d({ ...FIRST_DISPLAY_3D, curves })).toBe(true);
    for (const odd of [
      null,
      {},
      { ...FIRST_DISPLAY_3D, clips: 'yes' },
      { ...FIRST_DISPLAY_3D, clipBox: { low: [0.5, 0, 0], high: [0.5, 1, 1] } },
      { ...FIRST_DISPLAY_3D, clipFollows: ['low', 'left', null] },
      { ...FIRST_DISPLAY_3D, curves: [{ range: [0, 10], points: [{ value: 1, opacity: 2 }] }] },
    ]) {
      expect(isDisplay3d(odd)).toBe(false);
    }
  });
});

describe('curves', () => {
  it('belong to a grey scale, and go by themselves', () => {
    const curves = withCurve(withCurve([], [0, 65_535], POINTS), [0, 1], []);
    expect(chosenCurve(curves, [1000, 60_000])).toEqual(POINTS);
    expect(chosenCurve(curves, [0, 0.9])).toEqual([]);
    expect(chosenCurve(curves, [-3, -2])).toBeNull();
    expect(withCurve(curves, [0, 60_000], null)).toHaveLength(1);
  });
});

describe('shownClipBox', () => {
  it('goes through the middle of the crosshair’s voxel, and is whole while nothing clips', () => {
    const display = { ...FIRST_DISPLAY_3D, clipFollows: ['high', null, null] as const };
    expect(shownClipBox(display, [2, 0, 0], [10, 10, 10]).low).toEqual([0, 0, 0]);
    const box = shownClipBox({ ...display, clips: true }, [2, 0, 0], [10, 10, 10]);
    expect(box).toEqual({ low: [0.25, 0, 0], high: [1, 1, 1] });
  });
});
