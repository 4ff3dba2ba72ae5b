import { describe, expect, it } from 'vitest';
import { createVolume, type Volume, type VoxelArray } from '../volume/volume.ts';
import { lineProfile, type Region, regionStatistics } from './measure.ts';

const SIZE = [13, 11, 7] as const;
const VOXELS = 13 * 11 * 7;
const turn = () => Promise.resolve();

function volumeOf(data: VoxelArray, kind: 'grey' | 'labels' = 'grey'): Volume {
  return createVolume({ kind, size: SIZE, data });
}

const mixed = Uint16Array.from({ length: VOXELS }, (_, i) => (i * 7919 + 13 * (i % 5)) % 65_521);
const labels = volumeOf(
  Uint8Array.from({ length: VOXELS }, (_, i) => [0, 2, 5][(i * 31) % 3] as number),
  'labels',
);

/** Values of the voxels that a test of their place accepts, by the plainest loop. */
function gather(data: VoxelArray, accepts: (x: number, y: number, z: number) => boolean): number[] {
  const found: number[] = [];
  for (let z = 0; z < 7; z++)
    for (let y = 0; y < 11; y++)
      for (let x = 0; x < 13; x++)
        if (accepts(x, y, z)) found.push(Number(data[x + 13 * (y + 11 * z)]));
  return found;
}

function direct(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const sorted = [...values].sort((a, b) => a - b);
  return {
    count: values.length,
    mean,
    standardDeviation: Math.sqrt(squares / values.length),
    minimum: sorted[0],
    maximum: sorted.at(-1),
    quantile: (f: number) => sorted[Math.floor(f * (values.length - 1))],
  };
}

async function expectDirect(
  volume: Volume,
  region: Region | null,
  accepts: (x: number, y: number, z: number) => boolean,
): Promise<void> {
  const [found] = await regionStatistics(volume, region, null, turn);
  const { quantile, standardDeviation, ...expected } = direct(gather(volume.data, accepts));
  expect(found).toMatchObject(expected);
  expect(found?.standardDeviation).toBeCloseTo(standardDeviation, 8);
  for (const { fraction, value } of found?.quantiles ?? []) expect(value).toBe(quantile(fraction));
}

describe('regionStatistics', () => {
  it.each([
    ['uint8', Uint8Array.from(mixed)],
    ['int16', Int16Array.from(mixed, (value) => value - 32_000)],
    ['uint16', mixed],
    ['int32', Int32Array.from(mixed, (value) => 30_011 * value - 1e9)],
    ['float32', Float32Array.from(mixed, (value) => Math.fround(value / 3))],
    ['float64', Float64Array.from(mixed, (value) => value / 7)],
    ['int64', BigInt64Array.from(mixed, (value) => BigInt(value) - 40_000n)],
  ])('of %s voxels are those of the plainest loop', async (_, data) => {
    const volume = volumeOf(data);
    await expectDirect(volume, null, () => true);
    const box: Region = { shape: 'box', from: [9, 2, 6], to: [3, 10, 1] };
    await expectDirect(volume, box, (x, y, z) => x >= 3 && x <= 9 && y >= 2 && z >= 1);
  });

  it('take the voxels of an ellipse by their centres', async () => {
    const region: Region = { shape: 'ellipse', from: [2, 1, 3], to: [10, 6, 3] };
    await expectDirect(
      volumeOf(mixed),
      region,
      (x, y, z) => z === 3 && ((x - 6) / 4.5) ** 2 + ((y - 3.5) / 3) ** 2 <= 1,
    );
    const column: Region = { shape: 'ellipse', from: [4, 0, 2], to: [4, 10, 2] };
    await expectDirect(volumeOf(mixed), column, (x, _, z) => x === 4 && z === 2);
  });

  it('of each label that occurs in the region follow those of the region', async () => {
    const region: Region = { shape: 'box', from: [0, 5, 0], to: [12, 5, 6] };
    const rows = await regionStatistics(volumeOf(mixed), region, labels, turn);
    expect(rows.map(({ label }) => label)).toEqual([null, 0, 2, 5]);
    for (const row of rows.slice(1)) {
      const at = (x: number, y: number, z: number) => labels.data[x + 13 * (y + 11 * z)];
      const { count, mean, minimum, maximum } = direct(
        gather(mixed, (x, y, z) => y === 5 && at(x, y, z) === row.label),
      );
      expect(row).toMatchObject({ count, mean, minimum, maximum });
    }
    const [whole, ...parts] = rows;
    expect(parts.reduce((sum, { count }) => sum + count, 0)).toBe(whole?.count);
    const one = await regionStatistics(
      volumeOf(mixed),
      { shape: 'box', from: [0, 0, 0], to: [0, 0, 0] },
      labels,
      turn,
    );
    expect(one.map(({ label }) => label)).toEqual([null, 0]);
  });

  it('leave out what is no number and say how many', async () => {
    const data = Float32Array.from(mixed);
    data.set([Number.NaN, Number.POSITIVE_INFINITY], 20);
    const [row] = await regionStatistics(volumeOf(data), null, null, turn);
    const { count, mean } = direct([...data].filter(Number.isFinite));
    expect(row).toMatchObject({ count, mean, notFinite: 2 });
    const [none] = await regionStatistics(
      volumeOf(data),
      { shape: 'box', from: [7, 1, 0], to: [8, 1, 0] },
      null,
      turn,
    );
    expect(none).toMatchObject({ count: 0, notFinite: 2, mean: Number.NaN, minimum: Number.NaN });
  });

  it('refuse a corner outside the volume', async () => {
    const region: Region = { shape: 'box', from: [0, 0, 0], to: [13, 0, 0] };
    await expect(regionStatistics(volumeOf(mixed), region, null, turn)).rejects.toThrow(
      'no such voxel',
    );
  });
});

describe('lineProfile', () => {
  it('gives the voxels themselves along an axis and along a diagonal, both ways', () => {
    const volume = volumeOf(mixed);
    const at = (x: number, y: number, z: number) => mixed[x + 13 * (y + 11 * z)];
    expect([...lineProfile(volume, [2, 4, 3], [6, 4, 3])]).toEqual(
      [2, 3, 4, 5, 6].map((x) => at(x, 4, 3)),
    );
    expect([...lineProfile(volume, [5, 9, 2], [1, 5, 6])]).toEqual(
      [0, 1, 2, 3, 4].map((i) => at(5 - i, 9 - i, 2 + i)),
    );
    expect([...lineProfile(volume, [5, 9, 2], [5, 9, 2])]).toEqual([at(5, 9, 2)]);
  });

  it('is exact on a ramp in any direction', () => {
    const ramp = Float64Array.from(
      { length: VOXELS },
      (_, i) => 4 * (i % 13) + 16 * (Math.floor(i / 13) % 11) + 64 * Math.floor(i / 143),
    );
    const values = lineProfile(volumeOf(ramp), [0, 0, 0], [8, 4, 2]);
    expect([...values]).toEqual(Array.from({ length: 9 }, (_, i) => i * (4 + 8 + 16)));
  });

  it('does not read voxels that have no weight', () => {
    const data = Float32Array.from(mixed);
    data[3 + 13 * 5] = Number.NaN;
    expect(lineProfile(volumeOf(data), [0, 4, 0], [12, 4, 0]).some(Number.isNaN)).toBe(false);
    expect(lineProfile(volumeOf(data), [12, 10, 6], [12, 10, 0])).toHaveLength(7);
  });

  it('refuses an end outside the volume', () => {
    expect(() => lineProfile(volumeOf(mixed), [0, 0, 0], [0, 11, 0])).toThrow('no such voxel');
  });
});
