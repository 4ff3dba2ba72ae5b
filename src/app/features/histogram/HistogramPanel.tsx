/** The histogram with window handles and marker intervals; bars of phase fractions for labels. */
import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { Suspense } from 'react';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import type { GreyInterval } from '../../../declaration/parameters.ts';
import type { EngineClient } from '../../engine-client.ts';
import { HISTOGRAM_FILES, useHistogramView } from '../../stores/histogram-view.ts';
import { namedIntervals, selectedIntervals } from '../../stores/interval-step.ts';
import { useHistogram } from '../../use-histogram.ts';
import { useWorkbench, useWorkspaceState } from '../../workbench-context.tsx';
import { saveHistogram } from './files.ts';
import { HistogramChart } from './HistogramChart.tsx';
import { Suggestions } from './lazy-suggestions.ts';
import { PhaseBars } from './PhaseBars.tsx';
import { WindowFields } from './WindowFields.tsx';
import styles from './histogram.module.css';

interface HistogramPanelProps {
  readonly client: EngineClient;
  readonly image: VolumeInfo | null;
  /** Marker intervals to show; null while the selected step has none. */
  readonly intervals: readonly GreyInterval[] | null;
  readonly onIntervalsChange: (intervals: readonly GreyInterval[], dragging: boolean) => void;
}

export function HistogramPanel(props: HistogramPanelProps) {
  const { client, image, intervals, onIntervalsChange } = props;
  // Not what is marked: that changes with every suggestion the pointer passes.
  const scale = useHistogramView((state) => state.scale);
  const suggesting = useHistogramView((state) => state.suggesting);
  const canSuggest = useWorkspaceState((state) => selectedIntervals(state) !== null);
  const names = useWorkspaceState((state) => ({ found: namedIntervals(state) })).found;
  const histogram = useHistogram(client, image)?.histogram ?? null;
  const source = useWorkspaceState((state) => state.source);
  const isOther = source !== null && source.kind === 'grey' && source.handle !== image?.handle;
  const compared =
    useHistogram(client, image !== null && isOther ? source : null)?.histogram ?? null;
  return (
    <div className={styles['panel']}>
      <header className={styles['head']}>
        <h2>{image === null && source !== null ? 'Labels' : 'Histogram'}</h2>
        {image !== null && compared !== null && (
          <span className={styles['key']}>
            <span className={styles['keySwatch']} /> input
          </span>
        )}
        <span className={styles['spring']} />
        {image !== null && (
          <>
            <ShowAll />
            {canSuggest && (
              <Button
                size="compact-xs"
                variant={suggesting ? 'light' : 'default'}
                aria-expanded={suggesting}
                onClick={() => useHistogramView.setState({ suggesting: !suggesting })}
              >
                Suggestions
              </Button>
            )}
            <Button
              size="compact-xs"
              variant={scale === 'log' ? 'light' : 'default'}
              aria-label="Logarithmic counts"
              aria-pressed={scale === 'log'}
              onClick={() =>
                useHistogramView.setState({ scale: scale === 'log' ? 'linear' : 'log' })
              }
            >
              Log
            </Button>
            <SaveMenu disabled={histogram === null} />
          </>
        )}
      </header>
      {image === null ? (
        <PhaseBars source={source} />
      ) : (
        <>
          <HistogramChart
            histogram={histogram}
            compared={compared}
            scale={scale}
            intervals={intervals}
            names={names}
            onIntervalsChange={onIntervalsChange}
          />
          {canSuggest && suggesting && (
            <Suspense fallback={null}>
              <Suggestions />
            </Suspense>
          )}
          <WindowFields histogram={histogram} range={image.range} />
        </>
      )}
    </div>
  );
}

function ShowAll() {
  const isPart = useHistogramView((state) => state.zoom !== null);
  if (!isPart) return null;
  return (
    <Tooltip label="Show all grey values">
      <Button
        size="compact-xs"
        variant="default"
        aria-label="Show all grey values"
        onClick={() => useHistogramView.setState({ zoom: null })}
      >
        All
      </Button>
    </Tooltip>
  );
}

function SaveMenu({ disabled }: { readonly disabled: boolean }) {
  const workbench = useWorkbench();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Tooltip label="Save the histogram">
          <ActionIcon size={24} aria-label="Save the histogram" disabled={disabled}>
            <IconDownload size={16} stroke={1.6} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {HISTOGRAM_FILES.map(({ kind, title }) => (
          <Menu.Item key={kind} onClick={() => void saveHistogram(workbench, kind)}>
            {title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
