/** What the engine does with a GPU, here a scripted one: marks, keys, and falling back to the CPU. */
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GpuDevice } from '../gpu/device.ts';
import { gpuFailed, gpuUnavailable } from '../gpu/device.ts';
import { host as node } from '../host/node.ts';
import type { GpuContext, GpuImplementation, OperationResult } from '../operations/operation.ts';
import { addStep } from '../recipe/edit.ts';
import { emptyRecipe, type Recipe } from '../recipe/recipe.ts';
import { createVolume, toFloat32, type Volume } from '../volume/volume.ts';
import { createKernelHost } from '../wasm/kernel-host.ts';
import { createEngine, type Engine, loadSteps, type StepOutcome } from './engine.ts';
import type { GpuRecord } from './gpu-record.ts';
import { methodsAsText, methodsText } from './methods.ts';
import { resultsCsv, resultsDocument } from './results.ts';

/** What the implementation of non-local means does in the present test. */
let onGpu: GpuImplementation['run'];

vi.mock('../operations/registry.ts', async (original) => ({
  ...(await original<typeof import('../operations/registry.ts')>()),
  loadGpuImplementation: async (): Promise<GpuImplementation> => ({
    run: (...args) => onGpu(...args),
  }),
}));

const kernels = createKernelHost(node, 1);
afterAll(() => kernels.dispose());

function cube(): Volume {
  const data = Uint16Array.from({ length: 8 ** 3 }, (_, i) => (i * 7919) % 4096);
  return createVolume({ kind: 'grey', name: 'cube.tif', size: [8, 8, 8], data });
}

/** Non-local means, then the Gaussian, which has no GPU implementation. */
const RECIPE: Recipe = addStep(
  addStep(emptyRecipe(), {
    operation: 'denoise-nl-means',
    version: 1,
    params: { patchRadius: 1, searchRadius: 1, sigma: 100 },
  }),
  { operation: 'smooth-gaussian', version: 1 },
);

function resultLike(input: Volume, change = 0): OperationResult {
  const data = toFloat32(input.data).map((value) => value + change);
  return { volume: createVolume({ ...input, data }), tables: [] };
}

interface Script {
  readonly engine: Engine;
  readonly opened: () => number;
  lose(): void;
}

function scripted(open: (() => Promise<GpuDevice>) | null = null): Script {
  let opened = 0;
  let lost: string | null = null;
  const openGpu = (): Promise<GpuDevice> => {
    opened += 1;
    lost = null;
    return Promise.resolve({
      device: {} as GPUDevice,
      adapter: 'scripted adapter',
      isSoftware: true,
      lostReason: () => lost,
    });
  };
  return {
    engine: createEngine({ ...node, openGpu: open ?? openGpu }, kernels, 2 ** 24),
    opened: () => opened,
    lose: () => {
      lost = 'pulled out';
    },
  };
}

async function run(engine: Engine, useGpu: boolean): Promise<readonly StepOutcome[]> {
  const { signal } = new AbortController();
  return engine.run(RECIPE, await engine.identify(cube()), { signal, useGpu });
}

const RECORD: GpuRecord = {
  device: 'gpu',
  adapter: 'scripted adapter',
  tolerance: 1e-5,
  relativeTo: 'the range of grey values',
  evidence: 'comparison',
  difference: 2e-7,
};

beforeEach(() => {
  onGpu = async (input) => ({ result: resultLike(input), difference: 2e-7 });
});

describe('a run with the GPU', () => {
  it('marks what the GPU computed and what rests on it', async () => {
    const outcomes = await run(scripted().engine, true);
    expect(outcomes.map(({ gpu }) => gpu)).toEqual([RECORD, null]);
    expect(outcomes.map(({ current }) => current.onGpu)).toEqual([true, true]);
    expect(outcomes.map(({ gpuProblem }) => gpuProblem)).toEqual([null, null]);
  });

  it('is never chosen unasked', async () => {
    const script = scripted();
    const { signal } = new AbortController();
    const input = await script.engine.identify(cube());
    const outcomes = await script.engine.run(RECIPE, input, { signal });
    expect(outcomes.map(({ gpu, current }) => [gpu, current.onGpu])).toEqual([
      [null, false],
      [null, false],
    ]);
    expect(script.opened()).toBe(0);
  });

  it('keeps its results apart from the CPU’s, also those of later steps', async () => {
    const { engine } = scripted();
    const gpu = await run(engine, true);
    const cpu = await run(engine, false);
    expect(cpu.map(({ cached }) => cached)).toEqual([false, false]);
    const identities = [...gpu, ...cpu].map(({ current }) => current.identity);
    expect(new Set(identities).size).toBe(4);
  });

  it('finds its own results again with their mark', async () => {
    const { engine } = scripted();
    await run(engine, true);
    const again = await run(engine, true);
    expect(again.map(({ cached }) => cached)).toEqual([true, true]);
    expect(again[0]?.gpu).toEqual(RECORD);
  });

  it('takes the CPU’s result where it is kept', async () => {
    const { engine } = scripted();
    const cpu = await run(engine, false);
    const asked = await run(engine, true);
    expect(asked[0]?.cached).toBe(true);
    expect(asked[0]?.gpu).toBeNull();
    expect(asked[0]?.current.identity).toBe(cpu[0]?.current.identity);
  });

  it('opens one device for all runs, and another once that is lost', async () => {
    const script = scripted();
    expect(await script.engine.findGpu()).toBe('scripted adapter');
    await run(script.engine, true);
    expect(script.opened()).toBe(1);
    script.lose();
    script.engine.trim();
    await run(script.engine, true);
    expect(script.opened()).toBe(2);
  });
});

