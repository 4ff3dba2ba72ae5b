/**
 * The workbench's state and everything a person can do to it. State is plain data; volumes are
 * handles into the engine worker. The recipe with its history is the document; the rest derives
 * from it or reports on the engine's work.
 */
import type { StoreApi } from 'zustand/vanilla';
import type {
  AddressFacts,
  EngineDescription,
  GpuAvailability,
  Interpolation,
  InterpolationRequest,
  NamedFile,
  OpenChoices,
  OpeningFacts,
  RawOffer,
  StepEstimate,
  StepSummary,
  VolumeFiles,
  VolumeHandle,
  VolumeInfo,
} from '../../../workers/engine-api.ts';
import type { RawParameters } from '../../declaration/parameters.ts';
import type { MeshFormatId } from '../../io/meshes/registry.ts';
import { currentState, type EntryLabel, type History } from '../../recipe/history.ts';
import type { Size3, VoxelType } from '../../volume/volume.ts';
import type { Preset } from '../../recipe/presets.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import type { VoxelSpacing } from '../../volume/length.ts';
import type { RawLayout } from '../../volume/raw-layout.ts';
import type { Phase } from '../../volume/volume.ts';
import type { ChangeHistory } from './change-history.ts';
import type { ListedVolume, StepFailure } from './listed-volumes.ts';
import {
  describeSteps,
  type OperationDescriptor,
  type StepOutcome,
  type StepStatus,
} from './recipe-status.ts';
import type { WritableFormatId } from '../../volume/written-formats.ts';

/** The id that selection and messages use for the opened volume itself. */
export const INPUT = 'input';

export interface Activity {
  readonly kind: 'open' | 'generate' | 'run' | 'export' | 'interpolate';
  readonly jobId: string;
  readonly title: string;
  /** The listed volume that a run computes; null for what opens. */
  readonly volumeId: string | null;
  /** 0 to 1 over the whole job. */
  readonly fraction: number;
  readonly startedAt: number;
  readonly cancelling: boolean;
  /** The step in progress and its own fraction; null where no step runs. */
  readonly stepId: string | null;
  readonly stepFraction: number;
  readonly stepStartedAt: number;
  /** Since the step started, when its fraction was last heard of. */
  readonly stepElapsedMs: number;
  /** Keys of the run's steps by step id, as they were when it started. */
  readonly keys: Readonly<Record<string, string>>;
}

export interface Message {
  readonly id: number;
  readonly kind: 'error' | 'warning' | 'info';
  readonly title: string;
  readonly text: string;
  /** Stack of a bug, for a report; '' for what the user can correct. */
  readonly technical: string;
}

export interface LogEntry {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
}

export type OverlayMode = 'auto' | 'labels' | 'truth' | 'none';

/** Where a newly opened volume goes: beside what is open, or into the place of the shown one. */
export type Place = 'beside' | 'replace';

/** What opening waits for: where a volume that was read shall go, and those that come with it. */
export interface PlaceQuestion {
  readonly name: string;
  /** null where it could not be read, since it does not fit beside what is open. */
  readonly info: VolumeInfo | null;
  /** How many more come beside it. */
  readonly more: number;
  /** Why it cannot be added beside, one sentence; null where it can. */
  readonly obstacle: string | null;
}

/** A volume of a file that holds several. */
export interface OfferedDataset {
  readonly path: string;
  readonly size: Size3;
  readonly type: VoxelType;
}

/** Which volume of a file is meant. */
export interface DatasetQuestion {
  readonly name: string;
  readonly datasets: readonly OfferedDataset[];
}

/** How the voxels of a file without a header are laid out. */
export interface RawQuestion {
  readonly files: VolumeFiles;
  readonly offer: RawOffer;
}

/** Which address shall be read, and whether its host may be asked. */
export interface AddressQuestion {
  /** What is asked about, as far as it is known; '' where nothing is. */
  readonly text: string;
  /** The host that sends the request on to another address; null where none did. */
  readonly redirectedBy: string | null;
}

