/** Driver of the gradient kernels: the same result as `src/kernels/gradient.ts`, bit for bit. */
import { gaussianRadius } from '../kernels/gaussian.ts';
import { type GradientParameters, gradientCoefficients } from '../kernels/gradient.ts';
import type { NumericVoxelArray, Size3 } from '../volume/volume.ts';
import type { KernelSession } from './session.ts';
import {
  copyIn,
  copyOut,
  itemsPerTask,
  MOST_THREADS,
  rowBytes,
  slabInputSlices,
  slabSlices,
  slabsOf,
} from './slabs.ts';

function scratchBytes(nx: number, radius: number): number {
  const bytes = 8 * (radius + 1) + 4 * (rowBytes(nx) + 8 * radius + 64);
  return Math.ceil(bytes / 64) * 64;
}

/** Arena bytes of `gradientMagnitude`. */
export function gradientBytes(size: Size3, { sigma }: Pick<GradientParameters, 'sigma'>): number {
  const [nx, ny, nz] = size;
  const radius = sigma === null ? 1 : gaussianRadius(sigma);
  const slices = slabSlices(size);
  return (
    slabInputSlices(nz, slices, radius) * nx * ny * 4 +
    2 * slices * ny * rowBytes(nx) +
    slices * nx * ny * 4 +
    MOST_THREADS * scratchBytes(nx, radius) +
    8 * radius +
    1024
  );
}

/**
 * Gradient magnitude of `input` (nx·ny·nz voxels, x fastest), computed in float32; see the scalar
 * reference for the definition. Arena: `gradientBytes`. The result does not depend on `slices`, the
 * slices of a slab.
 */
export async function gradientMagnitude(
  session: KernelSession,
  input: NumericVoxelArray,
  size: Size3,
  parameters: GradientParameters,
  slices = slabSlices(size),
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

  const grey = session.allocate(slabInputSlices(nz, slices, radius) * plane * 4);
  const smoothed = session.allocate(slices * ny * row);
  const derived = session.allocate(slices * ny * row);
  const magnitude = session.allocate(slices * plane * 4);
  const smoothingWeights = session.allocate(4 * smoothing.length);
  const derivativeWeights = session.allocate(4 * derivative.length);
  const scratch = session.allocate(session.threads * stride);
  session.f32(smoothingWeights, smoothing.length).set(smoothing);
  session.f32(derivativeWeights, derivative.length).set(derivative);

  const slabs = slabsOf(nz, slices, radius);
  for (const [index, slab] of slabs.entries()) {
    const depth = slab.end - slab.start;
    const report = (part: number) => (done: number, total: number) =>
      session.progress((index + (part + done / total) * 0.5) / slabs.length);
    await copyIn(session, grey, input, slab.inputStart * plane, slab.inputEnd * plane);
    await session.run(
      {
        kernel: 'gradientAlongZ',
        // biome-ignore format: one call
        args: [grey, smoothed, derived, smoothingWeights, derivativeWeights, scratch, smoothingRadius, derivativeRadius, nx, ny, nz, slab.inputStart, slab.start, slab.end, row],
        items: ny,
        itemsPerTask: itemsPerTask(nx * depth * (2 * radius + 4)),
        scratch: { argIndex: 5, stride },
      },
      report(0),
    );
    await session.run(
      {
        kernel: 'gradientInSlices',
        // biome-ignore format: one call
        args: [smoothed, derived, magnitude, smoothingWeights, derivativeWeights, scratch, smoothingRadius, derivativeRadius, nx, ny, row, ...relative, perLength],
        items: depth * ny,
        itemsPerTask: itemsPerTask(nx * (6 * radius + 8)),
        scratch: { argIndex: 5, stride },
      },
      report(1),
    );
    await copyOut(session, magnitude, out, slab.start * plane, slab.end * plane);
  }
  session.progress(1);
  return out;
}
