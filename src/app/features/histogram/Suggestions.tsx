/** Intervals that the histogram suggests for the selected step; none is applied unasked. */
import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { IntervalSuggestion } from '../../../../workers/interval-suggestions.ts';
import { useHistogramView } from '../../stores/histogram-view.ts';
import { giveIntervals, selectedIntervals } from '../../stores/interval-step.ts';
import { useWorkbench, useWorkspaceState } from '../../workbench-context.tsx';
import { suggestionTitle, withNames } from './suggestion-text.ts';
import styles from './suggestions.module.css';

interface Known {
  readonly handle: string;
  readonly count: number | null;
  /** null where they could not be found. */
  readonly suggestions: readonly IntervalSuggestion[] | null;
}

function mark(suggestion: IntervalSuggestion | null): void {
  useHistogramView.setState({ marked: suggestion?.values ?? [] });
}

export function Suggestions() {
  const { client, workspace } = useWorkbench();
  const step = useWorkspaceState((state) => ({ found: selectedIntervals(state) })).found;
  const [known, setKnown] = useState<Known | null>(null);
  const handle = step?.input?.kind === 'grey' ? step.input.handle : null;
  const count = step?.intervals?.length ?? null;
  useEffect(() => {
    if (handle === null) return;
    let current = true;
    const keep = (suggestions: Known['suggestions']): void => {
      if (!current) return;
      setKnown({ handle, count, suggestions });
      mark(suggestions?.[0] ?? null);
    };
    client.suggestIntervals(handle, count).then(keep, () => keep(null));
    return () => {
      current = false;
    };
  }, [client, handle, count]);
  useEffect(() => () => mark(null), []);
  if (step === null) return null;
  const { minCount, maxCount } = step.field;
  const isCurrent = known?.handle === handle;
  const fitting = (isCurrent ? (known?.suggestions ?? []) : []).filter(
    ({ intervals }) => intervals.length >= minCount && intervals.length <= maxCount,
  );
  const use = (suggestion: IntervalSuggestion): void => {
    const now = selectedIntervals(workspace.store.getState());
    if (now === null) return;
    const intervals = withNames(suggestion.intervals, now.intervals);
    giveIntervals(workspace, now, intervals, `Use ${suggestionTitle(suggestion)}`);
  };
  if (fitting.length === 0) {
    const reason =
      handle === null
        ? 'Run the steps before this one first.'
        : isCurrent
          ? 'This histogram suggests no intervals.'
          : 'Looking for intervals…';
    return (
      <p className={styles['empty']} role="status">
        {reason}
      </p>
    );
  }
  return (
    <ul className={styles['list']} aria-label="Suggestions">
      {fitting.map((suggestion) => {
        const title = suggestionTitle(suggestion);
        return (
          <li key={title} onPointerEnter={() => mark(suggestion)} onFocus={() => mark(suggestion)}>
            <span title={title}>{title[0]?.toUpperCase() + title.slice(1)}</span>
            <Button
              size="compact-xs"
              variant="default"
              aria-label={`Use ${title}`}
              onClick={() => use(suggestion)}
            >
              Use
            </Button>
          </li>
        );
      })}
    </ul>
  );
}
