/**
 * Runs recipes on volumes that do not fit in memory. Steps whose voxels depend on those near them run
 * part by part, each part from as much of the input as it depends on, several steps at once; numbers
 * come from slices that are read some at a time. A step that needs its whole input gets it where that
 * fits. Results have the bits, the tables and the digests of a run in memory.
 */
import { Bug, cancelled, isAllocationFailure, UserError } from '../errors/errors.ts';
import type { OperationContext, OperationResult, StreamedReport } from '../operations/operation.ts';
import { type Recipe, stepDigest } from '../recipe/recipe.ts';
import { boxOrigin, boxSize, isSameBox, type VoxelBox, wholeBox } from '../volume/box.ts';
import { discard } from '../volume/discard.ts';
import {
  streamed,
  type StreamedVolume,
  type VolumeDescription,
  type VoxelSource,
} from '../volume/streamed.ts';
import {
  allocateVoxels,
  bytesPerVoxel,
  type Volume,
  type VoxelArray,
  voxelBytes,
} from '../volume/volume.ts';
import {
  type Engine,
  type Identified,
  olderVersionNote,
  type PlannedStep,
  planSteps,
  type RunEvent,
  type StepOutcome,
  withStep,
} from './engine.ts';
import {
  type OutOfCoreLimits,
  type OutOfCoreStep,
  planOutOfCore,
  planParts,
  streamedBytes,
  tilesOf,
} from './out-of-core-plan.ts';
import { cutOut, inputBoxOf, runOnPart, type Values } from './parts.ts';

/** A volume outside memory. */
export interface StoredVolume extends VoxelSource {
  /** The same voxels under other names, in the same store; left out where it cannot. */
  describedAs?(change: Pick<Volume, 'phases'>): VoxelSource;
  /** Gives its room back; nothing can be read afterwards. */
  remove(): Promise<void>;
}

export interface VoxelWriter<V extends StoredVolume = StoredVolume> {
  /** The next slices, in order from slice 0. The array may be changed when it returns. */
  writeSlices(first: number, voxels: VoxelArray): Promise<void>;
  /** Called once, after the last slice. */
  finish(): Promise<V>;
  /** Gives the room back, of a volume that is not finished. */
  abandon(): Promise<void>;
}

/** Where results are kept: files of the browser's own file system, or of a folder. */
export interface VoxelStorage<V extends StoredVolume = StoredVolume> {
  /** `breathe` is awaited now and then while slices are written, and may throw to cancel. */
  create(volume: VolumeDescription, breathe: () => Promise<void>): Promise<VoxelWriter<V>>;
}

export interface OutOfCoreOptions {
  readonly signal: AbortSignal;
  readonly storage: VoxelStorage;
  readonly limits: OutOfCoreLimits;
  /** Whether the volume of each step is kept, or that of the last alone. */
  readonly keep: 'each' | 'last';
  readonly cache: OutOfCoreCache;
  /** A promise that it returns for a `done` is awaited before the next step starts. */
  readonly onEvent?: (event: RunEvent<VoxelSource>) => void | Promise<void>;
}

/** A step's result: its volume, where it made one, and the stores that hold its voxels. */
interface KeptResult extends Pick<OperationResult, 'tables' | 'notes'> {
  readonly volume: VoxelSource | null;
  readonly stores: readonly StoredVolume[];
}

/** Results of runs by the digest of what produced them. */
export class OutOfCoreCache {
  readonly #results = new Map<string, KeptResult>();

  get(key: string): KeptResult | undefined {
    return this.#results.get(key);
  }

  set(key: string, result: KeptResult): void {
    this.#results.set(key, result);
  }

