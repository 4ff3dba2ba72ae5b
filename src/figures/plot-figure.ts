/** A plot as plain data: what a table says can be drawn of it, read from its rows. */
import type { Cell, PlotAxis, ResultTable, TablePlot } from '../declaration/results.ts';
import { phaseColour } from '../volume/labels.ts';

export interface PlotPoint {
  /** A number, or the word that a column stands for. */
  readonly x: number | string;
  /** Upper end of a bin that begins at `x`. */
  readonly until: number | null;
  /** null interrupts the curve. */
  readonly y: number | null;
  /** Between which values `y` lies; left out where that is not known. */
  readonly bounds?: readonly [lower: number, upper: number];
}

export interface PlotSeries {
  /** '' where there is only one and it has no name. */
  readonly name: string;
  /** `#rrggbb` */
  readonly colour: string;
  /** Its number among all series of the figure, which a panel may have only some of. */
  readonly order: number;
  readonly points: readonly PlotPoint[];
}

export interface PlotPanel {
  readonly title: string;
  readonly series: readonly PlotSeries[];
}

export interface FigureAxis {
  /** With the unit: "Diameter D (µm)". */
  readonly title: string;
  /** Without it. */
  readonly name: string;
  /** '' for a number without one. */
  readonly unit: string;
  readonly isLog: boolean;
}

export interface PlotFigure {
  readonly title: string;
  readonly kind: TablePlot['kind'];
  readonly x: FigureAxis;
  readonly y: FigureAxis;
  /** The words along the x axis in their order; null where it has numbers. */
  readonly words: readonly string[] | null;
  readonly panels: readonly PlotPanel[];
}

type Row = ResultTable['rows'][number];

/** Colours by the name of a series; the others get that of their label, or of labels 0, 1, 2 and so on. */
export type SeriesColours = ReadonlyMap<string, string>;

function numberOrNull(cell: Cell | undefined): number | null {
  return typeof cell === 'number' && Number.isFinite(cell) ? cell : null;
}

function figureAxis(table: ResultTable, axis: PlotAxis): FigureAxis {
  const column = table.columns.find(({ id }) => id === axis.column);
  const symbol = column === undefined || column.symbol === '' ? '' : ` ${column.symbol}`;
  const name = axis.title ?? `${column?.title ?? axis.column}${symbol}`;
  const told = axis.unit === undefined ? null : table.rows[0]?.[axis.unit];
  const unit = typeof told === 'string' ? told : (column?.unit ?? '');
  return {
    title: unit === '' ? name : `${name} (${unit})`,
    name,
    unit,
    isLog: axis.scale === 'log',
  };
}

function distinct(rows: readonly Row[], column: string | undefined): readonly string[] {
  if (column === undefined) return [''];
  return [...new Set(rows.map((row) => String(row[column] ?? '')))];
}

function panelTitle(table: ResultTable, column: string | undefined, value: string): string {
  if (column === undefined) return '';
  const title = table.columns.find(({ id }) => id === column)?.title ?? column;
  return `${title} ${value}`;
}

function readPoint(row: Row, { x, y }: TablePlot): readonly PlotPoint[] {
  const start = row[x.column] ?? null;
  if (start === null || typeof start === 'boolean') return [];
  const until = x.until === undefined ? null : numberOrNull(row[x.until]);
  const value = numberOrNull(row[y.column]);
  const hasPlace = value !== null && (y.scale !== 'log' || value > 0);
  const bounds = hasPlace ? boundsOf(row, y) : {};
  const place = { x: start, until, y: hasPlace ? value : null, ...bounds };
  return typeof start === 'number' && !Number.isFinite(start) ? [] : [place];
}

function boundsOf(row: Row, { bounds }: PlotAxis): Pick<PlotPoint, 'bounds'> {
  if (bounds === undefined) return {};
  const lower = numberOrNull(row[bounds[0]]);
  const upper = numberOrNull(row[bounds[1]]);
  return lower === null || upper === null ? {} : { bounds: [lower, upper] };
}

/** null where no row has anything to draw. */
export function plotFigure(
  table: ResultTable,
  plot: TablePlot,
  colours: SeriesColours = new Map(),
): PlotFigure | null {
  const { rows } = table;
  const names = distinct(rows, plot.series);
  const is = (row: Row, column: string | undefined, value: string): boolean =>
    column === undefined || String(row[column] ?? '') === value;
  const panels = distinct(rows, plot.panels).map((panel) => ({
    title: panelTitle(table, plot.panels, panel),
    series: names.flatMap((name, i) => {
      const own = rows.filter((row) => is(row, plot.series, name));
      const points = own
        .filter((row) => is(row, plot.panels, panel))
        .flatMap((row) => readPoint(row, plot));
      const label = own[0]?.['label'];
      if (!points.some(({ y }) => y !== null)) return [];
      return [
        {
          name,
          colour: colours.get(name) ?? phaseColour(typeof label === 'number' ? label : i),
          order: i,
          points,
        },
      ];
    }),
  }));
  const drawn = panels.filter(({ series }) => series.length > 0);
  if (drawn.length === 0) return null;
  const all = drawn.flatMap(({ series }) => series.flatMap(({ points }) => points));
  const hasWords = all.some(({ x }) => typeof x === 'string');
  return {
    title: plot.title,
    kind: plot.kind,
    x: figureAxis(table, plot.x),
    y: figureAxis(table, plot.y),
    words: hasWords ? [...new Set(all.map(({ x }) => String(x)))] : null,
    panels: drawn,
  };
}

/** Every plot that a table declares and has something to draw of, by the plot's id. */
export function figuresOf(
  table: ResultTable,
  colours?: SeriesColours,
): readonly { readonly id: string; readonly figure: PlotFigure }[] {
  return (table.plots ?? []).flatMap((plot) => {
    const figure = plotFigure(table, plot, colours);
    return figure === null ? [] : [{ id: plot.id, figure }];
  });
}

/** Up to four significant digits, as a person reads a number. */
function plotNumber(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude >= 1e6 || magnitude < 1e-3)) return value.toExponential(2);
  return String(Number(value.toPrecision(4)));
}

function withUnit(text: string, { unit }: FigureAxis): string {
  return unit === '' ? text : `${text} ${unit}`;
}

/** A point in words: "3.5 to 4 µm: 0.12". */
export function pointText({ x, y }: PlotFigure, point: PlotPoint): string {
  const place =
    typeof point.x === 'string'
      ? point.x
      : withUnit(
          point.until === null
            ? plotNumber(point.x)
            : `${plotNumber(point.x)} to ${plotNumber(point.until)}`,
          x,
        );
  return `${place}: ${point.y === null ? 'no value' : withUnit(plotNumber(point.y), y)}`;
}

/** The figure in words, for those who cannot see it. */
export function describeFigure(figure: PlotFigure): string {
  const curves = figure.panels.flatMap(({ title, series }) =>
    series.map((each) => {
      const known = each.points.filter((point) => point.y !== null);
      const by = known.toSorted((a, b) => (a.y as number) - (b.y as number));
      const least = by[0];
      const most = by.at(-1);
      const name = [title, each.name].filter((part) => part !== '').join(', ');
      const range =
        least === undefined || most === undefined
          ? 'no values'
          : `${known.length} values, the smallest at ${pointText(figure, least)}, the largest at ${pointText(figure, most)}`;
      return name === '' ? `${range}.` : `${name}: ${range}.`;
    }),
  );
  return [`${figure.y.title} against ${figure.x.title}.`, ...curves].join(' ');
}
