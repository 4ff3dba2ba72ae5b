/**
 * A plot as SVG text that needs nothing from outside: one function for the screen, for print and
 * for Node. Lines are in points, type is 7 and 8 points at the figure's own size.
 */
import { area, line } from 'd3-shape';
import { describeFigure, type PlotFigure, type PlotPoint, type PlotSeries } from './plot-figure.ts';
import {
  AXIS_TEXT,
  layoutPlot,
  type LegendEntry,
  type PanelLayout,
  type PlotLayout,
  type PlotLook,
  TICK,
  TICK_TEXT,
} from './plot-layout.ts';
import { at, escapeMarkup, FONT, labelMarkup, POINT, textWidth } from './svg.ts';

const CURVE = at(1.25 * POINT);
const AXIS = at(0.5 * POINT);
/** Curves differ in their strokes as well, for a reader without colours. */
const DASHES = ['', '14 7', '3 5', '14 5 3 5', '26 7', '7 5'] as const;
const DOT = 1.6 * POINT;
/** Half the width of an error bar's ends. */
const CAP = 2.2 * POINT;

/** Dark enough to be seen as a line on white: brightness is taken off where there is too much. */
function onPaper(colour: string, paper: string): string {
  if (paper !== '#ffffff') return colour;
  const channels = [1, 3, 5].map((from) => Number.parseInt(colour.slice(from, from + 2), 16));
  const [red = 0, green = 0, blue = 0] = channels;
  const brightness = (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
  const share = Math.min(1, 0.62 / brightness);
  const dark = channels.map((channel) => Math.round(channel * share));
  return `#${dark.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

function dashOf(order: number): string {
  const dash = DASHES[order % DASHES.length] ?? '';
  return dash === '' ? '' : ` stroke-dasharray="${dash}"`;
}

interface Corner {
  readonly x: number;
  readonly y: number | null;
}

function cornersOf(panel: PanelLayout, points: readonly PlotPoint[], series: number): Corner[] {
  return points.flatMap((point): Corner[] => {
    const [from, to] = panel.placeOf(point, series);
    const y = point.y === null ? null : panel.y(point.y);
    return from === to
      ? [{ x: from, y }]
      : [
          { x: from, y },
          { x: to, y },
        ];
  });
}

const PATH = line<Corner>()
  .defined(({ y }) => y !== null)
  .x(({ x }) => x)
  .y(({ y }) => y as number)
  .digits(1);

function drawSeries(
  kind: PlotFigure['kind'],
  panel: PanelLayout,
  { colour, points, order }: PlotSeries,
  series: number,
  paper: string,
): string {
  const ink = onPaper(colour, paper);
  const corners = cornersOf(panel, points, series);
  const zero = Math.max(panel.top, Math.min(panel.bottom, panel.y(0)));
  switch (kind) {
    case 'bars':
      return points
        .map((point) => {
          const [from, to] = panel.placeOf(point, series);
          const top = point.y === null ? zero : panel.y(point.y);
          const [high, low] = [Math.min(top, zero), Math.max(top, zero)];
          return `<rect x="${at(from)}" y="${at(high)}" width="${at(to - from)}" height="${at(low - high)}" fill="${ink}"/>`;
        })
        .join('');
    case 'points':
      return corners
        .filter(({ y }) => y !== null)
        .map(
          ({ x, y }) =>
            `<circle cx="${at(x)}" cy="${at(y as number)}" r="${at(DOT)}" fill="${ink}"/>`,
        )
        .join('');
    case 'steps': {
      const under = area<Corner>()
        .defined(({ y }) => y !== null)
        .x(({ x }) => x)
        .y0(zero)
        .y1(({ y }) => y as number)
        .digits(1)(corners);
      return `<path d="${under ?? ''}" fill="${ink}" fill-opacity="0.14"/>${stroke(corners, ink, order)}`;
    }
    case 'line':
      return stroke(corners, ink, order);
  }
}

/** A bar from bound to bound with ends, and a dot at the value. */
function drawBounds(
  panel: PanelLayout,
  { colour, points }: PlotSeries,
  series: number,
  paper: string,
) {
  const ink = onPaper(colour, paper);
  return points
    .map((point) => {
      if (point.y === null || point.bounds === undefined) return '';
      const [from, to] = panel.placeOf(point, series);
      const x = (from + to) / 2;
      const [low, high] = point.bounds.map((bound) => panel.y(bound)) as [number, number];
      const ends = [low, high].map((y) => `M${at(x - CAP)} ${at(y)}h${at(2 * CAP)}`).join('');
      return `<path d="M${at(x)} ${at(low)}V${at(high)}${ends}" fill="none" stroke="${ink}" stroke-width="${AXIS}"/><circle cx="${at(x)}" cy="${at(panel.y(point.y))}" r="${at(DOT)}" fill="${ink}"/>`;
    })
    .join('');
}

function stroke(corners: readonly Corner[], ink: string, order: number): string {
  return `<path d="${PATH(corners) ?? ''}" fill="none" stroke="${ink}" stroke-width="${CURVE}" stroke-linejoin="round"${dashOf(order)}/>`;
}

function drawPanel(figure: PlotFigure, panel: PanelLayout, look: PlotLook): string {
  const { left, right, top, bottom } = panel;
  const line = `stroke="${look.ink}" stroke-width="${AXIS}"`;
  const middle = (left + right) / 2;
  // Words have a column above them in place of a mark.
  const mark = figure.words === null ? TICK : 0;
  return [
    ...(panel.panel.title === ''
      ? []
      : [`<text x="${at(left)}" y="${at(top - 10)}">${escapeMarkup(panel.panel.title)}</text>`]),
    ...panel.panel.series.map((series, i) => drawSeries(figure.kind, panel, series, i, look.paper)),
    ...panel.panel.series.map((series, i) => drawBounds(panel, series, i, look.paper)),
    `<path d="M${at(left)} ${at(top)}V${at(bottom)}H${at(right)}" fill="none" ${line}/>`,
    ...panel.ticksOfX.map(
      (tick) =>
        `<path d="M${at(tick.at)} ${at(bottom)}v${mark}" ${line}/><text x="${at(tick.at)}" y="${at(bottom + TICK + TICK_TEXT)}" text-anchor="middle">${escapeMarkup(tick.text)}</text>`,
    ),
    ...panel.ticksOfY.map((tick) => {
      const text = `<text x="${at(left - TICK - 6)}" y="${at(tick.at + 0.35 * TICK_TEXT)}" text-anchor="end">${escapeMarkup(tick.text)}</text>`;
      return `<path d="M${at(left)} ${at(tick.at)}h-${TICK}" ${line}/>${panel.hasYTexts ? text : ''}`;
    }),
    ...(panel.hasXTitle
      ? [
          `<text x="${at(middle)}" y="${at(bottom + TICK + 1.3 * TICK_TEXT + AXIS_TEXT)}" text-anchor="middle" font-size="${at(AXIS_TEXT)}">${labelMarkup(figure.x.title, AXIS_TEXT)}</text>`,
        ]
      : []),
  ].join('');
}

function drawLegend(
  kind: PlotFigure['kind'],
  entry: LegendEntry,
  layout: PlotLayout,
  look: PlotLook,
) {
  const ink = onPaper(entry.colour, look.paper);
  const end = entry.left + layout.swatch;
  const sign =
    kind === 'bars'
      ? `<rect x="${at(entry.left + 12)}" y="${at(entry.middle - 9)}" width="${at(layout.swatch - 12)}" height="18" fill="${ink}"/>`
      : kind === 'points'
        ? `<circle cx="${at((entry.left + end) / 2)}" cy="${at(entry.middle)}" r="${at(DOT)}" fill="${ink}"/>`
        : `<path d="M${at(entry.left)} ${at(entry.middle)}H${at(end)}" fill="none" stroke="${ink}" stroke-width="${CURVE}"${dashOf(entry.order)}/>`;
  return `${sign}<text x="${at(end + 8)}" y="${at(entry.middle + 0.35 * TICK_TEXT)}">${escapeMarkup(entry.name)}</text>`;
}

/** Draws a figure that was laid out for the same look. */
export function drawPlot(figure: PlotFigure, layout: PlotLayout, look: PlotLook): string {
  const { width, height, panels } = layout;
  const top = Math.min(...panels.map((panel) => panel.top));
  const bottom = Math.max(...panels.map((panel) => panel.bottom));
  // A title longer than low panels goes on above and below them, smaller where even that is too low.
  const type = Math.min(AXIS_TEXT, (0.96 * height) / textWidth(figure.y.title, 1));
  const half = textWidth(figure.y.title, type) / 2;
  const middle = Math.max(half, Math.min(height - half, (top + bottom) / 2));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${at(width / 10)}mm" height="${at(height / 10)}mm" viewBox="0 0 ${at(width)} ${at(height)}" role="img" font-family="${FONT}" font-size="${at(TICK_TEXT)}" fill="${look.ink}">`,
    `<title>${escapeMarkup(figure.title)}</title>`,
    `<desc>${escapeMarkup(describeFigure(figure))}</desc>`,
    ...(look.paper === 'none' ? [] : [`<rect width="100%" height="100%" fill="${look.paper}"/>`]),
    ...layout.legend.map((entry) => drawLegend(figure.kind, entry, layout, look)),
    ...panels.map((panel) => drawPanel(figure, panel, look)),
    `<text transform="translate(${at(16 + 0.7 * AXIS_TEXT)} ${at(middle)}) rotate(-90)" text-anchor="middle" font-size="${at(type)}">${labelMarkup(figure.y.title, type)}</text>`,
    '</svg>',
    '',
  ].join('\n');
}

export function plotSvg(figure: PlotFigure, look: PlotLook): string {
  return drawPlot(figure, layoutPlot(figure, look), look);
}
