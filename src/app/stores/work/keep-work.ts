/**
 * Keeps the work of this tab as it changes, and brings back what a tab that was closed, reloaded or
 * killed had. One tab has a work; another tab begins its own and can take the first one over.
 */
import type { NamedFile } from '../../../../workers/engine-api.ts';
import { keepMeasures } from '../kept-measures.ts';
import { useViewer } from '../viewer.ts';
import { currentRecipe, type Workspace } from '../workspace.ts';
import { openWorkDatabase, type WorkDatabase, type WorkFacts } from './database.ts';
import { documentOf, KEPT_OF_VIEWER, KEPT_OF_WORKSPACE, parseWork } from './document.ts';
import { Journal, WORK_FORMAT } from './journal.ts';
import type { Plain } from './patch.ts';
import { openAsked, rememberFiles, reopen } from './reopening.ts';
import { noteWork, useWork, type Work } from './state.ts';
import { createTabs, type WorkHold, type WorkTabs } from './tabs.ts';

/** Positions and looks are written at most this long after they changed, edits at once. */
const MOVES_AFTER_MS = 200;
const RETRY_AFTER_MS = 5_000;
/** A reloaded page may ask for its work before the page before has let go of it. */
const HOLD_TRIES = 8;
const HOLD_AGAIN_MS = 60;
/** The page opens without its work where the browser does not answer. */
const START_PATIENCE_MS = 2_000;
/** Works of tabs that were closed; those left longest ago go first. */
const MAX_WORKS = 8;

const TAB_KEY = 'tauscope-work';

function newId(): string {
  return [...crypto.getRandomValues(new Uint32Array(3))].map((part) => part.toString(36)).join('');
}

/** The work that this tab had before it was reloaded. */
function workOfTab(): string | null {
  try {
    return sessionStorage.getItem(TAB_KEY);
  } catch {
    return null;
  }
}

function setWorkOfTab(work: string): void {
  try {
    sessionStorage.setItem(TAB_KEY, work);
  } catch {
    // The tab comes back with the work that was written last.
  }
}

function problemOf(error: unknown): string {
  const isFull = error instanceof Error && error.name === 'QuotaExceededError';
  return isFull
    ? 'Your work is not being saved: the browser has no room left for it. It stays open in this tab; save the recipe as a file, or free room on the disk.'
    : 'Your work is not being saved: the browser refuses to keep it. It stays open in this tab; save the recipe as a file.';
}

