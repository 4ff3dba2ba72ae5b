import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { host } from '../host/node.ts';
import { addStep, setStepParams } from '../recipe/edit.ts';
import { emptyRecipe, type Recipe } from '../recipe/recipe.ts';
import { createSpacing } from '../volume/length.ts';
import { createVolume, type Volume } from '../volume/volume.ts';
import { createKernelHost, type KernelHost } from '../wasm/kernel-host.ts';
import { createEngine, type Engine, type IdentifiedVolume, type RunEvent } from './engine.ts';
import { methodsAsText, methodsText } from './methods.ts';
import { loadSteps } from './engine.ts';
import { resultsCsv, resultsDocument, resultsText } from './results.ts';

let kernels: KernelHost;
let engine: Engine;
const CACHE = 2 ** 26;

beforeAll(() => {
  kernels = createKernelHost(host, 2);
});
afterAll(() => kernels.dispose());

function greyCube(edge = 12): Volume {
  const data = Uint16Array.from({ length: edge ** 3 }, (_, i) => (i * 7919) % 4096);
  return createVolume({ kind: 'grey', name: 'cube.tif', size: [edge, edge, edge], data });
}

function labelCube(): Volume {
  const data = Uint8Array.from({ length: 8 ** 3 }, (_, i) => (i % 8 < 4 ? 0 : 1));
  const spacing = createSpacing([0.5, 0.5, 0.5], 'µm');
  return createVolume({ kind: 'labels', name: 'slabs.tif', size: [8, 8, 8], data, spacing });
}

const SMOOTH_TWICE: Recipe = addStep(
  addStep(emptyRecipe(), { operation: 'smooth-gaussian', version: 1, params: { sigma: 1 } }),
  { operation: 'sharpen-unsharp-mask', version: 1 },
);

async function run(
  recipe: Recipe,
  input: IdentifiedVolume,
  onEvent: (event: RunEvent) => void = () => undefined,
  signal = new AbortController().signal,
) {
  return engine.run(recipe, input, { signal, onEvent });
}

describe('engine', () => {
  it('re-runs only the steps after a change', async () => {
    engine = createEngine(host, kernels, CACHE);
    const input = await engine.identify(greyCube());
    const first = await run(SMOOTH_TWICE, input);
    expect(first.map((outcome) => outcome.cached)).toEqual([false, false]);
    const changed = setStepParams(SMOOTH_TWICE, 'sharpen-unsharp-mask-1', { amount: 2 });
    expect((await run(changed, input)).map((outcome) => outcome.cached)).toEqual([true, false]);
    const back = await run(SMOOTH_TWICE, input);
    expect(back.map((outcome) => outcome.cached)).toEqual([true, true]);
    expect(back[1]?.current.volume).toBe(first[1]?.current.volume);
  });

  it('does not take a result for that of another input', async () => {
    engine = createEngine(host, kernels, CACHE);
    await run(SMOOTH_TWICE, await engine.identify(greyCube()));
    const spaced = { ...greyCube(), spacing: createSpacing([1, 1, 2], 'µm') };
    const other = await run(SMOOTH_TWICE, await engine.identify(spaced));
    expect(other.map((outcome) => outcome.cached)).toEqual([false, false]);
  });

  it('keeps finished steps when a later one is cancelled', async () => {
    engine = createEngine(host, kernels, CACHE);
    const input = await engine.identify(greyCube(24));
    const controller = new AbortController();
    const recipe = addStep(SMOOTH_TWICE, { operation: 'denoise-nl-means', version: 1 });
    const cancelledRun = run(
      recipe,
      input,
      (event) => {
        if (event.kind === 'start' && event.stepId === 'denoise-nl-means-1') controller.abort();
      },
      controller.signal,
    );
    await expect(cancelledRun).rejects.toMatchObject({
      code: 'run/cancelled',
      details: { step: 'denoise-nl-means-1' },
    });
    const again = await run(recipe, input);
    expect(again.map((outcome) => outcome.cached)).toEqual([true, true, false]);
  });

  it('reports start, rising progress and end of every step', async () => {
    engine = createEngine(host, kernels, 0);
    const events: RunEvent[] = [];
    await run(SMOOTH_TWICE, await engine.identify(greyCube()), (event) => events.push(event));
    const overall = events.map((event) => event.overall);
    expect(overall).toEqual(overall.toSorted((a, b) => a - b));
    expect(overall.at(-1)).toBeCloseTo(1);
    expect(events.filter((event) => event.kind === 'start').length).toBe(2);
    expect(events.filter((event) => event.kind === 'done').length).toBe(2);
  });

  it('names the step and the parameter of a mistake before anything runs', async () => {
    engine = createEngine(host, kernels, 0);
    const recipe = addStep(SMOOTH_TWICE, {
      operation: 'smooth-gaussian',
      version: 1,
      params: { sigma: -1 },
    });
    const events: RunEvent[] = [];
    const failed = run(recipe, await engine.identify(greyCube()), (event) => events.push(event));
    await expect(failed).rejects.toMatchObject({
      code: 'parameter/invalid',
      details: { step: 'smooth-gaussian-2', parameter: 'sigma' },
    });
    expect(events).toEqual([]);
  });

  it('names the step whose parameters do not suit the volume', async () => {
    const recipe = addStep(SMOOTH_TWICE, {
      operation: 'crop-box',
      version: 1,
      params: { box: [0, 99, 0, 4, 0, 4] },
    });
    await expect(engine.plan(recipe, greyCube())).rejects.toMatchObject({
      code: 'parameter/invalid',
      details: { step: 'crop-box-1' },
    });
  });

  it('refuses what no kernel memory holds before anything runs, and says how far to crop', async () => {
    engine = createEngine(host, kernels, 0);
    const shape = {
      kind: 'labels',
      size: [1000, 1000, 1000],
      type: 'uint8',
      spacing: null,
    } as const;
    const measure = { operation: 'measure-tortuosity-factor', version: 1 };
    const large = addStep(emptyRecipe(), measure);
    await expect(engine.plan(large, shape)).rejects.toMatchObject({
      code: 'memory/over-budget',
      message: expect.stringMatching(
        /^Tortuosity factor needs \d+\.\d\d GiB of working memory for 1000 × 1000 × 1000 voxels, and a step can have at most 4\.00 GiB: crop the volume to about \d+ % of its voxels first\.$/,
      ) as string,
      details: { step: 'measure-tortuosity-factor-1' },
    });
    const crop = { operation: 'crop-box', version: 1, params: { box: [0, 200, 0, 200, 0, 200] } };
    await expect(engine.plan(addStep(large, crop, 0), shape)).resolves.toHaveLength(2);
  });

  it('expects of equal edges what the step takes, whatever the unit', async () => {
    engine = createEngine(host, kernels, 0);
    const recipe = addStep(emptyRecipe(), { operation: 'measure-tortuosity-factor', version: 1 });
    const planWith = async (edges: readonly [number, number, number] | null) => {
      const spacing = edges === null ? null : ({ values: edges, unit: 'nm' } as const);
      const size = [300, 300, 300] as const;
      const [step] = await engine.plan(recipe, { kind: 'labels', size, type: 'uint8', spacing });
      return (step?.estimate.bytes ?? 0) / 300 ** 3;
    };
    expect(await planWith([400, 400, 400])).toBeLessThan(45);
    expect(await planWith(null)).toBe(await planWith([400, 400, 400]));
    // Halving one axis at a time takes more levels.
    expect(await planWith([400, 400, 4000])).toBeGreaterThan(await planWith([400, 400, 400]));
  });

  it('refuses a step that was written for a newer version', async () => {
    engine = createEngine(host, kernels, 0);
    const recipe = addStep(emptyRecipe(), { operation: 'smooth-gaussian', version: 99 });
    await expect(engine.plan(recipe, greyCube())).rejects.toThrow(/update Tauscope/);
  });

  it('refuses grey steps on labels with a remedy', async () => {
    engine = createEngine(host, kernels, 0);
    await expect(engine.plan(SMOOTH_TWICE, labelCube())).rejects.toThrow(
      /works on a grey volume, but what reaches it is a label volume: move it before/,
    );
  });
});

