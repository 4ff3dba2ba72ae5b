/** The compiled local thickness against the scalar reference: same bits, for any number of threads. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withTestKernels } from '../../tests/support/kernels.ts';
import {
  type DistanceOptions,
  type Edges,
  isCubic,
  squaredDistances,
  squaredLengths,
} from '../kernels/distance.ts';
import { coveringSquares } from '../kernels/local-thickness.ts';
import { randomUniform } from '../kernels/random.ts';
import type { Size3 } from '../volume/volume.ts';
import { squaresOf } from './distance.ts';
import { coverWithBalls, thicknessBytes } from './local-thickness.ts';

function blocks([nx, ny, nz]: Size3, labels: number, edge: number): Uint8Array {
  return Uint8Array.from({ length: nx * ny * nz }, (_, i) => {
    const position = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))];
    const [x, y, z] = position.map((p) => Math.floor(p / edge)) as [number, number, number];
    return Math.floor(labels * randomUniform(edge, 0, x + 100 * (y + 100 * z)));
  });
}

interface Case {
  readonly edges?: Edges;
  readonly walls?: boolean;
  readonly outside?: number;
}

function optionsFor(size: Size3, { edges = [1, 1, 1], walls = false, outside = -1 }: Case) {
  return { ...squaredLengths(edges, size), walls, outside };
}

function compiled(
  labels: Uint8Array,
  size: Size3,
  options: DistanceOptions,
  threads = 1,
  control: { signal?: AbortSignal; progress?: (fraction: number) => void } = {},
): Promise<readonly number[]> {
  return withTestKernels(
    thicknessBytes(size, isCubic(options)),
    async (session) => {
      const field = await coverWithBalls(session, labels, size, options);
      return Array.from(squaresOf(session, field, 0, labels.length));
    },
    threads,
    control,
  );
}

function reference(labels: Uint8Array, size: Size3, options: DistanceOptions): Float64Array {
  return coveringSquares(squaredDistances(labels, size, options), size, options.weights);
}

function firstDifference(found: ArrayLike<number>, expected: ArrayLike<number>): string {
  const at = Array.from(expected).findIndex((value, i) => value !== found[i]);
  return at < 0 ? 'none' : `voxel ${at}: ${found[at]} instead of ${expected[at]}`;
}

const CASES: readonly Case[] = [
  {},
  { walls: true, outside: 0 },
  { edges: [0.4, 0.4, 0.5] },
  { edges: [1, 3, 0.7], walls: true, outside: 0 },
];

/** Odd sizes, axes of one voxel, rows longer than a word, single balls larger than a table. */
const SIZES: readonly (readonly [size: Size3, edge: number])[] = [
  [[17, 13, 11], 3],
  [[1, 9, 7], 4],
  [[9, 1, 6], 4],
  [[2, 1, 1], 1],
  [[70, 5, 3], 20],
  [[5, 47, 4], 9],
  [[4, 3, 65], 30],
  [[22, 19, 21], 11],
  [[400, 2, 1], 250],
];

it.each(SIZES)(
  'gives the squares of the scalar reference: %j, blocks of %i',
  async (size, edge) => {
    const labels = blocks(size, 3, edge);
    labels[0] = 9;
    for (const each of CASES) {
      const options = optionsFor(size, each);
      const found = await compiled(labels, size, options);
      expect(firstDifference(found, reference(labels, size, options))).toBe('none');
    }
  },
);

it.each([{}, { edges: [1, 1, 1.5] }] as const)(
  'gives the same squares with 1, 2 and 3 threads: %j',
  async (each) => {
    const size = [44, 35, 37] as const;
    const labels = blocks(size, 3, 12);
    const one = await compiled(labels, size, optionsFor(size, each), 1);
    for (const threads of [2, 3]) {
      const more = await compiled(labels, size, optionsFor(size, each), threads);
      expect(firstDifference(more, one)).toBe('none');
    }
  },
);

it('gives the scalar squares with more labels than are painted one by one', async () => {
  const size = [24, 20, 18] as const;
  const labels = blocks(size, 40, 6);
  const options = optionsFor(size, { outside: 3 });
  const found = await compiled(labels, size, options);
  expect(firstDifference(found, reference(labels, size, options))).toBe('none');
});

it('gives the scalar squares where one size of ball fills more than a list', async () => {
  // Single voxels three apart leave 20 of 27 voxels with a ball of their own, 12 of them alike.
  const size = [60, 60, 60] as const;
  const labels = Uint8Array.from({ length: 216_000 }, (_, i) => {
    const onSite = [i % 60, Math.floor(i / 60) % 60, Math.floor(i / 3600)].every(
      (c) => c % 3 === 1,
    );
    return onSite ? 1 : 0;
  });
  const options = optionsFor(size, { outside: 1 });
  const found = await compiled(labels, size, options);
  expect(firstDifference(found, reference(labels, size, options))).toBe('none');
});

it('gives the scalar squares on any small volume', async () => {
  const axis = fc.integer({ min: 1, max: 10 });
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(axis, axis, axis).chain((size) =>
        fc.tuple(
          fc.constant(size),
          // Mostly one label, so that there are balls of some size.
          fc.array(fc.integer({ min: 0, max: 30 }), {
            minLength: size[0] * size[1] * size[2],
            maxLength: size[0] * size[1] * size[2],
          }),
        ),
      ),
      fc.constantFrom(...CASES),
      async ([size, list], each) => {
        const labels = Uint8Array.from(list, (value) => (value > 1 ? 2 : value));
        fc.pre(new Set(labels).size > 1);
        const options = optionsFor(size, each);
        const found = await compiled(labels, size, options);
        expect(firstDifference(found, reference(labels, size, options))).toBe('none');
      },
    ),
    { numRuns: 40, seed: 6 },
  );
});

describe('while it paints', () => {
  const size = [64, 64, 64] as const;
  const labels = blocks(size, 2, 30);
  const options = optionsFor(size, {});

  it('reports progress that rises to 1', async () => {
    const seen: number[] = [];
    await compiled(labels, size, options, 1, { progress: (fraction) => seen.push(fraction) });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
    expect(seen.filter((fraction) => fraction > 0.35).length).toBeGreaterThan(2);
  });

  it('stops when cancelled', async () => {
    const controller = new AbortController();
    let last = 0;
    const stopped = compiled(labels, size, options, 2, {
      signal: controller.signal,
      progress: (fraction) => {
        last = fraction;
        if (fraction > 0.35) controller.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'run/cancelled' });
    expect(last).toBeLessThan(1);
  });
});
