import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEngine } from '../src/engine/engine.ts';
import { isUserError } from '../src/errors/errors.ts';
import { host } from '../src/host/node.ts';
import { writeVolume } from '../src/io/registry.ts';
import { createVolume, type Volume } from '../src/volume/volume.ts';
import { createKernelHost } from '../src/wasm/kernel-host.ts';
import type { NamedFile, SliceRequest, VolumeInfo } from './engine-api.ts';
import { createWorkbench } from './workbench.ts';

const SIZE = [70, 20, 33] as const;
const LENGTH = 70 * 20 * 33;

const GREY = createVolume({
  kind: 'grey',
  name: 'grey',
  size: SIZE,
  spacing: { values: [0.5, 0.5, 1], unit: 'µm' },
  data: Uint16Array.from({ length: LENGTH }, (_, i) => ((i * 7919) % 4096) + (i % 70) * 30),
});
const FLOATS = createVolume({
  kind: 'grey',
  name: 'floats',
  size: SIZE,
  data: Float32Array.from({ length: LENGTH }, (_, i) => Math.fround(((i * 7919) % 4096) / 7)),
});
const LABELS = createVolume({
  kind: 'labels',
  name: 'labels',
  size: SIZE,
  data: Uint8Array.from({ length: LENGTH }, (_, i) => Math.floor((i % 70) / 30)),
  phases: [{ label: 1, name: 'binder', colour: '#112233', pore: false }],
});

const kernels = createKernelHost(host, 1);
const workbench = createWorkbench(createEngine(host, kernels, 2 ** 26), host);
afterAll(() => kernels.dispose());

async function fileOf(volume: Volume): Promise<readonly NamedFile[]> {
  const name = `${volume.name}.nrrd`;
  return [{ file: new File([await writeVolume(volume, 'nrrd')], name), path: '' }];
}

const quiet = (): void => undefined;

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => null,
    (error: unknown) => (isUserError(error) ? error.code : error),
  );
}

describe.each([GREY, FLOATS, LABELS])('$name in bricks and in memory', (volume) => {
  let inMemory: VolumeInfo;
  let onDisk: VolumeInfo;

  beforeAll(async () => {
    inMemory = await workbench.open('a', await fileOf(volume), quiet);
    onDisk = await workbench.open('b', await fileOf(volume), quiet, { asBricks: true });
  });

  test('are described alike', () => {
    const { levels, handle, ...facts } = onDisk;
    const { handle: other, ...wanted } = inMemory;
    expect(facts).toEqual(wanted);
    expect(handle).not.toBe(other);
    expect(levels).toEqual([SIZE, [35, 10, 17]]);
  });

  test.each<Omit<SliceRequest, 'handle'>>([
    { axis: 0, index: 66 },
    { axis: 1, index: 19 },
    { axis: 2, index: 32 },
    { axis: 0, index: 63, slab: { thickness: 6, projection: 'mean' } },
    { axis: 1, index: 1, slab: { thickness: 9, projection: 'max' } },
    { axis: 2, index: 31, slab: { thickness: 50, projection: 'min' } },
  ])('show the same pixels: $axis at $index', async (request) => {
    const pixels = await workbench.slice({ ...request, handle: onDisk.handle });
    expect(pixels).toEqual(await workbench.slice({ ...request, handle: inMemory.handle }));
  });

  test('have the same values under the cursor', async () => {
    const value = await workbench.profile(onDisk.handle, [69, 19, 32], [69, 19, 32]);
    expect([...value]).toEqual([volume.data[LENGTH - 1]]);
    const line = [
      [0, 3, 4],
      [60, 3, 20],
    ] as const;
    expect(await workbench.profile(onDisk.handle, ...line)).toEqual(
      await workbench.profile(inMemory.handle, ...line),
    );
  });

  test('have the same bins', async () => {
    const { counts, start, binWidth, exact } = await workbench.histogram(onDisk.handle);
    const wanted = await workbench.histogram(inMemory.handle);
    expect(counts).toEqual(wanted.counts);
    expect([start, binWidth, exact]).toEqual([wanted.start, wanted.binWidth, wanted.exact]);
  });

  test('refuse on disk what needs all voxels in memory, in a sentence', async () => {
    const run = workbench.surfaceAreas('c', onDisk.handle);
    expect(await failureOf(run)).toBe('memory/over-budget');
  });

  test('give back their store when released', async () => {
    const changed = await workbench.setSpacing(onDisk.handle, {
      values: [2, 2, 2],
      unit: 'nm',
    });
    expect(changed.spacing?.unit).toBe('nm');
    await workbench.release(onDisk.handle);
    const request = { axis: 2, index: 0 } as const;
    expect((await workbench.slice({ ...request, handle: changed.handle })).width).toBe(70);
    await workbench.release(changed.handle);
    expect(await failureOf(workbench.slice({ ...request, handle: changed.handle }))).not.toBeNull();
  });
});

test('a level shows the means of the voxels, about the place that was asked for', async () => {
  const { handle } = await workbench.open('d', await fileOf(GREY), quiet, { asBricks: true });
  const { width, height, data } = await workbench.slice({ handle, axis: 2, index: 32, level: 1 });
  expect([width, height]).toEqual([35, 10]);
  const at = (x: number, y: number): number => Number(GREY.data[x + 70 * (y + 20 * 32)]);
  // Slice 32 is the last of an odd number, so that four voxels make the mean.
  const sum = at(4, 6) + at(5, 6) + at(4, 7) + at(5, 7);
  expect(data[2 + 35 * 3]).toBe(Math.floor((2 * sum + 4) / 8));
  await workbench.release(handle);
});

test('opening is cancelled where it stands', async () => {
  const large = createVolume({
    kind: 'grey',
    name: 'large',
    size: [512, 512, 72],
    data: Uint16Array.from({ length: 512 * 512 * 72 }, (_, i) => (i * 7919) % 60_000),
  });
  const opening = workbench.open('e', await fileOf(large), quiet, { asBricks: true });
  setTimeout(() => void workbench.cancel('e'), 30);
  expect(await failureOf(opening)).toBe('run/cancelled');
});
