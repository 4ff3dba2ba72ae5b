import { describe, expect, it } from 'vitest';
import { acrossPlotTable, acrossTable, type MeasuredVolume, quantitiesAcross } from './across.ts';
import type { Column, ResultTable } from './results.ts';

function column(id: string): Column {
  return { id, title: id, symbol: '', unit: '', help: '' };
}

function volume(name: string, pore: number, tau: number, voxelVolume: number | null = 8) {
  const fractions: ResultTable = {
    id: 'fractions',
    title: 'Fractions',
    columns: ['label', 'phase', 'voxels', 'fraction'].map(column),
    rows: [
      { label: 0, phase: 'pore', voxels: pore, fraction: pore / 100 },
      { label: 1, phase: 'solid', voxels: 100 - pore, fraction: 1 - pore / 100 },
    ],
    notes: [],
  };
  const transport: ResultTable = {
    id: 'transport',
    title: 'Transport',
    columns: ['label', 'phase', 'direction', 'tau', 'tauLower', 'tauUpper'].map(column),
    rows: ['x', 'z'].map((direction, i) => ({
      label: 0,
      phase: 'pore',
      direction,
      tau: i === 0 ? tau : null,
      tauLower: i === 0 ? tau - 0.1 : null,
      tauUpper: i === 0 ? tau + 0.1 : null,
    })),
    notes: [],
  };
  const profile: ResultTable = {
    ...fractions,
    id: 'profile',
    rows: [...fractions.rows, ...fractions.rows],
  };
  const tables = [fractions, transport, profile].map((table) => ({
    stepId: 's',
    stepTitle: 'Step',
    isMeasure: true,
    table,
  }));
  return { name, value: null, voxelVolume, tables } satisfies MeasuredVolume;
}

const VOLUMES = [volume('a', 40, 2), volume('b', 50, 3)];

describe('results across volumes', () => {
  it('are the numeric columns of tables whose rows have names', () => {
    expect(quantitiesAcross(VOLUMES).map(({ title }) => title)).toEqual([
      'voxels',
      'fraction',
      'Volume',
      'tau',
    ]);
  });

  it('have one row for each volume, with bounds, and changes against the first', () => {
    const tau = quantitiesAcross(VOLUMES).filter(({ title }) => title === 'tau');
    const { columns, rows } = acrossTable(VOLUMES, tau, '');
    const read = (title: string) =>
      rows.map((row) => row[columns.find((each) => each.title === title)?.id ?? '']);
    expect(read('Volume')).toEqual(['a', 'b']);
    expect(read('pore, x: tau')).toEqual([2, 3]);
    expect(read('pore, x: tau, lower bound')).toEqual([1.9, 2.9]);
    expect(rows.map((row) => row[columns.find(({ unit }) => unit === '%')?.id ?? ''])).toEqual([
      0, 50,
    ]);
    expect(read('pore, z: tau')).toEqual([null, null]);
  });

  it('are physical volumes where the voxel size is known, and say where it is not', () => {
    const volumes = [volume('a', 40, 2, 8), volume('b', 50, 3, 2), volume('c', 60, 3, null)];
    const quantity = quantitiesAcross(volumes).find(({ title }) => title === 'Volume');
    expect(quantity?.series[0]?.cells.map((cell) => cell?.value ?? null)).toEqual([320, 100, null]);
    const { notes } = acrossTable(volumes, quantity === undefined ? [] : [quantity], '');
    expect(notes.join()).toMatch(/voxel size of c is unknown/);
  });

  it('are drawn over the states in their order where all have one', () => {
    const volumes = [
      { ...volume('b', 50, 3), value: 100 },
      { ...volume('a', 40, 2), value: 0 },
    ];
    const [tau] = quantitiesAcross(volumes).filter(({ title }) => title === 'tau');
    if (tau === undefined) throw new Error('no tau');
    const table = acrossPlotTable(volumes, tau, 'State of charge (%)', 'change');
    expect(table.plots?.[0]).toMatchObject({ kind: 'line', x: { column: 'state' } });
    expect(table.rows.slice(0, 2).map(({ state, value }) => [state, value])).toEqual([
      [0, -1],
      [100, 0],
    ]);
  });
});
