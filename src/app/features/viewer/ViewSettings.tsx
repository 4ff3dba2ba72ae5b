/** From where the volume is seen in 3-D, and turning it by itself. */
import { Button } from '@mantine/core';
import { VIEW_ACTION_IDS, ORBIT_ACTION_IDS } from '../../volume-actions.ts';
import { useAction } from '../../use-action.ts';
import styles from './volume-settings.module.css';

export function ViewSettings() {
  return (
    <>
      <div className={styles['grid']} role="group" aria-label="View directions">
        {VIEW_ACTION_IDS.map((id) => (
          <ActionText key={id} id={id} />
        ))}
      </div>
      <div className={styles['grid']} role="group" aria-label="Turning by itself">
        {ORBIT_ACTION_IDS.map((id) => (
          <ActionText key={id} id={id} />
        ))}
      </div>
      <p className={styles['note']}>
        Drag turns, Shift and drag moves, the wheel zooms. Any input stops the turning.
      </p>
    </>
  );
}

function ActionText({ id }: { readonly id: string }) {
  const { title, shortTitle, obstacle, isOn, run } = useAction(id);
  return (
    <Button
      variant={isOn === true ? 'light' : 'default'}
      data-action={id}
      data-orbit={id === 'orbit' || undefined}
      {...(isOn === null ? {} : { 'aria-pressed': isOn })}
      disabled={obstacle !== null}
      title={obstacle ?? undefined}
      onClick={run}
    >
      {shortTitle ?? title.replace(/^3-D: /, '').replace(/^./, (letter) => letter.toUpperCase())}
    </Button>
  );
}
