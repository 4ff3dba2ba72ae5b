/**
 * Correlated Gaussian random fields on a cube: white noise smoothed with a separable Gaussian,
 * scaled to zero mean and unit variance. Arrays are cubes, x fastest.
 */
import { exponential, fillNormal } from '../kernels/random.ts';
import type { Stage } from './hooks.ts';

/** What lies beyond the border: the opposite side, or the border voxel again. */
export type Border = 'wrap' | 'replicate';

/** Sampled Gaussian of standard deviation `sigma` (voxels), radius ⌊4σ + ½⌋, sum 1. */
export function gaussianWeights(sigma: number): Float64Array {
  const radius = Math.floor(4 * sigma + 0.5);
  const weights = new Float64Array(2 * radius + 1);
  let sum = 0;
  for (let k = -radius; k <= radius; k++) {
    const weight = sigma > 0 ? exponential((-0.5 * k * k) / (sigma * sigma)) : 1;
    weights[k + radius] = weight;
    sum += weight;
  }
  for (let k = 0; k < weights.length; k++) weights[k] = weights[k]! / sum;
  return weights;
}

/**
 * Smooths a cube of edge `n` in place, x then y then z; sums in float64, rounded to float32 after
 * each axis. `sigma` 0 leaves it unchanged. Cost: 3 (8σ + 1) n³ multiplications.
 */
export async function smoothCube(
  cube: Float32Array,
  n: number,
  sigma: number,
  border: Border,
  stage: Stage,
): Promise<void> {
  if (sigma === 0) return;
  const weights = gaussianWeights(sigma);
  const radius = (weights.length - 1) / 2;
  // source[radius + i] is the index that position i, −radius ≤ i < n + radius, is read from.
  const source = Int32Array.from({ length: n + 2 * radius }, (_, k) => {
    const i = k - radius;
    return border === 'wrap' ? ((i % n) + n) % n : Math.min(n - 1, Math.max(0, i));
  });
  const plane = new Float32Array(n * n);
  const padded = new Float64Array(n + 2 * radius);
  const sums = new Float64Array(n);

  for (let z = 0; z < n; z++) {
    for (let y = 0; y < n; y++) {
      const row = n * (y + n * z);
      for (let k = 0; k < padded.length; k++) padded[k] = cube[row + source[k]!]!;
      for (let x = 0; x < n; x++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) sum += weights[k]! * padded[x + k]!;
        cube[row + x] = sum;
      }
    }
    await stage.pause((0.6 * (z + 0.5)) / n);
    smoothPlane(n * n * z, n);
    await stage.pause((0.6 * (z + 1)) / n);
  }
  for (let y = 0; y < n; y++) {
    smoothPlane(n * y, n * n);
    await stage.pause(0.6 + (0.4 * (y + 1)) / n);
  }

  /** Smooths across the rows that start at `start` + j·`stride`, j = 0 … n − 1. */
  function smoothPlane(start: number, stride: number): void {
    for (let j = 0; j < n; j++) {
      const row = start + j * stride;
      plane.set(cube.subarray(row, row + n), j * n);
    }
    for (let j = 0; j < n; j++) {
      sums.fill(0);
      for (let k = 0; k < weights.length; k++) {
        const weight = weights[k]!;
        const from = n * source[j + k]!;
        for (let x = 0; x < n; x++) sums[x] = sums[x]! + weight * plane[from + x]!;
      }
      cube.set(sums, start + j * stride);
    }
  }
}

/**
 * Fills a cube of edge `n` with a stationary, periodic Gaussian field of mean 0 and variance 1:
 * white noise smoothed with `sigma` voxels, so that its autocorrelation is exp(−r²/4σ²).
 */
export async function fillGaussianField(
  cube: Float32Array,
  n: number,
  sigma: number,
  seed: number,
  stream: number,
  stage: Stage,
): Promise<void> {
  const scale = 1 / fieldDeviation(n, sigma);
  for (let z = 0; z < n; z++) {
    const plane = cube.subarray(n * n * z, n * n * (z + 1));
    fillNormal(plane, seed, stream, n * n * z);
    for (let i = 0; i < plane.length; i++) plane[i] = plane[i]! * scale;
    await stage.pause((0.4 * (z + 1)) / n);
  }
  await smoothCube(cube, n, sigma, 'wrap', {
    pause: (fraction = 0) => stage.pause(0.4 + 0.6 * fraction),
  });
}

/** Standard deviation of smoothed periodic white noise: (Σ w²)^(3/2), w folded into the period. */
function fieldDeviation(n: number, sigma: number): number {
  const weights = gaussianWeights(sigma);
  const folded = new Float64Array(n);
  for (let k = 0; k < weights.length; k++) folded[k % n] = folded[k % n]! + weights[k]!;
  let power = 0;
  for (let k = 0; k < n; k++) power += folded[k]! * folded[k]!;
  return power * Math.sqrt(power);
}
