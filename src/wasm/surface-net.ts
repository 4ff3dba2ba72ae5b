/** Driver of the surface-net kernels: the same mesh as `src/kernels/surface-net.ts`, bit for bit. */
import { RELAXATION, type SurfaceNet, vertexOffsets } from '../kernels/surface-net.ts';
import type { Size3 } from '../volume/volume.ts';
import { copyPadded, paddedBytes, paddedRowBytes } from './padded-labels.ts';
import type { KernelSession } from './session.ts';

/** A value that no index of a label has: what lies outside the volume. */
const BEYOND = 255;
/** Cells that a task scans, and vertices that it moves: some milliseconds. */
const CELLS_PER_TASK = 1 << 19;
const VERTICES_PER_TASK = 1 << 16;
/** Numbers copied between two chances to cancel. */
const COPY_NUMBERS = 1 << 20;

/** How many vertices and pairs of voxels each row of cells has. */
export interface NetCounts {
  readonly vertices: Uint32Array;
  readonly quads: Uint32Array;
}

export interface NetSize {
  readonly vertices: number;
  /** Pairs of voxels that the surface passes between: half as many as triangles. */
  readonly quads: number;
}

function rowCount([, ny, nz]: Size3): number {
  return (ny + 1) * (nz + 1);
}

function labelBytes(size: Size3): number {
  return paddedBytes(size, size[2]) + 64;
}

/** Arena bytes of `countNet`. */
export function countNetBytes(size: Size3): number {
  return labelBytes(size) + 8 * rowCount(size) + 1024;
}

/** Arena bytes of `buildNet`. */
export function buildNetBytes(size: Size3, { vertices, quads }: NetSize): number {
  return labelBytes(size) + 8 * (rowCount(size) + 1) + 52 * vertices + 24 * quads + 8192;
}

async function copyLabels(
  session: KernelSession,
  indices: Uint8Array,
  size: Size3,
): Promise<number> {
  const labels = session.allocate(labelBytes(size));
  await copyPadded(session, labels, indices, size, [0, size[2]], BEYOND);
  return labels;
}

function rowsPerTask([nx]: Size3): number {
  return Math.max(1, Math.floor(CELLS_PER_TASK / (nx + 1)));
}

/** Counts what the surface of `value` will have, before memory is taken for it. */
export async function countNet(
  session: KernelSession,
  indices: Uint8Array,
  size: Size3,
  value: number,
): Promise<NetCounts> {
  const rows = rowCount(size);
  const labels = await copyLabels(session, indices, size);
  const vertices = session.allocate(4 * rows);
  const quads = session.allocate(4 * rows);
  await session.run(
    {
      kernel: 'surfaceNetCount',
      args: [labels, vertices, quads, size[0], size[1], paddedRowBytes(size[0]), value],
      items: rows,
      itemsPerTask: rowsPerTask(size),
    },
    (done, total) => session.progress(done / total),
  );
  return {
    vertices: session.u32(vertices, rows).slice(),
    quads: session.u32(quads, rows).slice(),
  };
}

export function netSize({ vertices, quads }: NetCounts): NetSize {
  const sum = (counts: Uint32Array): number => counts.reduce((total, count) => total + count, 0);
  return { vertices: sum(vertices), quads: sum(quads) };
}

/** Where each row begins, and at the end where the last one ends. */
function writeStarts(counts: Uint32Array, out: Uint32Array): void {
  let sum = 0;
  counts.forEach((count, row) => {
    out[row] = sum;
    sum += count;
  });
  out[counts.length] = sum;
}

async function copyOf<T extends Float32Array | Uint32Array>(
  session: KernelSession,
  view: Float32Array | Uint32Array,
  out: T,
): Promise<T> {
  for (let start = 0; start < view.length; start += COPY_NUMBERS) {
    out.set(view.subarray(start, start + COPY_NUMBERS), start);
    await session.breathe();
  }
  return out;
}

/** See the scalar reference. `counts` are those of `countNet` for the same labels. */
export async function buildNet(
  session: KernelSession,
  indices: Uint8Array,
  size: Size3,
  value: number,
  counts: NetCounts,
  pairs: number = RELAXATION.pairs,
): Promise<SurfaceNet> {
  const [nx, ny, nz] = size;
  const rows = rowCount(size);
  const { vertices, quads } = netSize(counts);
  const labels = await copyLabels(session, indices, size);
  const rowStart = session.allocate(4 * (rows + 1));
  const quadStart = session.allocate(4 * (rows + 1));
  writeStarts(counts.vertices, session.u32(rowStart, rows + 1));
  writeStarts(counts.quads, session.u32(quadStart, rows + 1));
  const offsets = session.allocate(4 * 768);
  session.f32(offsets, 768).set(vertexOffsets());
  const packed = session.allocate(4 * vertices);
  const neighbours = session.allocate(24 * vertices);
  let positions = session.allocate(12 * vertices);
  let spare = session.allocate(12 * vertices);
  const triangles = session.allocate(24 * quads);

  const byCells = { items: rows, itemsPerTask: rowsPerTask(size) };
  const perRow = Math.max(1, Math.ceil(vertices / rows));
  const byVertices = {
    items: rows,
    itemsPerTask: Math.max(1, Math.floor(VERTICES_PER_TASK / perRow)),
  };
  // biome-ignore format: one call
  const args = [labels, rowStart, packed, positions, offsets, nx, ny, nz, paddedRowBytes(nx), value];
  await session.run({ kernel: 'surfaceNetVertices', args, ...byCells });
  session.progress(0.2);
  await session.run({
    kernel: 'surfaceNetNeighbours',
    args: [rowStart, packed, neighbours, ny, nz],
    ...byVertices,
  });
  session.progress(0.3);
  for (let pass = 0; pass < 2 * pairs; pass++) {
    const factor = pass % 2 === 0 ? RELAXATION.inwards : RELAXATION.outwards;
    await session.run({
      kernel: 'surfaceNetRelax',
      args: [rowStart, packed, neighbours, positions, spare, factor, nx, ny, nz],
      ...byVertices,
    });
    [positions, spare] = [spare, positions];
    session.progress(0.3 + (0.6 * (pass + 1)) / (2 * pairs));
  }
  await session.run({
    kernel: 'surfaceNetTriangles',
    args: [rowStart, quadStart, packed, neighbours, positions, triangles],
    ...byVertices,
  });
  const net = {
    positions: await copyOf(
      session,
      session.f32(positions, 3 * vertices),
      new Float32Array(3 * vertices),
    ),
    triangles: await copyOf(session, session.u32(triangles, 6 * quads), new Uint32Array(6 * quads)),
  };
  session.progress(1);
  return net;
}
