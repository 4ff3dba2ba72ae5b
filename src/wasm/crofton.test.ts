import { describe, expect, it } from 'vitest';
import { withTestKernels } from '../../tests/support/kernels.ts';
import { countCrossings as reference } from '../kernels/crofton.ts';
import type { Size3 } from '../volume/volume.ts';
import { countCrossings, crossingBytes } from './crofton.ts';

/** Park & Miller 1988. */
function randomIndices(size: Size3, values: number): Uint8Array {
  let state = 7;
  return Uint8Array.from({ length: size[0] * size[1] * size[2] }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return Math.floor((state / 2_147_483_647) * values);
  });
}

const SIZES: readonly Size3[] = [
  [17, 6, 5],
  [16, 3, 1],
  [1, 14, 12],
  [33, 1, 8],
  [1, 1, 1],
];

describe('crossing kernel', () => {
  it.each(SIZES)('equals the reference, %i × %i × %i', async (...size) => {
    for (const border of ['mirror', 'none'] as const) {
      for (const values of [1, 2, 5, 40]) {
        const indices = randomIndices(size, values);
        const found = await withTestKernels(
          crossingBytes(size, values),
          (session) => countCrossings(session, indices, size, values, border),
          3,
        );
        expect(found).toEqual(reference(indices, size, values, border));
      }
    }
  });

  it('goes on from slab to slab', async () => {
    // More voxels than a slab has.
    const size = [4096, 2100, 3] as const;
    const indices = new Uint8Array(size[0] * size[1] * size[2]);
    indices.fill(1, 2 * size[0] * size[1]);
    const found = await withTestKernels(crossingBytes(size, 2), (session) =>
      countCrossings(session, indices, size, 2, 'mirror'),
    );
    const pairs = size[0] * size[1];
    // Straight on, along four diagonals of faces and along four of cubes.
    expect([2, 4, 5, 6].map((step) => found[(step * 2 + 0) * 3 + 1])).toEqual([
      pairs,
      2 * pairs,
      2 * pairs,
      4 * pairs,
    ]);
  });
});
