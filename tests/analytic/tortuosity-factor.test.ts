/** Steady diffusion where the answer is known: closed forms, direct solves, invariances. */
import { describe, expect, it } from 'vitest';
import type { DiffusionSolution } from '../../src/kernels/diffusion.ts';
import type { FluxDirection, Triple } from '../../src/kernels/diffusion-grid.ts';
import { randomUniform } from '../../src/kernels/random.ts';
import { operation } from '../../src/operations/measure-tortuosity-factor/index.ts';
import { createVolume, type Size3 } from '../../src/volume/volume.ts';
import { diffusionArenaBytes, solveDiffusion } from '../../src/wasm/diffusion.ts';
import { directSolve, type Medium } from '../support/direct-diffusion.ts';
import { withTestKernels } from '../support/kernels.ts';
import { rowsOf, runOperation } from '../support/run-operation.ts';

type Rule = (x: number, y: number, z: number) => number;

const DIRECTIONS: readonly FluxDirection[] = [0, 1, 2];
const AXIS_OF = { x: 0, y: 1, z: 2 } as const;

function fill(size: Triple, rule: Rule): Uint8Array {
  const [nx, ny] = size;
  return Uint8Array.from({ length: size[0] * size[1] * size[2] }, (_, i) =>
    rule(i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))),
  );
}

function medium(size: Triple, rule: Rule, conductivities: readonly number[] = [0, 1]): Medium {
  return { size, codes: fill(size, rule), conductivities };
}

const cube = (rule: Rule): Medium => medium([64, 64, 64], rule);

interface Options {
  readonly edges?: Triple;
  readonly periodicSides?: boolean;
  readonly accuracy?: number;
}

async function solve(
  { size, codes, conductivities }: Medium,
  direction: FluxDirection,
  { edges = [1, 1, 1], periodicSides = false, accuracy = 1e-6 }: Options = {},
): Promise<DiffusionSolution> {
  const bytes = diffusionArenaBytes(size, edges, [direction], 1);
  const solution = await withTestKernels(bytes, (session) =>
    solveDiffusion(
      session,
      session.allocate(bytes),
      { size, codes, conductivities, edges, direction, periodicSides, accuracy },
      () => undefined,
    ),
  );
  expect(solution.converged).toBe(true);
  return solution;
}

async function conductivity(
  body: Medium,
  direction: FluxDirection,
  options: Options = {},
): Promise<number> {
  return (await solve(body, direction, options)).effectiveConductivity;
}

function relative(found: number, expected: number): number {
  return Math.abs(found / expected - 1);
}

/** Blocks of two voxels with conductivity 0, 1 or a tenth. */
function randomMedium(size: Triple, seed: number): Medium {
  const rule: Rule = (x, y, z) => {
    const value = randomUniform(seed, 0, (x >> 1) + 64 * ((y >> 1) + 64 * (z >> 1)));
    return value < 0.3 ? 0 : value < 0.75 ? 1 : 2;
  };
  return medium(size, rule, [0, 1, 0.1]);
}

/** Axis `order[k]` of the input becomes axis k. */
function permute({ size, codes, conductivities }: Medium, order: Triple): Medium {
  const turned = order.map((axis) => size[axis]) as unknown as Triple;
  const rule: Rule = (x, y, z) => {
    const at = [0, 0, 0] as [number, number, number];
    [x, y, z].forEach((value, k) => {
      at[order[k] as 0 | 1 | 2] = value;
    });
    return codes[at[0] + size[0] * (at[1] + size[1] * at[2])] as number;
  };
  return medium(turned, rule, conductivities);
}

function mirror({ size, codes, conductivities }: Medium, axis: FluxDirection): Medium {
  const rule: Rule = (x, y, z) => {
    const at = [x, y, z].map((value, k) => (k === axis ? size[k] - 1 - value : value));
    return codes[(at[0] as number) + size[0] * ((at[1] as number) + size[1] * (at[2] as number))]!;
  };
  return medium(size, rule, conductivities);
}

function meanConductivity({ codes, conductivities }: Medium): number {
  return codes.reduce((sum, code) => sum + (conductivities[code] as number), 0) / codes.length;
}