/** How much of a volume shall be loaded. */
export interface ChoicesQuestion {
  readonly files: VolumeFiles;
  readonly choices: OpenChoices;
  readonly facts: OpeningFacts;
  /** Bytes that one volume should take at most. */
  readonly budget: number;
}

/** What is done to the volume while it is loaded, or that it is kept on disk. */
export type ChoicesAnswer = Required<Pick<OpenChoices, 'reduction'>> | { readonly asBricks: true };

/** What was answered: the voxel size is null where it is not known. */
export interface RawAnswer {
  readonly raw: RawLayout;
  readonly spacing: VoxelSpacing | null;
}

/** What a page that is left keeps of a listed volume. */
export type KeptVolume = Pick<ListedVolume, 'opened' | 'name' | 'value'> & {
  /** What was said of it that its file may not say. */
  readonly facts?: VolumeFacts;
};

/** What a person can say about a volume that its file may not. */
export type VolumeFacts = Pick<VolumeInfo, 'spacing' | 'spacingSource' | 'kind'>;

export interface VolumeChange {
  /** Of the listed volume. */
  readonly id: string;
  readonly before: VolumeFacts;
  readonly after: VolumeFacts;
}

export interface WorkspaceState {
  readonly engine: EngineDescription | null;
  /** null until a person could want to know: opening it takes a moment. */
  readonly gpu: GpuAvailability | null;
  /** Whether runs use the GPU; off whenever the page opens. */
  readonly usesGpu: boolean;
  /** All that are open, in the order of the list. */
  readonly volumes: readonly ListedVolume[];
  /** Id of the one that is shown. Its own facts stand beside it, down to `failure`. */
  readonly shownVolume: string | null;
  readonly source: VolumeInfo | null;
  readonly truth: VolumeInfo | null;
  readonly sourceBytes: number | null;
  readonly outcomes: Readonly<Record<string, StepOutcome>>;
  readonly failure: StepFailure | null;
  /** What the values of the volumes are, with their unit: "State of charge (%)"; '' where nobody said. */
  readonly stateLabel: string;
  /** Taken off the list, the last one at the end; each can be brought back. */
  readonly removed: readonly ListedVolume[];
  readonly question: PlaceQuestion | null;
  readonly datasetQuestion: DatasetQuestion | null;
  readonly rawQuestion: RawQuestion | null;
  readonly addressQuestion: AddressQuestion | null;
  readonly choicesQuestion: ChoicesQuestion | null;
  /** What a page that was left had open, in its order: a reloaded page has only the recipe. */
  readonly openedBefore: readonly KeptVolume[];
  readonly asksVoxelSize: boolean;
  readonly history: History<Recipe>;
  /** Changes of voxel sizes and kinds. */
  readonly volumeHistory: ChangeHistory<VolumeChange>;
  readonly activity: Activity | null;
  readonly estimates: readonly StepEstimate[];
  /** Why the recipe cannot have the memory it needs, one sentence; null where nothing is known of it. */
  readonly refusal: string | null;
  /** Runs that finished, as source and recipe digest: undo back to one runs it again. */
  readonly finishedRuns: readonly string[];
  readonly selected: string;
  readonly overlay: OverlayMode;
  readonly messages: readonly Message[];
  readonly log: readonly LogEntry[];
}

export interface WorkspaceOptions {
  /** Hands a finished file to the user. */
  readonly save: (name: string, blob: Blob) => void;
  /** Address of the sample volume. */
  readonly sampleUrl: string;
  /** Where answers that hold for the same file again are kept; null or absent: while the page is open. */
  readonly storage?: Pick<Storage, 'getItem' | 'setItem'> | null;
  /** Called with the files of each volume that came onto the list, and what it was opened as. */
  readonly onFilesOpened?: (name: string, files: readonly NamedFile[]) => void;
  /** Bytes that all open volumes may take together; default: as many as the device gives. */
  readonly volumeBytes?: number;
  /** Bytes that the volumes of results may take before those not shown are given up; default: any. */
  readonly pictureBytes?: number;
  readonly now?: () => number;
}

