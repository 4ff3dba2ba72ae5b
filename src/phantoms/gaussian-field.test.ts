import { expect, test } from 'vitest';
import { fillGaussianField, gaussianWeights, smoothCube } from './gaussian-field.ts';
import { StagedRun } from './hooks.ts';

const stage = () => new StagedRun({}, 1).stage(1);

async function field(n: number, sigma: number, seed: number): Promise<Float32Array> {
  const cube = new Float32Array(n * n * n);
  await fillGaussianField(cube, n, sigma, seed, 1, stage());
  return cube;
}

/** Mean of f(p) f(p + shift) along one axis of a periodic cube. */
function correlation(cube: Float32Array, n: number, shift: number, axis: 0 | 1 | 2): number {
  let sum = 0;
  for (let i = 0; i < cube.length; i++) {
    const p = [i % n, Math.floor(i / n) % n, Math.floor(i / (n * n))];
    p[axis] = ((p[axis] ?? 0) + shift) % n;
    const j = (p[0] ?? 0) + n * ((p[1] ?? 0) + n * (p[2] ?? 0));
    sum += (cube[i] ?? 0) * (cube[j] ?? 0);
  }
  return sum / cube.length;
}

test('a field has unit variance and the correlation exp(−r²/4σ²) along each axis', async () => {
  const n = 64;
  const sigma = 2;
  const cube = await field(n, sigma, 3);
  // About n³/(4πσ²)^(3/2) = 735 independent values: one standard error of a variance is 5 %.
  for (const axis of [0, 1, 2] as const) {
    for (const shift of [0, 1, 2, 4]) {
      const expected = Math.exp((-shift * shift) / (4 * sigma * sigma));
      expect(Math.abs(correlation(cube, n, shift, axis) - expected)).toBeLessThan(0.1);
    }
  }
});

test('a kernel longer than the cube wraps around it without changing the variance', async () => {
  const n = 16;
  let power = 0;
  const seeds = 60;
  for (let seed = 0; seed < seeds; seed++) power += correlation(await field(n, 6, seed), n, 0, 0);
  // A field this smooth is little more than its mean: the power is χ² with few degrees of freedom.
  expect(Math.abs(power / seeds - 1)).toBeLessThan(0.6);
});

test('smoothing with replicated borders keeps a constant and the weights sum to one', async () => {
  const cube = new Float32Array(9 * 9 * 9).fill(0.75);
  await smoothCube(cube, 9, 1.5, 'replicate', stage());
  expect(cube.every((value) => value === Math.fround(0.75))).toBe(true);
  const weights = gaussianWeights(1.5);
  expect(weights).toHaveLength(13);
  expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 15);
});

test('smoothing an impulse gives the product of the weights, the same along x, y and z', async () => {
  const n = 11;
  const cube = new Float32Array(n * n * n);
  const at = (x: number, y: number, z: number) => x + n * (y + n * z);
  cube[at(5, 5, 5)] = 1;
  await smoothCube(cube, n, 0.8, 'replicate', stage());
  const weights = gaussianWeights(0.8);
  const w = (k: number) => weights[k + 3] ?? 0;
  for (const [dx, dy, dz] of [
    [0, 0, 0],
    [1, 0, 0],
    [2, 1, 0],
    [3, 2, 1],
  ] as const) {
    const value = cube[at(5 + dx, 5 + dy, 5 + dz)] ?? 0;
    expect(value).toBeCloseTo(w(dx) * w(dy) * w(dz), 7);
    expect(cube[at(5 + dy, 5 + dx, 5 + dz)]).toBeCloseTo(value, 7);
    expect(cube[at(5 + dz, 5 + dy, 5 + dx)]).toBeCloseTo(value, 7);
  }
});