describe('bodies with a known effective diffusivity', () => {
  /** Directions x, y, z; 0 = no path. */
  const cases: readonly (readonly [string, Medium, readonly [number, number, number]])[] = [
    ['a solid block', cube(() => 1), [1, 1, 1]],
    [
      'a straight channel',
      cube((x, y) => (y >= 16 && y < 32 && x >= 8 && x < 40 ? 1 : 0)),
      [0, 0, 0.125],
    ],
    ['slabs', cube((x) => (x % 4 < 2 ? 1 : 0)), [0, 0.5, 0.5]],
    ['nothing', cube(() => 0), [0, 0, 0]],
    [
      'blocks that touch along edges',
      cube((x, y, z) => ((x >> 3) + (y >> 3) + (z >> 3)) & 1),
      [0, 0, 0],
    ],
    ['columns that touch along edges', cube((_, y, z) => ((y >> 3) + (z >> 3)) & 1), [0.5, 0, 0]],
  ];

  it.each(cases)('conduct exactly: %s', async (_name, body, expected) => {
    for (const direction of DIRECTIONS) {
      const found = await conductivity(body, direction);
      expect(Math.abs(found - expected[direction])).toBeLessThan(1e-12);
      if (expected[direction] === 0) expect(found).toBe(0);
    }
  });

  /** Finite volume values, converged by an independent double precision solver. */
  const listed: readonly (readonly [string, Medium, number, boolean])[] = [
    [
      'baffles',
      medium([8, 64, 64], (_, y, z) => ((z === 21 && y < 48) || (z === 42 && y >= 16) ? 0 : 1)),
      0.2222412,
      false,
    ],
    ['diagonal layers', cube((_, y, z) => ((y + z) >> 3) & 1), 0.0510255, false],
    ['periodic diagonal layers', cube((_, y, z) => ((y + z) >> 3) & 1), 0.2259856, true],
    ...(
      [
        [0.2, 0.9482211],
        [0.3, 0.8352277],
        [0.4, 0.6359552],
        [0.45, 0.5029704],
        [0.5, 0.3339999],
      ] as const
    ).map(
      ([radius, value]) =>
        [
          `a cell with an insulating sphere of ${radius}`,
          cube((x, y, z) =>
            Math.hypot(x + 0.5 - 32, y + 0.5 - 32, z + 0.5 - 32) <= 64 * radius ? 0 : 1,
          ),
          value,
          false,
        ] as const,
    ),
  ];

  it.each(listed)('conduct as listed: %s', async (_name, body, value, periodicSides) => {
    expect(relative(await conductivity(body, 2, { periodicSides }), value)).toBeLessThan(3e-6);
  });

  it('conduct the same on no-flux and periodic sides when they are symmetric', async () => {
    const sphere = (listed.at(-1) as (typeof listed)[number])[1];
    const open = await conductivity(sphere, 0);
    const periodic = await conductivity(sphere, 0, { periodicSides: true });
    expect(relative(open, periodic)).toBeLessThan(2e-6);
  });
});

describe('layers', () => {
  const values = [0, 1, 0.1, 7.25, 0.003];
  const layers = [1, 2, 3, 3, 4, 1, 1, 2, 4, 3, 1, 2, 1];
  const used = layers.map((code) => values[code] as number);
  const series = layers.length / used.reduce((sum, value) => sum + 1 / value, 0);
  const parallel = used.reduce((sum, value) => sum + value, 0) / layers.length;

  it.each([
    [1, 1, 1],
    [2, 1, 1],
    [1, 1, 2],
    [0.3, 1.7, 1],
  ] as const)('conduct in series and in parallel with edges %f, %f, %f', async (...edges) => {
    for (const axis of DIRECTIONS) {
      const size = [6, 6, 6].map((n, k) => (k === axis ? layers.length : n)) as unknown as Triple;
      const rule: Rule = (...at) => layers[at[axis]] as number;
      const stack = medium(size, rule, values);
      for (const direction of DIRECTIONS) {
        const expected = direction === axis ? series : parallel;
        const found = await conductivity(stack, direction, { edges });
        expect(relative(found, expected)).toBeLessThan(1e-6);
      }
    }
  });
});

