/**
 * The contract of an operation. One folder under `src/operations` exports one declaration; form,
 * command-line flags, recipe step, docs page, methods paragraph and contract tests derive from it.
 */
import type { Box, ParameterFields, ParameterValues } from '../declaration/parameters.ts';
import type { Quantity } from '../declaration/quantity.ts';
import type { Citation, Column, ResultTable, TablePlot } from '../declaration/results.ts';
import type { GpuDevice } from '../gpu/device.ts';
import type { StreamedVolume } from '../volume/streamed.ts';
import type { Size3, Volume, VolumeShape } from '../volume/volume.ts';
import type { KernelSession } from '../wasm/session.ts';

export type VolumeKind = Volume['kind'];

export interface Estimate {
  /** Peak bytes beyond the input volume: arena, output and temporaries. An upper bound. */
  readonly bytes: number;
  /**
   * The part of `bytes` that the largest of its kernel sessions takes, an upper bound as well. A plan
   * is refused where it is more than a session can have; left out by what works slab by slab.
   */
  readonly arenaBytes?: number;
  /** Rough work in voxel visits, to weigh progress and predict time. */
  readonly work: number;
}

export interface OperationContext {
  readonly signal: AbortSignal;
  /** 0 to 1, rising. */
  progress(fraction: number): void;
  /**
   * Runs a kernel driver in a fresh session. `bytes` is the arena it will need; the memory is
   * released when the driver returns.
   */
  withKernels<T>(bytes: number, driver: (session: KernelSession) => Promise<T>): Promise<T>;
  /** Lets the event loop turn when 25 ms have passed, and throws the cancellation error if aborted. */
  breathe(): Promise<void>;
}

/** What a step produced: a new current volume, or tables about the current one. */
export type OperationResult =
  | {
      readonly volume: Volume;
      readonly tables?: readonly ResultTable[];
      readonly notes?: readonly string[];
    }
  | { readonly tables: readonly ResultTable[]; readonly notes?: readonly string[] };

/**
 * What an operation says of its GPU implementation, `gpu.ts` in its folder. The GPU is a device of
 * execution and no part of a recipe: the CPU's numbers are the operation's numbers.
 */
export interface GpuDeclaration {
  /** How far a result may be from the CPU's, as a fraction of `relativeTo`. */
  readonly tolerance: number;
  /** In a sentence: "the range of grey values". */
  readonly relativeTo: string;
  /** Whether parts were computed on both, or bounds hold both results. */
  readonly evidence: 'comparison' | 'certificate';
}

export interface GpuContext extends OperationContext {
  readonly gpu: GpuDevice;
}

export interface GpuResult {
  readonly result: OperationResult;
  /**
   * The largest difference to the CPU's numbers where both were computed, or that bounds allow, in
   * the units of the tolerance. A result beyond the tolerance is thrown away.
   */
  readonly difference: number;
  /** Where the parameters set a stricter tolerance than the declared one. */
  readonly tolerance?: number;
}

/** The same operation on a GPU. Throws `gpu/failed` where the CPU has to do it. */
export interface GpuImplementation<F extends ParameterFields = ParameterFields> {
  run(input: Volume, params: ParameterValues<F>, context: GpuContext): Promise<GpuResult>;
}

/** A reproducible small case: docs show it, contract tests run it. */
export interface OperationExample<F extends ParameterFields> {
  readonly title: string;
  /** Builds the seeded input; called anew by each test. */
  input(): Volume;
  readonly params: Partial<ParameterValues<F>>;
  /** SHA-256 of the output voxels' little-endian bytes, or null for operations without a volume. */
  readonly voxelDigest: string | null;
  /** Expected numbers: `table id` → rows, compared with `tolerance` (relative). */
  readonly tables?: Readonly<Record<string, ResultTable['rows']>>;
  readonly tolerance?: number;
}

export interface DeclaredTable {
  readonly title: string;
  readonly columns: readonly Column[];
  /** Left out where the parameters do not ask for it. */
  readonly optional?: true;
  readonly plots?: readonly TablePlot[];
}

/**
 * How far a voxel of the result reaches into the input: what a part of the result can be computed
 * from. Previews and the docs page derive from it; a contract test compares parts with the whole.
 */
export type Reach<F extends ParameterFields = ParameterFields> =
  | {
      /** A voxel depends on those at most `halo` voxels away along each axis, bit for bit. */
      readonly kind: 'local';
      halo(params: ParameterValues<F>): number;
      /** The halo in words, for the docs page: "the radius". */
      readonly words: string;
      /** Where sums are paired by position: parts begin at multiples of this; default 1. */
      readonly grid?: number;
    }
  | {
      /** The result is this box of the input, voxel for voxel. Throws where there is no such box. */
      readonly kind: 'cut';
      box(params: ParameterValues<F>, size: Size3): Box;
    }
  | {
      /** Any voxel may depend on all of them. */
      readonly kind: 'whole';
      /** Whether what comes of some slices alone tells of the result, so that it is offered. */
      readonly fromSlices: boolean;
    };

/** Of what measures the volume as a whole: a part of it says nothing. */
export const WHOLE_VOLUME = { kind: 'whole', fromSlices: false } as const satisfies Reach;

