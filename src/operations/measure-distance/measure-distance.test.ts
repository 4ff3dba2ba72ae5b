import { describe, expect, it } from 'vitest';
import { rowsOf, runOperation, volumeOf } from '../../../tests/support/run-operation.ts';
import { createVolume, type Size3, type Volume } from '../../volume/volume.ts';
import { operation } from './index.ts';

function build(size: Size3, label: (x: number, y: number, z: number) => number): Volume {
  const [nx, ny, nz] = size;
  const data = Int16Array.from({ length: nx * ny * nz }, (_, i) =>
    label(i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))),
  );
  return createVolume({ kind: 'labels', name: 'built', size, data });
}

/** Layers of 4 voxels along z: labels 3, 7, 500. */
const layers = build([5, 6, 12], (_x, _y, z) => [3, 7, 500][z >> 2] as number);

describe('the distance map', () => {
  it('counts voxels where the voxel size is unknown, and says so', async () => {
    const result = await runOperation(operation, layers);
    const volume = volumeOf(result);
    expect(volume).toMatchObject({ kind: 'grey', type: 'float32', size: layers.size, phases: [] });
    const column = Array.from({ length: 12 }, (_, z) => volume.data[30 * z]);
    expect(column).toEqual([4, 3, 2, 1, 1, 2, 2, 1, 1, 2, 3, 4]);
    expect(rowsOf(result, 'distances')).toEqual([
      {
        label: 3,
        phase: 'phase 3',
        voxels: 120,
        mean: 2.5,
        p10: 1,
        p50: 2.5,
        p90: 4,
        max: 4,
        unit: 'voxels',
      },
      {
        label: 7,
        phase: 'phase 7',
        voxels: 120,
        mean: 1.5,
        p10: 1,
        p50: 1.5,
        p90: 2,
        max: 2,
        unit: 'voxels',
      },
      {
        label: 500,
        phase: 'phase 500',
        voxels: 120,
        mean: 2.5,
        p10: 1,
        p50: 2.5,
        p90: 4,
        max: 4,
        unit: 'voxels',
      },
    ]);
    expect(result.notes?.[0]).toMatch(/voxel size is unknown/);
  });

  it('is in the unit of the voxel size, each axis with its own edge', async () => {
    const point = build([9, 9, 9], (x, y, z) => (x === 4 && y === 4 && z === 4 ? 1 : 0));
    const spaced = createVolume({ ...point, spacing: { values: [0.5, 1, 2], unit: 'nm' } });
    const result = await runOperation(operation, spaced, { labels: [0] });
    const { data, spacing } = volumeOf(result);
    data.forEach((found, i) => {
      const [x, y, z] = [i % 9, Math.floor(i / 9) % 9, Math.floor(i / 81)];
      const exact = Math.hypot(0.5 * (x - 4), y - 4, 2 * (z - 4));
      expect(Math.abs((found as number) - exact)).toBeLessThanOrEqual(1e-7 * exact);
    });
    expect(spacing).toEqual(spaced.spacing);
    expect(rowsOf(result, 'distances')[0]).toMatchObject({
      unit: 'nm',
      max: Math.sqrt(4 + 16 + 64),
    });
  });

  it('grows with the voxels', async () => {
    const fine = createVolume({ ...layers, spacing: { values: [0.25, 0.25, 0.25], unit: 'µm' } });
    const [row] = rowsOf(await runOperation(operation, fine), 'distances');
    expect(row).toMatchObject({ mean: 0.625, max: 1, unit: 'µm' });
  });

  it('takes several labels for one phase and gives the others 0', async () => {
    const named = createVolume({
      ...layers,
      phases: [
        { label: 3, name: 'pore', colour: '#000000', pore: true },
        { label: 7, name: 'binder', colour: '#ffffff', pore: false },
      ],
    });
    const result = await runOperation(operation, named, { labels: [7, 3] });
    const column = Array.from({ length: 12 }, (_, z) => volumeOf(result).data[30 * z]);
    expect(column).toEqual([8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0, 0]);
    const rows = rowsOf(result, 'distances');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ label: null, phase: 'pore + binder', voxels: 240, max: 8 });
  });

  it('measures to the border where it is a wall', async () => {
    const result = await runOperation(operation, layers, { border: 'wall' });
    const middle = Array.from({ length: 12 }, (_, z) => volumeOf(result).data[2 + 5 * 2 + 30 * z]);
    expect(middle).toEqual([1, 2, 2, 1, 1, 2, 2, 1, 1, 2, 2, 1]);
  });

  it('measures a volume of one phase only to walls', async () => {
    const whole = build([5, 5, 5], () => 4);
    await expect(runOperation(operation, whole)).rejects.toMatchObject({
      code: 'volume/constant',
      message: expect.stringContaining('all its voxels have label 4'),
    });
    await expect(runOperation(operation, layers, { labels: [7, 500, 3] })).rejects.toMatchObject({
      code: 'volume/constant',
    });
    const walled = await runOperation(operation, whole, { border: 'wall' });
    expect(rowsOf(walled, 'distances')[0]).toMatchObject({ max: 3 });
  });

  it('refuses a label that does not occur', async () => {
    await expect(runOperation(operation, layers, { labels: [8] })).rejects.toMatchObject({
      code: 'parameter/invalid',
      message: 'built has no voxel with label 8; its labels are 3, 7, 500.',
    });
  });
});
