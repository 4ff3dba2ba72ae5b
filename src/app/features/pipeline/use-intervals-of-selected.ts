/** Links the histogram's handles to the grey intervals of the selected step. */
import { useCallback, useMemo, useRef } from 'react';
import type { GreyInterval } from '../../../declaration/parameters.ts';
import { setStepParams } from '../../../recipe/edit.ts';
import { useSteps, useWorkspace, useWorkspaceState } from '../../workbench-context.tsx';
import { roundIntervals } from '../../components/parameter-form/intervals.ts';
import { foundValues } from './found-values.ts';
import { inputOf } from './use-field-context.ts';

export interface IntervalsOfSelected {
  /** null where the selected step has no intervals, or none are known yet. */
  readonly intervals: readonly GreyInterval[] | null;
  readonly change: (intervals: readonly GreyInterval[], dragging: boolean) => void;
}

let drags = 0;

export function useIntervalsOfSelected(): IntervalsOfSelected {
  const workspace = useWorkspace();
  const steps = useSteps();
  const selected = useWorkspaceState((state) => state.selected);
  const summary = useWorkspaceState((state) => state.outcomes[state.selected]?.summary ?? null);
  const range = useWorkspaceState((state) => inputOf(state, state.selected)?.range ?? null);
  const status = steps.find(({ step }) => step.id === selected);
  const fields = status?.operation?.parameters ?? null;
  const name =
    fields === null
      ? undefined
      : Object.entries(fields).find(([, field]) => field.kind === 'intervals')?.[0];
  const given = name === undefined ? null : status?.step.params[name];
  const title = status?.operation?.title ?? '';

  const intervals = useMemo(() => {
    if (fields === null || name === undefined) return null;
    if (Array.isArray(given)) return given as readonly GreyInterval[];
    const found = foundValues(fields, summary)[name];
    if (!Array.isArray(found)) return null;
    // A drag writes all ends into the recipe, where tails of digits would only be noise.
    const ends = found as readonly GreyInterval[];
    return range === null ? ends : roundIntervals(ends, range);
  }, [fields, name, given, summary, range]);

  const drag = useRef<string | null>(null);
  const change = useCallback(
    (next: readonly GreyInterval[], dragging: boolean): void => {
      if (name === undefined) return;
      if (drag.current === null) {
        drags += 1;
        drag.current = `${selected}.${name} drag ${drags}`;
      }
      workspace.edit(
        `Change grey intervals of ${title}`,
        (recipe) => setStepParams(recipe, selected, { [name]: next }),
        drag.current,
      );
      if (!dragging) drag.current = null;
    },
    [workspace, selected, name, title],
  );
  return { intervals, change };
}
