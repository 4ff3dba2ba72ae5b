import { describe, expect, it } from 'vitest';
import { rowsOf, runOperation, tableOf } from '../../../tests/support/run-operation.ts';
import type { Phase } from '../../volume/volume.ts';
import { createVolume, type VoxelArray } from '../../volume/volume.ts';
import { operation } from './index.ts';

function labels(data: VoxelArray, phases: readonly Phase[] = []) {
  return createVolume({ kind: 'labels', size: [data.length, 1, 1], data, phases });
}

const PORE: Phase = { label: 0, name: 'pore', colour: '#0072b2', pore: true };
const CRACK: Phase = { label: 4, name: 'crack', colour: '#d55e00', pore: true };

describe('volume fractions', () => {
  it('add up to 1 and count every label', async () => {
    const result = await runOperation(operation, labels(Int16Array.of(-1, 0, 0, 4, 4, 4, 4, 9)));
    const rows = rowsOf(result, 'fractions');
    expect(rows.map((row) => [row['label'], row['voxels'], row['volumeFraction']])).toEqual([
      [-1, 1, 0.125],
      [0, 2, 0.25],
      [4, 4, 0.5],
      [9, 1, 0.125],
    ]);
  });

  it('sum the phases marked as pore up to the porosity', async () => {
    const data = Uint8Array.of(0, 0, 4, 7, 7, 7, 7, 7);
    const result = await runOperation(operation, labels(data, [PORE, CRACK]));
    expect(rowsOf(result, 'porosity')).toEqual([
      { porosity: 0.375, phases: 'pore, crack', poreVoxels: 3, voxels: 8 },
    ]);
  });

  it('leave porosity undefined until a phase is marked as pore', async () => {
    const result = await runOperation(operation, labels(Uint8Array.of(0, 1)));
    expect(rowsOf(result, 'porosity')[0]?.['porosity']).toBeNull();
    expect(tableOf(result, 'porosity').notes).toEqual([
      'Porosity is not defined until a phase is marked as pore.',
    ]);
  });

  it('show a named phase without voxels as 0', async () => {
    const result = await runOperation(operation, labels(Uint8Array.of(0, 1), [PORE, CRACK]));
    expect(rowsOf(result, 'fractions').find((row) => row['label'] === 4)).toEqual({
      label: 4,
      phase: 'crack',
      pore: true,
      voxels: 0,
      volumeFraction: 0,
    });
  });

  it('do not depend on the order of the voxels', async () => {
    const data = Uint8Array.from({ length: 60 }, (_, i) => (i * i) % 7);
    const [forward, backward] = await Promise.all(
      [data, data.slice().reverse()].map((each) => runOperation(operation, labels(each))),
    );
    expect(backward).toEqual(forward);
  });
});
