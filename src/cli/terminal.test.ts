import { describe, expect, it } from 'vitest';
import type { Column, ResultTable } from '../declaration/results.ts';
import {
  createProgressLine,
  formatBytes,
  formatNumber,
  formatPairs,
  formatTable,
  oneLine,
  PLAIN,
  styleFor,
  textWidth,
  wrap,
} from './terminal.ts';

function column(id: string, symbol = '', unit = ''): Column {
  return { id, title: id, symbol, unit, help: '' };
}

const TABLE: ResultTable = {
  id: 'transport',
  title: 'Transport',
  columns: [
    column('label'),
    column('direction'),
    column('percolates'),
    column('factor', 'τ'),
    column('size', '', 'µm'),
  ],
  rows: [
    { label: 0, direction: 'x', percolates: true, factor: 2.1355321, size: 12 },
    { label: 0, direction: 'y', percolates: false, factor: null, size: 7 },
    { label: 10, direction: 'x', percolates: true, factor: 89.1514849, size: 0.25 },
  ],
  notes: ['A note.'],
};

const narrow = (tableWidth: number) => ({ ...PLAIN, tableWidth });

describe('formatTable', () => {
  it('puts text to the left, numbers to the right and decimal points under each other', () => {
    expect(formatTable(TABLE)).toBe(
      [
        'Transport',
        'label  direction  percolates          τ   size (µm)',
        '    0  x          yes          2.135532  12',
        '    0  y          no                  –   7',
        '   10  x          yes         89.15148    0.2500000',
        '  τ = factor.',
        '  A note.',
        '',
      ].join('\n'),
    );
  });

  it('goes on below where the terminal is narrow, with the columns that name the row', () => {
    const text = formatTable(TABLE, narrow(40));
    expect(text).toBe(
      [
        'Transport',
        'label  direction  percolates          τ',
        '    0  x          yes          2.135532',
        '    0  y          no                  –',
        '   10  x          yes         89.15148',
        '',
        'label  direction   size (µm)',
        '    0  x          12',
        '    0  y           7',
        '   10  x           0.2500000',
        '  τ = factor.',
        '  A note.',
        '',
      ].join('\n'),
    );
  });

  it('repeats the names of a single row too', () => {
    const text = formatTable({ ...TABLE, rows: TABLE.rows.slice(0, 1), notes: [] }, narrow(40));
    expect(text).toContain('label  direction  size (µm)\n    0  x                 12\n');
  });

  it('shows every column at any width', () => {
    for (const width of [1, 10, 20, 30, 60]) {
      const text = formatTable(TABLE, narrow(width));
      for (const { title, symbol } of TABLE.columns) expect(text).toContain(symbol || title);
    }
  });

  it('keeps headings of a table without rows', () => {
    const text = formatTable({ ...TABLE, rows: [], notes: [] });
    expect(text.split('\n')[1]).toBe('label  direction  percolates  τ  size (µm)');
  });

  it('does not let names from files break lines or steer the terminal', () => {
    const rows = [{ ...TABLE.rows[0], direction: 'a\nb\u001b[31m' }];
    const text = formatTable({ ...TABLE, rows });
    expect(text).toContain('a b\ufffd[31m');
    expect(text.split('\n')).toHaveLength(6);
  });

  it('emphasises the title and nothing else', () => {
    const style = { ...PLAIN, emphasise: (text: string) => `<${text}>` };
    expect(formatTable(TABLE, style).match(/<.*>/g)).toEqual(['<Transport>']);
  });
});

