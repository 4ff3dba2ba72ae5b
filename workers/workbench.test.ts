import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEngine } from '../src/engine/engine.ts';
import { host } from '../src/host/node.ts';
import { writeVolume } from '../src/io/registry.ts';
import { addStep, setStepParams } from '../src/recipe/edit.ts';
import { emptyRecipe, type Recipe } from '../src/recipe/recipe.ts';
import { createVolume, type Volume } from '../src/volume/volume.ts';
import { createKernelHost, type KernelHost } from '../src/wasm/kernel-host.ts';
import type { EngineApi, NamedFile, RunReport, VolumeInfo } from './engine-api.ts';
import { createWorkbench } from './workbench.ts';

let kernels: KernelHost;
let workbench: EngineApi;

beforeEach(() => {
  kernels = createKernelHost(host, 2);
  workbench = createWorkbench(createEngine(host, kernels, 2 ** 26), host);
});
afterEach(() => {
  kernels.dispose();
  vi.unstubAllGlobals();
});

const quiet = (): void => undefined;

function greyVolume(edge: number, seed = 1): Volume {
  const data = Uint16Array.from({ length: edge ** 3 }, (_, i) => (i * 7919 * seed) % 4096);
  return createVolume({ kind: 'grey', name: 'grey', size: [edge, edge, edge], data });
}

async function fileOf(volume: Volume, name = 'grey.nrrd'): Promise<NamedFile> {
  return { file: new File([await writeVolume(volume, 'nrrd')], name), path: '' };
}

async function openGrey(edge = 16, seed = 1): Promise<VolumeInfo> {
  return workbench.open(`open-${seed}`, [await fileOf(greyVolume(edge, seed))], quiet);
}

const SMOOTH = addStep(emptyRecipe(), { operation: 'smooth-gaussian', version: 1 });
const TWO_STEPS = addStep(SMOOTH, { operation: 'sharpen-unsharp-mask', version: 1 });
/** Runs long enough to be interrupted: some seconds on 48³. */
const LONG = addStep(SMOOTH, {
  operation: 'denoise-nl-means',
  version: 1,
  params: { sigma: 100, searchRadius: 7 },
});

function withSigma(recipe: Recipe, sigma: number): Recipe {
  return setStepParams(recipe, 'smooth-gaussian-1', { sigma });
}

/** The handle of what a step made, which the step must have made. */
function handleOf(event: RunReport | undefined): string {
  if (event?.kind !== 'done' || event.summary.volume === null) throw new Error('no volume');
  return event.summary.volume.handle;
}

async function isKnown(handle: string): Promise<boolean> {
  return workbench.slice({ handle, axis: 2, index: 0 }).then(
    () => true,
    () => false,
  );
}

/** Runs and cancels as soon as a step of this id starts; answers with what was reported. */
async function cancelAt(stepId: string, recipe: Recipe, handle: string) {
  const events: RunReport[] = [];
  let abortedAt = Number.NaN;
  const error: unknown = await workbench
    .run('cancelled', recipe, handle, (event) => {
      events.push(event);
      if (event.kind === 'progress' && event.stepId === stepId && Number.isNaN(abortedAt)) {
        abortedAt = performance.now();
        void workbench.cancel('cancelled');
      }
    })
    .catch((caught: unknown) => caught);
  return { events, error, tookMs: performance.now() - abortedAt };
}

