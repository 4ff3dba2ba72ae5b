import { describe, expect, it } from 'vitest';
import { levelFor } from './use-slice.ts';

const ON_DISK = {
  levels: [
    [2048, 2048, 1024],
    [1024, 1024, 512],
    [512, 512, 256],
  ],
} as const;

describe('the level of a volume on disk that a view needs', () => {
  it.each([
    [4, 0],
    [1, 0],
    [0.6, 0],
    [0.5, 1],
    [0.3, 1],
    [0.25, 2],
    [0.01, 2],
    [0, 2],
  ])('has a voxel for each pixel at %f pixels a voxel: level %i', (pixels, level) => {
    expect(levelFor(ON_DISK, pixels)).toBe(level);
  });

  it('is that of its own voxels for a volume in memory', () => {
    expect(levelFor({}, 0.01)).toBe(0);
    expect(levelFor(null, 1)).toBe(0);
  });
});
