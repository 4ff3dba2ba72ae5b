import { describe, expect, it } from 'vitest';
import { runOperation, volumeOf } from '../../../tests/support/run-operation.ts';
import { createVolume, type Volume, type VoxelArray } from '../../volume/volume.ts';
import { operation } from './index.ts';

const SIZE = [4, 3, 2] as const;

function numbered(data: VoxelArray, parts: Partial<Volume> = {}): Volume {
  return createVolume({ kind: 'grey', name: 'numbered', size: SIZE, data, ...parts });
}

const VALUES = Array.from({ length: 24 }, (_, i) => i);

describe('crop', () => {
  it('keeps the box, half-open, for every voxel type', async () => {
    const arrays: VoxelArray[] = [
      Uint8Array.from(VALUES),
      Int16Array.from(VALUES),
      Float32Array.from(VALUES),
      Float64Array.from(VALUES),
      BigInt64Array.from(VALUES.map(BigInt)),
    ];
    for (const data of arrays) {
      const cropped = volumeOf(
        await runOperation(operation, numbered(data), { box: [1, 3, 1, 3, 1, 2] }),
      );
      expect(cropped.size).toEqual([2, 2, 1]);
      expect(cropped.type).toBe(numbered(data).type);
      expect([...cropped.data].map(Number)).toEqual([17, 18, 21, 22]);
    }
  });

  it('moves the origin by whole voxels where their size is known', async () => {
    const input = numbered(Uint8Array.from(VALUES), {
      spacing: { values: [0.5, 1, 4], unit: 'µm' },
      origin: [10, 20, 30],
    });
    const cropped = volumeOf(await runOperation(operation, input, { box: [2, 4, 1, 2, 1, 2] }));
    expect(cropped.origin).toEqual([11, 21, 34]);
    expect(cropped.spacing).toEqual(input.spacing);
  });

  it('leaves the origin alone where the voxel size is unknown', async () => {
    const input = numbered(Uint8Array.from(VALUES));
    const cropped = volumeOf(await runOperation(operation, input, { box: [2, 4, 1, 2, 1, 2] }));
    expect(cropped.origin).toEqual([0, 0, 0]);
    expect(cropped.spacing).toBeNull();
  });

  it('keeps kind and phases of a label volume', async () => {
    const phases = [{ label: 3, name: 'pore', colour: '#0072b2', pore: true }];
    const input = numbered(Uint8Array.from(VALUES), { kind: 'labels', phases });
    const cropped = volumeOf(await runOperation(operation, input, { box: [0, 1, 0, 1, 0, 1] }));
    expect(cropped).toMatchObject({ kind: 'labels', phases, size: [1, 1, 1] });
  });

  it('copies the whole volume without a box', async () => {
    const input = numbered(Uint8Array.from(VALUES));
    const cropped = volumeOf(await runOperation(operation, input));
    expect(cropped).toEqual(input);
    expect(cropped.data).not.toBe(input.data);
  });

  it('gives in two steps what it gives in one', async () => {
    const input = numbered(Uint8Array.from(VALUES), {
      spacing: { values: [1, 2, 3], unit: 'nm' },
    });
    const first = volumeOf(await runOperation(operation, input, { box: [1, 4, 0, 3, 0, 2] }));
    const second = volumeOf(await runOperation(operation, first, { box: [1, 3, 1, 3, 1, 2] }));
    const once = volumeOf(await runOperation(operation, input, { box: [2, 4, 1, 3, 1, 2] }));
    expect(second).toEqual(once);
  });

  it('refuses a box that leaves the volume, and says where', async () => {
    const input = numbered(Uint8Array.from(VALUES));
    await expect(runOperation(operation, input, { box: [0, 4, 0, 4, 0, 2] })).rejects.toThrow(
      'The crop box ends at 4 along y, but the volume has 3 voxels there: use an end of at most 3.',
    );
    expect(() => operation.outputShape?.(input, { box: [0, 5, 0, 1, 0, 1] })).toThrow('along x');
  });
});
