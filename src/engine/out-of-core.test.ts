import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryStorage } from '../../tests/support/memory-storage.ts';
import type { RawParameters } from '../declaration/parameters.ts';
import { host } from '../host/node.ts';
import { randomNormal } from '../kernels/random.ts';
import { loadOperation } from '../operations/registry.ts';
import { addStep } from '../recipe/edit.ts';
import { emptyRecipe, type Recipe } from '../recipe/recipe.ts';
import { createSpacing } from '../volume/length.ts';
import { sourceOf, type VoxelSource } from '../volume/streamed.ts';
import { wholeBox } from '../volume/box.ts';
import { digestBytes } from '../volume/digest.ts';
import { createVolume, type Volume, voxelBytes } from '../volume/volume.ts';
import { createKernelHost, type KernelHost } from '../wasm/kernel-host.ts';
import { createEngine, type Engine, type Identified, type IdentifiedVolume } from './engine.ts';
import { OutOfCoreCache, type OutOfCoreOptions, runOutOfCore } from './out-of-core.ts';
import type { PartSize } from './out-of-core-plan.ts';
import { resultsDocument } from './results.ts';

let kernels: KernelHost;
let engine: Engine;
let grey: IdentifiedVolume;
let labels: IdentifiedVolume;

const size = [44, 40, 36] as const;
const spacing = createSpacing([0.5, 0.5, 2], 'µm');

function level(i: number): number {
  const [x, y, z] = [i % 44, Math.floor(i / 44) % 40, Math.floor(i / 1760)];
  return (Math.floor(x / 10) + Math.floor(y / 10) + Math.floor(z / 10)) % 2;
}

beforeAll(async () => {
  kernels = createKernelHost(host, 2);
  engine = createEngine(host, kernels, 0);
  const count = size[0] * size[1] * size[2];
  const data = Float32Array.from(
    { length: count },
    (_, i) => 100 + 200 * level(i) + 8 * randomNormal(7, 0, i),
  );
  grey = await engine.identify(createVolume({ kind: 'grey', name: 'blocks', size, data, spacing }));
  const marks = Uint8Array.from({ length: count }, (_, i) => 3 * level(i) + (i % 7 === 0 ? 1 : 0));
  labels = await engine.identify(
    createVolume({ kind: 'labels', name: 'marks', size, data: marks, spacing, origin: [1, 2, 3] }),
  );
});
afterAll(() => kernels.dispose());

async function recipeOf(...steps: readonly (readonly [string, RawParameters])[]): Promise<Recipe> {
  let recipe = emptyRecipe();
  for (const [operation, params] of steps) {
    const { version } = await loadOperation(operation);
    recipe = addStep(recipe, { operation, version, params });
  }
  return recipe;
}

const never = new AbortController().signal;

function outside(input: IdentifiedVolume): Identified<VoxelSource> {
  return { ...input, volume: sourceOf(input.volume) };
}

function optionsWith(
  parts: PartSize | undefined,
  more: Partial<Omit<OutOfCoreOptions, 'storage'>> = {},
) {
  const storage = createMemoryStorage();
  const limits = { memoryBytes: 2 ** 19, ...(parts === undefined ? {} : { parts }) };
  const cache = new OutOfCoreCache();
  return { signal: never, storage, limits, keep: 'last' as const, cache, ...more };
}

function factsOf({ data, ...facts }: Volume) {
  return { ...facts, voxels: digestBytes(voxelBytes(data)) };
}

async function readFacts(source: VoxelSource) {
  return factsOf(await source.readBox(wholeBox(source.size)));
}

const ODD: readonly PartSize[] = [
  { slices: 5, width: 44, height: 40 },
  { slices: 36, width: 13, height: 17 },
  { slices: 1, width: 44, height: 7 },
];

