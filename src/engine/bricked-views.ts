/** Small copies of volumes in bricks for display, from the level that holds what is needed. */
import type { BrickedVolume } from '../bricks/bricked-volume.ts';
import { Bug, UserError } from '../errors/errors.ts';
import { boxSize, type VoxelBox } from '../volume/box.ts';
import { type Slab, slabLayers } from '../volume/slab.ts';
import { bytesPerVoxel, type Size3, type Vector3, voxelCount } from '../volume/volume.ts';
import { lineProfile } from './measure.ts';
import { extractSlice, type Preview, previewVolume, projectSlab, type Slice } from './views.ts';

/** Voxels of a slab held at a time. */
const SLAB_BYTES = 32 * 2 ** 20;

export interface BrickedSliceRequest {
  readonly axis: 0 | 1 | 2;
  /** In voxels of level 0, as the slab's thickness is. */
  readonly index: number;
  readonly slab?: Slab | undefined;
  readonly level: number;
}

/** The box of a level's slices [first, last] across an axis, and along `down` rows [from, to). */
function sliceBox(
  size: Size3,
  axis: 0 | 1 | 2,
  [first, last]: readonly [number, number],
  down: 1 | 2,
  [from, to]: readonly [number, number],
): VoxelBox {
  const box = [0, size[0], 0, size[1], 0, size[2]];
  box.splice(2 * axis, 2, first, last + 1);
  box.splice(2 * down, 2, from, to);
  return box as unknown as VoxelBox;
}

/**
 * A slice or the projection of a slab as `extractSlice` and `projectSlab` lay it out, of a level: at
 * level 0 their very values. Memory: the slice, and 32 MiB of a slab at a time.
 */
export async function brickedSlice(
  bricks: BrickedVolume,
  { axis, index, slab, level }: BrickedSliceRequest,
  breathe: () => Promise<void>,
): Promise<Slice> {
  const stored = bricks.levels[level];
  if (stored === undefined || !(index >= 0 && index < bricks.size[axis])) {
    throw new Bug('There is no such slice.', { axis, index, level });
  }
  const { size, factor } = stored;
  const layers = slabLayers(bricks.size[axis], index, slab?.thickness ?? 1).map((layer) =>
    Math.floor(layer / factor),
  ) as [number, number];
  const down = axis === 1 ? 2 : 1;
  const across = axis === 0 ? 2 : 0;
  if (slab === undefined) {
    const box = sliceBox(size, axis, layers, down, [0, size[down]]);
    return extractSlice(await bricks.readBox(box, level, breathe), axis, 0);
  }
  const thickness = layers[1] - layers[0] + 1;
  const middle = Math.floor((thickness - 1) / 2);
  const rowBytes = thickness * size[across] * bytesPerVoxel(bricks.type);
  const rows = Math.max(1, Math.floor(SLAB_BYTES / rowBytes));
  const parts: Slice[] = [];
  for (let from = 0; from < size[down]; from += rows) {
    const box = sliceBox(size, axis, layers, down, [from, Math.min(size[down], from + rows)]);
    const part = await bricks.readBox(box, level, breathe);
    parts.push(await projectSlab(part, axis, middle, { ...slab, thickness }, breathe));
  }
  return joinRows(parts);
}

function joinRows(parts: readonly Slice[]): Slice {
  const [first] = parts as [Slice];
  if (parts.length === 1) return first;
  const { width } = first;
  const height = parts.reduce((sum, part) => sum + part.height, 0);
  const data = new (first.data.constructor as new (length: number) => Slice['data'])(
    width * height,
  );
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return { width, height, data };
}

/** `previewVolume` of the largest level that is not larger than the preview may be. */
export async function brickedPreview(
  bricks: BrickedVolume,
  maxEdge: number,
  range: readonly [number, number],
  breathe: () => Promise<void>,
): Promise<Preview> {
  const fitting = bricks.levels.findIndex(({ size }) => Math.max(...size) <= maxEdge);
  const level = fitting < 0 ? bricks.levels.length - 1 : fitting;
  return previewVolume(await readLevel(bricks, level, breathe), maxEdge, range, breathe);
}

/** A whole level. */
export function readLevel(
  bricks: BrickedVolume,
  level: number,
  breathe: () => Promise<void>,
): ReturnType<BrickedVolume['readBox']> {
  const [nx, ny, nz] = (bricks.levels[level] as BrickedVolume['levels'][number]).size;
  return bricks.readBox([0, nx, 0, ny, 0, nz], level, breathe);
}

/** Boxes up to this size are read to measure in them. */
const MEASURED_BYTES = 256 * 2 ** 20;

/** `lineProfile`, of the part of the volume about the line. Throws `memory/over-budget`. */
export async function brickedProfile(
  bricks: BrickedVolume,
  from: Vector3,
  to: Vector3,
  breathe: () => Promise<void>,
): Promise<Float64Array> {
  const start = from.map((at, axis) => Math.min(at, to[axis] as number));
  const end = from.map((at, axis) => Math.max(at, to[axis] as number) + 1);
  const box = start.flatMap((at, axis) => [at, end[axis] as number]) as unknown as VoxelBox;
  if (voxelCount(boxSize(box)) * bytesPerVoxel(bricks.type) > MEASURED_BYTES) {
    throw new UserError(
      'memory/over-budget',
      `The line runs through too large a part of ${bricks.name}, which is kept on disk: draw it along an axis, or shorter.`,
    );
  }
  const part = await bricks.readBox(box, 0, breathe);
  return lineProfile(part, from, to, start as unknown as Vector3);
}
