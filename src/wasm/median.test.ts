/** The compiled median against the scalar reference: same bits, for any number of threads. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withTestKernels } from '../../tests/support/kernels.ts';
import {
  type MedianArray,
  type MedianParameters,
  medianFilter as medianReference,
} from '../kernels/median.ts';
import { randomNormal, randomUniform } from '../kernels/random.ts';
import { type Size3, voxelBytes } from '../volume/volume.ts';
import { medianBytes, medianFilter } from './median.ts';

function compiled<T extends MedianArray>(
  input: T,
  size: Size3,
  parameters: MedianParameters,
  threads = 1,
  slices?: number,
): Promise<T> {
  return withTestKernels(
    medianBytes(size, input.BYTES_PER_ELEMENT, parameters),
    (session) => medianFilter(session, input, size, parameters, slices),
    threads,
  );
}

function firstDifference(found: MedianArray, expected: MedianArray): string {
  const a = voxelBytes(found);
  const at = voxelBytes(expected).findIndex((byte, i) => byte !== a[i]);
  if (at < 0) return found.length === expected.length ? 'none' : `length ${found.length}`;
  const voxel = Math.floor(at / expected.BYTES_PER_ELEMENT);
  return `voxel ${voxel}: ${found[voxel]} instead of ${expected[voxel]}`;
}

const voxels = ([nx, ny, nz]: Size3): number => nx * ny * nz;

const INPUTS: Readonly<Record<string, (size: Size3) => MedianArray>> = {
  uint8: (size) =>
    Uint8Array.from({ length: voxels(size) }, (_, i) => 256 * randomUniform(1, 0, i)),
  'uint8 of few values': (size) =>
    Uint8Array.from({ length: voxels(size) }, (_, i) => 254 + 2 * randomUniform(2, 0, i)),
  uint16: (size) =>
    Uint16Array.from({ length: voxels(size) }, (_, i) => 65_536 * randomUniform(3, 0, i)),
  float32: (size) =>
    Float32Array.from({ length: voxels(size) }, (_, i) => 1e3 * randomNormal(4, 0, i)),
  'float32 of both zeros': (size) =>
    Float32Array.from({ length: voxels(size) }, (_, i) => (randomUniform(5, 0, i) < 0.5 ? -0 : 0)),
};

/** Odd sizes, axes of one voxel, axes shorter than the cube, rows longer than one block. */
const SIZES: readonly Size3[] = [
  [17, 13, 11],
  [1, 9, 7],
  [9, 1, 6],
  [21, 10, 1],
  [2, 3, 2],
  [1, 1, 1],
  [150, 5, 3],
  [5, 37, 4],
];

describe.each([1, 2] as const)('the median of radius %i', (radius) => {
  describe.each(Object.entries(INPUTS))('of %s', (_name, make) => {
    it.each(SIZES)(
      'has the bits of the scalar reference on %i × %i × %i voxels',
      async (...size) => {
        const input = make(size);
        const before = input.slice();
        const found = await compiled(input, size, { radius });
        expect(firstDifference(found, medianReference(input, size, { radius }))).toBe('none');
        expect(firstDifference(input, before)).toBe('none');
      },
    );
  });

  it('has the same bits with 1, 2 and 3 threads', async () => {
    const size = [67, 35, 34] as const;
    const input = INPUTS['uint16']?.(size) as Uint16Array<ArrayBuffer>;
    const one = await compiled(input, size, { radius }, 1);
    for (const threads of [2, 3]) {
      expect(firstDifference(await compiled(input, size, { radius }, threads), one)).toBe('none');
    }
  });

  it.each([1, 2, 5])('does not depend on slabs: %i slices', async (slices) => {
    const size = [9, 6, 11] as const;
    const input = INPUTS['float32']?.(size) as Float32Array<ArrayBuffer>;
    const found = await compiled(input, size, { radius }, 1, slices);
    expect(firstDifference(found, medianReference(input, size, { radius }))).toBe('none');
  });

  it('has the scalar bits on any small volume', async () => {
    const axis = fc.integer({ min: 1, max: 7 });
    const grey = fc.float({ noNaN: true, min: Math.fround(-1e18), max: Math.fround(1e18) });
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(axis, axis, axis).chain((size) => {
          const length = { minLength: voxels(size), maxLength: voxels(size) };
          return fc.tuple(fc.constant(size), fc.array(grey, length));
        }),
        async ([size, list]) => {
          const input = Float32Array.from(list);
          const found = await compiled(input, size, { radius });
          expect(firstDifference(found, medianReference(input, size, { radius }))).toBe('none');
        },
      ),
      { numRuns: 25, seed: 7 },
    );
  });
});

it('finds the median of every plane of zeros and ones that the network of 27 can meet', async () => {
  // Columns along z are sorted first, so 0 to 3 ones in each of nine columns are all there is: 4⁹
  // cubes of 3³ side by side. By the zero-one principle the network is then right for every input.
  const edge = 512 * 3;
  const size = [edge, edge, 3] as const;
  const input = new Uint8Array(edge * edge * 3);
  const onesOf = (x: number, y: number): number => {
    const brick = Math.floor(x / 3) + 512 * Math.floor(y / 3);
    return (brick >> (2 * ((x % 3) + 3 * (y % 3)))) & 3;
  };
  for (let y = 0; y < edge; y++) {
    for (let x = 0; x < edge; x++) {
      for (let z = 3 - onesOf(x, y); z < 3; z++) input[x + edge * (y + edge * z)] = 1;
    }
  }
  const found = await compiled(input, size, { radius: 1 });
  let wrong = 0;
  for (let y = 1; y < edge; y += 3) {
    for (let x = 1; x < edge; x += 3) {
      let ones = 0;
      for (let k = 0; k < 9; k++) ones += onesOf(x - 1 + (k % 3), y - 1 + Math.floor(k / 3));
      if (found[x + edge * (y + edge)] !== (ones >= 14 ? 1 : 0)) wrong += 1;
    }
  }
  expect(wrong).toBe(0);
});
