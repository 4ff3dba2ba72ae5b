/**
 * The engine worker's side of `EngineApi`: keeps the volumes, answers with handles, slices and
 * tables. It knows nothing of comlink or of being in a worker, so tests run it in Node.
 */
import type { RawParameters } from '../src/declaration/parameters.ts';
import { createBreathe } from '../src/engine/breathe.ts';
import {
  type Engine,
  type Identified,
  type IdentifiedVolume,
  loadSteps,
  type RunEvent,
  type RunOptions,
  type StepOutcome,
} from '../src/engine/engine.ts';
import { lineProfile, regionStatistics } from '../src/engine/measure.ts';
import { GPU_NOTE, restsOnGpu } from '../src/engine/gpu-record.ts';
import { methodsAsText, methodsText } from '../src/engine/methods.ts';
import {
  resultsCsv,
  resultsDocument,
  resultsText,
  type StepResult,
} from '../src/engine/results.ts';
import { VERSION } from '../src/engine/version.ts';
import { loadOperation } from '../src/operations/registry.ts';
import { extractSlice, previewVolume, projectSlab } from '../src/engine/views.ts';
import {
  Bug,
  cancelled,
  isAllocationFailure,
  isUserError,
  UserError,
} from '../src/errors/errors.ts';
import type { Host } from '../src/host/host.ts';
import type { ByteSource } from '../src/io/format.ts';
import { groupSources } from '../src/io/group.ts';
import { writeMesh } from '../src/io/meshes/registry.ts';
import { blobOf } from '../src/io/byte-sink.ts';
import { writeStreamed, writeVolume } from '../src/io/registry.ts';
import { blobSource } from '../src/io/sources.ts';
import type { RemoteOptions } from '../src/io/remote/requests.ts';
import { loadPhantom } from '../src/phantoms/registry.ts';
import type { Recipe } from '../src/recipe/recipe.ts';
import { countLabelsBreathing, phasesFor } from '../src/volume/labels.ts';
import type { VoxelSpacing } from '../src/volume/length.ts';
import { slabLayers } from '../src/volume/slab.ts';
import type { VolumeDescription } from '../src/volume/streamed.ts';
import { type Volume, withKind, withSpacing } from '../src/volume/volume.ts';
import { Queue } from '../src/wasm/queue.ts';
import { type Declarations, loadDeclarations } from './declarations.ts';
import type {
  EngineApi,
  ExportedFile,
  Histogram,
  NamedFile,
  OpenChoices,
  PreviewPixels,
  RunReport,
  SliceRequest,
  StepSummary,
  VolumeFiles,
  VolumeHandle,
  VolumeInfo,
} from './engine-api.ts';
import { STATED_SPACING } from './engine-api.ts';
import type { BeforeOpening } from './before-opening.ts';
import type { BrickedRuns } from './bricked-runs.ts';
import type { BrickedVolumes } from './bricked-volumes.ts';
import { createSurfaceCache } from './surface-cache.ts';
import { finishBreathing } from '../src/kernels/steps.ts';
import { describeHistogram, findRange, needsMemory, rangeOf } from './volume-facts.ts';
import { type WritableFormatId, WRITTEN_FORMATS } from '../src/volume/written-formats.ts';

interface Kept extends IdentifiedVolume {
  readonly info: VolumeInfo;
  /** Id of the operation whose result it is; null for what was opened. */
  readonly madeBy: string | null;
}

/** Facts about a volume that come from its file. */
type FileFacts = Pick<
  VolumeInfo,
  'spacingSource' | 'looksSegmented' | 'warnings' | 'tags' | 'quantity' | 'opening'
>;

const NO_FILE: FileFacts = { spacingSource: '', looksSegmented: false, warnings: [], tags: {} };

/** What the page shows of the runs on a source: at most one result for each step, by the step's id. */
type ShownResults = Map<string, VolumeHandle>;

/** The numbers of a run, without its volumes. */
interface FinishedRun {
  /** See `stepsKey`. */
  readonly steps: string;
  readonly results: readonly StepResult[];
}

