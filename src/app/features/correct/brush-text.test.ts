import { describe, expect, it } from 'vitest';
import { brushText } from './brush-text.ts';

describe('the size of a brush', () => {
  it('is told in voxels and, where they have a size, as a length', () => {
    expect(brushText(0.5, 'voxel', null)).toBe('1 voxel');
    expect(brushText(2.5, 'voxel', { values: [0.128, 0.128, 0.128], unit: 'µm' })).toBe(
      '5 voxels, 0.64 µm',
    );
    const flat = { values: [1, 1, 4], unit: 'µm' } as const;
    expect(brushText(2, 'voxel', flat)).toBe('4 voxels, 4 × 4 × 16 µm');
    expect(brushText(2, 'physical', flat)).toBe('4 voxels, 4 µm');
  });
});
