/** Closed-end electrodes: closed forms, direct solves, invariances, what is not defined. */
import { describe, expect, it } from 'vitest';
import { randomUniform } from '../../src/kernels/random.ts';
import { operation } from '../../src/operations/measure-electrode-tortuosity-factor/index.ts';
import { operation as throughTransport } from '../../src/operations/measure-tortuosity-factor/index.ts';
import type { VoxelSpacing } from '../../src/volume/length.ts';
import { createVolume, type Size3, type Vector3, type Volume } from '../../src/volume/volume.ts';
import { directElectrode } from '../support/direct-diffusion.ts';
import { rowsOf, runOperation } from '../support/run-operation.ts';

type Rule = (x: number, y: number, z: number) => boolean;
type Row = Readonly<Record<string, number>>;

function bodyOf(size: Size3, rule: Rule, spacing: VoxelSpacing | null = null): Volume {
  const [nx, ny, nz] = size;
  const data = Uint8Array.from({ length: nx * ny * nz }, (_, i) =>
    rule(i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))) ? 1 : 0,
  );
  return createVolume({ kind: 'labels', size, data, spacing });
}

async function rows(
  body: Volume,
  params: Readonly<Record<string, unknown>> = {},
): Promise<readonly Row[]> {
  const result = await runOperation(operation, body, { phase: 1, accuracy: 1e-6, ...params });
  return rowsOf(result, 'electrode') as readonly Row[];
}

const factorOf = (row: Row | undefined): number => row?.['electrodeTortuosityFactor'] as number;

async function factor(
  body: Volume,
  params: Readonly<Record<string, unknown>> = {},
): Promise<number> {
  return factorOf((await rows(body, { end: 'low', ...params }))[0]);
}

const inMicrometres = (values: Vector3): VoxelSpacing => ({ values, unit: 'µm' });

const random: Rule = (x, y, z) =>
  randomUniform(21, 0, (x >> 1) + 32 * ((y >> 1) + 32 * (z >> 1))) < 0.6;

describe('straight channels', () => {
  it.each([1, 2, 5, 40])('of %i voxels have τ_e = 1 + 1 / 2N²', async (n) => {
    for (const values of [
      [1, 1, 1],
      [2, 1, 0.3],
      [0.5, 3, 4],
    ] as const) {
      const wire = bodyOf([3, 3, n], (x, y) => x === 1 && y === 1, inMicrometres(values));
      const slot = bodyOf([4, 5, n], (x) => x === 1, inMicrometres(values));
      for (const body of [wire, slot]) {
        for (const row of await rows(body)) {
          expect(factorOf(row)).toBeCloseTo(1 + 1 / (2 * n * n), 5);
          expect(row['reachedFraction']).toBe(1);
        }
      }
    }
  });

  it('run along x and y as well', async () => {
    const x = bodyOf([7, 3, 3], (_x, y, z) => y === 1 && z === 1);
    const y = bodyOf([3, 7, 3], (x, _y, z) => x === 1 && z === 1);
    expect(await factor(x, { direction: 'x' })).toBeCloseTo(1 + 1 / 98, 5);
    expect(await factor(y, { direction: 'y' })).toBeCloseTo(1 + 1 / 98, 5);
  });
});

describe('dead ends', () => {
  /** A wire into the depth that bends twice and ends inside. */
  const wire: readonly Vector3[] = [
    ...[0, 1, 2, 3, 4].map((z): Vector3 => [2, 2, z]),
    ...[3, 4, 5].map((x): Vector3 => [x, 2, 4]),
    ...[5, 6, 7].map((z): Vector3 => [5, 2, z]),
  ];
  const size: Size3 = [8, 5, 10];
  const has: Rule = (x, y, z) => wire.some((at) => at[0] === x && at[1] === y && at[2] === z);

  it('have the resistance of the chain of their voxels', async () => {
    for (const values of [
      [1, 1, 1],
      [1, 2, 0.5],
    ] as const) {
      const [hx, hy, hz] = values;
      const faces = wire.map(([x, y, z]) => {
        let area = 0;
        for (const step of [-1, 1]) {
          if (!has(x + step, y, z)) area += hy * hz;
          if (!has(x, y + step, z)) area += hx * hz;
          if (z + step >= 0 && !has(x, y, z + step)) area += hx * hy;
        }
        return area;
      });
      // Everything stored beyond a link flows through it.
      let beyond = 0;
      let stored = 0;
      for (let i = wire.length - 1; i >= 0; i--) {
        beyond += faces[i] as number;
        const isAcross = i > 0 && wire[i]?.[2] === wire[i - 1]?.[2];
        const link = isAcross ? hx / (hy * hz) : hz / (hx * hy);
        stored += beyond ** 2 * (i === 0 ? link / 2 : link);
      }
      const share = wire.length / (size[0] * size[1] * size[2]);
      const shape = (size[0] * hx * size[1] * hy) / (size[2] * hz);
      const expected = 3 * (stored / beyond ** 2) * share * shape;
      expect((await factor(bodyOf(size, has, inMicrometres(values)))) / expected).toBeCloseTo(1, 6);
    }
  });

  it('are seen, though nothing crosses the volume', async () => {
    const body = bodyOf(size, has);
    const through = rowsOf(
      await runOperation(throughTransport, body, { phase: [1], directions: 'z' }),
      'transport',
    );
    expect(through[0]).toMatchObject({ percolates: false, tortuosityFactor: null });
    expect(await factor(body)).toBeGreaterThan(0);
  });

  it('do not count where the open face does not reach them', async () => {
    const alone = bodyOf(size, has);
    const withIsland = bodyOf(size, (x, y, z) => has(x, y, z) || (x === 0 && z === 9));
    const [plain] = await rows(alone, { end: 'low' });
    const [more] = await rows(withIsland, { end: 'low' });
    expect(more!['interfaceDensity']).toBe(plain!['interfaceDensity']);
    expect(more!['reachedFraction']).toBeCloseTo(wire.length / (wire.length + 5), 12);
    const share = more!['volumeFraction']! / plain!['volumeFraction']!;
    expect(factorOf(more) / factorOf(plain) / share).toBeCloseTo(1, 12);
  });
});

