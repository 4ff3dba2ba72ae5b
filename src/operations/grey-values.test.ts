import { describe, expect, it } from 'vitest';
import { cancelled } from '../errors/errors.ts';
import { createVolume, type VoxelArray } from '../volume/volume.ts';
import { greyValues } from './grey-values.ts';

const turn = (): Promise<void> => Promise.resolve();

function volumeOf(data: VoxelArray) {
  return createVolume({ kind: 'grey', name: 'scan', size: [2, 2, 2], data });
}

describe('greyValues', () => {
  it.each([
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
    [1e30, '1e+30'],
  ])('refuses %s and says where it is', async (bad, text) => {
    const data = new Float64Array(8);
    data[6] = bad;
    await expect(greyValues(volumeOf(data), turn)).rejects.toMatchObject({
      code: 'volume/not-finite',
      message: expect.stringContaining(`scan: voxel x 0, y 1, z 1 is ${text}`),
      details: { x: 0, y: 1, z: 1 },
    });
  });

  it('passes numbers on without a copy', async () => {
    for (const data of [new Uint8Array(8), new Int16Array(8), new Float32Array(8).fill(1e18)]) {
      expect(await greyValues(volumeOf(data), turn)).toBe(data);
    }
  });

  it('pauses while it turns many 64-bit integers into numbers', async () => {
    const data = new BigUint64Array(2 ** 20).fill(3n);
    let pauses = 0;
    const large = createVolume({ kind: 'grey', size: [1024, 1024, 1], data });
    await greyValues(large, async () => {
      pauses += 1;
      if (pauses === 2) throw cancelled();
    }).catch((error: unknown) => expect(error).toMatchObject({ code: 'run/cancelled' }));
    expect(pauses).toBe(2);
  });

  it('turns 64-bit integers into numbers', async () => {
    const values = await greyValues(volumeOf(new BigInt64Array(8).fill(-7n)), turn);
    expect([...values]).toEqual(new Array(8).fill(-7));
  });
});