export function createWorkbench(
  engine: Engine,
  host: Host,
  declarations: () => Promise<Declarations> = loadDeclarations,
  /** The page's address; absent outside a browser. */
  home?: string,
): EngineApi {
  const volumes = new Map<VolumeHandle, Kept>();
  /** Several parts of the page ask for the same one; it goes with its volume. */
  const histograms = new WeakMap<Volume, Promise<Histogram>>();
  const jobs = new Map<string, AbortController>();
  const runs = new Queue();
  const previews = new Queue();
  const previewing = new Set<AbortController>();
  let running = 0;
  const surfaces = createSurfaceCache();
  /** The last finished run on each source; the run that ended last stands last. */
  const lastRuns = new Map<VolumeHandle, FinishedRun>();
  const shown = new Map<VolumeHandle, ShownResults>();

  /** Null until the first volume is opened as bricks. */
  let bricked: BrickedVolumes | null = null;

  async function openAsBricks(
    sources: readonly ByteSource[],
    report: (fraction: number) => void,
    signal: AbortSignal,
    choices: OpenChoices,
  ): Promise<VolumeInfo> {
    const { createBrickedVolumes } = await import('./bricked-volumes.ts');
    bricked ??= createBrickedVolumes(host);
    return bricked.open(sources, report, signal, choices);
  }

  let brickedRuns: BrickedRuns | null = null;

  /** Null for a volume in memory. */
  async function runsOn(handle: VolumeHandle): Promise<BrickedRuns | null> {
    if (bricked?.has(handle) !== true) return null;
    const { createBrickedRuns } = await import('./bricked-runs.ts');
    brickedRuns ??= createBrickedRuns(engine, host, bricked);
    return brickedRuns;
  }

  /** A source's description and identity, wherever its voxels are. */
  function inputOf(handle: VolumeHandle): Identified<VolumeDescription> & Pick<Kept, 'info'> {
    if (bricked?.has(handle) !== true) return find(handle);
    const { bricks, ...kept } = bricked.find(handle);
    return { ...kept, volume: bricks, onGpu: false };
  }

  async function allSources(
    files: VolumeFiles,
    options: RemoteOptions = {},
  ): Promise<readonly ByteSource[]> {
    if (!('url' in files)) return sourcesOf(files);
    const { openRemote } = await import('../src/io/remote/open-remote.ts');
    return openRemote(files, { ...options, ...(home === undefined ? {} : { home }) });
  }

  let looking: Promise<BeforeOpening> | null = null;

  /** Fetched when something is asked about files that are not open. */
  function beforeOpening(): Promise<BeforeOpening> {
    looking ??= import('./before-opening.ts').then(({ createBeforeOpening }) =>
      createBeforeOpening(allSources),
    );
    return looking;
  }

  function find(handle: VolumeHandle): Kept {
    if (bricked?.has(handle) === true) throw needsMemory(bricked.find(handle).bricks);
    const kept = volumes.get(handle);
    if (kept === undefined) throw new Bug('The page named a volume that was released.', { handle });
    return kept;
  }

  async function asJob<T>(jobId: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    jobs.set(jobId, controller);
    try {
      return await withinMemory(() => work(controller.signal));
    } finally {
      jobs.delete(jobId);
    }
  }

  /** Previews give way to a run, since both need all threads. */
  async function withoutPreviews<T>(work: () => Promise<T>): Promise<T> {
    running += 1;
    for (const controller of previewing) controller.abort();
    try {
      return await work();
    } finally {
      running -= 1;
    }
  }

  async function previewSlice(
    jobId: string,
    recipe: Recipe,
    { handle, axis, index, slab }: SliceRequest,
  ): Promise<PreviewPixels> {
    const controller = new AbortController();
    if (running > 0) controller.abort();
    const { signal } = controller;
    const source = find(handle);
    previewing.add(controller);
    jobs.set(jobId, controller);
    try {
      return await withinMemory(() =>
        previews.run(signal, async () => {
          const planned = await engine.planPreview(recipe, source.volume);
          const count = planned.at(-1)?.shape.size[axis] ?? source.volume.size[axis];
          const [first, last] = slabLayers(count, index, slab?.thickness ?? 1);
          const slices = { axis, first, last };
          const { volume, seenSlices } = await engine.preview(recipe, source, slices, signal);
          const all = { thickness: last - first + 1, projection: slab?.projection ?? 'mean' };
          const middle = Math.floor((all.thickness - 1) / 2);
          const slice =
            slab === undefined
              ? extractSlice(volume, axis, 0)
              : await projectSlab(volume, axis, middle, all, createBreathe(host, signal));
          return { ...slice, phases: volume.phases, seenSlices };
        }),
      );
    } finally {
      previewing.delete(controller);
      jobs.delete(jobId);
    }
  }

  /** Keeps a volume and finds out what the page shows of it; cancels within a few ms. */
  async function keep(
    identified: IdentifiedVolume,
    facts: FileFacts,
    signal?: AbortSignal,
    madeBy: string | null = null,
    known: Census | null = null,
  ): Promise<VolumeInfo> {
    const { volume, identity, voxelDigest } = identified;
    const census = known ?? (await takeCensus(volume, createBreathe(host, signal)));
    const info: VolumeInfo = {
      handle: identity,
      name: volume.name,
      kind: volume.kind,
      size: volume.size,
      type: volume.type,
      spacing: volume.spacing,
      origin: volume.origin,
      ...census,
      voxelDigest,
      onGpu: identified.onGpu,
      ...facts,
    };
    volumes.set(identity, { ...identified, info, madeBy });
    return info;
  }

  async function open(
    sources: readonly ByteSource[],
    report: (fraction: number) => void,
    signal: AbortSignal,
    choices: OpenChoices = {},
  ): Promise<VolumeInfo> {
    const { openChosen } = await loadOpening();
    const opened = await openChosen(sources, { signal, progress: report, ...choices });
    const { volume, metadata, looksSegmented, survey, opening } = opened;
    const { warnings, tags } = metadata;
    const spacingSource = choices.spacing == null ? metadata.spacingSource : STATED_SPACING;
    const facts = { spacingSource, warnings, tags, looksSegmented, opening };
    const range = rangeOf(survey);
    if (volume.kind === 'labels') {
      const identified = await engine.identify(volume, { signal });
      const census = await takeCensus(volume, createBreathe(host, signal), range);
      return keep(identified, facts, signal, null, census);
    }
    // The page asks for it before it shows a slice; it is counted while another thread digests.
    const counted = countHistogram(volume, range.range, createBreathe(host, signal));
    const identified = await engine.identify(volume, { signal });
    await counted;
    return keep(identified, facts, signal, null, { ...range, phases: [], labelCounts: [] });
  }

  /** Bins of a volume, counted once for all who ask. */
  function countHistogram(
    volume: Volume,
    range: VolumeInfo['range'],
    breathe: () => Promise<void>,
    outside: number | null = null,
  ): Promise<Histogram> {
    const known = histograms.get(volume);
    if (known !== undefined) return known;
    const counted = describeHistogram(volume, range, breathe, outside);
    histograms.set(volume, counted);
    counted.catch(() => histograms.delete(volume));
    return counted;
  }

  /** Another volume of the same voxels; they are neither read nor copied. */
  async function change(
    handle: VolumeHandle,
    edit: (volume: Volume) => Volume,
    facts: Partial<FileFacts> = {},
  ): Promise<VolumeInfo> {
    const { volume, info, voxelDigest, onGpu } = find(handle);
    const { looksSegmented, warnings, tags, spacingSource, opening } = info;
    const identified = await engine.identify(edit(volume), {
      onGpu,
      ...(voxelDigest === null ? {} : { voxelDigest }),
    });
    const { range, notFinite, phases, labelCounts } = info;
    const isCounted = identified.volume.kind === info.kind;
    const changed = await keep(
      identified,
      { looksSegmented, warnings, tags, spacingSource, ...(opening && { opening }), ...facts },
      undefined,
      null,
      isCounted ? { range, notFinite, phases, labelCounts } : null,
    );
    // The page goes on showing what was computed from the volume before the change.
    inheritShown(changed.handle, shown.get(handle));
    return changed;
  }

  function inheritShown(heir: VolumeHandle, results: ShownResults | undefined): void {
    if (results !== undefined) shown.set(heir, new Map([...(shown.get(heir) ?? []), ...results]));
  }

  async function factsOf({ operation, params, current }: StepOutcome): Promise<FileFacts> {
    const { quantity } = await loadOperation(operation);
    const isGrey = current.volume.kind === 'grey' && quantity !== undefined;
    return isGrey ? { ...NO_FILE, quantity: quantity(current.volume, params) } : NO_FILE;
  }

  async function summarise(outcome: StepOutcome, signal: AbortSignal): Promise<StepSummary> {
    const { current, madeVolume } = outcome;
    const known = volumes.get(current.identity)?.info;
    return {
      stepId: outcome.stepId,
      operation: outcome.operation,
      params: outcome.params as RawParameters,
      volume: madeVolume
        ? (known ?? (await keep(current, await factsOf(outcome), signal, outcome.operation)))
        : null,
      tables: outcome.tables,
      notes: outcome.notes,
      elapsedMs: outcome.elapsedMs,
      work: outcome.work,
      cached: outcome.cached,
      gpu: outcome.gpu,
      onGpu: restsOnGpu(outcome),
      gpuProblem: outcome.gpuProblem,
    };
  }

  /** Result volumes that the page no longer shows are forgotten; the engine's cache may have them. */
  function forgetStale(): void {
    const needed = new Set([...shown.values()].flatMap((results) => [...results.values()]));
    for (const [handle, kept] of volumes) {
      if (kept.voxelDigest !== null || needed.has(handle)) continue;
      volumes.delete(handle);
      surfaces.forget(handle);
    }
  }

  /** Hands what is shown of a source that was released meanwhile to those with the same voxels. */
  function bequeath(source: Kept): void {
    if (volumes.has(source.identity)) return;
    const results = shown.get(source.identity);
    for (const { identity, voxelDigest } of volumes.values()) {
      if (voxelDigest === source.voxelDigest) inheritShown(identity, results);
    }
    shown.delete(source.identity);
  }

  async function runRecipe(
    recipe: Recipe,
    source: Kept,
    report: (event: RunReport) => void,
    options: Pick<RunOptions, 'signal' | 'useGpu'>,
  ): Promise<readonly StepSummary[]> {
    const byStep: ShownResults = shown.get(source.identity) ?? new Map();
    shown.set(source.identity, byStep);
    const summaries: StepSummary[] = [];
    const onEvent = async (event: RunEvent): Promise<void> => {
      if (event.kind !== 'done') {
        report(event);
        return;
      }
      const summary = await summarise(event.outcome, options.signal);
      summaries.push(summary);
      if (summary.volume !== null) byStep.set(summary.stepId, summary.volume.handle);
      report({ kind: 'done', summary, overall: event.overall });
    };
    try {
      const outcomes = await engine.run(recipe, source, { ...options, onEvent });
      const finished = new Set(summaries.map(({ stepId }) => stepId));
      for (const stepId of byStep.keys()) if (!finished.has(stepId)) byStep.delete(stepId);
      const results = outcomes.map(({ current: { onGpu }, ...numbers }) => ({
        ...numbers,
        current: { onGpu },
      }));
      if (volumes.has(source.identity)) rememberRun(source.identity, recipe, results);
      return summaries;
    } finally {
      bequeath(source);
      forgetStale();
    }
  }

  function rememberRun(handle: VolumeHandle, recipe: Recipe, results: readonly StepResult[]): void {
    lastRuns.delete(handle);
    lastRuns.set(handle, { steps: stepsKey(recipe), results });
  }

  async function runOnBricks(
    brickRuns: BrickedRuns,
    recipe: Recipe,
    handle: VolumeHandle,
    report: (event: RunReport) => void,
    signal: AbortSignal,
  ): Promise<readonly StepSummary[]> {
    const { summaries, results } = await brickRuns.run(recipe, handle, report, signal);
    rememberRun(handle, recipe, results);
    return summaries;
  }

  function resultsOf(recipe: Recipe, handle: VolumeHandle): readonly StepResult[] {
    const lastRun = lastRuns.get(handle);
    if (lastRun?.steps !== stepsKey(recipe)) {
      throw new UserError(
        'usage',
        'The recipe or the volume has changed since the last run: run it again to have its results.',
      );
    }
    return lastRun.results;
  }

  /** With a source everything goes that was computed from it and that no other shows. */
  function release(handle: VolumeHandle): void {
    const isSource = (volumes.get(handle)?.voxelDigest ?? null) !== null;
    volumes.delete(handle);
    surfaces.forget(handle);
    if (!isSource) return;
    lastRuns.delete(handle);
    shown.delete(handle);
    forgetStale();
  }

  return {
    describe: async () => ({
      version: VERSION,
      threads: engine.kernels.threads,
      ...(await declarations()),
    }),

    group: (files) => groupSources(sourcesOf(files)),

    open: (jobId, files, report, choices) =>
      asJob(jobId, async (signal) => {
        const isRemote = 'url' in files;
        // A host without ranges hands out the file before anything of it is read.
        const fetched = isRemote ? DOWNLOAD_SHARE : 0;
        const sources = await allSources(files, {
          signal,
          progress: (fraction) => report(fetched * fraction),
        });
        const reading = (fraction: number): void => report(fetched + (1 - fetched) * fraction);
        return choices?.asBricks === true
          ? openAsBricks(sources, reading, signal, choices)
          : open(sources, reading, signal, choices);
      }),

    describeFiles: async (...asked) => (await beforeOpening()).describeFiles(...asked),
    peekSlice: async (...asked) => (await beforeOpening()).peekSlice(...asked),
    offerRaw: async (...asked) => (await beforeOpening()).offerRaw(...asked),
    rawPictures: async (...asked) => (await beforeOpening()).rawPictures(...asked),

    async forecast(recipe, shape) {
      const planned = await engine.plan(recipe, shape);
      return planned.map(({ step, estimate }) => ({ stepId: step.id, ...estimate }));
    },

    async describeAddress(text) {
      const { describeAddress } = await import('../src/io/remote/address.ts');
      return describeAddress(text, home);
    },

    openUrl: (jobId, url, report) =>
      asJob(jobId, async (signal) => {
        const name = nameOfUrl(url);
        const blob = await fetchBlob(url, name, signal);
        return open([blobSource(blob, name)], report, signal);
      }),

    generate: (jobId, id, params, report) =>
      asJob(jobId, async (signal) => {
        const phantom = await loadPhantom(id);
        const { volumes: made, notes } = await phantom.generate(params, {
          signal,
          progress: report,
          breathe: createBreathe(host, signal),
        });
        const infos: VolumeInfo[] = [];
        for (const { volume } of made) {
          const facts = {
            spacingSource: 'phantom',
            looksSegmented: volume.kind === 'labels',
            warnings: notes,
            tags: {},
          };
          infos.push(await keep(await engine.identify(volume, { signal }), facts, signal));
        }
        return infos;
      }),

    async setSpacing(handle, spacing: VoxelSpacing | null, source) {
      const spacingSource =
        source ?? (spacing === null ? 'left unknown by the user' : STATED_SPACING);
      if (bricked?.has(handle) === true) return bricked.setSpacing(handle, spacing, spacingSource);
      return change(handle, (volume) => withSpacing(volume, spacing), { spacingSource });
    },

    setKind: (handle, kind) => change(handle, (volume) => withKind(volume, kind)),

    async slice(request) {
      const { handle, axis, index, slab } = request;
      const onDisk = bricked?.has(handle) === true ? bricked : null;
      if (onDisk !== null) return withinMemory(() => onDisk.slice(request));
      const { volume } = find(handle);
      if (slab === undefined) return extractSlice(volume, axis, index);
      return withinMemory(() => projectSlab(volume, axis, index, slab, createBreathe(host)));
    },

    surface: (jobId, handle, label, options, report) =>
      asJob(jobId, async (signal) => {
        const job = { kernels: engine.kernels, host, signal, progress: report };
        const named = { handle, volume: find(handle).volume };
        const surface = await surfaces.surface(named, label, options, job);
        const { positions, normals, triangles } = surface;
        return {
          ...surface,
          positions: positions.slice(),
          normals: normals.slice(),
          triangles: triangles.slice(),
        };
      }),

    exportSurface: (jobId, handle, label, format, report) =>
      asJob(jobId, async (signal) => {
        const kept = find(handle);
        const { volume, madeBy, onGpu } = kept;
        const job = { kernels: engine.kernels, host, signal, progress: report };
        const { EXPORTED_SURFACE, phaseSurface } = await import('../src/engine/surfaces.ts');
        const surface = await phaseSurface(volume, label, EXPORTED_SURFACE, job);
        const { name } = surface.phase;
        const blob = await writeMesh({ ...surface, name }, format, createBreathe(host, signal));
        const stem = exportStem(volume, madeBy).replace(/-labels$/, '');
        const phase = name.replaceAll(/[^\p{L}\p{N}]+/gu, '-');
        return { name: `${stem}-${phase}${onGpu ? '-gpu' : ''}.${format}`, blob };
      }),

    surfaceAreas: (jobId, handle) =>
      asJob(jobId, (signal) => {
        const job = { kernels: engine.kernels, host, signal, progress: () => undefined };
        return surfaces.areas({ handle, volume: find(handle).volume }, job);
      }),

    interpolate: (jobId, handle, request, report) =>
      asJob(jobId, async (signal) => {
        const { interpolateLabel } = await import('../src/engine/interpolate-label.ts');
        return interpolateLabel(find(handle).volume, request, { host, signal, progress: report });
      }),

    async profile(handle, from, to) {
      if (bricked?.has(handle) === true) return bricked.profile(handle, from, to);
      return lineProfile(find(handle).volume, from, to);
    },

    statistics: (handle, region, labels) =>
      withinMemory(() => {
        const under = labels === null ? null : find(labels).volume;
        return regionStatistics(find(handle).volume, region, under, createBreathe(host));
      }),

    histogram: (handle) =>
      withinMemory(() => {
        if (bricked?.has(handle) === true) return bricked.histogram(handle);
        const { volume, info } = find(handle);
        const outside = info.quantity?.outside ?? null;
        return countHistogram(volume, info.range, createBreathe(host), outside);
      }),

    suggestIntervals: (handle, phases) =>
      withinMemory(async () => {
        if (bricked?.has(handle) === true) return bricked.suggestIntervals(handle, phases);
        const { intervalSuggestionSteps } = await import('./interval-suggestions.ts');
        const { volume, info } = find(handle);
        const steps = intervalSuggestionSteps(volume, info.range, phases);
        return finishBreathing(steps, createBreathe(host));
      }),

    preview: (handle, maxEdge, scale) =>
      withinMemory(() => {
        if (bricked?.has(handle) === true) return bricked.preview(handle, maxEdge);
        const { volume, info } = find(handle);
        const outside = info.quantity?.outside ?? null;
        return previewVolume(volume, maxEdge, info.range, createBreathe(host), outside, scale);
      }),

    async estimate(recipe, handle) {
      const brickRuns = await runsOn(handle);
      if (brickRuns !== null) return brickRuns.estimate(recipe, handle);
      const planned = await engine.plan(recipe, find(handle).volume);
      return planned.map(({ step, estimate }) => ({ stepId: step.id, ...estimate }));
    },

    async planPreview(recipe, handle) {
      const { volume, info } = find(handle);
      const { handle: _own, ...facts } = info;
      const planned = await engine.planPreview(recipe, volume);
      return planned.map(({ stepId, shape, origin }) => ({
        stepId,
        volume: {
          ...facts,
          ...NO_FILE,
          ...shape,
          origin,
          phases: shape.kind === 'labels' ? info.phases : [],
          labelCounts: [],
          voxelDigest: null,
        },
      }));
    },

    previewSlice,

    run: (jobId, recipe, handle, report: (event: RunReport) => void, options = {}) =>
      asJob(jobId, async (signal) => {
        const brickRuns = await runsOn(handle);
        const source = brickRuns === null ? find(handle) : null;
        return withoutPreviews(() =>
          runs.run(signal, () =>
            brickRuns === null
              ? runRecipe(recipe, source as Kept, report, { ...options, signal })
              : runOnBricks(brickRuns, recipe, handle, report, signal),
          ),
        );
      }),

    cancel: (jobId) => {
      jobs.get(jobId)?.abort();
      return Promise.resolve();
    },

    exportVolume: (handle, kind: WritableFormatId): Promise<ExportedFile> =>
      withinMemory(async () => {
        const [extension] = WRITTEN_FORMATS[kind].extensions;
        const brickRuns = await runsOn(handle);
        if (brickRuns !== null) {
          const { stream, madeBy } = brickRuns.voxels(handle);
          const blob = await blobOf((sink) => writeStreamed(stream, kind, sink));
          return { name: `${exportStem(stream, madeBy)}${extension}`, blob };
        }
        const { volume, madeBy, onGpu } = find(handle);
        const name = `${exportStem(volume, madeBy)}${onGpu ? '-gpu' : ''}${extension}`;
        return { name, blob: await writeVolume(volume, kind, onGpu ? GPU_NOTE : '') };
      }),

    async resultsJson(recipe, handle) {
      return resultsText(resultsDocument(recipe, inputOf(handle), resultsOf(recipe, handle)));
    },

    async resultsCsv(recipe, handle) {
      return resultsCsv(resultsOf(recipe, handle));
    },

    async bibtex(recipe) {
      const { bibtex } = await import('../src/engine/bibtex.ts');
      return bibtex(methodsText(await loadSteps(recipe)).citations);
    },

    async report(recipe, handle, { file, figures = [], date }) {
      const { info, ...input } = inputOf(handle);
      // Its plots weigh as much as the rest of the worker.
      const { reportHtml } = await import('../src/engine/report.ts');
      const { openingMethods } = await loadOpening();
      const { opening } = info;
      return reportHtml({
        ...(opening && { opening: { ...opening, ...(await openingMethods(opening)) } }),
        recipe,
        steps: await loadSteps(recipe),
        input,
        outcomes: resultsOf(recipe, handle),
        spacingSource: info.spacingSource,
        isSpacingStated: info.spacingSource === STATED_SPACING,
        file,
        date,
        figures,
      });
    },

    async methods(recipe) {
      const key = stepsKey(recipe);
      const { openingMethods } = await loadOpening();
      const lastRun = [...lastRuns].findLast(([, { steps }]) => steps === key);
      const handle = lastRun?.[0] ?? '';
      const opened = await openingMethods(volumes.get(handle)?.info.opening);
      const steps = [...opened.steps, ...(await loadSteps(recipe))];
      const results = [...opened.results, ...(lastRun?.[1].results ?? [])];
      return methodsAsText(methodsText(steps, results));
    },

    findGpu: () =>
      engine.findGpu().then(
        (adapter) => ({ adapter, problem: null }),
        (error: unknown) => {
          if (!isUserError(error)) throw error;
          return { adapter: null, problem: error.message };
        },
      ),

    async release(handle) {
      await brickedRuns?.release(handle);
      await bricked?.release(handle);
      release(handle);
    },
  };
}

