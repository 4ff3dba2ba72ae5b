/**
 * The histogram as a figure for print: SVG text that needs nothing from outside, the same on every
 * machine. One column of a journal wide.
 */
import { scaleLinear, scaleLog } from 'd3-scale';
import type { Histogram } from '../../../../workers/engine-api.ts';
import type { GreyInterval } from '../../../declaration/parameters.ts';
import { phaseColour } from '../../../volume/labels.ts';
import {
  chartDomain,
  foldCounts,
  formatGrey,
  namedPeaks,
  peakLabels,
  type Scale,
  totalCount,
} from './bars.ts';

export const FIGURE_MM = { width: 90, height: 60 } as const;

export interface HistogramFigure {
  readonly histogram: Histogram;
  /** The input's histogram, drawn as a line; null for none. */
  readonly compared: Histogram | null;
  readonly scale: Scale;
  readonly intervals: readonly GreyInterval[];
  /** Those that peaks are named after; null for none. */
  readonly names: readonly GreyInterval[] | null;
  readonly title: string;
}

/** Columns of the figure: as fine as print shows, coarse enough to be smooth. */
const COLUMNS = 256;
/** Units are tenths of a millimetre. */
const PLOT = { left: 130, right: 880, top: 50, bottom: 480 };
/** Room above the highest column, for the marks and names of peaks. */
const HEADROOM = { linear: 1.16, log: 6 } as const;
/** 7 and 6 points. */
const TEXT = 24.7;
const SMALL_TEXT = 21.2;
/** Of a letter of small text, on average. */
const LETTER_WIDTH = 11.5;

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function at(value: number): string {
  return String(Number(value.toFixed(1)));
}

/** Counts as 1.2k and 3M, so that ticks stay short. */
function countText(count: number): string {
  if (count >= 1e6) return `${Number((count / 1e6).toPrecision(3))}M`;
  if (count >= 1e3) return `${Number((count / 1e3).toPrecision(3))}k`;
  return String(count);
}

/** The width of a drawn column, which is what its count belongs to. */
function columnText(width: number): string {
  const shown = Number(width.toPrecision(3));
  return shown === 1 ? 'grey value' : `${shown} grey values`;
}

