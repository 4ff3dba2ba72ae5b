/** Boxes of voxels, half-open along each axis, and the parts of a volume that they hold. */
import {
  allocateVoxels,
  bytesPerVoxel,
  type Size3,
  type Vector3,
  type Volume,
  voxelBytes,
  voxelCount,
} from './volume.ts';

/** [x0, x1) × [y0, y1) × [z0, z1). */
export type VoxelBox = readonly [
  x0: number,
  x1: number,
  y0: number,
  y1: number,
  z0: number,
  z1: number,
];

export type Axis = 0 | 1 | 2;

export function wholeBox([nx, ny, nz]: Size3): VoxelBox {
  return [0, nx, 0, ny, 0, nz];
}

export function boxSize([x0, x1, y0, y1, z0, z1]: VoxelBox): Size3 {
  return [x1 - x0, y1 - y0, z1 - z0];
}

export function isSameBox(a: VoxelBox, b: VoxelBox): boolean {
  return a.every((end, i) => end === b[i]);
}

export function holdsBox(outer: VoxelBox, inner: VoxelBox): boolean {
  return inner.every((end, i) => {
    const limit = outer[i] as number;
    return i % 2 === 0 ? end >= limit : end <= limit;
  });
}

/** The box moved by whole voxels. */
export function movedBox(box: VoxelBox, by: readonly [number, number, number]): VoxelBox {
  const [x0, x1, y0, y1, z0, z1] = box;
  const [dx, dy, dz] = by;
  return [x0 + dx, x1 + dx, y0 + dy, y1 + dy, z0 + dz, z1 + dz];
}

/** First voxel of a box. */
export function boxStart([x0, , y0, , z0]: VoxelBox): readonly [number, number, number] {
  return [x0, y0, z0];
}

/**
 * The box with `halo` voxels more on each side, as far as the volume goes; it begins at multiples of
 * `grid`.
 */
export function grownBox(box: VoxelBox, halo: number, size: Size3, grid = 1): VoxelBox {
  const grow = (axis: Axis): readonly [number, number] => {
    const start = Math.max(0, (box[2 * axis] as number) - halo);
    const end = Math.min(size[axis], (box[2 * axis + 1] as number) + halo);
    return [start - (start % grid), end];
  };
  return [...grow(0), ...grow(1), ...grow(2)];
}

/** Position of the box's first voxel; unchanged where the voxel size is unknown. */
export function boxOrigin(
  { origin, spacing }: Pick<Volume, 'origin' | 'spacing'>,
  box: VoxelBox,
): Vector3 {
  if (spacing === null) return origin;
  const [hx, hy, hz] = spacing.values;
  const [x0, y0, z0] = boxStart(box);
  return [origin[0] + x0 * hx, origin[1] + y0 * hy, origin[2] + z0 * hz];
}

/** Rows of at most this many bytes are copied byte by byte: a call for each costs more. */
const SHORT_ROW = 24;

/**
 * The voxels of a box in their own type, x fastest. Copies rows of bytes, so that every type goes the
 * same way; `afterSlice` is awaited with the share that is done. The box must lie in the volume.
 */
export async function copyBox(
  input: Pick<Volume, 'type' | 'size' | 'data'>,
  box: VoxelBox,
  afterSlice: (fraction: number) => Promise<void>,
): Promise<Volume['data']> {
  const [x0, y0, z0] = boxStart(box);
  const [nx, ny] = input.size;
  const size = boxSize(box);
  const data = allocateVoxels(input.type, voxelCount(size));
  const from = voxelBytes(input.data);
  const to = voxelBytes(data);
  const width = bytesPerVoxel(input.type);
  const rowBytes = size[0] * width;
  for (let z = 0; z < size[2]; z++) {
    for (let y = 0; y < size[1]; y++) {
      const start = (x0 + nx * (y0 + y + ny * (z0 + z))) * width;
      const target = (y + size[1] * z) * rowBytes;
      if (rowBytes > SHORT_ROW) to.set(from.subarray(start, start + rowBytes), target);
      else for (let i = 0; i < rowBytes; i++) to[target + i] = from[start + i] as number;
    }
    await afterSlice((z + 1) / size[2]);
  }
  return data;
}
