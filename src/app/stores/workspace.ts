/**
 * The workbench's state and everything a person can do to it. State is plain data; volumes are
 * handles into the engine worker. The recipe with its history is the document; the rest derives
 * from it or reports on the engine's work.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type {
  EngineDescription,
  ExportKind,
  GpuAvailability,
  NamedFile,
  RunReport,
  StepEstimate,
  StepSummary,
  VolumeHandle,
  VolumeInfo,
} from '../../../workers/engine-api.ts';
import type { RawParameters } from '../../declaration/parameters.ts';
import { isCancelled, isUserError, UserError } from '../../errors/errors.ts';
import {
  createHistory,
  currentState,
  type EntryLabel,
  type History,
  pushState,
  redo as redoHistory,
  undo as undoHistory,
} from '../../recipe/history.ts';
import {
  emptyRecipe,
  parseRecipeText,
  type Recipe,
  recipeDigest,
  recipeText,
} from '../../recipe/recipe.ts';
import type { VoxelSpacing } from '../../volume/length.ts';
import { fileStem } from '../file-stem.ts';
import { type EngineClient, isReplacement, type ReplacementReason } from '../engine-client.ts';
import { PRESETS, type Preset, presetFor, recipeFromPreset } from '../../recipe/presets.ts';
import {
  describeSteps,
  type OperationDescriptor,
  type StepOutcome,
  type StepStatus,
} from './recipe-status.ts';
import { createVolumeHolds } from './volume-holds.ts';

/** The id that selection and messages use for the opened volume itself. */
export const INPUT = 'input';

export interface Activity {
  readonly kind: 'open' | 'generate' | 'run';
  readonly jobId: string;
  readonly title: string;
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

/** What was opened last, to open it again by hand. */
export interface OpenedBefore {
  readonly kind: Origin['kind'];
  readonly name: string;
}

export interface WorkspaceState {
  readonly engine: EngineDescription | null;
  /** null until a person could want to know: opening it takes a moment. */
  readonly gpu: GpuAvailability | null;
  /** Whether runs use the GPU; off whenever the page opens. */
  readonly usesGpu: boolean;
  readonly source: VolumeInfo | null;
  /** Outlives the source where a reloaded page has the recipe but not the volume. */
  readonly opened: OpenedBefore | null;
  /** Bytes of the opened files; null for generated volumes. */
  readonly sourceBytes: number | null;
  /** The truth that came with a generated phantom. */
  readonly truth: VolumeInfo | null;
  readonly asksVoxelSize: boolean;
  readonly history: History<Recipe>;
  readonly activity: Activity | null;
  readonly outcomes: Readonly<Record<string, StepOutcome>>;
  readonly failure: {
    readonly stepId: string;
    readonly key: string;
    readonly message: string;
  } | null;
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
  readonly now?: () => number;
}

export type RecipeEdit = (recipe: Recipe) => Recipe;

export interface Workspace {
  readonly store: StoreApi<WorkspaceState>;
  start(): Promise<void>;
  /** Takes the recipe of a page that was left, before anything is open. */
  restore(recipe: Recipe, opened: OpenedBefore | null): void;
  openFiles(files: readonly NamedFile[]): Promise<void>;
  openSample(): Promise<void>;
  generate(phantom: string, params: RawParameters): Promise<void>;
  /** Forgets the volume and everything computed from it; the recipe stays. */
  closeVolume(): void;
  setVoxelSize(spacing: VoxelSpacing | null): Promise<void>;
  askVoxelSize(asks: boolean): void;
  setKind(kind: VolumeInfo['kind']): Promise<void>;
  /** Opens the truth of a phantom as the input, to measure what is known. */
  openTruth(): void;
  edit(label: EntryLabel<Recipe>, change: RecipeEdit, mergeKey?: string | null): void;
  applyPreset(preset: Preset): void;
  undo(): void;
  redo(): void;
  run(): Promise<void>;
  /** Finds out, once, whether there is a GPU. */
  findGpu(): Promise<void>;
  useGpu(uses: boolean): void;
  cancel(): void;
  select(id: string): void;
  setOverlay(mode: OverlayMode): void;
  dismiss(messageId: number): void;
  report(title: string, error: unknown): void;
  exportVolume(handle: VolumeHandle, kind: ExportKind): Promise<void>;
  exportResults(kind: 'json' | 'csv'): Promise<void>;
  saveRecipe(): void;
  methods(): Promise<string>;
  saveMethods(): Promise<void>;
  /** Resolves when no job and no background question is under way. */
  idle(): Promise<void>;
}

/** How the source can be had again after the worker was replaced. */
type Origin =
  | { readonly kind: 'files'; readonly files: readonly NamedFile[] }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'phantom'; readonly phantom: string; readonly params: RawParameters };

