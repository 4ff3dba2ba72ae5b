/** Unsharp masking with a soft threshold: the scalar reference. */
import { type KernelSize, smoothGaussian } from './gaussian.ts';

const fround = Math.fround;

export interface UnsharpParameters {
  /** Standard deviation of the gaussian in voxels. */
  readonly sigma: number;
  /** Share of the detail that is added; at least 0. */
  readonly amount: number;
  /** Detail up to this many grey values is left alone, and larger detail is reduced by it. */
  readonly threshold: number;
}

/**
 * I + a · sign(d) · max(|d| − T, 0) with d = I − G∗I, every step rounded to float32. Nothing is
 * clipped. Layout, border and cost of the gaussian: see `smoothGaussian`.
 */
export function sharpenUnsharpMask(
  input: Float32Array,
  size: KernelSize,
  { sigma, amount, threshold }: UnsharpParameters,
): Float32Array<ArrayBuffer> {
  const out = smoothGaussian(input, size, { sigma });
  const a = fround(amount);
  const t = fround(threshold);
  for (let i = 0; i < out.length; i++) {
    const detail = fround(input[i] - out[i]);
    const excess = Math.max(fround(Math.abs(detail) - t), 0);
    out[i] = fround(input[i] + fround(a * (detail < 0 ? -excess : excess)));
  }
  return out;
}
