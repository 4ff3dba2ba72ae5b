import { describe, expect, it } from 'vitest';
import { createSpacing } from './length.ts';
import {
  allocateVoxels,
  bytesPerVoxel,
  createVolume,
  toFloat32,
  VOXEL_TYPES,
  voxelBytes,
  voxelsFromBytes,
  voxelTypeOf,
  withKind,
  withSpacing,
} from './volume.ts';

const data = new Uint8Array(6);

describe('createVolume', () => {
  it.each([[[0, 2, 3]], [[-1, -2, 3]], [[1.5, 2, 2]], [[Number.NaN, 1, 1]], [[2 ** 60, 1, 1]]])(
    'refuses the size %j as one without voxels',
    (size) => {
      expect(() =>
        createVolume({ kind: 'grey', size: size as unknown as [number, number, number], data }),
      ).toThrow(expect.objectContaining({ code: 'volume/no-voxels' }));
    },
  );

  it('takes an array of another length for a bug', () => {
    expect(() => createVolume({ kind: 'grey', size: [2, 2, 2], data })).toThrow('array length');
  });

  it('refuses voxel sizes and positions that are no numbers, whoever made them', () => {
    const parts = { kind: 'grey', size: [1, 2, 3], data } as const;
    for (const values of [
      [0, 1, 1],
      [1, Number.NaN, 1],
      [1, 1, Infinity],
    ] as const) {
      expect(() => createVolume({ ...parts, spacing: { values, unit: 'µm' } })).toThrow(
        expect.objectContaining({ code: 'volume/spacing' }),
      );
    }
    expect(() => createVolume({ ...parts, origin: [0, 0, Number.NaN] })).toThrow(
      'The position of the first voxel along z is NaN: it must be a number.',
    );
  });
});

describe('voxel arrays', () => {
  it.each(VOXEL_TYPES)('of type %s come back from their bytes, aligned or not', (type) => {
    const voxels = allocateVoxels(type, 3);
    const bytes = voxelBytes(voxels);
    bytes.set(bytes.map((_, i) => i + 1));
    expect(voxelTypeOf(voxels)).toBe(type);
    expect(voxels.byteLength).toBe(3 * bytesPerVoxel(type));
    expect(voxelsFromBytes(type, bytes, 3)).toEqual(voxels);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect(voxelsFromBytes(type, shifted.subarray(1), 3)).toEqual(voxels);
    expect(() => voxelsFromBytes(type, bytes, 4)).toThrow('too few bytes');
  });

  it('become float32 in memory of their own', () => {
    const floats = Float32Array.of(1.5);
    expect(toFloat32(floats)).not.toBe(floats);
    expect(toFloat32(Float64Array.of(0.1))).toEqual(Float32Array.of(0.1));
    expect(toFloat32(BigInt64Array.of(-(2n ** 60n)))).toEqual(Float32Array.of(-(2 ** 60)));
  });
});

describe('a changed volume', () => {
  const phases = [{ label: 1, name: 'pore', colour: '#0072b2', pore: true }];
  const labels = createVolume({
    kind: 'labels',
    size: [1, 1, 2],
    data: Uint8Array.of(0, 1),
    spacing: createSpacing([0.5, 0.5, 2], 'µm'),
    origin: [1, 2, 4],
    phases,
  });

  it('keeps its place when its voxel size comes in another unit', () => {
    const inNanometres = withSpacing(labels, createSpacing([500, 500, 2000], 'nm'));
    expect(inNanometres.origin).toEqual([1000, 2000, 4000]);
    expect(inNanometres.data).toBe(labels.data);
  });

  it('keeps the origin’s numbers where a unit is unknown or the same', () => {
    expect(withSpacing(labels, null).origin).toEqual([1, 2, 4]);
    expect(withSpacing(labels, createSpacing([1, 1, 1], 'µm')).origin).toEqual([1, 2, 4]);
  });

  it('has named phases only as labels', () => {
    expect(withKind(labels, 'grey')).toMatchObject({ kind: 'grey', phases: [] });
    expect(withKind(withKind(labels, 'labels'), 'labels').phases).toEqual(phases);
  });
});