const NO_OPERATIONS: readonly OperationDescriptor[] = [];
const MAX_LOG = 300;
const MAX_MESSAGES = 4;
const MAX_FINISHED_RUNS = 200;
/** A change that is smaller and sooner than this is not worth drawing. */
const PROGRESS_STEP = 0.005;
const ESTIMATE_DELAY_MS = 250;

/** Of a source that nothing was computed from yet. */
const NOTHING_KNOWN = {
  outcomes: {},
  failure: null,
  estimates: [],
  refusal: null,
  selected: INPUT,
  overlay: 'auto',
} as const satisfies Partial<WorkspaceState>;

const EMPTY_STATE: WorkspaceState = {
  ...NOTHING_KNOWN,
  engine: null,
  gpu: null,
  usesGpu: false,
  source: null,
  opened: null,
  sourceBytes: null,
  truth: null,
  asksVoxelSize: false,
  history: createHistory(emptyRecipe()),
  activity: null,
  finishedRuns: [],
  messages: [],
  log: [],
};

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

function runKey(recipe: Recipe, source: VolumeInfo): string {
  return `${source.handle} ${recipeDigest(recipe)}`;
}

export function createWorkspace(client: EngineClient, options: WorkspaceOptions): Workspace {
  const store = createStore<WorkspaceState>(() => EMPTY_STATE);
  const { getState: get, setState: set } = store;
  const now = options.now ?? (() => Date.now());
  let origin: Origin | null = null;
  let lastId = 0;
  let estimateTimer: ReturnType<typeof setTimeout> | null = null;
  let questions = 0;
  const holds = createVolumeHolds(
    () => [get().source?.handle, get().truth?.handle],
    (handle) => void client.release(handle),
  );

  function nextId(): number {
    lastId += 1;
    return lastId;
  }

  function log(text: string): void {
    set((state) => ({
      log: [...state.log, { id: nextId(), at: now(), text }].slice(-MAX_LOG),
    }));
  }

  function tell(kind: Message['kind'], title: string, text: string, technical = ''): void {
    const message: Message = { id: nextId(), kind, title, text, technical };
    set((state) => ({
      // The same sentence twice on screen says nothing more.
      messages: [...state.messages.filter((each) => each.text !== text), message].slice(
        -MAX_MESSAGES,
      ),
    }));
    log(`${title}: ${text}`);
  }

  function report(title: string, error: unknown): void {
    if (isReplacement(error)) return;
    if (isCancelled(error)) {
      log(`${title}: cancelled.`);
      return;
    }
    if (isUserError(error)) {
      tell('error', title, error.message);
      return;
    }
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    tell(
      'error',
      title,
      `This is a fault of the program, not of your data: ${message}`,
      stack ?? message,
    );
  }

  function beginActivity(
    parts: Pick<Activity, 'kind' | 'title'> & Partial<Pick<Activity, 'keys'>>,
  ): string {
    const jobId = `${parts.kind}-${nextId()}`;
    set((state) => ({
      // A new attempt supersedes what the last one complained about.
      messages: state.messages.filter((message) => message.kind !== 'error'),
      activity: {
        jobId,
        fraction: 0,
        startedAt: now(),
        cancelling: false,
        stepId: null,
        stepFraction: 0,
        stepStartedAt: now(),
        stepElapsedMs: 0,
        keys: {},
        ...parts,
      },
    }));
    return jobId;
  }

  function endActivity(jobId: string): void {
    if (get().activity?.jobId === jobId) set({ activity: null });
  }

  function advance(jobId: string, change: Partial<Activity>): void {
    const { activity } = get();
    if (activity === null || activity.jobId !== jobId) return;
    const isSmall =
      Math.abs((change.fraction ?? activity.fraction) - activity.fraction) < PROGRESS_STEP &&
      Math.abs((change.stepFraction ?? activity.stepFraction) - activity.stepFraction) <
        PROGRESS_STEP &&
      (change.stepId ?? activity.stepId) === activity.stepId;
    if (!isSmall) set({ activity: { ...activity, ...change } });
  }

  /** The default recipe where the present one is empty or an untouched preset for the other kind. */
  function recipeForSource(source: VolumeInfo): Partial<WorkspaceState> {
    const { history, engine } = get();
    if (engine === null) return {};
    const { operations } = engine;
    const recipe = currentState(history);
    const preset = presetFor(source.kind);
    const untouched =
      recipe.steps.length === 0 ||
      PRESETS.some(
        (each) =>
          each.input !== source.kind &&
          recipeDigest(recipeFromPreset(each, operations)) === recipeDigest(recipe),
      );
    if (!untouched) return {};
    return { history: createHistory(recipeFromPreset(preset, operations)) };
  }

  function adoptSource(source: VolumeInfo, parts: Partial<WorkspaceState>): void {
    const before = get();
    set({
      ...recipeForSource(source),
      ...NOTHING_KNOWN,
      source,
      asksVoxelSize: source.spacing === null,
      ...parts,
    });
    holds.drop(before.source?.handle, before.truth?.handle);
    for (const warning of source.warnings) log(`${source.name}: ${warning}`);
    scheduleEstimate();
  }

  function closeVolume(): void {
    const { source, truth } = get();
    void cancelRunning();
    origin = null;
    set({
      ...NOTHING_KNOWN,
      source: null,
      opened: null,
      sourceBytes: null,
      truth: null,
      asksVoxelSize: false,
      activity: null,
    });
    holds.drop(source?.handle, truth?.handle);
    if (source !== null) log(`Closed ${source.name}.`);
  }

  async function cancelRunning(): Promise<void> {
    const { activity } = get();
    if (activity === null) return;
    set({ activity: { ...activity, cancelling: true } });
    await client.cancel(activity.jobId).catch(() => undefined);
  }

  async function openWith(
    { title, failure }: { readonly title: string; readonly failure: string },
    kind: 'open' | 'generate',
    from: Origin,
    bytes: number | null,
    load: (
      jobId: string,
      progress: (fraction: number) => void,
    ) => Promise<{ readonly source: VolumeInfo; readonly truth: VolumeInfo | null }>,
  ): Promise<void> {
    await cancelRunning();
    const jobId = beginActivity({ kind, title });
    try {
      await holds.receive(async () => {
        const { source, truth } = await load(jobId, (fraction) => advance(jobId, { fraction }));
        if (get().activity?.jobId !== jobId) {
          // Another file was opened meanwhile.
          holds.drop(source.handle, truth?.handle);
          return;
        }
        origin = from;
        const name = from.kind === 'files' ? nameFiles(from.files) : source.name;
        const opened = { kind: from.kind, name };
        adoptSource(source, { truth, opened, sourceBytes: bytes });
        log(`Opened ${source.name}: ${source.size.join(' × ')} voxels, ${source.type}.`);
      });
    } catch (error) {
      report(failure, error);
    } finally {
      endActivity(jobId);
    }
  }

  async function openVolumeFiles(files: readonly NamedFile[]): Promise<void> {
    const first = files[0];
    if (first === undefined) {
      tell('error', 'Nothing to open', 'The dropped folder holds no files.');
      return;
    }
    const bytes = files.reduce((sum, { file }) => sum + file.size, 0);
    const name = files.length === 1 ? first.file.name : `${files.length} files`;
    await openWith(
      openTitles(name),
      'open',
      { kind: 'files', files },
      bytes,
      async (jobId, progress) => ({
        source: await client.open(jobId, files, progress),
        truth: null,
      }),
    );
  }

  async function openRecipeFile(file: File): Promise<void> {
    try {
      const recipe = parseRecipeText(await file.text(), file.name);
      edit(`Load recipe ${file.name}`, () => recipe);
      log(`Loaded the recipe ${file.name}: ${recipe.steps.length} steps.`);
    } catch (error) {
      report(openTitles(file.name).failure, error);
    }
  }

  async function openFiles(files: readonly NamedFile[]): Promise<void> {
    // Inside a folder a JSON file belongs to the data; alone it is a recipe.
    const recipes = files.filter(({ file, path }) => path === '' && /\.json$/i.test(file.name));
    const volumes = files.filter((each) => !recipes.includes(each));
    const recipe = recipes[0];
    if (recipe !== undefined) await openRecipeFile(recipe.file);
    if (volumes.length > 0 || recipe === undefined) await openVolumeFiles(volumes);
  }

  function openUrl(url: string, name: string): Promise<void> {
    return openWith(
      openTitles(name),
      'open',
      { kind: 'url', url },
      null,
      async (jobId, progress) => ({
        source: await client.openUrl(jobId, url, progress),
        truth: null,
      }),
    );
  }

  function generate(phantom: string, params: RawParameters): Promise<void> {
    return openWith(
      { title: 'Generating the phantom', failure: 'Could not generate the phantom' },
      'generate',
      { kind: 'phantom', phantom, params },
      null,
      async (jobId, progress) => {
        const made = await client.generate(jobId, phantom, params, progress);
        const source = made.find((volume) => volume.kind === 'grey') ?? made[0];
        if (source === undefined) throw new UserError('volume/no-voxels', 'The phantom is empty.');
        return {
          source,
          truth: made.find((volume) => volume.kind === 'labels' && volume !== source) ?? null,
        };
      },
    );
  }

  /** Replaces the source by a changed copy of itself; the recipe and the truth stay. */
  async function changeSource(
    title: string,
    change: (handle: VolumeHandle) => Promise<VolumeInfo>,
  ): Promise<void> {
    const { source } = get();
    if (source === null) return;
    questions += 1;
    try {
      await holds.receive(async () => {
        const changed = await change(source.handle);
        if (get().source?.handle !== source.handle) {
          holds.drop(changed.handle);
          return;
        }
        set({
          ...(changed.kind === source.kind ? {} : recipeForSource(changed)),
          source: changed,
          asksVoxelSize: false,
          failure: null,
        });
        scheduleEstimate();
        holds.drop(source.handle);
      });
    } catch (error) {
      report(title, error);
    } finally {
      questions -= 1;
    }
  }

  function edit(
    label: EntryLabel<Recipe>,
    change: RecipeEdit,
    mergeKey: string | null = null,
  ): void {
    const before = currentRecipe(get());
    const after = change(before);
    if (after === before) return;
    set((state) => ({ history: pushState(state.history, after, label, mergeKey) }));
    keepSelectionValid();
    scheduleEstimate();
  }

  function keepSelectionValid(): void {
    const { selected } = get();
    if (selected === INPUT) return;
    if (!currentRecipe(get()).steps.some((step) => step.id === selected)) {
      set({ selected: INPUT });
    }
  }

  /** Walks the history; a recipe that was run before is run again, from the engine's cache. */
  function walk(move: (history: History<Recipe>) => History<Recipe>): void {
    set((state) => ({ history: move(state.history) }));
    keepSelectionValid();
    scheduleEstimate();
    const { source, activity, finishedRuns } = get();
    if (source === null || activity !== null) return;
    if (finishedRuns.includes(runKey(currentRecipe(get()), source))) void run();
  }

  function scheduleEstimate(): void {
    if (estimateTimer !== null) clearTimeout(estimateTimer);
    estimateTimer = setTimeout(() => {
      estimateTimer = null;
      void estimate();
    }, ESTIMATE_DELAY_MS);
  }

  async function estimate(): Promise<void> {
    const { source } = get();
    const recipe = currentRecipe(get());
    if (source === null) return;
    const isCurrent = (): boolean =>
      currentRecipe(get()) === recipe && get().source?.handle === source.handle;
    questions += 1;
    try {
      const estimates = await client.estimate(recipe, source.handle);
      if (isCurrent()) set({ estimates, refusal: null });
    } catch (error) {
      // What else planning refuses, the steps' own problems already say.
      const isMemory = isUserError(error) && error.code === 'memory/over-budget';
      if (isCurrent()) set({ estimates: [], refusal: isMemory ? error.message : null });
    } finally {
      questions -= 1;
    }
  }

  function onRunReport(jobId: string, event: RunReport): void {
    const { activity } = get();
    if (activity === null || activity.jobId !== jobId) return;
    if (event.kind === 'start') {
      advance(jobId, {
        stepId: event.stepId,
        stepFraction: 0,
        stepStartedAt: now(),
        stepElapsedMs: 0,
        fraction: event.overall,
      });
    } else if (event.kind === 'progress') {
      advance(jobId, {
        stepId: event.stepId,
        stepFraction: event.fraction,
        stepElapsedMs: now() - activity.stepStartedAt,
        fraction: event.overall,
      });
    } else {
      const { summary } = event;
      keepOutcome(summary, activity.keys);
      advance(jobId, { fraction: event.overall, stepFraction: 1 });
    }
  }

  function keepOutcome(summary: StepSummary, keys: Activity['keys']): void {
    const key = keys[summary.stepId];
    if (key === undefined) return;
    set((state) => ({ outcomes: { ...state.outcomes, [summary.stepId]: { key, summary } } }));
  }

  /** Says why a recipe cannot run, and leads to the step that keeps it from running. */
  function isRefused(steps: readonly StepStatus[]): boolean {
    const wrong = steps.find(({ problem }) => problem !== null);
    const problem = wrong?.problem ?? get().refusal;
    if (problem === null) return false;
    const owner = wrong?.operation?.title ?? wrong?.step.operation ?? '';
    if (wrong !== undefined) set({ selected: wrong.step.id });
    tell(
      'error',
      'The recipe cannot run',
      problem.startsWith(owner) ? problem : `${owner}: ${problem}`,
    );
    return true;
  }

  async function run(): Promise<void> {
    const { source, activity } = get();
    if (source === null || activity !== null) return;
    const recipe = currentRecipe(get());
    const steps = currentSteps(get()).filter(({ step }) => step.enabled);
    if (steps.length === 0 || isRefused(steps)) return;
    const keys = Object.fromEntries(
      steps.flatMap(({ step, key }) => (key === null ? [] : [[step.id, key]])),
    );
    const isFirst = Object.keys(get().outcomes).length === 0;
    const selectedBefore = get().selected;
    const jobId = beginActivity({ kind: 'run', title: 'Running the recipe', keys });
    const startedAt = now();
    set({ failure: null });
    try {
      const summaries = await client.run(
        jobId,
        recipe,
        source.handle,
        (event) => onRunReport(jobId, event),
        { useGpu: get().usesGpu },
      );
      // The engine forgets volumes that this run does not need, so older outcomes go with them.
      set((state) => ({
        outcomes: Object.fromEntries(
          summaries.flatMap((summary) => {
            const key = keys[summary.stepId];
            return key === undefined ? [] : [[summary.stepId, { key, summary }]];
          }),
        ),
        finishedRuns: [...state.finishedRuns, runKey(recipe, source)].slice(-MAX_FINISHED_RUNS),
      }));
      tellOfGpu(summaries);
      const computed = summaries.filter((summary) => !summary.cached).length;
      log(
        `Run finished in ${((now() - startedAt) / 1000).toFixed(1)} s: ${computed} of ${summaries.length} steps computed${computed === summaries.length ? '' : ', the others kept from before'}.`,
      );
      if (isFirst && get().selected === selectedBefore) selectSegmentation(summaries);
    } catch (error) {
      failRun(error, keys);
    } finally {
      endActivity(jobId);
    }
  }

  function tellOfGpu(summaries: readonly StepSummary[]): void {
    for (const { operation, gpu, gpuProblem } of summaries) {
      if (gpuProblem !== null) tell('warning', 'Not computed on GPU', gpuProblem);
      if (gpu !== null) log(`${operation} was computed on GPU (${gpu.adapter}).`);
    }
  }

  async function findGpu(): Promise<void> {
    if (get().gpu !== null) return;
    try {
      set({ gpu: await client.findGpu() });
    } catch (error) {
      report('Looking for a GPU', error);
    }
  }

  function selectSegmentation(summaries: readonly StepSummary[]): void {
    const made = summaries.findLast((summary) => summary.volume !== null);
    if (made !== undefined) set({ selected: made.stepId });
  }

  function failRun(error: unknown, keys: Activity['keys']): void {
    const stepId = isUserError(error) ? error.details['step'] : undefined;
    if (typeof stepId !== 'string' || isCancelled(error)) {
      report('Run', error);
      return;
    }
    const status = currentSteps(get()).find(({ step }) => step.id === stepId);
    const title = `${status?.operation?.title ?? stepId} failed`;
    const message = (error as Error).message;
    set({ failure: { stepId, key: keys[stepId] ?? '', message } });
    report(title, error);
  }

  /** All handles died with the worker: the source is opened again from what is still held. */
  async function recover(reason: ReplacementReason): Promise<void> {
    const { source, sourceBytes } = get();
    tell(
      'warning',
      'Computation restarted',
      reason === 'crashed'
        ? 'The computing process ended unexpectedly, most likely for lack of memory. It was restarted; the recipe is kept, and the file is opened again.'
        : 'The computing process did not react to the cancellation. It was restarted; the recipe is kept, and the file is opened again.',
    );
    if (source === null || origin === null) return;
    const from = origin;
    set({ source: null, truth: null, outcomes: {}, activity: null, estimates: [], refusal: null });
    if (from.kind === 'files') await openVolumeFiles(from.files);
    else if (from.kind === 'url') await openUrl(from.url, source.name);
    else await generate(from.phantom, from.params);
    const reopened = get().source;
    if (reopened === null) return;
    set({ sourceBytes });
    if (reopened.kind !== source.kind) {
      await changeSource('Opening', (handle) => client.setKind(handle, source.kind));
    }
    if (source.spacing !== null && reopened.spacing === null) {
      await changeSource('Opening', (handle) => client.setSpacing(handle, source.spacing));
    }
  }

  /** What files that the user saves are called after. */
  function stem(): string {
    return fileStem(get().source?.name ?? 'tauscope');
  }

  client.onReplaced((reason) => void recover(reason));

  function isIdle(): boolean {
    return get().activity === null && questions === 0 && estimateTimer === null;
  }

  return {
    store,
    report,
    openFiles,
    generate,
    closeVolume,
    edit,
    run,
    findGpu,
    useGpu: (uses) => set({ usesGpu: uses && get().gpu?.adapter !== null }),
    openSample: () => openUrl(options.sampleUrl, 'the sample electrode'),
    async start() {
      try {
        set({ engine: await client.describe() });
      } catch (error) {
        report('Starting', error);
      }
    },
    restore(recipe, opened) {
      // On top of an empty one, so that undo leads back to a fresh start.
      const history = pushState(createHistory(emptyRecipe()), recipe, 'Bring back the recipe');
      set({ history, opened });
    },
    setVoxelSize: (spacing) =>
      changeSource('Voxel size', (handle) => client.setSpacing(handle, spacing)),
    askVoxelSize: (asks) => set({ asksVoxelSize: asks }),
    setKind: (kind) => changeSource('Kind of volume', (handle) => client.setKind(handle, kind)),
    openTruth() {
      const { truth } = get();
      if (truth !== null) adoptSource(truth, { truth });
    },
    applyPreset(preset) {
      const { engine } = get();
      if (engine === null) return;
      edit(`Use preset ${preset.title}`, () => recipeFromPreset(preset, engine.operations));
    },
    undo: () => walk(undoHistory),
    redo: () => walk(redoHistory),
    cancel: () => void cancelRunning(),
    select: (id) => set({ selected: id }),
    setOverlay: (overlay) => set({ overlay }),
    dismiss: (messageId) =>
      set((state) => ({ messages: state.messages.filter(({ id }) => id !== messageId) })),
    async exportVolume(handle, kind) {
      questions += 1;
      try {
        const { name, blob } = await client.exportVolume(handle, kind);
        options.save(name, blob);
        log(`Exported ${name}.`);
      } catch (error) {
        report('Export', error);
      } finally {
        questions -= 1;
      }
    },
    async exportResults(kind) {
      const { source } = get();
      if (source === null) return;
      questions += 1;
      try {
        const recipe = currentRecipe(get());
        const text = await (kind === 'json'
          ? client.resultsJson(recipe, source.handle)
          : client.resultsCsv(recipe, source.handle));
        const type = kind === 'json' ? 'application/json' : 'text/csv;charset=utf-8';
        options.save(`${fileStem(source.name)}-results.${kind}`, new Blob([text], { type }));
        log(`Exported the results as ${kind.toUpperCase()}.`);
      } catch (error) {
        report('Export', error);
      } finally {
        questions -= 1;
      }
    },
    saveRecipe() {
      const text = recipeText(currentRecipe(get()));
      options.save(`${stem()}-recipe.json`, new Blob([text], { type: 'application/json' }));
    },
    methods: () => client.methods(currentRecipe(get())),
    async saveMethods() {
      questions += 1;
      try {
        const text = await client.methods(currentRecipe(get()));
        options.save(
          `${stem()}-methods.txt`,
          new Blob([text], { type: 'text/plain;charset=utf-8' }),
        );
        log('Exported the methods paragraph.');
      } catch (error) {
        report('Export', error);
      } finally {
        questions -= 1;
      }
    },
    idle: () =>
      new Promise((resolve) => {
        const check = (): void => {
          if (isIdle()) resolve();
          else setTimeout(check, 15);
        };
        check();
      }),
  };
}

/** What a message about opening something is called, while it lasts and where it fails. */
function openTitles(name: string): { readonly title: string; readonly failure: string } {
  return { title: `Opening ${name}`, failure: `Could not open ${name}` };
}

/** Files as a person would look for them: by name, by folder, or by number. */
function nameFiles(files: readonly NamedFile[]): string {
  const [first] = files;
  const folder = first?.path.split('/').find((part) => part !== '') ?? '';
  if (files.length === 1 || first === undefined) return first?.file.name ?? '';
  return folder === '' ? `the ${files.length} files` : folder;
}
