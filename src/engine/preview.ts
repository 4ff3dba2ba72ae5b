/**
 * What steps would make of some slices, before they are run on the volume. A slice is computed from
 * as much of the input as it depends on: each operation declares how far it reaches, and what several
 * steps reach adds up. So a preview has the bits of the full result, except where a step would have
 * to see the whole volume; then it says how many slices were seen.
 */
import { isCancelled, isUserError, UserError } from '../errors/errors.ts';
import type { Operation, OperationContext, Reach } from '../operations/operation.ts';
import { stepDigest } from '../recipe/recipe.ts';
import {
  type Axis,
  boxOrigin,
  boxSize,
  grownBox,
  holdsBox,
  isSameBox,
  type VoxelBox,
  wholeBox,
} from '../volume/box.ts';
import {
  bytesPerVoxel,
  type Size3,
  type Volume,
  type VolumeShape,
  voxelCount,
} from '../volume/volume.ts';
import { formatGiB } from '../wasm/kernel-memory.ts';
import type { IdentifiedVolume, PlannedStep } from './engine.ts';
import { cutOut, inputBoxOf, type PlacedPart, runOnPart, type Values } from './parts.ts';

/** Slices of the result, first and last included. */
export interface SliceRange {
  readonly axis: Axis;
  readonly first: number;
  readonly last: number;
}

export interface PreviewPart {
  /** The slices as a volume of their own. */
  readonly volume: Volume;
  /**
   * Slices that a step saw where it would see the whole volume; null where every bit is that of the
   * full result.
   */
  readonly seenSlices: number | null;
}

/** What can be told of a step's result before it is computed. */
export interface PreviewedStep {
  readonly stepId: string;
  readonly shape: VolumeShape;
  readonly origin: Volume['origin'];
}

export interface PreviewServices {
  readonly context: (signal: AbortSignal) => OperationContext;
  /** The whole result under a step's digest, where it is at hand. */
  readonly findComplete: (key: string) => Volume | undefined;
}

export interface Previews {
  /** The steps that make a volume. Throws `usage` for one that shows nothing of some slices. */
  describe(planned: readonly PlannedStep[], input: Volume): readonly PreviewedStep[];
  /**
   * The slices of the last step's result. Beside them it keeps parts of steps for the next call;
   * nothing of it is ever taken for a result. Throws `memory/over-budget` before it starts where it
   * would need more than 1 GiB.
   */
  compute(
    planned: readonly PlannedStep[],
    input: IdentifiedVolume,
    slices: SliceRange,
    signal: AbortSignal,
  ): Promise<PreviewPart>;
  /** Forgets the parts. */
  clear(): void;
}

/** Most memory of a preview beside the volume, its kept parts not counted. */
const PREVIEW_BYTES = 2 ** 30;
/** Parts that are kept for the next slice or view. */
const KEPT_BYTES = 2 ** 27;
/** Slices on each side for a step that would have to see the whole volume. */
const CONTEXT_SLICES = 8;
const MAX_SETTLED = 32;

interface Stage {
  readonly planned: PlannedStep;
  /** Identity of the step's full result. */
  readonly key: string;
}

/** A part of a step's result and where it lies in it. */
interface Part extends PreviewPart, PlacedPart {}

interface Task {
  readonly index: number;
  readonly inputBox: VoxelBox;
  readonly box: VoxelBox;
}

