/**
 * Runs recipes. Each step's result is kept under the digest of what produced it (input, operation,
 * version, parameters), so that a changed step re-runs only what depends on it and undo costs
 * nothing.
 */
import { type ParameterValues, parseParameters } from '../declaration/parameters.ts';
import type { ResultTable } from '../declaration/results.ts';
import { Bug, cancelled, isAllocationFailure, UserError } from '../errors/errors.ts';
import { isGpuFailure, gpuFailed, type GpuDevice } from '../gpu/device.ts';
import type { Host } from '../host/host.ts';
import type { Estimate, Operation, OperationContext } from '../operations/operation.ts';
import { loadGpuImplementation, loadOperation } from '../operations/registry.ts';
import { type Recipe, type RecipeStep, stepDigest } from '../recipe/recipe.ts';
import { digestVoxels, volumeIdentity } from '../volume/digest.ts';
import type { Volume, VolumeShape } from '../volume/volume.ts';
import type { KernelHost } from '../wasm/kernel-host.ts';
import { formatGiB, MAX_ARENA_BYTES } from '../wasm/kernel-memory.ts';
import { createBreathe } from './breathe.ts';
import { type GpuRecord, gpuRecord } from './gpu-record.ts';
import {
  createPreviews,
  type PreviewedStep,
  type PreviewPart,
  type SliceRange,
} from './preview.ts';
import { type KeptResult, ResultCache } from './result-cache.ts';

/** A volume, or what stands for one, together with its identity as an input. */
export interface Identified<V> {
  readonly volume: V;
  readonly identity: string;
  /** SHA-256 of the voxels; null for results, whose identity is how they were made. */
  readonly voxelDigest: string | null;
  /** Whether a GPU computed it, or a volume it was made from. */
  readonly onGpu: boolean;
}

export type IdentifiedVolume = Identified<Volume>;

export interface StepOutcome<V = Volume> {
  readonly stepId: string;
  readonly operation: string;
  readonly version: number;
  /** Parameters with defaults filled in. */
  readonly params: ParameterValues<Operation['parameters']>;
  /** The current volume after this step. */
  readonly current: Identified<V>;
  /** False where the step measured and the current volume is the one before it. */
  readonly madeVolume: boolean;
  readonly tables: readonly ResultTable[];
  readonly notes: readonly string[];
  readonly elapsedMs: number;
  /** The work that the plan reckoned with, see `Estimate`. */
  readonly work: number;
  readonly cached: boolean;
  /** null where the CPU computed the step. */
  readonly gpu: GpuRecord | null;
  /** One sentence: why the CPU computed what the GPU was asked for; null otherwise. */
  readonly gpuProblem: string | null;
}

export type RunEvent<V = Volume> =
  | { readonly kind: 'start'; readonly stepId: string; readonly overall: number }
  | {
      readonly kind: 'progress';
      readonly stepId: string;
      readonly fraction: number;
      readonly overall: number;
    }
  | { readonly kind: 'done'; readonly outcome: StepOutcome<V>; readonly overall: number };

export interface RunOptions {
  readonly signal: AbortSignal;
  /**
   * Computes on the GPU what has an implementation for it; default: the CPU computes everything. The
   * CPU takes over where the GPU fails, and its result is taken where it is kept from before.
   */
  readonly useGpu?: boolean;
  /** A promise that it returns for a `done` is awaited before the next step starts. */
  readonly onEvent?: (event: RunEvent) => void | Promise<void>;
}

/** A step with its operation loaded and its parameters checked. */
export interface LoadedStep {
  readonly step: RecipeStep;
  readonly operation: Operation;
  readonly params: ParameterValues<Operation['parameters']>;
}

export interface PlannedStep extends LoadedStep {
  readonly estimate: Estimate;
  /** What reaches the step, and what leaves it, as far as it is known before running. */
  readonly shape: VolumeShape;
  readonly output: VolumeShape;
}

/** A step's result with its identity. */
interface Produced {
  readonly key: string;
  readonly result: KeptResult;
  readonly cached: boolean;
  readonly gpuProblem: string | null;
}

export interface IdentifyOptions {
  readonly signal?: AbortSignal;
  /** The digest of the same voxels, where it is known already: nothing is read then. */
  readonly voxelDigest?: string;
  /** Where the voxels come from a result that a GPU computed; default: they do not. */
  readonly onGpu?: boolean;
}

