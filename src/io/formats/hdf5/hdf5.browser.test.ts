import { expect, test } from 'vitest';
import { h5wasm } from 'h5wasm';
import { blobSource } from '../../sources.ts';
import { hdf5Format } from './hdf5.ts';

test('an HDF5 file is read on a page, where it cannot be mounted', async () => {
  const { FS } = await h5wasm.ready;
  const file = new h5wasm.File('/made.h5', 'w');
  const data = Int16Array.from({ length: 24 }, (_, i) => i - 12);
  file.create_dataset({ name: 'grey', data, shape: [2, 3, 4], dtype: '<h' });
  file.close();
  const blob = new Blob([FS.readFile('/made.h5').slice()]);
  const { volume } = await hdf5Format.readVolume(blobSource(blob, 'grey.h5'));
  expect(volume.size).toEqual([4, 3, 2]);
  expect(volume.data).toEqual(data);
});
