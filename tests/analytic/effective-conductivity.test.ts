/** Mixtures of conductors: closed forms, direct solves, invariances. */
import { describe, expect, it } from 'vitest';
import { randomUniform } from '../../src/kernels/random.ts';
import { operation } from '../../src/operations/measure-effective-conductivity/index.ts';
import { createVolume, type Size3, type Volume } from '../../src/volume/volume.ts';
import type { VoxelSpacing } from '../../src/volume/length.ts';
import { directSolve } from '../support/direct-diffusion.ts';
import { rowsOf, runOperation } from '../support/run-operation.ts';

type Values = Readonly<Record<number, number>>;
type Row = Readonly<Record<string, number>>;

function volumeOf(
  size: Size3,
  rule: (x: number, y: number, z: number) => number,
  spacing: VoxelSpacing | null = null,
): Volume {
  const [nx, ny, nz] = size;
  const data = Uint8Array.from({ length: nx * ny * nz }, (_, i) =>
    rule(i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))),
  );
  return createVolume({ kind: 'labels', size, data, spacing });
}

/** Rows of x, y and z. */
async function measure(
  volume: Volume,
  values: Values,
  params: Readonly<Record<string, unknown>> = {},
): Promise<readonly [Row, Row, Row]> {
  const conductivity = Object.entries(values).map(([label, value]) => ({
    label: Number(label),
    value,
  }));
  const result = await runOperation(operation, volume, { conductivity, accuracy: 1e-6, ...params });
  return rowsOf(result, 'effective-conductivity') as unknown as readonly [Row, Row, Row];
}

const effective = (row: Row | undefined): number => row?.['effectiveConductivity'] as number;

const random = (x: number, y: number, z: number): number =>
  Math.floor(4 * randomUniform(8, 0, (x >> 1) + 32 * ((y >> 1) + 32 * (z >> 1))));

/** Contrast of a million, without and with an insulator. */
const CONTRASTS: readonly Values[] = [
  { 0: 1e-3, 1: 1, 2: 1e3, 3: 0.5 },
  { 1: 1e-3, 2: 1e3, 3: 2 },
];

describe('layers', () => {
  it.each([1e-3, 0.1, 10, 1e3])('of 1 and %f conduct at their bounds', async (contrast) => {
    const two = volumeOf([6, 5, 8], (_x, _y, z) => (z < 3 ? 1 : 2));
    const [x, y, z] = await measure(two, { 1: 1, 2: contrast });
    const parallel = (3 + 5 * contrast) / 8;
    const series = 8 / (3 + 5 / contrast);
    for (const along of [x, y]) {
      expect(effective(along) / parallel).toBeCloseTo(1, 6);
      expect(along['tortuosityFactor']).toBeCloseTo(1, 6);
    }
    expect(effective(z) / series).toBeCloseTo(1, 6);
    expect(z['seriesConductivity']! / series).toBeCloseTo(1, 12);
    expect(z['meanConductivity']! / parallel).toBeCloseTo(1, 12);
  });

  it('conduct at their bounds in voxels of any shape', async () => {
    const spacing = { values: [1, 2, 0.5], unit: 'µm' } as const;
    const stack = volumeOf([5, 9, 6], (_x, y) => y % 3, spacing);
    const [x, y, z] = await measure(stack, { 0: 0.02, 1: 3, 2: 40 });
    expect(effective(x) / (43.02 / 3)).toBeCloseTo(1, 6);
    expect(effective(z) / (43.02 / 3)).toBeCloseTo(1, 6);
    expect(effective(y) * ((1 / 0.02 + 1 / 3 + 1 / 40) / 3)).toBeCloseTo(1, 6);
  });

  it('without a path conduct nothing and have no tortuosity factor', async () => {
    const [x, , z] = await measure(
      volumeOf([4, 4, 6], (_x, _y, z) => (z === 2 ? 0 : 1)),
      { 1: 5 },
    );
    expect(z).toMatchObject({
      percolates: false,
      percolatingFraction: 0,
      effectiveConductivity: 0,
      seriesConductivity: 0,
      tortuosityFactor: null,
      errorBound: null,
    });
    expect(effective(x)).toBeCloseTo((5 * 5) / 6, 6);
  });
});

describe('checkerboard columns', () => {
  it.each([0.1, 10])('approach √(D1 D2) as squares get finer, contrast %f', async (contrast) => {
    // The faces cut squares in half, where a mirror makes the potential constant.
    const found: number[] = [];
    for (const block of [4, 8, 16, 32]) {
      const rule = (x: number, y: number): number =>
        (Math.floor(x / block + 0.5) + Math.floor(y / block)) % 2;
      const board = volumeOf([2 * block, 2 * block, 1], rule);
      const params = { directions: 'x', sides: 'periodic' };
      const [row] = await measure(board, { 0: 1, 1: contrast }, params);
      found.push(effective(row) / Math.sqrt(contrast));
    }
    // The field is singular at the corners, so the error falls slowly: in a geometric sequence.
    const errors = found.map((value) => 1 - value);
    errors.slice(1).forEach((error, i) => expect(error).toBeLessThan(0.75 * errors[i]!));
    const [, before, last, finest] = found as [number, number, number, number];
    const limit = finest - (finest - last) ** 2 / (finest - last - (last - before));
    expect(limit).toBeCloseTo(1, 2);
  });
});

