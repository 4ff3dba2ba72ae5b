/** Gradient magnitude: the scalar reference. */
import {
  forEachLine,
  gaussianDerivativeWeights,
  gaussianWeights,
  type KernelSize,
  smoothAxis,
} from './gaussian.ts';

const fround = Math.fround;

export interface GradientParameters {
  /** Standard deviation of the gaussian in voxels; null = central differences, no smoothing. */
  readonly sigma: number | null;
  /** Edge lengths of a voxel along x, y, z; the result is per that unit. [1, 1, 1] = per voxel. */
  readonly spacing: readonly [number, number, number];
}

/** What both implementations derive from the parameters, rounded to float32. */
export interface GradientCoefficients {
  readonly smoothing: Float32Array<ArrayBuffer>;
  readonly derivative: Float32Array<ArrayBuffer>;
  /** Smallest edge over each edge: at most 1, so that squares stay in range. */
  readonly relative: readonly [number, number, number];
  /** One over the smallest edge. */
  readonly perLength: number;
}

export function gradientCoefficients({ sigma, spacing }: GradientParameters): GradientCoefficients {
  const smallest = Math.min(...spacing);
  const [x, y, z] = spacing;
  return {
    smoothing: sigma === null ? Float32Array.of(1) : gaussianWeights(sigma),
    derivative: sigma === null ? Float32Array.of(0, 0.5) : gaussianDerivativeWeights(sigma),
    relative: [fround(smallest / x), fround(smallest / y), fround(smallest / z)],
    perLength: fround(1 / smallest),
  };
}

function deriveAxis(
  input: Float32Array,
  size: KernelSize,
  axis: 0 | 1 | 2,
  weights: Float32Array,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(input.length);
  forEachLine(size, axis, (first, step, length) => {
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (let k = weights.length - 1; k >= 1; k--) {
        const before = input[first + Math.max(0, i - k) * step];
        const after = input[first + Math.min(length - 1, i + k) * step];
        sum = fround(sum + fround(weights[k] * fround(after - before)));
      }
      out[first + i * step] = sum;
    }
  });
  return out;
}

/**
 * √(gx² + gy² + gz²), each component the gaussian derivative along its axis and the gaussian along
 * the other two (or plain central differences), every step rounded to float32; axes in the order
 * z, y, x. Layout, border and cost: see `smoothGaussian`; central differences at the border halve
 * the one-sided difference.
 */
export function gradientMagnitude(
  input: Float32Array,
  size: KernelSize,
  parameters: GradientParameters,
): Float32Array<ArrayBuffer> {
  const { smoothing, derivative, relative, perLength } = gradientCoefficients(parameters);
  const smoothZ = smoothAxis(input, size, 2, smoothing);
  const gx = deriveAxis(smoothAxis(smoothZ, size, 1, smoothing), size, 0, derivative);
  const gy = smoothAxis(deriveAxis(smoothZ, size, 1, derivative), size, 0, smoothing);
  const derivedZ = deriveAxis(input, size, 2, derivative);
  const gz = smoothAxis(smoothAxis(derivedZ, size, 1, smoothing), size, 0, smoothing);
  const out = new Float32Array(input.length);
  const [rx, ry, rz] = relative;
  for (let i = 0; i < out.length; i++) {
    const x = fround(gx[i] * rx);
    const y = fround(gy[i] * ry);
    const z = fround(gz[i] * rz);
    const squares = fround(fround(fround(x * x) + fround(y * y)) + fround(z * z));
    out[i] = fround(fround(Math.sqrt(squares)) * perLength);
  }
  return out;
}
