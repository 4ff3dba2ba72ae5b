/** All keys: those of the actions, and those of numbers and views. */
import { Modal } from '@mantine/core';
import { Fragment } from 'react';
import { type Action, shortcutText } from '../../action.ts';
import { ACTIONS } from '../../actions.ts';
import { useDialog } from '../../workbench-context.tsx';
import { VIEWER_KEYS } from '../viewer/index.ts';
import styles from './shell.module.css';

type Keys = readonly (readonly [keys: string, title: string])[];

const FIELD_KEYS: Keys = [['↑ ↓', 'One step up or down; with Shift ten']];
const VOLUME_KEYS: Keys = [
  ['↑ ↓', 'Previous or next volume'],
  ['Enter', 'Show the volume'],
];
const LIST_KEYS: Keys = [['↑ ↓', 'Previous or next step']];

function keysOf(scope: Action['scope']): Keys {
  return ACTIONS.flatMap((action) =>
    action.scope === scope && action.shortcut !== null
      ? [[shortcutText(action.shortcut), action.title] as const]
      : [],
  );
}

export function ShortcutsSheet() {
  const { opened, close } = useDialog('shortcuts');
  return (
    <Modal opened={opened} onClose={close} title="Keyboard shortcuts" size={820}>
      <div className={styles['sheet']}>
        <div>
          <KeyList title="Everywhere" keys={keysOf('page')} />
        </div>
        <div>
          <KeyList title="In the recipe" keys={[...LIST_KEYS, ...keysOf('steps')]} />
          <KeyList title="In the list of volumes" keys={[...VOLUME_KEYS, ...keysOf('volumes')]} />
          <KeyList title="In a number" keys={FIELD_KEYS} />
          <KeyList title="In a view" keys={VIEWER_KEYS} />
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
