/** Text for terminals: tables, wrapped help, messages on one line and a progress line. */
import type { Cell, Column, ResultTable } from '../declaration/results.ts';

/** Width of running text where no terminal says otherwise. */
const TEXT_WIDTH = 88;
const NARROWEST = 40;

/** What the output stream can show. */
export interface Style {
  /** Columns a table may take; Infinity for files and pipes, whose lines are not cut. */
  readonly tableWidth: number;
  /** Columns of running text. */
  readonly textWidth: number;
  readonly emphasise: (text: string) => string;
}

export const PLAIN: Style = {
  tableWidth: Number.POSITIVE_INFINITY,
  textWidth: TEXT_WIDTH,
  emphasise: (text) => text,
};

type Environment = Readonly<Record<string, string | undefined>>;

function hasControls(environment: Environment): boolean {
  return environment['TERM'] !== 'dumb';
}

/** COLUMNS overrules the terminal, as in other tools. */
export function styleFor(
  stream: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>,
  environment: Environment,
): Style {
  const asked = Number(environment['COLUMNS'] ?? '');
  const known = Number.isInteger(asked) && asked > 0 ? asked : stream.isTTY ? stream.columns : 0;
  if (!(known > 0)) return PLAIN;
  const isColoured =
    stream.isTTY && hasControls(environment) && (environment['NO_COLOR'] ?? '') === '';
  return {
    tableWidth: Math.max(NARROWEST, known),
    textWidth: Math.min(Math.max(NARROWEST, known), TEXT_WIDTH),
    emphasise: (text) => (isColoured ? `\u001b[1m${text}\u001b[22m` : text),
  };
}

/** Seven significant digits, small and huge ones with an exponent; JSON and CSV hold every digit. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  const size = Math.abs(value);
  return size < 1e-4 || size >= 1e7 ? value.toExponential(3) : value.toPrecision(7);
}

function formatCell(cell: Cell): string {
  if (cell === null) return '–';
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  return typeof cell === 'number' ? formatNumber(cell) : oneLine(cell);
}

/** Terminal columns of a text: combining marks take none, East Asian wide characters two. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{Mark}/u.test(character)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}]/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}

function pad(text: string, width: number, side: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - textWidth(text)));
  return side === 'left' ? space + text : text + space;
}

/** Pads numbers at their right so that decimal points stand under each other. */
function alignDecimals(texts: readonly string[], isNumber: readonly boolean[]): readonly string[] {
  const tails = texts.map((text) => {
    const point = text.indexOf('.');
    return point < 0 ? 0 : text.length - point;
  });
  const longest = Math.max(0, ...tails.filter((_, i) => isNumber[i]));
  return texts.map((text, i) =>
    isNumber[i] ? text + ' '.repeat(longest - (tails[i] as number)) : text,
  );
}

/** One column as lines of equal width, heading first. */
function layOut(column: Column, rows: ResultTable['rows']): readonly string[] {
  const values = rows.map((row) => row[column.id] ?? null);
  const isNumeric =
    values.some((value) => typeof value === 'number') &&
    values.every((value) => value === null || typeof value === 'number');
  const texts = values.map(formatCell);
  const cells = isNumeric
    ? alignDecimals(
        texts,
        values.map((value) => typeof value === 'number'),
      )
    : texts;
  const name = column.symbol === '' ? column.title : column.symbol;
  const heading = column.unit === '' ? name : `${name} (${column.unit})`;
  const width = Math.max(textWidth(heading), ...cells.map(textWidth));
  return [heading, ...cells].map((text) => pad(text, width, isNumeric ? 'left' : 'right'));
}

/** How many of the first columns tell the rows apart, names that follow them included. */
function keyCount({ columns, rows }: ResultTable): number {
  const isKey = (count: number): boolean => {
    const keys = rows.map((row) =>
      JSON.stringify(columns.slice(0, count).map(({ id }) => row[id] ?? null)),
    );
    return new Set(keys).size === rows.length;
  };
  const counts = Array.from({ length: columns.length }, (_, i) => i + 1);
  let count = counts.find(isKey) ?? columns.length;
  const isName = (column: Column | undefined): boolean =>
    column !== undefined && rows.every((row) => typeof row[column.id] === 'string');
  while (rows.length > 0 && isName(columns[count])) count += 1;
  return count < columns.length ? count : 0;
}

const GAP = '  ';

