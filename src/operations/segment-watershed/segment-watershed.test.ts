import { describe, expect, it } from 'vitest';
import { rowsOf, runOperation, tableOf, volumeOf } from '../../../tests/support/run-operation.ts';
import { randomNormal } from '../../kernels/random.ts';
import { createVolume, type Size3, type Volume, type VoxelArray } from '../../volume/volume.ts';
import { nestedSpheres } from './example.ts';
import { operation } from './index.ts';

const THREE = [
  { name: 'pore', from: null, to: 0.22 },
  { name: 'shell', from: 0.33, to: 0.6 },
  { name: 'core', from: 0.85, to: null },
] as const;

function grey(size: Size3, data: Volume['data'], parts: Partial<Volume> = {}): Volume {
  return createVolume({ kind: 'grey', name: 'scan', size, data, ...parts });
}

/** Grey 10, 50 and 90 in three layers along x, with one intermediate voxel at each boundary. */
function layers(): Volume {
  const row = [10, 10, 10, 10, 28, 50, 50, 50, 50, 73, 90, 90, 90, 90];
  return grey(
    [14, 5, 4],
    Uint8Array.from({ length: 14 * 20 }, (_, i) => row[i % 14] as number),
  );
}

const LAYER_INTERVALS = [
  { name: 'dark', from: null, to: 20 },
  { name: 'middle', from: 40, to: 60 },
  { name: 'bright', from: 80, to: null },
] as const;

