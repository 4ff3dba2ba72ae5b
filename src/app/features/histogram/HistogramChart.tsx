/** The chart of grey values: counts, peaks, marker intervals, window. */
import { scaleLinear } from 'd3-scale';
import { useId, useMemo, useRef } from 'react';
import type { Histogram } from '../../../../workers/engine-api.ts';
import type { GreyInterval } from '../../../declaration/parameters.ts';
import { useSize } from '../../components/use-size.ts';
import { colourStops } from '../../rendering/colour-maps.ts';
import { phaseColour } from '../../../volume/labels.ts';
import { useHistogramView } from '../../stores/histogram-view.ts';
import { useViewer } from '../../stores/viewer.ts';
import {
  areaPath,
  chartDomain,
  chartTop,
  columnHeights,
  columnShares,
  type Edge,
  formatGrey,
  groupedGrey,
  moveEdge,
  type NamedPeak,
  namedPeaks,
  peakLabels,
  type Scale,
  shortName,
  snapped,
  totalCount,
} from './bars.ts';
import { ChartHandle } from './ChartHandle.tsx';
import { Plot } from './Plot.tsx';
import { panTo, shownSpan } from './zoom.ts';
import styles from './histogram.module.css';

interface HistogramChartProps {
  readonly histogram: Histogram | null;
  /** The input's histogram, drawn behind; null where it is the same or there is none. */
  readonly compared: Histogram | null;
  readonly scale: Scale;
  readonly intervals: readonly GreyInterval[] | null;
  /** Those that peaks are named after; null for none. */
  readonly names: readonly GreyInterval[] | null;
  readonly onIntervalsChange: (intervals: readonly GreyInterval[], dragging: boolean) => void;
}

const MARGIN = { left: 14, right: 14, top: 22, bottom: 38 };
const STRIP = { top: 1, height: 6 };
/** Of a letter in the chart's labels, at most on average. */
const LETTER_WIDTH = 6;

export function HistogramChart(props: HistogramChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(box);
  const isReady = props.histogram !== null && width > 0 && height > 0;
  return (
    <div className={styles['chart']} ref={box}>
      {isReady && (
        <Chart {...props} histogram={props.histogram as Histogram} width={width} height={height} />
      )}
    </div>
  );
}

function Chart(
  props: HistogramChartProps & {
    readonly histogram: Histogram;
    readonly width: number;
    readonly height: number;
  },
) {
  const { histogram, compared, scale, intervals, names, onIntervalsChange, width, height } = props;
  const clip = useId();
  const window = useViewer((state) => state.window);
  const { setWindow } = useViewer.getState();
  const full = useDomain(histogram, intervals);
  const zoom = useHistogramView((state) => state.zoom);
  const [low, high] = shownSpan(zoom, full);
  const isPart = low > full[0] || high < full[1];
  const innerWidth = Math.max(1, width - MARGIN.left - MARGIN.right);
  const innerHeight = Math.max(1, height - MARGIN.top - MARGIN.bottom);
  const x = useMemo(() => scaleLinear([low, high], [0, innerWidth]), [low, high, innerWidth]);
  const columns = Math.max(1, Math.round(innerWidth));
  const shares = useMemo(
    () => columnShares(histogram, low, high, columns),
    [histogram, low, high, columns],
  );
  const otherShares = useMemo(
    () => (compared === null ? null : columnShares(compared, low, high, columns)),
    [compared, low, high, columns],
  );
  const [area, otherArea] = useMemo(() => {
    const heights = { scale, most: chartTop(shares, otherShares), total: totalCount(histogram) };
    return [shares, otherShares].map((each) =>
      each === null ? null : areaPath(columnHeights(each, heights), innerWidth, innerHeight),
    );
  }, [shares, otherShares, scale, histogram, innerWidth, innerHeight]);

  const perPixel = (high - low) / innerWidth;
  const gap = Math.max((high - low) * 1e-4, Number.MIN_VALUE);
  const handle = {
    min: low,
    max: high,
    height: innerHeight,
    keyStep: snapped((high - low) / 200, perPixel) || (high - low) / 200,
    // Beyond the part that is shown there is nothing to hold on to.
    toValue: (pixels: number) =>
      snapped(x.invert(isPart ? Math.max(0, Math.min(innerWidth, pixels)) : pixels), perPixel),
  };
  const isSeen = (value: number): boolean => !isPart || (value >= low && value <= high);
  const show = (value: number): void => {
    if (isPart) useHistogramView.setState({ zoom: panTo([low, high], full, value) });
  };
  const place = (value: number): number => x(Math.max(low, Math.min(high, value)));

  const setEdge = (index: number, edge: Edge, value: number, dragging: boolean): void => {
    if (intervals === null) return;
    show(value);
    onIntervalsChange(moveEdge(intervals, index, edge, value, gap), dragging);
  };
  const moveWindow = (end: 'low' | 'high', value: number): void => {
    if (window === null) return;
    show(value);
    const limited =
      end === 'low' ? Math.min(value, window.high - gap) : Math.max(value, window.low + gap);
    setWindow({ ...window, [end]: limited });
  };

  return (
    <svg
      width={width}
      height={height}
      className={styles['svg']}
      role="group"
      aria-label="Histogram of grey values"
    >
      <clipPath id={clip}>
        <rect width={innerWidth} height={innerHeight} />
      </clipPath>
      <g transform={`translate(${MARGIN.left} ${MARGIN.top})`}>
        {intervals?.map((interval, i) => (
          <Band
            // Names may be doubled; the place in the list is the phase.
            // oxlint-disable-next-line react/no-array-index-key
            key={i}
            name={interval.name}
            colour={phaseColour(i)}
            from={place(interval.from ?? low)}
            to={place(interval.to ?? high)}
            height={innerHeight}
          />
        ))}
        <g clipPath={`url(#${clip})`}>
          {otherArea !== null && <path d={otherArea ?? ''} className={styles['compared']} />}
          <path d={area ?? ''} className={styles['area']} />
        </g>
        <Plot
          histogram={histogram}
          full={full}
          shown={[low, high]}
          width={innerWidth}
          height={innerHeight}
          shares={shares}
        />
        <Peaks peaks={namedPeaks(histogram.peaks, names, [low, high])} x={x} width={innerWidth} />
        <Marks x={x} low={low} high={high} height={innerHeight} />
        <line className={styles['ground']} x2={innerWidth} y1={innerHeight} y2={innerHeight} />
        <WindowStrip
          from={place(window?.low ?? low)}
          to={place(window?.high ?? high)}
          width={innerWidth}
          y={innerHeight + STRIP.top}
        />
        <Axis
          ticks={x.ticks(Math.max(2, Math.floor(innerWidth / 60)))}
          x={x}
          y={innerHeight + STRIP.top + STRIP.height}
        />
        {intervals?.flatMap((interval, i) =>
          (['from', 'to'] as const).map((edge) => {
            const value = interval[edge];
            return value === null || !isSeen(value) ? null : (
              <ChartHandle
                {...handle}
                key={`${String(i)}-${edge}`}
                kind="edge"
                label={`${interval.name}, ${edge === 'from' ? 'lower' : 'upper'} end`}
                colour={phaseColour(i)}
                value={value}
                x={place(value)}
                onMove={(to, dragging) => setEdge(i, edge, to, dragging)}
              />
            );
          }),
        )}
        {window !== null &&
          (['low', 'high'] as const)
            .filter((end) => isSeen(window[end]))
            .map((end) => (
              <ChartHandle
                {...handle}
                key={end}
                kind={end}
                label={end === 'low' ? 'Window: black at' : 'Window: white at'}
                value={window[end]}
                x={place(window[end])}
                onMove={(to) => moveWindow(end, to)}
              />
            ))}
      </g>
    </svg>
  );
}