describe('hard media', () => {
  it('a wire that folds twenty times conducts as the chain of its voxels', async () => {
    const size: Triple = [40, 20, 41];
    const isWire: Rule = (x, y, z) => {
      if (y !== 7) return 0;
      if (z % 2 === 1) return 1;
      return x === (z % 4 === 0 ? 0 : size[0] - 1) ? 1 : 0;
    };
    const wire = medium(size, isWire);
    const voxels = wire.codes.reduce((sum, code) => sum + code, 0);
    const [nx, ny, nz] = size;
    expect(relative(await conductivity(wire, 2), nz / (nx * ny) / voxels)).toBeLessThan(1e-6);
  });

  it.each([
    ['random voxels just above the percolation threshold', 1, 0.35, [0, 1]],
    ['islands of good conductors in bad ones', 4, 0.3, [1e-6, 1]],
    ['islands of bad conductors in good ones', 4, 0.7, [1e-6, 1]],
  ] as const)(
    '%s are solved to the accuracy that is asked for',
    async (_name, block, share, values) => {
      const rule: Rule = (x, y, z) => {
        const [i, j, k] = [x, y, z].map((n) => Math.floor(n / block)) as [number, number, number];
        return randomUniform(31, 0, i + 64 * (j + 64 * k)) < share ? 1 : 0;
      };
      const body = medium([40, 40, 40], rule, values);
      const converged = await conductivity(body, 2, { accuracy: 1e-7 });
      expect(converged).toBeGreaterThan(0);
      for (const accuracy of [1e-2, 1e-3, 1e-4]) {
        const found = await conductivity(body, 2, { accuracy });
        expect(found / converged - 1).toBeLessThan(accuracy);
        // The energy approaches its minimum from above.
        expect(found / converged - 1).toBeGreaterThan(-1e-8);
      }
    },
  );
});

describe('voxels that are not cubes', () => {
  /** One voxel wide: z from 0 to 3, x from 1 to 5, z to 6, y from 1 to 4, z to 9. */
  const isPath: Rule = (x, y, z) => {
    const first = x === 1 && y === 1 && z <= 3;
    const across = y === 1 && z === 3 && x >= 1 && x <= 5;
    const second = x === 5 && y === 1 && z >= 3 && z <= 6;
    const over = x === 5 && z === 6 && y >= 1 && y <= 4;
    const third = x === 5 && y === 4 && z >= 6;
    return first || across || second || over || third ? 1 : 0;
  };

  it.each([
    [1, 1, 1],
    [2, 1, 1],
    [1, 2, 1],
    [1, 1, 2],
    [3, 1, 0.5],
    [10, 1, 1],
    [1, 1, 10],
  ] as const)('make a bent wire of their links, edges %f, %f, %f', async (...edges) => {
    const [hx, hy, hz] = edges;
    const [nx, ny, nz] = [7, 6, 10];
    // Nine links and two half links along z, four along x, three along y, in series.
    const resistance = (10 * hz) / (hx * hy) + (4 * hx) / (hy * hz) + (3 * hy) / (hx * hz);
    const expected = (nz * hz) / (nx * hx * ny * hy) / resistance;
    const wire = medium([nx, ny, nz], isPath);
    expect(relative(await conductivity(wire, 2, { edges }), expected)).toBeLessThan(1e-6);
    // The same wire with its axes exchanged, so that the flux runs along x and y.
    for (const [order, direction] of [
      [[2, 0, 1], 0],
      [[1, 2, 0], 1],
    ] as const) {
      const turned = permute(wire, order);
      const turnedEdges = order.map((axis) => edges[axis]) as unknown as Triple;
      const found = await conductivity(turned, direction, { edges: turnedEdges });
      expect(relative(found, expected)).toBeLessThan(1e-6);
    }
  });

  it('give the same numbers at any scale', async () => {
    const body = randomMedium([20, 22, 24], 3);
    const small = await conductivity(body, 1, { edges: [2, 1, 1.5] });
    const large = await conductivity(body, 1, { edges: [512, 256, 384] });
    expect(large).toBe(small);
  });

  it.each([0, 1, 2] as const)('stand for cubes that are stacked along axis %i', async (axis) => {
    // Balls of radius 7 in a cell of 24: smooth enough that doubling a voxel changes little.
    const ball: Rule = (x, y, z) => (Math.hypot(x - 11.5, y - 11.5, z - 11.5) <= 7 ? 0 : 1);
    const size = [24, 24, 24].map((n, k) => (k === axis ? n / 2 : n)) as unknown as Triple;
    const long: Rule = (...at) => {
      const [x, y, z] = at.map((value, k) => (k === axis ? 2 * value + 0.5 : value)) as [
        number,
        number,
        number,
      ];
      return ball(x, y, z);
    };
    const doubled: Rule = (...at) => {
      const [x, y, z] = at.map((value, k) => (k === axis ? value >> 1 : value)) as [
        number,
        number,
        number,
      ];
      return long(x, y, z);
    };
    const edges = [1, 1, 1].map((edge, k) => (k === axis ? 2 : edge)) as unknown as Triple;
    for (const direction of DIRECTIONS) {
      const coarse = await conductivity(medium(size, long), direction, { edges });
      const fine = await conductivity(medium([24, 24, 24], doubled), direction);
      expect(relative(coarse, fine)).toBeLessThan(0.02);
    }
  });
});

