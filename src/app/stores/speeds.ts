/**
 * How long steps take on this computer: learned from the runs that were made on it and remembered in
 * its storage, with a shipped first guess for operations that have not been run.
 */
import { create } from 'zustand';
import type { StepSummary } from '../../../workers/engine-api.ts';
import { FIRST_SPEEDS } from './first-speeds.ts';
import type { Workspace } from './workspace.ts';

export interface Speeds {
  /** Threads of the engine that was measured; another number starts anew. */
  readonly threads: number;
  /** Seconds for a unit of an estimate's work, by operation; with `ON_GPU` where a GPU computed it. */
  readonly secondsPerWork: Readonly<Record<string, number>>;
}

export interface Forecast {
  readonly seconds: number;
  /** False for a guess: no run on this computer has told. */
  readonly isMeasured: boolean;
}

const STORAGE_KEY = 'tauscope-speeds';
const ON_GPU = ' on GPU';
/** Shorter steps are all overhead. */
const LEAST_MS = 30;

export const useSpeeds = create<Speeds>()(() => ({ threads: 0, secondsPerWork: {} }));

/** null where there is nothing to go by. */
export function forecast(
  { secondsPerWork }: Speeds,
  operation: string,
  work: number,
  onGpu = false,
): Forecast | null {
  const measured = secondsPerWork[onGpu ? operation + ON_GPU : operation];
  if (measured !== undefined) return { seconds: work * measured, isMeasured: true };
  const first = FIRST_SPEEDS[operation];
  if (first === undefined || onGpu) return null;
  return { seconds: work * first * machineFactor(secondsPerWork), isMeasured: false };
}

/** How much slower this computer is than that of the first guesses, by what it has run: a median. */
function machineFactor(secondsPerWork: Speeds['secondsPerWork']): number {
  const ratios = Object.entries(secondsPerWork)
    .flatMap(([operation, own]) => {
      const first = FIRST_SPEEDS[operation];
      return first === undefined ? [] : [own / first];
    })
    .toSorted((a, b) => a - b);
  return ratios[ratios.length >> 1] ?? 1;
}

/** All steps together; null where one of them cannot be told. */
export function totalForecast(steps: readonly (Forecast | null)[]): Forecast | null {
  let [seconds, isMeasured] = [0, true];
  for (const step of steps) {
    if (step === null) return null;
    seconds += step.seconds;
    isMeasured &&= step.isMeasured;
  }
  return { seconds, isMeasured };
}

type Learned = Pick<StepSummary, 'operation' | 'elapsedMs' | 'work' | 'cached' | 'gpu'>;

/** The speeds after a step has run; half of what was known before stays, as a geometric mean. */
export function learnSpeed(before: Speeds, step: Learned, threads: number): Speeds {
  const { operation, elapsedMs, work, cached, gpu } = step;
  if (cached || elapsedMs < LEAST_MS || work <= 0) return before;
  const kept = before.threads === threads ? before.secondsPerWork : {};
  const name = gpu === null ? operation : operation + ON_GPU;
  const now = elapsedMs / 1000 / work;
  return {
    threads,
    secondsPerWork: { ...kept, [name]: Math.sqrt(now * (kept[name] ?? now)) },
  };
}

/** Reads what another version may have written; anything odd is left out. */
export function parseSpeeds(text: string | null): Speeds {
  let document: unknown = null;
  try {
    document = JSON.parse(text ?? 'null');
  } catch {
    // Cut off: nothing is known.
  }
  const nothing = { threads: 0, secondsPerWork: {} };
  if (typeof document !== 'object' || document === null) return nothing;
  const { threads, secondsPerWork } = document as Record<string, unknown>;
  if (typeof threads !== 'number' || typeof secondsPerWork !== 'object' || secondsPerWork === null)
    return nothing;
  const sound = Object.entries(secondsPerWork).filter(
    ([, value]) => typeof value === 'number' && value > 0 && value < 1,
  );
  return { threads, secondsPerWork: Object.fromEntries(sound) };
}

/** Learns from every run, and remembers it; a storage that refuses is ignored. */
export function keepSpeeds(
  { store }: Pick<Workspace, 'store'>,
  storage: Pick<Storage, 'getItem' | 'setItem'> | null,
): void {
  try {
    useSpeeds.setState(parseSpeeds(storage?.getItem(STORAGE_KEY) ?? null));
  } catch {
    // Blocked storage: nothing is remembered.
  }
  const seen = new Set<string>();
  store.subscribe(({ outcomes, engine }, before) => {
    if (outcomes === before.outcomes || engine === null) return;
    const known = useSpeeds.getState();
    for (const { key, summary } of Object.values(outcomes)) {
      // A run tells of each step when it is done and again when all are.
      const run = `${key} ${summary.elapsedMs}`;
      if (seen.has(run)) continue;
      seen.add(run);
      useSpeeds.setState(learnSpeed(useSpeeds.getState(), summary, engine.threads));
    }
    if (useSpeeds.getState() === known) return;
    try {
      storage?.setItem(STORAGE_KEY, JSON.stringify(useSpeeds.getState()));
    } catch {
      // As above.
    }
  });
}
