/**
 * What the page can ask of the engine worker. Volumes live on the worker's side; the page holds
 * handles and receives slices, tables and small copies.
 */
import type { ParameterFields, RawParameters } from '../src/declaration/parameters.ts';
import type { Quantity } from '../src/declaration/quantity.ts';
import type { ResultTable } from '../src/declaration/results.ts';
import type { GpuRecord } from '../src/engine/gpu-record.ts';
import type { Interpolation, InterpolationRequest } from '../src/engine/interpolate-label.ts';
import type { Opening } from '../src/engine/opening.ts';
import type { ReportFacts } from '../src/engine/report.ts';
import type { PhaseArea, PhaseSurface, SurfaceOptions } from '../src/engine/surfaces.ts';
import type { RawOffer } from '../src/io/formats/raw/offer.ts';
import type { RawPictures } from '../src/io/formats/raw/pictures.ts';
import type { SlicePicture } from '../src/io/slice-picture.ts';
import type { AddressFacts, RemoteFile } from '../src/io/remote/address.ts';
import type { MeshFormatId } from '../src/io/meshes/registry.ts';
import type { OperationDescriptor } from '../src/operations/operation.ts';
import type { Recipe } from '../src/recipe/recipe.ts';
import type { Region, RegionStatistics } from '../src/engine/measure.ts';
import type { IntervalSuggestion } from './interval-suggestions.ts';
import type { ValueScale } from '../src/volume/value-scale.ts';
import type { VoxelSpacing } from '../src/volume/length.ts';
import type { RawLayout } from '../src/volume/raw-layout.ts';
import type { Reduction } from '../src/volume/reduction.ts';
import type { Slab } from '../src/volume/slab.ts';
import type {
  NumericVoxelArray,
  Phase,
  Size3,
  Vector3,
  VolumeShape,
  VoxelType,
} from '../src/volume/volume.ts';
import type { WritableFormatId } from '../src/volume/written-formats.ts';

export type {
  AddressFacts,
  SlicePicture,
  Interpolation,
  InterpolationRequest,
  PhaseArea,
  PhaseSurface,
  RawOffer,
  RawPictures,
  Region,
  RegionStatistics,
  SurfaceOptions,
};

export type VolumeHandle = string;

/** The `spacingSource` of a voxel size that a person entered. */
export const STATED_SPACING = 'entered by the user';

/** Everything the page knows about a volume. */
export interface VolumeInfo {
  readonly handle: VolumeHandle;
  readonly name: string;
  readonly kind: 'grey' | 'labels';
  readonly size: Size3;
  readonly type: VoxelType;
  readonly spacing: VoxelSpacing | null;
  /** Where the voxel size came from, or why it is not known. */
  readonly spacingSource: string;
  readonly origin: Vector3;
  /** Smallest and largest finite value; [0, 0] where no voxel is finite. */
  readonly range: readonly [min: number, max: number];
  readonly notFinite: number;
  /** What the grey values are; absent where they are measured intensities, and for labels. */
  readonly quantity?: Quantity;
  readonly phases: readonly Phase[];
  /** Voxel counts of labels present, rising by label; empty for grey volumes. */
  readonly labelCounts: readonly { readonly label: number; readonly count: number }[];
  /** True where the values look like labels; the page asks or shows what was assumed. */
  readonly looksSegmented: boolean;
  /** SHA-256 of the voxels; null for results of steps. */
  readonly voxelDigest: string | null;
  /** Whether a GPU computed it, or a volume it was made from. */
  readonly onGpu: boolean;
  readonly warnings: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** How it was read from its files; absent for results and phantoms. */
  readonly opening?: Opening;
  /**
   * Sizes of its levels where it is kept on disk in bricks: level 0 is the volume, each further one
   * half as large. What needs all voxels in memory refuses such a volume (`memory/over-budget`).
   */
  readonly levels?: readonly Size3[];
}

export interface SliceRequest {
  readonly handle: VolumeHandle;
  /** The axis the slice is perpendicular to. */
  readonly axis: 0 | 1 | 2;
  readonly index: number;
  /** Slices about `index` projected onto one; absent for the slice alone. */
  readonly slab?: Slab;
  /** Of a volume in bricks: the level that the pixels are taken from; default 0, its own voxels. */
  readonly level?: number;
}

