import { describe, expect, test } from 'vitest';
import { seededNumbers } from '../../tests/support/tiff-fixtures.ts';
import { isUserError } from '../errors/errors.ts';
import { copyBox, type VoxelBox, wholeBox } from '../volume/box.ts';
import {
  allocateVoxels,
  createVolume,
  type Size3,
  type Volume,
  VOXEL_TYPES,
  type VoxelArray,
  voxelBytes,
  voxelCount,
  type VoxelType,
  voxelTypeOf,
} from '../volume/volume.ts';
import type { BrickedVolume } from './bricked-volume.ts';
import { openBricks } from './reader.ts';
import { type BrickStorage, memoryStorage } from './storage.ts';
import { createBrickWriter } from './writer.ts';

const SPACING = { values: [0.5, 0.25, 2], unit: 'µm' } as const;

/** Every voxel of another value, as far as the type has them. */
function volumeOf(size: Size3, type: VoxelType, kind: Volume['kind'] = 'grey'): Volume {
  const data = allocateVoxels(type, voxelCount(size));
  const next = seededNumbers(7);
  for (let i = 0; i < data.length; i++) {
    const value = Math.floor(next() * (kind === 'labels' ? 3 : 250));
    data[i] = (
      data instanceof BigInt64Array || data instanceof BigUint64Array ? BigInt(value) : value
    ) as never;
  }
  return createVolume({ kind, size, data, spacing: SPACING, origin: [1, 2, 3], name: 'cathode' });
}

async function stored(
  volume: Volume,
  runs: readonly number[] = [8],
  storage: BrickStorage = memoryStorage(),
): Promise<BrickedVolume> {
  const writer = createBrickWriter(storage, volume);
  const [nx, ny, nz] = volume.size;
  for (let first = 0, i = 0; first < nz; i++) {
    const end = Math.min(nz, first + (runs[i % runs.length] as number));
    await writer.writeSlices(first, volume.data.slice(first * nx * ny, end * nx * ny));
    first = end;
  }
  return writer.finish();
}

/** As `toEqual` would, in a fraction of its time. */
function expectSame(data: VoxelArray, wanted: VoxelArray): void {
  expect(voxelTypeOf(data)).toBe(voxelTypeOf(wanted));
  expect(Buffer.compare(voxelBytes(data), voxelBytes(wanted))).toBe(0);
}

const quietly = async (): Promise<void> => undefined;

describe('a store of bricks', () => {
  test.each(VOXEL_TYPES)('gives back every voxel of type %s', async (type) => {
    const volume = volumeOf([70, 65, 17], type);
    const bricks = await stored(volume);
    expectSame((await bricks.readBox(wholeBox(volume.size))).data, volume.data);
    expect(bricks.range).toEqual(type === 'int8' ? [-128, 127] : [0, 249]);
  });

  test.each<[string, VoxelBox]>([
    ['one voxel', [69, 70, 64, 65, 130, 131]],
    ['a slice across z', [0, 70, 0, 67, 63, 64]],
    ['a slice across y', [0, 70, 64, 65, 0, 131]],
    ['a slice across x', [63, 64, 0, 67, 0, 131]],
    ['a box over brick and sheet borders', [60, 69, 1, 66, 55, 129]],
  ])('%s is that of the volume', async (_, box) => {
    const volume = volumeOf([70, 67, 131], 'uint16');
    const bricks = await stored(volume);
    const part = await bricks.readBox(box);
    expectSame(part.data, await copyBox(volume, box, quietly));
    expect(part.origin).toEqual([1 + 0.5 * box[0], 2 + 0.25 * box[2], 3 + 2 * box[4]]);
    expect(part.spacing).toEqual(SPACING);
  });

  test('has the same bytes however its slices came', async () => {
    const volume = volumeOf([66, 9, 75], 'uint16');
    const bytesOf = async (runs: readonly number[]): Promise<Uint8Array> => {
      const storage = memoryStorage();
      await stored(volume, runs, storage);
      const bricks = openBricks(storage);
      const parts = await Promise.all(
        bricks.levels.map(async ({ size }, level) =>
          voxelBytes((await bricks.readBox(wholeBox(size), level)).data),
        ),
      );
      return Buffer.concat(parts);
    };
    const whole = await bytesOf([75]);
    expectSame(await bytesOf([1]), whole);
    expectSame(await bytesOf([3, 8, 1, 13]), whole);
  });

  test('has levels of half the size until one brick holds the volume', async () => {
    const bricks = await stored(volumeOf([200, 65, 3], 'uint8'));
    expect(bricks.levels).toEqual([
      { size: [200, 65, 3], factor: 1 },
      { size: [100, 33, 2], factor: 2 },
      { size: [50, 17, 1], factor: 4 },
    ]);
    const coarse = await bricks.readBox([1, 2, 0, 1, 0, 1], 2);
    expect(coarse.spacing?.values).toEqual([2, 1, 8]);
    // Voxels 4 to 7 along x, 0 to 3 along y and z: their common centre.
    expect(coarse.origin).toEqual([1 + 5.5 * 0.5, 2 + 1.5 * 0.25, 3 + 1.5 * 2]);
  });

  test('has the range of each brick', async () => {
    const volume = volumeOf([130, 3, 3], 'uint16');
    volume.data[64] = 1000;
    const bricks = await stored(volume);
    const ranges = [...bricks.bricks()];
    expect(ranges.map(({ box }) => box)).toEqual([
      [0, 64, 0, 3, 0, 3],
      [64, 128, 0, 3, 0, 3],
      [128, 130, 0, 3, 0, 3],
    ]);
    expect(ranges.map(({ maximum }) => maximum > 250)).toEqual([false, true, false]);
    expect(bricks.range[1]).toBe(1000);
  });

  test('leaves NaN and infinities out of ranges and means', async () => {
    const data = Float32Array.from({ length: 65 * 2 * 2 }, () => 3);
    data[0] = Number.NaN;
    data[1] = Number.POSITIVE_INFINITY;
    data[2] = 7;
    const bricks = await stored(createVolume({ kind: 'grey', size: [65, 2, 2], data }));
    expect(bricks.range).toEqual([3, 7]);
    const { data: means } = await bricks.readBox([0, 3, 0, 1, 0, 1], 1);
    expect([...means]).toEqual([3, 3.5, 3]);
  });
});

