/** The compiled filters against the scalar references: same bits, for any number of threads. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withTestKernels } from '../../tests/support/kernels.ts';
import { smoothGaussian as smoothReference } from '../kernels/gaussian.ts';
import { gradientMagnitude as gradientReference } from '../kernels/gradient.ts';
import { nlMeans as nlMeansReference } from '../kernels/nl-means.ts';
import { randomNormal, randomUniform } from '../kernels/random.ts';
import { sharpenUnsharpMask as unsharpReference } from '../kernels/unsharp.ts';
import type { Size3 } from '../volume/volume.ts';
import { gaussianBytes, smoothGaussian } from './gaussian.ts';
import { gradientBytes, gradientMagnitude } from './gradient.ts';
import { nlMeans, nlMeansBytes } from './nl-means.ts';
import { sharpenUnsharpMask, unsharpBytes } from './unsharp.ts';

/** Two grey levels in blocks of four voxels, with noise: flat parts and edges. */
function testVolume([nx, ny, nz]: Size3, seed: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: nx * ny * nz }, (_, i) => {
    const [x, y, z] = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))];
    const block = (x >> 2) + 64 * (y >> 2) + 4096 * (z >> 2);
    const level = randomUniform(seed, 1, block) < 0.5 ? 100 : 130;
    return level + 6 * randomNormal(seed, 2, i);
  });
}

interface Filter {
  readonly name: string;
  reference(input: Float32Array, size: Size3): Float32Array;
  compiled(input: Float32Array, size: Size3, threads?: number): Promise<Float32Array>;
}

function gaussian(sigma: number): Filter {
  return {
    name: `gaussian, sigma ${sigma}`,
    reference: (input, size) => smoothReference(input, size, { sigma }),
    compiled: (input, size, threads) =>
      withTestKernels(
        gaussianBytes(size, { sigma }),
        (session) => smoothGaussian(session, input, size, { sigma }),
        threads,
      ),
  };
}

function unsharp(sigma: number, amount: number, threshold: number): Filter {
  const parameters = { sigma, amount, threshold };
  return {
    name: `unsharp mask, sigma ${sigma}, threshold ${threshold}`,
    reference: (input, size) => unsharpReference(input, size, parameters),
    compiled: (input, size, threads) =>
      withTestKernels(
        unsharpBytes(size, parameters),
        (session) => sharpenUnsharpMask(session, input, size, parameters),
        threads,
      ),
  };
}

function gradient(sigma: number | null, spacing: readonly [number, number, number]): Filter {
  const parameters = { sigma, spacing };
  return {
    name: `gradient, sigma ${sigma}, spacing ${spacing.join(' × ')}`,
    reference: (input, size) => gradientReference(input, size, parameters),
    compiled: (input, size, threads) =>
      withTestKernels(
        gradientBytes(size, parameters),
        (session) => gradientMagnitude(session, input, size, parameters),
        threads,
      ),
  };
}

function nonLocal(patchRadius: number, searchRadius: number, sigma: number, h: number): Filter {
  const parameters = { patchRadius, searchRadius, sigma, h };
  return {
    name: `non-local means, patch radius ${patchRadius}, search radius ${searchRadius}, h ${h}`,
    reference: (input, size) => nlMeansReference(input, size, parameters),
    compiled: (input, size, threads) =>
      withTestKernels(
        nlMeansBytes(size, parameters),
        (session) => nlMeans(session, input, size, parameters),
        threads,
      ),
  };
}

/** The first voxel that differs, as text that names it; bits, so NaN and -0 count. */
function firstDifference(actual: Float32Array, expected: Float32Array): string {
  const a = new Uint32Array(actual.buffer, actual.byteOffset, actual.length);
  const b = new Uint32Array(expected.buffer, expected.byteOffset, expected.length);
  if (a.length !== b.length) return `length ${a.length} instead of ${b.length}`;
  const at = a.findIndex((bits, i) => bits !== b[i]);
  return at < 0 ? 'none' : `voxel ${at}: ${actual[at]} instead of ${expected[at]}`;
}

/** Odd sizes, axes of one voxel, axes shorter than the kernels, rows longer than one block. */
const SIZES: readonly Size3[] = [
  [17, 13, 11],
  [1, 9, 7],
  [9, 1, 6],
  [21, 10, 1],
  [2, 3, 2],
  [1, 1, 1],
  [150, 5, 3],
  [5, 37, 4],
  [4, 3, 35],
];