/**
 * One slice in the volume's own values, or the projection of a slab: means are float64. Rows and columns: axis 2 (z) gives x across, y down;
 * axis 1 (y) gives x across, z down; axis 0 (x) gives z across, y down.
 */
export interface SlicePixels {
  readonly width: number;
  readonly height: number;
  /** width × height values, row by row; 64-bit integers arrive as float64. */
  readonly data: NumericVoxelArray;
}

export interface Histogram {
  /** Grey value of the first bin's lower edge and the width of a bin. */
  readonly start: number;
  readonly binWidth: number;
  readonly counts: Uint32Array;
  /** Whether each bin counts one whole value, at its middle: what is counted from bins is exact. */
  readonly exact: boolean;
  /** Grey values of the peaks found, darkest first. */
  readonly peaks: readonly number[];
  /** Values at the 1st and 99th percentile: the default window. */
  readonly window: readonly [low: number, high: number];
}

/**
 * A small 8-bit copy for the 3-D view: range mapped to 0..255 (labels: label values as they are).
 * Where voxels have no value (`hasOutside`) they are 0, and the range is mapped to 1..255.
 */
export interface PreviewVolume {
  readonly size: Size3;
  readonly data: Uint8Array;
  /** Physical or relative edge lengths of a preview voxel. */
  readonly spacing: Vector3;
  readonly range: readonly [min: number, max: number];
  readonly hasOutside: boolean;
  /** How the range is mapped. */
  readonly scale: ValueScale;
}

export interface StepSummary {
  readonly stepId: string;
  readonly operation: string;
  /** Parameters with defaults filled in, as run. */
  readonly params: RawParameters;
  /** The volume the step made; null for a measurement. */
  readonly volume: VolumeInfo | null;
  readonly tables: readonly ResultTable[];
  readonly notes: readonly string[];
  readonly elapsedMs: number;
  /** The work of its estimate, as `StepEstimate` has it. */
  readonly work: number;
  readonly cached: boolean;
  /** null where the CPU computed the step. */
  readonly gpu: GpuRecord | null;
  /** Whether this step or one it depends on was computed on a GPU. */
  readonly onGpu: boolean;
  /** One sentence: why the CPU computed what the GPU was asked for; null otherwise. */
  readonly gpuProblem: string | null;
}

export type RunReport =
  | { readonly kind: 'start'; readonly stepId: string; readonly overall: number }
  | {
      readonly kind: 'progress';
      readonly stepId: string;
      readonly fraction: number;
      readonly overall: number;
    }
  | { readonly kind: 'done'; readonly summary: StepSummary; readonly overall: number };

export interface StepEstimate {
  readonly stepId: string;
  readonly bytes: number;
  readonly work: number;
}

/** What a step would make; it has no handle, since no voxel of it is kept. */
export interface PreviewedVolume {
  readonly stepId: string;
  readonly volume: Omit<VolumeInfo, 'handle'>;
}

/** A slice of what a step would make. */
export interface PreviewPixels extends SlicePixels {
  /** Of the labels in the slices that were computed; empty for grey values. */
  readonly phases: readonly Phase[];
  /** Slices that a step saw in place of the whole volume; null where the slice is exact. */
  readonly seenSlices: number | null;
}

/** The adapter that runs may use, or one sentence on why there is none; the other is null. */
export interface GpuAvailability {
  readonly adapter: string | null;
  readonly problem: string | null;
}

export interface RunChoices {
  /** Computes on the GPU what has an implementation for it; default: the CPU computes everything. */
  readonly useGpu?: boolean;
}

export interface PhantomDescriptor {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly parameters: ParameterFields;
}

export interface EngineDescription {
  readonly version: string;
  readonly threads: number;
  readonly operations: readonly OperationDescriptor[];
  readonly phantoms: readonly PhantomDescriptor[];
}

/** A dropped file with its path inside the dropped folder ('' for a single file). */
export interface NamedFile {
  readonly file: File;
  readonly path: string;
}

/** A file or store on the web, which the user agreed to have read. */
export interface RemoteVolume extends RemoteFile {
  readonly name: string;
}