describe('a recipe on a volume outside memory', () => {
  it('gives the bits, the tables and the identities of a run in memory', async () => {
    const recipe = await recipeOf(
      ['denoise-median', { radius: 1 }],
      ['crop-box', { box: [3, 41, 5, 40, 1, 33] }],
      ['denoise-nl-means', { patchRadius: 1, searchRadius: 2 }],
      ['sharpen-unsharp-mask', { sigma: 1 }],
      ['gradient-magnitude', {}],
    );
    const expected = await engine.run(recipe, grey, { signal: never });
    for (const keep of ['each', 'last'] as const) {
      for (const parts of ODD) {
        const outcomes = await runOutOfCore(engine, recipe, outside(grey), {
          ...optionsWith(parts),
          keep,
        });
        for (const [i, outcome] of outcomes.entries()) {
          const { current, tables, notes } = expected[i]!;
          expect(outcome.current.identity).toBe(current.identity);
          expect({ tables: outcome.tables, notes: outcome.notes }).toEqual({ tables, notes });
          expect(await readFacts(outcome.current.volume)).toEqual(factsOf(current.volume));
        }
      }
    }
  });

  it('has the same results document', async () => {
    const recipe = await recipeOf(
      ['label-phases', { phases: [{ label: 3, name: 'pore', colour: '#0072b2', pore: true }] }],
      ['crop-box', { box: [0, 41, 5, 40, 1, 33] }],
      ['measure-volume-fraction', { slices: true }],
      ['measure-surface-area', {}],
      ['measure-surface-area', { border: 'inside' }],
    );
    const expected = resultsDocument(
      recipe,
      labels,
      await engine.run(recipe, labels, { signal: never }),
    );
    for (const memoryBytes of [2 ** 14, 2 ** 16]) {
      const options = { ...optionsWith(ODD[0]), limits: { memoryBytes, parts: ODD[0]! } };
      const outcomes = await runOutOfCore(engine, recipe, outside(labels), options);
      expect(resultsDocument(recipe, labels, outcomes)).toEqual(expected);
    }
  });

  it('computes steps in a row together and stores the last alone', async () => {
    const recipe = await recipeOf(
      ['smooth-gaussian', { sigma: 1 }],
      ['denoise-median', { radius: 1 }],
      ['crop-box', { box: [0, 40, 0, 40, 0, 30] }],
    );
    const options = optionsWith(ODD[1]);
    await runOutOfCore(engine, recipe, outside(grey), options);
    expect(options.storage.held).toBe(1);
    await options.cache.forget();
    expect(options.storage.held).toBe(0);
  });

  it('takes results of a run before from the cache', async () => {
    const options = { ...optionsWith(ODD[0]), keep: 'each' as const };
    const [first, second] = await Promise.all([
      recipeOf(['denoise-median', { radius: 1 }]),
      recipeOf(['denoise-median', { radius: 1 }], ['smooth-gaussian', { sigma: 1 }]),
    ]);
    await runOutOfCore(engine, first, outside(grey), options);
    const outcomes = await runOutOfCore(engine, second, outside(grey), options);
    expect(outcomes.map(({ cached }) => cached)).toEqual([true, false]);
    expect(options.storage.held).toBe(2);
  });

  it('runs in memory what fits, as a crop', async () => {
    const recipe = await recipeOf(
      ['crop-box', { box: [0, 16, 0, 16, 0, 16] }],
      ['segment-watershed', { phases: 2 }],
      ['label-components', {}],
    );
    const expected = await engine.run(recipe, grey, { signal: never });
    const options = { ...optionsWith(undefined), limits: { memoryBytes: 3 * 2 ** 20 } };
    const outcomes = await runOutOfCore(engine, recipe, outside(grey), options);
    const facts = await readFacts(outcomes.at(-1)!.current.volume);
    expect(facts).toEqual(factsOf(expected.at(-1)!.current.volume));
    expect(outcomes.at(-1)!.tables).toEqual(expected.at(-1)!.tables);
  });

  it('says before it starts which step needs the whole volume, and what size fits', async () => {
    const recipe = await recipeOf(
      ['denoise-median', { radius: 1 }],
      ['segment-watershed', { phases: 2 }],
    );
    const options = { ...optionsWith(undefined), limits: { memoryBytes: 2 ** 20 } };
    const run = runOutOfCore(engine, recipe, outside(grey), options);
    await expect(run).rejects.toMatchObject({
      code: 'memory/over-budget',
      details: { step: 'segment-watershed-1' },
      message: expect.stringMatching(
        /^Marker watershed \(step segment-watershed-1\) needs the whole volume at once, .* add a crop to at most \d+ × \d+ × \d+ voxels before it/,
      ),
    });
    expect(options.storage.held).toBe(0);
  });

  it('tells of a voxel that cannot be filtered by its place in the volume', async () => {
    const data = (grey.volume.data as Float32Array).slice();
    data[3 + 44 * (7 + 40 * 29)] = Number.NaN;
    const broken = await engine.identify(createVolume({ ...grey.volume, data }));
    for (const [operation, params] of [
      ['denoise-median', {}],
      ['denoise-nl-means', { searchRadius: 1 }],
    ] as const) {
      const recipe = await recipeOf([operation, params]);
      const options = optionsWith(ODD[0]);
      await expect(runOutOfCore(engine, recipe, outside(broken), options)).rejects.toMatchObject({
        code: 'volume/not-finite',
        message: expect.stringContaining('voxel x 3, y 7, z 29 is NaN'),
      });
      expect(options.storage.held).toBe(0);
    }
  });

  it('keeps nothing of a step that is cancelled', async () => {
    const recipe = await recipeOf(['denoise-nl-means', { sigma: 8 }]);
    const controller = new AbortController();
    const options = optionsWith(ODD[0], {
      signal: controller.signal,
      onEvent(event) {
        if (event.kind === 'progress' && event.fraction > 0.3) controller.abort();
      },
    });
    const run = runOutOfCore(engine, recipe, outside(grey), options);
    await expect(run).rejects.toMatchObject({ code: 'run/cancelled' });
    expect(options.storage.held).toBe(0);
  });

  it('makes progress that rises to the end', async () => {
    const recipe = await recipeOf(
      ['denoise-median', {}],
      ['smooth-gaussian', {}],
      ['denoise-nl-means', { patchRadius: 1, searchRadius: 1 }],
    );
    const seen: number[] = [];
    await runOutOfCore(
      engine,
      recipe,
      outside(grey),
      optionsWith(ODD[1], { onEvent: ({ overall }) => void seen.push(overall) }),
    );
    expect(seen.length).toBeGreaterThan(20);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBeCloseTo(1, 12);
  });
});
