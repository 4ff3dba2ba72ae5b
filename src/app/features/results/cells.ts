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

function columnHeading(column: Column): string {
  const symbol = column.symbol === '' ? '' : ` ${column.symbol}`;
  const unit = column.unit === '' ? '' : ` (${column.unit})`;
  return `${column.title}${symbol}${unit}`;
}

/** Tab-separated text with all digits, as a spreadsheet takes it from the clipboard. */
export function tableAsTsv(columns: readonly Column[], rows: readonly Row[]): string {
  const clean = (text: string): string => text.replace(/[\t\r\n]+/g, ' ');
  const cellText = (cell: Cell): string => {
    if (cell === null) return '';
    return typeof cell === 'string' ? clean(cell) : String(cell);
  };
  const lines = [
    columns.map((column) => clean(columnHeading(column))).join('\t'),
    ...rows.map((row) => columns.map((column) => cellText(row[column.id] ?? null)).join('\t')),
  ];
  return `${lines.join('\n')}\n`;
}

export function percent(fraction: number, digits = 2): string {
  return `${(100 * fraction).toFixed(digits)} %`;
}
