/** Tables that measurements return: columns declared once, with symbol and unit. */

export interface Column {
  readonly id: string;
  readonly title: string;
  /** Symbol of the field's literature, for headings and methods text; '' if none. */
  readonly symbol: string;
  /** '' for a dimensionless number. */
  readonly unit: string;
  readonly help: string;
}

/** null = not defined (a tortuosity factor without a path), never NaN or Infinity. */
export type Cell = string | number | boolean | null;

/** An axis of a plot: a column of numbers, or of words that stand side by side. */
export interface PlotAxis {
  readonly column: string;
  /** Column with the upper ends of the bins whose lower ends `column` holds. */
  readonly until?: string;
  /** Column that names the unit of the numbers, where that depends on the volume. */
  readonly unit?: string;
  /** Columns with the lower and upper bounds of the numbers, drawn as error bars. */
  readonly bounds?: readonly [lower: string, upper: string];
  /** What stands along the axis; the column's title and symbol where it is left out. */
  readonly title?: string;
  /** Default: linear. Values that are not positive have no place on a logarithmic axis. */
  readonly scale?: 'log';
}

/** How rows of a table are drawn. */
export interface TablePlot {
  readonly id: string;
  readonly title: string;
  /** `steps` draws each bin as a level, `bars` as a column from zero. */
  readonly kind: 'line' | 'steps' | 'bars' | 'points';
  readonly x: PlotAxis;
  readonly y: PlotAxis;
  /** Column whose values tell curves apart; one curve where it is left out. */
  readonly series?: string;
  /** Column whose values have a panel each. */
  readonly panels?: string;
}

export interface ResultTable {
  readonly id: string;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Readonly<Record<string, Cell>>[];
  /** Conventions and warnings a reader of the numbers must see. */
  readonly notes: readonly string[];
  /** What can be drawn of it; none where it is left out. */
  readonly plots?: readonly TablePlot[];
}

export interface Citation {
  /** "Buades, Coll & Morel 2005" */
  readonly label: string;
  readonly authors: string;
  readonly year: number;
  readonly title: string;
  readonly venue: string;
  readonly doi?: string;
}
