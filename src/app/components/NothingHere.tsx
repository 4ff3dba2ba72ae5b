/** An empty place: what will be here, and the action that brings it. */
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useAction } from '../use-action.ts';
import styles from './nothing-here.module.css';

interface NothingHereProps {
  readonly children: ReactNode;
  /** Id of the action that fills the place. */
  readonly action: string;
}

export function NothingHere({ children, action }: NothingHereProps) {
  const { title, obstacle, label, run } = useAction(action);
  return (
    <div className={styles['nothing']}>
      {children}
      <Button
        size="xs"
        variant="default"
        className={styles['action'] ?? ''}
        disabled={obstacle !== null}
        title={label}
        onClick={run}
      >
        {title}
      </Button>
    </div>
  );
}