const FILTERS: readonly Filter[] = [
  gaussian(0.5),
  gaussian(2),
  gaussian(0),
  unsharp(2, 1, 0),
  unsharp(1.5, 0.7, 4),
  gradient(1, [1, 1, 1]),
  gradient(1.3, [0.2, 0.2, 0.5]),
  gradient(null, [1, 2, 3]),
  nonLocal(1, 2, 6, 4.8),
  nonLocal(2, 3, 6, 3.6),
  nonLocal(3, 1, 6, 3.6),
  nonLocal(4, 1, 0.5, 20),
];

describe.each(FILTERS.map((filter) => [filter.name, filter] as const))('%s', (_name, filter) => {
  it.each(SIZES.map((size) => [size.join(' × '), size] as const))(
    'gives the bits of the scalar reference on %s voxels',
    async (_text, size) => {
      const input = testVolume(size, 7);
      const before = Float32Array.from(input);
      const actual = await filter.compiled(input, size);
      expect(firstDifference(actual, filter.reference(input, size))).toBe('none');
      expect(firstDifference(input, before)).toBe('none');
    },
  );

  it('gives the same bits with 1, 2 and 3 threads', async () => {
    const size: Size3 = [67, 35, 34];
    const input = testVolume(size, 8);
    const one = await filter.compiled(input, size, 1);
    for (const threads of [2, 3]) {
      expect(firstDifference(await filter.compiled(input, size, threads), one)).toBe('none');
    }
  });

  it('leaves a constant volume unchanged, or without gradient', async () => {
    const size: Size3 = [6, 5, 4];
    const input = new Float32Array(120).fill(0.1);
    const expected = filter.name.startsWith('gradient') ? new Float32Array(120) : input;
    expect(firstDifference(await filter.compiled(input, size), expected)).toBe('none');
  });
});

it('has room for the widest block at the largest radii', async () => {
  const rod: Size3 = [255, 1, 1];
  const filter = nonLocal(4, 10, 6, 6);
  const input = testVolume(rod, 11);
  expect(firstDifference(await filter.compiled(input, rod), filter.reference(input, rod))).toBe(
    'none',
  );
});

describe('cutting into slabs', () => {
  const size: Size3 = [9, 6, 23];
  const input = testVolume(size, 9);

  it.each([1, 2, 5, 22])('does not change the gaussian: %i slices', async (slices) => {
    const parameters = { sigma: 1.4 };
    const actual = await withTestKernels(gaussianBytes(size, parameters), (session) =>
      smoothGaussian(session, input, size, parameters, { slices }),
    );
    expect(firstDifference(actual, smoothReference(input, size, parameters))).toBe('none');
  });

  it.each([1, 2, 5, 22])('does not change the gradient: %i slices', async (slices) => {
    const parameters = { sigma: 1, spacing: [1, 1, 2] } as const;
    const actual = await withTestKernels(gradientBytes(size, parameters), (session) =>
      gradientMagnitude(session, input, size, parameters, { slices }),
    );
    expect(firstDifference(actual, gradientReference(input, size, parameters))).toBe('none');
  });

  it('does not change non-local means: a long rod has two slabs', async () => {
    const rod: Size3 = [2, 1, 2500];
    const filter = nonLocal(1, 2, 6, 4);
    const grey = testVolume(rod, 10);
    const actual = await filter.compiled(grey, rod, 2);
    expect(firstDifference(actual, filter.reference(grey, rod))).toBe('none');
  });
});

it('gives the scalar bits on any small volume', async () => {
  const axis = fc.integer({ min: 1, max: 9 });
  const filters = [
    gaussian(0.9),
    unsharp(0.6, 1.5, 3),
    gradient(0.7, [1, 2, 1]),
    nonLocal(1, 1, 9, 5),
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(axis, axis, axis).chain((size) =>
        fc.tuple(
          fc.constant(size),
          fc.array(fc.float({ noNaN: true, min: Math.fround(-1e6), max: Math.fround(1e6) }), {
            minLength: size[0] * size[1] * size[2],
            maxLength: size[0] * size[1] * size[2],
          }),
        ),
      ),
      fc.constantFrom(...filters),
      async ([size, values], filter) => {
        const input = Float32Array.from(values);
        const actual = await filter.compiled(input, size);
        expect(firstDifference(actual, filter.reference(input, size))).toBe('none');
      },
    ),
    { numRuns: 60, seed: 20 },
  );
});
