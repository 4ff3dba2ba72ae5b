/** How far opening or generating is, and the way out. */
import { Button, Progress } from '@mantine/core';
import type { Activity } from '../../stores/workspace.ts';
import { useWorkspace } from '../../workbench-context.tsx';
import styles from './import.module.css';

export function OpenProgress({ activity }: { readonly activity: Activity }) {
  const workspace = useWorkspace();
  const percent = Math.round(100 * activity.fraction);
  return (
    <div className={styles['progress']}>
      <p className={styles['progressTitle']}>
        {activity.title} <span className={styles['percent']}>{percent} %</span>
      </p>
      <Progress value={percent} size="sm" aria-label={activity.title} />
      <Button variant="default" disabled={activity.cancelling} onClick={workspace.cancel}>
        {activity.cancelling ? 'Cancelling…' : 'Cancel'}
      </Button>
    </div>
  );
}
