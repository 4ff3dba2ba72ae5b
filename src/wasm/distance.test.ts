/** The compiled distances against the scalar reference: same bits, for any number of threads. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withTestKernels } from '../../tests/support/kernels.ts';
import {
  type DistanceOptions,
  type Edges,
  isCubic,
  lengthsOf,
  squaredDistances,
  squaredLengths,
} from '../kernels/distance.ts';
import { randomUniform } from '../kernels/random.ts';
import { countByLabel, ValueCounts } from '../kernels/value-counts.ts';
import type { Size3 } from '../volume/volume.ts';
import {
  copyLengths,
  countBytes,
  countLengths,
  distanceBytes,
  measureSquares,
  squaresOf,
} from './distance.ts';

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
): Promise<readonly number[]> {
  return withTestKernels(
    distanceBytes(size, isCubic(options)),
    async (session) => {
      const field = await measureSquares(session, labels, size, options);
      return Array.from(squaresOf(session, field, 0, labels.length));
    },
    threads,
  );
}

function firstDifference(found: ArrayLike<number>, expected: ArrayLike<number>): string {
  const at = Array.from(expected).findIndex((value, i) => value !== found[i]);
  return at < 0 ? 'none' : `voxel ${at}: ${found[at]} instead of ${expected[at]}`;
}

/** Odd sizes, axes of one voxel, rows and columns longer than the search for near voxels. */
const SIZES: readonly Size3[] = [
  [17, 13, 11],
  [1, 9, 7],
  [9, 1, 6],
  [21, 10, 1],
  [2, 1, 1],
  [150, 5, 3],
  [5, 137, 4],
  [4, 3, 135],
  [40, 33, 37],
];

const CASES: readonly Case[] = [
  {},
  { walls: true },
  { outside: 0 },
  { edges: [0.4, 0.4, 0.5] },
  { edges: [1, 3, 0.7], walls: true, outside: 0 },
];

describe.each(SIZES.map((size) => [size.join(' × '), size] as const))(
  '%s voxels',
  (_text, size) => {
    it.each([2, 13])('give the squares of the scalar reference: blocks of %i', async (edge) => {
      const labels = blocks(size, 3, edge);
      // One voxel of its own label: no volume is all one phase.
      labels[labels.length - 1] = 9;
      for (const each of CASES) {
        const options = optionsFor(size, each);
        const found = await compiled(labels, size, options);
        expect(firstDifference(found, squaredDistances(labels, size, options))).toBe('none');
      }
    });
  },
);

it.each([{}, { edges: [1, 1, 2] }] as const)(
  'gives the same squares with 1, 2 and 3 threads: %j',
  async (each) => {
    const size = [67, 45, 54] as const;
    const labels = blocks(size, 3, 11);
    const one = await compiled(labels, size, optionsFor(size, each), 1);
    for (const threads of [2, 3]) {
      const more = await compiled(labels, size, optionsFor(size, each), threads);
      expect(firstDifference(more, one)).toBe('none');
    }
  },
);

it('gives the scalar squares on any small volume', async () => {
  const axis = fc.integer({ min: 1, max: 9 });
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(axis, axis, axis).chain((size) =>
        fc.tuple(
          fc.constant(size),
          fc.uint8Array({
            max: 2,
            minLength: size[0] * size[1] * size[2],
            maxLength: size[0] * size[1] * size[2],
          }),
        ),
      ),
      fc.constantFrom(...CASES),
      async ([size, labels], each) => {
        fc.pre(new Set(labels).size > 1);
        const options = optionsFor(size, each);
        const found = await compiled(labels, size, options);
        expect(firstDifference(found, squaredDistances(labels, size, options))).toBe('none');
      },
    ),
    { numRuns: 50, seed: 5 },
  );
});

describe('lengths and their counts', () => {
  it.each([
    ['near', [30, 20, 10], 4, {}],
    ['far, beyond the table of counts', [700, 2, 1], 650, {}],
    ['of flat voxels', [30, 20, 10], 4, { edges: [1, 1, 1.7] }],
    ['without the voxels outside', [30, 20, 10], 4, { outside: 1 }],
  ] as const)('are those of the scalar reference: %s', async (_name, size, edge, each) => {
    const labels = blocks(size, 3, edge);
    labels[labels.length - 1] = 2;
    labels[0] = 1;
    const options = optionsFor(size, each);
    const squared = squaredDistances(labels, size, options);
    const expected = [0, 1, 2].map((label) =>
      label === options.outside ? undefined : new ValueCounts(),
    );
    countByLabel(squared, labels, expected);
    const bytes = distanceBytes(size, isCubic(options)) + countBytes();
    const { counts, lengths } = await withTestKernels(
      bytes,
      async (session) => {
        const field = await measureSquares(session, labels, size, options);
        return {
          counts: await countLengths(session, field, labels.length, 3, options.outside),
          lengths: await copyLengths(session, field, labels.length, options.unit),
        };
      },
      2,
    );
    expect(counts.map((each_) => each_?.sorted())).toEqual(
      expected.map((each_) => each_?.sorted()),
    );
    expect(lengths).toEqual(lengthsOf(squared, options.unit));
  });
});

it('refuses a volume whose distances could not be counted', async () => {
  const size = [17_000, 1, 1] as const;
  const labels = new Uint8Array(17_000);
  await expect(compiled(labels, size, optionsFor(size, {}))).rejects.toMatchObject({
    code: 'memory/over-budget',
    message: expect.stringContaining('17001 voxels long'),
  });
});
