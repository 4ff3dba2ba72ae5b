/**
 * A line profile as a figure: SVG text that needs nothing from outside. The screen shows the same
 * figure in its own colours and size.
 */
import { scaleLinear } from 'd3-scale';
import { formatNumber } from '../../components/format.ts';
import { distanceAt, type Profile } from './measure-tables.ts';

export interface FigureLook {
  /** In millimetres. */
  readonly width: number;
  readonly height: number;
  readonly ink: string;
  readonly paper: string;
  readonly line: string;
}

/** For print: one column of a journal wide. */
export const PRINT: FigureLook = {
  width: 90,
  height: 60,
  ink: '#000000',
  paper: '#ffffff',
  line: '#1f6fb2',
};

/** Units are tenths of a millimetre. */
const MARGIN = { left: 150, right: 20, top: 30, bottom: 120 };
/** 7 points. */
const TEXT = 24.7;

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function at(value: number): string {
  return String(Number(value.toFixed(1)));
}

/** Smallest and largest finite value, apart even where they agree; [0, 1] where there is none. */
function valueDomain(values: Float64Array): readonly [low: number, high: number] {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return [0, 1];
  const low = finite.reduce((least, value) => Math.min(least, value));
  const high = finite.reduce((most, value) => Math.max(most, value));
  const room = high > low ? 0.05 * (high - low) : Math.max(1e-12, Math.abs(low) * 0.05);
  return [low - room, high + room];
}

/** Share of the figure's width, from its left edge, where the axis begins and ends. */
export function plotEdges({ width }: Pick<FigureLook, 'width'>): readonly [number, number] {
  return [MARGIN.left / (10 * width), 1 - MARGIN.right / (10 * width)];
}

export function profileFigure(title: string, profile: Profile, look: FigureLook): string {
  const { values, length, unit } = profile;
  const [width, height] = [10 * look.width, 10 * look.height];
  const right = width - MARGIN.right;
  const bottom = height - MARGIN.bottom;
  const x = scaleLinear([0, length || 1], [MARGIN.left, right]);
  const y = scaleLinear([...valueDomain(values)], [bottom, MARGIN.top]);
  // A value that is no number interrupts the line.
  let pen = 'M';
  let path = '';
  values.forEach((value, i) => {
    if (Number.isFinite(value)) path += `${pen}${at(x(distanceAt(profile, i)))} ${at(y(value))}`;
    pen = Number.isFinite(value) ? 'L' : 'M';
  });
  const axis = `stroke="${look.ink}" stroke-width="2.5"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${look.width}mm" height="${look.height}mm" viewBox="0 0 ${at(width)} ${at(height)}" font-family="Helvetica, Arial, 'Liberation Sans', sans-serif" font-size="${TEXT}" fill="${look.ink}">`,
    `<title>${escape(title)}</title>`,
    `<rect width="100%" height="100%" fill="${look.paper}"/>`,
    `<path d="M${MARGIN.left} ${MARGIN.top}V${at(bottom)}H${at(right)}" fill="none" ${axis}/>`,
    ...x
      .ticks(Math.max(2, Math.round(look.width / 16)))
      .map(
        (tick) =>
          `<path d="M${at(x(tick))} ${at(bottom)}v10" ${axis}/><text x="${at(x(tick))}" y="${at(bottom + 36)}" text-anchor="middle">${formatNumber(tick)}</text>`,
      ),
    ...y
      .ticks(4)
      .map(
        (tick) =>
          `<path d="M${MARGIN.left - 10} ${at(y(tick))}h10" ${axis}/><text x="${MARGIN.left - 16}" y="${at(y(tick) + 8)}" text-anchor="end">${formatNumber(tick)}</text>`,
      ),
    `<path d="${path}" fill="none" stroke="${look.line}" stroke-width="4" stroke-linejoin="round"/>`,
    `<text x="${at((MARGIN.left + right) / 2)}" y="${at(bottom + 82)}" text-anchor="middle">distance (${unit})</text>`,
    `<text transform="translate(30 ${at((MARGIN.top + bottom) / 2)}) rotate(-90)" text-anchor="middle">grey value</text>`,
    '</svg>',
    '',
  ].join('\n');
}