describe('random media', () => {
  const shapes: readonly Triple[] = [
    [7, 6, 5],
    [5, 5, 8],
    [4, 9, 6],
  ];

  it.each(shapes)('agree with a direct solve, %i × %i × %i voxels', async (...size) => {
    let paths = 0;
    for (const [seed, edges] of [
      [1, [1, 1, 1]],
      [2, [2, 1, 1]],
      [3, [1, 1, 2]],
      [4, [1, 3, 2]],
    ] as const) {
      const body = randomMedium(size, seed);
      for (const direction of DIRECTIONS) {
        for (const periodicSides of [false, true]) {
          const expected = directSolve(body, direction, { edges, periodicSides });
          const found = await conductivity(body, direction, { edges, periodicSides });
          if (found > 0) paths += 1;
          expect(Math.abs(found - expected)).toBeLessThan(2e-6 * expected + 1e-10);
        }
      }
    }
    expect(paths).toBeGreaterThan(15);
  });

  it('conduct between the series and the parallel bound', async () => {
    for (let seed = 20; seed < 26; seed++) {
      const body = { ...randomMedium([18, 17, 19], seed), conductivities: [0.01, 1, 0.1] };
      const mean = meanConductivity(body);
      const inverses = { ...body, conductivities: body.conductivities.map((value) => 1 / value) };
      for (const direction of DIRECTIONS) {
        const found = await conductivity(body, direction);
        expect(found).toBeLessThan(mean);
        expect(found).toBeGreaterThan(1 / meanConductivity(inverses));
      }
    }
  });

  it('turn with the volume: to the bit when axes are rotated, to rounding when exchanged', async () => {
    const body = randomMedium([24, 26, 20], 5);
    for (const periodicSides of [false, true]) {
      const options = { periodicSides };
      for (const direction of DIRECTIONS) {
        const found = await conductivity(body, direction, options);
        expect(found).toBeGreaterThan(0);
        const rotated = ((direction + 1) % 3) as FluxDirection;
        expect(await conductivity(permute(body, [2, 0, 1]), rotated, options)).toBe(found);
        const order = [0, 1, 2].map((axis) =>
          axis === direction ? axis : 3 - direction - axis,
        ) as unknown as Triple;
        const exchanged = await conductivity(permute(body, order), direction, options);
        expect(relative(exchanged, found)).toBeLessThan(1e-9);
      }
    }
  });

  it('conduct the same mirrored', async () => {
    const body = randomMedium([21, 18, 23], 6);
    for (const direction of DIRECTIONS) {
      const found = await conductivity(body, direction);
      for (const axis of DIRECTIONS) {
        expect(relative(await conductivity(mirror(body, axis), direction), found)).toBeLessThan(
          2e-6,
        );
      }
    }
  });

  it('do not conduct more or less for blind and isolated pores', async () => {
    const open: Rule = (x, y, z) => {
      const bend = z < 10 ? x < 5 : z === 10 ? x < 14 : x >= 9;
      return bend && y >= 2 && y < 8 ? 1 : 0;
    };
    // Fingers one voxel wide and a closed pore: no flux enters them, and they widen no path.
    const blind: Rule = (x, y, z) => {
      const isPocket = x === 5 && y === 4 && z === 5;
      const isFinger = x >= 5 && x < 9 && y === 5 && z === 3;
      const isClosed = x >= 10 && y > 8 && z >= 2 && z < 5;
      return isPocket || isFinger || isClosed ? 1 : open(x, y, z);
    };
    const size: Size3 = [16, 12, 20];
    const { effectiveConductivity: found, stray } = await solve(medium(size, blind), 2);
    expect(found).toBeGreaterThan(0);
    // The closed pore; pocket and fingers hang on the percolating cluster.
    expect(stray).toEqual({
      blindClusters: 0,
      blindVoxels: 0,
      isolatedClusters: 1,
      isolatedVoxels: 6 * 3 * 3,
    });
    expect(relative(found, await conductivity(medium(size, open), 2))).toBeLessThan(2e-6);
  });
});

