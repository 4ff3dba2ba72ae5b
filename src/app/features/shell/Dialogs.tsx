/** The shortcuts sheet, the palette and the page about the program. */
import { Anchor, Modal } from '@mantine/core';
import { Spotlight } from '@mantine/spotlight';
import { Fragment } from 'react';
import { ACTIONS, type ActionGroup, actionTitle } from '../../actions.ts';
import { useDialog, useWorkbench, useWorkspaceState } from '../../workbench-context.tsx';
import styles from './shell.module.css';

const GROUPS: readonly ActionGroup[] = ['File', 'Edit', 'Recipe', 'Export', 'View', 'Help'];

/** Keys that belong to a place rather than to an action. */
const LOCAL_KEYS = [
  ['Ctrl+K', 'Search all actions'],
  ['↑ ↓', 'Previous or next step (in the recipe)'],
  ['Alt+↑ Alt+↓', 'Move the step up or down'],
  ['Delete', 'Remove the step'],
  ['Space', 'Switch the step on or off'],
  ['↑ ↓ in a number', 'One step up or down; with Shift ten'],
] as const;

export function ShortcutsSheet() {
  const { opened, close } = useDialog('shortcuts');
  return (
    <Modal opened={opened} onClose={close} title="Keyboard shortcuts" size={560}>
      <dl className={styles['shortcuts']}>
        {GROUPS.flatMap((group) =>
          ACTIONS.filter((action) => action.group === group && action.shortcut !== null),
        ).map((action) => (
          <Fragment key={action.id}>
            <dt>
              <kbd>{action.shortcut}</kbd>
            </dt>
            <dd>{action.title}</dd>
          </Fragment>
        ))}
        {LOCAL_KEYS.map(([keys, title]) => (
          <Fragment key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{title}</dd>
          </Fragment>
        ))}
      </dl>
    </Modal>
  );
}

export function AboutDialog() {
  const { opened, close } = useDialog('about');
  const engine = useWorkspaceState((state) => state.engine);
  return (
    <Modal opened={opened} onClose={close} title="About Tauscope" size={480}>
      <p>
        Tauscope {engine?.version ?? ''} turns a tomography stack into volume fractions, percolation
        and tortuosity factors. The computation runs in this page: no voxel leaves the machine.
      </p>
      <p>
        The tortuosity factor is <span className={styles['equation']}>τ = ε · D₀ / D_eff</span>,
        with ε the volume fraction of the conducting phase. The command line gives the same bits as
        this page.
      </p>
      <p>
        Free software under the{' '}
        <Anchor href="https://www.apache.org/licenses/LICENSE-2.0" target="_blank" rel="noreferrer">
          Apache License 2.0
        </Anchor>
        .
      </p>
    </Modal>
  );
}

export function Palette() {
  const workbench = useWorkbench();
  // Read so that the list follows what can be done now.
  useWorkspaceState((state) => [
    state.engine,
    state.source,
    state.activity === null,
    state.outcomes,
    state.history,
  ]);
  return (
    <Spotlight
      shortcut="mod + K"
      scrollable
      maxHeight={420}
      searchProps={{ placeholder: 'Search actions', 'aria-label': 'Search actions' }}
      overlayProps={{ blur: 0, backgroundOpacity: 0.45 }}
      transitionProps={{ duration: 0 }}
      nothingFound="No action has that name"
      actions={ACTIONS.filter((action) => action.isEnabled(workbench)).map((action) => ({
        id: action.id,
        label: actionTitle(action, workbench),
        description: action.group,
        rightSection: action.shortcut === null ? null : <kbd>{action.shortcut}</kbd>,
        onClick: () => action.run(workbench),
      }))}
    />
  );
}
