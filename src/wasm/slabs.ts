/**
 * Slabs of slices: how a volume passes through a kernel's memory. A slab is processed with a margin
 * of input slices, so that its result does not depend on where the volume is cut, and a volume of
 * any depth needs the memory of one slab.
 */
import type { NumericVoxelArray, Size3 } from '../volume/volume.ts';
import type { KernelSession } from './session.ts';

/** Most threads a host uses: what an estimate has to allow for. */
export const MOST_THREADS = 8;

/** Voxels per copy between two chances to cancel: a few milliseconds. */
const COPY_VOXELS = 1 << 21;

/** Voxels of an ordinary slab; larger slices make slabs of one slice. */
const SLAB_VOXELS = 1 << 24;

export interface Slab {
  /** Slices [start, end) are computed … */
  readonly start: number;
  readonly end: number;
  /** … from slices [inputStart, inputEnd). */
  readonly inputStart: number;
  readonly inputEnd: number;
}

export function slabSlices([nx, ny, nz]: Size3): number {
  return Math.max(1, Math.min(nz, Math.floor(SLAB_VOXELS / (nx * ny))));
}

/** Largest number of input slices of a slab. */
export function slabInputSlices(nz: number, slices: number, margin: number): number {
  return Math.min(nz, slices + 2 * margin);
}

export function slabsOf(nz: number, slices: number, margin: number): readonly Slab[] {
  return Array.from({ length: Math.ceil(nz / slices) }, (_, i) => {
    const start = i * slices;
    const end = Math.min(nz, start + slices);
    return {
      start,
      end,
      inputStart: Math.max(0, start - margin),
      inputEnd: Math.min(nz, end + margin),
    };
  });
}

/** Copies input voxels [start, end) into kernel memory, rounded to float32. */
export async function copyIn(
  session: KernelSession,
  pointer: number,
  input: NumericVoxelArray,
  start: number,
  end: number,
): Promise<void> {
  for (let from = start; from < end; from += COPY_VOXELS) {
    const to = Math.min(end, from + COPY_VOXELS);
    session.f32(pointer + 4 * (from - start), to - from).set(input.subarray(from, to));
    await session.breathe();
  }
}

/** Copies a slab's voxels out of kernel memory to voxel `start` of the result. */
export async function copyOut(
  session: KernelSession,
  pointer: number,
  out: Float32Array,
  start: number,
  end: number,
): Promise<void> {
  for (let from = start; from < end; from += COPY_VOXELS) {
    const to = Math.min(end, from + COPY_VOXELS);
    out.set(session.f32(pointer + 4 * (from - start), to - from), from);
    await session.breathe();
  }
}

/** Row of intermediate planes in bytes: whole vectors. */
export function rowBytes(nx: number): number {
  return Math.ceil(nx / 4) * 16;
}

/** Voxel visits of one task: some milliseconds for a visit that adds one pair of taps. */
const TASK_VISITS = 1 << 24;

export function itemsPerTask(visitsPerItem: number): number {
  return Math.max(1, Math.floor(TASK_VISITS / visitsPerItem));
}
