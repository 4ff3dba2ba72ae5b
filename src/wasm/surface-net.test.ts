import { describe, expect, it } from 'vitest';
import { withTestKernels } from '../../tests/support/kernels.ts';
import { surfaceNet as reference, type SurfaceNet } from '../kernels/surface-net.ts';
import type { Size3 } from '../volume/volume.ts';
import { buildNet, buildNetBytes, countNet, countNetBytes, netSize } from './surface-net.ts';

/** Park & Miller 1988. */
function randomIndices(size: Size3, values: number): Uint8Array {
  let state = 11;
  return Uint8Array.from({ length: size[0] * size[1] * size[2] }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return Math.floor((state / 2_147_483_647) * values);
  });
}

async function netOf(
  indices: Uint8Array,
  size: Size3,
  value: number,
  threads: number,
): Promise<SurfaceNet> {
  const counts = await withTestKernels(
    countNetBytes(size),
    (session) => countNet(session, indices, size, value),
    threads,
  );
  return withTestKernels(
    buildNetBytes(size, netSize(counts)),
    (session) => buildNet(session, indices, size, value, counts),
    threads,
  );
}

function isSame(a: SurfaceNet, b: SurfaceNet): boolean {
  return (
    a.positions.length === b.positions.length &&
    a.triangles.length === b.triangles.length &&
    a.positions.every((each, i) => each === b.positions[i]) &&
    a.triangles.every((each, i) => each === b.triangles[i])
  );
}

const SIZES: readonly Size3[] = [
  [19, 9, 7],
  [15, 16, 1],
  [1, 14, 12],
  [33, 1, 8],
  [1, 1, 1],
];

describe('surface-net kernel', () => {
  it.each(SIZES)('equals the reference on noise, %i × %i × %i', async (...size) => {
    const indices = randomIndices(size, 3);
    for (const value of [0, 1, 2]) {
      for (const threads of [1, 3]) {
        const found = await netOf(indices, size, value, threads);
        expect(isSame(found, reference(indices, size, value))).toBe(true);
      }
    }
  });

  it('equals the reference on a ball that tasks divide', async () => {
    const n = 70;
    const indices = Uint8Array.from({ length: n ** 3 }, (_, i) => {
      const at = [i % n, Math.floor(i / n) % n, Math.floor(i / (n * n))];
      return at.reduce((sum, x) => sum + (x - 35) ** 2, 0) < 30 ** 2 ? 1 : 0;
    });
    const found = await netOf(indices, [n, n, n], 1, 2);
    expect(isSame(found, reference(indices, [n, n, n], 1))).toBe(true);
  });

  it('is empty where no voxel has the value', async () => {
    const found = await netOf(new Uint8Array(60), [5, 4, 3], 1, 1);
    expect([found.positions.length, found.triangles.length]).toEqual([0, 0]);
  });
});
