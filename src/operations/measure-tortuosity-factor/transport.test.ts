import { describe, expect, it } from 'vitest';
import { rowsOf, runOperation, tableOf } from '../../../tests/support/run-operation.ts';
import { noPath } from '../../kernels/diffusion.ts';
import { createVolume, type Volume } from '../../volume/volume.ts';
import { randomMixture } from '../example-mixture.ts';
import { operation } from './index.ts';
import { type PhaseCase, transportRow } from './transport.ts';

/** Label 4 is a straight channel along z through label 9; its size is unknown. */
function channel(spacing: Volume['spacing'] = null): Volume {
  const data = Uint8Array.from({ length: 5 * 4 * 6 }, (_, i) => {
    const x = i % 5;
    const y = Math.floor(i / 5) % 4;
    return x === 2 && y === 1 ? 4 : 9;
  });
  return createVolume({
    kind: 'labels',
    size: [5, 4, 6],
    data,
    spacing,
    phases: [{ label: 4, name: 'pore', colour: '#0072b2', pore: true }],
  });
}

const NO_PATH = noPath({
  blindClusters: 0,
  blindVoxels: 0,
  isolatedClusters: 0,
  isolatedVoxels: 0,
});

const POROUS: PhaseCase = {
  label: 4,
  name: 'pore',
  direction: 2,
  phaseVoxels: 25,
  volumeVoxels: 100,
};

describe('the transport table', () => {
  it('has every phase along every direction, phase by phase', async () => {
    const rows = rowsOf(await runOperation(operation, channel()), 'transport');
    expect(rows.map(({ label, phase, direction }) => [label, phase, direction])).toEqual([
      [4, 'pore', 'x'],
      [4, 'pore', 'y'],
      [4, 'pore', 'z'],
      [9, 'phase 9', 'x'],
      [9, 'phase 9', 'y'],
      [9, 'phase 9', 'z'],
    ]);
  });

  it('gives a straight channel τ = 1 along it and no path across', async () => {
    const rows = rowsOf(await runOperation(operation, channel(), { phase: [4] }), 'transport');
    expect(rows[0]).toMatchObject({
      percolates: false,
      percolatingFraction: 0,
      tortuosityFactor: null,
      effectiveDiffusivity: 0,
      formationFactor: null,
      bruggemanExponent: null,
      tortuosityFactorLower: null,
      tortuosityFactorUpper: null,
      errorBound: null,
    });
    expect(rows[2]).toMatchObject({
      percolates: true,
      percolatingFraction: 1,
      volumeFraction: 0.05,
    });
    expect(rows[2]?.['tortuosityFactor']).toBeCloseTo(1, 12);
    expect(rows[2]?.['effectiveDiffusivity']).toBeCloseTo(0.05, 12);
    expect(rows[2]?.['formationFactor']).toBeCloseTo(20, 10);
    expect(rows[2]?.['bruggemanExponent']).toBeCloseTo(1, 12);
  });

  it('holds only the directions and phases that were asked for', async () => {
    const params = { phase: [9], directions: 'y' };
    const rows = rowsOf(await runOperation(operation, channel(), params), 'transport');
    expect(rows.map(({ label, direction }) => [label, direction])).toEqual([[9, 'y']]);
  });

  it('has no exponent for a phase that fills the volume', async () => {
    const full = createVolume({ kind: 'labels', size: [3, 3, 3], data: new Uint8Array(27) });
    const [row] = rowsOf(await runOperation(operation, full), 'transport');
    expect(row).toMatchObject({ volumeFraction: 1, bruggemanExponent: null });
    expect(row?.['tortuosityFactor']).toBeCloseTo(1, 12);
  });

  it('says that unknown voxels are taken for cubes, and only then', async () => {
    const unknown = tableOf(await runOperation(operation, channel()), 'transport');
    expect(unknown.notes.join(' ')).toMatch(/voxel size is unknown: voxels are taken for cubes/);
    const known = channel({ values: [1, 1, 3], unit: 'µm' });
    const notes = tableOf(await runOperation(operation, known), 'transport').notes.join(' ');
    expect(notes).not.toMatch(/unknown/);
    expect(notes).toMatch(/no flux crosses the sides/);
  });

  it('names periodic sides in its notes', async () => {
    const { notes } = tableOf(
      await runOperation(operation, channel(), { sides: 'periodic' }),
      'transport',
    );
    expect(notes.join(' ')).toMatch(/sides are periodic/);
  });

  it('refuses a label that no voxel has, and names those there are', async () => {
    await expect(runOperation(operation, channel(), { phase: [4, 7] })).rejects.toMatchObject({
      code: 'parameter/invalid',
      message: 'No voxel has the label 7: the labels of this volume are 4, 9.',
    });
  });

  it('reports a solve that ran out of iterations as an error', () => {
    const unfinished = {
      ...NO_PATH,
      percolates: true,
      percolatingVoxels: 20,
      effectiveConductivity: 0.1,
      iterations: 1000,
      width: 0.02,
      converged: false,
    };
    expect(() => transportRow(POROUS, unfinished, 1e-4)).toThrow(
      /label 4 along z was not reached: after 1000 iterations its certified interval is 2\.0e-2 wide/,
    );
  });

  it('takes a conductivity above the parallel bound for a bug', () => {
    const impossible = {
      ...NO_PATH,
      percolates: true,
      percolatingVoxels: 25,
      effectiveConductivity: 0.2501,
    };
    expect(() => transportRow(POROUS, impossible, 1e-4)).toThrow(/parallel bound/);
  });
});

