/**
 * How a recipe runs on a volume that does not fit in memory: which steps get their whole input, which
 * work part by part, and how large the parts are. Everything that cannot run is refused here, before
 * any voxel is read.
 */
import { UserError } from '../errors/errors.ts';
import { boxSize, type VoxelBox } from '../volume/box.ts';
import {
  bytesPerVoxel,
  type Size3,
  type VolumeShape,
  type VoxelType,
  voxelCount,
} from '../volume/volume.ts';
import { formatGiB, MAX_ARENA_BYTES } from '../wasm/kernel-memory.ts';
import type { PlannedStep } from './engine.ts';
import { inputBoxOf } from './parts.ts';

/**
 * `memory`: the step's whole input fits. `parts`: its volume is made part by part. `stream`: it has
 * numbers alone, from slices that come some at a time.
 */
export type StepMode = 'memory' | 'parts' | 'stream';

export interface OutOfCoreStep extends PlannedStep {
  readonly mode: StepMode;
  /** Most memory that the step needs beside what is stored. */
  readonly bytes: number;
}

/** Slices and, across them, columns of a part that is computed at once. */
export interface PartSize {
  readonly slices: number;
  readonly width: number;
  readonly height: number;
}

export interface OutOfCoreLimits {
  readonly memoryBytes: number;
  /** Parts of this size, and nothing as a whole, whatever fits: for tests. */
  readonly parts?: PartSize;
}

/** Share of the memory that streamed slices may take: who reads them needs memory as well. */
const STREAMED_SHARE = 1 / 8;

export function streamedBytes({ memoryBytes }: OutOfCoreLimits): number {
  return memoryBytes * STREAMED_SHARE;
}

/** Throws `memory/over-budget` for a step that needs more of its input at once than fits. */
export function planOutOfCore(
  planned: readonly PlannedStep[],
  limits: OutOfCoreLimits,
): readonly OutOfCoreStep[] {
  return planned.map((step) => {
    const whole = wholeBytes(step, step.shape);
    if (limits.parts === undefined && fits(step, step.shape, limits)) {
      return { ...step, mode: 'memory', bytes: whole };
    }
    const { operation } = step;
    if (operation.output === 'none') {
      if (operation.streaming?.report === undefined) throw needsWhole(step, limits);
      return { ...step, mode: 'stream', bytes: limits.memoryBytes };
    }
    if (!worksInParts(step)) throw needsWhole(step, limits);
    return { ...step, mode: 'parts', bytes: planParts([step], limits).bytes };
  });
}

function worksInParts({ operation }: PlannedStep): boolean {
  const { reach, tables, settle, streaming } = operation;
  if (reach.kind === 'whole') return false;
  const hasTables = Object.keys(tables).length > 0 || operation.keepsVoxels === true;
  return (
    (!hasTables || streaming?.report !== undefined) &&
    (settle === undefined || streaming?.settle !== undefined)
  );
}

function wholeBytes({ operation, params }: PlannedStep, shape: VolumeShape): number {
  return volumeBytes(shape.size, shape.type) + operation.estimate(shape, params).bytes;
}

function volumeBytes(size: Size3, type: VoxelType): number {
  return voxelCount(size) * bytesPerVoxel(type);
}

function fits(step: PlannedStep, shape: VolumeShape, { memoryBytes }: OutOfCoreLimits): boolean {
  const { arenaBytes = 0 } = step.operation.estimate(shape, step.params);
  return wholeBytes(step, shape) <= memoryBytes && arenaBytes <= MAX_ARENA_BYTES;
}

function needsWhole(step: PlannedStep, limits: OutOfCoreLimits): UserError {
  const { operation, shape } = step;
  const bytes = wholeBytes(step, shape);
  const size = largestFit(step, limits);
  const factor = Math.ceil(Math.max(...shape.size.map((n, axis) => n / (size[axis] as number))));
  const bin = factor <= 2 ? 2 : factor <= 4 ? 4 : null;
  const binning = bin === null ? '' : `, or open the volume binned by ${bin}`;
  return new UserError(
    'memory/over-budget',
    `${operation.title} (step ${step.step.id}) needs the whole volume at once, ${formatGiB(bytes)} of memory for ${shape.size.join(' × ')} voxels, and ${formatGiB(limits.memoryBytes)} may be used: add a crop to at most ${size.join(' × ')} voxels before it${binning}.`,
    { step: step.step.id, bytes, available: limits.memoryBytes, size },
  );
}

