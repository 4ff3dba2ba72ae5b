import { describe, expect, it } from 'vitest';
import type { RegionStatistics } from '../../../../workers/engine-api.ts';
import { createSpacing } from '../../../volume/length.ts';
import type { PlacedMeasure } from '../../stores/measures.ts';
import {
  extentText,
  placeText,
  profileOf,
  profileTable,
  regionOf,
  statisticsTable,
} from './measure-tables.ts';

const spacing = createSpacing([0.5, 0.5, 2], 'µm');

function measure(parts: Partial<PlacedMeasure>): PlacedMeasure {
  const points = { from: [1, 2, 3], to: [5, 2, 6] } as const;
  return { id: 1, kind: 'profile', view: 'xz', size: [9, 9, 9], ...points, ...parts };
}

describe('a measure', () => {
  it('says where it lies and how large it is', () => {
    expect(placeText(measure({}))).toBe('XZ, y 2');
    expect(extentText(measure({}), null)).toBe('5 voxels');
    expect(extentText(measure({ kind: 'ellipse' }), spacing)).toBe('2.5 × 8 µm (5 × 4 voxels)');
  });

  it('asks for its region', () => {
    const { from, to } = measure({});
    expect(regionOf(measure({ kind: 'ellipse' }))).toEqual({ shape: 'ellipse', from, to });
    expect(regionOf(measure({ kind: 'rectangle' }))).toEqual({ shape: 'box', from, to });
    expect(regionOf({ kind: 'volume', id: 2 })).toBeNull();
  });
});

describe('profileTable', () => {
  it('has the distance of each value in the unit of the voxel size, or in voxels', () => {
    const values = Float64Array.of(10, 20, 40);
    const line = measure({ from: [0, 0, 0], to: [2, 0, 0] });
    const distances = (unit: typeof spacing | null) =>
      profileTable('p', profileOf(values, line, unit)).rows.map(({ distance }) => distance);
    expect(distances(spacing)).toEqual([0, 0.5, 1]);
    expect(distances(null)).toEqual([0, 1, 2]);
    const [first] = profileTable('p', profileOf(values, line, null)).columns;
    expect(first?.unit).toBe('voxels');
  });

  it('of one voxel has one row at distance 0', () => {
    const line = measure({ to: [1, 2, 3] });
    const table = profileTable('p', profileOf(Float64Array.of(7), line, spacing));
    expect(table.rows).toEqual([{ distance: 0, value: 7 }]);
  });
});

describe('statisticsTable', () => {
  it('names phases, leaves what does not exist empty, and says what it left out', () => {
    const quantiles = [{ fraction: 0.5, value: Number.NaN }];
    const row: RegionStatistics = {
      label: null,
      count: 0,
      notFinite: 3,
      mean: Number.NaN,
      standardDeviation: Number.NaN,
      minimum: Number.NaN,
      maximum: Number.NaN,
      quantiles,
    };
    const phases = [{ label: 1, name: 'pore', colour: '#000000', pore: true }];
    const table = statisticsTable(
      's',
      [row, { ...row, label: 1 }, { ...row, label: 2, mean: 4 }],
      phases,
    );
    expect(table.rows.map(({ name }) => name)).toEqual(['all', 'pore', 'label 2']);
    expect(table.rows.map(({ mean }) => mean)).toEqual([null, null, 4]);
    expect(table.columns.map(({ title }) => title)).toContain('Median');
    expect(table.notes).toEqual(['3 voxels are not finite numbers and count nowhere.']);
  });
});
