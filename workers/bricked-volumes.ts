/**
 * The volumes that the engine worker keeps on disk in bricks, and what the page can see of them.
 * Loaded when the first one is opened.
 */
import type { BrickedVolume } from '../src/bricks/bricked-volume.ts';
import type { VoxelCensus } from '../src/bricks/census.ts';
import { fillBricks, type LabelCount } from '../src/bricks/fill.ts';
import { brickSource, SLAB_BYTES } from '../src/bricks/source.ts';
import {
  brickedPreview,
  brickedProfile,
  brickedSlice,
  readLevel,
} from '../src/engine/bricked-views.ts';
import { createBreathe } from '../src/engine/breathe.ts';
import { Bug } from '../src/errors/errors.ts';
import type { Host } from '../src/host/host.ts';
import type { ByteSource } from '../src/io/format.ts';
import { openSlabs } from '../src/io/open.ts';
import { finishBreathing } from '../src/kernels/steps.ts';
import { volumeIdentity } from '../src/volume/digest.ts';
import { phasesFor } from '../src/volume/labels.ts';
import type { VoxelSpacing } from '../src/volume/length.ts';
import { streamed } from '../src/volume/streamed.ts';
import { placeWith, type Vector3, type Volume, voxelCount } from '../src/volume/volume.ts';
import type {
  Histogram,
  OpenChoices,
  PreviewVolume,
  SlicePixels,
  SliceRequest,
  VolumeHandle,
  VolumeInfo,
} from './engine-api.ts';
import { STATED_SPACING } from './engine-api.ts';
import { type IntervalSuggestion, intervalSuggestionSteps } from './interval-suggestions.ts';
import { describeLevels, describeStreamed, rangeOf } from './volume-facts.ts';

/** A volume in bricks with what is known of it. */
export interface KeptBricks {
  readonly bricks: BrickedVolume;
  readonly info: VolumeInfo;
  /** Of all voxels; null where nobody counted them. */
  readonly census: VoxelCensus | null;
  readonly identity: string;
  readonly voxelDigest: string | null;
  /** Volumes of the same voxels share it; the store goes with the last of them. */
  readonly store: { holders: number };
}

/** Facts about a volume that its bricks do not hold. */
export type BrickedFacts = Omit<
  VolumeInfo,
  'handle' | 'name' | 'kind' | 'size' | 'type' | 'spacing' | 'origin' | 'levels'
>;

export interface BrickedVolumes {
  has(handle: VolumeHandle): boolean;
  find(handle: VolumeHandle): KeptBricks;
  /** Lists a volume under its identity. */
  keep(
    bricks: BrickedVolume,
    identity: string,
    facts: BrickedFacts,
    census: VoxelCensus | null,
  ): VolumeInfo;
  open(
    sources: readonly ByteSource[],
    report: (fraction: number) => void,
    signal: AbortSignal,
    choices: OpenChoices,
  ): Promise<VolumeInfo>;
  setSpacing(handle: VolumeHandle, spacing: VoxelSpacing | null, spacingSource: string): VolumeInfo;
  slice(request: SliceRequest): Promise<SlicePixels>;
  histogram(handle: VolumeHandle): Promise<Histogram>;
  suggestIntervals(
    handle: VolumeHandle,
    phases: number | null,
  ): Promise<readonly IntervalSuggestion[]>;
  preview(handle: VolumeHandle, maxEdge: number): Promise<PreviewVolume>;
  profile(handle: VolumeHandle, from: Vector3, to: Vector3): Promise<Float64Array>;
  release(handle: VolumeHandle): Promise<void>;
}

/** Voxels of the level that intervals are suggested from, at most. */
const SUGGESTION_VOXELS = 2 ** 26;