/** Fetched when something is opened: the start does without. */
const loadOpening = () => import('../src/engine/opening.ts');

function sourcesOf(files: readonly NamedFile[]): readonly ByteSource[] {
  return files.map(({ file, path }) => blobSource(file, file.name, path));
}

/** What a download takes of the progress. */
const DOWNLOAD_SHARE = 0.5;

/** What a pass over all voxels tells. */
type Census = Pick<VolumeInfo, 'range' | 'notFinite' | 'phases' | 'labelCounts'>;

/** `known` spares the pass for the range. */
async function takeCensus(
  volume: Volume,
  breathe: () => Promise<void>,
  known: Pick<Census, 'range' | 'notFinite'> | null = null,
): Promise<Census> {
  const { labels, counts } =
    volume.kind === 'labels'
      ? await countLabelsBreathing(volume, breathe)
      : { labels: [], counts: [] };
  return {
    ...(known ?? (await findRange(volume, breathe))),
    phases: volume.kind === 'labels' ? phasesFor(labels, volume.phases) : [],
    labelCounts: labels.map((label, i) => ({ label, count: counts[i] ?? 0 })),
  };
}

/** What a run depends on: two recipes with the same key have the same results, step by step. */
function stepsKey({ steps }: Recipe): string {
  return JSON.stringify(steps.filter((step) => step.enabled));
}