/** What a volume is read from: files that were given, or an address. */
export type VolumeFiles = readonly NamedFile[] | RemoteVolume;

/** What a person said of files that do not say it themselves. */
export interface OpenChoices {
  /** Which volume is meant where a file holds several (`file/several-datasets`). */
  readonly dataset?: string;
  /** How the voxels of a file without a header lie (`file/unknown-format`, `mayBeRaw`). */
  readonly raw?: RawLayout;
  /** The voxel size of the file, as a person entered it; null leaves what the file says. */
  readonly spacing?: VoxelSpacing | null;
  /** Keeps the volume on disk in bricks: what does not fit in memory. */
  readonly asBricks?: boolean;
  /** What is done to the volume while it is read. */
  readonly reduction?: Reduction;
}

/** What is known of a volume before its voxels are read. */
export interface OpeningFacts
  extends Pick<
    VolumeInfo,
    'name' | 'kind' | 'size' | 'type' | 'spacing' | 'spacingSource' | 'warnings'
  > {
  /** "TIFF", "NRRD", … */
  readonly format: string;
  readonly files: number;
  /** Bytes that the reader holds besides the slices that it hands out. */
  readonly readerBytes: number;
}

/** One result file as the page offers it for download. */
export interface ExportedFile {
  readonly name: string;
  readonly blob: Blob;
}

export interface EngineApi {
  describe(): Promise<EngineDescription>;
  /** Opens the GPU, which may take a moment, and keeps it for runs that ask for it. */
  findGpu(): Promise<GpuAvailability>;

  /**
   * Which of the files make a volume together, as indices into `files`: the slices of a stack are
   * one volume, stacks and folders of slices are one each. Reads heads only, and refuses nothing.
   */
  group(files: readonly NamedFile[]): Promise<readonly (readonly number[])[]>;
  /** Reads one volume from the dropped files. Errors are UserErrors; nothing is kept on failure. */
  open(
    jobId: string,
    files: VolumeFiles,
    report: (fraction: number) => void,
    choices?: OpenChoices,
  ): Promise<VolumeInfo>;
  /** Reads headers alone. Throws what opening throws. */
  describeFiles(files: VolumeFiles, choices?: OpenChoices): Promise<OpeningFacts>;
  /** A slice of what would be opened, without any reduction. */
  peekSlice(files: VolumeFiles, choices: OpenChoices, z: number): Promise<SlicePicture>;
  /** Memory and work of the recipe's enabled steps on such a volume. Throws what planning refuses. */
  forecast(recipe: Recipe, shape: VolumeShape): Promise<readonly StepEstimate[]>;
  /** What a file without a header may hold. */
  offerRaw(files: VolumeFiles): Promise<RawOffer>;
  /** Its middle slices by a layout; throws `file/truncated` where that does not fit the file. */
  rawPictures(files: VolumeFiles, layout: RawLayout): Promise<RawPictures>;
  /** Checks a web address, and says what is known of it; nothing is fetched. Throws `usage`. */
  describeAddress(text: string): Promise<AddressFacts>;
  /** Fetches a same-origin file (the sample) and opens it. */
  openUrl(jobId: string, url: string, report: (fraction: number) => void): Promise<VolumeInfo>;
  /** Generates a phantom; one volume for grey, one for the truth. */
  generate(
    jobId: string,
    phantom: string,
    params: RawParameters,
    report: (fraction: number) => void,
  ): Promise<readonly VolumeInfo[]>;

  /** Each returns a new handle: volumes never change. A spacing is from the user, unless `source` says else. */
  setSpacing(
    handle: VolumeHandle,
    spacing: VoxelSpacing | null,
    source?: string,
  ): Promise<VolumeInfo>;
  setKind(handle: VolumeHandle, kind: 'grey' | 'labels'): Promise<VolumeInfo>;

