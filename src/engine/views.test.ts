import { describe, expect, it } from 'vitest';
import { createSpacing } from '../volume/length.ts';
import { createVolume, type VoxelArray } from '../volume/volume.ts';
import type { Projection } from '../volume/slab.ts';
import { extractSlice, previewVolume, projectSlab } from './views.ts';

const SIZE = [2, 3, 4] as const;
const turn = () => Promise.resolve();

function volumeOf(data: VoxelArray, kind: 'grey' | 'labels' = 'grey') {
  return createVolume({ kind, size: SIZE, data });
}

/** 100 x + 10 y + z */
const coded = Uint16Array.from(
  { length: 24 },
  (_, i) => 100 * (i % 2) + 10 * (Math.floor(i / 2) % 3) + Math.floor(i / 6),
);

describe('extractSlice', () => {
  it('gives x across and y down for a page', () => {
    expect(extractSlice(volumeOf(coded), 2, 3)).toEqual({
      width: 2,
      height: 3,
      data: Uint16Array.of(3, 103, 13, 113, 23, 123),
    });
  });

  it('gives x across and z down for a row', () => {
    expect(extractSlice(volumeOf(coded), 1, 2)).toEqual({
      width: 2,
      height: 4,
      data: Uint16Array.of(20, 120, 21, 121, 22, 122, 23, 123),
    });
  });

  it('gives z across and y down for a column', () => {
    expect(extractSlice(volumeOf(coded), 0, 1)).toEqual({
      width: 4,
      height: 3,
      data: Uint16Array.of(100, 101, 102, 103, 110, 111, 112, 113, 120, 121, 122, 123),
    });
  });

  it('copies, so that the page may own the pixels', () => {
    const volume = volumeOf(coded.slice());
    const slice = extractSlice(volume, 2, 0);
    slice.data.fill(9);
    expect(volume.data[0]).toBe(0);
  });

  it.each([-1, 3, 0.5, Number.NaN])('takes slice %d of three rows for a bug', (index) => {
    expect(() => extractSlice(volumeOf(coded), 1, index)).toThrow('no such slice');
  });

  it('turns 64-bit integers into numbers', () => {
    const data = BigInt64Array.from(coded, (value) => BigInt(value) - 50n);
    expect(extractSlice(volumeOf(data), 2, 0).data).toEqual(
      Float64Array.of(-50, 50, -40, 60, -30, 70),
    );
  });
});

describe('projectSlab', () => {
  const size = [5, 4, 9] as const;
  const grey = Int16Array.from({ length: 180 }, (_, i) => ((i * 7919) % 997) - 500);

  function direct(values: readonly number[], projection: Projection): number {
    const finite = values.filter(Number.isFinite);
    if (finite.length === 0) return Number.NaN;
    if (projection === 'max') return Math.max(...finite);
    if (projection === 'min') return Math.min(...finite);
    return finite.reduce((sum, value) => sum + value, 0) / finite.length;
  }

  const holes = Float32Array.from(grey, (value) => value / 3);
  holes.set([Number.NaN, Number.POSITIVE_INFINITY], 60);
  holes.fill(Number.NaN, 0, 5);
  const types: readonly (readonly [string, VoxelArray])[] = [
    ['int16', grey],
    ['float32 with holes', holes],
    ['int64', BigInt64Array.from(grey, BigInt)],
  ];

  for (const projection of ['mean', 'max', 'min'] as const) {
    it.each(types)(`is the ${projection} of the slices it covers, of %s`, async (_, data) => {
      const volume = createVolume({ kind: 'grey', size, data });
      for (const axis of [0, 1, 2] as const) {
        for (const [index, thickness, first, last] of [
          [0, 1, 0, 0],
          [2, 3, 1, 3],
          [1, 99, 0, size[axis] - 1],
        ] as const) {
          const slab = await projectSlab(volume, axis, index, { thickness, projection }, turn);
          const slices = Array.from(
            { length: last - first + 1 },
            (__, i) => extractSlice(volume, axis, first + i).data,
          );
          const expected = Array.from(slab.data, (__, pixel) =>
            direct(
              slices.map((slice) => slice[pixel] as number),
              projection,
            ),
          );
          expect([...slab.data]).toEqual(expected);
          expect(slab).toMatchObject(
            (({ width, height }) => ({ width, height }))(extractSlice(volume, axis, index)),
          );
        }
      }
    });
  }

  it('keeps the type for largest and smallest values', async () => {
    const volume = createVolume({ kind: 'grey', size, data: grey });
    const slab = (projection: Projection) =>
      projectSlab(volume, 2, 4, { thickness: 3, projection }, turn);
    expect((await slab('max')).data).toBeInstanceOf(Int16Array);
    expect((await slab('mean')).data).toBeInstanceOf(Float64Array);
  });
});

