import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { host } from '../src/host/node.ts';
import { writeVolume } from '../src/io/registry.ts';
import { randomUint32 } from '../src/kernels/random.ts';
import { loadOperation } from '../src/operations/registry.ts';
import { addStep } from '../src/recipe/edit.ts';
import { emptyRecipe, type Recipe } from '../src/recipe/recipe.ts';
import type { RawParameters } from '../src/declaration/parameters.ts';
import { createVolume } from '../src/volume/volume.ts';
import { createKernelHost, type KernelHost } from '../src/wasm/kernel-host.ts';
import type { EngineApi, NamedFile, RunReport } from './engine-api.ts';
import { createWorkbench } from './workbench.ts';

let kernels: KernelHost;
let engine: Engine;
let workbench: EngineApi;
let file: NamedFile;

beforeAll(async () => {
  kernels = createKernelHost(host, 1);
  engine = createEngine(host, kernels, 2 ** 24);
  workbench = createWorkbench(engine, host);
  const size = [70, 40, 33] as const;
  const data = Uint16Array.from(
    { length: 92_400 },
    (_, i) => (i % 70 < 30 ? 9000 : 30_000) + (randomUint32(2, 0, i) % 4000),
  );
  const spacing = { values: [0.5, 0.5, 0.5], unit: 'µm' } as const;
  const volume = createVolume({ kind: 'grey', name: 'stack', size, data, spacing });
  file = { file: new File([await writeVolume(volume, 'tiff')], 'stack.tif'), path: '' };
});
afterAll(() => kernels.dispose());

async function recipeOf(...steps: readonly (readonly [string, RawParameters?])[]): Promise<Recipe> {
  let recipe = emptyRecipe();
  for (const [operation, params = {}] of steps) {
    const { version } = await loadOperation(operation);
    recipe = addStep(recipe, { operation, version, params });
  }
  return recipe;
}

const nothing = (): void => undefined;
const open = (asBricks: boolean) => workbench.open('open', [file], nothing, { asBricks });

describe('a run on a volume in bricks', () => {
  it('has the results of one in memory, to look at and to write', async () => {
    const recipe = await recipeOf(
      ['denoise-median'],
      ['crop-box', { box: [3, 67, 0, 40, 2, 30] }],
      ['segment-threshold'],
      ['label-phases', { phases: [{ label: 1, name: 'NMC', colour: '#0072b2', pore: false }] }],
      ['measure-volume-fraction'],
    );
    const found = [];
    for (const asBricks of [false, true]) {
      const { handle } = await open(asBricks);
      const events: RunReport[] = [];
      const summaries = await workbench.run('run', recipe, handle, (event) => events.push(event));
      const slices = [];
      for (const { volume } of summaries) {
        if (volume === null) continue;
        const slice = await workbench.slice({ handle: volume.handle, axis: 2, index: 9 });
        const { name, blob } = await workbench.exportVolume(volume.handle, 'tiff');
        const { kind, size, type, phases, labelCounts, range } = volume;
        const info = { kind, size, type, phases, labelCounts, range };
        slices.push({ info, slice, name, bytes: new Uint8Array(await blob.arrayBuffer()) });
      }
      expect(events.filter((event) => event.kind === 'done')).toHaveLength(5);
      found.push({
        slices,
        tables: summaries.map(({ tables }) => tables),
        json: await workbench.resultsJson(recipe, handle),
        csv: await workbench.resultsCsv(recipe, handle),
      });
      await workbench.release(handle);
    }
    expect(found[0]!.slices).toHaveLength(4);
    expect(found[1]).toEqual(found[0]);
  });

  it('takes from before what has not changed', async () => {
    const { handle } = await open(true);
    const [one, two] = [
      await recipeOf(['denoise-median']),
      await recipeOf(['denoise-median'], ['smooth-gaussian']),
    ];
    const cached = async (recipe: Recipe) =>
      (await workbench.run('run', recipe, handle, nothing)).map((summary) => summary.cached);
    expect(await cached(two)).toEqual([false, false]);
    expect(await cached(one)).toEqual([true]);
    expect(await cached(two)).toEqual([true, true]);
    await workbench.release(handle);
  });

  it('is estimated, and keeps nothing when it is cancelled', async () => {
    const { handle } = await open(true);
    const recipe = await recipeOf(['denoise-nl-means', { sigma: 500 }]);
    const [estimate] = await workbench.estimate(recipe, handle);
    expect(estimate).toMatchObject({ stepId: 'denoise-nl-means-1' });
    expect(estimate!.bytes).toBeGreaterThan(2 ** 20);
    const run = workbench.run(
      'cancelled',
      recipe,
      handle,
      () => void workbench.cancel('cancelled'),
    );
    await expect(run).rejects.toMatchObject({ code: 'run/cancelled' });
    await workbench.release(handle);
  });
});
