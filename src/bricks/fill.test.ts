import { expect, test } from 'vitest';
import { buildTiff, seededNumbers } from '../../tests/support/tiff-fixtures.ts';
import { isUserError } from '../errors/errors.ts';
import { openSlabs, openVolume } from '../io/open.ts';
import { writeVolume } from '../io/registry.ts';
import { blobSource, bytesSource } from '../io/sources.ts';
import { wholeBox } from '../volume/box.ts';
import { digestVoxels } from '../volume/digest.ts';
import { countLabels } from '../volume/labels.ts';
import { createVolume } from '../volume/volume.ts';
import { fillBricks, type FillOptions } from './fill.ts';
import { type BrickStorage, memoryStorage } from './storage.ts';

type Values = Uint16Array | Float32Array | Int32Array;

/** A stack of 70 × 9 pixels. */
function stack(slices: readonly Values[]) {
  const pages = slices.map((values) => ({ width: 70, height: 9, values }));
  return [bytesSource(buildTiff(pages).bytes, 'stack.tif')];
}

function grey(type: typeof Uint16Array | typeof Float32Array | typeof Int32Array, most: number) {
  const next = seededNumbers(3);
  return Array.from(
    { length: 11 },
    () =>
      (type as typeof Float32Array).from({ length: 630 }, () =>
        Math.floor(next() * most),
      ) as Values,
  );
}

async function fill(sources: ReturnType<typeof stack>, options: FillOptions = {}) {
  const made: BrickStorage[] = [];
  const filled = await fillBricks(
    await openSlabs(sources, options),
    async () => {
      made.push(memoryStorage());
      return made.at(-1) as BrickStorage;
    },
    options,
  );
  return { ...filled, made };
}

test.each<[string, ReturnType<typeof stack>]>([
  ['grey values of 16 bits', stack(grey(Uint16Array, 60_000))],
  ['grey values with a fraction', stack(grey(Float32Array, 900).map((s) => s.map((v) => v / 7)))],
  ['labels of 16 bits', stack(grey(Uint16Array, 4))],
  ['labels of 32 bits', stack(grey(Int32Array, 4))],
])('%s are found out to be what they are in memory', async (_, sources) => {
  const { volume, metadata, survey } = await openVolume(sources);
  const filled = await fill(sources);
  expect(filled.bricks.kind).toBe(volume.kind);
  expect((await filled.bricks.readBox(wholeBox(volume.size))).data).toEqual(volume.data);
  expect(filled.survey).toEqual(survey);
  expect(filled.metadata).toEqual(metadata);
  expect(filled.voxelDigest).toBe(await digestVoxels(volume));
  expect(filled.made).toHaveLength(1);
  if (volume.kind === 'labels') {
    const { labels, counts } = countLabels(volume);
    expect(filled.labelCounts).toEqual(labels.map((label, i) => ({ label, count: counts[i] })));
  }
});

test('a middle slice that looks like labels does not make a grey volume one', async () => {
  const slices = grey(Uint16Array, 60_000);
  slices[5] = Uint16Array.from({ length: 630 }, (_, i) => i % 2);
  const { bricks, made } = await fill(stack(slices));
  expect(bricks.kind).toBe('grey');
  expect(made).toHaveLength(2);
  expect(made[0]?.size).toBe(0);
});

test('values that are no numbers are counted with the place of the first', async () => {
  const slices = grey(Float32Array, 10) as Float32Array[];
  (slices[4] as Float32Array)[71] = Number.NaN;
  (slices[9] as Float32Array)[0] = Infinity;
  const sources = stack(slices);
  const { survey, metadata } = await fill(sources);
  expect(survey.notFinite).toEqual({ count: 2, first: [1, 1, 4], value: 'NaN' });
  expect(metadata.warnings).toEqual((await openVolume(sources)).metadata.warnings);
});

test('a cancelled filling leaves no storage behind', async () => {
  const stop = new AbortController();
  const storage = memoryStorage();
  const options = { signal: stop.signal, progress: () => stop.abort() };
  const thrown: unknown = await fillBricks(
    await openSlabs(stack(grey(Uint16Array, 60_000)), options),
    async () => storage,
    options,
  ).catch((error: unknown) => error);
  expect(isUserError(thrown) && thrown.code).toBe('run/cancelled');
  expect(storage.size).toBe(0);
});

test('a voxel size that is stated in another unit keeps the place', async () => {
  const spacing = { values: [0.5, 0.5, 0.5], unit: 'µm' } as const;
  const volume = createVolume({
    kind: 'grey',
    size: [3, 2, 2],
    data: Uint16Array.from({ length: 12 }, (_, i) => 100 * i),
    spacing,
    origin: [1, 2, 0],
  });
  const sources = [blobSource(await writeVolume(volume, 'nrrd'), 'placed.nrrd')];
  const stated = { values: [250, 250, 250], unit: 'nm' } as const;
  const { bricks } = await fill(sources, { spacing: stated });
  expect(bricks).toMatchObject({ spacing: stated, origin: [1000, 2000, 0] });
});