describe('previewVolume', () => {
  it('keeps voxels without a value apart: 0, and the range from 1 on', async () => {
    const data = Float32Array.of(0, 0, 0, 10, 0, 0, 0, 10);
    const volume = createVolume({ kind: 'grey', name: 'field', size: [8, 1, 1], data });
    const fine = await previewVolume(volume, 8, [0, 10], turn, 0);
    expect(fine.hasOutside).toBe(true);
    expect(Array.from(fine.data)).toEqual([0, 0, 0, 255, 0, 0, 0, 255]);
    const whole = createVolume({ ...volume, data: Float32Array.of(0, 0, 5, 5, 0, 5, 5, 5) });
    const coarse = await previewVolume(whole, 2, [0, 10], turn, 0);
    expect(Array.from(coarse.data)).toEqual([0, 128]);
  });

  it('spreads a field over its levels by logarithms where asked', async () => {
    const data = Float32Array.of(0, 0.01, 0.1, 1);
    const volume = createVolume({ kind: 'grey', name: 'flux', size: [4, 1, 1], data });
    const { data: levels, scale } = await previewVolume(volume, 4, [0.01, 1], turn, 0, 'log');
    expect(scale).toBe('log');
    expect(Array.from(levels)).toEqual([0, 1, 128, 255]);
  });

  it('averages grey blocks, clipped at the border, over the range', async () => {
    const data = Uint8Array.from({ length: 24 }, (_, i) => (i < 12 ? 0 : 100));
    const preview = await previewVolume(volumeOf(data), 2, [0, 100], turn);
    expect(preview.size).toEqual([1, 2, 2]);
    expect(Array.from(preview.data)).toEqual([0, 0, 255, 255]);
  });

  it('keeps label values', async () => {
    const data = Uint8Array.from({ length: 24 }, (_, i) => i % 3);
    const preview = await previewVolume(volumeOf(data, 'labels'), 64, [0, 2], turn);
    expect(preview.data).toEqual(data);
  });

  it('leaves out voxels that are no numbers; a box of them is as dark as the range begins', async () => {
    const data = Float32Array.from({ length: 24 }, (_, i) =>
      i === 0 ? NaN : i < 12 ? 60 : -Infinity,
    );
    const preview = await previewVolume(volumeOf(data), 2, [-20, 100], turn);
    expect(Array.from(preview.data)).toEqual([170, 170, 0, 0]);
  });

  it('gives the same picture for every voxel type and names the size of its boxes', async () => {
    const spaced = { ...volumeOf(coded), spacing: createSpacing([1, 2, 3], 'nm') };
    const expected = await previewVolume(spaced, 2, [0, 200], turn);
    expect(expected.spacing).toEqual([2, 4, 6]);
    for (const data of [Float64Array.from(coded), BigUint64Array.from(coded, BigInt)]) {
      expect(await previewVolume({ ...spaced, data }, 2, [0, 200], turn)).toEqual(expected);
    }
  });

  it('pauses often, also inside a thick layer of a large volume', async () => {
    const size = [512, 512, 6] as const;
    const volume = createVolume({ kind: 'grey', size, data: new Uint8Array(512 * 512 * 6) });
    let pauses = 0;
    await previewVolume(volume, 64, [0, 1], () => {
      pauses += 1;
      return Promise.resolve();
    });
    expect(pauses).toBeGreaterThanOrEqual((512 * 512 * 6) / 2 ** 16);
  });
});
