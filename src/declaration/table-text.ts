/** Result tables as text for other programs, with all digits. */
import type { Cell, Column, ResultTable } from './results.ts';

/** Title, symbol and unit: "Tortuosity factor τ", "Thickness (µm)". */
function columnHeading(column: Column): string {
  const symbol = column.symbol === '' ? '' : ` ${column.symbol}`;
  const unit = column.unit === '' ? '' : ` (${column.unit})`;
  return `${column.title}${symbol}${unit}`;
}

/** RFC 4180: the title on a line before, the notes on lines after. */
export function tableCsv(table: ResultTable): string {
  const lines = [
    csvCell(table.title),
    table.columns.map((column) => csvCell(columnHeading(column))).join(','),
    ...table.rows.map((row) =>
      table.columns.map((column) => csvCell(row[column.id] ?? null)).join(','),
    ),
    ...table.notes.map((note) => csvCell(note)),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  // A spreadsheet would run a text cell that begins like a formula.
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Tab-separated text, as a spreadsheet takes it from the clipboard. */
export function tableTsv({ columns, rows }: Pick<ResultTable, 'columns' | 'rows'>): string {
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

/** The table as JSON, as it stands in results.json. */
export function tableJson(table: ResultTable): string {
  return `${JSON.stringify(table, null, 2)}\n`;
}
