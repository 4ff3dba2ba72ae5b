/** Says that a new version can be used, and leaves it to the person when. */
import { Button, CloseButton } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useInstallation } from '../../stores/installation.ts';
import { useAction } from '../../use-action.ts';
import styles from './shell.module.css';

export function VersionNotice() {
  const isShown = useInstallation((state) => state.hasUpdate && !state.isPutOff);
  return isShown ? <Notice /> : null;
}

function Notice() {
  const { obstacle, run } = useAction('use-new-version');
  return (
    <div className={styles['message']} data-kind="info" role="status">
      <IconRefresh size={16} aria-hidden />
      <div className={styles['messageText']}>
        <strong>A new version is ready.</strong> A reload keeps the recipe, the view and the
        measures; the volume is opened again by hand.
      </div>
      <Button disabled={obstacle !== null} title={obstacle ?? undefined} onClick={run}>
        Reload
      </Button>
      <CloseButton
        size="sm"
        aria-label="Not now"
        onClick={() => useInstallation.setState({ isPutOff: true })}
      />
    </div>
  );
}
