/**
 * Runs of recipes on volumes that the engine worker keeps on disk in bricks. What they make is kept
 * in bricks too. Loaded when the first one is run.
 */
import type { BrickedVolume } from '../src/bricks/bricked-volume.ts';
import type { RawParameters } from '../src/declaration/parameters.ts';
import { brickResults } from '../src/engine/brick-results.ts';
import { createBreathe } from '../src/engine/breathe.ts';
import { type Engine, planSteps, type RunEvent, type StepOutcome } from '../src/engine/engine.ts';
import { OutOfCoreCache, runOutOfCore } from '../src/engine/out-of-core.ts';
import { planOutOfCore } from '../src/engine/out-of-core-plan.ts';
import type { StepResult } from '../src/engine/results.ts';
import { Bug } from '../src/errors/errors.ts';
import type { Host } from '../src/host/host.ts';
import { loadOperation } from '../src/operations/registry.ts';
import type { Recipe } from '../src/recipe/recipe.ts';
import { countStreamedLabels, phasesFor } from '../src/volume/labels.ts';
import { streamed, type StreamedVolume, type VoxelSource } from '../src/volume/streamed.ts';
import { bytesPerVoxel, voxelCount } from '../src/volume/volume.ts';
import type { BrickedFacts, BrickedVolumes } from './bricked-volumes.ts';
import type {
  RunReport,
  StepEstimate,
  StepSummary,
  VolumeHandle,
  VolumeInfo,
} from './engine-api.ts';

/** What parts of a volume may take in a tab, beside caches and what is shown. */
const LIMITS = { memoryBytes: 512 * 2 ** 20 };
/** Slices that are counted or written at a time. */
const STREAMED_BYTES = 64 * 2 ** 20;
/** Results that no step shows any more, kept for undo. */
const KEPT_BYTES = 16 * 2 ** 30;

export interface BrickedRuns {
  run(
    recipe: Recipe,
    handle: VolumeHandle,
    report: (event: RunReport) => void,
    signal: AbortSignal,
  ): Promise<{
    readonly summaries: readonly StepSummary[];
    readonly results: readonly StepResult[];
  }>;
  estimate(recipe: Recipe, handle: VolumeHandle): Promise<readonly StepEstimate[]>;
  /** The voxels of a volume, and the operation whose result it is; null for what was opened. */
  voxels(handle: VolumeHandle): {
    readonly stream: StreamedVolume;
    readonly madeBy: string | null;
  };
  /** Forgets what was made of a volume. */
  release(handle: VolumeHandle): Promise<void>;
}

interface Made {
  readonly handle: VolumeHandle;
  readonly operation: string;
  /** The volume that it was made of. */
  readonly source: VolumeHandle;
}

