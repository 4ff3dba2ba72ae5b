/** Where the parts of a plot lie: margins, panels, scales and legend. Tenths of a millimetre. */
import { type ScaleLinear, type ScaleLogarithmic, scaleLinear, scaleLog } from 'd3-scale';
import type { FigureAxis, PlotFigure, PlotPanel, PlotPoint } from './plot-figure.ts';
import { POINT, textWidth } from './svg.ts';

export interface PlotLook {
  /** In millimetres. */
  readonly width: number;
  /** null: as high as the panels need at this width. */
  readonly height: number | null;
  /** Any CSS colours. */
  readonly ink: string;
  readonly paper: string;
}

/** Widths of a journal's column and page, in millimetres. */
export const PRINT_WIDTHS = { column: 85, page: 175 } as const;

export function printLook(width: number): PlotLook {
  return { width, height: null, ink: '#000000', paper: '#ffffff' };
}

export const TICK_TEXT = 7 * POINT;
export const AXIS_TEXT = 8 * POINT;
export const TICK = 12;
const GAP = 8;
const RIGHT = 22;
const LINE = 1.25;
/** Below these widths panels stand under each other; given a height they are kept side by side longer. */
const LEAST_PANEL = { free: 440, bounded: 270 } as const;
const SWATCH = 42;
/** Numbers along y. */
const LEAST_TICKS = 2;
const MOST_TICKS = 6;

export type NumberScale = ScaleLinear<number, number> | ScaleLogarithmic<number, number>;

export interface Tick {
  readonly at: number;
  /** '' for a mark without a number. */
  readonly text: string;
}

export interface PanelLayout {
  readonly panel: PlotPanel;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly y: NumberScale;
  readonly ticksOfX: readonly Tick[];
  readonly ticksOfY: readonly Tick[];
  /** From left to right edge: of a bin, of a column among `series` columns, or a point. */
  placeOf(point: PlotPoint, series: number): readonly [left: number, right: number];
  readonly hasYTexts: boolean;
  readonly hasXTitle: boolean;
}

export interface LegendEntry {
  readonly order: number;
  readonly name: string;
  readonly colour: string;
  readonly left: number;
  readonly middle: number;
}

export interface PlotLayout {
  readonly width: number;
  readonly height: number;
  readonly panels: readonly PanelLayout[];
  readonly legend: readonly LegendEntry[];
  readonly swatch: number;
}

type Domain = readonly [low: number, high: number];

function spread(values: readonly number[]): Domain | null {
  if (values.length === 0) return null;
  return values.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}

function apart([low, high]: Domain): Domain {
  if (low < high) return [low, high];
  const room = Math.max(Math.abs(low) * 0.05, 1e-9);
  return [low - room, high + room];
}

/** Columns and bins stand on zero; curves have some room above and below. */
function domainOfY({ kind, panels, y }: PlotFigure): Domain {
  const values = panels.flatMap(({ series }) =>
    series.flatMap(({ points }) =>
      points.flatMap((point) => (point.y === null ? [] : [point.y, ...(point.bounds ?? [])])),
    ),
  );
  if (y.isLog) {
    const [low, high] = spread(values.filter((value) => value > 0)) ?? [1, 10];
    return [low / 1.5, high * 1.5];
  }
  const found = spread(values) ?? [0, 1];
  if (kind === 'bars' || kind === 'steps') {
    const [low, high] = [Math.min(0, found[0]), Math.max(0, found[1])];
    return low === high ? [0, 1] : [low, high + 0.05 * (high - low)];
  }
  const [low, high] = apart(found);
  const room = 0.05 * (high - low);
  return [low - room, high + room];
}

function domainOfX(kind: PlotFigure['kind'], { series }: PlotPanel, { isLog }: FigureAxis): Domain {
  const ends = series
    .flatMap(({ points }) => points.flatMap(({ x, until }) => (until === null ? [x] : [x, until])))
    .filter((value) => typeof value === 'number');
  if (!isLog) {
    const [low, high] = apart(spread(ends) ?? [0, 1]);
    // A dot at the end would lie on the axis.
    const room = kind === 'points' ? 0.03 * (high - low) : 0;
    return [low - room, high + room];
  }
  const [low, high] = spread(ends.filter((value) => value > 0)) ?? [1, 10];
  return low < high ? [low, high] : [low / 2, high * 2];
}