describe('results', () => {
  const recipe = addStep(
    addStep(emptyRecipe(), { operation: 'measure-volume-fraction', version: 1 }),
    { operation: 'measure-tortuosity-factor', version: 1 },
  );

  it('hold the closed-form numbers of slabs and are the same text every time', async () => {
    engine = createEngine(host, kernels, 0);
    const input = await engine.identify(labelCube());
    const texts = [];
    for (let i = 0; i < 2; i++) {
      texts.push(resultsText(resultsDocument(recipe, input, await run(recipe, input))));
    }
    expect(texts[1]).toBe(texts[0]);
    const document = JSON.parse(texts[0] as string) as ReturnType<typeof resultsDocument>;
    expect(document.input.voxelSize).toEqual({ values: [0.5, 0.5, 0.5], unit: 'µm' });
    const transport = document.steps[1]?.tables[0]?.rows ?? [];
    const tau = transport.map((row) => [row['label'], row['direction'], row['tortuosityFactor']]);
    expect(tau).toEqual([
      [0, 'x', null],
      [0, 'y', expect.closeTo(1, 9)],
      [0, 'z', expect.closeTo(1, 9)],
      [1, 'x', null],
      [1, 'y', expect.closeTo(1, 9)],
      [1, 'z', expect.closeTo(1, 9)],
    ]);
  });

  it('are CSV with units in the headings and no formulas', async () => {
    engine = createEngine(host, kernels, 0);
    const evil = { label: 0, name: '=HYPERLINK("x")', colour: '#000000', pore: true };
    const input = await engine.identify({ ...labelCube(), phases: [evil] });
    const csv = resultsCsv(await run(recipe, input));
    expect(csv).toContain('Volume fraction ε');
    expect(csv).toContain(`"'=HYPERLINK(""x"")"`);
    expect(csv).not.toMatch(/(^|,)=/m);
  });

  it('come with a methods paragraph that cites each source once', async () => {
    const text = methodsAsText(methodsText(await loadSteps(SMOOTH_TWICE)));
    expect(text).toMatch(/^Volumes were processed with Tauscope \d/);
    expect(text).not.toMatch(/\{\w+\}/);
    const references = text.split('\n').filter((line) => line.startsWith('['));
    expect(new Set(references).size).toBe(references.length);
  });

  it('tell only of steps that change the volume', async () => {
    const cropped = addStep(SMOOTH_TWICE, { operation: 'crop-box', version: 1 }, 0);
    const whole = methodsText(await loadSteps(cropped)).paragraph;
    expect(whole).toBe(methodsText(await loadSteps(SMOOTH_TWICE)).paragraph);
    const box = setStepParams(cropped, 'crop-box-1', { box: [0, 2, 0, 2, 0, 2] });
    expect(methodsText(await loadSteps(box)).paragraph).toContain('cropped to x 0 to 2');
  });
});
