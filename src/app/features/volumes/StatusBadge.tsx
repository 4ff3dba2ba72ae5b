/** How far the recipe is with a volume, as a mark with its sentence. */
import { Loader } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCircle,
  IconCircleCheck,
  IconCircleX,
  IconRefreshAlert,
  IconTable,
} from '@tabler/icons-react';
import type { VolumeStatus } from '../../stores/listed-volumes.ts';
import styles from './volumes.module.css';

const MARKS = {
  new: IconCircle,
  done: IconCircleCheck,
  numbers: IconTable,
  changed: IconRefreshAlert,
  failed: IconCircleX,
  invalid: IconAlertTriangle,
} as const satisfies Record<Exclude<VolumeStatus, 'running'>, unknown>;

const TEXTS: Readonly<Record<VolumeStatus, string>> = {
  new: 'The recipe has not run on it yet.',
  running: 'The recipe is running on it.',
  done: 'Its results are up to date.',
  numbers: 'Its numbers are up to date; its images are computed again by a run.',
  changed: 'The recipe has changed since it ran on it.',
  failed: 'The recipe failed on it.',
  invalid: 'The recipe cannot run on it: a step needs attention.',
};

export function statusText(status: VolumeStatus): string {
  return TEXTS[status];
}

export function StatusBadge({ status }: { readonly status: VolumeStatus }) {
  if (status === 'running') {
    return <Loader size={14} role="img" aria-label={TEXTS.running} className={styles['badge']} />;
  }
  const Mark = MARKS[status];
  return (
    <Mark
      size={15}
      stroke={1.7}
      role="img"
      aria-label={TEXTS[status]}
      className={styles['badge']}
      data-status={status}
    />
  );
}
