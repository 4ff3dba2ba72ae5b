/**
 * One table out of the phase tables of a run: rows for each phase, or for each phase and direction,
 * columns of all measurements side by side. Columns that several measurements share appear once.
 */
import type { Cell, Column, ResultTable } from '../../../declaration/results.ts';

type Row = Readonly<Record<string, Cell>>;

const LABEL = 'label';
const PHASE = 'phase';
const DIRECTION = 'direction';
const KEYS: ReadonlySet<string> = new Set([LABEL, PHASE, DIRECTION]);

export interface PhaseColumn extends Column {
  /** Whether the value belongs to the phase and a direction, not to the phase alone. */
  readonly directional: boolean;
}

export interface PhaseTable {
  readonly columns: readonly PhaseColumn[];
  readonly rows: readonly Row[];
  /** Rows of one phase that follow each other: how many directions each has. */
  readonly rowsPerPhase: number;
}

function has(table: ResultTable, id: string): boolean {
  return table.columns.some((column) => column.id === id);
}

/** Whether a table has one row for each phase, or phase and direction, to join with others. */
export function isPhaseTable(table: ResultTable): boolean {
  const places = table.rows.map((row) => `${row[LABEL] ?? ''} ${row[DIRECTION] ?? ''}`);
  const isUnique = new Set(places).size === places.length;
  return has(table, LABEL) && has(table, PHASE) && isUnique && places.length > 0;
}

function distinct(values: readonly Cell[]): readonly Cell[] {
  return [...new Set(values)];
}

function findRow(table: ResultTable, label: Cell, direction: Cell): Row | undefined {
  const byDirection = has(table, DIRECTION);
  return table.rows.find(
    (row) => row[LABEL] === label && (!byDirection || row[DIRECTION] === direction),
  );
}

/** The value of a table for a phase and direction; undefined where it has no such row. */
function valueIn(
  table: ResultTable,
  label: Cell,
  direction: Cell,
  column: string,
): Cell | undefined {
  const row = findRow(table, label, direction);
  return row === undefined ? undefined : (row[column] ?? null);
}

export function joinPhaseTables(tables: readonly ResultTable[]): PhaseTable | null {
  const joined = tables.filter(isPhaseTable);
  const first = joined[0];
  if (first === undefined) return null;
  const all = joined.flatMap((table) => table.rows);
  const labels = distinct(all.map((row) => row[LABEL] ?? null));
  const directions = distinct(all.map((row) => row[DIRECTION] ?? null).filter((d) => d !== null));
  const hasDirections = directions.length > 0;
  const places = labels.flatMap((label) =>
    (hasDirections ? directions : [null]).map((direction) => ({ label, direction })),
  );
  const columns: PhaseColumn[] = [];
  const values: Record<string, Cell>[] = places.map(({ label, direction }) => ({
    [LABEL]: label,
    [PHASE]: all.find((row) => row[LABEL] === label)?.[PHASE] ?? null,
    ...(hasDirections ? { [DIRECTION]: direction } : {}),
  }));

  const addKey = (id: string, table: ResultTable, directional: boolean): void => {
    const column = table.columns.find((each) => each.id === id);
    if (column !== undefined) columns.push({ ...column, directional });
  };
  addKey(LABEL, first, false);
  addKey(PHASE, first, false);
  const withDirection = joined.find((table) => has(table, DIRECTION));

  // Per-phase columns stand before the direction, those of a direction behind it.
  const ordered = [...joined].sort((a, b) => Number(has(a, DIRECTION)) - Number(has(b, DIRECTION)));
  let directionAdded = false;
  for (const table of ordered) {
    const directional = has(table, DIRECTION);
    if (directional && !directionAdded && withDirection !== undefined) {
      addKey(DIRECTION, withDirection, true);
      directionAdded = true;
    }
    for (const column of table.columns) {
      if (KEYS.has(column.id)) continue;
      const isKnown = columns.some((each) => each.id === column.id);
      const differs =
        isKnown &&
        places.some(({ label, direction }, i) => {
          const value = valueIn(table, label, direction, column.id);
          const known = values[i]?.[column.id];
          return value !== undefined && known !== undefined && known !== value;
        });
      const id = differs ? `${table.id}.${column.id}` : column.id;
      if (!isKnown || differs) {
        columns.push({
          ...column,
          id,
          title: differs ? `${column.title} (${table.title})` : column.title,
          directional,
        });
      }
      places.forEach(({ label, direction }, i) => {
        const value = valueIn(table, label, direction, column.id);
        const row = values[i];
        if (value !== undefined && row !== undefined) row[id] = value;
      });
    }
  }
  return { columns, rows: values, rowsPerPhase: hasDirections ? directions.length : 1 };
}

/** Columns that a first look does not need. */
const MINOR: ReadonlySet<string> = new Set([
  'pore',
  'voxels',
  'percolates',
  'components',
  'largestComponentFraction',
  'bruggemanExponent',
  'iterations',
  'blindFraction',
  'isolatedFraction',
  'blindClusters',
  'isolatedClusters',
  'tortuosityFactorLower',
  'tortuosityFactorUpper',
  'errorBound',
]);

export function mainColumns(columns: readonly PhaseColumn[]): readonly PhaseColumn[] {
  return columns.filter((column) => !MINOR.has(column.id) && column.id !== LABEL);
}

export interface Sorting {
  readonly column: string;
  readonly descending: boolean;
}

/** Rows in the order of a column; empty cells stand last either way. */
export function sortRows(rows: readonly Row[], sorting: Sorting | null): readonly Row[] {
  if (sorting === null) return rows;
  const { column, descending } = sorting;
  const compare = (a: Cell, b: Cell): number => {
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    return String(a).localeCompare(String(b), 'en', { numeric: true });
  };
  return rows.toSorted((left, right) => {
    const a = left[column] ?? null;
    const b = right[column] ?? null;
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return descending ? compare(b, a) : compare(a, b);
  });
}
