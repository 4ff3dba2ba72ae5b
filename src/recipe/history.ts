/** Undo and redo of a document: a list of named states and a position in it. */

export interface HistoryEntry<T> {
  readonly state: T;
  /** What led here, as a menu says it: "Change σ of Unsharp mask". */
  readonly label: string;
  /** Entries that share a key (one slider drag) are one step of undo. */
  readonly mergeKey: string | null;
  /** Rises with every change of any document, so that several histories are walked as one. */
  readonly at: number;
}

export interface History<T> {
  readonly entries: readonly HistoryEntry<T>[];
  readonly position: number;
}

/** Older states than this are dropped; a state is a small document. */
const MAX_ENTRIES = 500;

let changes = 0;

export function createHistory<T>(state: T, label = 'Start'): History<T> {
  return { entries: [{ state, label, mergeKey: null, at: 0 }], position: 0 };
}

export function currentState<T>(history: History<T>): T {
  return (history.entries[history.position] as HistoryEntry<T>).state;
}

/** A label, or how it follows from the state before all changes that it stands for. */
export type EntryLabel<T> = string | ((before: T) => string);

/** Adds a state after the current one and drops what was undone. */
export function pushState<T>(
  history: History<T>,
  state: T,
  label: EntryLabel<T>,
  mergeKey: string | null = null,
): History<T> {
  const current = history.entries[history.position] as HistoryEntry<T>;
  const merges = mergeKey !== null && current.mergeKey === mergeKey && history.position > 0;
  const kept = history.entries.slice(0, merges ? history.position : history.position + 1);
  const before = (kept.at(-1) as HistoryEntry<T>).state;
  const text = typeof label === 'string' ? label : label(before);
  const entries = [...kept, { state, label: text, mergeKey, at: ++changes }].slice(-MAX_ENTRIES);
  return { entries, position: entries.length - 1 };
}

function canUndo(history: History<unknown>): boolean {
  return history.position > 0;
}

export function canRedo(history: History<unknown>): boolean {
  return history.position < history.entries.length - 1;
}

export function undo<T>(history: History<T>): History<T> {
  return canUndo(history) ? { ...history, position: history.position - 1 } : history;
}

export function redo<T>(history: History<T>): History<T> {
  return canRedo(history) ? { ...history, position: history.position + 1 } : history;
}

/** What undo and redo would do, for their buttons; null where there is nothing to do. */
export function undoLabel(history: History<unknown>): string | null {
  return canUndo(history) ? (history.entries[history.position]?.label ?? null) : null;
}

export function redoLabel(history: History<unknown>): string | null {
  return canRedo(history) ? (history.entries[history.position + 1]?.label ?? null) : null;
}

/** Of several histories the one whose change is undone next; null where there is none. */
export function nextToUndo<H extends History<unknown>>(histories: readonly H[]): H | null {
  const undoable = histories.filter(canUndo).toSorted((a, b) => doneAt(b) - doneAt(a));
  return undoable[0] ?? null;
}

/** The one whose change is done again next: what was undone before a newer change is lost. */
export function nextToRedo<H extends History<unknown>>(histories: readonly H[]): H | null {
  const newest = Math.max(...histories.map(doneAt));
  const undoneAt = ({ entries, position }: History<unknown>): number =>
    entries[position + 1]?.at ?? Infinity;
  const redoable = histories
    .filter((history) => canRedo(history) && undoneAt(history) > newest)
    .toSorted((a, b) => undoneAt(a) - undoneAt(b));
  return redoable[0] ?? null;
}

function doneAt({ entries, position }: History<unknown>): number {
  return entries[position]?.at ?? 0;
}
