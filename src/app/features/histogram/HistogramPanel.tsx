/** The histogram with window handles and marker intervals; bars of phase fractions for labels. */
import { ActionIcon, SegmentedControl, Tooltip } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { scaleLinear } from 'd3-scale';
import { type PointerEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { Histogram, VolumeInfo } from '../../../../workers/engine-api.ts';
import type { GreyInterval } from '../../../declaration/parameters.ts';
import { saveFile } from '../../components/save-file.ts';
import type { EngineClient } from '../../engine-client.ts';
import { useSize } from '../../components/use-size.ts';
import { useViewer } from '../../stores/viewer.ts';
import { useWorkspaceState } from '../../workbench-context.tsx';
import {
  areaPath,
  columnHeights,
  type Edge,
  foldCounts,
  formatGrey,
  histogramEnd,
  moveEdge,
  type Scale,
} from './bars.ts';
import { PhaseBars } from './PhaseBars.tsx';
import styles from './histogram.module.css';

interface HistogramPanelProps {
  readonly client: EngineClient;
  readonly image: VolumeInfo | null;
  /** Marker intervals to show; null while the selected step has none. */
  readonly intervals: readonly GreyInterval[] | null;
  readonly onIntervalsChange: (intervals: readonly GreyInterval[], dragging: boolean) => void;
}

const MARGIN = { left: 10, right: 10, top: 18, bottom: 20 };
/** The colours of new phases, darkest interval first. */
const BAND_COLOURS = ['#3b82c4', '#c98a16', '#2f9e6e', '#b06a96', '#57a9d4', '#c2602e'];

export function HistogramPanel(props: HistogramPanelProps) {
  const { client, image, intervals, onIntervalsChange } = props;
  const [scale, setScale] = useState<Scale>('linear');
  const chart = useRef<HTMLDivElement>(null);
  const histogram = useHistogram(client, image);
  const source = useWorkspaceState((state) => state.source);
  const compared = useHistogram(
    client,
    image !== null && source !== null && source.kind === 'grey' && source.handle !== image.handle
      ? source
      : null,
  );
  const saveSvg = (): void => {
    const svg = chart.current?.querySelector('svg');
    if (svg === null || svg === undefined) return;
    const text = new XMLSerializer().serializeToString(svg);
    saveFile('histogram.svg', new Blob([text], { type: 'image/svg+xml' }));
  };
  return (
    <div className={styles['panel']}>
      <header className={styles['head']}>
        <h2>Histogram</h2>
        {image !== null && (
          <>
            <SegmentedControl
              size="xs"
              aria-label="Scale of the counts"
              value={scale}
              onChange={(value) => setScale(value === 'log' ? 'log' : 'linear')}
              data={[
                { value: 'linear', label: 'Linear' },
                { value: 'log', label: 'Log' },
              ]}
            />
            <Tooltip label="Save the histogram as SVG">
              <ActionIcon size={22} aria-label="Save the histogram as SVG" onClick={saveSvg}>
                <IconDownload size={15} />
              </ActionIcon>
            </Tooltip>
          </>
        )}
      </header>
      <div ref={chart} className={styles['chart']}>
        {image === null ? (
          <PhaseBars source={source} />
        ) : (
          histogram !== null && (
            <Chart
              histogram={histogram}
              compared={compared}
              scale={scale}
              intervals={intervals}
              onIntervalsChange={onIntervalsChange}
            />
          )
        )}
      </div>
    </div>
  );
}

/** The histogram of a volume; the one before it stays until the next has come. */
function useHistogram(client: EngineClient, volume: VolumeInfo | null): Histogram | null {
  const [known, setKnown] = useState<{ handle: string; histogram: Histogram } | null>(null);
  const handle = volume?.handle ?? null;
  useEffect(() => {
    if (handle === null) return;
    let current = true;
    client.histogram(handle).then(
      (histogram) => {
        if (current) setKnown({ handle, histogram });
      },
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [client, handle]);
  return handle === null ? null : (known?.histogram ?? null);
}

interface ChartProps {
  readonly histogram: Histogram;
  readonly compared: Histogram | null;
  readonly scale: Scale;
  readonly intervals: readonly GreyInterval[] | null;
  readonly onIntervalsChange: (intervals: readonly GreyInterval[], dragging: boolean) => void;
}

function Chart({ histogram, compared, scale, intervals, onIntervalsChange }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(box);
  const clip = useId();
  const window = useViewer((state) => state.window);
  const { setWindow } = useViewer.getState();
  const low = histogram.start;
  const high = histogramEnd(histogram);
  const innerWidth = Math.max(1, width - MARGIN.left - MARGIN.right);
  const innerHeight = Math.max(1, height - MARGIN.top - MARGIN.bottom);
  const x = useMemo(() => scaleLinear([low, high], [0, innerWidth]), [low, high, innerWidth]);
  const columns = Math.max(1, Math.round(innerWidth));
  const area = useMemo(
    () =>
      areaPath(
        columnHeights(foldCounts(histogram, low, high, columns), scale),
        innerWidth,
        innerHeight,
      ),
    [histogram, low, high, columns, scale, innerWidth, innerHeight],
  );
  const comparison = useMemo(
    () =>
      compared === null
        ? null
        : areaPath(
            columnHeights(foldCounts(compared, low, high, columns), scale),
            innerWidth,
            innerHeight,
          ),
    [compared, low, high, columns, scale, innerWidth, innerHeight],
  );
  const gap = Math.max((high - low) * 1e-4, Number.EPSILON);
  const keyStep = (high - low) / 200;

  const setEdge = (index: number, edge: Edge, value: number, dragging: boolean): void => {
    if (intervals !== null) {
      onIntervalsChange(moveEdge(intervals, index, edge, value, gap), dragging);
    }
  };
  const moveWindow = (end: 'low' | 'high', value: number): void => {
    if (window === null) return;
    const limited =
      end === 'low' ? Math.min(value, window.high - gap) : Math.max(value, window.low + gap);
    setWindow({ ...window, [end]: limited });
  };

  return (
    <div ref={box} className={styles['box']}>
      {width > 0 && (
        <svg
          width={width}
          height={height}
          className={styles['svg']}
          role="group"
          aria-label="Histogram of grey values"
        >
          <defs>
            <clipPath id={clip}>
              <rect width={innerWidth} height={innerHeight} />
            </clipPath>
          </defs>
          <g transform={`translate(${MARGIN.left} ${MARGIN.top})`}>
            {intervals?.map((interval, i) => (
              <Band
                key={`${interval.name}-${String(i)}`}
                name={interval.name}
                colour={BAND_COLOURS[i % BAND_COLOURS.length] as string}
                from={x(Math.max(low, interval.from ?? low))}
                to={x(Math.min(high, interval.to ?? high))}
                height={innerHeight}
              />
            ))}
            <g clipPath={`url(#${clip})`}>
              {comparison !== null && <path d={comparison} className={styles['compared']} />}
              <path d={area} className={styles['area']} />
            </g>
            <Axis ticks={x.ticks(Math.max(2, Math.floor(innerWidth / 64)))} x={x} y={innerHeight} />
            {histogram.peaks.map((peak) => (
              <g
                key={peak}
                data-peak={peak}
                transform={`translate(${x(peak)} -3)`}
                className={styles['peak']}
              >
                <path d="M-3.5 -4L3.5 -4L0 1Z" />
                <text y={-6} textAnchor="middle">
                  {formatGrey(peak)}
                </text>
              </g>
            ))}
            {intervals?.flatMap((interval, i) =>
              (['from', 'to'] as const).map((edge) => {
                const value = interval[edge];
                return value === null ? null : (
                  <Handle
                    key={`${String(i)}-${edge}`}
                    kind="edge"
                    label={`${interval.name}: ${edge === 'from' ? 'lower' : 'upper'} end`}
                    value={value}
                    min={low}
                    max={high}
                    x={x(Math.max(low, Math.min(high, value)))}
                    height={innerHeight}
                    keyStep={keyStep}
                    toValue={(pixels) => x.invert(pixels)}
                    onMove={(to, dragging) => setEdge(i, edge, to, dragging)}
                  />
                );
              }),
            )}
            {window !== null &&
              (['low', 'high'] as const).map((end) => (
                <Handle
                  key={end}
                  kind="window"
                  label={end === 'low' ? 'Window: black at' : 'Window: white at'}
                  value={window[end]}
                  min={low}
                  max={high}
                  x={x(Math.max(low, Math.min(high, window[end])))}
                  height={innerHeight}
                  keyStep={keyStep}
                  toValue={(pixels) => x.invert(pixels)}
                  onMove={(to) => moveWindow(end, to)}
                />
              ))}
          </g>
        </svg>
      )}
    </div>
  );
}

function Band(props: {
  readonly name: string;
  readonly colour: string;
  readonly from: number;
  readonly to: number;
  readonly height: number;
}) {
  const { name, colour, from, to, height } = props;
  const width = Math.max(0, to - from);
  return (
    <g transform={`translate(${from} 0)`}>
      <rect width={width} height={height} fill={colour} fillOpacity={0.22} />
      <rect width={width} height={3} y={height - 3} fill={colour} />
      {width > 30 && (
        <text className={styles['band']} x={width / 2} y={11} textAnchor="middle">
          {name.length * 6 > width ? `${name.slice(0, Math.floor(width / 7))}…` : name}
        </text>
      )}
    </g>
  );
}

function Axis(props: {
  readonly ticks: readonly number[];
  readonly x: (value: number) => number;
  readonly y: number;
}) {
  return (
    <g transform={`translate(0 ${props.y})`} className={styles['axis']}>
      {props.ticks.map((tick) => (
        <g key={tick} transform={`translate(${props.x(tick)} 0)`}>
          <line y2={4} />
          <text y={15} textAnchor="middle">
            {formatGrey(tick)}
          </text>
        </g>
      ))}
    </g>
  );
}

interface HandleProps {
  readonly kind: 'edge' | 'window';
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly x: number;
  readonly height: number;
  readonly keyStep: number;
  readonly toValue: (pixels: number) => number;
  readonly onMove: (value: number, dragging: boolean) => void;
}

/** A vertical line to drag, or to move with the arrow keys. */
function Handle(props: HandleProps) {
  const { kind, label, value, min, max, x, height, keyStep, toValue, onMove } = props;
  const grip = useRef<{ readonly pointer: number; readonly x: number } | null>(null);
  const moveTo = (event: PointerEvent<SVGGElement>, dragging: boolean): void => {
    const start = grip.current;
    if (start !== null) onMove(toValue(start.x + event.clientX - start.pointer), dragging);
  };
  return (
    <g
      className={styles['handle']}
      data-kind={kind}
      transform={`translate(${x} 0)`}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-orientation="horizontal"
      aria-valuemin={min}
      aria-valuemax={max}
      aria-valuenow={value}
      aria-valuetext={formatGrey(value)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        grip.current = { pointer: event.clientX, x };
      }}
      onPointerMove={(event) => moveTo(event, true)}
      onPointerUp={(event) => {
        moveTo(event, false);
        grip.current = null;
      }}
      onKeyDown={(event) => {
        const direction = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
        if (direction === undefined) return;
        event.preventDefault();
        onMove(value + direction * keyStep * (event.shiftKey ? 10 : 1), false);
      }}
    >
      <title>{`${label} ${formatGrey(value)}`}</title>
      <rect x={-6} width={12} height={height} className={styles['reach']} />
      <line y1={0} y2={height} />
      {kind === 'window' ? (
        <path d={`M-5 ${height}L5 ${height}L0 ${height - 7}Z`} />
      ) : (
        <rect x={-3} y={height / 2 - 9} width={6} height={18} rx={2} className={styles['knob']} />
      )}
    </g>
  );
}
