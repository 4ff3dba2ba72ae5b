import { describe, expect, it } from 'vitest';
import { rowsOf, runOperation, volumeOf } from '../../../tests/support/run-operation.ts';
import { createVolume, type Phase, type Volume } from '../../volume/volume.ts';
import { bentChannel, randomMixture } from '../example-mixture.ts';
import { operation } from './index.ts';

function withPores(...pores: number[]): Volume {
  const phases: Phase[] = [0, 1, 2].map((label) => ({
    label,
    name: `phase ${label}`,
    colour: '#000000',
    pore: pores.includes(label),
  }));
  return createVolume({ ...randomMixture(), phases });
}

describe('the diffusion field', () => {
  it('takes the phase that is marked as pore', async () => {
    const chosen = await runOperation(operation, withPores(), { phase: 1 });
    const found = await runOperation(operation, withPores(1));
    expect(rowsOf(found, 'diffusion-field')[0]).toMatchObject({ label: 1 });
    expect(volumeOf(found).data).toEqual(volumeOf(chosen).data);
  });

  it.each([
    [[], /^No phase is marked as pore: choose the conducting phase among the labels 0, 1, 2\.$/],
    [[0, 1], /^More than one phase is marked as pore/],
  ] as const)('does not guess the phase where %j are marked', async (pores, message) => {
    await expect(runOperation(operation, withPores(...pores))).rejects.toThrow(message);
  });

  it('refuses a label that no voxel has', async () => {
    await expect(runOperation(operation, bentChannel(), { phase: 5 })).rejects.toThrow(
      'No voxel has the label 5: the labels of this volume are 0, 1.',
    );
  });

  it('has D_eff/D0 as the mean of the flux along the direction', async () => {
    for (const direction of ['x', 'y', 'z']) {
      const params = { phase: 1, direction, field: 'flux-along', accuracy: 1e-6 };
      const result = await runOperation(operation, randomMixture(), params);
      const data = volumeOf(result).data as Float32Array;
      const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
      const [row] = rowsOf(result, 'diffusion-field');
      expect(mean / (row?.['effectiveDiffusivity'] as number)).toBeCloseTo(1, 4);
    }
  });

  it('says what the grey values are, and that there is no path', async () => {
    const some = await runOperation(operation, bentChannel(), { phase: 1, direction: 'x' });
    expect(some.notes?.join(' ')).toMatch(/^The grey values are concentrations .* hold 0:/);
    const none = await runOperation(operation, bentChannel(), { phase: 1, direction: 'y' });
    expect(none.notes).toEqual([
      'No path leads through phase 1 along y: there is no flux, and all voxels hold 0.',
    ]);
    expect(new Set(volumeOf(none).data as Float32Array)).toEqual(new Set([0]));
  });

  it('stays between 0 and 1 as a concentration and falls from plane to plane', async () => {
    const params = { phase: 1, direction: 'z', accuracy: 1e-6 };
    const result = await runOperation(operation, randomMixture(), params);
    for (const value of volumeOf(result).data as Float32Array) {
      expect(value >= 0 && value < 1).toBe(true);
    }
    expect(rowsOf(result, 'profile')).toHaveLength(11);
  });
});