/** Of the direct solve: rounding, and the faint leak. */
const DIRECT_ERROR = 1e-9;

describe('clusters that carry no flux', () => {
  it('are counted by the faces they reach', async () => {
    // A channel, two stubs at the inlet, one at the outlet, three specks and one that wraps around.
    const rule: Rule = (x, y, z) => {
      if (y === 0) return 1;
      if (y === 2 && (x === 0 || x === 3)) return z < 4 ? 1 : 0;
      if (y === 2 && x === 6) return z >= 7 ? 1 : 0;
      if (y === 4) return x % 3 === 1 && z === 5 ? 1 : 0;
      return y === 6 && z === 5 && (x === 0 || x === 8) ? 1 : 0;
    };
    const size: Triple = [9, 8, 10];
    const shared = { blindClusters: 3, blindVoxels: 11, isolatedVoxels: 5 };
    const open = await solve(medium(size, rule), 2);
    expect(open).toMatchObject({
      percolatingVoxels: 90,
      stray: { ...shared, isolatedClusters: 5 },
    });
    const periodic = await solve(medium(size, rule), 2, { periodicSides: true });
    expect(periodic.stray).toEqual({ ...shared, isolatedClusters: 4 });
  });

  it('are all that there is without a path', async () => {
    const { percolates, stray } = await solve(
      medium([6, 6, 8], (x, _, z) => (z === 3 ? 0 : x % 2)),
      2,
    );
    expect(percolates).toBe(false);
    expect(stray).toEqual({
      blindClusters: 6,
      blindVoxels: 3 * 6 * 7,
      isolatedClusters: 0,
      isolatedVoxels: 0,
    });
  });
});

