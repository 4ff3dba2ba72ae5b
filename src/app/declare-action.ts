/** What declarations of actions share: their form, and the commonest reasons against them. */
import type { Action } from './action.ts';
import { fileStem } from './file-stem.ts';
import type { WorkspaceState } from './stores/workspace.ts';
import type { Workbench } from './workbench-context.tsx';

type Declared = Pick<Action, 'id' | 'title' | 'group' | 'run'> & Partial<Action>;

/** An action with what most have: no shortcut, no icon, always possible. */
export function action(parts: Declared): Action {
  return {
    icon: null,
    shortcut: null,
    scope: 'page',
    keywords: '',
    shortTitle: null,
    summary: '',
    obstacle: () => null,
    ...parts,
  };
}

export function stateOf({ workspace }: Workbench): WorkspaceState {
  return workspace.store.getState();
}

/** The stem of names of files that are made of the shown volume. */
export function stemOf(workbench: Workbench): string {
  return fileStem(stateOf(workbench).source?.name ?? '');
}

export function needsSource(workbench: Workbench): string | null {
  return stateOf(workbench).source === null ? 'Open a volume first.' : null;
}

export function needsNoJob(workbench: Workbench): string | null {
  return stateOf(workbench).activity === null
    ? null
    : 'Wait until the present job has ended, or cancel it.';
}

export function needsEngine(workbench: Workbench): string | null {
  return stateOf(workbench).engine === null ? 'The program is still starting.' : null;
}

export function needsResults(workbench: Workbench): string | null {
  const { outcomes, activity } = stateOf(workbench);
  if (Object.keys(outcomes).length === 0) return 'Run the recipe first.';
  return activity === null ? null : 'Wait until the run has ended.';
}
