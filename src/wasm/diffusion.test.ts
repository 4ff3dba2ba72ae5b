import { describe, expect, it } from 'vitest';
import { withTestKernels } from '../../tests/support/kernels.ts';
import {
  type DiffusionProblem,
  type DiffusionSolution,
  type PotentialPlane,
  type ReadPlane,
  solveDiffusion as solveByReference,
} from '../kernels/diffusion.ts';
import type { FluxDirection, Triple } from '../kernels/diffusion-grid.ts';
import { randomUniform } from '../kernels/random.ts';
import { diffusionArenaBytes, solveDiffusion, uniformArenaBytes } from './diffusion.ts';

/** Random codes 0, 1, 2 in blocks of two voxels, so that some phases percolate and some do not. */
function randomCodes([nx, ny, nz]: Triple, seed: number): Uint8Array {
  const codes = new Uint8Array(nx * ny * nz);
  for (let i = 0; i < codes.length; i++) {
    const x = (i % nx) >> 1;
    const y = (Math.floor(i / nx) % ny) >> 1;
    const z = Math.floor(i / (nx * ny)) >> 1;
    const value = randomUniform(seed, 0, x + 64 * (y + 64 * z));
    codes[i] = value < 0.6 ? 1 : value < 0.85 ? 2 : 0;
  }
  return codes;
}

function problemOf(size: Triple, overrides: Partial<DiffusionProblem> = {}): DiffusionProblem {
  return {
    size,
    codes: randomCodes(size, 7),
    conductivities: [0, 1, 0.1],
    edges: [1, 1, 1],
    direction: 2,
    periodicSides: false,
    accuracy: 1e-6,
    ...overrides,
  };
}

async function solve(
  problem: DiffusionProblem,
  threads = 1,
  readPlane?: ReadPlane,
): Promise<DiffusionSolution> {
  const { size, edges, direction } = problem;
  const bytes = diffusionArenaBytes(size, edges, [direction], threads);
  return withTestKernels(
    bytes,
    (session) =>
      solveDiffusion(session, session.allocate(bytes), problem, () => undefined, readPlane),
    threads,
  );
}

const DIRECTIONS: readonly FluxDirection[] = [0, 1, 2];

