import { describe, expect, it } from 'vitest';
import { createSpacing } from '../../volume/length.ts';
import {
  boxOnView,
  centreOnView,
  lengthBetween,
  lengthText,
  spanText,
} from './measure-geometry.ts';
import { PLANES } from './slice-geometry.ts';

const spacing = createSpacing([0.5, 0.5, 2], 'µm');
const placement = { left: 10, top: 20, scaleX: 4, scaleY: 8 };

describe('lengthBetween', () => {
  it('takes each axis with its own voxel size', () => {
    expect(lengthBetween([1, 1, 1], [4, 5, 1], spacing)).toEqual({ voxels: 5, physical: 2.5 });
    expect(lengthBetween([3, 0, 2], [0, 0, 0], spacing).physical).toBe(Math.hypot(1.5, 4));
  });

  it('is not known in a unit without a voxel size', () => {
    const length = lengthBetween([0, 0, 0], [0, 1, 0], null);
    expect(length).toEqual({ voxels: 1, physical: null });
    expect(lengthText(length, null)).toBe('1 voxel');
  });

  it('is written with its unit and in voxels', () => {
    expect(lengthText(lengthBetween([1, 1, 1], [4, 5, 1], spacing), spacing)).toBe(
      '2.5 µm (5 voxels)',
    );
  });
});

describe('a region', () => {
  it('spans both corners', () => {
    expect(spanText([7, 3, 5], [2, 3, 8], PLANES[1], spacing)).toBe('3 × 8 µm (6 × 4 voxels)');
    expect(spanText([7, 3, 5], [2, 3, 8], PLANES[1], null)).toBe('6 × 4 voxels');
  });

  it('is drawn along the edges of its voxels, a point at its centre', () => {
    const box = boxOnView([4, 2, 0], [1, 3, 0], PLANES[2], placement);
    expect(box).toEqual({ x: 14, y: 36, width: 16, height: 16 });
    expect(centreOnView([4, 2, 0], PLANES[2], placement)).toEqual([28, 40]);
  });
});