/** What a page that was left wrote down. */
export interface KeptWork {
  readonly recipe: Recipe;
  readonly volumes: readonly KeptVolume[];
  readonly stateLabel: string;
  readonly selected: string;
}

export type RecipeEdit = (recipe: Recipe) => Recipe;

export interface Workspace {
  readonly store: StoreApi<WorkspaceState>;
  start(): Promise<void>;
  /** Takes what is kept of a page that was left, before anything is open. */
  restore(kept: KeptWork): void;
  /**
   * Opens the volumes that the files hold, and a recipe among them. Where something is open and no
   * place is given, it asks (`question`).
   */
  openFiles(files: readonly NamedFile[], place?: Place): Promise<void>;
  /** As `openFiles`, and asks of each volume how much of it shall be loaded, however small it is. */
  openWithChoices(files: readonly NamedFile[], place?: Place): Promise<void>;
  /** Answers `choicesQuestion`; null opens nothing. */
  answerChoices(answer: ChoicesAnswer | null): void;
  openSample(place?: Place): Promise<void>;
  /** Asks for a web address, or whether the given one may be read, and opens what it names. */
  openAddress(text?: string, place?: Place): Promise<void>;
  /** Answers `addressQuestion`; null fetches nothing. */
  answerAddress(address: AddressFacts | null): void;
  generate(phantom: string, params: RawParameters, place?: Place): Promise<void>;
  /** Answers the question that opening waits for; null opens nothing. */
  answer(place: Place | null): void;
  /** Answers `datasetQuestion` by a path in the file; null opens nothing. */
  answerDataset(path: string | null): void;
  /** Answers `rawQuestion`; null opens nothing. */
  answerRaw(answer: RawAnswer | null): void;
  /** Shows another of the listed volumes; it is read again first where it is not loaded. */
  showVolume(id: string): Promise<void>;
  renameVolume(id: string, name: string): void;
  setVolumeValue(id: string, value: number | null): void;
  setStateLabel(label: string): void;
  /** Takes each value from the number in which the volumes' names differ. */
  takeValuesFromNames(): void;
  /** Moves a volume to an index of the list; the first one is what others are compared with. */
  moveVolume(id: string, to: number): void;
  /** Takes a volume off the list, cancels its run and frees its memory; the recipe stays. */
  removeVolume(id: string): void;
  /** Puts the volume that was removed last back, reading it again. */
  bringBack(): Promise<void>;
  /** Forgets the volumes of a volume's results; their numbers stay. */
  releasePictures(id: string): void;
  setVoxelSize(spacing: VoxelSpacing | null): Promise<void>;
  askVoxelSize(asks: boolean): void;
  setKind(kind: VolumeInfo['kind']): Promise<void>;
  /** Takes back the last change of a voxel size or kind; shows its volume. */
  undoVolume(): Promise<void>;
  redoVolume(): Promise<void>;
  /** Opens the truth of a phantom as the input, to measure what is known. */
  openTruth(): void;
  edit(label: EntryLabel<Recipe>, change: RecipeEdit, mergeKey?: string | null): void;
  applyPreset(preset: Preset): void;
  undo(): void;
  redo(): void;
  /** Runs the recipe on the shown volume, or its beginning up to and with a step. */
  run(through?: string): Promise<void>;
  /** Runs it on one after the other of all volumes; a failure goes on with the next. */
  runAll(): Promise<void>;
  /** Finds out, once, whether there is a GPU. */
  findGpu(): Promise<void>;
  useGpu(uses: boolean): void;
  cancel(): void;
  select(id: string): void;
  setOverlay(mode: OverlayMode): void;
  dismiss(messageId: number): void;
  report(title: string, error: unknown): void;
  /** Says what to do first. */
  advise(title: string, text: string): void;
  exportVolume(handle: VolumeHandle, kind: WritableFormatId): Promise<void>;
  exportSurface(handle: VolumeHandle, phase: Phase, format: MeshFormatId): Promise<void>;
  /** Voxels between painted slices; null where it was cancelled or failed, which is told. */
  interpolate(
    title: string,
    handle: VolumeHandle,
    request: InterpolationRequest,
  ): Promise<Interpolation | null>;
  exportResults(kind: 'json' | 'csv'): Promise<void>;
  saveRecipe(): void;
  methods(): Promise<string>;
  saveMethods(): Promise<void>;
  /** Resolves when no job and no background question is under way. */
  idle(): Promise<void>;
}

