/** Interpolation between the slices that were painted with the label in hand. */
import {
  type EditAxis,
  editTitle,
  type LabelEdit,
  type PaintedSlices,
  paintedSlices,
} from '../../declaration/edits.ts';
import type { Phase } from '../../volume/volume.ts';
import { phasesFor } from '../../volume/labels.ts';
import { useCorrect } from './correct.ts';
import { type CorrectionPlace, correctionPlace, editsOf, recordEdit } from './corrections.ts';
import type { Workspace, WorkspaceState } from './workspace.ts';

interface Plan extends PaintedSlices {
  readonly place: CorrectionPlace;
  readonly phase: Phase;
  readonly edits: readonly LabelEdit[];
}

/** What would be interpolated now, or one sentence why nothing is. */
export function interpolationPlan(state: WorkspaceState): Plan | string {
  const place = correctionPlace(state);
  if (typeof place === 'string') return place;
  const { label } = useCorrect.getState();
  const phase = phasesFor([label], place.base.phases)[0] as Phase;
  const edits = editsOf(place.step);
  const painted = paintedSlices(edits, label);
  return painted === null
    ? `Paint ${phase.name} in two slices first, with others between them.`
    : { place, phase, edits, ...painted };
}

/** Finds the voxels in the engine and records them as one edit of the step that was painted in. */
export async function interpolateLabels(workspace: Workspace): Promise<void> {
  const plan = interpolationPlan(workspace.store.getState());
  if (typeof plan === 'string') return;
  const { place, phase, edits, axis } = plan;
  const { only, keep } = useCorrect.getState();
  const title = `Interpolate ${phase.name}`;
  const request = { edits, label: phase.label, axis };
  const found = await workspace.interpolate(title, place.base.handle, request);
  if (found === null) return;
  const now = interpolationPlan(workspace.store.getState());
  if (
    typeof now === 'string' ||
    now.edits !== edits ||
    now.place.base.handle !== place.base.handle
  ) {
    workspace.advise(title, 'The labels were corrected meanwhile: interpolate once more.');
    return;
  }
  const edit = interpolationEdit(phase.label, axis, found, only, keep);
  recordEdit(workspace, edit, editTitle(edit).replace('Interpolation', title));
}

function interpolationEdit(
  label: number,
  axis: EditAxis,
  found: { readonly slices: readonly number[]; readonly runs: string },
  only: number | null,
  keep: readonly number[],
): LabelEdit {
  return { tool: 'interpolate', axis, ...found, label, only: only === null ? null : [only], keep };
}