export function histogramFigure(figure: HistogramFigure): string {
  const { histogram, compared, scale, intervals, names, title } = figure;
  const edges = intervals.flatMap(({ from, to }) => [from, to]).filter((edge) => edge !== null);
  const [low, high] = chartDomain(histogram, edges);
  const counts = foldCounts(histogram, low, high, COLUMNS);
  // The input may be larger: its voxels count as much as the shown volume has.
  const factor = compared === null ? 0 : totalCount(histogram) / Math.max(1, totalCount(compared));
  const others =
    compared === null ? null : foldCounts(compared, low, high, COLUMNS).map((n) => n * factor);
  const most = HEADROOM[scale] * Math.max(1, ...counts, ...(others ?? []));
  const x = scaleLinear([low, high], [PLOT.left, PLOT.right]);
  const y =
    scale === 'log'
      ? scaleLog([0.5, most], [PLOT.bottom, PLOT.top]).clamp(true)
      : scaleLinear([0, most], [PLOT.bottom, PLOT.top]);
  const height = (count: number): number =>
    scale === 'log' && count < 0.5 ? PLOT.bottom : y(count);
  const outline = (columns: Float64Array): string => {
    const step = (PLOT.right - PLOT.left) / COLUMNS;
    return Array.from(columns, (count, i) => {
      const top = at(height(count));
      return `L${at(PLOT.left + i * step)} ${top}L${at(PLOT.left + (i + 1) * step)} ${top}`;
    }).join('');
  };
  const ticksOfX = x.ticks(5);
  const ticksOfY =
    scale === 'log'
      ? Array.from({ length: 12 }, (_, power) => 10 ** power).filter((tick) => tick <= most)
      : y.ticks(4);

  const bands = intervals.map(({ name, from, to }, i) => {
    const left = x(Math.max(low, from ?? low));
    const right = x(Math.min(high, to ?? high));
    const colour = phaseColour(i);
    return [
      `<rect x="${at(left)}" y="${PLOT.top}" width="${at(Math.max(0, right - left))}" height="${PLOT.bottom - PLOT.top}" fill="${colour}" fill-opacity="0.18"/>`,
      `<text x="${at((left + right) / 2)}" y="${PLOT.top - 10}" font-size="${SMALL_TEXT}" text-anchor="middle">${escape(name)}</text>`,
      `<rect x="${at(left)}" y="${PLOT.top}" width="${at(Math.max(0, right - left))}" height="8" fill="${colour}"/>`,
    ].join('');
  });
  const shown = namedPeaks(histogram.peaks, names, [low, high]);
  const labels = peakLabels(
    shown.map((peak) => ({ ...peak, position: x(peak.value) })),
    { left: PLOT.left, right: 10 * FIGURE_MM.width, letter: LETTER_WIDTH },
  );
  const peaks = shown.map(({ value }, i) => {
    const column = Math.min(COLUMNS - 1, Math.floor(((value - low) / (high - low)) * COLUMNS));
    const top = height(counts[column] ?? 0) - 8;
    const label = labels[i] ?? null;
    return [
      `<path d="M${at(x(value) - 7)} ${at(top - 12)}h14l-7 12z" fill="#000000"/>`,
      label === null
        ? ''
        : `<text x="${at(label.at)}" y="${at(top - 20)}" font-size="${SMALL_TEXT}" text-anchor="middle">${escape(label.text)}</text>`,
    ].join('');
  });
  const area = `M${PLOT.left} ${PLOT.bottom}${outline(counts)}L${PLOT.right} ${PLOT.bottom}Z`;
  const middle = (PLOT.left + PLOT.right) / 2;
  const centre = (PLOT.top + PLOT.bottom) / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${FIGURE_MM.width}mm" height="${FIGURE_MM.height}mm" viewBox="0 0 ${10 * FIGURE_MM.width} ${10 * FIGURE_MM.height}" font-family="Helvetica, Arial, 'Liberation Sans', sans-serif" font-size="${TEXT}">`,
    `<title>${escape(`Histogram of ${title}`)}</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...bands,
    `<path d="${area}" fill="#4a8fc7"/>`,
    ...(others === null
      ? []
      : [
          `<path d="${outline(others).replace('L', 'M')}" fill="none" stroke="#555555" stroke-width="2.5"/>`,
        ]),
    ...peaks,
    `<path d="M${PLOT.left} ${PLOT.top}V${PLOT.bottom}H${PLOT.right}" fill="none" stroke="#000000" stroke-width="2.5"/>`,
    ...ticksOfX.map(
      (tick) =>
        `<path d="M${at(x(tick))} ${PLOT.bottom}v10" stroke="#000000" stroke-width="2.5"/><text x="${at(x(tick))}" y="${PLOT.bottom + 36}" text-anchor="middle">${formatGrey(tick)}</text>`,
    ),
    ...ticksOfY.map(
      (tick) =>
        `<path d="M${PLOT.left - 10} ${at(y(tick))}h10" stroke="#000000" stroke-width="2.5"/><text x="${PLOT.left - 16}" y="${at(y(tick) + 8)}" text-anchor="end">${countText(tick)}</text>`,
    ),
    `<text x="${middle}" y="${PLOT.bottom + 82}" text-anchor="middle">grey value</text>`,
    `<text transform="translate(36 ${centre}) rotate(-90)" text-anchor="middle">voxels per ${columnText((high - low) / COLUMNS)}</text>`,
    ...(others === null
      ? []
      : [
          `<path d="M${PLOT.right - 110} ${PLOT.top + 28}h36" stroke="#555555" stroke-width="2.5"/><text x="${PLOT.right - 64}" y="${PLOT.top + 36}" font-size="${SMALL_TEXT}">input</text>`,
        ]),
    '</svg>',
    '',
  ].join('\n');
}
