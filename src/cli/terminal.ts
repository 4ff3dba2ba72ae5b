/** Text for terminals: tables, wrapped help and a progress line. */
import type { Cell, ResultTable } from '../declaration/results.ts';

function formatCell(cell: Cell): string {
  if (cell === null) return '–';
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  if (typeof cell === 'number' && !Number.isInteger(cell)) {
    return Math.abs(cell) < 1e-3 ? cell.toExponential(3) : Number(cell.toPrecision(7)).toString();
  }
  return String(cell);
}

/** A table in columns: numbers to the right, text to the left, notes beneath. */
export function formatTable(table: ResultTable): string {
  const headings = table.columns.map(({ title, symbol, unit }) => {
    const name = symbol === '' ? title : symbol;
    return unit === '' ? name : `${name} (${unit})`;
  });
  const cells = table.rows.map((row) => table.columns.map(({ id }) => formatCell(row[id] ?? null)));
  const widths = headings.map((heading, i) =>
    Math.max(textWidth(heading), ...cells.map((row) => textWidth(row[i] ?? ''))),
  );
  const numeric = table.columns.map(({ id }) =>
    table.rows.every((row) => typeof row[id] !== 'string'),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((text, i) => {
        const space = ' '.repeat((widths[i] ?? 0) - textWidth(text));
        return numeric[i] ? space + text : text + space;
      })
      .join('  ')
      .trimEnd();
  const body = [line(headings), ...cells.map(line)];
  const notes = table.notes.map((note) => wrap(note, 100, '  '));
  return `${[table.title, ...body, ...notes].join('\n')}\n`;
}

/** Columns a text takes; combining marks and emoji do not occur in our headings. */
function textWidth(text: string): number {
  return [...text].length;
}

/** Breaks text at spaces; every line starts with `indent`. */
export function wrap(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(/\s+/)) {
    if (current !== '' && current.length + 1 + word.length > width - indent.length) {
      lines.push(current);
      current = word;
    } else {
      current = current === '' ? word : `${current} ${word}`;
    }
  }
  return [...lines, current].map((line) => indent + line).join('\n');
}

/** A progress line on stderr, only where a person watches it. */
export function createProgressLine(
  stream: NodeJS.WriteStream,
  quiet: boolean,
): { update(text: string, fraction: number): void; clear(): void } {
  const shown = stream.isTTY && !quiet;
  let last = '';
  return {
    update(text, fraction) {
      if (!shown) return;
      const line = `${text} ${Math.floor(fraction * 100)} %`;
      if (line === last) return;
      last = line;
      stream.write(`\r\u001b[K${line}`);
    },
    clear() {
      if (shown && last !== '') stream.write('\r\u001b[K');
      last = '';
    },
  };
}
