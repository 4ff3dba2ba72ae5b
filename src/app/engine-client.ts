/**
 * The page's side of the engine worker: the same calls as `EngineApi`, and what happens when the
 * worker dies. A dead worker rejects every call that waits on it, is replaced at once, and all
 * handles to its volumes are gone; whoever holds handles listens to `onReplaced`.
 */
import { proxy, type Remote, wrap } from 'comlink';
import { UserError } from '../errors/errors.ts';
import { sendErrorsWhole } from '../errors/over-comlink.ts';
import type { EngineApi } from '../../workers/engine-api.ts';

/** Why a worker was replaced: it crashed, or it did not react to a cancellation. */
export type ReplacementReason = 'crashed' | 'unresponsive';

export interface EngineClient extends EngineApi {
  /** Called after a dead worker was replaced; handles from before are unknown to the new one. */
  onReplaced(listener: (reason: ReplacementReason) => void): () => void;
  dispose(): void;
}

/** Whether a call failed because its worker was replaced; `onReplaced` already tells of that. */
export function isReplacement(error: unknown): boolean {
  return error instanceof UserError && error.details['replaced'] === true;
}

/** What the client needs of a worker; tests give their own. */
export type EngineWorker = Pick<
  Worker,
  'postMessage' | 'addEventListener' | 'removeEventListener' | 'terminate'
>;

/** A cancelled job that has not ended after this long holds its worker for good. */
const CANCEL_PATIENCE_MS = 10_000;

const SENTENCES: Record<ReplacementReason, string> = {
  crashed:
    'The computing process ended unexpectedly, most likely for lack of memory; it was restarted and the recipe is kept.',
  unresponsive:
    'The computing process did not react to the cancellation; it was restarted and the recipe is kept.',
};

function spawnEngineWorker(): Worker {
  return new Worker(new URL('../../workers/engine.worker.ts', import.meta.url), {
    type: 'module',
    name: 'tauscope-engine',
  });
}

