/** What every part of the workspace stands on: the state, messages, jobs and the list of volumes. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { isCancelled, isUserError } from '../../errors/errors.ts';
import { createHistory } from '../../recipe/history.ts';
import { emptyRecipe } from '../../recipe/recipe.ts';
import { type EngineClient, isReplacement } from '../engine-client.ts';
import { noChanges } from './change-history.ts';
import { heldHandles, type ListedVolume, pictures, shownFacts } from './listed-volumes.ts';
import { createVolumeHolds, type VolumeHolds } from './volume-holds.ts';
import {
  type Activity,
  currentRecipe,
  INPUT,
  type Message,
  type WorkspaceOptions,
  type WorkspaceState,
} from './workspace.ts';

const MAX_LOG = 300;
const MAX_MESSAGES = 4;
/** A change that is smaller and sooner than this is not worth drawing. */
const PROGRESS_STEP = 0.005;
const ESTIMATE_DELAY_MS = 250;

const EMPTY_STATE: WorkspaceState = {
  engine: null,
  gpu: null,
  usesGpu: false,
  volumes: [],
  ...shownFacts([], null),
  stateLabel: '',
  removed: [],
  question: null,
  datasetQuestion: null,
  rawQuestion: null,
  addressQuestion: null,
  choicesQuestion: null,
  openedBefore: [],
  asksVoxelSize: false,
  history: createHistory(emptyRecipe()),
  volumeHistory: noChanges(),
  activity: null,
  estimates: [],
  refusal: null,
  finishedRuns: [],
  selected: INPUT,
  overlay: 'auto',
  messages: [],
  log: [],
};

export interface WorkspaceCore {
  readonly client: EngineClient;
  readonly options: WorkspaceOptions;
  readonly store: StoreApi<WorkspaceState>;
  readonly holds: VolumeHolds;
  now(): number;
  nextId(): number;
  log(text: string): void;
  tell(kind: Message['kind'], title: string, text: string, technical?: string): void;
  report(title: string, error: unknown): void;
  /** Counts as work for `isIdle` until it ends. */
  asking<T>(work: () => Promise<T>): Promise<T>;
  beginActivity(
    parts: Pick<Activity, 'kind' | 'title'> & Partial<Pick<Activity, 'keys' | 'volumeId'>>,
  ): string;
  endActivity(jobId: string): void;
  advance(jobId: string, change: Partial<Activity>): void;
  cancelRunning(): Promise<void>;
  /** The only writers of the list and of the shown volume's facts; `rest` is set with them. */
  setVolumes(
    volumes: readonly ListedVolume[],
    shownVolume: string | null,
    rest?: Partial<WorkspaceState>,
  ): void;
  changeVolume(
    id: string,
    change: (volume: ListedVolume) => ListedVolume,
    rest?: Partial<WorkspaceState>,
  ): void;
  scheduleEstimate(): void;
  /** Selects the input where the recipe has no longer what was selected. */
  keepSelectionValid(): void;
  isIdle(): boolean;
}

export function createCore(client: EngineClient, options: WorkspaceOptions): WorkspaceCore {
  const store = createStore<WorkspaceState>(() => EMPTY_STATE);
  const { getState: get, setState: set } = store;
  const now = options.now ?? (() => Date.now());
  let lastId = 0;
  let estimateTimer: ReturnType<typeof setTimeout> | null = null;
  let questions = 0;
  const holds = createVolumeHolds(
    () => {
      const { volumes } = get();
      const made = volumes.flatMap((volume) => pictures(volume).map(({ handle }) => handle));
      return [...heldHandles(volumes), ...made];
    },
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

  async function asking<T>(work: () => Promise<T>): Promise<T> {
    questions += 1;
    try {
      return await work();
    } finally {
      questions -= 1;
    }
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

  function setVolumes(
    volumes: readonly ListedVolume[],
    shownVolume: string | null,
    rest: Partial<WorkspaceState> = {},
  ): void {
    set({ volumes, ...shownFacts(volumes, shownVolume), ...rest });
  }

  async function estimate(): Promise<void> {
    const { source } = get();
    const recipe = currentRecipe(get());
    if (source === null) return;
    const isCurrent = (): boolean =>
      currentRecipe(get()) === recipe && get().source?.handle === source.handle;
    await asking(async () => {
      try {
        const estimates = await client.estimate(recipe, source.handle);
        if (isCurrent()) set({ estimates, refusal: null });
      } catch (error) {
        // What else planning refuses, the steps' own problems already say.
        const isMemory = isUserError(error) && error.code === 'memory/over-budget';
        if (isCurrent()) set({ estimates: [], refusal: isMemory ? error.message : null });
      }
    });
  }

  return {
    client,
    options,
    store,
    holds,
    now,
    nextId,
    log,
    tell,
    report,
    asking,
    advance,
    setVolumes,
    beginActivity(parts) {
      const jobId = `${parts.kind}-${nextId()}`;
      set((state) => ({
        // A new attempt supersedes what the last one complained about.
        messages: state.messages.filter((message) => message.kind !== 'error'),
        activity: {
          jobId,
          volumeId: null,
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
    },
    endActivity(jobId) {
      if (get().activity?.jobId === jobId) set({ activity: null });
    },
    async cancelRunning() {
      const { activity } = get();
      if (activity === null) return;
      set({ activity: { ...activity, cancelling: true } });
      await client.cancel(activity.jobId).catch(() => undefined);
    },
    changeVolume(id, change, rest = {}) {
      const { volumes, shownVolume } = get();
      setVolumes(
        volumes.map((volume) => (volume.id === id ? change(volume) : volume)),
        shownVolume,
        rest,
      );
    },
    scheduleEstimate() {
      if (estimateTimer !== null) clearTimeout(estimateTimer);
      estimateTimer = setTimeout(() => {
        estimateTimer = null;
        void estimate();
      }, ESTIMATE_DELAY_MS);
    },
    keepSelectionValid() {
      const { selected } = get();
      if (selected === INPUT) return;
      if (!currentRecipe(get()).steps.some((step) => step.id === selected)) {
        set({ selected: INPUT });
      }
    },
    isIdle: () => get().activity === null && questions === 0 && estimateTimer === null,
  };
}