describe('marker watershed', () => {
  it('gives voxels between two layers to the side with the smaller step', async () => {
    const result = await runOperation(operation, layers(), { intervals: LAYER_INTERVALS });
    const { data } = volumeOf(result);
    expect(Array.from(data.subarray(0, 14), Number)).toEqual([
      0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2,
    ]);
  });

  it('names phases from the intervals and marks the darkest as pore', async () => {
    const volume = volumeOf(
      await runOperation(operation, layers(), { intervals: LAYER_INTERVALS }),
    );
    expect(volume).toMatchObject({ kind: 'labels', type: 'uint8', size: [14, 5, 4] });
    expect(volume.phases.map(({ name, pore }) => [name, pore])).toEqual([
      ['dark', true],
      ['middle', false],
      ['bright', false],
    ]);
    expect(new Set(volume.phases.map(({ colour }) => colour)).size).toBe(3);
  });

  it('never relabels a seed, and counts seeds and flooded voxels', async () => {
    const input = nestedSpheres();
    const result = await runOperation(operation, input, { intervals: THREE });
    const labels = volumeOf(result).data as Uint8Array;
    const values = input.data as Float32Array;
    let outside = 0;
    labels.forEach((label, i) => {
      const value = values[i] as number;
      const seed = THREE.findIndex(
        ({ from, to }) => (from === null || value >= from) && (to === null || value <= to),
      );
      if (seed < 0) outside += 1;
      else expect(label).toBe(seed);
    });
    const rows = rowsOf(result, 'regions') as readonly Record<string, number>[];
    const sum = (of: (row: Record<string, number>) => number): number =>
      rows.reduce((total, row) => total + of(row), 0);
    expect(sum((row) => row['seedVoxels'] as number)).toBe(labels.length - outside);
    expect(sum((row) => row['volumeFraction'] as number)).toBeCloseTo(1, 12);
    expect(
      sum((row) => (row['floodedFraction'] as number) * (row['volumeFraction'] as number)),
    ).toBeCloseTo(outside / labels.length, 12);
    expect(tableOf(result, 'regions').notes[0]).toMatch(/were seeds, .* were flooded/);
  });

  it('takes interval ends into the interval', async () => {
    const input = grey([4, 1, 1], Float32Array.of(1, 2, 3, 4));
    const intervals = [
      { name: 'a', from: 1, to: 2 },
      { name: 'b', from: 3, to: 4 },
    ];
    const result = await runOperation(operation, input, { intervals });
    expect(rowsOf(result, 'regions').map((row) => row['seedVoxels'])).toEqual([2, 2]);
  });

  it('finds as many phases as the histogram has peaks, or as many as asked for', async () => {
    const automatic = await runOperation(operation, nestedSpheres());
    expect(rowsOf(automatic, 'regions').map((row) => row['phase'])).toEqual([
      'pore',
      'phase 1',
      'phase 2',
    ]);
    expect(automatic.notes?.[0]).toMatch(
      /^Automatic intervals: the histogram has 3 peaks at 0\.09/,
    );
    const two = await runOperation(operation, nestedSpheres(), { phases: 2 });
    expect(rowsOf(two, 'regions')).toHaveLength(2);
    expect(two.notes?.[0]).toMatch(/the 2 clearest used/);
  });

  it('falls back on class means where there are fewer peaks than phases, and says so', async () => {
    const result = await runOperation(operation, nestedSpheres(), { phases: 4 });
    expect(rowsOf(result, 'regions')).toHaveLength(4);
    expect(result.notes?.[0]).toMatch(/Otsu's method, since the histogram has only 3 peaks/);
  });

  it('scales with the grey values and does not see their offset', async () => {
    const input = nestedSpheres();
    const scaled = (input.data as Float32Array).map((value) => Math.fround(value * 4096));
    const intervals = THREE.map(({ name, from, to }) => ({
      name,
      from: from === null ? null : from * 4096,
      to: to === null ? null : to * 4096,
    }));
    const [plain, large] = await Promise.all([
      runOperation(operation, input, { intervals: THREE }),
      runOperation(operation, grey(input.size, scaled), { intervals }),
    ]);
    expect(volumeOf(large).data).toEqual(volumeOf(plain).data);
  });

  it('does not depend on the unit of the voxel size, but on its ratio', async () => {
    const input = nestedSpheres();
    const run = async (values: readonly [number, number, number], unit: 'nm' | 'µm') =>
      volumeOf(
        await runOperation(
          operation,
          { ...input, spacing: { values, unit } },
          { intervals: THREE },
        ),
      ).data;
    const unknown = volumeOf(await runOperation(operation, input, { intervals: THREE })).data;
    expect(await run([398, 398, 398], 'nm')).toEqual(unknown);
    expect(await run([0.5, 0.5, 0.5], 'µm')).toEqual(unknown);
    expect(await run([0.5, 0.5, 2], 'µm')).not.toEqual(unknown);
  });

  it('takes every voxel type', async () => {
    const reference = volumeOf(
      await runOperation(operation, layers(), { intervals: LAYER_INTERVALS }),
    ).data;
    const values = [...(layers().data as Uint8Array)];
    const arrays: readonly VoxelArray[] = [
      Int16Array.from(values),
      Uint32Array.from(values),
      Float64Array.from(values),
      BigUint64Array.from(values.map(BigInt)),
    ];
    for (const data of arrays) {
      const result = await runOperation(operation, grey([14, 5, 4], data), {
        intervals: LAYER_INTERVALS,
      });
      expect(volumeOf(result).data).toEqual(reference);
    }
  });

  it('works on a single slice and on a single row', async () => {
    for (const size of [
      [14, 20, 1],
      [280, 1, 1],
    ] as const) {
      const result = await runOperation(operation, grey(size, layers().data), {
        intervals: LAYER_INTERVALS,
      });
      expect(new Set([...volumeOf(result).data].map(Number))).toEqual(new Set([0, 1, 2]));
    }
  });

  describe('refuses', () => {
    it('an interval without a voxel, by name and range', async () => {
      const intervals = [LAYER_INTERVALS[0], { name: 'binder', from: 30, to: 45 }];
      await expect(runOperation(operation, layers(), { intervals })).rejects.toThrow(
        'No voxel of scan lies in the interval "binder" (30 to 45): its grey values run from 10 to 90; move the interval or remove it.',
      );
    });

    it('to guess phases from one peak', async () => {
      const input = grey(
        [50, 40, 20],
        Float32Array.from({ length: 40_000 }, (_, i) => randomNormal(4, 0, i)),
      );
      await expect(runOperation(operation, input)).rejects.toThrow(
        /The histogram of scan has one peak \(at .*\).*denoise and sharpen the volume first, or set the grey intervals/,
      );
    });

    it('to choose between more peaks than it has phases', async () => {
      const input = grey(
        [100, 40, 5],
        Float32Array.from({ length: 20_000 }, (_, i) => (i % 10) + 0.05 * randomNormal(4, 0, i)),
      );
      await expect(runOperation(operation, input)).rejects.toThrow(
        /has 10 peaks .* more than the 8 phases .* say how many phases there are, or set the grey intervals/,
      );
      const asked = await runOperation(operation, input, { phases: 8 });
      expect(rowsOf(asked, 'regions')).toHaveLength(8);
    });

    it('a constant volume', async () => {
      await expect(
        runOperation(operation, grey([2, 2, 2], new Uint8Array(8).fill(9))),
      ).rejects.toThrow('Every voxel of scan has the grey value 9: there is nothing to segment.');
    });

    it('NaN, and says where the first one is', async () => {
      const data = Float32Array.from({ length: 24 }, (_, i) => i);
      data[17] = Number.NaN;
      data[20] = Number.POSITIVE_INFINITY;
      await expect(runOperation(operation, grey([4, 3, 2], data))).rejects.toThrow(
        'scan has 2 voxels that are not numbers (the first at x 1, y 1, z 1)',
      );
    });

    it('a number of phases that is not whole or contradicts the intervals', async () => {
      await expect(runOperation(operation, layers(), { phases: 2.5 })).rejects.toThrow(
        /must be a whole number/,
      );
      await expect(
        runOperation(operation, layers(), { phases: 2, intervals: LAYER_INTERVALS }),
      ).rejects.toThrow(/There are 3 grey intervals but 2 phases/);
    });
  });

  it('stops when cancelled during the flood', async () => {
    const controller = new AbortController();
    const run = runOperation(
      operation,
      nestedSpheres(),
      {},
      {
        signal: controller.signal,
        progress: (fraction) => {
          if (fraction > 0.05) controller.abort();
        },
      },
    );
    await expect(run).rejects.toMatchObject({ code: 'run/cancelled' });
  });
});
