import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSpacing } from '../../volume/length.ts';
import {
  FITTED,
  formatPosition,
  niceBelow,
  PLANES,
  placeSlice,
  scaleBar,
  voxelAt,
  zoomAbout,
} from './slice-geometry.ts';

const SIZE = [100, 50, 20] as const;

describe('placeSlice', () => {
  it('fits the slice into the view at its physical aspect ratio', () => {
    const spacing = createSpacing([1, 1, 4], 'µm');
    const xz = placeSlice(SIZE, spacing, PLANES[1], FITTED, 420, 420);
    expect(xz.scaleX * 100).toBeCloseTo(400);
    expect(xz.scaleY / xz.scaleX).toBeCloseTo(4);
    expect(xz.left).toBeCloseTo(10);
    expect(xz.top + (xz.scaleY * 20) / 2).toBeCloseTo(210);
  });

  it('is undone by voxelAt for every voxel, zoom and pan', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 99 }),
        fc.integer({ min: 0, max: 49 }),
        fc.double({ min: 0.3, max: 20, noNaN: true }),
        fc.integer({ min: -500, max: 500 }),
        (column, row, zoom, panX) => {
          const frame = { zoom, panX, panY: 7 };
          const placed = placeSlice(SIZE, null, PLANES[2], frame, 640, 480);
          const x = placed.left + (column + 0.5) * placed.scaleX;
          const y = placed.top + (row + 0.5) * placed.scaleY;
          expect(voxelAt(placed, x, y)).toEqual([column, row]);
        },
      ),
    );
  });
});

describe('zoomAbout', () => {
  it('keeps the voxel under the cursor in place', () => {
    const frame = { zoom: 1.5, panX: 12, panY: -30 };
    const before = placeSlice(SIZE, null, PLANES[2], frame, 600, 400);
    const zoomed = zoomAbout(frame, 1.7, 210, 130, 600, 400);
    const after = placeSlice(SIZE, null, PLANES[2], zoomed, 600, 400);
    const at = (placed: typeof before) => (210 - placed.left) / placed.scaleX;
    expect(at(after)).toBeCloseTo(at(before), 9);
  });
});

describe('scale bar', () => {
  it.each([
    [1, 1],
    [1.99, 1],
    [2, 2],
    [4.99, 2],
    [5, 5],
    [0.034, 0.02],
    [730, 500],
  ])('rounds %d down to %d', (value, nice) => {
    expect(niceBelow(value)).toBeCloseTo(nice, 12);
  });

  it('states its length in the unit of the voxel size', () => {
    const spacing = createSpacing([0.4, 0.4, 0.4], 'µm');
    const placed = placeSlice(SIZE, spacing, PLANES[2], FITTED, 1020, 520);
    const bar = scaleBar(placed, spacing, PLANES[2], 120);
    expect(bar.text).toBe('2 µm');
    expect(bar.pixels).toBeCloseTo((2 / 0.4) * placed.scaleX);
  });
});

it('states the physical position of a voxel with its unit', () => {
  expect(formatPosition([10, 0, 1], [1, 2, 3], createSpacing([0.4, 0.4, 0.5], 'µm'))).toBe(
    '5, 2, 3.5 µm',
  );
});
