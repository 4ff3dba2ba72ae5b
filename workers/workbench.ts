/**
 * The engine worker's side of `EngineApi`: keeps the volumes, answers with handles, slices and
 * tables. It knows nothing of comlink or of being in a worker, so tests run it in Node.
 */
import type { RawParameters } from '../src/declaration/parameters.ts';
import {
  type Engine,
  type IdentifiedVolume,
  loadSteps,
  type StepOutcome,
} from '../src/engine/engine.ts';
import { methodsAsText, methodsText } from '../src/engine/methods.ts';
import { resultsCsv, resultsDocument, resultsText } from '../src/engine/results.ts';
import { VERSION } from '../src/engine/version.ts';
import { extractSlice, previewVolume } from '../src/engine/views.ts';
import { Bug, UserError } from '../src/errors/errors.ts';
import type { Host } from '../src/host/host.ts';
import type { ReadVolume } from '../src/io/format.ts';
import { openVolume } from '../src/io/open.ts';
import { writeVolume } from '../src/io/registry.ts';
import { blobSource } from '../src/io/sources.ts';
import { describeOperation } from '../src/operations/operation.ts';
import { loadAllOperations } from '../src/operations/registry.ts';
import { loadAllPhantoms, loadPhantom } from '../src/phantoms/registry.ts';
import type { Recipe } from '../src/recipe/recipe.ts';
import { countLabelsBreathing, phasesFor } from '../src/volume/labels.ts';
import type { VoxelSpacing } from '../src/volume/length.ts';
import type { Volume } from '../src/volume/volume.ts';
import type {
  EngineApi,
  ExportedFile,
  ExportKind,
  Histogram,
  NamedFile,
  RunReport,
  StepSummary,
  VolumeHandle,
  VolumeInfo,
} from './engine-api.ts';
import { describeHistogram, findRange } from './volume-facts.ts';

interface Kept extends IdentifiedVolume {
  readonly info: VolumeInfo;
}