function numberScale({ isLog }: FigureAxis, domain: Domain, range: Domain): NumberScale {
  return isLog ? scaleLog(domain, range).clamp(true) : scaleLinear(domain, range);
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

function powerText(power: number): string {
  const digits = String(Math.abs(power)).replace(/\d/g, (digit) =>
    SUPERSCRIPTS.charAt(Number(digit)),
  );
  return `10${power < 0 ? '⁻' : ''}${digits}`;
}

/** Round numbers along a scale; on a logarithmic one the powers of ten, or 1, 2, 5 between few. */
function ticksOf(
  scale: NumberScale,
  { isLog }: FigureAxis,
  count: number,
  isWhole = false,
): readonly Tick[] {
  if (!isLog) {
    const ticks = scale.ticks(count).filter((tick) => !isWhole || Number.isInteger(tick));
    const write = isWhole ? String : scale.tickFormat(count);
    return ticks.map((tick) => ({
      at: scale(tick),
      text: write(tick).replaceAll(',', '\u2009'),
    }));
  }
  const [low = 1, high = 10] = scale.domain();
  const powers: number[] = [];
  for (let power = -30; power <= 30; power++) {
    const tick = Number(`1e${power}`);
    if (tick >= low && tick <= high) powers.push(power);
  }
  if (powers.length >= 2) {
    return powers.map((power) => ({ at: scale(Number(`1e${power}`)), text: powerText(power) }));
  }
  return scale
    .ticks(count)
    .filter((tick) => /^[125]/.test(tick.toExponential()))
    .map((tick) => ({ at: scale(tick), text: String(Number(tick.toPrecision(3))) }));
}

/** Whether x counts: then no tick lies between two whole numbers. */
function countsThings({ series }: PlotPanel): boolean {
  return series.every(({ points }) =>
    points.every(({ x, until }) => Number.isInteger(x) && until === null),
  );
}

/** Columns stand in groups by word, side by side by series. */
const GROUP = 0.76;

function placing(
  { words, x }: PlotFigure,
  panel: PlotPanel,
  scale: NumberScale | null,
  [left, right]: Domain,
): PanelLayout['placeOf'] {
  if (words === null) {
    const axis = scale ?? numberScale(x, [0, 1], [left, right]);
    return (point) => {
      const start = axis(point.x as number);
      return [start, point.until === null ? start : axis(point.until)];
    };
  }
  const room = (right - left) / words.length;
  const width = (room * GROUP) / panel.series.length;
  return (point, series) => {
    const from = left + room * (words.indexOf(String(point.x)) + (1 - GROUP) / 2) + series * width;
    return [from, from + width];
  };
}

function wordTicks(words: readonly string[], [left, right]: Domain): readonly Tick[] {
  const room = (right - left) / words.length;
  return words.map((text, i) => ({ at: left + (i + 0.5) * room, text }));
}

function legendOf(figure: PlotFigure, left: number, right: number) {
  const known = new Map(
    figure.panels.flatMap(({ series }) => series.map((each) => [each.order, each] as const)),
  );
  const step = AXIS_TEXT * LINE;
  let x = left;
  let row = 0;
  const sorted = [...known.values()].toSorted((a, b) => a.order - b.order);
  const entries = sorted.flatMap(({ name, colour, order }): LegendEntry[] => {
    if (name === '') return [];
    const width = SWATCH + GAP + textWidth(name, TICK_TEXT);
    if (x > left && x + width > right) {
      x = left;
      row += 1;
    }
    const entry = { order, name, colour, left: x, middle: 16 + (row + 0.5) * step };
    x += width + 3 * GAP;
    return [entry];
  });
  return { entries, height: entries.length === 0 ? 0 : (row + 1) * step + GAP };
}

/** Lays a plot out; the same numbers on every host. */
export function layoutPlot(figure: PlotFigure, look: PlotLook): PlotLayout {
  const width = 10 * look.width;
  const count = figure.panels.length;
  const columns = Math.max(
    1,
    Math.min(count, Math.floor(width / LEAST_PANEL[look.height === null ? 'free' : 'bounded'])),
  );
  const rows = Math.ceil(count / columns);
  const domainY = domainOfY(figure);

  // The numbers along y decide how much room stands before the panels; how many there will be is
  // not known yet.
  const scale = numberScale(figure.y, domainY, [300, 0]);
  const sample = [LEAST_TICKS, MOST_TICKS].flatMap((ticks) => ticksOf(scale, figure.y, ticks));
  const numbers = Math.max(0, ...sample.map(({ text }) => textWidth(text, TICK_TEXT)));
  const left = 16 + AXIS_TEXT * LINE + numbers + TICK + GAP;
  const between = RIGHT + 2 * GAP;
  const room = (width - left - RIGHT - between * (columns - 1)) / columns;

  const legend = legendOf(figure, left, width - RIGHT);
  const hasTitles = figure.panels.some(({ title }) => title !== '');
  const titleRoom = hasTitles ? AXIS_TEXT * LINE : 0;
  const below = TICK + GAP + TICK_TEXT * LINE;
  const foot = AXIS_TEXT * LINE + GAP;
  const fixed = 16 + legend.height + rows * (titleRoom + below + 2 * GAP) + foot;
  const wanted = Math.max(280, Math.min(520, room * 0.68));
  const each = look.height === null ? wanted : Math.max(60, (10 * look.height - fixed) / rows);
  const height = fixed + rows * each;

  const panels = figure.panels.map((panel, i): PanelLayout => {
    const column = i % columns;
    const row = Math.floor(i / columns);
    const from = left + column * (room + between);
    const to = from + room;
    const top = 16 + legend.height + titleRoom + GAP + row * (each + titleRoom + below + 2 * GAP);
    const bottom = top + each;
    const y = numberScale(figure.y, domainY, [bottom, top]);
    const x =
      figure.words === null
        ? numberScale(figure.x, domainOfX(figure.kind, panel, figure.x), [from, to])
        : null;
    const isLastOfColumn = i + columns >= count;
    return {
      panel,
      left: from,
      right: to,
      top,
      bottom,
      y,
      ticksOfX:
        x === null
          ? wordTicks(figure.words ?? [], [from, to])
          : ticksOf(x, figure.x, Math.max(2, Math.round(room / 130)), countsThings(panel)),
      ticksOfY: ticksOf(
        y,
        figure.y,
        Math.max(LEAST_TICKS, Math.min(MOST_TICKS, Math.round(each / 80))),
      ),
      placeOf: placing(figure, panel, x, [from, to]),
      hasYTexts: column === 0,
      hasXTitle: isLastOfColumn,
    };
  });
  return { width, height, panels, legend: legend.entries, swatch: SWATCH };
}

export interface PlotPlace {
  readonly panel: number;
  readonly series: number;
  readonly point: number;
}

/** Where a point lies: the middle of its bin or column at its value. */
export function pointAt(layout: PlotLayout, place: PlotPlace): readonly [x: number, y: number] {
  const panel = layout.panels[place.panel];
  const point = panel?.panel.series[place.series]?.points[place.point];
  if (panel === undefined || point === undefined) return [0, 0];
  const [from, to] = panel.placeOf(point, place.series);
  return [(from + to) / 2, point.y === null ? panel.bottom : panel.y(point.y)];
}

/** The point nearest to a position; across counts before up and down. null outside all panels. */
export function nearestPoint(layout: PlotLayout, x: number, y: number): PlotPlace | null {
  const reach = 2 * GAP;
  const panel = layout.panels.findIndex(
    (each) =>
      x >= each.left - reach &&
      x <= each.right + reach &&
      y >= each.top - reach &&
      y <= each.bottom + reach,
  );
  const { panel: found } = layout.panels[panel] ?? {};
  if (found === undefined) return null;
  let best: PlotPlace | null = null;
  let least = Number.POSITIVE_INFINITY;
  found.series.forEach(({ points }, series) =>
    points.forEach((value, point) => {
      if (value.y === null) return;
      const [atX, atY] = pointAt(layout, { panel, series, point });
      const distance = 4 * Math.abs(atX - x) + Math.abs(atY - y);
      if (distance >= least) return;
      least = distance;
      best = { panel, series, point };
    }),
  );
  return best;
}