describe('random media', () => {
  it.each([
    [7, 6, 5],
    [5, 4, 9],
    [6, 7, 8],
  ] as const)('agree with a direct solve, %i × %i × %i voxels', async (...size) => {
    for (const edges of [
      [1, 1, 1],
      [1, 3, 2],
      [4, 1, 1],
    ] as const) {
      const body = bodyOf(size, random, inMicrometres(edges));
      for (const sides of ['no-flux', 'periodic']) {
        const medium = { size, codes: body.data as Uint8Array };
        const expected = directElectrode(medium, edges, sides === 'periodic') as number;
        for (const accuracy of [1e-2, 1e-6]) {
          const [row] = await rows(body, { end: 'low', sides, accuracy });
          expect(Math.abs(factorOf(row) / expected - 1)).toBeLessThan(accuracy);
          const { electrodeTortuosityFactorLower, electrodeTortuosityFactorUpper } = row!;
          expect(electrodeTortuosityFactorLower).toBeLessThanOrEqual(expected * (1 + 1e-12));
          expect(electrodeTortuosityFactorUpper).toBeGreaterThanOrEqual(expected * (1 - 1e-12));
        }
      }
    }
  });

  const size: Size3 = [12, 10, 14];

  it('turn and mirror with the volume', async () => {
    const [low, high] = await rows(bodyOf(size, random));
    expect(factorOf(low)).not.toBeCloseTo(factorOf(high), 2);
    const flipped = await rows(bodyOf(size, (x, y, z) => random(11 - x, y, 13 - z)));
    expect(factorOf(flipped[0]) / factorOf(high)).toBeCloseTo(1, 6);
    expect(factorOf(flipped[1]) / factorOf(low)).toBeCloseTo(1, 6);
    const turned = await rows(
      bodyOf([14, 12, 10], (x, y, z) => random(y, z, x)),
      { direction: 'x' },
    );
    expect(factorOf(turned[0]) / factorOf(low)).toBeCloseTo(1, 6);
    expect(factorOf(turned[1]) / factorOf(high)).toBeCloseTo(1, 6);
  });

  it('do not depend on scale or on names of the labels', async () => {
    const [plain] = await rows(bodyOf(size, random), { end: 'low' });
    const [large] = await rows(bodyOf(size, random, inMicrometres([4, 4, 4])), { end: 'low' });
    expect(factorOf(large)).toBe(factorOf(plain));
    expect(large!['interfaceDensity']).toBe(plain!['interfaceDensity']! / 4);
    const body = bodyOf(size, random);
    const data = Uint16Array.from(body.data as Uint8Array, (code) => (code === 1 ? 300 : 7));
    const [renamed] = await rows(createVolume({ ...body, data }), { end: 'low', phase: 300 });
    expect(factorOf(renamed)).toBe(factorOf(plain));
  });
});

describe('what is not defined', () => {
  it('is null where no voxel of the phase touches the open face', async () => {
    const body = bodyOf([4, 4, 6], (x, y, z) => x === 1 && y === 1 && z > 0);
    const result = await runOperation(operation, body, { phase: 1 });
    const [low, high] = rowsOf(result, 'electrode');
    expect(low).toMatchObject({
      openEnd: 'low',
      reachedFraction: 0,
      interfaceDensity: 0,
      electrodeTortuosityFactor: null,
      electrodeTortuosityFactorLower: null,
      electrodeTortuosityFactorUpper: null,
      macMullinNumber: null,
      errorBound: null,
    });
    expect(high?.['electrodeTortuosityFactor']).toBeGreaterThan(0);
    expect(result.tables?.[0]?.notes.join(' ')).toMatch(
      /With the low end open no voxel of the phase touches the open face: τ_e is not defined/,
    );
  });

  it('is null where the phase has no interface', async () => {
    const result = await runOperation(
      operation,
      bodyOf([4, 4, 6], () => true),
      { phase: 1 },
    );
    expect(rowsOf(result, 'electrode')[0]).toMatchObject({
      reachedFraction: 1,
      electrodeTortuosityFactor: null,
    });
    expect(result.tables?.[0]?.notes.join(' ')).toMatch(/the phase touches no other phase/);
  });
});