/** Facts about a volume that come from its file. */
interface FileFacts {
  readonly spacingSource: string;
  readonly looksSegmented: boolean;
  readonly warnings: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

const NO_FILE: FileFacts = { spacingSource: '', looksSegmented: false, warnings: [], tags: {} };

export function createWorkbench(engine: Engine, host: Host): EngineApi {
  const volumes = new Map<VolumeHandle, Kept>();
  const jobs = new Map<string, AbortController>();
  let lastRun: { readonly key: string; readonly outcomes: readonly StepOutcome[] } | null = null;

  function find(handle: VolumeHandle): Kept {
    const kept = volumes.get(handle);
    if (kept === undefined) throw new Bug('The page named a volume that was released.', { handle });
    return kept;
  }

  async function asJob<T>(jobId: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    jobs.set(jobId, controller);
    try {
      return await work(controller.signal);
    } finally {
      jobs.delete(jobId);
    }
  }

  async function keep(identified: IdentifiedVolume, facts: FileFacts): Promise<VolumeInfo> {
    const { volume, identity, voxelDigest } = identified;
    const known = volumes.get(identity);
    if (known !== undefined && facts === NO_FILE) return known.info;
    const { range, notFinite } = await findRange(volume, () => host.turn());
    const census =
      volume.kind === 'labels' ? await countLabelsBreathing(volume, () => host.turn()) : null;
    const info: VolumeInfo = {
      handle: identity,
      name: volume.name,
      kind: volume.kind,
      size: volume.size,
      type: volume.type,
      spacing: volume.spacing,
      origin: volume.origin,
      range,
      notFinite,
      phases: census === null ? [] : phasesFor(census.labels, volume.phases),
      labelCounts: (census?.labels ?? []).map((label, i) => ({
        label,
        count: census?.counts[i] ?? 0,
      })),
      voxelDigest,
      ...facts,
    };
    volumes.set(identity, { ...identified, info });
    return info;
  }

  async function keepRead(
    read: ReadVolume & { readonly looksSegmented: boolean },
  ): Promise<VolumeInfo> {
    const { spacingSource, warnings, tags } = read.metadata;
    return keep(await engine.identify(read.volume), {
      spacingSource,
      warnings,
      tags,
      looksSegmented: read.looksSegmented,
    });
  }

  async function change(handle: VolumeHandle, parts: Partial<Volume>, source?: string) {
    const { volume, info } = find(handle);
    const { looksSegmented, warnings, tags, spacingSource } = info;
    return keep(await engine.identify({ ...volume, ...parts }), {
      looksSegmented,
      warnings,
      tags,
      spacingSource: source ?? spacingSource,
    });
  }

  async function summarise(outcome: StepOutcome): Promise<StepSummary> {
    return {
      stepId: outcome.stepId,
      operation: outcome.operation,
      params: outcome.params as RawParameters,
      volume: outcome.madeVolume ? await keep(outcome.current, NO_FILE) : null,
      tables: outcome.tables,
      notes: outcome.notes,
      elapsedMs: outcome.elapsedMs,
      cached: outcome.cached,
    };
  }

  /** The outcomes of a finished run; re-running it costs nothing while the cache holds it. */
  async function outcomesOf(recipe: Recipe, handle: VolumeHandle): Promise<readonly StepOutcome[]> {
    const key = runKey(recipe, handle);
    if (lastRun?.key === key) return lastRun.outcomes;
    return engine.run(recipe, find(handle), { signal: new AbortController().signal });
  }

  /** Volumes that neither the page's source nor the last run needs are forgotten. */
  function forgetStale(source: VolumeHandle, outcomes: readonly StepOutcome[]): void {
    const needed = new Set([source, ...outcomes.map((outcome) => outcome.current.identity)]);
    for (const [handle, kept] of volumes) {
      if (kept.voxelDigest === null && !needed.has(handle)) volumes.delete(handle);
    }
  }

  return {
    async describe() {
      const operations = await loadAllOperations();
      const phantoms = await loadAllPhantoms();
      return {
        version: VERSION,
        threads: engine.kernels.threads,
        operations: operations.map(describeOperation),
        phantoms: phantoms.map(({ id, title, summary, parameters }) => ({
          id,
          title,
          summary,
          parameters,
        })),
      };
    },

    open: (jobId, files: readonly NamedFile[], report) =>
      asJob(jobId, async (signal) => {
        const sources = files.map(({ file, path }) => blobSource(file, file.name, path));
        return keepRead(await openVolume(sources, { signal, progress: report }));
      }),

    openUrl: (jobId, url, report) =>
      asJob(jobId, async (signal) => {
        const name = decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? 'volume');
        const blob = await fetchBlob(url, name, signal);
        return keepRead(await openVolume([blobSource(blob, name)], { signal, progress: report }));
      }),

    generate: (jobId, id, params, report) =>
      asJob(jobId, async (signal) => {
        const phantom = await loadPhantom(id);
        const { volumes: made, notes } = await phantom.generate(params, {
          signal,
          progress: report,
          breathe: () => host.turn(),
        });
        const infos: VolumeInfo[] = [];
        for (const { volume } of made) {
          infos.push(
            await keep(await engine.identify(volume), {
              spacingSource: 'phantom',
              looksSegmented: volume.kind === 'labels',
              warnings: notes,
              tags: {},
            }),
          );
        }
        return infos;
      }),

    setSpacing: (handle, spacing: VoxelSpacing | null) =>
      change(handle, { spacing }, 'entered by the user'),

    setKind: (handle, kind) => change(handle, { kind }),

    slice: ({ handle, axis, index }) =>
      Promise.resolve(extractSlice(find(handle).volume, axis, index)),

    async histogram(handle): Promise<Histogram> {
      const { volume, info } = find(handle);
      return describeHistogram(volume, info.range, () => host.turn());
    },

    async preview(handle, maxEdge) {
      const { volume, info } = find(handle);
      return previewVolume(volume, maxEdge, info.range, () => host.turn());
    },

    async estimate(recipe, handle) {
      const planned = await engine.plan(recipe, find(handle).volume);
      return planned.map(({ step, estimate }) => ({ stepId: step.id, ...estimate }));
    },

    run: (jobId, recipe, handle, report: (event: RunReport) => void) =>
      asJob(jobId, async (signal) => {
        const summaries: Promise<StepSummary>[] = [];
        const outcomes = await engine.run(recipe, find(handle), {
          signal,
          onEvent: (event) => {
            if (event.kind !== 'done') {
              report(event);
              return;
            }
            const summary = summarise(event.outcome);
            summaries.push(summary);
            void summary.then((done) =>
              report({ kind: 'done', summary: done, overall: event.overall }),
            );
          },
        });
        const done = await Promise.all(summaries);
        lastRun = { key: runKey(recipe, handle), outcomes };
        forgetStale(handle, outcomes);
        return done;
      }),

    cancel: (jobId) => {
      jobs.get(jobId)?.abort();
      return Promise.resolve();
    },

    async exportVolume(handle, kind: ExportKind): Promise<ExportedFile> {
      const { volume } = find(handle);
      const stem = volume.name.replace(/\.[^.]+$/, '');
      const extension = kind === 'tiff' ? 'tif' : 'nrrd';
      const suffix = volume.kind === 'labels' ? '-labels' : '';
      return { name: `${stem}${suffix}.${extension}`, blob: await writeVolume(volume, kind) };
    },

    async resultsJson(recipe, handle) {
      const outcomes = await outcomesOf(recipe, handle);
      return resultsText(resultsDocument(recipe, find(handle), outcomes));
    },

    async resultsCsv(recipe, handle) {
      return resultsCsv(await outcomesOf(recipe, handle));
    },

    methods: async (recipe) => methodsAsText(methodsText(await loadSteps(recipe))),

    release: (handle) => {
      volumes.delete(handle);
      return Promise.resolve();
    },
  };
}

function runKey(recipe: Recipe, handle: VolumeHandle): string {
  return JSON.stringify([recipe, handle]);
}

async function fetchBlob(url: string, name: string, signal: AbortSignal): Promise<Blob> {
  let response: Response;
  try {
    response = await fetch(url, { signal });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new UserError(
      'file/unreadable',
      `${name} could not be fetched: check the connection and try again.`,
      { url },
      cause,
    );
  }
  if (!response.ok) {
    throw new UserError(
      'file/unreadable',
      `${name} could not be fetched: the server answered ${response.status}.`,
      { url, status: response.status },
    );
  }
  return response.blob();
}