/** Groups of column positions that fit the width; each repeats the columns that name the row. */
function groupColumns(widths: readonly number[], keys: number, width: number): number[][] {
  const key = Array.from({ length: keys }, (_, i) => i);
  const take = (columns: readonly number[]): number =>
    columns.reduce((sum, column) => sum + (widths[column] as number) + GAP.length, -GAP.length);
  const groups: number[][] = [];
  let group = [...key];
  for (let column = keys; column < widths.length; column++) {
    if (group.length > key.length && take([...group, column]) > width) {
      groups.push(group);
      group = [...key];
    }
    group.push(column);
  }
  return [...groups, group];
}

/** What the symbols in the headings stand for. */
function legendOf(columns: readonly Column[]): string {
  const entries = columns
    .filter(({ symbol }) => symbol !== '')
    .map(({ symbol, title }) => `${symbol} = ${title}`);
  return entries.length === 0 ? '' : `${entries.join('; ')}.`;
}

/**
 * A table in columns, decimal points aligned, notes beneath. One that is wider than the terminal
 * goes on below with the columns that name its rows repeated.
 */
export function formatTable(table: ResultTable, style: Style = PLAIN): string {
  const laidOut = table.columns.map((column) => layOut(column, table.rows));
  const widths = laidOut.map(([heading]) => textWidth(heading ?? ''));
  const blocks = groupColumns(widths, keyCount(table), style.tableWidth).map((group) =>
    Array.from({ length: table.rows.length + 1 }, (_, line) =>
      group
        .map((column) => laidOut[column]?.[line] ?? '')
        .join(GAP)
        .trimEnd(),
    ).join('\n'),
  );
  const legend = legendOf(table.columns);
  const notes = [legend, ...table.notes].filter((note) => note !== '');
  return `${[
    style.emphasise(table.title),
    blocks.join('\n\n'),
    ...notes.map((note) => wrap(note, style.textWidth, '  ')),
  ].join('\n')}\n`;
}

/** Names and values in two columns; long values go on under their start. */
export function formatPairs(
  pairs: readonly (readonly [name: string, value: string])[],
  style: Style = PLAIN,
): string {
  const width = Math.max(0, ...pairs.map(([name]) => textWidth(name)));
  const indent = ' '.repeat(width + GAP.length);
  // A file or a pipe gets one line for each name, so that grep finds whole values.
  const room = style.tableWidth;
  return pairs
    .map(([name, value]) => {
      const lines = Number.isFinite(room) ? wrap(value, Math.max(room, NARROWEST), indent) : value;
      return `${pad(name, width, 'right')}${GAP}${lines.trimStart()}\n`;
    })
    .join('');
}

/** Breaks text at spaces; every line starts with `indent`. */
export function wrap(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(/\s+/)) {
    if (current !== '' && textWidth(current) + 1 + textWidth(word) > width - indent.length) {
      lines.push(current);
      current = word;
    } else {
      current = current === '' ? word : `${current} ${word}`;
    }
  }
  return [...lines, current].map((line) => indent + line).join('\n');
}

/** Text from files and names as one line that cannot steer the terminal. */
export function oneLine(text: string): string {
  return text
    .replace(/[\t\n\r]+/g, ' ')
    .replace(/\p{Cc}|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}

/** 97.7 KiB, 1.2 GiB */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const power = bytes < 1024 ? 0 : Math.min(5, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 ? String(value) : value.toFixed(value < 10 ? 2 : 1)} ${units[power]}`;
}

export interface ProgressLine {
  update(text: string, fraction: number): void;
  clear(): void;
}

/** A progress line on stderr, only where a person watches it. */
export function createProgressLine(
  stream: Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'>,
  environment: Environment,
  isQuiet: boolean,
): ProgressLine {
  const isShown = stream.isTTY && !isQuiet && hasControls(environment);
  let last = '';
  return {
    update(text, fraction) {
      if (!isShown) return;
      const percent = Math.floor(Math.min(1, Math.max(0, fraction)) * 100);
      // A line that wraps could not be cleared again.
      const line = `${text} ${percent} %`.slice(0, Math.max(1, (stream.columns || 80) - 1));
      if (line === last) return;
      last = line;
      stream.write(`\r\u001b[K${line}`);
    },
    clear() {
      if (isShown && last !== '') stream.write('\r\u001b[K');
      last = '';
    },
  };
}