export interface Engine {
  readonly kernels: KernelHost;
  /** What an operation runs in. */
  createContext(signal: AbortSignal, progress: (fraction: number) => void): OperationContext;
  /** Reads every voxel, some 5 ms per MiB; cancels within a few ms. */
  identify(volume: Volume, options?: IdentifyOptions): Promise<IdentifiedVolume>;
  /**
   * Loads the operations of the enabled steps and checks parameters, kinds and what a kernel's memory
   * can hold, without running. An error names the step in `details.step`.
   */
  plan(recipe: Recipe, input: VolumeShape): Promise<readonly PlannedStep[]>;
  /**
   * Runs the enabled steps in order. An error names the step in `details.step`; results of the
   * steps before it are kept. Throws `memory/over-budget` where a step cannot have its memory.
   */
  run(
    recipe: Recipe,
    input: IdentifiedVolume,
    options: RunOptions,
  ): Promise<readonly StepOutcome[]>;
  /**
   * The steps of a recipe that make a volume, as a preview of them could show it. Throws what
   * planning refuses, and `usage` for a step that shows nothing of some slices.
   */
  planPreview(recipe: Recipe, input: Volume): Promise<readonly PreviewedStep[]>;
  /** Slices of what the recipe's last step would make; see `Previews.compute`. */
  preview(
    recipe: Recipe,
    input: IdentifiedVolume,
    slices: SliceRange,
    signal: AbortSignal,
  ): Promise<PreviewPart>;
  /** The adapter that runs with `useGpu` use. Throws `gpu/unavailable` with the reason. */
  findGpu(): Promise<string>;
  /** Forgets kept results, or only those beyond `bytes`, and what previews keep. */
  trim(bytes?: number): void;
}

