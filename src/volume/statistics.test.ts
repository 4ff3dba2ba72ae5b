import { describe, expect, test } from 'vitest';
import { surveyVolume, voxelPosition } from './statistics.ts';
import type { VoxelArray } from './volume.ts';

function survey(data: VoxelArray) {
  return surveyVolume({ data, size: [data.length, 1, 1] });
}

describe('surveyVolume', () => {
  test('range and different values of integers', async () => {
    const result = await survey(Int16Array.from({ length: 100 }, (_, i) => (i % 3) * 500));
    expect(result).toMatchObject({
      minimum: 0,
      maximum: 1000,
      notFinite: null,
      constant: false,
      distinct: [0, 500, 1000],
      looksSegmented: true,
    });
  });

  test('seventeen values are too many to be labels', async () => {
    const labels = (count: number) => survey(Uint8Array.from({ length: 400 }, (_, i) => i % count));
    expect((await labels(16)).looksSegmented).toBe(true);
    const more = await labels(17);
    expect(more.looksSegmented).toBe(false);
    expect(more.distinct).toBeNull();
    expect(more.maximum).toBe(16);
  });

  test('negative values and values that occur hardly more than once are no labels', async () => {
    expect((await survey(Int8Array.from({ length: 40 }, (_, i) => -(i % 2)))).looksSegmented).toBe(
      false,
    );
    expect((await survey(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8))).looksSegmented).toBe(false);
  });

  test('floats are never labels', async () => {
    const result = await survey(Float32Array.from({ length: 100 }, (_, i) => i % 2));
    expect(result.looksSegmented).toBe(false);
    expect(result.distinct).toBeNull();
  });

  test('values that are no numbers are counted, the first with its place', async () => {
    const data = new Float64Array(24).fill(1);
    data[17] = Infinity;
    data[20] = Number.NaN;
    const result = await surveyVolume({ data, size: [4, 3, 2] });
    expect(result.notFinite).toEqual({ count: 2, first: [1, 1, 1], value: 'Infinity' });
    expect(result.minimum).toBe(1);
    expect(result.maximum).toBe(1);
    // Not constant: two voxels are not 1.
    expect(result.constant).toBe(false);
  });

  test('a volume without any number has no range', async () => {
    const result = await survey(new Float32Array(3).fill(Number.NaN));
    expect(result.minimum).toBeNaN();
    expect(result.notFinite).toEqual({ count: 3, first: [0, 0, 0], value: 'NaN' });
    expect(result.constant).toBe(false);
  });

  test('equal voxels are constant, also in 64 bits', async () => {
    expect((await survey(new Uint16Array(5).fill(7))).constant).toBe(true);
    expect((await survey(new BigInt64Array(5).fill(-7n))).constant).toBe(true);
    expect((await survey(BigUint64Array.of(1n, 2n, 1n, 2n, 1n, 2n, 1n, 2n))).distinct).toEqual([
      1, 2,
    ]);
  });

  test('the result does not depend on where blocks end', async () => {
    const data = new Uint8Array(2 ** 20 + 3).fill(1);
    data[2 ** 20 + 2] = 9;
    data[2 ** 20 - 1] = 4;
    const fractions: number[] = [];
    const result = await surveyVolume(
      { data, size: [data.length, 1, 1] },
      {
        pause: (fraction) => {
          fractions.push(fraction);
          return Promise.resolve();
        },
      },
    );
    expect(result.distinct).toEqual([1, 4, 9]);
    expect(fractions).toHaveLength(2);
    expect(fractions.at(-1)).toBe(1);
  });
});

test('voxelPosition inverts the index order', () => {
  const [nx, ny, nz] = [5, 4, 3];
  for (let index = 0; index < nx * ny * nz; index++) {
    const [x, y, z] = voxelPosition(index, [nx, ny, nz]);
    expect(x + nx * (y + ny * z)).toBe(index);
  }
});
