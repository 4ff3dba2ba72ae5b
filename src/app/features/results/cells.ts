/** Cells as text: for reading, and for a spreadsheet. */
import type { Cell, Column } from '../../../declaration/results.ts';
import { formatNumber } from '../../components/format.ts';

type Row = Readonly<Record<string, Cell>>;

/** Why a cell is empty, in two words; the long form is the column's help. */
function emptyText(row: Row): string {
  return row['percolates'] === false ? 'no path' : '—';
}

const DIGITS = 4;

function wholeNumber(value: number): string {
  return value.toLocaleString('en-US').replaceAll(',', '\u202f');
}

/** Four significant digits, trailing zeros kept, so that a column can be compared at a glance. */
export function measuredNumber(value: number): string {
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  if (magnitude < 1e-4 || magnitude >= 1e7) return formatNumber(value);
  if (magnitude >= 10 ** DIGITS) return wholeNumber(Math.round(value));
  return value.toPrecision(DIGITS);
}

/** Whether a column counts things: then its numbers are written without decimals. */
export function isCount(rows: readonly Row[], column: Column): boolean {
  const numbers = rows.map((row) => row[column.id]).filter((cell) => typeof cell === 'number');
  return numbers.length > 0 && numbers.every((value) => Number.isInteger(value));
}

export function readableCell(row: Row, column: Column, counts: boolean): string {
  const cell = row[column.id] ?? null;
  if (cell === null) return emptyText(row);
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  if (typeof cell === 'string') return cell;
  return counts ? wholeNumber(cell) : measuredNumber(cell);
}

export function percent(fraction: number, digits = 2): string {
  return `${(100 * fraction).toFixed(digits)} %`;
}
