/** The shortcuts sheet, the palette and the page about the program. */
import { Anchor, Modal } from '@mantine/core';
import { Spotlight } from '@mantine/spotlight';
import { Fragment } from 'react';
import { Formula } from '../../components/Formula.tsx';
import { ACTIONS, type ActionGroup, actionTitle } from '../../actions.ts';
import { useDialog, useWorkbench, useWorkspaceState } from '../../workbench-context.tsx';
import { VIEWER_KEYS } from '../viewer/index.ts';
import styles from './shell.module.css';

const GROUPS: readonly ActionGroup[] = ['File', 'Edit', 'Recipe', 'Export', 'View', 'Help'];

type Keys = readonly (readonly [keys: string, title: string])[];

/** Keys of the steps while the recipe has the focus. */
const RECIPE_KEYS: Keys = [
  ['↑ ↓', 'Previous or next step'],
  ['Alt+↑ Alt+↓', 'Move the step up or down'],
  ['Space', 'Switch the step on or off'],
  ['Delete', 'Remove the step'],
];

const FIELD_KEYS: Keys = [['↑ ↓', 'One step up or down; with Shift ten']];

function actionKeys(): Keys {
  const keys = GROUPS.flatMap((group) =>
    ACTIONS.flatMap(({ group: own, shortcut, title }) =>
      own === group && shortcut !== null ? [[shortcut, title] as const] : [],
    ),
  );
  return [...keys, ['Ctrl+K', 'Search all actions']];
}

export function ShortcutsSheet() {
  const { opened, close } = useDialog('shortcuts');
  return (
    <Modal opened={opened} onClose={close} title="Keyboard shortcuts" size={820}>
      <div className={styles['sheet']}>
        <div>
          <KeyList title="Everywhere" keys={actionKeys()} />
          <KeyList title="In a number" keys={FIELD_KEYS} />
        </div>
        <div>
          <KeyList title="In the recipe" keys={RECIPE_KEYS} />
          <KeyList title="Views" keys={VIEWER_KEYS} />
        </div>
      </div>
    </Modal>
  );
}

function KeyList({ title, keys }: { readonly title: string; readonly keys: Keys }) {
  return (
    <section className={styles['keyGroup']}>
      <h3>{title}</h3>
      <dl className={styles['shortcuts']}>
        {keys.map(([key, what]) => (
          <Fragment key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </Fragment>
        ))}
      </dl>
    </section>
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
        The tortuosity factor is{' '}
        <span className={styles['equation']}>
          <Formula text="τ = ε · D0 / D_eff" />
        </span>
        , with ε the volume fraction of the conducting phase. The command line gives the same bits
        as this page.
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