/** Families whose operations are told apart by what follows the family: `denoise-median`. */
const DOING = /^(denoise|sharpen|smooth|segment|label|measure)-/;

/** The file's name and what was done to it last, so that no result is called like its input. */
function exportStem({ name, kind }: VolumeDescription, madeBy: string | null): string {
  const stem = name.replace(/\.[^.]+$/, '') || 'volume';
  if (kind === 'labels') return `${stem}-labels`;
  return madeBy === null ? stem : `${stem}-${madeBy.replace(DOING, '')}`;
}

/** Turns an allocation that failed into a sentence. */
async function withinMemory<T>(work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isAllocationFailure(error)) throw error;
    throw new UserError(
      'memory/over-budget',
      'There is not enough memory for this volume now: close other tabs, or open a crop of it.',
      {},
      error,
    );
  }
}

/** The file name at the end of an address, as a person reads it. */
function nameOfUrl(url: string): string {
  const path = url.replace(/[?#].*$/, '');
  const last = path.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last) || 'volume';
  } catch {
    // A percent sign that encodes nothing.
    return last;
  }
}

async function fetchBlob(url: string, name: string, signal: AbortSignal): Promise<Blob> {
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) {
      throw new UserError(
        'file/unreadable',
        `${name} could not be fetched: the server answered ${response.status}.`,
        { url, status: response.status },
      );
    }
    return await response.blob();
  } catch (cause) {
    if (signal.aborted) throw cancelled();
    if (isUserError(cause)) throw cause;
    throw new UserError(
      'file/unreadable',
      `${name} could not be fetched: check the connection and try again.`,
      { url },
      cause,
    );
  }
}