export function createEngineClient(
  spawn: () => EngineWorker = spawnEngineWorker,
  patienceMs = CANCEL_PATIENCE_MS,
): EngineClient {
  sendErrorsWhole();
  const listeners = new Set<(reason: ReplacementReason) => void>();
  const waiting = new Set<(error: Error) => void>();
  const runningJobs = new Set<string>();
  let worker: EngineWorker;
  let api: Remote<EngineApi>;
  /** A worker that never answered is not replaced: its successor would fail in the same way. */
  let hasAnswered = false;
  let startFailure: UserError | null = null;

  function start(): void {
    const started = spawn();
    worker = started;
    api = wrap<EngineApi>(started as Worker);
    hasAnswered = false;
    const onDeath = (): void => {
      if (worker === started) replace('crashed');
    };
    started.addEventListener('error', onDeath);
    started.addEventListener('messageerror', onDeath);
  }

  function rejectWaiting(error: Error): void {
    const rejections = [...waiting];
    waiting.clear();
    runningJobs.clear();
    for (const reject of rejections) reject(error);
  }

  function replace(reason: ReplacementReason): void {
    worker.terminate();
    if (!hasAnswered) {
      startFailure = new UserError(
        'file/unsupported',
        'The computing process could not be started: this browser may be too old, or the page was updated meanwhile; reload the page.',
        { reason },
      );
      rejectWaiting(startFailure);
      return;
    }
    start();
    rejectWaiting(
      new UserError('memory/over-budget', SENTENCES[reason], { reason, replaced: true }),
    );
    for (const listener of listeners) listener(reason);
  }

  function call<T>(invoke: (remote: Remote<EngineApi>) => Promise<T>): Promise<T> {
    if (startFailure !== null) return Promise.reject(startFailure);
    return new Promise<T>((resolve, reject) => {
      waiting.add(reject);
      invoke(api).then(
        (value) => {
          hasAnswered = true;
          waiting.delete(reject);
          resolve(value);
        },
        (error: unknown) => {
          hasAnswered = true;
          waiting.delete(reject);
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }

  async function callJob<T>(
    jobId: string,
    invoke: (remote: Remote<EngineApi>) => Promise<T>,
  ): Promise<T> {
    runningJobs.add(jobId);
    try {
      return await call(invoke);
    } finally {
      runningJobs.delete(jobId);
    }
  }

  function cancel(jobId: string): Promise<void> {
    const asked = worker;
    setTimeout(() => {
      if (runningJobs.has(jobId) && worker === asked) replace('unresponsive');
    }, patienceMs);
    return call((remote) => remote.cancel(jobId));
  }

  start();
  return {
    describe: () => call((remote) => remote.describe()),
    findGpu: () => call((remote) => remote.findGpu()),
    group: (files) => call((remote) => remote.group(files)),
    open: (jobId, files, report, choices) =>
      callJob(jobId, (remote) => remote.open(jobId, files, proxy(report), choices)),
    describeFiles: (files, choices) => call((remote) => remote.describeFiles(files, choices)),
    peekSlice: (files, choices, z) => call((remote) => remote.peekSlice(files, choices, z)),
    forecast: (recipe, shape) => call((remote) => remote.forecast(recipe, shape)),
    offerRaw: (files) => call((remote) => remote.offerRaw(files)),
    rawPictures: (files, layout) => call((remote) => remote.rawPictures(files, layout)),
    describeAddress: (text) => call((remote) => remote.describeAddress(text)),
    openUrl: (jobId, url, report) =>
      callJob(jobId, (remote) => remote.openUrl(jobId, url, proxy(report))),
    generate: (jobId, phantom, params, report) =>
      callJob(jobId, (remote) => remote.generate(jobId, phantom, params, proxy(report))),
    setSpacing: (handle, spacing, source) =>
      call((remote) => remote.setSpacing(handle, spacing, source)),
    setKind: (handle, kind) => call((remote) => remote.setKind(handle, kind)),
    slice: (request) => call((remote) => remote.slice(request)),
    histogram: (handle) => call((remote) => remote.histogram(handle)),
    suggestIntervals: (handle, phases) => call((remote) => remote.suggestIntervals(handle, phases)),
    preview: (handle, maxEdge, scale) => call((remote) => remote.preview(handle, maxEdge, scale)),
    surface: (jobId, handle, label, options, report) =>
      callJob(jobId, (remote) => remote.surface(jobId, handle, label, options, proxy(report))),
    exportSurface: (jobId, handle, label, format, report) =>
      callJob(jobId, (remote) => remote.exportSurface(jobId, handle, label, format, proxy(report))),
    surfaceAreas: (jobId, handle) => callJob(jobId, (remote) => remote.surfaceAreas(jobId, handle)),
    interpolate: (jobId, handle, request, report) =>
      callJob(jobId, (remote) => remote.interpolate(jobId, handle, request, proxy(report))),
    profile: (handle, from, to) => call((remote) => remote.profile(handle, from, to)),
    statistics: (handle, region, labels) =>
      call((remote) => remote.statistics(handle, region, labels)),
    estimate: (recipe, handle) => call((remote) => remote.estimate(recipe, handle)),
    planPreview: (recipe, handle) => call((remote) => remote.planPreview(recipe, handle)),
    previewSlice: (jobId, recipe, request) =>
      callJob(jobId, (remote) => remote.previewSlice(jobId, recipe, request)),
    run: (jobId, recipe, handle, report, choices) =>
      callJob(jobId, (remote) => remote.run(jobId, recipe, handle, proxy(report), choices)),
    cancel,
    exportVolume: (handle, kind) => call((remote) => remote.exportVolume(handle, kind)),
    resultsJson: (recipe, handle) => call((remote) => remote.resultsJson(recipe, handle)),
    resultsCsv: (recipe, handle) => call((remote) => remote.resultsCsv(recipe, handle)),
    methods: (recipe) => call((remote) => remote.methods(recipe)),
    bibtex: (recipe) => call((remote) => remote.bibtex(recipe)),
    report: (recipe, handle, page) => call((remote) => remote.report(recipe, handle, page)),
    release: (handle) => call((remote) => remote.release(handle)),
    onReplaced: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose: () => {
      worker.terminate();
      rejectWaiting(new UserError('run/cancelled', 'The workbench was closed.'));
    },
  };
}