export function createEngine(host: Host, kernels: KernelHost, cacheBytes: number): Engine {
  const cache = new ResultCache(cacheBytes);
  let opened: Promise<GpuDevice> | null = null;

  /** The device of the runs before, or another one where it was lost or there was none. */
  async function openGpu(): Promise<GpuDevice> {
    const before = await opened?.catch(() => null);
    if (before !== undefined && before !== null && before.lostReason() === null) return before;
    opened = host.openGpu();
    return opened;
  }

  function createContext(
    signal: AbortSignal,
    progress: (fraction: number) => void,
  ): OperationContext {
    let reached = 0;
    const report = (fraction: number): void => {
      reached = Math.max(reached, Math.min(1, fraction));
      progress(reached);
    };
    return {
      signal,
      progress: report,
      breathe: createBreathe(host, signal),
      withKernels: (bytes, driver) => kernels.runJob({ bytes, signal, progress: report }, driver),
    };
  }

  const previews = createPreviews({
    context: (signal) => createContext(signal, () => undefined),
    findComplete(key) {
      const kept = cache.get(key);
      return kept !== undefined && 'volume' in kept ? kept.volume : undefined;
    },
  });

  /** A result from the cache, or computed and put there. */
  async function through(
    key: string,
    signal: AbortSignal,
    compute: () => Promise<KeptResult>,
  ): Promise<Pick<Produced, 'key' | 'result' | 'cached'>> {
    if (signal.aborted) throw cancelled();
    const kept = cache.get(key);
    if (kept !== undefined) return { key, result: kept, cached: true };
    const result = await compute();
    if (signal.aborted) throw cancelled();
    cache.set(key, result);
    return { key, result, cached: false };
  }

  async function produce(
    planned: PlannedStep,
    input: IdentifiedVolume,
    { signal, useGpu = false }: RunOptions,
    context: OperationContext,
  ): Promise<Produced> {
    const { operation, params } = planned;
    const key = stepDigest(input.identity, operation.id, operation.version, params);
    let gpuProblem: string | null = null;
    if (useGpu && operation.gpu !== undefined && cache.get(key) === undefined) {
      try {
        return { ...(await produceOnGpu(planned, input, signal, context)), gpuProblem };
      } catch (error) {
        if (signal.aborted || !isGpuFailure(error)) throw error;
        gpuProblem = `${operation.title} was computed on the CPU. ${error.message}`;
      }
    }
    const found = await through(key, signal, () => operation.run(input.volume, params, context));
    return { ...found, gpuProblem };
  }

  async function produceOnGpu(
    { operation, params }: PlannedStep,
    input: IdentifiedVolume,
    signal: AbortSignal,
    context: OperationContext,
  ): Promise<Pick<Produced, 'key' | 'result' | 'cached'>> {
    const implementation = await loadGpuImplementation(operation.id);
    const { gpu: declared, id, version } = operation;
    if (implementation === null || declared === undefined) {
      throw new Bug('The operation declares a GPU implementation that it does not have.', { id });
    }
    const gpu = await openGpu();
    const key = stepDigest(input.identity, id, version, params, gpu.adapter);
    return through(key, signal, async () => {
      const made = await implementation.run(input.volume, params, { ...context, gpu });
      const tolerance = made.tolerance ?? declared.tolerance;
      if (!(made.difference <= tolerance)) {
        throw gpuFailed(
          `its values differ from the CPU's by ${made.difference.toExponential(1)} of ${declared.relativeTo}, and ${tolerance.toExponential()} is allowed`,
        );
      }
      return { ...made.result, gpu: gpuRecord(declared, gpu.adapter, made) };
    });
  }

  async function runStep(
    planned: PlannedStep,
    input: IdentifiedVolume,
    options: RunOptions,
    progress: (fraction: number) => void,
  ): Promise<StepOutcome> {
    const { step, operation, params } = planned;
    const startedAt = performance.now();
    const context = createContext(options.signal, progress);
    const { key, result, cached, gpuProblem } = await produce(planned, input, options, context);
    const madeVolume = 'volume' in result;
    const gpu = result.gpu ?? null;
    return {
      stepId: step.id,
      operation: operation.id,
      version: operation.version,
      params,
      current: madeVolume
        ? {
            volume: result.volume,
            identity: key,
            voxelDigest: null,
            onGpu: input.onGpu || gpu !== null,
          }
        : input,
      madeVolume,
      tables: result.tables ?? [],
      notes: [...olderVersionNote(planned), ...(result.notes ?? [])],
      elapsedMs: performance.now() - startedAt,
      work: planned.estimate.work,
      cached,
      gpu,
      gpuProblem,
    };
  }

  async function run(
    recipe: Recipe,
    input: IdentifiedVolume,
    options: RunOptions,
  ): Promise<readonly StepOutcome[]> {
    const planned = await planSteps(recipe, input.volume);
    const totalWork = planned.reduce((sum, each) => sum + each.estimate.work, 0) || 1;
    const outcomes: StepOutcome[] = [];
    let current = input;
    let workDone = 0;
    for (const each of planned) {
      const { step, estimate } = each;
      void options.onEvent?.({ kind: 'start', stepId: step.id, overall: workDone / totalWork });
      let outcome: StepOutcome;
      try {
        const weight = estimate.work / totalWork;
        const before = workDone / totalWork;
        outcome = await runStep(each, current, options, (fraction) => {
          const overall = before + weight * fraction;
          void options.onEvent?.({ kind: 'progress', stepId: step.id, fraction, overall });
        });
      } catch (error) {
        throw withStep(isAllocationFailure(error) ? overBudget(each, error) : error, step.id);
      }
      workDone += estimate.work;
      current = outcome.current;
      outcomes.push(outcome);
      await options.onEvent?.({ kind: 'done', outcome, overall: workDone / totalWork });
    }
    return outcomes;
  }

  return {
    kernels,
    identify: async (volume, options = {}) => {
      const voxelDigest =
        options.voxelDigest ?? (await digestVoxels(volume, createBreathe(host, options.signal)));
      return {
        volume,
        voxelDigest,
        identity: volumeIdentity(volume, voxelDigest),
        onGpu: options.onGpu ?? false,
      };
    },
    createContext,
    plan: (recipe, input) => planSteps(recipe, input),
    run,
    planPreview: async (recipe, input) => previews.describe(await planSteps(recipe, input), input),
    preview: async (recipe, input, slices, signal) =>
      previews.compute(await planSteps(recipe, input.volume), input, slices, signal),
    findGpu: async () => (await openGpu()).adapter,
    trim(bytes = 0) {
      cache.trim(bytes);
      previews.clear();
    },
  };
}

