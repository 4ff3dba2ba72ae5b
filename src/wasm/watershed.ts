/** Driver of the watershed kernel: the same result as `src/kernels/watershed.ts`, bit for bit. */
import { UserError } from '../errors/errors.ts';
import { FREE, type GridSize } from '../kernels/watershed.ts';
import type { KernelSession } from './session.ts';

/** Control block of the kernel, as laid out in `wasm/src/watershed.ts`. */
const CONTROL_BYTES = 64 + 2 * 32 + 8192 + 2 * 2048 + 65_536 * 4;
/** Bits of the top digit: 65 536 buckets, few voxels in each. */
const TOP_BITS = 16;
/** Moves per call: 15 ms at 300 ns each, several times what a move takes. */
const STEPS_PER_CALL = 50_000;
/** Voxels per staging block, and so per call of the filling and copying kernels. */
const STAGING_VOXELS = 1 << 20;

interface PaddedGrid {
  readonly stepX: number;
  readonly stepY: number;
  readonly stepZ: number;
  readonly strideY: number;
  readonly strideZ: number;
  readonly lead: number;
  readonly cells: number;
}

/** The padded grid of the kernel: see `wasm/src/watershed.ts`. */
function padGrid([nx, ny, nz]: GridSize): PaddedGrid {
  const strideY = nx === 1 ? 1 : nx + 1;
  const strideZ = strideY * (ny === 1 ? 1 : ny + 1);
  const lead = nz === 1 ? strideY : strideZ;
  return {
    stepX: nx === 1 ? 0 : 1,
    stepY: ny === 1 ? 0 : strideY,
    stepZ: nz === 1 ? 0 : strideZ,
    strideY,
    strideZ,
    lead,
    cells: strideZ * nz + 2 * lead,
  };
}

function slicesPerBlock([nx, ny, nz]: GridSize): number {
  return Math.min(nz, Math.max(1, Math.floor(STAGING_VOXELS / (nx * ny))));
}

/** Arena bytes of `watershed`: 9 per voxel and padding cell, and one staging block. */
export function watershedBytes(size: GridSize): number {
  const staging = slicesPerBlock(size) * size[0] * size[1];
  return padGrid(size).cells * 9 + staging * 5 + CONTROL_BYTES + 1024;
}

/** Smallest and largest value; refuses values that have no place in an order. */
async function rangeOf(
  session: KernelSession,
  values: Float32Array,
): Promise<readonly [lowest: number, highest: number]> {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (let start = 0; start < values.length; start += STAGING_VOXELS) {
    const end = Math.min(values.length, start + STAGING_VOXELS);
    for (let i = start; i < end; i++) {
      const value = values[i] as number;
      if (!Number.isFinite(value)) {
        throw new UserError('volume/not-finite', `The watershed cannot flood the value ${value}.`);
      }
      if (value < lowest) lowest = value;
      if (value > highest) highest = value;
    }
    await session.breathe();
  }
  return [lowest, highest];
}

const bitsView = new DataView(new ArrayBuffer(4));

/** The order-preserving 32-bit key of a float32, as the kernel computes it. */
function keyOf(value: number): number {
  bitsView.setFloat32(0, value + 0);
  const bits = bitsView.getUint32(0);
  return (bits >>> 31 === 1 ? ~bits : bits | 0x80000000) >>> 0;
}

function countFree(markers: Uint8Array): number {
  let free = 0;
  for (const marker of markers) if (marker === FREE) free += 1;
  return free;
}

/**
 * Floods `values` from `markers` (0 free, 1 to 254 labels, 255 wall) in the order documented in
 * `src/kernels/watershed.ts` and returns the labels. Serial by nature: one thread, calls of a few
 * milliseconds, progress and cancel between them. O(N) time, 9 bytes per voxel of arena.
 * Throws `volume/not-finite` for NaN and infinite values.
 */
export async function watershed(
  session: KernelSession,
  values: Float32Array,
  markers: Uint8Array,
  size: GridSize,
): Promise<Uint8Array<ArrayBuffer>> {
  const [nx, ny, nz] = size;
  const grid = padGrid(size);
  const { stepX, stepY, stepZ, strideY, strideZ, lead, cells } = grid;
  const [lowest, highest] = await rangeOf(session, values);
  const range = keyOf(highest) - keyOf(lowest);
  const digitBits = Math.max(1, Math.ceil((32 - Math.clz32(range) - TOP_BITS) / 2));

  const slices = slicesPerBlock(size);
  const plane = nx * ny;
  const nodes = session.allocate(cells * 8);
  const state = session.allocate(cells);
  const control = session.allocate(CONTROL_BYTES);
  const stagedValues = session.allocate(slices * plane * 4);
  const stagedMarkers = session.allocate(slices * plane);

  session.call('watershedStart', control, state, digitBits, cells);
  let free = 0;
  for (let z = 0; z < nz; z += slices) {
    const end = Math.min(nz, z + slices);
    const length = (end - z) * plane;
    session.f32(stagedValues, length).set(values.subarray(z * plane, end * plane));
    const block = markers.subarray(z * plane, end * plane);
    session.u8(stagedMarkers, length).set(block);
    free += countFree(block);
    // biome-ignore format: one call
    session.call('watershedFill', stagedValues, stagedMarkers, nodes, state, nx, ny, strideY, strideZ, lead, lowest, z, z, end);
    await session.breathe();
  }
  for (let z = 0; z < nz; z += slices) {
    const end = Math.min(nz, z + slices);
    // biome-ignore format: one call
    session.call('watershedSeed', nodes, state, control, nx, ny, stepX, stepY, stepZ, strideY, strideZ, lead, z, end);
    await session.breathe();
  }

  // biome-ignore format: one call
  while (session.call('watershedSteps', nodes, state, control, stepX, stepY, stepZ, STEPS_PER_CALL) !== 0) {
    session.progress((session.call('watershedFlooded', control) >>> 0) / Math.max(1, free));
    await session.breathe();
  }

  const labels = new Uint8Array(nx * ny * nz);
  for (let z = 0; z < nz; z += slices) {
    const end = Math.min(nz, z + slices);
    const length = (end - z) * plane;
    // biome-ignore format: one call
    session.call('watershedLabels', state, stagedMarkers, nx, ny, strideY, strideZ, lead, z, z, end);
    labels.set(session.u8(stagedMarkers, length), z * plane);
    await session.breathe();
  }
  session.progress(1);
  return labels;
}
