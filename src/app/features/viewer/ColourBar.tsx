/** Which colour means which grey value. */
import { scaleLinear, scaleLog } from 'd3-scale';
import { useId } from 'react';
import { formatNumber } from '../../components/format.ts';
import { logSpan, type ValueScale } from '../../../volume/value-scale.ts';
import { type ColourMapId, colourStops } from '../../rendering/colour-maps.ts';
import type { GreyWindow } from '../../stores/viewer.ts';
import styles from './viewer.module.css';

const BAR_WIDTH = 10;
const LONGEST = 150;
/** Room above the bar for its title and a badge, and below it for the scale bar. */
const TOP = 54;
const BOTTOM = 44;
/** Ticks closer to an end than this would lie on its text. */
const CLEAR = 13;

interface ColourBarProps {
  readonly window: GreyWindow;
  readonly colourMap: ColourMapId;
  /** How the values are spread over the colours; evenly where it is not said. */
  readonly scale?: ValueScale;
  /** What the numbers are. */
  readonly title: string;
  /** Of the numbers; '' for none. */
  readonly unit?: string;
  /** Size of the view that the bar lies on. */
  readonly width: number;
  readonly height: number;
}

/** null on views too low for it. */
export function ColourBar(props: ColourBarProps) {
  const { window, colourMap, unit = '', width, height } = props;
  const isLog = props.scale === 'log' && window.high > 0;
  const id = useId();
  const title = unit === '' ? props.title : `${props.title} (${unit})`;
  const length = Math.min(LONGEST, height - TOP - BOTTOM);
  const { low, high } = isLog ? logSpan(window) : window;
  if (length < 40 || !(low < high)) return null;
  const y = (isLog ? scaleLog : scaleLinear)([low, high], [length, 0]);
  const between = ticksOf(y, isLog)
    .filter((tick) => y(tick) > CLEAR && y(tick) < length - CLEAR)
    .map((tick) => ({ value: tick, text: formatNumber(tick) }));
  // The ends are wherever the window was dragged to: four digits tell them apart.
  const end = (value: number) => ({ value, text: formatNumber(Number(value.toPrecision(4))) });
  return (
    <svg
      className={styles['colourBar']}
      width={width}
      height={height}
      role="img"
      aria-label={`Colour bar: ${title} from ${end(low).text} to ${end(high).text}${isLog ? ', logarithmic' : ''}`}
      data-testid="colour-bar"
    >
      <linearGradient id={id} x1="0" y1="1" x2="0" y2="0">
        {colourStops(colourMap).map(({ at, colour }) => (
          <stop key={at} offset={at} stopColor={colour} />
        ))}
      </linearGradient>
      <g transform={`translate(${width - 12 - BAR_WIDTH} ${TOP})`}>
        <text x={BAR_WIDTH} y={-9} textAnchor="end">
          {title}
        </text>
        <rect width={BAR_WIDTH} height={length} fill={`url(#${id})`} />
        {[end(high), ...between, end(low)].map(({ value, text }) => (
          <g key={value} transform={`translate(0 ${y(value)})`}>
            <path d="M-4 0H0" />
            <text x={-7} y={4} textAnchor="end">
              {text}
            </text>
          </g>
        ))}
      </g>
    </svg>
  );
}

/** Powers of ten where the scale has decades; more of them than fit are the caller's to leave out. */
function ticksOf(y: { ticks(count?: number): number[] }, isLog: boolean): readonly number[] {
  if (!isLog) return y.ticks(4);
  const all = y.ticks();
  const powers = all.filter((tick) => Math.abs(Math.log10(tick) % 1) < 1e-9);
  return powers.length >= 2 ? powers : all.slice(0, 4);
}