/** The largest volume of the same proportions that a step can have in memory. */
function largestFit(step: PlannedStep, limits: OutOfCoreLimits): Size3 {
  const scaled = (factor: number): Size3 => {
    const edge = (n: number): number => Math.max(1, Math.floor(n * factor));
    const [nx, ny, nz] = step.shape.size;
    return [edge(nx), edge(ny), edge(nz)];
  };
  let [low, high] = [0, 1];
  for (let i = 0; i < 20; i++) {
    const middle = (low + high) / 2;
    if (fits(step, { ...step.shape, size: scaled(middle) }, limits)) low = middle;
    else high = middle;
  }
  return scaled(low);
}

export interface PartPlan extends PartSize {
  /** Peak memory with parts of this size. */
  readonly bytes: number;
}

const SPLITS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32] as const;

/**
 * The parts with which consecutive steps, each on the result of the one before, do the least work in
 * the memory there is; of those that hardly differ the smallest. A whole slab of the last result is in
 * memory beside the part that is computed.
 */
export function planParts(
  steps: readonly PlannedStep[],
  { memoryBytes, parts }: OutOfCoreLimits,
): PartPlan {
  const last = steps.at(-1) as PlannedStep;
  if (parts !== undefined) return { ...parts, bytes: costOf(steps, parts).bytes };
  const [nx, ny, nz] = last.output.size;
  const plans: (PartPlan & { readonly work: number })[] = [];
  for (const across of SPLITS) {
    for (const down of SPLITS) {
      const width = Math.ceil(nx / across);
      const height = Math.ceil(ny / down);
      for (let slices = 1; ; slices = Math.ceil(slices * 1.4)) {
        const part = { slices: Math.min(nz, slices), width, height };
        const cost = costOf(steps, part);
        if (cost.bytes <= memoryBytes) plans.push({ ...part, ...cost });
        if (slices >= nz || cost.bytes > memoryBytes) break;
      }
    }
  }
  const least = Math.min(...plans.map(({ work }) => work));
  const [best] = plans
    .filter(({ work }) => work <= 1.03 * least)
    .toSorted((a, b) => a.bytes - b.bytes);
  if (best !== undefined) return best;
  const { bytes } = costOf(steps, { slices: 1, width: 1, height: 1 });
  throw new UserError(
    'memory/over-budget',
    `${last.operation.title} (step ${last.step.id}) needs ${formatGiB(bytes)} of memory for a slice of the result, and ${formatGiB(memoryBytes)} may be used: crop the volume first.`,
    { step: last.step.id, bytes, available: memoryBytes },
  );
}

/** Peak memory and work of steps that are run part by part. */
function costOf(
  steps: readonly PlannedStep[],
  { slices, width, height }: PartSize,
): { readonly bytes: number; readonly work: number } {
  const last = steps.at(-1) as PlannedStep;
  const [nx, ny, nz] = last.output.size;
  const count = Math.ceil(nx / width) * Math.ceil(ny / height) * Math.ceil(nz / slices);
  let box = middleBox([nx, ny, nz], [width, height, slices]);
  let peak = 0;
  let work = 0;
  for (const { operation, params, shape, output } of steps.toReversed()) {
    const { reach } = operation;
    const inputBox = inputBoxOf(reach, params, shape.size, box) ?? box;
    const part = { ...shape, size: boxSize(inputBox) };
    const input = volumeBytes(part.size, shape.type);
    const isCut = reach.kind === 'cut';
    const estimate = isCut ? { bytes: 0, work: 0 } : operation.estimate(part, params);
    // The part without what was beside it is a copy.
    const copy = isCut ? 0 : volumeBytes(boxSize(box), output.type);
    peak = Math.max(peak, input + estimate.bytes + copy);
    work += estimate.work;
    box = inputBox;
  }
  const slab = nx * ny * Math.min(slices, nz) * bytesPerVoxel(last.output.type);
  return { bytes: peak + slab, work: work * count };
}

/** A box away from the borders, where parts have most beside them. */
function middleBox(size: Size3, part: Size3): VoxelBox {
  const range = (axis: 0 | 1 | 2): readonly [number, number] => {
    const start = Math.max(0, (size[axis] - part[axis]) >> 1);
    return [start, Math.min(size[axis], start + part[axis])];
  };
  return [...range(0), ...range(1), ...range(2)];
}

/** The boxes of one slab, row by row. */
export function tilesOf([nx, ny]: Size3, z: readonly [number, number], part: PartSize): VoxelBox[] {
  const tiles: VoxelBox[] = [];
  for (let y = 0; y < ny; y += part.height) {
    for (let x = 0; x < nx; x += part.width) {
      tiles.push([x, Math.min(nx, x + part.width), y, Math.min(ny, y + part.height), ...z]);
    }
  }
  return tiles;
}
