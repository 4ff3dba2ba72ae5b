import { expect, test } from 'vitest';
import { SUB_VOXEL_OFFSETS, sampleSubVoxels } from './sub-voxels.ts';

test('samples a trilinear function exactly at the eight sub-voxel centres', () => {
  const n = 5;
  const f = (x: number, y: number, z: number) =>
    1 + 2 * x - 3 * y + 0.5 * z + x * y - 0.25 * x * y * z;
  const cube = Float32Array.from({ length: n * n * n }, (_, i) =>
    f(i % n, Math.floor(i / n) % n, Math.floor(i / (n * n))),
  );
  const out = new Float64Array(8);
  sampleSubVoxels(cube, n, 2, 1, 3, out);
  for (let bit = 0; bit < 8; bit++) {
    const offset = (shift: number) => SUB_VOXEL_OFFSETS[((bit >> shift) & 1) as 0 | 1];
    expect(out[bit]).toBeCloseTo(f(2 + offset(0), 1 + offset(1), 3 + offset(2)), 12);
  }
});

test('replicates the border voxel', () => {
  const cube = Float32Array.from({ length: 8 }, (_, i) => i);
  const out = new Float64Array(8);
  sampleSubVoxels(cube, 2, 0, 0, 0, out);
  expect(out[0]).toBe(0);
  sampleSubVoxels(cube, 2, 1, 1, 1, out);
  expect(out[7]).toBe(7);
});
