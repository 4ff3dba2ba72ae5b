import { describe, expect, it } from 'vitest';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import { createSpacing } from '../../../volume/length.ts';
import { beforeOf } from './before.ts';

function volume(parts: Partial<VolumeInfo>): VolumeInfo {
  return {
    handle: 'source',
    name: 'v',
    kind: 'grey',
    size: [10, 10, 10],
    type: 'uint16',
    spacing: createSpacing([0.5, 0.5, 2], 'µm'),
    spacingSource: '',
    origin: [1, 1, 1],
    range: [0, 1],
    notFinite: 0,
    phases: [],
    labelCounts: [],
    looksSegmented: false,
    onGpu: false,
    voxelDigest: null,
    warnings: [],
    tags: {},
    ...parts,
  };
}

describe('beforeOf', () => {
  it('finds a crop by its origin', () => {
    const crop = volume({ handle: 'crop', size: [4, 5, 6], origin: [2, 1.5, 7] });
    expect(beforeOf(volume({}), crop)?.offset).toEqual([2, 1, 3]);
  });

  it('is there for a result of the same size without a voxel size', () => {
    const source = volume({ spacing: null });
    expect(beforeOf(source, volume({ handle: 'r', spacing: null }))?.offset).toEqual([0, 0, 0]);
    expect(beforeOf(source, volume({ handle: 'r', spacing: null, size: [9, 10, 10] }))).toBeNull();
  });

  it('is not there for the source itself, for labels, and outside the source', () => {
    const source = volume({});
    expect(beforeOf(source, source)).toBeNull();
    expect(beforeOf(volume({ kind: 'labels' }), volume({ handle: 'r' }))).toBeNull();
    expect(beforeOf(source, volume({ handle: 'r', origin: [2, 1, 1] }))).toBeNull();
  });
});
