/** A step's state as a mark and a word. */
import { Loader } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCircle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconClock,
  IconRefreshAlert,
} from '@tabler/icons-react';
import { formatSeconds, formatTimeLeft } from '../../components/format.ts';
import type { StepOutcome, StepState } from '../../stores/recipe-status.ts';
import styles from './pipeline.module.css';

const MARKS = {
  off: IconCircleDashed,
  invalid: IconAlertTriangle,
  waiting: IconClock,
  failed: IconCircleX,
  done: IconCircleCheck,
  cached: IconCircleCheck,
  changed: IconRefreshAlert,
  new: IconCircle,
} as const satisfies Record<Exclude<StepState, 'running'>, unknown>;

export function StepMark({ state }: { readonly state: StepState }) {
  if (state === 'running') return <Loader size={16} aria-hidden className={styles['mark']} />;
  const Mark = MARKS[state];
  return <Mark size={16} stroke={1.7} aria-hidden className={styles['mark']} data-state={state} />;
}

/** What the second line of a step's row says. */
export function stateText(
  state: StepState,
  outcome: StepOutcome | undefined,
  running: { readonly fraction: number; readonly secondsLeft: number | null },
): string {
  switch (state) {
    case 'off':
      return 'off';
    case 'invalid':
      return 'needs attention';
    case 'waiting':
      return 'waiting';
    case 'running':
      return `running · ${Math.round(100 * running.fraction)} %${running.secondsLeft === null ? '' : ` · ${formatTimeLeft(running.secondsLeft)}`}`;
    case 'failed':
      return 'failed';
    case 'done':
      return outcome === undefined
        ? 'done'
        : `done · ${formatSeconds(outcome.summary.elapsedMs / 1000)}`;
    case 'cached':
      return 'done · kept from before';
    case 'changed':
      return 'changed since the last run';
    case 'new':
      return 'not run yet';
  }
}
