import { describe, expect, it } from 'vitest';
import { runOperation, volumeOf } from '../../../tests/support/run-operation.ts';
import { cancelled } from '../../errors/errors.ts';
import { randomUniform } from '../../kernels/random.ts';
import { allocateVoxels, createVolume, type Volume, type VoxelType } from '../../volume/volume.ts';
import { operation } from './index.ts';

function noise(type: VoxelType): Volume {
  const data = allocateVoxels(type, 8 * 7 * 6);
  for (let i = 0; i < data.length; i++) {
    const grey = 20 + Math.floor(90 * randomUniform(1, 0, i));
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[i] = BigInt(grey);
    else data[i] = grey;
  }
  return createVolume({ kind: 'grey', size: [8, 7, 6], data });
}

const TYPES: readonly VoxelType[] = [
  'uint8',
  'int8',
  'uint16',
  'int16',
  'uint32',
  'int32',
  'uint64',
  'int64',
  'float32',
  'float64',
];

describe.each([1, 2])('the median filter of radius %i', (radius) => {
  it('keeps uint8 and uint16, and gives the same numbers for every voxel type', async () => {
    const expected = [
      ...(volumeOf(await runOperation(operation, noise('uint8'), { radius })).data as Uint8Array),
    ];
    for (const type of TYPES) {
      const volume = volumeOf(await runOperation(operation, noise(type), { radius }));
      expect(volume.type).toBe(type === 'uint8' || type === 'uint16' ? type : 'float32');
      expect(operation.outputShape?.(noise(type), { radius })).toMatchObject({ type: volume.type });
      expect([...(volume.data as Float32Array)]).toEqual(expected);
    }
  });
});

it('keeps size, voxel size and origin', async () => {
  const input = createVolume({
    ...noise('uint8'),
    spacing: { values: [1, 2, 3], unit: 'nm' },
    origin: [4, 5, 6],
  });
  const { data: _, ...rest } = volumeOf(await runOperation(operation, input));
  expect(rest).toEqual({ ...rest, size: input.size, spacing: input.spacing, origin: input.origin });
});

it('refuses a voxel that is not a number and names it', async () => {
  const input = noise('float32');
  input.data[8 * 7 * 2 + 8 + 3] = Number.NaN;
  await expect(runOperation(operation, input)).rejects.toMatchObject({
    code: 'volume/not-finite',
    message: expect.stringContaining('voxel x 3, y 1, z 2 is NaN'),
  });
});

it('stops within one task when cancelled half-way', async () => {
  const size = [128, 128, 128] as const;
  const input = createVolume({ kind: 'grey', size, data: new Float32Array(128 ** 3) });
  const controller = new AbortController();
  let last = 0;
  const stopped = runOperation(
    operation,
    input,
    { radius: 2 },
    {
      signal: controller.signal,
      progress: (fraction) => {
        last = fraction;
        controller.abort();
      },
    },
  );
  await expect(stopped).rejects.toMatchObject({ code: cancelled().code });
  expect(last).toBeLessThan(0.5);
});
