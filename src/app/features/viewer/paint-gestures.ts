/** Pointer and keys on a slice while labels are corrected. */
import type { KeyboardEvent } from 'react';
import { editTitle } from '../../../declaration/edits.ts';
import type { Axis } from '../../rendering/slice-geometry.ts';
import { useCorrect } from '../../stores/correct.ts';
import { correctionPlace, recordEdit } from '../../stores/corrections.ts';
import type { SliceViewId, VoxelIndex } from '../../stores/viewer.ts';
import type { Workspace } from '../../stores/workspace.ts';

/** Ends the stroke and records it under the name of its tool. */
function record(workspace: Workspace): void {
  const { draft, escape, finish } = useCorrect.getState();
  const tool = draft?.tool;
  // A click is no outline.
  if (draft?.tool === 'lasso' && draft.points.length < 3) {
    escape();
    return;
  }
  const edit = finish();
  if (edit === null) return;
  const title = editTitle(edit);
  recordEdit(workspace, edit, tool === 'eraser' ? title.replace('Brush', 'Eraser') : title);
}

export interface PaintGestures {
  press(at: VoxelIndex | null): void;
  move(at: VoxelIndex | null): void;
  release(): void;
  /** Whether the key meant something here. */
  key(event: KeyboardEvent, at: VoxelIndex): boolean;
}

export function paintGestures(workspace: Workspace, view: SliceViewId, axis: Axis): PaintGestures {
  const correct = useCorrect.getState;

  const begin = (at: VoxelIndex): void => {
    const place = correctionPlace(workspace.store.getState());
    if (typeof place === 'string') workspace.advise('Correct labels', place);
    else correct().begin(view, axis, at);
  };

  /** A corner of an outline; the last one again, or the first, closes it. */
  const corner = (at: VoxelIndex): void => {
    const { draft, extend } = correct();
    if (draft === null || draft.view !== view) {
      begin(at);
      return;
    }
    const isAt = (point: VoxelIndex | undefined): boolean =>
      point?.every((place, i) => place === at[i]) === true;
    if (isAt(draft.points.at(-1)) || isAt(draft.points[0])) record(workspace);
    else extend(at);
  };

  return {
    press(at) {
      if (at !== null) begin(at);
      if (correct().tool === 'fill') record(workspace);
    },
    move(at) {
      const { draft, extend } = correct();
      if (at !== null && draft !== null && draft.view === view) extend(at);
    },
    release: () => record(workspace),
    key(event, at) {
      const { tool, escape, setLabel } = correct();
      if (tool === null) return false;
      if (event.key === 'Escape') return escape();
      if (/^\d$/.test(event.key)) {
        const place = correctionPlace(workspace.store.getState());
        const label = Number(event.key);
        const isThere =
          typeof place !== 'string' && place.base.phases.some((phase) => phase.label === label);
        if (isThere) setLabel(label);
        return true;
      }
      if (event.key !== 'Enter' && event.key !== ' ') return false;
      if (tool === 'lasso') corner(at);
      else {
        begin(at);
        record(workspace);
      }
      return true;
    },
  };
}
