import { describe, expect, it } from 'vitest';
import type { Column } from './results.ts';
import { tableCsv, tableTsv } from './table-text.ts';

function column(id: string, symbol = '', unit = ''): Column {
  return { id, title: id, symbol, unit, help: '' };
}

describe('tableTsv', () => {
  it('keeps all digits and no tab or line break of a name', () => {
    const columns = [column('phase'), column('tau', 'τ')];
    const rows = [
      { phase: 'a\tb\nc', tau: 1 / 3 },
      { phase: 'd', tau: null },
    ];
    expect(tableTsv({ columns, rows })).toBe(`phase\ttau τ\na b c\t${1 / 3}\nd\t\n`);
  });
});

describe('tableCsv', () => {
  it('quotes what needs it and disarms what a spreadsheet would run', () => {
    const table = {
      id: 't',
      title: 'Lengths, all',
      columns: [column('name'), column('length', 'L', 'µm')],
      rows: [
        { name: '=1+1', length: 1 / 3 },
        { name: 'a "b"', length: null },
      ],
      notes: ['note'],
    };
    expect(tableCsv(table).split('\r\n')).toEqual([
      '"Lengths, all"',
      'name,length L (µm)',
      `'=1+1,${1 / 3}`,
      '"a ""b""",',
      'note',
      '',
    ]);
  });
});