  /** Forgets volumes, and gives back the room of those that no other result needs. */
  async forget(isNeeded: (key: string) => boolean = () => false): Promise<void> {
    const gone = [...this.#results].filter(
      ([key, { volume }]) => volume !== null && !isNeeded(key),
    );
    for (const [key] of gone) this.#results.delete(key);
    const held = new Set([...this.#results.values()].flatMap(({ stores }) => stores));
    const stores = new Set(gone.flatMap(([, { stores }]) => stores));
    for (const store of stores) if (!held.has(store)) await store.remove();
  }
}

/** A step of a chain that is computed part by part, with its automatic values found. */
interface Stage {
  readonly step: OutOfCoreStep;
  readonly params: Values;
  readonly key: string;
  /** What the step says beside its voxels; null where its parts say it. */
  readonly report: Pick<OperationResult, 'tables' | 'notes'> | null;
}

/** A volume with the steps that are still to be run on it. */
interface Chain {
  readonly base: VoxelSource;
  readonly stores: readonly StoredVolume[];
  readonly identity: string;
  readonly stages: readonly Stage[];
}

/**
 * Runs the enabled steps in order, as `Engine.run` does. Throws what planning refuses before it reads
 * a voxel, and `memory/over-budget` for a step that needs more of its input at once than fits.
 */
export async function runOutOfCore(
  engine: Engine,
  recipe: Recipe,
  input: Identified<VoxelSource>,
  options: OutOfCoreOptions,
): Promise<readonly StepOutcome<VoxelSource>[]> {
  return runStepsOutOfCore(engine, await planSteps(recipe, input.volume, false), input, options);
}

/** `runOutOfCore` of planned steps. */
export async function runStepsOutOfCore(
  engine: Pick<Engine, 'createContext'>,
  planned: readonly PlannedStep[],
  input: Identified<VoxelSource>,
  options: OutOfCoreOptions,
): Promise<readonly StepOutcome<VoxelSource>[]> {
  const steps = planOutOfCore(planned, options.limits);
  const run = new Run(engine, input, steps, options);
  for (const step of steps) await run.take(step);
  await run.finishPending();
  return run.outcomes;
}

class Run {
  readonly outcomes: StepOutcome<VoxelSource>[] = [];
  readonly #engine: Pick<Engine, 'createContext'>;
  readonly #input: Identified<VoxelSource>;
  readonly #options: OutOfCoreOptions;
  readonly #totalWork: number;
  /** To be awaited after each few milliseconds of reading and writing. */
  readonly #breathe: () => Promise<void>;
  #workDone = 0;
  #chain: Chain;

  constructor(
    engine: Pick<Engine, 'createContext'>,
    input: Identified<VoxelSource>,
    steps: readonly OutOfCoreStep[],
    options: OutOfCoreOptions,
  ) {
    this.#engine = engine;
    this.#input = input;
    this.#options = options;
    this.#totalWork = steps.reduce((sum, { estimate }) => sum + estimate.work, 0) || 1;
    this.#breathe = engine.createContext(options.signal, () => undefined).breathe;
    this.#chain = { base: input.volume, stores: [], identity: input.identity, stages: [] };
  }

  /** Runs a step, or leaves it for when its voxels are wanted. */
  async take(step: OutOfCoreStep): Promise<void> {
    const { id } = step.step;
    void this.#options.onEvent?.({ kind: 'start', stepId: id, overall: this.#overall(0) });
    await this.#within(step, async () => {
      const { operation } = step;
      const key = stepDigest(this.#chain.identity, operation.id, operation.version, step.params);
      const kept = this.#options.cache.get(key);
      if (kept !== undefined) return this.#give(step, key, kept, 0, true);
      if (step.mode === 'parts') return this.#takeParts(step, key);
      await this.finishPending();
      const startedAt = performance.now();
      const result =
        step.mode === 'memory' ? await this.#runWhole(step) : await this.#runStreamed(step);
      this.#options.cache.set(key, result);
      await this.#give(step, key, result, performance.now() - startedAt, false);
    });
  }

  /** Computes what steps were left. */
  async finishPending(): Promise<void> {
    const { stages } = this.#chain;
    const last = stages.at(-1);
    if (last === undefined) return;
    await this.#within(last.step, () => this.#materialize());
  }

  async #runWhole(step: OutOfCoreStep): Promise<KeptResult> {
    const { base, stores } = this.#chain;
    const volume = await base.readBox(wholeBox(base.size), 0, this.#breathe);
    const context = this.#context(step, 0, 1);
    const result = await step.operation.run(volume, step.params, context);
    const { tables = [], notes = [] } = result;
    const made = 'volume' in result ? result.volume : null;
    if (made?.data !== volume.data) discard(volume.data);
    if (made === null) return { volume: null, stores: [], tables, notes };
    if (made.data === volume.data) {
      return { volume: renamed(base, made), stores, tables, notes };
    }
    const stored = await this.#store(made);
    return { volume: stored, stores: [stored], tables, notes };
  }

  async #runStreamed(step: OutOfCoreStep): Promise<KeptResult> {
    const { phases: _, ...said } = await this.#reportOf(step, step.params, 1);
    return { ...said, volume: null, stores: [] };
  }

  /** What a step says of the current volume; its progress goes up to a share of its work. */
  async #reportOf(step: OutOfCoreStep, settled: Values, to: number): Promise<StreamedReport> {
    const report = step.operation.streaming?.report;
    if (report === undefined) {
      throw new Bug('A step was planned that cannot be streamed.', { id: step.operation.id });
    }
    return report(this.#slices(), step.params, this.#context(step, 0, to), settled);
  }

