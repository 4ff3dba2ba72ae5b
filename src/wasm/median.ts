/** Driver of the median kernels: the same result as `src/kernels/median.ts`, bit for bit. */
import {
  type MedianArray,
  type MedianParameters,
  medianOfLists,
  type SelectionNetwork,
  sortTwentyFive,
} from '../kernels/median.ts';
import type { Size3 } from '../volume/volume.ts';
import type { KernelSession } from './session.ts';
import { MOST_THREADS, type Slab, slabInputSlices, slabSlices, slabsOf } from './slabs.ts';

const WIRE_BYTES = 64;
/** Comparators and result offsets of both networks, with room. */
const NETWORK_BYTES = 8192;
/** Bytes of voxels of one task: at most 30 ms, and enough rows to share their sorted columns. */
const TASK_BYTES = { 1: 1 << 20, 2: 1 << 18 } as const;
const COPY_VOXELS = 1 << 21;

/** Bytes between lines of a row and its repeated ends. */
function pitchOf(nx: number, voxelBytes: number): number {
  return Math.ceil((nx * voxelBytes + 16) / 64) * 64 + 64;
}

function scratchBytes(nx: number, voxelBytes: number, { radius }: MedianParameters): number {
  const pitch = pitchOf(nx, voxelBytes);
  return radius === 1 ? 19 * pitch + 128 : 51 * pitch + 125 * WIRE_BYTES + 128;
}

/** Arena bytes of `medianFilter`; `voxelBytes`: 1, 2 or 4. */
export function medianBytes(size: Size3, voxelBytes: number, parameters: MedianParameters): number {
  const [nx, ny, nz] = size;
  const slices = slabSlices(size);
  const input = slabInputSlices(nz, slices, parameters.radius);
  return (
    (input + slices) * nx * ny * voxelBytes +
    MOST_THREADS * scratchBytes(nx, voxelBytes, parameters) +
    2 * NETWORK_BYTES +
    1024
  );
}

/** Voxels of kernel memory as an array of the input's type. */
function viewLike(session: KernelSession, like: MedianArray, pointer: number, length: number) {
  if (like instanceof Uint8Array) return session.u8(pointer, length);
  if (like instanceof Uint16Array) return session.u16(pointer, length);
  return session.f32(pointer, length);
}

/** Copies `length` voxels between kernel memory and an array, a few milliseconds at a time. */
async function copyBlocks(
  session: KernelSession,
  length: number,
  copy: (from: number, to: number) => void,
): Promise<void> {
  for (let from = 0; from < length; from += COPY_VOXELS) {
    copy(from, Math.min(length, from + COPY_VOXELS));
    await session.breathe();
  }
}

function writeNetwork(session: KernelSession, network: SelectionNetwork): readonly number[] {
  const pointer = session.allocate(NETWORK_BYTES);
  const offsets = [...network.comparators.flat(), ...network.results];
  session.u16(pointer, offsets.length).set(offsets.map((wire) => wire * WIRE_BYTES));
  return [pointer, network.comparators.length];
}

/**
 * Median over a cube of `input` (nx·ny·nz voxels, x fastest, without NaN), in its own type; see the
 * scalar reference. Arena: `medianBytes`. The result does not depend on `slices`, the slices of a
 * slab.
 */
export async function medianFilter<T extends MedianArray>(
  session: KernelSession,
  input: T,
  size: Size3,
  parameters: MedianParameters,
  slices = slabSlices(size),
): Promise<T> {
  const { radius } = parameters;
  const [nx, ny, nz] = size;
  const plane = nx * ny;
  const voxelBytes = input.BYTES_PER_ELEMENT;
  const out = input.slice().fill(0) as T;
  const inputPointer = session.allocate(slabInputSlices(nz, slices, radius) * plane * voxelBytes);
  const outPointer = session.allocate(slices * plane * voxelBytes);
  const stride = Math.ceil(scratchBytes(nx, voxelBytes, parameters) / 64) * 64;
  const scratch = session.allocate(session.threads * stride);
  const networks =
    radius === 1
      ? []
      : [...writeNetwork(session, sortTwentyFive()), ...writeNetwork(session, medianOfLists())];
  const lanes = voxelBytes === 4 ? 'I32' : `U${8 * voxelBytes}`;
  const slabs = slabsOf(nz, slices, radius);

  const turnKeys = (pointer: number, voxels: number): Promise<void> =>
    session.run({
      kernel: 'medianKeys',
      args: [pointer],
      items: input instanceof Float32Array ? voxels : 0,
      itemsPerTask: COPY_VOXELS,
    });

  const filterSlab = async (slab: Slab, index: number): Promise<void> => {
    const first = slab.inputStart * plane;
    const margin = (slab.inputEnd - slab.inputStart) * plane;
    await copyBlocks(session, margin, (from, to) => {
      viewLike(session, input, inputPointer + from * voxelBytes, to - from).set(
        input.subarray(first + from, first + to),
      );
    });
    await turnKeys(inputPointer, margin);
    const depth = slab.end - slab.start;
    const place = [slab.inputStart, slab.start, nx, ny, nz];
    await session.run(
      {
        kernel: `median${2 * radius + 1}${lanes}`,
        // biome-ignore format: one call
        args: [inputPointer, outPointer, scratch, pitchOf(nx, voxelBytes), ...networks, ...place],
        items: depth * ny,
        itemsPerTask: Math.max(4 * radius, Math.floor(TASK_BYTES[radius] / (nx * voxelBytes))),
        scratch: { argIndex: 2, stride },
      },
      (done, total) => session.progress((index + done / total) / slabs.length),
    );
    await turnKeys(outPointer, depth * plane);
    await copyBlocks(session, depth * plane, (from, to) => {
      const voxels = viewLike(session, input, outPointer + from * voxelBytes, to - from);
      out.set(voxels, slab.start * plane + from);
    });
  };
  for (const [index, slab] of slabs.entries()) await filterSlab(slab, index);
  session.progress(1);
  return out;
}