const NO_OPERATIONS: readonly OperationDescriptor[] = [];

export function currentRecipe(state: Pick<WorkspaceState, 'history'>): Recipe {
  return currentState(state.history);
}

type StepFacts = Parameters<typeof describeSteps>;
let described: { readonly facts: StepFacts; readonly steps: readonly StepStatus[] } | null = null;

/** Kept for as long as nothing changes that it depends on: it digests every step's parameters. */
export function currentSteps(state: WorkspaceState): readonly StepStatus[] {
  const facts: StepFacts = [
    currentRecipe(state),
    state.engine?.operations ?? NO_OPERATIONS,
    state.source,
    state.usesGpu,
  ];
  if (described === null || described.facts.some((fact, i) => fact !== facts[i])) {
    described = { facts, steps: describeSteps(...facts) };
  }
  return described.steps;
}

/** What decides which volumes are shown. */
export type Shown = Pick<
  WorkspaceState,
  'source' | 'truth' | 'history' | 'selected' | 'overlay'
> & {
  readonly outcomes: Readonly<Record<string, { readonly summary: Pick<StepSummary, 'volume'> }>>;
};

/** What the views show for the selected step. */
export function shownVolumes(state: Shown): {
  readonly image: VolumeInfo | null;
  readonly overlay: VolumeInfo | null;
} {
  const { source, selected } = state;
  if (source === null) return { image: null, overlay: null };
  const all: VolumeInfo[] = [source];
  let atSelected = 0;
  let selectedMakes: 'grey' | 'labels' | null = source.kind;
  for (const step of currentRecipe(state).steps) {
    const volume = state.outcomes[step.id]?.summary.volume ?? null;
    if (volume !== null && step.enabled) all.push(volume);
    if (step.id === selected) {
      atSelected = all.length - 1;
      selectedMakes = step.enabled ? (volume?.kind ?? null) : null;
    }
  }
  const before = all.slice(0, atSelected + 1);
  const image = before.findLast((volume) => volume.kind === 'grey') ?? null;
  return { image, overlay: chooseOverlay(state, all, before, image, selectedMakes) };
}

function chooseOverlay(
  state: Shown,
  all: readonly VolumeInfo[],
  before: readonly VolumeInfo[],
  image: VolumeInfo | null,
  selectedMakes: 'grey' | 'labels' | null,
): VolumeInfo | null {
  const isLabels = (volume: VolumeInfo): boolean => volume.kind === 'labels';
  const fits = (volume: VolumeInfo): boolean =>
    image === null || volume.size.every((edge, axis) => edge === image.size[axis]);
  if (image === null) return before.findLast(isLabels) ?? null;
  switch (state.overlay) {
    case 'none':
      return null;
    case 'truth':
      return state.truth !== null && fits(state.truth) ? state.truth : null;
    case 'labels':
      return all.findLast((volume) => isLabels(volume) && fits(volume)) ?? null;
    case 'auto':
      if (selectedMakes === 'grey') return null;
      return before.findLast((volume) => isLabels(volume) && fits(volume)) ?? null;
  }
}

/** The labels that were made last; those of the opened volume where no step made any. */
export function lastLabels(state: WorkspaceState): VolumeInfo | null {
  const made = currentRecipe(state).steps.flatMap((step) =>
    step.enabled ? (state.outcomes[step.id]?.summary.volume ?? []) : [],
  );
  return (
    made.findLast((volume) => volume.kind === 'labels') ??
    (state.source?.kind === 'labels' ? state.source : null)
  );
}
