/** What a person sees first: where to drop a stack, and what else can be opened. */
import { Button, Loader } from '@mantine/core';
import { IconCube3dSphere, IconFiles, IconFolder, IconStack2 } from '@tabler/icons-react';
import { findAction } from '../../actions.ts';
import { currentRecipe } from '../../stores/workspace.ts';
import { useWork } from '../../stores/work/state.ts';
import { runAction } from '../../use-action.ts';
import { useWorkbench, useWorkspaceState } from '../../workbench-context.tsx';
import { OpenProgress } from './OpenProgress.tsx';
import styles from './import.module.css';

/** What a reloaded page still has, and what it needs to go on. */
function Kept() {
  const workbench = useWorkbench();
  const waits = useWork(({ waiting }) => waiting.length > 0);
  const { steps, openedBefore, isIdle } = useWorkspaceState((state) => ({
    steps: currentRecipe(state).steps.length,
    openedBefore: state.openedBefore,
    isIdle: state.activity === null,
  }));
  const [first, ...others] = openedBefore;
  if (steps === 0 || first === undefined || !isIdle) return null;
  const names = new Intl.ListFormat('en-GB').format(openedBefore.map(({ opened }) => opened.name));
  const again =
    others.length > 0
      ? `Open ${names} again`
      : {
          files: `Drop ${first.opened.name} again`,
          url: 'Open the sample electrode again',
          remote: `Open ${first.opened.name} from the web again`,
          phantom: 'Generate the phantom again',
        }[first.opened.kind];
  return (
    <p className={styles['kept']} role="status">
      Your recipe of {steps} {steps === 1 ? 'step' : 'steps'} is kept. {again} to go on with it.
      {waits ? (
        <>
          {' '}
          <Button onClick={() => runAction(findAction('open-again', workbench), workbench)}>
            Open again
          </Button>
        </>
      ) : null}
    </p>
  );
}

export function StartScreen() {
  const workbench = useWorkbench();
  const { activity, ready } = useWorkspaceState((state) => ({
    activity: state.activity,
    ready: state.engine !== null,
  }));
  const run = (id: string): void => runAction(findAction(id, workbench), workbench);
  return (
    <main className={styles['start']}>
      <div className={styles['startCard']}>
        <div className={styles['dropHint']} data-busy={activity !== null || undefined}>
          {activity === null ? (
            <>
              <IconStack2 size={44} stroke={1.2} aria-hidden className={styles['dropIcon']} />
              <h2>Drop a CT stack here</h2>
              <p className={styles['formats']}>
                TIFF, a folder of TIFF slices, NRRD, NIfTI, MetaImage, HDF5, or a recipe
              </p>
              <div className={styles['buttons']}>
                <Button
                  size="sm"
                  leftSection={<IconFiles size={16} aria-hidden />}
                  onClick={() => run('open-files')}
                >
                  Open files
                </Button>
                <Button
                  size="sm"
                  variant="default"
                  leftSection={<IconFolder size={16} aria-hidden />}
                  onClick={() => run('open-folder')}
                >
                  Open folder
                </Button>
              </div>
            </>
          ) : (
            <OpenProgress activity={activity} />
          )}
        </div>
        <Kept />
        <div className={styles['others']}>
          <button
            type="button"
            className={styles['other']}
            disabled={!ready || activity !== null}
            onClick={() => run('open-sample')}
          >
            <IconStack2 size={20} stroke={1.4} aria-hidden />
            <span>
              <strong>Open the sample electrode</strong>
              <small>a noisy battery cathode to try it on</small>
            </span>
          </button>
          <button
            type="button"
            className={styles['other']}
            disabled={!ready || activity !== null}
            onClick={() => run('generate-phantom')}
          >
            <IconCube3dSphere size={20} stroke={1.4} aria-hidden />
            <span>
              <strong>Generate a phantom…</strong>
              <small>a volume whose true numbers are known</small>
            </span>
          </button>
        </div>
        <p className={styles['promise']}>
          {ready ? null : <Loader size={11} aria-hidden />} From a tomography stack to porosity,
          percolation and tortuosity factor. Everything is computed on this machine; no data leaves
          it.
        </p>
      </div>
    </main>
  );
}
