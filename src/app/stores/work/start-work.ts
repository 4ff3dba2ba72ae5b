/** Starts keeping the work: at once where there may be some of before, else with the first change. */
import type { NamedFile } from '../../../../workers/engine-api.ts';
import { currentRecipe, type Workspace } from '../workspace.ts';
import type { KeptWork } from './keep-work.ts';
import { mayHaveWork, type Work } from './state.ts';

interface StartedWork extends Work {
  /** Resolves when what was kept is back, or cannot be had. */
  readonly isBack: Promise<unknown>;
  rememberFiles(name: string, files: readonly NamedFile[]): void;
  reopen(): Promise<void>;
}

export function startWork(
  workspace: Workspace,
  storage: Pick<Storage, 'getItem'> | null,
): StartedWork {
  let keeping: Promise<KeptWork> | null = null;
  const keep = (): Promise<KeptWork> => {
    keeping ??= import('./keep-work.ts').then(({ keepWork }) => keepWork(workspace));
    return keeping;
  };
  const hasWork = mayHaveWork(storage);
  if (!hasWork) {
    const stop = workspace.store.subscribe((state) => {
      if (state.volumes.length === 0 && currentRecipe(state).steps.length === 0) return;
      stop();
      void keep();
    });
  }
  return {
    isBack: hasWork ? keep() : Promise.resolve(),
    takeOver: async () => (await keep()).takeOver(),
    openWaiting: async () => (await keep()).openWaiting(),
    rememberFiles: (name, files) => void keep().then((work) => work.rememberFiles(name, files)),
    reopen: async () => (hasWork ? (await keep()).reopen() : undefined),
  };
}