describe('random mixtures', () => {
  it.each(CONTRASTS)('agree with a direct solve, conductivities %j', async (values) => {
    const conductivities = [0, 1, 2, 3].map((label) => values[label] ?? 0);
    for (const edges of [
      [1, 1, 1],
      [1, 3, 2],
    ] as const) {
      const volume = volumeOf([7, 6, 8], random, { values: edges, unit: 'nm' });
      const medium = { size: volume.size, codes: volume.data as Uint8Array, conductivities };
      for (const sides of ['no-flux', 'periodic']) {
        const rows = await measure(volume, values, { sides });
        rows.forEach((row, direction) => {
          const expected = directSolve(medium, direction as 0 | 1 | 2, {
            edges,
            periodicSides: sides === 'periodic',
          });
          expect(Math.abs(effective(row) / expected - 1)).toBeLessThan(2e-6);
          expect(row['effectiveConductivityLower']).toBeLessThan(expected * (1 + 1e-9));
          expect(row['effectiveConductivityUpper']).toBeGreaterThan(expected * (1 - 1e-9));
        });
      }
    }
  });

  it.each(CONTRASTS)('stay within their bounds, conductivities %j', async (values) => {
    for (const row of await measure(volumeOf([14, 15, 13], random), values)) {
      expect(effective(row)).toBeLessThan(row['meanConductivity']!);
      expect(effective(row)).toBeGreaterThan(row['seriesConductivity']!);
      expect(row['errorBound']).toBeLessThanOrEqual(1e-6);
    }
  });

  const values: Values = { 0: 1e-3, 1: 1, 2: 30, 3: 0.5 };
  const size: Size3 = [12, 10, 11];

  it('turn with the volume', async () => {
    const rows = await measure(volumeOf(size, random), values);
    const turned = await measure(
      volumeOf([11, 12, 10], (x, y, z) => random(y, z, x)),
      values,
    );
    rows.forEach((row, axis) => {
      expect(effective(turned[(axis + 1) % 3]) / effective(row)).toBeCloseTo(1, 6);
    });
  });

  it('are the same in a mirror and under other labels', async () => {
    const rows = await measure(volumeOf(size, random), values);
    const mirrored = await measure(
      volumeOf(size, (x, y, z) => random(size[0] - 1 - x, y, size[2] - 1 - z)),
      values,
    );
    const renamed = await measure(
      volumeOf(size, (x, y, z) => 100 - 7 * random(x, y, z)),
      { 100: 1e-3, 93: 1, 86: 30, 79: 0.5 },
    );
    rows.forEach((row, axis) => {
      expect(effective(mirrored[axis]) / effective(row)).toBeCloseTo(1, 6);
      expect(effective(renamed[axis]) / effective(row)).toBeCloseTo(1, 6);
    });
  });

  it('scale with their conductivities and not with their voxels', async () => {
    const rows = await measure(volumeOf(size, random), values);
    const scaled = Object.fromEntries(
      Object.entries(values).map(([label, value]) => [label, 1024 * value]),
    );
    const large = volumeOf(size, random, { values: [3, 3, 3], unit: 'mm' });
    const times = await measure(large, scaled);
    rows.forEach((row, axis) => expect(effective(times[axis])).toBe(1024 * effective(row)));
  });
});

describe('conductivities', () => {
  const named = createVolume({
    ...volumeOf([4, 4, 4], (x) => x % 2),
    phases: [{ label: 1, name: 'pore', colour: '#000000', pore: true }],
  });

  it('left automatic are 1 for pores and 0 for the rest', async () => {
    const result = await runOperation(operation, named);
    expect(rowsOf(result, 'conductivities')).toEqual([
      { label: 0, phase: 'phase 0', volumeFraction: 0.5, conductivity: 0 },
      { label: 1, phase: 'pore', volumeFraction: 0.5, conductivity: 1 },
    ]);
    expect(rowsOf(result, 'effective-conductivity')[1]).toMatchObject({ tortuosityFactor: 1 });
  });

  it('are asked for where no phase is marked as pore', async () => {
    await expect(
      runOperation(
        operation,
        volumeOf([3, 3, 3], (x) => x),
      ),
    ).rejects.toThrow(
      'No phase is marked as pore: give a conductivity for each conducting label of 0, 1, 2.',
    );
  });

  it('are refused for a label that no voxel has', async () => {
    await expect(measure(named, { 1: 1, 5: 2 })).rejects.toThrow(/^No voxel has the label 5/);
  });

  it('are refused beyond 63 different ones', async () => {
    const many = volumeOf([8, 8, 2], (x, y, z) => x + 8 * y + 64 * z);
    const values = Object.fromEntries(Array.from({ length: 70 }, (_, i) => [i, i + 1]));
    await expect(measure(many, values)).rejects.toThrow(
      'There are 70 different conductivities: at most 63 can be told apart.',
    );
  });
});