describe('the certified interval', () => {
  /** Shares and conductivities of three codes. */
  const kinds = [
    ['open pores', [0.3, 0.7], [0, 1, 1]],
    ['a thin phase', [0.6, 1], [0, 1, 1]],
    ['three phases', [0.2, 0.6], [0, 1, 0.1]],
    ['good conductors in bad ones', [0.5, 0.8], [1e-4, 1, 0.3]],
    ['an extreme contrast', [0.4, 0.7], [1e-7, 1, 1e-3]],
  ] as const;
  const shapes: readonly Triple[] = [
    [5, 6, 7],
    [6, 5, 6],
    [3, 4, 12],
  ];

  it.each(kinds)('holds the value of a direct solve: %s', async (_name, limits, conductivities) => {
    let media = 0;
    let open = 0;
    for (const [k, size] of shapes.entries()) {
      for (let seed = 0; seed < 12; seed++) {
        const rule: Rule = (x, y, z) => {
          const value = randomUniform(100 + seed, k, x + 16 * (y + 16 * z));
          return value < limits[0] ? 0 : value < limits[1] ? 1 : 2;
        };
        const body = medium(size, rule, conductivities);
        const edges = (
          [
            [1, 1, 1],
            [1, 2, 3],
            [0.7, 1, 1],
          ] as const
        )[seed % 3] as Triple;
        const options = { edges, periodicSides: seed % 2 === 1 };
        const exact = directSolve(body, 2, options);
        // Far from convergence, and near it.
        for (const accuracy of [0.5, 1e-2, 1e-6]) {
          const { bounds, effectiveConductivity, percolates } = await solve(body, 2, {
            ...options,
            accuracy,
          });
          if (!percolates) {
            expect(exact).toBeLessThan(1e-10);
            continue;
          }
          media += 1;
          if (bounds.upper / bounds.lower > 1 + 1e-5) open += 1;
          expect(bounds.lower).toBeLessThanOrEqual(exact * (1 + DIRECT_ERROR));
          expect(bounds.upper).toBeGreaterThanOrEqual(exact * (1 - DIRECT_ERROR));
          expect(effectiveConductivity).toBeGreaterThanOrEqual(exact * (1 - 1e-7));
          expect(bounds.upper / bounds.lower - 1).toBeLessThanOrEqual(accuracy);
        }
      }
    }
    // Enough media conduct, and enough intervals are no mere points.
    expect(media).toBeGreaterThan(20);
    expect(open).toBeGreaterThan(10);
  });

  it('is a point for straight prisms, but for rounding', async () => {
    const { bounds, width } = await solve(
      medium([16, 16, 16], (x) => (x < 5 ? 1 : 0)),
      2,
    );
    expect(bounds.lower).toBeLessThan(5 / 16);
    expect(bounds.upper).toBeGreaterThan(5 / 16);
    expect(width).toBeLessThan(1e-11);
  });

  it('narrows with the accuracy, and every one overlaps the others', async () => {
    const body = randomMedium([30, 28, 33], 12);
    let [lower, upper] = [0, Number.POSITIVE_INFINITY];
    for (const accuracy of [0.1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6]) {
      const { bounds, width } = await solve(body, 2, { accuracy });
      expect(width).toBeLessThanOrEqual(accuracy);
      lower = Math.max(lower, bounds.lower);
      upper = Math.min(upper, bounds.upper);
      expect(lower).toBeLessThanOrEqual(upper);
    }
  });
});

describe('the tortuosity factor', () => {
  it('does not depend on the values of the labels', async () => {
    const body = randomMedium([22, 20, 24], 9);
    const volume = createVolume({ kind: 'labels', size: body.size, data: body.codes });
    const renamed = createVolume({
      kind: 'labels',
      size: body.size,
      data: Int32Array.from(body.codes, (code) => [70_000, 3, -5][code] as number),
    });
    const rows = rowsOf(await runOperation(operation, volume), 'transport');
    const others = rowsOf(await runOperation(operation, renamed), 'transport');
    for (const row of rows) {
      const label = [70_000, 3, -5][row['label'] as number];
      const other = others.find(
        (each) => each['label'] === label && each['direction'] === row['direction'],
      );
      expect({ ...other, label: 0, phase: '' }).toEqual({ ...row, label: 0, phase: '' });
    }
  });

  it('is at least 1, and ε over D_eff', async () => {
    const body = randomMedium([22, 20, 24], 10);
    const volume = createVolume({ kind: 'labels', size: body.size, data: body.codes });
    const rows = rowsOf(await runOperation(operation, volume), 'transport');
    const solved = rows.filter((row) => row['percolates'] === true);
    expect(solved.length).toBeGreaterThan(2);
    for (const row of solved) {
      const { tortuosityFactor, volumeFraction, effectiveDiffusivity } = row as Record<
        string,
        number
      >;
      expect(tortuosityFactor).toBeGreaterThanOrEqual(1);
      expect(tortuosityFactor).toBe(volumeFraction! / effectiveDiffusivity!);
      const { tortuosityFactorLower, tortuosityFactorUpper, errorBound } = row as Record<
        string,
        number
      >;
      expect(tortuosityFactorLower).toBeLessThan(tortuosityFactor!);
      expect(tortuosityFactorUpper).toBeGreaterThan(tortuosityFactor!);
      const width = tortuosityFactorUpper! / tortuosityFactorLower! - 1;
      expect(width / errorBound!).toBeCloseTo(1, 6);
      expect(errorBound).toBeLessThanOrEqual(1e-3);
    }
    expect(new Set(rows.map((row) => AXIS_OF[row['direction'] as 'x']))).toEqual(
      new Set([0, 1, 2]),
    );
  });
});
