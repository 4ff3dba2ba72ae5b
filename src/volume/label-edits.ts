/**
 * Corrections of labels by hand, applied to voxels: to a whole volume, or to one slice of it that is
 * shown while it is painted. Both use these functions, so what is seen is what is computed.
 */
import { editTitle, type EditMetric, type LabelEdit, readNumbers } from '../declaration/edits.ts';
import type { Box } from '../declaration/parameters.ts';
import { UserError } from '../errors/errors.ts';
import { finish, type Steps } from '../kernels/steps.ts';
import { type AxisWeights, type RowVisitor, visitCapsule, visitPolygon } from './edit-shapes.ts';
import { relativeSpacing, type VoxelSpacing } from './length.ts';
import type { Size3, Vector3, VoxelArray } from './volume.ts';

/** Where voxels are painted. */
export interface PaintGrid {
  readonly data: VoxelArray;
  /** The voxels of the volume that `data` holds. */
  readonly box: Box;
  /** Distance in `data` of neighbours along each axis; 0 along an axis of one voxel. */
  readonly strides: Vector3;
  /** Size of the whole volume. */
  readonly size: Size3;
  readonly spacing: VoxelSpacing | null;
  /** Set to 1 where an edit painted, whatever the voxel was; layout as `data`. */
  readonly covered?: Uint8Array;
}

/** All voxels of a volume. */
export function wholeGrid(
  data: VoxelArray,
  size: Size3,
  spacing: VoxelSpacing | null,
  covered?: Uint8Array,
): PaintGrid {
  const [nx, ny, nz] = size;
  const grid: PaintGrid = {
    data,
    box: [0, nx, 0, ny, 0, nz],
    strides: [1, nx, nx * ny],
    size,
    spacing,
  };
  return covered === undefined ? grid : { ...grid, covered };
}

/** Voxels painted or looked at between two pauses: some milliseconds at worst. */
const VOXELS_AT_ONCE = 1 << 16;

function refuse(edit: LabelEdit, why: string): never {
  throw new UserError('parameter/invalid', `${editTitle(edit)}: ${why}.`, { parameter: 'edits' });
}

/** The largest label that voxels of this array hold exactly. */
function largestLabel(data: VoxelArray): number {
  if (data instanceof Float32Array) return 2 ** 24;
  if (data instanceof Float64Array || data instanceof BigInt64Array) return 2 ** 31;
  if (data instanceof BigUint64Array) return 2 ** 31;
  const isSigned =
    data instanceof Int8Array || data instanceof Int16Array || data instanceof Int32Array;
  return 2 ** (8 * data.BYTES_PER_ELEMENT - (isSigned ? 1 : 0)) - 1;
}

/** Paints rows of voxels that may be painted over. */
function painter(grid: PaintGrid, { label, only, keep }: LabelEdit): RowVisitor {
  const { data, box, covered } = grid;
  const [sx, sy, sz] = grid.strides;
  const isFree = only === null && keep.length === 0;
  const allowed = new Set(only ?? []);
  const kept = new Set(keep);
  const mayPaint = (value: number): boolean =>
    (only === null || allowed.has(value)) && !kept.has(value);
  const isWide = data instanceof BigInt64Array || data instanceof BigUint64Array;
  const value = (isWide ? BigInt(label) : label) as never;
  return (x0, x1, y, z) => {
    const [from, to] = [Math.max(x0, box[0]), Math.min(x1, box[1])];
    if (y < box[2] || y >= box[3] || z < box[4] || z >= box[5]) return;
    let at = (from - box[0]) * sx + (y - box[2]) * sy + (z - box[4]) * sz;
    for (let x = from; x < to; x++, at += sx) {
      if (!isFree && !mayPaint(Number(data[at]))) continue;
      data[at] = value;
      if (covered !== undefined) covered[at] = 1;
    }
  };
}

function weightsOf(edit: LabelEdit, metric: EditMetric, spacing: VoxelSpacing | null): AxisWeights {
  if (metric === 'voxel') return [1, 1, 1];
  if (spacing === null) refuse(edit, 'its radius is a length, and the voxel size is not known');
  const [x, y, z] = relativeSpacing(spacing);
  return [x * x, y * y, z * z];
}

/** The points of a path; two numbers make a point of a slice, which has the third. */
function pathPoints(path: string, axis: 0 | 1 | 2 | null, slice: number): readonly Vector3[] {
  const numbers = readNumbers(path);
  const width = axis === null ? 3 : 2;
  return Array.from({ length: numbers.length / width }, (_, i) => {
    const point = numbers.slice(width * i, width * i + width);
    if (axis !== null) point.splice(axis, 0, slice);
    return point as unknown as Vector3;
  });
}

function assertInside(edit: LabelEdit, points: readonly Vector3[], size: Size3): void {
  for (const point of points) {
    const axis = point.findIndex((at, i) => at >= (size[i] as number));
    if (axis < 0) continue;
    refuse(
      edit,
      `it lies at ${'xyz'[axis]} = ${point[axis]}, and the volume has ${size[axis]} voxels there; it was drawn on another volume`,
    );
  }
}

/**
 * Applies one edit to the voxels of the grid. Throws `parameter/invalid` where the edit leaves the
 * volume, needs a voxel size that is not known, or paints a label that the voxels cannot hold. A fill
 * that may leave the grid does nothing on it.
 */