/** What a run says of a whole volume beside its voxels. */
export interface StreamedReport {
  readonly tables?: readonly ResultTable[];
  readonly notes?: readonly string[];
  /** Of the resulting label volume, where its parts do not tell them. */
  readonly phases?: Volume['phases'];
}

/**
 * How numbers of a whole volume are found while some slices of it are in memory at a time: the same
 * numbers, to the last digit, as of the volume in memory.
 */
export interface Streaming<F extends ParameterFields = ParameterFields> {
  /** See `Operation.settle`. */
  settle?(
    input: StreamedVolume,
    params: ParameterValues<F>,
    context: OperationContext,
  ): Promise<ParameterValues<F>>;
  /** What `run` gives for `params` beside voxels; `settled` has their automatic values. */
  report?(
    input: StreamedVolume,
    params: ParameterValues<F>,
    context: OperationContext,
    settled: ParameterValues<F>,
  ): Promise<StreamedReport>;
}

export interface Operation<F extends ParameterFields = ParameterFields> {
  /** `family-name`, stable for ever. */
  readonly id: string;
  /** Raised whenever the numbers change. */
  readonly version: number;
  readonly title: string;
  readonly family:
    | 'crop'
    | 'resample'
    | 'convert'
    | 'denoise'
    | 'sharpen'
    | 'smooth'
    | 'gradient'
    | 'segment'
    | 'label'
    | 'correct'
    | 'measure';
  /** One sentence for menus and help. */
  readonly summary: string;
  /** The defining equation in plain Unicode text; '' if there is none. */
  readonly equation: string;
  /** Border rule, conventions, cost law: the paragraph of the docs page. */
  readonly details: string;
  /**
   * A sentence for a paper's methods section. `{name}` stands for a parameter's value with unit.
   */
  readonly methods: string;
  /**
   * What is added to it once the numbers are known: `{table.column}` stands for the cell of a table of
   * one row.
   */
  readonly methodsAfterRun?: string;
  /** False where these parameters leave the volume as it is, so that a paper need not tell of it. */
  changesVolume?(params: ParameterValues<F>): boolean;
  readonly citations: readonly Citation[];
  readonly input: VolumeKind | 'any';
  /** 'same' = a volume of the input's kind; 'none' = tables only, the current volume stays. */
  readonly output: VolumeKind | 'same' | 'none';
  readonly parameters: F;
  /** Columns of the tables this operation returns, by table id. */
  readonly tables: Readonly<Record<string, DeclaredTable>>;

  estimate(input: VolumeShape, params: ParameterValues<F>): Estimate;
  /**
   * What is known of the output's shape before running; default: size kept, type float32 for grey
   * and uint8 for labels.
   */
  outputShape?(input: VolumeShape, params: ParameterValues<F>): Partial<VolumeShape>;
  readonly reach: Reach<F>;
  /** The result has the voxels of the input, and other facts about them. */
  readonly keepsVoxels?: true;
  /**
   * What volumes that do not fit in memory need beside `reach`: a measurement its numbers; what makes
   * a volume its automatic values and its tables, where it has any. Without it the operation works on
   * what fits in memory alone.
   */
  readonly streaming?: Streaming<F>;
  /**
   * The parameters with what is left automatic found from the input: with them a run gives the same
   * voxels, and a part of the input what the whole gives. Left out where nothing is found.
   */
  settle?(
    input: Volume,
    params: ParameterValues<F>,
    context: Pick<OperationContext, 'breathe'>,
  ): Promise<ParameterValues<F>>;
  /** What the output's grey values are, for scalar bars; left out where they are grey values. */
  quantity?(input: VolumeShape, params: ParameterValues<F>): Quantity;
  /** Never changes `input`. Throws UserError for input it cannot take. */
  run(
    input: Volume,
    params: ParameterValues<F>,
    context: OperationContext,
  ): Promise<OperationResult>;
  /** Only where `gpu.ts` in the operation's folder implements it for a GPU. */
  readonly gpu?: GpuDeclaration;
  /** The scalar TypeScript reference of the kernel; contract tests demand equal results. */
  reference?(input: Volume, params: ParameterValues<F>): OperationResult;

  readonly examples: readonly OperationExample<F>[];
}

/** Ties a declaration's parameter types together; returns it as it is. */
export function defineOperation<const F extends ParameterFields>(
  operation: Operation<F>,
): Operation<F> {
  return operation;
}

/** The plain-data part of a declaration: what the page, the CLI's help and the docs need. */
export type OperationDescriptor = Pick<
  Operation,
  | 'id'
  | 'version'
  | 'title'
  | 'family'
  | 'summary'
  | 'equation'
  | 'details'
  | 'methods'
  | 'citations'
  | 'input'
  | 'output'
  | 'parameters'
  | 'tables'
  | 'gpu'
>;

export function describeOperation(operation: Operation): OperationDescriptor {
  const { id, version, title, family, summary, equation, details, methods } = operation;
  const { citations, input, output, parameters, tables, gpu } = operation;
  return {
    id,
    version,
    title,
    family,
    summary,
    equation,
    details,
    methods,
    citations,
    input,
    output,
    parameters,
    tables,
    ...(gpu === undefined ? {} : { gpu }),
  };
}
