/**
 * A history of single changes, for what is no document of its own: undo takes one change back and
 * leaves alone what else happened to the thing that was changed.
 */
import { createHistory, currentState, type History } from '../../recipe/history.ts';

/** The state of an entry is the change that led to it; null at the beginning. */
export type ChangeHistory<C> = History<C | null>;

export function noChanges<C>(): ChangeHistory<C> {
  return createHistory<C | null>(null);
}

/** The change that undo takes back; null for none. */
export function changeToUndo<C>(history: ChangeHistory<C>): C | null {
  return currentState(history);
}

/** The change that redo does again; null for none. */
export function changeToRedo<C>({ entries, position }: ChangeHistory<C>): C | null {
  return entries[position + 1]?.state ?? null;
}

/** The history without the changes of what is gone. */
export function withoutChanges<C>(
  { entries, position }: ChangeHistory<C>,
  isGone: (change: C) => boolean,
): ChangeHistory<C> {
  const stays = ({ state }: { readonly state: C | null }): boolean =>
    state === null || !isGone(state);
  return {
    entries: entries.filter(stays),
    position: entries.slice(0, position + 1).filter(stays).length - 1,
  };
}
