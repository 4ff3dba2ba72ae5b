/** Cells as text: for reading, and for a spreadsheet. */
import type { Cell, Column } from '../../../declaration/results.ts';
import { formatNumber } from '../../components/format.ts';

type Row = Readonly<Record<string, Cell>>;

/** Why a cell is empty, in two words; the long form is the column's help. */
export function emptyText(row: Row): string {
  return row['percolates'] === false ? 'no path' : '—';
}

function readableNumber(value: number): string {
  if (Number.isInteger(value)) {
    return Math.abs(value) < 1e15
      ? value.toLocaleString('en-US').replaceAll(',', '\u202f')
      : String(value);
  }
  const magnitude = Math.abs(value);
  if (magnitude >= 1e-3 && magnitude < 1e5) return String(Number(value.toPrecision(5)));
  return formatNumber(value);
}

export function readableCell(row: Row, column: Column): string {
  const cell = row[column.id] ?? null;
  if (cell === null) return emptyText(row);
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  return typeof cell === 'number' ? readableNumber(cell) : cell;
}

export function columnHeading(column: Column): string {
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
