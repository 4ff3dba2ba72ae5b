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

/** Copies input voxels [start, end) into kernel memory, rounded to float32, after `check` has seen them. */
export async function copyIn(
  session: KernelSession,
  pointer: number,
  input: NumericVoxelArray,
  start: number,
  end: number,
  check?: PassageOptions['check'],
): Promise<void> {
  for (let from = start; from < end; from += COPY_VOXELS) {
    const to = Math.min(end, from + COPY_VOXELS);
    check?.(from, to);
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

/** Voxels of a part of a slab: few against a volume that is worth several threads. */
const PART_VOXELS = 1 << 18;

/** Slices that are computed at once, and where they are in kernel memory. */
export interface Part {
  readonly start: number;
  readonly end: number;
  /** First slice of the input at `grey`. */
  readonly inputStart: number;
  readonly grey: number;
  /** For the part's result. */
  readonly result: number;
  /** What tells the progress of the first or the second half of the part's work. */
  reportHalf(half: 0 | 1): (done: number, total: number) => void;
}

/** What this thread copies while others compute a part; each is to be done once. */
export interface PartCopies {
  readonly nextIn: () => Promise<void>;
  readonly lastOut: () => Promise<void>;
}

/** How a driver lets a volume pass; results do not depend on it. */
export interface PassageOptions {
  /** Slices of a slab. */
  readonly slices?: number;
  /** Throws if one of the voxels [start, end) cannot be taken; called before they are read. */
  readonly check?: (start: number, end: number) => void;
}

export interface Passage extends PassageOptions {
  readonly input: NumericVoxelArray;
  readonly out: Float32Array;
  readonly size: Size3;
  /** Input slices that a result needs beyond its own, to either side. */
  readonly margin: number;
}

/** Slices of a part of slabs of so many slices. */
export function partSlices([nx, ny]: Size3, slices: number): number {
  return Math.max(1, Math.min(slices, Math.floor(PART_VOXELS / (nx * ny))));
}

/** Arena bytes of the input and the results in `eachPart`. */
export function partBytes(size: Size3, slices: number, margin: number): number {
  const [nx, ny, nz] = size;
  const results = 2 * partSlices(size, slices);
  return (slabInputSlices(nz, slices, margin) + results) * nx * ny * 4 + 256;
}

/**
 * Passes a volume through kernel memory: slabs whose input stays there, computed in parts. While
 * one part is computed, the input of the next is copied in and the result of the last one out, as
 * copies on one thread would else be what several wait for.
 */
export async function eachPart(
  session: KernelSession,
  { input, out, size, margin, slices = slabSlices(size), check }: Passage,
  compute: (part: Part, copies: PartCopies) => Promise<void>,
): Promise<void> {
  const [nx, ny, nz] = size;
  const plane = nx * ny;
  const most = partSlices(size, slices);
  const grey = session.allocate(slabInputSlices(nz, slices, margin) * plane * 4);
  const results = [0, 1].map(() => session.allocate(most * plane * 4)) as [number, number];
  for (const slab of slabsOf(nz, slices, margin)) {
    let copied = slab.inputStart;
    const copyUntil = async (end: number): Promise<void> => {
      const pointer = grey + (copied - slab.inputStart) * plane * 4;
      await copyIn(session, pointer, input, copied * plane, end * plane, check);
      copied = end;
    };
    let last: Part | null = null;
    const lastOut = async (): Promise<void> => {
      if (last === null) return;
      await copyOut(session, last.result, out, last.start * plane, last.end * plane);
    };
    const inputEnd = (start: number): number => Math.min(slab.inputEnd, start + most + margin);
    await copyUntil(inputEnd(slab.start));
    for (let start = slab.start; start < slab.end; start += most) {
      const end = Math.min(slab.end, start + most);
      const result = results[((start - slab.start) / most) & 1] as number;
      const part: Part = {
        start,
        end,
        inputStart: slab.inputStart,
        grey,
        result,
        reportHalf: (half) => (done, total) =>
          session.progress((start + (end - start) * 0.5 * (half + done / total)) / nz),
      };
      const next = inputEnd(end);
      const nextIn = () => copyUntil(Math.max(copied, next));
      await compute(part, { nextIn, lastOut });
      last = part;
    }
    await lastOut();
  }
  session.progress(1);
}

/** Row of intermediate planes in bytes: whole vectors. */
export function rowBytes(nx: number): number {
  return Math.ceil(nx / 4) * 16;
}

/** Voxel visits of one task: some milliseconds for a visit that adds one pair of taps. */
const TASK_VISITS = 1 << 24;

function itemsPerTask(visitsPerItem: number): number {
  return Math.max(1, Math.floor(TASK_VISITS / visitsPerItem));
}

/** Tasks that the items of a part make at least, so that every thread has some. */
const TASKS_PER_PART = 16;

export function itemsPerPartTask(items: number, visitsPerItem: number): number {
  return Math.min(itemsPerTask(visitsPerItem), Math.ceil(items / TASKS_PER_PART));
}
