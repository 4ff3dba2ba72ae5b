/**
 * Undo and redo of recipe and measures as one history: what was done last, whichever it was, is
 * undone first. Camera, zoom and window are no changes.
 */
import {
  nextToRedo,
  nextToUndo,
  redoLabel as redoLabelOf,
  undoLabel as undoLabelOf,
} from '../../recipe/history.ts';
import { useMeasures } from './measures.ts';
import type { Workspace } from './workspace.ts';

type Documents = Pick<Workspace, 'store' | 'undo' | 'redo'>;

function histories(workspace: Documents) {
  return [workspace.store.getState().history, useMeasures.getState().history];
}

/** What undo would do; null where there is nothing to undo. */
export function undoLabel(workspace: Documents): string | null {
  const next = nextToUndo(histories(workspace));
  return next === null ? null : undoLabelOf(next);
}

export function redoLabel(workspace: Documents): string | null {
  const next = nextToRedo(histories(workspace));
  return next === null ? null : redoLabelOf(next);
}

export function undo(workspace: Documents): void {
  const measures = useMeasures.getState();
  if (nextToUndo(histories(workspace)) === measures.history) measures.undo();
  else workspace.undo();
}

export function redo(workspace: Documents): void {
  const measures = useMeasures.getState();
  if (nextToRedo(histories(workspace)) === measures.history) measures.redo();
  else workspace.redo();
}
