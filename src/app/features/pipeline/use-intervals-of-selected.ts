/** Links the histogram's handles to the grey intervals of the selected step. */
import { useCallback, useRef } from 'react';
import type { GreyInterval } from '../../../declaration/parameters.ts';
import { giveIntervals, selectedIntervals } from '../../stores/interval-step.ts';
import { useWorkspace, useWorkspaceState } from '../../workbench-context.tsx';

export interface IntervalsOfSelected {
  /** null where the selected step has no intervals, or none are known yet. */
  readonly intervals: readonly GreyInterval[] | null;
  readonly change: (intervals: readonly GreyInterval[], dragging: boolean) => void;
}

let drags = 0;

export function useIntervalsOfSelected(): IntervalsOfSelected {
  const workspace = useWorkspace();
  const intervals = useWorkspaceState((state) => selectedIntervals(state)?.intervals ?? null);
  const drag = useRef<string | null>(null);
  const change = useCallback(
    (next: readonly GreyInterval[], dragging: boolean): void => {
      const step = selectedIntervals(workspace.store.getState());
      if (step === null) return;
      if (drag.current === null) {
        drags += 1;
        drag.current = `${step.status.step.id}.${step.name} drag ${drags}`;
      }
      giveIntervals(
        workspace,
        step,
        next,
        `Change grey intervals of ${step.operation.title}`,
        drag.current,
      );
      if (!dragging) drag.current = null;
    },
    [workspace],
  );
  return { intervals, change };
}