export function createPreviews({ context, findComplete }: PreviewServices): Previews {
  const parts = new PartCache(KEPT_BYTES);
  /** Parameters as found from a whole input, by the key of the step. */
  const settled = new Map<string, Values>();

  async function compute(
    planned: readonly PlannedStep[],
    input: IdentifiedVolume,
    slices: SliceRange,
    signal: AbortSignal,
  ): Promise<PreviewPart> {
    const stages = stagesOf(planned, input.identity);
    const { breathe } = context(signal);
    await breathe();

    /** What is at hand of the volume after `count` stages, if it holds the box. */
    const atHand = (count: number, box: VoxelBox): Part | null => {
      if (count === 0) return complete(input.volume);
      const { key } = stages[count - 1] as Stage;
      const whole = findComplete(key);
      return whole === undefined ? parts.find(key, box) : complete(whole);
    };

    /** The whole volume that reaches a stage, where no step has to be computed for it. */
    const wholeBefore = async (index: number): Promise<Volume | null> => {
      if (index === 0) return input.volume;
      const { key, planned: step } = stages[index - 1] as Stage;
      const kept = findComplete(key);
      if (kept !== undefined) return kept;
      const { operation, params, shape } = step;
      if (operation.reach.kind !== 'cut') return null;
      const before = await wholeBefore(index - 1);
      const box = operation.reach.box(params, shape.size);
      return before === null ? null : cutOut(complete(before), box, breathe);
    };

    /** The parameters of a stage, and whether they are those of a full run. */
    const settle = async (
      index: number,
      part: Volume,
      isWhole: boolean,
    ): Promise<{ readonly params: Values; readonly isExact: boolean }> => {
      const { key, planned: step } = stages[index] as Stage;
      const { operation, params } = step;
      const known = settled.get(key);
      if (known !== undefined) return { params: known, isExact: true };
      if (operation.settle === undefined) return { params, isExact: true };
      const whole = isWhole ? part : await wholeBefore(index);
      const found = await operation.settle(whole ?? part, params, { breathe });
      const isExact = whole !== null || found === params;
      if (isExact) {
        if (settled.size >= MAX_SETTLED) settled.clear();
        settled.set(key, found);
      }
      return { params: found, isExact };
    };

    const size = stages.at(-1)?.planned.output.size ?? input.volume.size;
    const wanted = sliceBox(size, slices);
    const { source, tasks } = tasksFor(stages, wanted, slices.axis, atHand);
    assertFits(stages, tasks);
    let seen = source.seenSlices;
    let current = await cutOut(source, tasks[0]?.inputBox ?? wanted, breathe);
    for (const { index, inputBox, box } of tasks) {
      const { key, planned: step } = stages[index] as Stage;
      const { operation, shape } = step;
      if (operation.reach.kind === 'cut') continue;
      const isWhole = isSameBox(inputBox, wholeBox(shape.size));
      const count = boxSize(inputBox)[slices.axis];
      const { params, isExact } = await settle(index, current, isWhole);
      if (!isExact || (operation.reach.kind === 'whole' && !isWhole)) {
        seen = Math.min(seen ?? count, count);
      }
      const part = { volume: current, box: inputBox };
      const made = await runPart(operation, part, params, context(signal), seen);
      current = await cutOut({ volume: made, box: inputBox }, box, breathe);
      parts.keep(key, { volume: current, box, seenSlices: seen });
    }
    return { volume: current, seenSlices: seen };
  }

  return {
    compute,
    describe: describeSteps,
    clear() {
      parts.clear();
      settled.clear();
    },
  };
}

function describeSteps(planned: readonly PlannedStep[], input: Volume): readonly PreviewedStep[] {
  let { origin } = input;
  return planned.filter(makesVolume).map((step) => {
    const { operation, params, shape } = step;
    const { reach } = operation;
    if (reach.kind === 'whole' && !reach.fromSlices) {
      throw new UserError(
        'usage',
        `${operation.title} needs the whole volume, so it has no preview: run the recipe to see what it gives.`,
        { step: step.step.id },
      );
    }
    if (reach.kind === 'cut') {
      origin = boxOrigin({ origin, spacing: input.spacing }, reach.box(params, shape.size));
    }
    return { stepId: step.step.id, shape: step.output, origin };
  });
}

function makesVolume({ operation }: PlannedStep): boolean {
  return operation.output !== 'none';
}

function stagesOf(planned: readonly PlannedStep[], identity: string): readonly Stage[] {
  let key = identity;
  return planned.filter(makesVolume).map((step) => {
    const { operation, params } = step;
    key = stepDigest(key, operation.id, operation.version, params);
    return { planned: step, key };
  });
}

