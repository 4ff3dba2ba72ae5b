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

export interface ResultTable {
  readonly id: string;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Readonly<Record<string, Cell>>[];
  /** Conventions and warnings a reader of the numbers must see. */
  readonly notes: readonly string[];
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