describe('formatNumber', () => {
  it.each([
    [0, '0'],
    [3, '3'],
    [1_000_000, '1000000'],
    [0.1 + 0.2, '0.3000000'],
    [2.135531666, '2.135532'],
    [-0.000123456789, '-0.0001234568'],
    [0.00001971234, '1.971e-5'],
    [1e-300, '1.000e-300'],
    [1234567.25, '1234567'],
    [12345678.5, '1.235e+7'],
    [2 ** 60, '1.153e+18'],
  ])('writes %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

describe('textWidth', () => {
  it.each([
    ['abc', 3],
    ['τ ε µ', 5],
    ['e\u0301', 1],
    ['電極', 4],
    ['', 0],
  ])('of %j is %d', (text, width) => {
    expect(textWidth(text)).toBe(width);
  });
});

describe('wrap', () => {
  it('breaks at spaces and indents every line', () => {
    expect(wrap('one two three four', 10, '  ')).toBe('  one two\n  three\n  four');
  });

  it('keeps a word that is longer than the line', () => {
    expect(wrap('a verylongword b', 6)).toBe('a\nverylongword\nb');
  });
});

describe('oneLine', () => {
  it('replaces line breaks and control characters, and keeps the rest', () => {
    expect(oneLine('a\r\nb\tc')).toBe('a b c');
    expect(oneLine('x\u001b[2Jy\u0007\u202ez\u2028')).toBe('x\ufffd[2Jy\ufffd\ufffdz\ufffd');
    expect(oneLine('µm × “τ” 電極')).toBe('µm × “τ” 電極');
  });
});

describe('formatBytes', () => {
  it.each([
    [0, '0 bytes'],
    [1023, '1023 bytes'],
    [1024, '1.00 KiB'],
    [100_000, '97.7 KiB'],
    [2 ** 40, '1.00 TiB'],
    [2 ** 70, '1048576.0 PiB'],
  ])('writes %d as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe('formatPairs', () => {
  const pairs = [
    ['a', 'one two three four five six seven eight nine ten'],
    ['long name', 'x'],
  ] as const;

  it('writes one line for each pair where no terminal cuts it', () => {
    expect(formatPairs(pairs)).toBe(
      'a          one two three four five six seven eight nine ten\nlong name  x\n',
    );
  });

  it('goes on under the value where a terminal is narrow', () => {
    expect(formatPairs(pairs, narrow(40))).toBe(
      'a          one two three four five six\n           seven eight nine ten\nlong name  x\n',
    );
  });
});

describe('styleFor', () => {
  const terminal = { isTTY: true, columns: 120 };
  const pipe = { isTTY: false, columns: 0 };

  it('has no colours and no limit for files and pipes', () => {
    const style = styleFor(pipe, {});
    expect(style.tableWidth).toBe(Number.POSITIVE_INFINITY);
    expect(style.emphasise('x')).toBe('x');
  });

  it('takes the width of the terminal and bold titles', () => {
    const style = styleFor(terminal, { TERM: 'xterm' });
    expect(style.tableWidth).toBe(120);
    expect(style.textWidth).toBe(88);
    expect(style.emphasise('x')).toBe('\u001b[1mx\u001b[22m');
  });

  it.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('leaves colours out for %j', (environment) => {
    expect(styleFor(terminal, environment).emphasise('x')).toBe('x');
  });

  it('heeds COLUMNS, and nothing below 40', () => {
    expect(styleFor(pipe, { COLUMNS: '60' })).toMatchObject({ tableWidth: 60, textWidth: 60 });
    expect(styleFor(terminal, { COLUMNS: '10' }).tableWidth).toBe(40);
    expect(styleFor(pipe, { COLUMNS: 'x' }).tableWidth).toBe(Number.POSITIVE_INFINITY);
    expect(styleFor(pipe, { COLUMNS: '60' }).emphasise('x')).toBe('x');
  });
});

describe('createProgressLine', () => {
  function record(isTTY: boolean, columns = 80) {
    const written: string[] = [];
    const stream = {
      isTTY,
      columns,
      write: (text: string | Uint8Array) => {
        written.push(String(text));
        return true;
      },
    };
    return { stream, written };
  }

  it('rewrites one line where a person watches, and clears it', () => {
    const { stream, written } = record(true);
    const line = createProgressLine(stream, {}, false);
    line.update('reading', 0.101);
    line.update('reading', 0.102);
    line.update('reading', 0.5);
    line.clear();
    line.clear();
    expect(written).toEqual(['\r\u001b[Kreading 10 %', '\r\u001b[Kreading 50 %', '\r\u001b[K']);
  });

  it('fits the terminal, since a wrapped line could not be cleared', () => {
    const { stream, written } = record(true, 8);
    createProgressLine(stream, {}, false).update('a long name', 1);
    expect(written).toEqual(['\r\u001b[Ka long ']);
  });

  it.each([
    ['not a terminal', false, {}, false],
    ['a dumb terminal', true, { TERM: 'dumb' }, false],
    ['a quiet run', true, {}, true],
  ])('writes nothing for %s', (_name, isTTY, environment, isQuiet) => {
    const { stream, written } = record(isTTY);
    const line = createProgressLine(stream, environment, isQuiet);
    line.update('reading', 0.5);
    line.clear();
    expect(written).toEqual([]);
  });
});
