/** Says where the work of this tab is kept, where that is not as one would expect. */
import { Button, CloseButton } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import { useWork, type WorkState } from '../../stores/work/state.ts';
import { useAction } from '../../use-action.ts';
import styles from './shell.module.css';

interface Told {
  readonly kind: 'warning' | 'info';
  readonly title: string;
  readonly text: string;
  /** What the button that goes on says; null for none. */
  readonly button: string | null;
}

function toldOf({ status, elsewhere, problem }: WorkState): Told | null {
  if (status === 'taken') {
    return {
      kind: 'warning',
      title: 'This work goes on in another tab.',
      text: 'What is done here from now on is not saved.',
      button: 'Take it back',
    };
  }
  if (status === 'outdated') {
    return {
      kind: 'warning',
      title: 'A newer version of Tauscope keeps the work.',
      text: 'What is done here is not saved: reload the page to go on with the newer version.',
      button: null,
    };
  }
  if (problem !== null) {
    return { kind: 'warning', title: 'Not saved.', text: problem, button: null };
  }
  if (elsewhere === null) return null;
  return {
    kind: 'info',
    title: 'Your work is open in another tab.',
    text: 'This tab keeps work of its own.',
    button: 'Go on with it here',
  };
}

export function WorkNotice() {
  const state = useWork();
  const told = toldOf(state);
  const { obstacle, run } = useAction('take-over');
  if (told === null) return null;
  const Mark = told.kind === 'info' ? IconInfoCircle : IconAlertTriangle;
  return (
    <div className={styles['message']} data-kind={told.kind} role="status">
      <Mark size={16} aria-hidden />
      <div className={styles['messageText']}>
        <strong>{told.title}</strong> {told.text}
      </div>
      {told.button === null ? null : (
        <Button disabled={obstacle !== null} title={obstacle ?? undefined} onClick={run}>
          {told.button}
        </Button>
      )}
      {told.kind === 'info' ? (
        <CloseButton
          size="sm"
          aria-label="Not now"
          onClick={() => useWork.setState({ elsewhere: null })}
        />
      ) : null}
    </div>
  );
}
