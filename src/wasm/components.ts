/** Driver of the component kernel: the same results as `src/kernels/components.ts`. */
import type {
  ComponentOptions,
  ComponentTable,
  LabelledComponents,
} from '../kernels/components.ts';
import type { GridSize } from '../kernels/watershed.ts';
import type { KernelSession } from './session.ts';

/** Voxels per call: about 10 ms. */
const VOXELS_PER_CALL = 1 << 19;

/**
 * Arena bytes: values 1, labels 4 and a table of 6 per component, of which there may be as many as
 * voxels.
 */
export function componentsBytes([nx, ny, nz]: GridSize): number {
  return nx * ny * nz * 11 + 1024;
}

interface Scanned {
  readonly table: ComponentTable;
  /** Pointer to the component numbers. */
  readonly labels: number;
}

async function scan(
  session: KernelSession,
  values: Uint8Array,
  size: GridSize,
  { connectivity, background }: ComponentOptions,
): Promise<Scanned> {
  const [nx, ny, nz] = size;
  const voxels = nx * ny * nz;
  const slices = Math.max(1, Math.floor(VOXELS_PER_CALL / (nx * ny)));
  const valuesAt = session.allocate(voxels);
  const labels = session.allocate(voxels * 4);
  const sizesAt = session.allocate(voxels * 4);
  const componentValuesAt = session.allocate(voxels);
  const facesAt = session.allocate(voxels);
  session.u8(valuesAt, voxels).set(values);
  for (let z = 0; z < nz; z += slices) {
    const end = Math.min(nz, z + slices);
    // biome-ignore format: one call
    session.call('componentsScan', valuesAt, labels, nx, ny, connectivity, background ?? -1, z, end);
    session.progress((0.7 * end) / nz);
    await session.breathe();
  }
  let count = 0;
  for (let z = 0; z < nz; z += slices) {
    const end = Math.min(nz, z + slices);
    // biome-ignore format: one call
    count = session.call('componentsNumber', valuesAt, labels, sizesAt, componentValuesAt, facesAt, nx, ny, nz, count, z, end) >>> 0;
    session.progress(0.7 + (0.3 * end) / nz);
    await session.breathe();
  }
  const table = {
    count,
    sizes: session.u32(sizesAt, count).slice(),
    values: session.u8(componentValuesAt, count).slice(),
    faces: session.u8(facesAt, count).slice(),
  };
  return { table, labels };
}

/**
 * Connected components of equal values (u8, x fastest) with the number of each voxel's component;
 * see `src/kernels/components.ts`. Serial; O(N) time, 11 bytes per voxel of arena.
 */
export async function labelComponents(
  session: KernelSession,
  values: Uint8Array,
  size: GridSize,
  options: ComponentOptions,
): Promise<LabelledComponents> {
  const { table, labels } = await scan(session, values, size, options);
  return { ...table, labels: session.u32(labels, values.length).slice() };
}

/** `labelComponents` without the numbers of the voxels: sizes, values and touched faces only. */
export async function tabulateComponents(
  session: KernelSession,
  values: Uint8Array,
  size: GridSize,
  options: ComponentOptions,
): Promise<ComponentTable> {
  return (await scan(session, values, size, options)).table;
}
