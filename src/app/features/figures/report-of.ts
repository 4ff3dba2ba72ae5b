/** The report of the last run with what the page shows of the volume. */
import type { ReportFigure } from '../../../engine/report.ts';
import { UserError } from '../../../errors/errors.ts';
import { currentRecipe } from '../../stores/workspace.ts';
import type { Workbench } from '../../workbench-context.tsx';

export async function reportOf(workbench: Workbench): Promise<string> {
  const { client, workspace } = workbench;
  const state = workspace.store.getState();
  const { source } = state;
  if (source === null) throw new UserError('usage', 'Open a volume first.');
  const figures: ReportFigure[] = [];
  const date = new Intl.DateTimeFormat('en-CA').format(new Date());
  const opened = state.volumes.find(({ id }) => id === state.shownVolume)?.opened.name ?? '';
  // Several files, a phantom: what was opened has no name that a command could take.
  const file = /\.\w+$/.test(opened) ? opened : source.name;
  return client.report(currentRecipe(state), source.handle, { file, figures, date });
}
