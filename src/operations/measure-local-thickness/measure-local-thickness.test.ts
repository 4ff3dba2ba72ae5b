import { describe, expect, it } from 'vitest';
import { rowsOf, runOperation, tableOf, volumeOf } from '../../../tests/support/run-operation.ts';
import { createVolume, type Size3, type Volume } from '../../volume/volume.ts';
import { operation } from './index.ts';

function build(size: Size3, label: (x: number, y: number, z: number) => number): Volume {
  const [nx, ny, nz] = size;
  const data = Uint8Array.from({ length: nx * ny * nz }, (_, i) =>
    label(i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))),
  );
  return createVolume({ kind: 'labels', name: 'built', size, data });
}

/** Layers of 4, 6 and 10 voxels of label 1 between single ones of label 0. */
const layers = build([16, 15, 24], (_x, _y, z) => ([0, 5, 12, 23].includes(z) ? 0 : 1));

describe('local thickness', () => {
  it('of even layers is their thickness, and the table has diameters and radii', async () => {
    const result = await runOperation(operation, layers, { labels: [1], bins: 5 });
    const { data, kind } = volumeOf(result);
    expect(kind).toBe('grey');
    const column = Array.from({ length: 24 }, (_, z) => data[240 * z] as number);
    expect(column.slice(1, 5)).toEqual([4, 4, 4, 4]);
    expect(column.slice(6, 12)).toEqual([6, 6, 6, 6, 6, 6]);
    expect(column.slice(13, 23)).toEqual(Array.from({ length: 10 }, () => 10));
    expect([0, 5, 12, 23].map((z) => column[z])).toEqual([0, 0, 0, 0]);
    const [row] = rowsOf(result, 'thickness');
    expect(row).toMatchObject({
      label: 1,
      voxels: 4800,
      meanDiameter: (4 * 4 + 6 * 6 + 10 * 10) / 20,
      p10Diameter: 4,
      p50Diameter: 8,
      p90Diameter: 10,
      maxDiameter: 10,
      meanRadius: (4 * 4 + 6 * 6 + 10 * 10) / 40,
      p50Radius: 4,
      maxRadius: 5,
      unit: 'voxels',
    });
    expect(tableOf(result, 'thickness').notes[0]).toMatch(/n \+ 1 where it is odd/);
  });

  it('is distributed by volume in bins that hold every voxel once', async () => {
    const result = await runOperation(operation, layers, { bins: 5 });
    const rows = rowsOf(result, 'distribution').filter((row) => row['label'] === 1);
    expect(rows.map((row) => [row['from'], row['to'], row['voxels']])).toEqual([
      [0, 2, 0],
      [2, 4, 0],
      [4, 6, 960],
      [6, 8, 1440],
      [8, 10, 2400],
    ]);
    expect(rows.map((row) => row['volumeFraction'])).toEqual([0, 0, 0.2, 0.3, 0.5]);
    expect(rows.at(-1)?.['cumulativeFraction']).toBe(1);
  });

  it('is in the unit of the voxel size', async () => {
    const spaced = createVolume({ ...layers, spacing: { values: [2, 2, 0.5], unit: 'µm' } });
    const result = await runOperation(operation, spaced, { labels: [1] });
    const [row] = rowsOf(result, 'thickness');
    expect(row).toMatchObject({ p10Diameter: 2, maxDiameter: 5, maxRadius: 2.5, unit: 'µm' });
    expect(volumeOf(result).data[240 * 13]).toBe(5);
    expect(result.notes?.[0]).toBe('The grey values are diameters in µm.');
  });

  it('does not depend on the order or the number of the other phases', async () => {
    const two = build([14, 13, 12], (x, y, z) => ((x >> 2) + (y >> 2) + (z >> 2)) % 2);
    const three = createVolume({
      ...two,
      data: (two.data as Uint8Array).map((label, i) => (label === 1 ? 1 + ((i >> 3) % 2) * 6 : 0)),
    });
    const ofZero = async (volume: Volume): Promise<unknown> =>
      rowsOf(await runOperation(operation, volume), 'thickness')[0];
    expect(await ofZero(three)).toEqual(await ofZero(two));
  });

  it('of balls at an open border reaches beyond it, and not at a wall', async () => {
    const half = build([20, 20, 20], (_x, _y, z) => (z < 8 ? 1 : 0));
    const [open] = rowsOf(await runOperation(operation, half, { labels: [1] }), 'thickness');
    expect(open).toMatchObject({ maxRadius: 8 });
    const walled = await runOperation(operation, half, { labels: [1], border: 'wall' });
    expect(rowsOf(walled, 'thickness')[0]).toMatchObject({ maxRadius: 4 });
  });
});