  slice(request: SliceRequest): Promise<SlicePixels>;
  histogram(handle: VolumeHandle): Promise<Histogram>;
  /** Grey intervals that the histogram suggests; `phases`: a number of them that is wanted too. */
  suggestIntervals(
    handle: VolumeHandle,
    phases: number | null,
  ): Promise<readonly IntervalSuggestion[]>;
  preview(handle: VolumeHandle, maxEdge: number, scale?: ValueScale): Promise<PreviewVolume>;
  /**
   * The surface of a label, closed by the volume's faces. Kept by volume, label and options; the
   * arrays that come are the page's own. Cancelled by its job id.
   */
  surface(
    jobId: string,
    handle: VolumeHandle,
    label: number,
    options: SurfaceOptions,
    report: (fraction: number) => void,
  ): Promise<PhaseSurface>;
  /** The surface as a file, in the physical frame of the volume. */
  exportSurface(
    jobId: string,
    handle: VolumeHandle,
    label: number,
    format: MeshFormatId,
    report: (fraction: number) => void,
  ): Promise<ExportedFile>;
  /** Surface areas of all labels, as `measure-surface-area` has them with its defaults. */
  surfaceAreas(jobId: string, handle: VolumeHandle): Promise<readonly PhaseArea[]>;
  /** Voxels between slices that were painted with a label on this volume; see `interpolateLabel`. */
  interpolate(
    jobId: string,
    handle: VolumeHandle,
    request: InterpolationRequest,
    report: (fraction: number) => void,
  ): Promise<Interpolation>;
  /** Values from voxel to voxel at equal distances, both included; see `lineProfile`. */
  profile(handle: VolumeHandle, from: Vector3, to: Vector3): Promise<Float64Array>;
  /** Of a region (null: all voxels), and of each label in it where `labels` names a volume. */
  statistics(
    handle: VolumeHandle,
    region: Region | null,
    labels: VolumeHandle | null,
  ): Promise<readonly RegionStatistics[]>;

  /** Memory and work of each enabled step, without running. Throws what planning refuses. */
  estimate(recipe: Recipe, handle: VolumeHandle): Promise<readonly StepEstimate[]>;
  /**
   * What the steps of a recipe that make a volume would make of this one, without running. Throws
   * what planning refuses, and `usage` with a sentence for a step that slices tell nothing of.
   */
  planPreview(recipe: Recipe, handle: VolumeHandle): Promise<readonly PreviewedVolume[]>;
  /**
   * A slice of what the recipe's last step would make of the volume that the request names; no result
   * and no later run knows of it. A run that starts ends it, as `cancel` does; while one is under way
   * it fails as cancelled.
   */
  previewSlice(jobId: string, recipe: Recipe, request: SliceRequest): Promise<PreviewPixels>;
  /**
   * Runs a recipe on an opened volume. One run at a time: a second waits, and can be cancelled while
   * it does. A `done` comes before the next step's `start`. Errors name the step in `details.step`;
   * finished steps stay cached. Volumes of steps live until a later run on the same volume replaces or
   * drops them, or until they are released.
   */
  run(
    jobId: string,
    recipe: Recipe,
    handle: VolumeHandle,
    report: (event: RunReport) => void,
    choices?: RunChoices,
  ): Promise<readonly StepSummary[]>;
  /** Cancels a run, an open or a phantom by its job id; returns at once. */
  cancel(jobId: string): Promise<void>;

  exportVolume(handle: VolumeHandle, kind: WritableFormatId): Promise<ExportedFile>;
  /**
   * results.json of the volume's last finished run, the same text the command line writes. Both
   * refuse (`usage`) another recipe than was run on it last; titles and disabled steps do not count.
   */
  resultsJson(recipe: Recipe, handle: VolumeHandle): Promise<string>;
  resultsCsv(recipe: Recipe, handle: VolumeHandle): Promise<string>;
  /**
   * The methods paragraph of a recipe with its citations; it tells of the GPU where the last run of
   * this recipe used one.
   */
  methods(recipe: Recipe): Promise<string>;
  /** The citations of that text, and the program itself, as BibTeX. */
  bibtex(recipe: Recipe): Promise<string>;
  /** The last finished run on one page of HTML, with the page's own figures; refuses as `resultsJson`. */
  report(
    recipe: Recipe,
    handle: VolumeHandle,
    page: Pick<ReportFacts, 'file' | 'figures' | 'date'>,
  ): Promise<string>;

  /** Forgets a volume and, with an opened one, the results that were made from it. */
  release(handle: VolumeHandle): Promise<void>;
}
