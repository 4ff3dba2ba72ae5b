import { describe, expect, it } from 'vitest';
import type { Column, ResultTable } from '../../../declaration/results.ts';
import { isPhaseTable, joinPhaseTables, mainColumns, sortRows } from './phase-table.ts';
import { summarise } from './summary.ts';

function column(id: string, symbol = ''): Column {
  return { id, title: id, symbol, unit: '', help: '' };
}

function table(id: string, columns: readonly string[], rows: ResultTable['rows']): ResultTable {
  return { id, title: id, columns: columns.map((name) => column(name)), rows, notes: [] };
}

const FRACTIONS = table(
  'fractions',
  ['label', 'phase', 'pore', 'voxels', 'volumeFraction'],
  [
    { label: 0, phase: 'pore', pore: true, voxels: 40, volumeFraction: 0.4 },
    { label: 1, phase: 'solid', pore: false, voxels: 60, volumeFraction: 0.6 },
  ],
);

const TRANSPORT = table(
  'transport',
  ['label', 'phase', 'direction', 'percolates', 'volumeFraction', 'tortuosityFactor'],
  [
    ['x', 2.5],
    ['z', null],
  ].map(([direction, tortuosityFactor]) => ({
    label: 0,
    phase: 'pore',
    direction: direction as string,
    percolates: tortuosityFactor !== null,
    volumeFraction: 0.4,
    tortuosityFactor: tortuosityFactor as number | null,
  })),
);

describe('isPhaseTable', () => {
  it('takes one row for each phase, or phase and direction', () => {
    expect([FRACTIONS, TRANSPORT].map(isPhaseTable)).toEqual([true, true]);
  });

  it('leaves out distributions, profiles and empty tables', () => {
    const columns = ['label', 'phase', 'from'];
    const bins = [0, 1].map((from) => ({ label: 0, phase: 'pore', from }));
    expect(isPhaseTable(table('distribution', columns, bins))).toBe(false);
    expect(isPhaseTable(table('distribution', columns, []))).toBe(false);
  });
});

describe('joinPhaseTables', () => {
  it('puts what belongs to a phase before the direction and shared columns once', () => {
    const joined = joinPhaseTables([FRACTIONS, TRANSPORT]);
    expect(joined?.columns.map(({ id }) => id)).toEqual([
      'label',
      'phase',
      'pore',
      'voxels',
      'volumeFraction',
      'direction',
      'percolates',
      'tortuosityFactor',
    ]);
    expect(joined?.rowsPerPhase).toBe(2);
  });

  it('keeps phases that one of the tables does not have, with empty cells', () => {
    const rows = joinPhaseTables([FRACTIONS, TRANSPORT])?.rows ?? [];
    expect(rows.map((row) => [row['phase'], row['direction']])).toEqual([
      ['pore', 'x'],
      ['pore', 'z'],
      ['solid', 'x'],
      ['solid', 'z'],
    ]);
    expect(rows[2]?.['tortuosityFactor']).toBeUndefined();
    expect(rows[2]?.['volumeFraction']).toBe(0.6);
  });

  it('shows both values where two measurements disagree', () => {
    const other = table(
      'recount',
      ['label', 'phase', 'volumeFraction'],
      [{ label: 0, phase: 'pore', volumeFraction: 0.41 }],
    );
    const joined = joinPhaseTables([FRACTIONS, other]);
    expect(joined?.rows[0]?.['volumeFraction']).toBe(0.4);
    expect(joined?.rows[0]?.['recount.volumeFraction']).toBe(0.41);
  });

  it('has nothing to join in tables without phases', () => {
    expect(joinPhaseTables([table('noise', ['sigma'], [{ sigma: 3 }])])).toBeNull();
  });

  it('leaves out of the first look what is detail', () => {
    const joined = joinPhaseTables([FRACTIONS]);
    expect(mainColumns(joined?.columns ?? []).map(({ id }) => id)).toEqual([
      'phase',
      'volumeFraction',
    ]);
  });
});

describe('sortRows', () => {
  it('sorts numbers as numbers and leaves empty cells last either way', () => {
    const rows = [{ tau: 10 }, { tau: null }, { tau: 9 }];
    const taus = (descending: boolean) =>
      sortRows(rows, { column: 'tau', descending }).map((row) => row['tau']);
    expect(taus(false)).toEqual([9, 10, null]);
    expect(taus(true)).toEqual([10, 9, null]);
  });
});

describe('summarise', () => {
  it('takes the porosity from its table and the factors of the pore phase', () => {
    const porosity = table('porosity', ['porosity'], [{ porosity: 0.4 }]);
    const summary = summarise([porosity], joinPhaseTables([FRACTIONS, TRANSPORT]));
    expect(summary.porosity).toBe(0.4);
    expect(summary.fractions.map(({ fraction }) => fraction)).toEqual([0.4, 0.6]);
    expect(summary.poreTortuosity).toEqual({
      phase: 'pore',
      factors: [
        { direction: 'x', value: 2.5 },
        { direction: 'z', value: null },
      ],
    });
  });

  it('names no tortuosity where no phase is pore', () => {
    expect(summarise([], joinPhaseTables([TRANSPORT])).poreTortuosity).toBeNull();
  });
});
