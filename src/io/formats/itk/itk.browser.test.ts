import { beforeAll, expect, test } from 'vitest';
import { Bug } from '../../../errors/errors.ts';
import { openVolume } from '../../open.ts';
import { bytesSource } from '../../sources.ts';
import { configureItkAssets } from './assets.ts';
import { mrcBytes, vtkBytes } from '../../../../tests/support/itk-files.ts';

function useInstalledPipelines(): void {
  configureItkAssets(
    new URL('/node_modules/@itk-wasm', location.href).href,
    (name) => `${name}/dist/pipelines`,
  );
}

beforeAll(useInstalledPipelines);

const SIZE = [4, 3, 2] as const;
const VOXELS = Uint16Array.from({ length: 24 }, (_, i) => i * 2500);

test('an MRC map is read by a worker of its own', async () => {
  const source = bytesSource(mrcBytes(SIZE, VOXELS, 6), 'grey.mrc');
  const { volume } = await openVolume([source]);
  expect(volume.size).toEqual(SIZE);
  expect(volume.data).toEqual(VOXELS);
  expect(volume.data.buffer).toBeInstanceOf(ArrayBuffer);
});

test('a VTK file is read twice in a row, each time by a fresh worker', async () => {
  for (let turn = 0; turn < 2; turn++) {
    const source = bytesSource(vtkBytes(SIZE, 'unsigned_short', [...VOXELS].join(' ')), 'grey.vtk');
    const { volume } = await openVolume([source]);
    expect(volume.data).toEqual(VOXELS);
  }
});

test('an abort settles a read that is under way, and the next read works', async () => {
  const controller = new AbortController();
  const reading = openVolume([bytesSource(mrcBytes(SIZE, VOXELS, 6), 'grey.mrc')], {
    signal: controller.signal,
    progress: (fraction) => {
      // The file is loaded and its worker is starting, which takes longer than this.
      if (fraction > 0.4) setTimeout(() => controller.abort(), 1);
    },
  });
  await expect(reading).rejects.toMatchObject({ code: 'run/cancelled' });
  const { volume } = await openVolume([bytesSource(mrcBytes(SIZE, VOXELS, 6), 'grey.mrc')]);
  expect(volume.data).toEqual(VOXELS);
});

test('pipelines that are not served are reported as our fault, and a later read works', async () => {
  configureItkAssets(new URL('/no-such-folder', location.href).href);
  const source = bytesSource(mrcBytes(SIZE, VOXELS, 6), 'grey.mrc');
  await expect(openVolume([source])).rejects.toBeInstanceOf(Bug);
  useInstalledPipelines();
  const { volume } = await openVolume([source]);
  expect(volume.data).toEqual(VOXELS);
});

test('nothing is asked for from another origin', () => {
  const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
  const foreign = entries
    .map((entry) => entry.name)
    .filter((name) => !name.startsWith(location.origin) && !/^(data|blob):/.test(name));
  expect(foreign).toEqual([]);
});