  #slices(): StreamedVolume {
    const options = { discards: true, breathe: this.#breathe };
    return streamed(this.#chain.base, streamedBytes(this.#options.limits), options);
  }

  async #takeParts(step: OutOfCoreStep, key: string): Promise<void> {
    const { operation } = step;
    const { streaming, settle, keepsVoxels = false } = operation;
    let params = step.params;
    if (settle !== undefined || streaming?.report !== undefined) await this.finishPending();
    if (settle !== undefined && streaming?.settle !== undefined) {
      params = await streaming.settle(this.#slices(), params, this.#context(step, 0, 0));
    }
    const report =
      streaming?.report === undefined
        ? null
        : await this.#reportOf(step, params, keepsVoxels ? 1 : 0);
    if (keepsVoxels) {
      const { base, stores } = this.#chain;
      const { kind } = step.output;
      const volume = renamed(base, { kind, phases: report?.phases ?? base.phases });
      const result = { tables: report?.tables ?? [], notes: report?.notes ?? [], volume, stores };
      this.#options.cache.set(key, result);
      return this.#give(step, key, result, 0, false);
    }
    const { stages } = this.#chain;
    this.#chain = {
      ...this.#chain,
      identity: key,
      stages: [...stages, { step, params, key, report }],
    };
    if (this.#options.keep === 'each') await this.finishPending();
  }

  /** Computes the chain's volume part by part, and tells of its steps. */
  async #materialize(): Promise<void> {
    const { signal, limits, cache, keep } = this.#options;
    const chain = this.#chain;
    const { stages, base } = chain;
    const startedAt = performance.now();
    const work = stages.reduce((sum, { step }) => sum + step.estimate.work, 0);
    const contextOf: PartContext = (step, from, to) => this.#context(step, from, to, work);
    const parts = new PartRun(chain, work, contextOf, this.#breathe);
    const last = stages.at(-1) as Stage;
    const { size } = last.step.output;
    let volume: VoxelSource;
    let stores: readonly StoredVolume[];
    const areCuts = stages.every(({ step }) => step.operation.reach.kind === 'cut');
    // A box of a store is none itself: what others look at is a copy.
    if (areCuts && keep === 'last') {
      const view = { ...base, size, origin: parts.origin() };
      volume = described(base, view, (box) => parts.inputBox(box));
      stores = chain.stores;
    } else {
      const plan = planParts(
        stages.map(({ step }) => step),
        limits,
      );
      const origin = parts.origin();
      const stored = await this.#computeInParts(parts, { ...plan, size, origin });
      volume = stored;
      stores = [stored];
    }
    if (signal.aborted) throw cancelled();
    const elapsedMs = performance.now() - startedAt;
    this.#chain = { base: volume, stores, identity: last.key, stages: [] };
    this.#workDone += work;
    for (const [i, { step, key, report }] of stages.entries()) {
      const isLast = i === stages.length - 1;
      const said = report ?? parts.said(i);
      const own = isLast ? volume : parts.source(i + 1);
      const result = { tables: said.tables ?? [], notes: said.notes ?? [], volume: own, stores };
      if (isLast) cache.set(key, result);
      await this.#tell(step, key, result, isLast ? elapsedMs : 0, false);
    }
  }

  async #computeInParts(
    parts: PartRun,
    plan: ReturnType<typeof planParts> & Pick<Volume, 'size' | 'origin'>,
  ): Promise<StoredVolume> {
    const { size, slices, origin } = plan;
    const [nx, ny, nz] = size;
    const slabs = Math.ceil(nz / slices);
    let writer: VoxelWriter | null = null;
    try {
      for (let slab = 0; slab < slabs; slab++) {
        const z = [slab * slices, Math.min(nz, (slab + 1) * slices)] as const;
        const tiles = tilesOf(size, z, plan);
        const whole: VoxelBox = [0, nx, 0, ny, ...z];
        let voxels: VoxelArray | null = null;
        for (const [i, tile] of tiles.entries()) {
          const share = 1 / (slabs * tiles.length);
          const done = (slab * tiles.length + i) * share;
          const part = await parts.compute(tile, done, done + share);
          if (writer === null) {
            const { data: _, ...description } = part;
            writer = await this.#options.storage.create(
              { ...description, size, origin },
              this.#breathe,
            );
          }
          if (isSameBox(tile, whole)) voxels = part.data;
          else {
            voxels ??= allocateVoxels(part.type, nx * ny * (z[1] - z[0]));
            pasteBox(part, tile, voxels, whole);
            discard(part.data);
          }
        }
        await (writer as VoxelWriter).writeSlices(z[0], voxels as VoxelArray);
        discard(voxels as VoxelArray);
      }
      return await (writer as unknown as VoxelWriter).finish();
    } catch (error) {
      await (writer as VoxelWriter | null)?.abandon();
      throw error;
    }
  }

  async #store(volume: Volume): Promise<StoredVolume> {
    const { data, ...description } = volume;
    const writer = await this.#options.storage.create(description, this.#breathe);
    try {
      await writer.writeSlices(0, data);
      discard(data);
      return await writer.finish();
    } catch (error) {
      await writer.abandon();
      throw error;
    }
  }

  /** Makes a result the current volume, where it has one, and tells of it. */
  async #give(
    step: OutOfCoreStep,
    key: string,
    result: KeptResult,
    elapsedMs: number,
    cached: boolean,
  ): Promise<void> {
    if (result.volume !== null) {
      this.#chain = { base: result.volume, stores: result.stores, identity: key, stages: [] };
    }
    this.#workDone += step.estimate.work;
    await this.#tell(step, key, result, elapsedMs, cached);
  }

  async #tell(
    step: OutOfCoreStep,
    key: string,
    { volume, tables = [], notes = [] }: KeptResult,
    elapsedMs: number,
    cached: boolean,
  ): Promise<void> {
    const { operation, params, estimate } = step;
    const made = { identity: key, voxelDigest: null, onGpu: this.#input.onGpu };
    const before = this.outcomes.at(-1)?.current ?? this.#input;
    const outcome: StepOutcome<VoxelSource> = {
      stepId: step.step.id,
      operation: operation.id,
      version: operation.version,
      params,
      current: volume === null ? before : { volume, ...made },
      madeVolume: volume !== null,
      tables,
      notes: [...olderVersionNote(step), ...notes],
      elapsedMs,
      work: estimate.work,
      cached,
      gpu: null,
      gpuProblem: null,
    };
    this.outcomes.push(outcome);
    await this.#options.onEvent?.({ kind: 'done', outcome, overall: this.#overall(0) });
  }

  #overall(more: number): number {
    return (this.#workDone + more) / this.#totalWork;
  }

  /** What a step runs in; its progress goes from one share of `work` to another. */
  #context(
    { step, estimate }: OutOfCoreStep,
    from: number,
    to: number,
    work = estimate.work,
  ): OperationContext {
    const { signal, onEvent } = this.#options;
    return this.#engine.createContext(signal, (fraction) => {
      const share = from + (to - from) * fraction;
      const overall = this.#overall(work * share);
      void onEvent?.({ kind: 'progress', stepId: step.id, fraction: share, overall });
    });
  }

  async #within(step: OutOfCoreStep, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw withStep(isAllocationFailure(error) ? noMemory(step, error) : error, step.step.id);
    }
  }
}