/** Grey values from left to right; still while a handle moves within them. */
function useDomain(
  histogram: Histogram,
  intervals: readonly GreyInterval[] | null,
): readonly [number, number] {
  const window = useViewer((state) => state.window);
  const edges = (intervals ?? []).flatMap(({ from, to }) => [from, to]);
  const mustSee = [...edges, window?.low ?? null, window?.high ?? null].filter(
    (value) => value !== null,
  );
  const [low, high] = chartDomain(histogram, mustSee);
  return useMemo(() => [low, high], [low, high]);
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
  const room = Math.floor((width - 6) / 5.6);
  return (
    <g transform={`translate(${from} 0)`}>
      <rect width={width} height={height} fill={colour} fillOpacity={0.2} />
      <rect width={width} height={3} fill={colour} />
      {room >= 3 && (
        <text className={styles['band']} x={width / 2} y={15} textAnchor="middle">
          {shortName(name, room)}
        </text>
      )}
    </g>
  );
}

function Peaks(props: {
  readonly peaks: readonly NamedPeak[];
  readonly x: (v: number) => number;
  readonly width: number;
}) {
  const { peaks, x, width } = props;
  const labels = peakLabels(
    peaks.map((peak) => ({ ...peak, position: x(peak.value) })),
    // Up to the edges of the picture.
    { left: -MARGIN.left, right: width + MARGIN.right, letter: LETTER_WIDTH },
  );
  return peaks.map(({ value, title }, i) => {
    const label = labels[i] ?? null;
    return (
      <g
        key={value}
        transform={`translate(${x(value)} -2)`}
        className={styles['peak']}
        data-peak={value}
        role="img"
        aria-label={title}
      >
        <title>{title}</title>
        <path d="M-3.5 -5H3.5L0 0Z" />
        {label !== null && (
          <text x={label.at - x(value)} y={-8} textAnchor="middle">
            {label.text}
          </text>
        )}
      </g>
    );
  });
}

/** The grey values of the suggestion that is looked at. */
function Marks(props: {
  readonly x: (v: number) => number;
  readonly low: number;
  readonly high: number;
  readonly height: number;
}) {
  const { x, low, high, height } = props;
  const marked = useHistogramView((state) => state.marked);
  return marked
    .filter((value) => value >= low && value <= high)
    .map((value) => (
      <g
        key={value}
        transform={`translate(${x(value)} 0)`}
        className={styles['mark']}
        role="img"
        aria-label={`Suggested: ${groupedGrey(value)}`}
      >
        <line y2={height} />
        <text x={3} y={height - 4}>
          {formatGrey(value)}
        </text>
      </g>
    ));
}

/** What the window makes of the grey values: the colour map between its ends. */
function WindowStrip(props: {
  readonly from: number;
  readonly to: number;
  readonly width: number;
  readonly y: number;
}) {
  const { from, to, width, y } = props;
  const gradient = useId();
  const colourMap = useViewer((state) => state.colourMap);
  const stops = colourStops(colourMap);
  return (
    <g className={styles['strip']}>
      <linearGradient
        id={gradient}
        gradientUnits="userSpaceOnUse"
        x1={from}
        x2={Math.max(from + 0.01, to)}
      >
        {stops.map(({ at, colour }) => (
          <stop key={at} offset={at} stopColor={colour} />
        ))}
      </linearGradient>
      <rect y={y} width={width} height={STRIP.height} fill={`url(#${gradient})`} />
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
          <text y={22} textAnchor="middle">
            {formatGrey(tick)}
          </text>
        </g>
      ))}
    </g>
  );
}
