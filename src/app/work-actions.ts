/** Actions on the work that the browser keeps: going on with what another tab or page had. */
import type { Action } from './action.ts';
import { action, needsEngine, needsNoJob } from './declare-action.ts';
import { useWork } from './stores/work/state.ts';

export const WORK_ACTIONS: readonly Action[] = [
  action({
    id: 'open-again',
    title: 'Open the files of last time again',
    group: 'File',
    icon: 'files',
    keywords: 'restore recover reload crash recent',
    obstacle: (workbench) => {
      if (useWork.getState().waiting.length === 0) return 'No files wait to be opened again.';
      return needsEngine(workbench) ?? needsNoJob(workbench);
    },
    run: ({ work, workspace }) => {
      work
        .openWaiting()
        .catch((error: unknown) => workspace.report('Opening the files again', error));
    },
  }),
  action({
    id: 'take-over',
    title: 'Go on here with the work of another tab',
    group: 'File',
    icon: 'import',
    keywords: 'session recover tab window take over',
    obstacle: (workbench) => {
      const { status, elsewhere } = useWork.getState();
      if (status !== 'taken' && elsewhere === null) return 'No other tab has the work of this one.';
      return needsNoJob(workbench);
    },
    run: ({ work, workspace }) => {
      work.takeOver().catch((error: unknown) => workspace.report('Taking over the work', error));
    },
  }),
];
