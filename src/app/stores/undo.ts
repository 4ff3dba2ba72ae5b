/**
 * Undo and redo of all that a person changed as one history: the recipe, facts of volumes, measures
 * and how things are looked at. What was done last, whichever it was, is undone first. Camera and
 * zoom are no changes.
 */
import {
  type History,
  nextToRedo,
  nextToUndo,
  redoLabel as redoLabelOf,
  undoLabel as undoLabelOf,
} from '../../recipe/history.ts';
import { useMeasures } from './measures.ts';
import { redoView, undoView, viewHistory } from './view-history.ts';
import type { Workspace } from './workspace.ts';

type Documents = Pick<Workspace, 'store' | 'undo' | 'redo' | 'undoVolume' | 'redoVolume'>;

interface Undoable extends History<unknown> {
  readonly undo: () => void | Promise<void>;
  readonly redo: () => void | Promise<void>;
}

function undoables(workspace: Documents): readonly Undoable[] {
  const { history, volumeHistory } = workspace.store.getState();
  const measures = useMeasures.getState();
  return [
    { ...history, undo: workspace.undo, redo: workspace.redo },
    { ...volumeHistory, undo: workspace.undoVolume, redo: workspace.redoVolume },
    { ...measures.history, undo: measures.undo, redo: measures.redo },
    { ...viewHistory.getState().history, undo: undoView, redo: redoView },
  ];
}

/** What undo would do; null where there is nothing to undo. */
export function undoLabel(workspace: Documents): string | null {
  const next = nextToUndo(undoables(workspace));
  return next === null ? null : undoLabelOf(next);
}

export function redoLabel(workspace: Documents): string | null {
  const next = nextToRedo(undoables(workspace));
  return next === null ? null : redoLabelOf(next);
}

export function undo(workspace: Documents): void {
  void nextToUndo(undoables(workspace))?.undo();
}

export function redo(workspace: Documents): void {
  void nextToRedo(undoables(workspace))?.redo();
}