export function createBrickedVolumes(host: Host): BrickedVolumes {
  const volumes = new Map<VolumeHandle, KeptBricks>();
  const histograms = new WeakMap<BrickedVolume, Promise<Histogram>>();

  function find(handle: VolumeHandle): KeptBricks {
    const kept = volumes.get(handle);
    if (kept === undefined) throw new Bug('The page named a volume that was released.', { handle });
    return kept;
  }

  function infoOf(bricks: BrickedVolume, identity: string, facts: BrickedFacts): VolumeInfo {
    const { name, kind, size, type, spacing, origin } = bricks;
    const levels = bricks.levels.map((level) => level.size);
    return {
      ...facts,
      handle: handleOf(identity),
      name,
      kind,
      size,
      type,
      spacing,
      origin,
      levels,
    };
  }

  function keep(
    bricks: BrickedVolume,
    identity: string,
    facts: BrickedFacts,
    census: VoxelCensus | null,
  ): VolumeInfo {
    const info = infoOf(bricks, identity, facts);
    const { voxelDigest } = facts;
    void release(info.handle);
    volumes.set(info.handle, {
      bricks,
      info,
      census,
      identity,
      voxelDigest,
      store: { holders: 1 },
    });
    return info;
  }

  async function release(handle: VolumeHandle): Promise<void> {
    const kept = volumes.get(handle);
    if (kept === undefined) return;
    volumes.delete(handle);
    kept.store.holders -= 1;
    if (kept.store.holders === 0) await kept.bricks.remove();
  }

  async function open(
    sources: readonly ByteSource[],
    report: (fraction: number) => void,
    signal: AbortSignal,
    { spacing, ...choices }: OpenChoices,
  ): Promise<VolumeInfo> {
    const opened = await openSlabs(sources, { signal, ...choices });
    const filled = await fillBricks(opened, () => host.createStorage(), {
      signal,
      progress: report,
      ...(spacing == null ? {} : { spacing }),
    });
    const { bricks, metadata, survey, census, labelCounts, voxelDigest } = filled;
    const facts: BrickedFacts = {
      spacingSource: spacing == null ? metadata.spacingSource : STATED_SPACING,
      ...rangeOf(survey),
      phases: phasesOf(labelCounts, bricks.phases),
      labelCounts,
      looksSegmented: survey.looksSegmented,
      voxelDigest,
      onGpu: false,
      warnings: metadata.warnings,
      tags: metadata.tags,
      opening: { raw: choices.raw ?? null, reduction: null },
    };
    return keep(bricks, volumeIdentity(bricks, voxelDigest), facts, census);
  }

  function setSpacing(
    handle: VolumeHandle,
    spacing: VoxelSpacing | null,
    spacingSource: string,
  ): VolumeInfo {
    const before = find(handle);
    const bricks = before.bricks.describedAs(placeWith(before.bricks, spacing));
    const identity =
      before.voxelDigest === null
        ? `${before.identity} ${JSON.stringify(spacing)}`
        : volumeIdentity(bricks, before.voxelDigest);
    const info = infoOf(bricks, identity, { ...before.info, spacingSource });
    if (!volumes.has(info.handle)) {
      before.store.holders += 1;
      volumes.set(info.handle, { ...before, bricks, info, identity });
    }
    return info;
  }

  return {
    has: (handle) => volumes.has(handle),
    find,
    keep,
    open,
    setSpacing,
    slice: ({ handle, axis, index, slab, level = 0 }) =>
      brickedSlice(find(handle).bricks, { axis, index, slab, level }, createBreathe(host)),
    histogram(handle) {
      const { bricks, info, census } = find(handle);
      const known = histograms.get(bricks);
      if (known !== undefined) return known;
      const counted = describe(bricks, info.range, census, createBreathe(host));
      histograms.set(bricks, counted);
      counted.catch(() => histograms.delete(bricks));
      return counted;
    },
    async suggestIntervals(handle, phases) {
      const { bricks, info } = find(handle);
      const small = bricks.levels.findIndex(({ size }) => voxelCount(size) <= SUGGESTION_VOXELS);
      const volume = await readLevel(bricks, small, createBreathe(host));
      const steps = intervalSuggestionSteps(volume, info.range, phases);
      return finishBreathing(steps, createBreathe(host));
    },
    preview: (handle, maxEdge) => {
      const { bricks, info } = find(handle);
      return brickedPreview(bricks, maxEdge, info.range, createBreathe(host));
    },
    profile: (handle, from, to) =>
      brickedProfile(find(handle).bricks, from, to, createBreathe(host)),
    release,
  };
}

/** The same volume may be open in memory too. */
function handleOf(identity: string): VolumeHandle {
  return `${identity} on disk`;
}

function describe(
  bricks: BrickedVolume,
  range: VolumeInfo['range'],
  census: VoxelCensus | null,
  breathe: () => Promise<void>,
): Promise<Histogram> {
  const levels = census?.levels() ?? null;
  if (levels !== null && range[0] < range[1]) return Promise.resolve(describeLevels(levels, range));
  return describeStreamed(streamed(brickSource(bricks, breathe), SLAB_BYTES), range, breathe);
}

function phasesOf(counts: readonly LabelCount[], named: Volume['phases']): VolumeInfo['phases'] {
  return counts.length === 0
    ? []
    : phasesFor(
        counts.map(({ label }) => label),
        named,
      );
}