describe('the next level', () => {
  /** 65 × 2 × 2 voxels, of which the first eight are given: 2 × 2 × 2, x fastest. */
  async function mixed(
    values: readonly number[],
    type: VoxelType,
    kind: Volume['kind'],
  ): Promise<number> {
    const data = allocateVoxels(type, 65 * 4);
    values.forEach((value, i) => {
      data[(i & 1) + 65 * (i >> 1)] = value as never;
    });
    const bricks = await stored(createVolume({ kind, size: [65, 2, 2], data }));
    return Number((await bricks.readBox([0, 1, 0, 1, 0, 1], 1)).data[0]);
  }

  test('has means of eight, halves rounded up', async () => {
    expect(await mixed([1, 2, 3, 4, 5, 6, 7, 8], 'uint16', 'grey')).toBe(5);
    expect(await mixed([-1, -2, -3, -4, -5, -6, -7, -8], 'int16', 'grey')).toBe(-4);
    expect(await mixed([1, 2, 3, 4, 5, 6, 7, 8], 'int32', 'grey')).toBe(5);
    expect(await mixed([1, 2, 3, 4, 5, 6, 7, 8], 'float32', 'grey')).toBe(4.5);
  });

  test('has the most frequent label, of equals the smallest', async () => {
    expect(await mixed([9, 4, 4, 9, 9, 4, 1, 2], 'uint8', 'labels')).toBe(4);
    expect(await mixed([9, 4, 4, 9, 9, 9, 1, 2], 'uint8', 'labels')).toBe(9);
  });

  test('has the means of what is there at the far faces', async () => {
    const data = Uint16Array.from({ length: 65 * 3 * 3 }, (_, i) => i);
    const bricks = await stored(createVolume({ kind: 'grey', size: [65, 3, 3], data }));
    const { data: means } = await bricks.readBox([32, 33, 1, 2, 1, 2], 1);
    expect([...means]).toEqual([65 * 3 * 3 - 1]);
  });
});

describe('what is not whole', () => {
  const volume = volumeOf([70, 20, 20], 'uint16');

  function failureOf(storage: BrickStorage): unknown {
    try {
      openBricks(storage);
    } catch (error) {
      return error;
    }
    return null;
  }

  test('does not open before it is finished, wherever the writing is cut off', async () => {
    let budget = 0;
    let written = 0;
    const count = async (limit: number): Promise<BrickStorage> => {
      const storage = memoryStorage();
      budget = limit;
      written = 0;
      const limited: BrickStorage = {
        ...storage,
        get size() {
          return storage.size;
        },
        write(offset, bytes) {
          written += 1;
          if (written > budget) throw new Error('the power is gone');
          storage.write(offset, bytes);
        },
      };
      await stored(volume, [8], limited).catch(() => undefined);
      return storage;
    };
    expect(failureOf(await count(Infinity))).toBe(null);
    const all = written;
    for (let limit = 0; limit < all; limit++) {
      const failure = failureOf(await count(limit));
      expect(isUserError(failure) && failure.code).toBe('store/damaged');
    }
  });

  test('does not open where its head or index has a wrong byte', async () => {
    const storage = memoryStorage();
    await stored(volume, [20], storage);
    const data = 4096 + 2 * (volume.data.length + 35 * 10 * 10);
    const places = [0, 9, 20, 30, 35, 61, data, data + 5, storage.size - 1];
    for (const place of places) {
      const byte = new Uint8Array(1);
      storage.read(place, byte);
      storage.write(place, Uint8Array.of((byte[0] as number) ^ 1));
      const failure = failureOf(storage);
      expect(isUserError(failure) && failure.code).toBe('store/damaged');
      storage.write(place, byte);
    }
    expect(failureOf(storage)).toBe(null);
  });

  test('is refused where a brick has a wrong byte, the other bricks are read', async () => {
    const storage = memoryStorage();
    const bricks = await stored(volume, [20], storage);
    storage.write(4096 + 7, Uint8Array.of(255));
    const thrown: unknown = await bricks
      .readBox([0, 1, 0, 1, 0, 1])
      .catch((error: unknown) => error);
    expect(isUserError(thrown) && thrown.code).toBe('store/damaged');
    const box: VoxelBox = [64, 70, 0, 20, 0, 20];
    expectSame((await bricks.readBox(box)).data, await copyBox(volume, box, quietly));
  });
});