export function* applyEdit(grid: PaintGrid, edit: LabelEdit): Steps<void> {
  if (edit.label > largestLabel(grid.data)) {
    refuse(
      edit,
      `the label ${edit.label} does not fit the volume's voxels, which hold labels up to ${largestLabel(grid.data)}`,
    );
  }
  switch (edit.tool) {
    case 'brush': {
      const { axis, slice, path } = edit;
      const box = grid.box.with(2 * axis, Math.max(slice, grid.box[2 * axis] as number));
      box[2 * axis + 1] = Math.min(slice + 1, grid.box[2 * axis + 1] as number);
      yield* paintPath(grid, edit, pathPoints(path, axis, slice), box as unknown as Box);
      return;
    }
    case 'ball':
      yield* paintPath(grid, edit, pathPoints(edit.path, null, 0), grid.box);
      return;
    case 'lasso':
      yield* paintLasso(grid, edit);
      return;
    case 'fill':
      yield* paintFill(grid, edit);
      return;
    case 'interpolate':
      yield* paintRuns(grid, edit);
  }
}

/** `applyEdit` at once, for what is small. */
export function paintEdit(grid: PaintGrid, edit: LabelEdit): void {
  finish(applyEdit(grid, edit));
}

function* paintPath(
  grid: PaintGrid,
  edit: Extract<LabelEdit, { tool: 'brush' | 'ball' }>,
  points: readonly Vector3[],
  box: Box,
): Steps<void> {
  assertInside(edit, points, grid.size);
  const paint = painter(grid, edit);
  const weights = weightsOf(edit, edit.metric, grid.spacing);
  for (let i = 0; i < points.length; i++) {
    const to = points[i] as Vector3;
    visitCapsule(points[i - 1] ?? to, to, edit.radius, weights, box, paint);
    yield;
  }
}

function* paintLasso(grid: PaintGrid, edit: Extract<LabelEdit, { tool: 'lasso' }>): Steps<void> {
  const { axis, slice, path } = edit;
  const points = pathPoints(path, axis, slice);
  assertInside(edit, points, grid.size);
  const paint = painter(grid, edit);
  // The two coordinates within the slice, in the order in which the path has them.
  const corners = points.map(
    (point) => point.filter((_, each) => each !== axis) as unknown as readonly [number, number],
  );
  yield* visitPolygon(corners, (u0, u1, v) => {
    if (axis === 2) paint(u0, u1, v, slice);
    else if (axis === 1) paint(u0, u1, slice, v);
    else for (let u = u0; u < u1; u++) paint(slice, slice + 1, u, v);
  });
}

function* paintRuns(
  grid: PaintGrid,
  edit: Extract<LabelEdit, { tool: 'interpolate' }>,
): Steps<void> {
  const [nx, ny, nz] = grid.size;
  const paint = painter(grid, edit);
  const numbers = readNumbers(edit.runs);
  let at = 0;
  for (let i = 0; i < numbers.length; i += 2) {
    at += numbers[i] as number;
    let left = numbers[i + 1] as number;
    if (at + left > nx * ny * nz) {
      refuse(edit, 'its voxels leave the volume; it was made on another volume');
    }
    while (left > 0) {
      const x = at % nx;
      const row = Math.floor(at / nx);
      const length = Math.min(left, nx - x);
      paint(x, x + length, row % ny, Math.floor(row / ny));
      at += length;
      left -= length;
    }
    if (i % 2048 === 2046) yield;
  }
}

/** Neighbours of a voxel, as steps along the axes. */
function neighbours(diagonal: boolean, axis: number | null): readonly Vector3[] {
  const steps = [-1, 0, 1];
  return steps
    .flatMap((z) => steps.flatMap((y) => steps.map((x) => [x, y, z] as const)))
    .filter((step) => {
      const moves = step.filter((by) => by !== 0).length;
      return moves > 0 && (diagonal || moves === 1) && (axis === null || step[axis] === 0);
    });
}

/** Grows from the seed in layers, so that only the last layer and the next are held. */
function* paintFill(grid: PaintGrid, edit: Extract<LabelEdit, { tool: 'fill' }>): Steps<void> {
  const { data, box, strides } = grid;
  const { axis, seed, diagonal, label } = edit;
  assertInside(edit, [seed], grid.size);
  const [nx, ny, nz] = [box[1] - box[0], box[3] - box[2], box[5] - box[4]];
  const isWhole = [nx, ny, nz].every((edge, i) => edge === grid.size[i] || i === axis);
  const start = seed.map((at, i) => at - (box[2 * i] as number)) as unknown as Vector3;
  if (
    !isWhole ||
    [nx, ny, nz].some((edge, i) => (start[i] as number) < 0 || (start[i] as number) >= edge)
  )
    return;
  const indexOf = (x: number, y: number, z: number): number =>
    x * strides[0] + y * strides[1] + z * strides[2];
  const from = data[indexOf(...start)] as number | bigint;
  if (Number(from) === label) return;
  const paint = painter(grid, edit);
  const steps = neighbours(diagonal, axis);
  const tryPaint = (x: number, y: number, z: number): boolean => {
    if (x < 0 || y < 0 || z < 0 || x >= nx || y >= ny || z >= nz) return false;
    const at = indexOf(x, y, z);
    if (data[at] !== from) return false;
    paint(x + box[0], x + box[0] + 1, y + box[2], z + box[4]);
    return data[at] !== from;
  };
  if (!tryPaint(...start)) return;
  let layer: number[] = [...start];
  let looked = 0;
  while (layer.length > 0) {
    const next: number[] = [];
    for (let i = 0; i < layer.length; i += 3) {
      for (const [dx, dy, dz] of steps) {
        const x = (layer[i] as number) + dx;
        const y = (layer[i + 1] as number) + dy;
        const z = (layer[i + 2] as number) + dz;
        if (tryPaint(x, y, z)) next.push(x, y, z);
      }
      looked += steps.length;
      if (looked >= VOXELS_AT_ONCE) {
        looked = 0;
        yield;
      }
    }
    layer = next;
  }
}
