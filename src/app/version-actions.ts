/** Actions on the versions of the program that the browser keeps. */
import type { Action } from './action.ts';
import { action, needsNoJob } from './declare-action.ts';
import { reloadWithNewVersion } from './installed-files.ts';
import { useInstallation } from './stores/installation.ts';

export const VERSION_ACTIONS: readonly Action[] = [
  action({
    id: 'use-new-version',
    title: 'Reload with the new version',
    group: 'Help',
    icon: 'redo',
    keywords: 'update upgrade refresh',
    obstacle: (workbench) => {
      if (!useInstallation.getState().hasUpdate) return 'There is no newer version.';
      return needsNoJob(workbench);
    },
    run: () => void reloadWithNewVersion(),
  }),
];