describe('the profile table', () => {
  const body = randomMixture();

  it('is there when asked for, with every plane of every phase that has a path', async () => {
    const plain = await runOperation(operation, body, { phase: [1] });
    expect(plain.tables?.map(({ id }) => id)).toEqual(['transport']);
    const rows = rowsOf(
      await runOperation(operation, body, { phase: [1, 2], profile: true }),
      'profile',
    );
    const counted = rows.map(({ label, direction }) => `${label} ${direction}`);
    expect(counted.filter((each) => each === '1 x')).toHaveLength(15);
    expect(counted.filter((each) => each === '1 z')).toHaveLength(11);
    expect(counted.filter((each) => each === '2 x')).toHaveLength(0);
  });

  it('leaves the transport table as it is', async () => {
    const plain = await runOperation(operation, body);
    const profiled = await runOperation(operation, body, { profile: true });
    expect(tableOf(profiled, 'transport')).toEqual(tableOf(plain, 'transport'));
  });

  it('adds up to the tortuosity factor of the whole volume', async () => {
    for (const direction of ['x', 'y', 'z']) {
      const params = { phase: [1], directions: direction, profile: true, accuracy: 1e-6 };
      const result = await runOperation(operation, body, params);
      const profile = rowsOf(result, 'profile') as readonly Record<string, number>[];
      const whole = rowsOf(result, 'transport')[0] as Record<string, number>;
      const [first, last] = [profile[0]!, profile.at(-1)!];
      // Half a voxel at either face, of the percolating part alone.
      let sum = 0.5 / first['percolatingFraction']! + 0.5 / last['percolatingFraction']!;
      profile.slice(1).forEach((plane, k) => {
        const inverse = 0.5 / profile[k]!['phaseFraction']! + 0.5 / plane['phaseFraction']!;
        sum += profile[k]!['localTortuosityFactor']! * inverse;
      });
      const tau = (whole['volumeFraction']! * sum) / profile.length;
      expect(tau / whole['tortuosityFactor']!).toBeCloseTo(1, 4);
    }
  });

  it('gives positions in the unit of the voxel size, or in voxels', async () => {
    const params = { phase: [4], directions: 'z', profile: true };
    const known = channel({ values: [1, 1, 3], unit: 'nm' });
    const positions = async (volume: Volume) =>
      rowsOf(await runOperation(operation, volume, params), 'profile').map((row) => [
        row['position'],
        row['unit'],
      ]);
    expect((await positions(known))[2]).toEqual([7.5, 'nm']);
    expect((await positions(channel()))[2]).toEqual([2.5, 'voxels']);
  });
});
