import { describe, expect, it } from 'vitest';
import { withTestKernels } from '../../tests/support/kernels.ts';
import type { FluxDirection, Triple } from '../kernels/diffusion-grid.ts';
import {
  type ElectrodeProblem,
  type ElectrodeSolution,
  solveElectrode as solveByReference,
} from '../kernels/electrode.ts';
import { randomUniform } from '../kernels/random.ts';
import { electrodeBytes, solveElectrode } from './electrode.ts';

function problemOf(size: Triple, overrides: Partial<ElectrodeProblem> = {}): ElectrodeProblem {
  const [nx, ny] = size;
  const codes = Uint8Array.from({ length: size[0] * size[1] * size[2] }, (_, i) => {
    const [x, y, z] = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))];
    return randomUniform(3, 0, (x >> 1) + 64 * ((y >> 1) + 64 * (z >> 1))) < 0.6 ? 1 : 0;
  });
  return {
    size,
    codes,
    phase: 1,
    edges: [1, 1, 1],
    direction: 2,
    isOpenAtEnd: false,
    periodicSides: false,
    accuracy: 1e-6,
    ...overrides,
  };
}

async function solve(
  problem: ElectrodeProblem,
  threads = 1,
  onProgress: (fraction: number) => void = () => undefined,
  signal = new AbortController().signal,
): Promise<ElectrodeSolution> {
  const { size, edges, direction } = problem;
  const bytes = electrodeBytes(size, edges, direction, threads);
  return withTestKernels(
    bytes,
    (session) => solveElectrode(session, session.allocate(bytes), problem, onProgress),
    threads,
    { signal },
  );
}

const DIRECTIONS: readonly FluxDirection[] = [0, 1, 2];

describe('the electrode kernels', () => {
  it.each([
    [3, 5, 7],
    [1, 5, 7],
    [6, 1, 9],
    [8, 4, 1],
    [1, 1, 1],
    [17, 10, 13],
    [21, 16, 9],
  ] as readonly Triple[])(
    'give the bits of the scalar reference for %i × %i × %i voxels',
    async (...size) => {
      for (const direction of DIRECTIONS) {
        for (const isOpenAtEnd of [false, true]) {
          for (const periodicSides of [false, true]) {
            const edges: Triple = isOpenAtEnd ? [1, 3, 2] : [1, 1, 1];
            const problem = problemOf(size, { direction, isOpenAtEnd, periodicSides, edges });
            expect(await solve(problem)).toEqual(solveByReference(problem));
          }
        }
      }
    },
  );

  it('give the same bits for 1, 2 and 3 threads where levels are cut into tasks', async () => {
    const problem = problemOf([90, 88, 96], { periodicSides: true, accuracy: 1e-4 });
    const one = await solve(problem, 1);
    expect(one.resistance).toBeGreaterThan(0);
    expect(one.converged).toBe(true);
    expect(await solve(problem, 2)).toEqual(one);
    expect(await solve(problem, 3)).toEqual(one);
  });

  it('solve again in an arena that an earlier solve has used', async () => {
    const first = problemOf([30, 21, 26]);
    const second = problemOf([30, 21, 26], { isOpenAtEnd: true });
    const bytes = electrodeBytes(first.size, first.edges, 2, 1);
    const again = await withTestKernels(bytes, async (session) => {
      const arena = session.allocate(bytes);
      await solveElectrode(session, arena, first, () => undefined);
      return solveElectrode(session, arena, second, () => undefined);
    });
    expect(again).toEqual(await solve(second));
  });

  it('report progress that rises to 1', async () => {
    const seen: number[] = [];
    await solve(problemOf([40, 40, 40]), 1, (part) => seen.push(part));
    expect(seen.length).toBeGreaterThan(3);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
  });

  it('stop within a solve when aborted', async () => {
    const controller = new AbortController();
    const stop = (part: number): void => {
      if (part > 0.2) controller.abort();
    };
    const run = solve(problemOf([80, 80, 80], { accuracy: 1e-9 }), 1, stop, controller.signal);
    await expect(run).rejects.toMatchObject({ code: 'run/cancelled' });
  });
});