describe('the diffusion kernels', () => {
  const sizes: readonly Triple[] = [
    [3, 5, 7],
    [1, 5, 7],
    [6, 1, 9],
    [8, 4, 1],
    [1, 1, 1],
    [1, 1, 12],
    [17, 10, 13],
    [21, 16, 9],
  ];

  it.each(sizes)(
    'give the bits of the scalar reference for %i × %i × %i voxels',
    async (...size) => {
      for (const direction of DIRECTIONS) {
        for (const periodicSides of [false, true]) {
          const problem = problemOf(size, { direction, periodicSides });
          expect(await solve(problem)).toEqual(solveByReference(problem));
        }
      }
    },
  );

  describe.each([0.45, 0.7, 1])('where a share of %d conducts alike', (share) => {
    const shapes: readonly Triple[] = [...sizes, [2, 2, 2], [70, 5, 6], [5, 66, 4], [130, 3, 3]];

    it.each(shapes)('give the bits of the reference for %i × %i × %i voxels', async (...size) => {
      const codes = Uint8Array.from({ length: size[0] * size[1] * size[2] }, (_, i) =>
        randomUniform(9, 0, i) < share ? 1 : 0,
      );
      for (const direction of DIRECTIONS) {
        for (const [periodicSides, edges] of [
          [false, [1, 1, 1]],
          [true, [1, 1, 1]],
          [false, [1, 1, 2]],
          [true, [3, 1, 1]],
        ] as const) {
          const conductivities = [0, 0.7];
          const problem = problemOf(size, {
            codes,
            conductivities,
            edges,
            direction,
            periodicSides,
          });
          const found = await solve(problem, 2);
          expect(found.converged).toBe(true);
          expect(found).toEqual(solveByReference(problem));
        }
      }
    });
  });

  it('give the bits of the scalar reference for long voxels', async () => {
    for (const edges of [
      [2, 1, 1],
      [1, 1, 2],
      [1, 3, 7],
    ] as const) {
      for (const direction of DIRECTIONS) {
        const problem = problemOf([12, 9, 14], { edges, direction });
        expect(await solve(problem)).toEqual(solveByReference(problem));
      }
    }
  });

  it('give the same bits for 1, 2 and 3 threads where levels are cut into tasks', async () => {
    const problem = problemOf([90, 88, 96], { periodicSides: true, accuracy: 1e-4 });
    const [one, two, three] = [
      await solve(problem, 1),
      await solve(problem, 2),
      await solve(problem, 3),
    ];
    expect(one.percolates).toBe(true);
    expect(two).toEqual(one);
    expect(three).toEqual(one);
  });

  it('solve again in an arena that an earlier solve has used', async () => {
    const first = problemOf([30, 21, 26], { direction: 0 });
    const second = problemOf([30, 21, 26], { direction: 1, conductivities: [0, 1, 0] });
    const bytes = diffusionArenaBytes(first.size, first.edges, [0, 1], 1);
    const again = await withTestKernels(bytes, async (session) => {
      const arena = session.allocate(bytes);
      await solveDiffusion(session, arena, first, () => undefined);
      return solveDiffusion(session, arena, second, () => undefined);
    });
    expect(again).toEqual(await solve(second));
  });

  it('read the potential plane by plane with the bits of the scalar reference', async () => {
    for (const direction of DIRECTIONS) {
      const problem = problemOf([17, 10, 13], { direction, periodicSides: direction === 1 });
      const [found, expected]: PotentialPlane[][] = [[], []];
      const keepIn =
        (planes: PotentialPlane[]): ReadPlane =>
        ({ index, potential, cells }) =>
          planes.push({ index, potential: potential.slice(), cells: cells.slice() });
      await solve(problem, 1, keepIn(found!));
      solveByReference(problem, keepIn(expected!));
      expect(found!.map(({ index }) => index)).toEqual([...Array(problem.size[direction]).keys()]);
      expect(found).toEqual(expected);
    }
  });

  it('read no plane where nothing percolates', async () => {
    let planes = 0;
    await solve(problemOf([5, 4, 3], { conductivities: [0, 0, 0] }), 1, () => (planes += 1));
    expect(planes).toBe(0);
  });

  it('report progress that rises to 1', async () => {
    const problem = problemOf([40, 40, 40]);
    const bytes = diffusionArenaBytes(problem.size, problem.edges, [2], 1);
    const seen: number[] = [];
    await withTestKernels(bytes, (session) =>
      solveDiffusion(session, session.allocate(bytes), problem, (part) => seen.push(part)),
    );
    expect(seen.length).toBeGreaterThan(3);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
  });

  it('stop within a solve when aborted', async () => {
    const problem = problemOf([80, 80, 80], { accuracy: 1e-9 });
    const bytes = diffusionArenaBytes(problem.size, problem.edges, [2], 1);
    const controller = new AbortController();
    const run = withTestKernels(
      bytes,
      (session) =>
        solveDiffusion(session, session.allocate(bytes), problem, (part) => {
          if (part > 0.2) controller.abort();
        }),
      1,
      { signal: controller.signal },
    );
    await expect(run).rejects.toMatchObject({ code: 'run/cancelled' });
  });

  it('take less than 44 bytes per voxel of a cube, 25 where all that conducts conducts alike', () => {
    for (const n of [128, 256, 512]) {
      const [size, edges] = [[n, n, n] as const, [1, 1, 1] as const];
      expect(diffusionArenaBytes(size, edges, DIRECTIONS) / n ** 3).toBeLessThan(44);
      expect(uniformArenaBytes(size, edges, DIRECTIONS) / n ** 3).toBeLessThan(n < 256 ? 25 : 24);
    }
  });

  it('certify from wherever they begin, sooner the nearer that is', async () => {
    const problem = problemOf([18, 15, 21], {
      codes: Uint8Array.from({ length: 18 * 15 * 21 }, (_, i) =>
        randomUniform(6, 0, i) < 0.6 ? 1 : 0,
      ),
      conductivities: [0, 1],
      accuracy: 1e-5,
    });
    const bytes = uniformArenaBytes(problem.size, problem.edges, [2], 1);
    const [nx, ny, nz] = problem.size;
    const solved = new Float32Array(nx * ny * nz);
    const solveFrom = (start?: Float32Array): Promise<DiffusionSolution> =>
      withTestKernels(bytes, (session) => {
        const keep = ({ index, potential }: PotentialPlane): void =>
          solved.set(potential, nx * ny * index);
        const readPlane = start === undefined ? keep : undefined;
        const done = (): void => undefined;
        return solveDiffusion(session, session.allocate(bytes), problem, done, readPlane, start);
      });
    const plain = await solveFrom();
    const near = await solveFrom(solved.slice());
    const noise = solved.map((_, i) => (i % 7 === 0 ? Number.NaN : 9 * randomUniform(7, 0, i) - 4));
    for (const found of [near, await solveFrom(noise)]) {
      expect(found.converged).toBe(true);
      expect(found.width).toBeLessThanOrEqual(1e-5);
      expect(found.bounds.lower).toBeLessThanOrEqual(plain.bounds.upper);
      expect(plain.bounds.lower).toBeLessThanOrEqual(found.bounds.upper);
    }
    expect(near.iterations).toBeLessThanOrEqual(1);
    expect(plain.iterations).toBeGreaterThan(4);
  });

  it('go on from a certificate as if nothing had been overwritten', async () => {
    // The first certificate of a thin phase is too wide, so the iteration continues after it.
    const size: Triple = [26, 25, 27];
    const codes = Uint8Array.from({ length: 26 * 25 * 27 }, (_, i) =>
      randomUniform(4, 0, i) < 0.4 ? 1 : 0,
    );
    for (const periodicSides of [false, true]) {
      const problem = problemOf(size, {
        codes,
        conductivities: [1e-3, 1],
        periodicSides,
        accuracy: 1e-6,
      });
      const found = await solve(problem);
      expect(found.converged).toBe(true);
      expect(found.width).toBeLessThanOrEqual(1e-6);
      expect(found).toEqual(solveByReference(problem));
    }
  });
});