function noMemory({ operation, bytes }: OutOfCoreStep, cause: unknown): UserError {
  return new UserError(
    'memory/over-budget',
    `${operation.title} could not have its memory, of the ${Math.ceil(bytes / 2 ** 20)} MiB it may take: close other programs, or crop the volume.`,
    { bytes },
    cause,
  );
}

type PartContext = (step: OutOfCoreStep, from: number, to: number) => OperationContext;

/** Computes parts of a chain's volume, and remembers what its steps say of their first part. */
class PartRun {
  readonly #chain: Chain;
  readonly #context: PartContext;
  readonly #breathe: () => Promise<void>;
  readonly #work: number;
  readonly #first: OperationResult[] = [];

  constructor(chain: Chain, work: number, context: PartContext, breathe: () => Promise<void>) {
    this.#breathe = breathe;
    this.#chain = chain;
    this.#work = work || 1;
    this.#context = context;
  }

  /** A box of the chain's volume; its progress goes from one share of the whole to another. */
  compute(box: VoxelBox, from: number, to: number): Promise<Volume> {
    return this.#after(this.#chain.stages.length, box, from, to);
  }

  /** The box of the chain's input that a box of its volume is computed from. */
  inputBox(box: VoxelBox, count = this.#chain.stages.length): VoxelBox {
    const stage = this.#chain.stages[count - 1];
    return stage === undefined ? box : this.inputBox(inputBox(stage, box), count - 1);
  }