describe('workbench runs', () => {
  it('reports each step with its volume before the next one starts', async () => {
    const { handle } = await openGrey();
    const events: string[] = [];
    const summaries = await workbench.run('r', TWO_STEPS, handle, (event) => {
      if (event.kind === 'progress') return;
      events.push(`${event.kind} ${event.kind === 'done' ? event.summary.stepId : event.stepId}`);
    });
    expect(events).toEqual([
      'start smooth-gaussian-1',
      'done smooth-gaussian-1',
      'start sharpen-unsharp-mask-1',
      'done sharpen-unsharp-mask-1',
    ]);
    expect(summaries.map((summary) => summary.volume?.type)).toEqual(['float32', 'float32']);
  });

  it('run one after the other; a waiting one is cancelled at once', async () => {
    const { handle } = await openGrey(48);
    const order: string[] = [];
    const first = workbench.run('first', LONG, handle, quiet).then(() => order.push('first'));
    const second = workbench.run('second', SMOOTH, handle, quiet).catch((error: unknown) => {
      order.push('second');
      return error;
    });
    const third = workbench.run('third', SMOOTH, handle, quiet).then(() => order.push('third'));
    await host.turn();
    await workbench.cancel('second');
    expect(await second).toMatchObject({ code: 'run/cancelled' });
    await Promise.all([first, third]);
    expect(order).toEqual(['second', 'first', 'third']);
  });

  it('export results under the name of the file and the last step', async () => {
    const { handle } = await openGrey();
    const [smooth, sharp] = await workbench.run('r', TWO_STEPS, handle, quiet);
    const nameOf = async (result: string, kind: 'tiff' | 'nrrd') =>
      (await workbench.exportVolume(result, kind)).name;
    expect(await nameOf(handle, 'nrrd')).toBe('grey.nrrd');
    expect(await nameOf(smooth?.volume?.handle ?? '', 'tiff')).toBe('grey-gaussian.tif');
    expect(await nameOf(sharp?.volume?.handle ?? '', 'nrrd')).toBe('grey-unsharp-mask.nrrd');
    const data = Uint8Array.from({ length: 64 }, (_, i) => i % 2);
    const labels = createVolume({ kind: 'labels', name: 'phases', size: [4, 4, 4], data });
    const opened = await workbench.open('l', [await fileOf(labels, 'phases.nrrd')], quiet);
    expect(await nameOf(opened.handle, 'tiff')).toBe('phases-labels.tif');
  });

  it('let slices be served meanwhile', async () => {
    const { handle } = await openGrey(48);
    let isRunning = true;
    const run = workbench.run('r', LONG, handle, quiet).finally(() => {
      isRunning = false;
    });
    let served = 0;
    while (isRunning) {
      await workbench.slice({ handle, axis: 0, index: served % 48 });
      served += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await run;
    expect(served).toBeGreaterThan(3);
  });

  it('cancelled in the middle keep the finished steps and their volumes', async () => {
    const { handle } = await openGrey(48);
    const { events, error } = await cancelAt('denoise-nl-means-1', LONG, handle);
    expect(error).toMatchObject({ code: 'run/cancelled' });
    const smoothed = handleOf(events.find((event) => event.kind === 'done'));
    expect(await isKnown(smoothed)).toBe(true);
  });

  it('cancelled again and again do not pile volumes up', async () => {
    const { handle } = await openGrey(48);
    const made: string[] = [];
    for (const sigma of [1, 1.5, 2, 2.5]) {
      const { events } = await cancelAt('denoise-nl-means-1', withSigma(LONG, sigma), handle);
      made.push(handleOf(events.find((event) => event.kind === 'done')));
    }
    const known: boolean[] = [];
    for (const each of made) known.push(await isKnown(each));
    expect(known).toEqual([false, false, false, true]);
  });

  it('that fail leave what the page shows of the run before', async () => {
    const { handle } = await openGrey();
    const [smoothed, sharpened] = await workbench.run('good', TWO_STEPS, handle, quiet);
    const bad = addStep(withSigma(SMOOTH, 2), { operation: 'measure-percolation', version: 1 });
    await expect(workbench.run('bad', bad, handle, quiet)).rejects.toMatchObject({
      code: 'volume/not-labels',
    });
    expect(await isKnown(smoothed?.volume?.handle ?? '')).toBe(true);
    expect(await isKnown(sharpened?.volume?.handle ?? '')).toBe(true);
  });

  it('of a volume that is released meanwhile end as they would, and leave nothing', async () => {
    const { handle } = await openGrey();
    const run = workbench.run('r', SMOOTH, handle, quiet);
    await workbench.release(handle);
    const [summary] = await run;
    expect(await isKnown(summary?.volume?.handle ?? '')).toBe(false);
  });
});

describe('workbench volumes', () => {
  it('are forgotten with what was computed from them', async () => {
    const { handle } = await openGrey();
    const [summary] = await workbench.run('r', SMOOTH, handle, quiet);
    const result = summary?.volume?.handle ?? '';
    const other = await openGrey(16, 2);
    expect(await isKnown(result)).toBe(true);
    await workbench.release(handle);
    expect(await isKnown(result)).toBe(false);
    expect(await isKnown(other.handle)).toBe(true);
  });

  it('keep their results when the voxel size changes, and their digest', async () => {
    const before = await openGrey();
    const [summary] = await workbench.run('r', SMOOTH, before.handle, quiet);
    const spacing = { values: [1, 1, 2], unit: 'µm' } as const;
    const after = await workbench.setSpacing(before.handle, spacing);
    await workbench.release(before.handle);
    expect(after).toMatchObject({
      spacing,
      spacingSource: 'entered by the user',
      voxelDigest: before.voxelDigest,
      range: before.range,
    });
    expect(after.handle).not.toBe(before.handle);
    expect(await isKnown(summary?.volume?.handle ?? '')).toBe(true);
  });

  it('refuse a voxel size that is none', async () => {
    const { handle } = await openGrey();
    const spacing = { values: [1, 0, 1], unit: 'µm' } as const;
    await expect(workbench.setSpacing(handle, spacing)).rejects.toMatchObject({
      code: 'volume/spacing',
    });
    expect(await isKnown(handle)).toBe(true);
  });

  it('become labels and grey values without being read again', async () => {
    const data = Uint8Array.from({ length: 64 }, (_, i) => i % 3);
    const volume = createVolume({ kind: 'grey', size: [4, 4, 4], data });
    const grey = await workbench.open('o', [await fileOf(volume)], quiet);
    const labels = await workbench.setKind(grey.handle, 'labels');
    expect(labels.labelCounts.map(({ label, count }) => [label, count])).toEqual([
      [0, 22],
      [1, 21],
      [2, 21],
    ]);
    expect((await workbench.setKind(labels.handle, 'grey')).handle).toBe(grey.handle);
  });

  it('of 64-bit integers have range, histogram, slices and preview', async () => {
    const data = BigInt64Array.from({ length: 512 }, (_, i) => BigInt(i) - 100n);
    const volume = createVolume({ kind: 'grey', size: [8, 8, 8], data });
    const { handle, range, type } = await workbench.open('o', [await fileOf(volume)], quiet);
    expect([type, range]).toEqual(['int64', [-100, 411]]);
    const { counts } = await workbench.histogram(handle);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(512);
    expect((await workbench.slice({ handle, axis: 1, index: 0 })).data[1]).toBe(-99);
    expect((await workbench.preview(handle, 4)).size).toEqual([4, 4, 4]);
  });
});

describe('workbench jobs', () => {
  it('opening is cancelled while voxels are looked through', async () => {
    const file = await fileOf(greyVolume(160));
    const fractions: number[] = [];
    const opened = workbench.open('o', [file], (fraction) => {
      fractions.push(fraction);
      if (fraction === 1) void workbench.cancel('o');
    });
    await expect(opened).rejects.toMatchObject({ code: 'run/cancelled' });
    expect(fractions.at(-1)).toBe(1);
  });

  it('generating is cancelled', async () => {
    const made = workbench.generate('g', 'cathode', { size: 64 }, () => {
      void workbench.cancel('g');
    });
    await expect(made).rejects.toMatchObject({ code: 'run/cancelled' });
  });

  it('an address that cannot be had is one sentence with the name of the file', async () => {
    const answers: (() => Promise<unknown>)[] = [
      () => Promise.reject(new TypeError('Failed to fetch')),
      () => Promise.resolve(new Response('', { status: 404 })),
      // The connection breaks in the middle of the file.
      () => Promise.resolve({ ok: true, blob: () => Promise.reject(new TypeError('network')) }),
    ];
    for (const answer of answers) {
      vi.stubGlobal('fetch', answer);
      for (const url of ['https://host/a%20b.tif?x#y', 'a%20b.tif']) {
        await expect(workbench.openUrl('u', url, quiet)).rejects.toMatchObject({
          code: 'file/unreadable',
          message: expect.stringMatching(/^a b\.tif could not be fetched: /),
        });
      }
      await expect(workbench.openUrl('u', 'bad%E0%A4%.tif', quiet)).rejects.toMatchObject({
        code: 'file/unreadable',
      });
    }
  });

  it('cancelling a fetch is a cancellation', async () => {
    vi.stubGlobal(
      'fetch',
      (_url: string, { signal }: { signal: AbortSignal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
    );
    const opened = workbench.openUrl('u', 'a.tif', quiet);
    await host.turn();
    await workbench.cancel('u');
    await expect(opened).rejects.toMatchObject({ code: 'run/cancelled' });
  });

  it('memory that cannot be had is one sentence', async () => {
    const { handle } = await openGrey();
    vi.stubGlobal('Uint8Array', function refuse(): never {
      throw new RangeError('Array buffer allocation failed');
    });
    await expect(workbench.preview(handle, 8)).rejects.toMatchObject({
      code: 'memory/over-budget',
    });
  });
});

describe('workbench results', () => {
  const MEASURED = addStep(emptyRecipe('r'), { operation: 'measure-volume-fraction', version: 1 });

  it('are those of the last run, whatever the title', async () => {
    const labels = Uint8Array.from({ length: 64 }, (_, i) => i % 2);
    const volume = createVolume({ kind: 'labels', size: [4, 4, 4], data: labels });
    const { handle } = await workbench.open('o', [await fileOf(volume)], quiet);
    await workbench.run('r', MEASURED, handle, quiet);
    const text = await workbench.resultsJson({ ...MEASURED, title: 'renamed' }, handle);
    expect(JSON.parse(text)).toMatchObject({ recipe: { title: 'renamed' }, steps: [{}] });
    expect(await workbench.resultsCsv(MEASURED, handle)).toContain('0.5');
  });

  it('are not computed behind the back of the user', async () => {
    const { handle } = await openGrey();
    await workbench.run('r', SMOOTH, handle, quiet);
    await expect(workbench.resultsCsv(withSigma(SMOOTH, 3), handle)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/run it again/),
    });
  });
});

describe('workbench previews', () => {
  const at = (handle: string, index = 8) => ({ handle, axis: 2, index }) as const;

  it('have the pixels of the run that follows, of a slab as well', async () => {
    const { handle } = await openGrey();
    const slab = { thickness: 4, projection: 'mean' } as const;
    const [sharp] = (await workbench.planPreview(TWO_STEPS, handle)).slice(-1);
    const slice = await workbench.previewSlice('p', TWO_STEPS, at(handle));
    const thick = await workbench.previewSlice('p', TWO_STEPS, { ...at(handle, 15), slab });
    const summaries = await workbench.run('r', TWO_STEPS, handle, quiet);
    const made = summaries.at(-1)?.volume;
    expect(sharp?.volume).toMatchObject({ size: made?.size, type: made?.type, kind: 'grey' });
    expect(slice.data).toEqual((await workbench.slice(at(made?.handle ?? ''))).data);
    expect(thick.data).toEqual(
      (await workbench.slice({ ...at(made?.handle ?? '', 15), slab })).data,
    );
    expect(slice).toMatchObject({ seenSlices: null, phases: [] });
  });

  it('are of no use to a run or an export', async () => {
    const { handle } = await openGrey();
    await workbench.previewSlice('p', SMOOTH, at(handle));
    await expect(workbench.resultsCsv(SMOOTH, handle)).rejects.toMatchObject({ code: 'usage' });
    const [summary] = await workbench.run('r', SMOOTH, handle, quiet);
    expect(summary?.cached).toBe(false);
  });

  it('give way to a run', async () => {
    const { handle } = await openGrey(48);
    const slow = workbench.previewSlice('p', LONG, at(handle));
    await host.turn();
    const run = workbench.run('r', SMOOTH, handle, quiet);
    await expect(slow).rejects.toMatchObject({ code: 'run/cancelled' });
    const meanwhile = workbench.previewSlice('q', SMOOTH, at(handle));
    await expect(meanwhile).rejects.toMatchObject({ code: 'run/cancelled' });
    await run;
    await workbench.previewSlice('q', LONG, at(handle));
  });

  it('are cancelled one by one', async () => {
    const { handle } = await openGrey(48);
    const first = workbench.previewSlice('p', LONG, at(handle));
    const second = workbench.previewSlice('q', SMOOTH, at(handle));
    await host.turn();
    await workbench.cancel('p');
    await expect(first).rejects.toMatchObject({ code: 'run/cancelled' });
    expect((await second).width).toBe(48);
  });
});
