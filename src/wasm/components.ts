/** Driver of the component kernel: the same results as `src/kernels/components.ts`. */
import type {
  ComponentOptions,
  ComponentTable,
  LabelledComponents,
} from '../kernels/components.ts';
import type { GridSize } from '../kernels/watershed.ts';
import type { KernelSession } from './session.ts';

/** Voxels per task and per call: about 10 ms. */
const VOXELS_PER_CALL = 1 << 19;
/** Shares of the progress at which scanning and joining end. */
const SCANNED = 0.6;
const JOINED = 0.7;

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
  const outside = background ?? -1;
  await session.run(
    {
      kernel: 'componentsScan',
      args: [valuesAt, labels, nx, ny, nz, connectivity, outside, slices],
      items: Math.ceil(nz / slices),
      itemsPerTask: 1,
    },
    (done, total) => session.progress((SCANNED * done) / total),
  );
  for (let z = slices; z < nz; z += slices) {
    session.call('componentsJoin', valuesAt, labels, nx, ny, connectivity, outside, z);
    session.progress(SCANNED + ((JOINED - SCANNED) * z) / nz);
    await session.breathe();
  }
  let count = 0;
  for (let z = 0; z < nz; z += slices) {
    const end = Math.min(nz, z + slices);
    // biome-ignore format: one call
    count = session.call('componentsNumber', valuesAt, labels, sizesAt, componentValuesAt, facesAt, nx, ny, nz, count, z, end) >>> 0;
    session.progress(JOINED + ((1 - JOINED) * end) / nz);
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
 * see `src/kernels/components.ts`. O(N) time, two thirds of it on all threads; 11 bytes per voxel of
 * arena. The labels are a view of the session's memory and go with it.
 */
export async function labelComponents(
  session: KernelSession,
  values: Uint8Array,
  size: GridSize,
  options: ComponentOptions,
): Promise<LabelledComponents> {
  const { table, labels } = await scan(session, values, size, options);
  return { ...table, labels: session.u32(labels, values.length) };
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
