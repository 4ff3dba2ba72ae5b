import { describe, expect, test } from 'vitest';
import { hdf5Bytes } from '../../../../tests/support/hdf5-files.ts';
import { voxelBytes } from '../../../volume/volume.ts';
import { bytesSource } from '../../sources.ts';
import { hdf5Format } from './hdf5.ts';

const h5Source = async (build: Parameters<typeof hdf5Bytes>[0]) =>
  bytesSource(await hdf5Bytes(build), 'scan.h5');

const ramp = Uint16Array.from({ length: 24 }, (_, i) => 1000 + i);

describe('HDF5', () => {
  test('the only volume is read, its last axis is x, and other datasets do not count', async () => {
    const source = await h5Source((file) => {
      const group = file.create_group('exchange');
      group.create_dataset({ name: 'data', data: ramp, shape: [2, 3, 4], dtype: '<H' });
      file.create_dataset({ name: 'theta', data: new Float64Array(5), shape: [5], dtype: '<d' });
      file.create_dataset({ name: 'note', data: 'by hand' });
    });
    const { volume, metadata } = await hdf5Format.readVolume(source);
    expect(volume.size).toEqual([4, 3, 2]);
    expect(volume.data).toEqual(ramp);
    expect(volume.spacing).toBeNull();
    expect(metadata.tags['dataset']).toBe('exchange/data');
  });

  test('big-endian, compressed data are the same voxels', async () => {
    const source = await h5Source((file) => {
      file.create_dataset({
        name: 'grey',
        data: Float32Array.from(ramp),
        shape: [2, 3, 4],
        dtype: '<f',
        chunks: [1, 3, 4],
        compression: 'gzip',
        compression_opts: [6],
      });
    });
    const { volume } = await hdf5Format.readVolume(source);
    expect(volume.data).toEqual(Float32Array.from(ramp));
  });

  test.each([
    ['layers of flat chunks', [2, 64, 64]],
    ['bands of deep chunks', [40, 48, 64]],
    ['chunks that reach beyond the volume', [24, 200, 256]],
  ])('%s are joined', async (_, chunks) => {
    const data = Uint16Array.from(
      { length: 40 * 300 * 400 },
      (__, i) => (i * 2_654_435_761) >>> 16,
    );
    const source = await h5Source((file) => {
      file.create_dataset({ name: 'grey', data, shape: [40, 300, 400], dtype: '<H', chunks });
    });
    const { volume } = await hdf5Format.readVolume(source);
    expect(volume.size).toEqual([400, 300, 40]);
    expect(Buffer.compare(voxelBytes(volume.data), voxelBytes(data))).toBe(0);
  });

  test('several volumes are a choice', async () => {
    const source = await h5Source((file) => {
      file.create_dataset({ name: 'a', data: ramp, shape: [2, 3, 4], dtype: '<H' });
      file.create_dataset({ name: 'b', data: ramp, shape: [4, 3, 2], dtype: '<H' });
    });
    await expect(hdf5Format.readVolume(source)).rejects.toMatchObject({
      code: 'file/several-datasets',
      details: { datasets: [{ path: 'a' }, { path: 'b', size: [2, 3, 4] }] },
    });
    expect((await hdf5Format.readVolume(source, { dataset: '/b' })).volume.size).toEqual([2, 3, 4]);
  });

  test('element_size_um gives the voxel size, stored along z, y, x', async () => {
    const source = await h5Source((file) => {
      const data = file.create_dataset({ name: 'a', data: ramp, shape: [2, 3, 4], dtype: '<H' });
      data.create_attribute('element_size_um', Float64Array.of(2, 0.5, 0.25), [3], '<d');
    });
    const { volume } = await hdf5Format.readVolume(source);
    expect(volume.spacing).toEqual({ values: [0.25, 0.5, 2], unit: 'µm' });
  });

  test.each(['create_soft_link', 'create_hard_link'] as const)(
    'groups that contain each other twice over come to an end: %s',
    async (create) => {
      const source = await h5Source((file) => {
        const group = file.create_group('a');
        for (const name of ['b', 'c']) group[create]('/a', name);
      });
      await expect(hdf5Format.readVolume(source)).rejects.toMatchObject({
        code: 'volume/no-voxels',
      });
    },
  );

  test('a file without a volume, and a damaged one, are one sentence each', async () => {
    const empty = await h5Source((file) => {
      file.create_dataset({ name: 'line', data: ramp, shape: [24], dtype: '<H' });
    });
    await expect(hdf5Format.readVolume(empty)).rejects.toMatchObject({ code: 'volume/no-voxels' });
    const bytes = (await empty.read(0, 100)).slice();
    await expect(hdf5Format.readVolume(bytesSource(bytes, 'cut.h5'))).rejects.toMatchObject({
      code: 'file/malformed',
      message: expect.stringContaining('cut.h5 is damaged'),
    });
  });
});
