/** Driver of the gaussian kernels: the same result as `src/kernels/gaussian.ts`, bit for bit. */
import { type GaussianParameters, gaussianRadius, gaussianWeights } from '../kernels/gaussian.ts';
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
  const bytes = 8 * (radius + 1) + 2 * (rowBytes(nx) + 8 * radius + 64);
  return Math.ceil(bytes / 64) * 64;
}

/** Arena bytes of `smoothGaussian` and `sharpenUnsharpMask`. */
export function gaussianBytes(size: Size3, { sigma }: GaussianParameters): number {
  const [nx, ny] = size;
  const radius = gaussianRadius(sigma);
  const slices = slabSlices(size);
  return (
    partBytes(size, slices, radius) +
    partSlices(size, slices) * ny * rowBytes(nx) +
    MOST_THREADS * scratchBytes(nx, radius) +
    4 * radius +
    1024
  );
}

/** A smoothed part in kernel memory. Both pointers are at its first voxel. */
export interface SmoothedPart {
  readonly grey: number;
  readonly smoothed: number;
  readonly voxels: number;
}

/** Smooths part by part; the result is what `finish` leaves at `smoothed`. */
export async function eachSmoothedPart(
  session: KernelSession,
  input: NumericVoxelArray,
  size: Size3,
  { sigma }: GaussianParameters,
  finish: (part: SmoothedPart) => Promise<void>,
  options: PassageOptions = {},
): Promise<Float32Array<ArrayBuffer>> {
  const [nx, ny, nz] = size;
  const plane = nx * ny;
  const radius = gaussianRadius(sigma);
  const row = rowBytes(nx);
  const stride = scratchBytes(nx, radius);
  const out = new Float32Array(plane * nz);

  const between = session.allocate(partSlices(size, options.slices ?? slabSlices(size)) * ny * row);
  const weights = session.allocate(4 * (radius + 1));
  const scratch = session.allocate(session.threads * stride);
  session.f32(weights, radius + 1).set(gaussianWeights(sigma));

  const passage = { ...options, input, out, size, margin: radius };
  await eachPart(session, passage, async (part, { nextIn, lastOut }) => {
    const { start, end, inputStart, result } = part;
    const rows = (end - start) * ny;
    await session.run(
      {
        kernel: 'gaussianAlongZ',
        // biome-ignore format: one call
        args: [part.grey, between, weights, scratch, radius, nx, ny, nz, inputStart, start, end, row],
        items: ny,
        itemsPerTask: itemsPerPartTask(ny, nx * (end - start) * (radius + 2)),
        scratch: { argIndex: 3, stride },
      },
      part.reportHalf(0),
      nextIn,
    );
    await session.run(
      {
        kernel: 'gaussianInSlices',
        args: [between, result, weights, scratch, radius, nx, ny, row],
        items: rows,
        itemsPerTask: itemsPerPartTask(rows, nx * (2 * radius + 4)),
        scratch: { argIndex: 3, stride },
      },
      part.reportHalf(1),
      lastOut,
    );
    const grey = part.grey + (start - inputStart) * plane * 4;
    await finish({ grey, smoothed: result, voxels: (end - start) * plane });
  });
  return out;
}

/**
 * Gaussian smoothing of `input` (nx·ny·nz voxels, x fastest), computed in float32; see the scalar
 * reference for the definition. Arena: `gaussianBytes`.
 */
export function smoothGaussian(
  session: KernelSession,
  input: NumericVoxelArray,
  size: Size3,
  parameters: GaussianParameters,
  options?: PassageOptions,
): Promise<Float32Array<ArrayBuffer>> {
  return eachSmoothedPart(session, input, size, parameters, async () => undefined, options);
}