/** Loads the operations of the enabled steps and checks their versions and parameters. */
export async function loadSteps(recipe: Recipe): Promise<readonly LoadedStep[]> {
  return Promise.all(
    recipe.steps
      .filter((step) => step.enabled)
      .map(async (step) => {
        const operation = await loadOperation(step.operation);
        if (step.version > operation.version) {
          throw new UserError(
            'recipe/unknown-operation',
            `Step ${step.id} was written for version ${step.version} of ${operation.title}, and this program has version ${operation.version}: update Tauscope.`,
            { step: step.id },
          );
        }
        try {
          return {
            step,
            operation,
            params: parseParameters(operation.parameters, step.params, operation.title),
          };
        } catch (error) {
          throw withStep(error, step.id);
        }
      }),
  );
}

/**
 * See `Engine.plan`. `isWhole`: whether steps get their input as a whole, so that a kernel's memory
 * must hold what they need for it.
 */
export async function planSteps(
  recipe: Recipe,
  input: VolumeShape,
  isWhole = true,
): Promise<readonly PlannedStep[]> {
  const planned: PlannedStep[] = [];
  let shape = input;
  for (const loaded of await loadSteps(recipe)) {
    const { step, operation, params } = loaded;
    if (operation.input !== 'any' && operation.input !== shape.kind) {
      const remedy =
        operation.input === 'labels'
          ? 'add a segmentation before it, or open the file as labels'
          : 'move it before the segmentation, or open the file as grey values';
      throw new UserError(
        operation.input === 'grey' ? 'volume/not-grey' : 'volume/not-labels',
        `${operation.title} (step ${step.id}) works on ${describeKind(operation.input)}, but what reaches it is ${describeKind(shape.kind)}: ${remedy}.`,
        { step: step.id },
      );
    }
    try {
      const estimate = operation.estimate(shape, params);
      if (isWhole) assertArenaFits(operation, estimate, shape);
      const output = { ...shape, ...outputShape(operation, shape, params) };
      planned.push({ ...loaded, estimate, shape, output });
      shape = output;
    } catch (error) {
      throw withStep(error, step.id);
    }
  }
  return planned;
}

function describeKind(kind: Volume['kind']): string {
  return kind === 'grey' ? 'a grey volume' : 'a label volume';
}

/** The shape after a step, as far as it is known without running it. */
function outputShape(
  operation: Operation,
  shape: VolumeShape,
  params: ParameterValues<Operation['parameters']>,
): Partial<VolumeShape> {
  const known = operation.outputShape?.(shape, params);
  if (known !== undefined) return known;
  if (operation.output === 'labels') return { kind: 'labels', type: 'uint8' };
  if (operation.output === 'grey') return { kind: 'grey', type: 'float32' };
  return {};
}

/** What a reader of the numbers must know where a recipe is older than the program. */
export function olderVersionNote({ step, operation }: LoadedStep): readonly string[] {
  return step.version === operation.version
    ? []
    : [
        `The recipe was written for version ${step.version} of ${operation.title}; it ran as version ${operation.version}, which gives other numbers.`,
      ];
}

/** Throws where a step needs a larger kernel memory than there can be. */
function assertArenaFits(
  { title }: Operation,
  { arenaBytes = 0 }: Estimate,
  { size }: VolumeShape,
): void {
  if (arenaBytes <= MAX_ARENA_BYTES) return;
  const share = Math.max(1, Math.floor((100 * MAX_ARENA_BYTES) / arenaBytes) - 1);
  throw new UserError(
    'memory/over-budget',
    `${title} needs ${formatGiB(arenaBytes)} of working memory for ${size.join(' × ')} voxels, and a step can have at most ${formatGiB(MAX_ARENA_BYTES)}: crop the volume to about ${share} % of its voxels first.`,
    { bytes: arenaBytes, available: MAX_ARENA_BYTES },
  );
}

function overBudget({ operation, estimate }: PlannedStep, cause: unknown): UserError {
  return new UserError(
    'memory/over-budget',
    `${operation.title} needs about ${formatGiB(estimate.bytes)} beside the volume, more than this machine gives the program now: crop the volume, or close other programs.`,
    { bytes: estimate.bytes },
    cause,
  );
}

export function withStep(error: unknown, step: string): unknown {
  if (!(error instanceof UserError)) return error;
  return new UserError(error.code, error.message, { ...error.details, step }, error);
}
