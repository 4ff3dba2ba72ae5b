/** What is known of the work of this tab: where it is kept, and what waits to be opened again. */
import { create } from 'zustand';

export interface WorkState {
  /**
   * `new`: nothing to keep yet. `kept`: written as it changes. `taken`: another tab has it.
   * `outdated`: a newer version of the program keeps it. `none`: the browser keeps nothing.
   */
  readonly status: 'new' | 'kept' | 'taken' | 'outdated' | 'none';
  /** Work that was wanted and that another tab has; null for none. */
  readonly elsewhere: string | null;
  /** Why it is not being saved, one sentence; null where it is. */
  readonly problem: string | null;
  /** Names of what can be opened again once a person has agreed. */
  readonly waiting: readonly string[];
}

export const useWork = create<WorkState>(() => ({
  status: 'new',
  elsewhere: null,
  problem: null,
  waiting: [],
}));

/** Whether there is anything to say about where the work is kept. */
export function hasWorkNews({ status, elsewhere, problem }: WorkState): boolean {
  return status === 'taken' || status === 'outdated' || elsewhere !== null || problem !== null;
}

/** What a person can do about it. */
export interface Work {
  /** Has the tab that has the work give it up, and goes on with it here. */
  takeOver(): Promise<void>;
  /** Opens what waits; to be called by a click, since the browser asks as well. */
  openWaiting(): Promise<void>;
}

const STORAGE_KEY = 'tauscope-has-work';

/** Whether a page of before may have left work: a page without any starts without looking for it. */
export function mayHaveWork(storage: Pick<Storage, 'getItem'> | null): boolean {
  try {
    return storage?.getItem(STORAGE_KEY) !== null;
  } catch {
    return false;
  }
}

export function noteWork(): void {
  try {
    localStorage.setItem(STORAGE_KEY, 'yes');
  } catch {
    // What keeps no such note keeps no work.
  }
}
