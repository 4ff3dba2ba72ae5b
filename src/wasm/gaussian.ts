/** Driver of the gaussian kernels: the same result as `src/kernels/gaussian.ts`, bit for bit. */
import { type GaussianParameters, gaussianRadius, gaussianWeights } from '../kernels/gaussian.ts';
import type { NumericVoxelArray, Size3 } from '../volume/volume.ts';
import type { KernelSession } from './session.ts';
import {
  copyIn,
  copyOut,
  itemsPerTask,
  MOST_THREADS,
  rowBytes,
  type Slab,
  slabInputSlices,
  slabSlices,
  slabsOf,
} from './slabs.ts';

function scratchBytes(nx: number, radius: number): number {
  const bytes = 8 * (radius + 1) + 2 * (rowBytes(nx) + 8 * radius + 64);
  return Math.ceil(bytes / 64) * 64;
}

/** Arena bytes of `smoothGaussian` and `sharpenUnsharpMask`. */
export function gaussianBytes(size: Size3, { sigma }: GaussianParameters): number {
  const [nx, ny, nz] = size;
  const radius = gaussianRadius(sigma);
  const slices = slabSlices(size);
  return (
    slabInputSlices(nz, slices, radius) * nx * ny * 4 +
    slices * ny * rowBytes(nx) +
    slices * nx * ny * 4 +
    MOST_THREADS * scratchBytes(nx, radius) +
    4 * radius +
    1024
  );
}

/** A smoothed slab in kernel memory. Both pointers are at the slab's first voxel. */
export interface SmoothedSlab {
  readonly grey: number;
  readonly smoothed: number;
  readonly voxels: number;
}

/**
 * Smooths slab by slab and copies out what `finish` leaves at `smoothed`.
 */
export async function eachSmoothedSlab(
  session: KernelSession,
  input: NumericVoxelArray,
  size: Size3,
  { sigma }: GaussianParameters,
  finish: (slab: SmoothedSlab) => Promise<void>,
  slices = slabSlices(size),
): Promise<Float32Array<ArrayBuffer>> {
  const [nx, ny, nz] = size;
  const plane = nx * ny;
  const radius = gaussianRadius(sigma);
  const row = rowBytes(nx);
  const stride = scratchBytes(nx, radius);
  const out = new Float32Array(plane * nz);

  const greyPointer = session.allocate(slabInputSlices(nz, slices, radius) * plane * 4);
  const between = session.allocate(slices * ny * row);
  const smoothed = session.allocate(slices * plane * 4);
  const weights = session.allocate(4 * (radius + 1));
  const scratch = session.allocate(session.threads * stride);
  session.f32(weights, radius + 1).set(gaussianWeights(sigma));

  const slabs = slabsOf(nz, slices, radius);
  const smoothSlab = async (slab: Slab, index: number): Promise<void> => {
    const report = (part: number) => (done: number, total: number) =>
      session.progress((index + (part + done / total) * 0.5) / slabs.length);
    const depth = slab.end - slab.start;
    await copyIn(session, greyPointer, input, slab.inputStart * plane, slab.inputEnd * plane);
    await session.run(
      {
        kernel: 'gaussianAlongZ',
        // biome-ignore format: one call
        args: [greyPointer, between, weights, scratch, radius, nx, ny, nz, slab.inputStart, slab.start, slab.end, row],
        items: ny,
        itemsPerTask: itemsPerTask(nx * depth * (radius + 2)),
        scratch: { argIndex: 3, stride },
      },
      report(0),
    );
    await session.run(
      {
        kernel: 'gaussianInSlices',
        args: [between, smoothed, weights, scratch, radius, nx, ny, row],
        items: depth * ny,
        itemsPerTask: itemsPerTask(nx * (2 * radius + 4)),
        scratch: { argIndex: 3, stride },
      },
      report(1),
    );
    const grey = greyPointer + (slab.start - slab.inputStart) * plane * 4;
    await finish({ grey, smoothed, voxels: depth * plane });
    await copyOut(session, smoothed, out, slab.start * plane, slab.end * plane);
  };
  for (const [index, slab] of slabs.entries()) await smoothSlab(slab, index);
  session.progress(1);
  return out;
}

/**
 * Gaussian smoothing of `input` (nx·ny·nz voxels, x fastest), computed in float32; see the scalar
 * reference for the definition. Arena: `gaussianBytes`. The result does not depend on `slices`, the
 * slices of a slab.
 */
export function smoothGaussian(
  session: KernelSession,
  input: NumericVoxelArray,
  size: Size3,
  parameters: GaussianParameters,
  slices?: number,
): Promise<Float32Array<ArrayBuffer>> {
  return eachSmoothedSlab(session, input, size, parameters, async () => undefined, slices);
}
