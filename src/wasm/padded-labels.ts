/** Labels in kernel memory with one voxel more on every side, so that kernels need no border rule. */
import type { Size3 } from '../volume/volume.ts';
import type { KernelSession } from './session.ts';

/** Rows copied between two chances to cancel: a millisecond or so. */
const ROWS_PER_BREATH = 4096;

export function paddedRowBytes(nx: number): number {
  return nx + 2;
}

/** Bytes of so many slices and the two around them. */
export function paddedBytes([nx, ny]: Size3, slices: number): number {
  return paddedRowBytes(nx) * (ny + 2) * (slices + 2);
}

/**
 * Copies slices [start, end) and those around them. `beyond` is the value of voxels outside the
 * volume; null = the volume goes on as its mirror image.
 */
export async function copyPadded(
  session: KernelSession,
  pointer: number,
  indices: Uint8Array,
  [nx, ny, nz]: Size3,
  [start, end]: readonly [number, number],
  beyond: number | null,
): Promise<void> {
  const row = paddedRowBytes(nx);
  const out = session.u8(pointer, paddedBytes([nx, ny, nz], end - start));
  let rows = 0;
  for (let z = start - 1; z <= end; z++) {
    for (let y = -1; y <= ny; y++) {
      const at = ((z - start + 1) * (ny + 2) + y + 1) * row;
      const isOutside = z < 0 || y < 0 || z >= nz || y >= ny;
      if (isOutside && beyond !== null) {
        out.fill(beyond, at, at + row);
      } else {
        const [sourceY, sourceZ] = [clamp(y, ny), clamp(z, nz)];
        const from = nx * (sourceY + ny * sourceZ);
        out.set(indices.subarray(from, from + nx), at + 1);
        out[at] = beyond ?? (indices[from] as number);
        out[at + row - 1] = beyond ?? (indices[from + nx - 1] as number);
      }
      if (++rows % ROWS_PER_BREATH === 0) await session.breathe();
    }
  }
}

function clamp(at: number, length: number): number {
  return Math.max(0, Math.min(length - 1, at));
}
