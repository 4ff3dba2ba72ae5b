/** Gaussian smoothing with a sampled kernel: weights and the scalar reference. */
import { exp } from './exp.ts';

export type KernelSize = readonly [nx: number, ny: number, nz: number];

const fround = Math.fround;

/** Taps on each side of the centre: the sampled gaussian ends at four standard deviations. */
export function gaussianRadius(sigma: number): number {
  return Math.floor(4 * sigma + 0.5);
}

/** Samples e^(-k²/2σ²) for k = 0 … radius, divided by the sum over both sides; float64. */
function samples(sigma: number): Float64Array {
  const radius = gaussianRadius(sigma);
  const values = new Float64Array(radius + 1);
  let sum = 0;
  for (let k = radius; k >= 0; k--) {
    values[k] = k === 0 ? 1 : exp((-0.5 * k * k) / (sigma * sigma));
    sum += k === 0 ? values[k] : 2 * values[k];
  }
  return values.map((value) => value / sum);
}

/**
 * Weights w₀ … w_radius of the sampled, normalised gaussian, rounded to float32. Both sides share
 * them. `sigma` in voxels; a radius of 0 (sigma below 0.125) leaves the grey values as they are.
 */
export function gaussianWeights(sigma: number): Float32Array<ArrayBuffer> {
  return Float32Array.from(samples(sigma));
}

/**
 * Weights d₀ = 0, d₁ … d_radius of the first derivative: Σ d_k (a₊ₖ − a₋ₖ). Samples of
 * k·e^(-k²/2σ²), scaled so that a ramp of slope 1 gives exactly 1; without that scaling the
 * truncated samples are 0.015 % low at sigma 1 and 14 % low at sigma 0.5.
 */
export function gaussianDerivativeWeights(sigma: number): Float32Array<ArrayBuffer> {
  const values = samples(sigma);
  let response = 0;
  for (let k = values.length - 1; k >= 1; k--) response += 2 * k * k * values[k];
  return Float32Array.from(values, (value, k) => (k === 0 ? 0 : (k * value) / response));
}

/** Walks every line of the volume along an axis: first index, step between voxels, length. */
export function forEachLine(
  size: KernelSize,
  axis: 0 | 1 | 2,
  visit: (first: number, step: number, length: number) => void,
): void {
  const steps = [1, size[0], size[0] * size[1]] as const;
  const [u, v] =
    axis === 0 ? ([1, 2] as const) : axis === 1 ? ([0, 2] as const) : ([0, 1] as const);
  for (let j = 0; j < size[v]; j++) {
    for (let i = 0; i < size[u]; i++) {
      visit(i * steps[u] + j * steps[v], steps[axis], size[axis]);
    }
  }
}

/**
 * Smooths along one axis with replicate border. The centre's own value is taken out of every
 * pair, c + Σ w_k ((a₋ₖ + a₊ₖ) − 2c), so that a constant line passes unchanged to the last bit.
 */
export function smoothAxis(
  input: Float32Array,
  size: KernelSize,
  axis: 0 | 1 | 2,
  weights: Float32Array,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(input.length);
  forEachLine(size, axis, (first, step, length) => {
    for (let i = 0; i < length; i++) {
      const centre = input[first + i * step];
      const twice = fround(centre + centre);
      let sum = 0;
      for (let k = weights.length - 1; k >= 1; k--) {
        const before = input[first + Math.max(0, i - k) * step];
        const after = input[first + Math.min(length - 1, i + k) * step];
        const pair = fround(fround(before + after) - twice);
        sum = fround(sum + fround(weights[k] * pair));
      }
      out[first + i * step] = fround(centre + sum);
    }
  });
  return out;
}

export interface GaussianParameters {
  /** Standard deviation in voxels, the same along x, y and z; at least 0. */
  readonly sigma: number;
}

/**
 * Separable gaussian smoothing, axes in the order z, y, x, every step rounded to float32.
 * `input` and the result: nx·ny·nz voxels, x fastest, finite. Border: the edge voxel repeats.
 * O(N · σ) time, two temporaries of N float32.
 */
export function smoothGaussian(
  input: Float32Array,
  size: KernelSize,
  { sigma }: GaussianParameters,
): Float32Array<ArrayBuffer> {
  const weights = gaussianWeights(sigma);
  const alongZ = smoothAxis(input, size, 2, weights);
  return smoothAxis(smoothAxis(alongZ, size, 1, weights), size, 0, weights);
}
