import { describe, expect, it } from 'vitest';
import { runOperation, volumeOf } from '../../../tests/support/run-operation.ts';
import { createVolume } from '../../volume/volume.ts';
import { operation } from './index.ts';

const PORE = { label: 0, name: 'pore', colour: '#0072b2', pore: true } as const;
const BINDER = { label: 2, name: 'carbon-binder domain', colour: '#e69f00', pore: false } as const;

function labels(phases: readonly (typeof PORE | typeof BINDER)[] = []) {
  return createVolume({
    kind: 'labels',
    size: [4, 1, 1],
    data: Uint16Array.of(2, 0, 7, 7),
    phases,
  });
}

describe('name phases', () => {
  it('names what is listed and gives the rest a default name', async () => {
    const result = await runOperation(operation, labels(), { phases: [BINDER] });
    expect(volumeOf(result).phases).toEqual([
      { label: 0, name: 'phase 0', colour: '#0072b2', pore: false },
      BINDER,
      { label: 7, name: 'phase 7', colour: '#999999', pore: false },
    ]);
    expect(result.notes).toEqual([]);
  });

  it('keeps names the volume has, and lets a new one win', async () => {
    const renamed = { ...PORE, name: 'electrolyte' };
    const result = await runOperation(operation, labels([PORE, BINDER]), { phases: [renamed] });
    expect(volumeOf(result).phases.slice(0, 2)).toEqual([renamed, BINDER]);
  });

  it('notes a label that no voxel has', async () => {
    const absent = { ...PORE, label: 9, name: 'crack' };
    const result = await runOperation(operation, labels(), { phases: [absent] });
    expect(result.notes).toEqual(['No voxel has the label 9 (crack) that was named.']);
    expect(volumeOf(result).phases.at(-1)).toEqual(absent);
  });

  it('refuses a grey volume', async () => {
    const grey = createVolume({
      kind: 'labels',
      name: 'scan',
      size: [300, 1, 1],
      data: Uint16Array.from({ length: 300 }, (_, i) => i),
    });
    await expect(runOperation(operation, grey)).rejects.toMatchObject({
      code: 'volume/not-labels',
    });
  });
});