describe('the CPU takes over', () => {
  async function expectTakenOver(engine: Engine, why: RegExp): Promise<void> {
    const outcomes = await run(engine, true);
    expect(outcomes[0]?.gpu).toBeNull();
    expect(outcomes[0]?.gpuProblem).toMatch(why);
    expect(outcomes.map(({ current }) => current.onGpu)).toEqual([false, false]);
    const [cpu] = await run(createEngine(node, kernels, 0), false);
    expect(outcomes[0]?.current.volume.data).toEqual(cpu?.current.volume.data);
    expect(outcomes[0]?.current.identity).toBe(cpu?.current.identity);
  }

  it('where there is no adapter', () =>
    expectTakenOver(
      scripted(() => Promise.reject(gpuUnavailable('There is none.'))).engine,
      /^Non-local means was computed on the CPU\. There is none\.$/,
    ));

  it('in Node, which has none', () =>
    expectTakenOver(createEngine(node, kernels, 2 ** 24), /command line uses no GPU/));

  it('where the device is lost', () => {
    onGpu = () => Promise.reject(gpuFailed('device lost'));
    return expectTakenOver(scripted().engine, /device lost/);
  });

  it('where values are farther from the CPU’s than is allowed', () => {
    onGpu = async (input) => ({ result: resultLike(input, 5), difference: 1.1e-5 });
    return expectTakenOver(scripted().engine, /differ from the CPU's by 1\.1e-5/);
  });

  it('where values are no numbers', () => {
    onGpu = async (input) => ({ result: resultLike(input), difference: Number.NaN });
    return expectTakenOver(scripted().engine, /NaN/);
  });

  it('not where the user cancels, nor for a fault of the program', async () => {
    const controller = new AbortController();
    const { engine } = scripted();
    onGpu = (_input, _params, _context: GpuContext) => {
      controller.abort();
      return Promise.reject(gpuFailed('stopped'));
    };
    const input = await engine.identify(cube());
    const options = { signal: controller.signal, useGpu: true };
    await expect(engine.run(RECIPE, input, options)).rejects.toThrow(/stopped/);
    onGpu = () => Promise.reject(new TypeError('a fault'));
    await expect(run(engine, true)).rejects.toThrow(/a fault/);
  });
});

describe('what is written of a GPU', () => {
  it('results.json names adapter, tolerance and difference, and what rests on it', async () => {
    const { engine } = scripted();
    const input = await engine.identify(cube());
    const document = resultsDocument(RECIPE, input, await run(engine, true));
    expect(document.steps.map(({ computedOn }) => computedOn)).toEqual([RECORD, undefined]);
    expect(document.steps.map(({ restsOn }) => restsOn)).toEqual([undefined, 'gpu']);
    expect(document.note).toMatch(/^Computed on GPU/);
  });

  it('results.json of the CPU says nothing of it', async () => {
    const { engine } = scripted();
    const input = await engine.identify(cube());
    const text = JSON.stringify(resultsDocument(RECIPE, input, await run(engine, false)));
    expect(text).not.toMatch(/gpu/i);
  });

  it('each table of results.csv has a note', async () => {
    onGpu = async (input) => ({
      result: {
        ...resultLike(input),
        tables: [{ id: 'noise', title: 'Noise', columns: [], rows: [], notes: [] }],
      },
      difference: 0,
    });
    const csv = resultsCsv(await run(scripted().engine, true));
    expect(csv).toContain("computed on GPU (scripted adapter), within 1e-5 of the CPU's values");
  });

  it('the methods paragraph tells it after the step’s own sentence', async () => {
    const steps = await loadSteps(RECIPE);
    const results = [{ stepId: 'denoise-nl-means-1', tables: [], gpu: RECORD }];
    expect(methodsAsText(methodsText(steps, results))).toMatch(
      /non-local means .*\. This step was computed on GPU \(scripted adapter\)/,
    );
    expect(methodsAsText(methodsText(steps))).not.toMatch(/GPU/);
  });
});