  /** Where the volume after so many stages lies. */
  origin(count = this.#chain.stages.length): Volume['origin'] {
    const { base, stages } = this.#chain;
    return stages.slice(0, count).reduce((origin, { step, params }) => {
      const { operation, shape } = step;
      const { reach } = operation;
      if (reach.kind !== 'cut') return origin;
      return boxOrigin({ origin, spacing: base.spacing }, reach.box(params, shape.size));
    }, base.origin);
  }

  /** What the first part of a stage's result came with. */
  said(index: number): Pick<OperationResult, 'tables' | 'notes'> {
    return this.#first[index] ?? {};
  }

  /** The volume after so many stages, computed anew wherever it is read. */
  source(count: number): VoxelSource {
    const { base, stages } = this.#chain;
    const { size } = (stages[count - 1] as Stage).step.output;
    const first = this.#first.slice(0, count).findLast((result) => result !== undefined);
    const made = first !== undefined && 'volume' in first ? first.volume : base;
    return {
      ...described(base, made),
      size,
      origin: this.origin(count),
      readBox: (box) => this.#after(count, box, 1, 1),
    };
  }

  /** A box of the volume after so many stages. */
  async #after(count: number, box: VoxelBox, from: number, to: number): Promise<Volume> {
    const stage = this.#chain.stages[count - 1];
    if (stage === undefined) return this.#chain.base.readBox(box, 0, this.#breathe);
    const { step, params } = stage;
    const { operation } = step;
    const own = inputBox(stage, box);
    const start = to - (to - from) * (step.estimate.work / this.#work);
    const volume = await this.#after(count - 1, own, from, start);
    if (operation.reach.kind === 'cut') return volume;
    const context = this.#context(step, start, to);
    const result = await runOnPart(operation, { volume, box: own }, params, context);
    if (!('volume' in result)) {
      throw new Bug('An operation declares a volume that it does not make.', { id: operation.id });
    }
    this.#first[count - 1] ??= withoutVoxels(result);
    if (result.volume.data !== volume.data) discard(volume.data);
    const part = await cutOut({ volume: result.volume, box: own }, box, () => context.breathe());
    if (part !== result.volume) discard(result.volume.data);
    return part;
  }
}

/** A result whose volume has no voxels, so that they need not be kept for what it says. */
function withoutVoxels<R extends OperationResult & { readonly volume: Volume }>(result: R): R {
  return { ...result, volume: { ...result.volume, data: allocateVoxels(result.volume.type, 0) } };
}

function inputBox({ step, params }: Stage, box: VoxelBox): VoxelBox {
  const { operation, shape } = step;
  const found = inputBoxOf(operation.reach, params, shape.size, box);
  if (found === null) throw new Bug('A part of a whole was asked for.', { id: operation.id });
  return found;
}

/** The voxels of a source with other phases; a store's own view of them where it has one. */
function renamed(
  base: VoxelSource,
  { kind, phases }: Pick<Volume, 'kind' | 'phases'>,
): VoxelSource {
  const store: VoxelSource & Pick<StoredVolume, 'describedAs'> = base;
  return base.kind === kind && store.describedAs !== undefined
    ? store.describedAs({ phases })
    : described(base, { ...base, kind, phases });
}

/** The voxels of a source under another description; of a box of it where `inputBox` says which. */
function described(
  source: VoxelSource,
  description: VolumeDescription,
  inputBox = (box: VoxelBox): VoxelBox => box,
): VoxelSource {
  const { kind, name, size, type, spacing, origin, phases } = description;
  return {
    kind,
    name,
    size,
    type,
    spacing,
    origin,
    phases,
    async readBox(box, level, breathe) {
      const { data, size: partSize } = await source.readBox(inputBox(box), level, breathe);
      const place = boxOrigin(description, box);
      return { kind, name, size: partSize, type, spacing, origin: place, phases, data };
    },
  };
}

/** Copies a part's voxels to where they are in the voxels of a larger box. */
function pasteBox(
  part: Pick<Volume, 'data' | 'type'>,
  box: VoxelBox,
  out: VoxelArray,
  outBox: VoxelBox,
): void {
  const [width, height, depth] = boxSize(box);
  const [outWidth, outHeight] = boxSize(outBox);
  const unit = bytesPerVoxel(part.type);
  const from = voxelBytes(part.data);
  const to = voxelBytes(out);
  const [x, y, z] = [box[0] - outBox[0], box[2] - outBox[2], box[4] - outBox[4]];
  for (let k = 0; k < depth; k++) {
    for (let j = 0; j < height; j++) {
      const row = (k * height + j) * width * unit;
      const target = x + outWidth * (y + j + outHeight * (z + k));
      to.set(from.subarray(row, row + width * unit), target * unit);
    }
  }
}