interface Chosen {
  readonly work: string;
  readonly hold: WorkHold;
  readonly elsewhere: string | null;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function holdPatiently(
  tabs: WorkTabs,
  work: string,
  tries: number,
): Promise<WorkHold | null> {
  for (let i = 0; i < tries; i++) {
    if (i > 0) await wait(HOLD_AGAIN_MS);
    const hold = await tabs.hold(work);
    if (hold !== null) return hold;
  }
  return null;
}

/** This tab's own work, else the one that was written last, else a new one. */
async function chooseWork(
  works: readonly WorkFacts[],
  tabs: WorkTabs,
  hasBegun: boolean,
): Promise<Chosen> {
  const own = workOfTab();
  const wanted = hasBegun ? null : (own ?? works[0]?.id ?? null);
  if (wanted !== null) {
    const hold = await holdPatiently(tabs, wanted, own === null ? 1 : HOLD_TRIES);
    if (hold !== null) return { work: wanted, hold, elsewhere: null };
  }
  const work = newId();
  const hold = await tabs.hold(work);
  if (hold === null) throw new DOMException('A new work is held.', 'InvalidStateError');
  return { work, hold, elsewhere: wanted };
}

async function prune(database: WorkDatabase, works: readonly WorkFacts[], tabs: WorkTabs) {
  for (const { id, format } of works.slice(MAX_WORKS)) {
    if (format <= WORK_FORMAT && !(await tabs.isHeld(id))) await database.remove(id);
  }
}

/** What the rest of the page does with it. */
export interface KeptWork extends Work {
  /** Remembers the files of a volume, to open them again. */
  rememberFiles(name: string, files: readonly NamedFile[]): void;
  /** Opens what can be opened again without a question. */
  reopen(): Promise<void>;
}

const NOTHING_KEPT: KeptWork = {
  takeOver: () => Promise.resolve(),
  openWaiting: () => Promise.resolve(),
  rememberFiles: () => undefined,
  reopen: () => Promise.resolve(),
};

/** Resolves when what was kept is back, or cannot be had. */
export async function keepWork(workspace: Workspace): Promise<KeptWork> {
  try {
    const signal = AbortSignal.timeout(START_PATIENCE_MS);
    const late = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
    return await Promise.race([begin(workspace, signal), late]);
  } catch (error) {
    const isNewer = error instanceof Error && error.name === 'VersionError';
    useWork.setState(
      isNewer ? { status: 'outdated' } : { status: 'none', problem: problemOf(error) },
    );
    keepMeasures(workspace, [], () => undefined);
    return NOTHING_KEPT;
  }
}

async function begin(workspace: Workspace, signal: AbortSignal): Promise<KeptWork> {
  let stop: (status: 'taken' | 'outdated') => void = (status) => useWork.setState({ status });
  const database = await openWorkDatabase(() => stop('outdated'));
  const tabs = createTabs(newId(), {
    onAsked: () => void giveUp(),
    onLost: () => stop('taken'),
  });
  const works = (await database.list()).toSorted((a, b) => b.at - a.at);
  const readable = works.filter(({ format }) => format <= WORK_FORMAT);
  const state = workspace.store.getState();
  // What has begun is not replaced by what was kept.
  const hasBegun = state.volumes.length > 0 || currentRecipe(state).steps.length > 0;
  const { work, hold, elsewhere } = await chooseWork(readable, tabs, hasBegun);
  setWorkOfTab(work);
  const { journal, document } = await Journal.open(
    database.records(work, () => {
      const { volumes, openedBefore } = workspace.store.getState();
      return {
        at: Date.now(),
        format: WORK_FORMAT,
        steps: documentNow().recipe?.steps.length ?? 0,
        volumes: [...volumes, ...openedBefore].map(({ name }) => name),
      };
    }),
  );

  if (signal.aborted) {
    hold.release();
    database.close();
    throw signal.reason as Error;
  }
  const before = parseWork(document);
  let measures = before.measures;
  let isKeeping = true;
  let isWorthKeeping = document !== null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let isDue = false;

  function documentNow() {
    return documentOf(workspace.store.getState(), useViewer.getState(), measures);
  }

  async function save(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (!isKeeping) return;
    const now = documentNow();
    if (!isWorthKeeping) {
      isWorthKeeping = now.volumes.length > 0 || (now.recipe?.steps.length ?? 0) > 0;
      if (!isWorthKeeping) return;
      noteWork();
    }
    try {
      await journal.write(now as unknown as Plain);
      if (isKeeping && useWork.getState().problem !== null) useWork.setState({ problem: null });
    } catch (error) {
      if (!isKeeping) return;
      useWork.setState({ problem: problemOf(error) });
      timer ??= setTimeout(() => void save(), RETRY_AFTER_MS);
    }
  }

  /** Written in the task of the change itself: a busy page may come to its timers seconds later. */
  function edited(): void {
    if (isDue) return;
    isDue = true;
    queueMicrotask(() => {
      isDue = false;
      void save();
    });
  }

  /** Moving through a volume changes a lot at once, and is worth less than an edit. */
  function moved(): void {
    timer ??= setTimeout(() => void save(), MOVES_AFTER_MS);
  }

  stop = (status) => {
    isKeeping = false;
    useWork.setState({ status, problem: null });
  };
  async function giveUp(): Promise<void> {
    await save();
    stop('taken');
    hold.release();
  }

  if (before.recipe !== null && before.recipe.steps.length > 0) {
    const { recipe, volumes, stateLabel, selected } = before;
    workspace.restore({ recipe, volumes, stateLabel, selected });
  }
  useViewer.setState({ ...before.view, keptPlace: before.place, keptWindow: before.window });
  keepMeasures(workspace, measures, (kept) => {
    measures = kept;
    edited();
  });
  workspace.store.subscribe((state, old) => {
    if (KEPT_OF_WORKSPACE.some((key) => state[key] !== old[key])) edited();
  });
  useViewer.subscribe((state, old) => {
    if (KEPT_OF_VIEWER.some((key) => state[key] !== old[key])) moved();
  });
  const leave = (): void => {
    if (timer !== null) void save();
  };
  window.addEventListener('pagehide', leave);
  window.addEventListener('visibilitychange', leave);
  useWork.setState({ status: 'kept', elsewhere });
  // Begins this tab's epoch: what a tab writes that lost the work is not read from now on.
  void save();
  void prune(database, works, tabs).catch(() => undefined);

  const kept = { database, work };
  return {
    openWaiting: () => openAsked(workspace),
    rememberFiles: (name, files) => rememberFiles(kept, name, files),
    reopen: () => reopen(workspace, kept),
    async takeOver() {
      const { status, elsewhere: wanted } = useWork.getState();
      const other = status === 'taken' ? work : wanted;
      if (other === null) return;
      await save();
      await tabs.free(other);
      setWorkOfTab(other);
      window.location.reload();
    },
  };
}