export function createBrickedRuns(
  engine: Engine,
  host: Host,
  bricked: BrickedVolumes,
): BrickedRuns {
  const cache = new OutOfCoreCache();
  const storage = brickResults(() => host.createStorage());
  /** Results that the page may show, by the digest of what produced them. */
  const made = new Map<string, Made>();

  /** Lists a result and finds out what the page shows of it. */
  async function keep(
    { current, operation, params }: StepOutcome<VoxelSource>,
    source: VolumeHandle,
    signal: AbortSignal,
  ): Promise<VolumeInfo> {
    const { volume, identity } = current;
    const known = made.get(identity);
    if (known !== undefined) return bricked.find(known.handle).info;
    const facts = await factsOf(volume, createBreathe(host, signal));
    const { quantity } = await loadOperation(operation);
    const isQuantity = volume.kind === 'grey' && quantity !== undefined;
    const info = bricked.keep(
      borrowed(asBricks(volume)),
      identity,
      { ...facts, ...(isQuantity ? { quantity: quantity(volume, params) } : {}) },
      null,
    );
    made.set(identity, { handle: info.handle, operation, source });
    return info;
  }

  /** Forgets results of a volume that are not shown, the oldest first, beyond so many bytes. */
  async function forget(
    source: VolumeHandle,
    isShown: (identity: string) => boolean,
    bytes: number,
  ): Promise<void> {
    let kept = 0;
    for (const [identity, result] of [...made].toReversed()) {
      if (result.source !== source || isShown(identity)) continue;
      const { size, type } = bricked.find(result.handle).bricks;
      kept += voxelCount(size) * bytesPerVoxel(type);
      if (kept <= bytes) continue;
      made.delete(identity);
      await bricked.release(result.handle);
    }
    await cache.forget((identity) => made.has(identity));
  }

  return {
    async run(recipe, handle, report, signal) {
      const summaries: StepSummary[] = [];
      const onEvent = async (event: RunEvent<VoxelSource>): Promise<void> => {
        if (event.kind !== 'done') {
          report(event);
          return;
        }
        const { outcome, overall } = event;
        const volume = outcome.madeVolume ? await keep(outcome, handle, signal) : null;
        const summary = summaryOf(outcome, volume);
        summaries.push(summary);
        report({ kind: 'done', summary, overall });
      };
      const { bricks: volume, identity, voxelDigest } = bricked.find(handle);
      const source = { volume, identity, voxelDigest, onGpu: false };
      const outcomes = await runOutOfCore(engine, recipe, source, {
        signal,
        storage,
        limits: LIMITS,
        keep: 'each',
        cache,
        onEvent,
      });
      const shown = new Set(outcomes.map(({ current }) => current.identity));
      await forget(handle, (identity) => shown.has(identity), KEPT_BYTES);
      const results = outcomes.map((outcome) => ({ ...outcome, current: { onGpu: false } }));
      return { summaries, results };
    },

    async estimate(recipe, handle) {
      const { bricks } = bricked.find(handle);
      const planned = planOutOfCore(await planSteps(recipe, bricks, false), LIMITS);
      return planned.map(({ step, bytes, estimate }) => ({
        stepId: step.id,
        bytes,
        work: estimate.work,
      }));
    },

    release: (handle) => forget(handle, () => false, 0),

    voxels(handle) {
      const { bricks } = bricked.find(handle);
      const found = [...made.values()].find((each) => each.handle === handle);
      const stream = streamed(bricks, STREAMED_BYTES);
      return { stream, madeBy: found?.operation ?? null };
    },
  };
}

function asBricks(volume: VoxelSource): BrickedVolume {
  if (!('levels' in volume)) throw new Bug('A result is not in bricks.', { name: volume.name });
  return volume as BrickedVolume;
}

/** The volume for others to look at: its store goes with the result, not with them. */
function borrowed(bricks: BrickedVolume): BrickedVolume {
  return Object.assign(bricks.describedAs({}), { remove: () => Promise.resolve() });
}

async function factsOf(volume: VoxelSource, breathe: () => Promise<void>): Promise<BrickedFacts> {
  const [low, high] = asBricks(volume).range;
  const isLabels = volume.kind === 'labels';
  const slices = streamed(volume, STREAMED_BYTES, { discards: true, breathe });
  const { labels, counts } = isLabels
    ? await countStreamedLabels(slices, breathe)
    : { labels: [], counts: [] };
  return {
    spacingSource: '',
    range: Number.isNaN(low) ? [0, 0] : [low, high],
    notFinite: 0,
    phases: isLabels ? phasesFor(labels, volume.phases) : [],
    labelCounts: labels.map((label, i) => ({ label, count: counts[i] ?? 0 })),
    looksSegmented: false,
    voxelDigest: null,
    onGpu: false,
    warnings: [],
    tags: {},
  };
}

function summaryOf(outcome: StepOutcome<VoxelSource>, volume: VolumeInfo | null): StepSummary {
  const { stepId, operation, params, tables, notes, elapsedMs, work, cached } = outcome;
  return {
    stepId,
    operation,
    params: params as RawParameters,
    volume,
    tables,
    notes,
    elapsedMs,
    work,
    cached,
    gpu: null,
    onGpu: false,
    gpuProblem: null,
  };
}
