/** The histogram with window handles and marker intervals; bars of phase fractions for labels. */
import { ActionIcon, Menu, SegmentedControl, Tooltip } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import type { GreyInterval } from '../../../declaration/parameters.ts';
import { rasterise } from '../../components/rasterise.ts';
import { saveFile } from '../../components/save-file.ts';
import type { EngineClient } from '../../engine-client.ts';
import { useHistogram } from '../../use-histogram.ts';
import { useWorkspaceState } from '../../workbench-context.tsx';
import type { Scale } from './bars.ts';
import { FIGURE_MM, histogramFigure } from './figure.ts';
import { HistogramChart } from './HistogramChart.tsx';
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
  const [scale, setScale] = useState<Scale>('linear');
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
            <SegmentedControl
              size="xs"
              className={styles['scale'] ?? ''}
              aria-label="Scale of the counts"
              value={scale}
              onChange={(value) => setScale(value === 'log' ? 'log' : 'linear')}
              data={[
                { value: 'linear', label: 'Linear' },
                { value: 'log', label: 'Log' },
              ]}
            />
            <SaveMenu
              disabled={histogram === null}
              name={image.name}
              draw={() =>
                histogram === null
                  ? null
                  : histogramFigure({
                      histogram,
                      compared,
                      scale,
                      intervals: intervals ?? [],
                      title: image.name,
                    })
              }
            />
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
            onIntervalsChange={onIntervalsChange}
          />
          <WindowFields histogram={histogram} range={image.range} />
        </>
      )}
    </div>
  );
}

function SaveMenu(props: {
  readonly disabled: boolean;
  readonly name: string;
  /** The figure as SVG text. */
  readonly draw: () => string | null;
}) {
  const save = async (kind: 'svg' | 'png'): Promise<void> => {
    const svg = props.draw();
    if (svg === null) return;
    const name = `${props.name.replace(/\.[^.]+$/, '')}-histogram.${kind}`;
    const blob =
      kind === 'svg' ? new Blob([svg], { type: 'image/svg+xml' }) : await rasterise(svg, FIGURE_MM);
    saveFile(name, blob);
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Tooltip label="Save the histogram as a figure">
          <ActionIcon
            size={24}
            aria-label="Save the histogram as a figure"
            disabled={props.disabled}
          >
            <IconDownload size={16} stroke={1.6} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void save('svg')}>SVG, 90 mm wide</Menu.Item>
        <Menu.Item onClick={() => void save('png')}>PNG, 600 dpi</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
