import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawParameters } from '../declaration/parameters.ts';
import { host } from '../host/node.ts';
import { randomNormal } from '../kernels/random.ts';
import { loadOperation } from '../operations/registry.ts';
import { addStep } from '../recipe/edit.ts';
import { emptyRecipe, type Recipe } from '../recipe/recipe.ts';
import { createSpacing } from '../volume/length.ts';
import { createVolume, type Volume } from '../volume/volume.ts';
import { createKernelHost, type KernelHost } from '../wasm/kernel-host.ts';
import { createEngine, type Engine, type IdentifiedVolume } from './engine.ts';
import { extractSlice } from './views.ts';

let kernels: KernelHost;
let engine: Engine;
let input: IdentifiedVolume;

/** Two grey levels in blocks of 10 voxels, with noise. */
function blocks(size: Volume['size']): Volume {
  const [nx, ny, nz] = size;
  const data = Float32Array.from({ length: nx * ny * nz }, (_, i) => {
    const [x, y, z] = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))];
    const [a = 0, b = 0, c = 0] = [x, y, z].map((at) => Math.floor(at / 10));
    return ((a + b + c) % 2 === 0 ? 100 : 300) + 8 * randomNormal(7, 0, i);
  });
  const spacing = createSpacing([0.5, 0.5, 2], 'µm');
  return createVolume({ kind: 'grey', name: 'blocks', size, data, spacing });
}

beforeAll(async () => {
  kernels = createKernelHost(host, 2);
  engine = createEngine(host, kernels, 0);
  input = await engine.identify(blocks([44, 40, 36]));
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

function previewAt(recipe: Recipe, axis: 0 | 1 | 2, index: number, from = input) {
  return engine.preview(recipe, from, { axis, first: index, last: index }, never);
}

async function fullResult(recipe: Recipe): Promise<Volume> {
  const outcomes = await engine.run(recipe, input, { signal: never });
  const made = outcomes.findLast((outcome) => outcome.madeVolume);
  if (made === undefined) throw new Error('no volume');
  return made.current.volume;
}

describe('a preview', () => {
  it('of several steps has the bits of the full result, however far they reach together', async () => {
    const recipe = await recipeOf(
      ['denoise-median', { radius: 1 }],
      ['crop-box', { box: [3, 41, 5, 40, 1, 33] }],
      ['measure-volume-fraction', {}],
      ['denoise-nl-means', { patchRadius: 1, searchRadius: 2, sigma: 8 }],
      ['sharpen-unsharp-mask', { sigma: 1 }],
    );
    const steps = { ...recipe, steps: recipe.steps.toSpliced(2, 1) };
    const whole = await fullResult(steps);
    expect(whole.size).toEqual([38, 35, 32]);
    for (const axis of [0, 1, 2] as const) {
      for (const index of [0, 13, whole.size[axis] - 1]) {
        const { volume, seenSlices } = await previewAt(steps, axis, index);
        expect(seenSlices).toBeNull();
        expect(extractSlice(volume, axis, 0).data).toEqual(extractSlice(whole, axis, index).data);
      }
    }
  });

  it('finds automatic values from the whole volume where that is at hand', async () => {
    const recipe = await recipeOf(
      ['crop-box', { box: [0, 40, 0, 40, 4, 36] }],
      ['denoise-nl-means', { patchRadius: 1, searchRadius: 2 }],
    );
    const whole = await fullResult(recipe);
    const { volume, seenSlices } = await previewAt(recipe, 2, 16);
    expect(seenSlices).toBeNull();
    expect(volume.data).toEqual(extractSlice(whole, 2, 16).data);
  });

  it('says how many slices it saw where the automatic value rests on them', async () => {
    const recipe = await recipeOf(
      ['denoise-median', { radius: 2 }],
      ['denoise-nl-means', { patchRadius: 1, searchRadius: 2 }],
    );
    expect((await previewAt(recipe, 2, 16)).seenSlices).toBe(8);
    expect((await previewAt(recipe, 0, 0)).seenSlices).toBe(4);
  });

  it('of a watershed sees slices about it, with the intervals of the whole volume', async () => {
    const recipe = await recipeOf(['segment-watershed', { phases: 2 }]);
    const { volume, seenSlices } = await previewAt(recipe, 2, 18);
    expect(seenSlices).toBe(17);
    expect(volume.kind).toBe('labels');
    const whole = [...extractSlice(await fullResult(recipe), 2, 18).data];
    const equal = whole.filter((label, i) => label === volume.data[i]).length;
    expect(equal / whole.length).toBeGreaterThan(0.97);
  });

  it('is that of the full result where the slices are all there are', async () => {
    const flat = await engine.identify(blocks([24, 22, 9]));
    const recipe = await recipeOf(['segment-watershed', { phases: 2 }]);
    const { volume, seenSlices } = await previewAt(recipe, 2, 4, flat);
    expect(seenSlices).toBeNull();
    const [outcome] = await engine.run(recipe, flat, { signal: never });
    const whole = outcome?.current.volume as Volume;
    expect(volume.data).toEqual(extractSlice(whole, 2, 4).data);
  });

  it('is refused with a reason where slices tell nothing', async () => {
    const recipe = await recipeOf(
      ['segment-watershed', { phases: 2 }],
      ['measure-local-thickness', {}],
    );
    await expect(engine.planPreview(recipe, input.volume)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/needs the whole volume, so it has no preview/),
    });
  });

  it('is refused before it starts where it would take too much memory', async () => {
    const size = [4096, 4096, 64] as const;
    const huge = { ...input.volume, size, data: new Proxy(input.volume.data, {}) };
    const recipe = await recipeOf(['smooth-gaussian', { sigma: 16 }]);
    const slices = { axis: 2, first: 32, last: 32 } as const;
    const source = { ...input, volume: huge };
    await expect(engine.preview(recipe, source, slices, never)).rejects.toMatchObject({
      code: 'memory/over-budget',
      message: expect.stringMatching(/A preview of Gaussian smoothing would take .* GiB/),
    });
  });

  it('says where its slices lie and what they are', async () => {
    const recipe = await recipeOf(
      ['crop-box', { box: [4, 40, 0, 40, 5, 36] }],
      ['measure-volume-fraction', {}],
      ['segment-watershed', { phases: 2 }],
    );
    const steps = { ...recipe, steps: recipe.steps.toSpliced(1, 1) };
    expect(await engine.planPreview(steps, input.volume)).toMatchObject([
      { stepId: 'crop-box-1', origin: [2, 0, 10], shape: { size: [36, 40, 31], kind: 'grey' } },
      { stepId: 'segment-watershed-1', origin: [2, 0, 10], shape: { kind: 'labels' } },
    ]);
  });

  it('ends when it is cancelled', async () => {
    const recipe = await recipeOf(['denoise-nl-means', { sigma: 8 }]);
    const slices = { axis: 2, first: 18, last: 18 } as const;
    const cancelled = { code: 'run/cancelled' };
    const before = engine.preview(recipe, input, slices, AbortSignal.abort());
    await expect(before).rejects.toMatchObject(cancelled);
    const controller = new AbortController();
    const during = engine.preview(recipe, input, slices, controller.signal);
    setTimeout(() => controller.abort(), 5);
    await expect(during).rejects.toMatchObject(cancelled);
  });
});
