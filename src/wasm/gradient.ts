/** Driver of the gradient kernels: the same result as `src/kernels/gradient.ts`, bit for bit. */
import { gaussianRadius } from '../kernels/gaussian.ts';
import { type GradientParameters, gradientCoefficients } from '../kernels/gradient.ts';
import type { NumericVoxelArray, Size3 } from '../volume/volume.ts';
import type { KernelSession } from './session.ts';
import {
  eachPart,
  itemsPerPartTask,
  MOST_THREADS,
  partBytes,
  partSlices,
  type PassageOptions,
  rowBytes,
  slabSlices,
} from './slabs.ts';

function scratchBytes(nx: number, radius: number): number {
  const bytes = 8 * (radius + 1) + 4 * (rowBytes(nx) + 8 * radius + 64);
  return Math.ceil(bytes / 64) * 64;
}

/** Arena bytes of `gradientMagnitude`. */
export function gradientBytes(size: Size3, { sigma }: Pick<GradientParameters, 'sigma'>): number {
  const [nx, ny] = size;
  const radius = sigma === null ? 1 : gaussianRadius(sigma);
  const slices = slabSlices(size);
  return (
    partBytes(size, slices, radius) +
    2 * partSlices(size, slices) * ny * rowBytes(nx) +
    MOST_THREADS * scratchBytes(nx, radius) +
    8 * radius +
    1024
  );
}

/**
 * Gradient magnitude of `input` (nx·ny·nz voxels, x fastest), computed in float32; see the scalar
 * reference for the definition. Arena: `gradientBytes`.
 */
export async function gradientMagnitude(
  session: KernelSession,
  input: NumericVoxelArray,
  size: Size3,
  parameters: GradientParameters,
  options: PassageOptions = {},
): Promise<Float32Array<ArrayBuffer>> {
  const [nx, ny, nz] = size;
  const plane = nx * ny;
  const { smoothing, derivative, relative, perLength } = gradientCoefficients(parameters);
  const smoothingRadius = smoothing.length - 1;
  const derivativeRadius = derivative.length - 1;
  const radius = Math.max(smoothingRadius, derivativeRadius);
  const row = rowBytes(nx);
  const stride = scratchBytes(nx, radius);
  const out = new Float32Array(plane * nz);

  const parts = partSlices(size, options.slices ?? slabSlices(size));
  const smoothed = session.allocate(parts * ny * row);
  const derived = session.allocate(parts * ny * row);
  const smoothingWeights = session.allocate(4 * smoothing.length);
  const derivativeWeights = session.allocate(4 * derivative.length);
  const scratch = session.allocate(session.threads * stride);
  session.f32(smoothingWeights, smoothing.length).set(smoothing);
  session.f32(derivativeWeights, derivative.length).set(derivative);

  const passage = { ...options, input, out, size, margin: radius };
  await eachPart(session, passage, async (part, { nextIn, lastOut }) => {
    const { start, end, inputStart, grey, result } = part;
    const rows = (end - start) * ny;
    await session.run(
      {
        kernel: 'gradientAlongZ',
        // biome-ignore format: one call
        args: [grey, smoothed, derived, smoothingWeights, derivativeWeights, scratch, smoothingRadius, derivativeRadius, nx, ny, nz, inputStart, start, end, row],
        items: ny,
        itemsPerTask: itemsPerPartTask(ny, nx * (end - start) * (2 * radius + 4)),
        scratch: { argIndex: 5, stride },
      },
      part.reportHalf(0),
      nextIn,
    );
    await session.run(
      {
        kernel: 'gradientInSlices',
        // biome-ignore format: one call
        args: [smoothed, derived, result, smoothingWeights, derivativeWeights, scratch, smoothingRadius, derivativeRadius, nx, ny, row, ...relative, perLength],
        items: rows,
        itemsPerTask: itemsPerPartTask(rows, nx * (6 * radius + 8)),
        scratch: { argIndex: 5, stride },
      },
      part.reportHalf(1),
      lastOut,
    );
  });
  return out;
}