function complete(volume: Volume): Part {
  return { volume, box: wholeBox(volume.size), seenSlices: null };
}

function sliceBox(size: Size3, { axis, first, last }: SliceRange): VoxelBox {
  const box = [...wholeBox(size)] as [...VoxelBox];
  box[2 * axis] = first;
  box[2 * axis + 1] = last + 1;
  return box;
}

/** What has to be computed, from the first step to the last, and what it starts from. */
function tasksFor(
  stages: readonly Stage[],
  wanted: VoxelBox,
  axis: Axis,
  atHand: (count: number, box: VoxelBox) => Part | null,
): { readonly source: Part; readonly tasks: readonly Task[] } {
  const tasks: Task[] = [];
  let box = wanted;
  for (let count = stages.length; ; count--) {
    const source = atHand(count, box);
    if (source !== null) return { source, tasks };
    const index = count - 1;
    const { operation, params, shape } = (stages[index] as Stage).planned;
    const inputBox = shownFrom(operation.reach, params, shape.size, box, axis);
    tasks.unshift({ index, inputBox, box });
    box = inputBox;
  }
}

/** The box of the input that a box of the result is shown from. */
function shownFrom(reach: Reach, params: Values, size: Size3, box: VoxelBox, axis: Axis): VoxelBox {
  const exact = inputBoxOf(reach, params, size, box);
  if (exact !== null) return exact;
  const range = grownBox(box, CONTEXT_SLICES, size);
  const [first, end] = [range[2 * axis] as number, range[2 * axis + 1] as number];
  return sliceBox(size, { axis, first, last: end - 1 });
}

async function runPart(
  operation: Operation,
  input: PlacedPart,
  params: Values,
  context: OperationContext,
  seen: number | null,
): Promise<Volume> {
  try {
    const result = await runOnPart(operation, input, params, context);
    return 'volume' in result ? result.volume : input.volume;
  } catch (error) {
    if (seen === null || !isUserError(error) || isCancelled(error)) throw error;
    throw new UserError(
      error.code,
      `${operation.title} cannot be seen from ${seen} slices. ${error.message}`,
      error.details,
      error,
    );
  }
}

function assertFits(stages: readonly Stage[], tasks: readonly Task[]): void {
  for (const { index, inputBox } of tasks) {
    const { operation, params, shape } = (stages[index] as Stage).planned;
    if (operation.reach.kind === 'cut') continue;
    const part = { ...shape, size: boxSize(inputBox) };
    const own = voxelCount(part.size) * bytesPerVoxel(part.type);
    const bytes = own + operation.estimate(part, params).bytes;
    if (bytes <= PREVIEW_BYTES) continue;
    throw new UserError(
      'memory/over-budget',
      `A preview of ${operation.title} would take ${formatGiB(bytes)} for ${part.size.join(' × ')} voxels, and a preview may take ${formatGiB(PREVIEW_BYTES)}: run the recipe, or crop the volume.`,
      { bytes, available: PREVIEW_BYTES },
    );
  }
}

/** Parts of results by the step's key; those kept longest ago go first. */
class PartCache {
  readonly #budget: number;
  #kept: { readonly key: string; readonly part: Part }[] = [];

  constructor(budgetBytes: number) {
    this.#budget = budgetBytes;
  }

  /** A part that holds the box; what was seen from some slices serves these alone. */
  find(key: string, box: VoxelBox): Part | null {
    const found = this.#kept.find(
      ({ key: own, part }) =>
        own === key &&
        (part.seenSlices === null ? holdsBox(part.box, box) : isSameBox(part.box, box)),
    );
    return found?.part ?? null;
  }

  keep(key: string, part: Part): void {
    this.#kept = [{ key, part }, ...this.#kept];
    let bytes = 0;
    this.#kept = this.#kept.filter((entry) => {
      bytes += entry.part.volume.data.byteLength;
      return bytes <= this.#budget;
    });
  }

  clear(): void {
    this.#kept = [];
  }
}
