/** Small copies of a volume for display: a slice, a slab, and an 8-bit preview for the 3-D view. */
import {
  type NumericVoxelArray,
  type Size3,
  type Vector3,
  type Volume,
  type VoxelArray,
  voxelCount,
} from '../volume/volume.ts';
import { Bug } from '../errors/errors.ts';
import { relativeSpacing } from '../volume/length.ts';
import { type Projection, type Slab, slabLayers } from '../volume/slab.ts';
import { shareFinder, type ValueScale } from '../volume/value-scale.ts';

export interface Slice {
  readonly width: number;
  readonly height: number;
  readonly data: NumericVoxelArray;
}

/**
 * The slice perpendicular to `axis` at `index`, in the volume's own values; 64-bit integers become
 * float64. Axis 2 (z): x across, y down. Axis 1 (y): x across, z down. Axis 0 (x): z across, y down.
 * An index outside the volume is a bug of the caller.
 */
export function extractSlice(volume: Volume, axis: 0 | 1 | 2, index: number): Slice {
  const [nx, ny, nz] = volume.size;
  checkSlice(volume, axis, index);
  const strides = [1, nx, nx * ny] as const;
  const across = axis === 0 ? 2 : 0;
  const down = axis === 1 ? 2 : 1;
  const width = [nx, ny, nz][across] as number;
  const height = [nx, ny, nz][down] as number;
  const at = index * strides[axis];
  const source = volume.data;
  if (source instanceof BigInt64Array || source instanceof BigUint64Array) {
    const out = new Float64Array(width * height);
    forEachPixel(width, height, strides[across], strides[down], at, (pixel, voxel) => {
      out[pixel] = Number(source[voxel]);
    });
    return { width, height, data: out };
  }
  if (axis === 2) return { width, height, data: source.slice(at, at + width * height) };
  const out = source.slice(0, width * height);
  if (axis === 1) {
    for (let z = 0; z < nz; z++) {
      const row = at + z * strides[2];
      out.set(source.subarray(row, row + nx), z * nx);
    }
    return { width, height, data: out };
  }
  forEachPixel(width, height, strides[across], strides[down], at, (pixel, voxel) => {
    out[pixel] = source[voxel] as number;
  });
  return { width, height, data: out };
}

function checkSlice(volume: Volume, axis: 0 | 1 | 2, index: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= volume.size[axis]) {
    throw new Bug('There is no such slice.', { axis, index, size: volume.size });
  }
}

function forEachPixel(
  width: number,
  height: number,
  stepAcross: number,
  stepDown: number,
  start: number,
  visit: (pixel: number, voxel: number) => void,
): void {
  for (let row = 0, pixel = 0; row < height; row++) {
    let voxel = start + row * stepDown;
    for (let column = 0; column < width; column++, pixel++, voxel += stepAcross) {
      visit(pixel, voxel);
    }
  }
}

interface Fold {
  readonly start: number;
  with(folded: number, value: number): number;
}

const FOLDS: Record<Projection, Fold> = {
  mean: { start: 0, with: (sum, value) => sum + value },
  max: { start: Number.NEGATIVE_INFINITY, with: (most, value) => (value > most ? value : most) },
  min: { start: Number.POSITIVE_INFINITY, with: (least, value) => (value < least ? value : least) },
};

/**
 * The slices of a slab about `index` (see `slabLayers`) projected onto one, laid out as
 * `extractSlice`'s. Means are float64: added in the order of the slices and divided once, so exact to
 * the last bit of a float64 for whole numbers. Largest and smallest values keep the volume's type.
 * NaN and infinities count nowhere; a pixel without a finite value is NaN. One pass over the slab;
 * `breathe` is awaited every 65 536 voxels.
 */
export async function projectSlab(
  volume: Volume,
  axis: 0 | 1 | 2,
  index: number,
  { thickness, projection }: Slab,
  breathe: () => Promise<void>,
): Promise<Slice> {
  checkSlice(volume, axis, index);
  const [nx, ny, nz] = volume.size;
  const [first, last] = slabLayers(volume.size[axis], index, thickness);
  const width = axis === 0 ? nz : nx;
  const height = axis === 1 ? nz : ny;
  const fold = FOLDS[projection];
  const folded = new Float64Array(width * height).fill(fold.start);
  const counts = new Uint32Array(width * height);
  const add = (pixel: number, value: number): void => {
    // The difference of a number with itself is 0; of NaN and the infinities it is NaN.
    if (value - value !== 0) return;
    folded[pixel] = fold.with(folded[pixel] as number, value);
    counts[pixel] = (counts[pixel] as number) + 1;
  };
  // Rows are read as they lie in memory; each pixel still meets its slices in rising order.
  const [fromX, toX] = axis === 0 ? [first, last] : [0, nx - 1];
  const [fromY, toY] = axis === 1 ? [first, last] : [0, ny - 1];
  const [fromZ, toZ] = axis === 2 ? [first, last] : [0, nz - 1];
  const readRow = rowReader(volume, fromX, toX + 1);
  const rowsPerChunk = Math.max(1, Math.floor(CHUNK / (toX - fromX + 1)));
  let rows = 0;
  for (let z = fromZ; z <= toZ; z++) {
    for (let y = fromY; y <= toY; y++) {
      const row = readRow(nx * (y + ny * z));
      const target = axis === 0 ? z + nz * y : nx * (axis === 1 ? z : y);
      const stride = axis === 0 ? 0 : 1;
      for (let x = 0; x < row.length; x++) add(target + x * stride, row[x] as number);
      if (++rows % rowsPerChunk === 0) await breathe();
    }
  }
  const data = projection === 'mean' ? folded : emptyLike(volume.data, folded.length);
  for (let pixel = 0; pixel < data.length; pixel++) {
    const count = counts[pixel] as number;
    const value = folded[pixel] as number;
    data[pixel] = count === 0 ? Number.NaN : projection === 'mean' ? value / count : value;
  }
  return { width, height, data };
}

/** An array of the same type; float64 for 64-bit integers. */
function emptyLike(data: VoxelArray, length: number): NumericVoxelArray {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    return new Float64Array(length);
  }
  return new (data.constructor as new (length: number) => NumericVoxelArray)(length);
}

export interface Preview {
  readonly size: Size3;
  readonly data: Uint8Array<ArrayBuffer>;
  readonly spacing: Vector3;
  readonly range: readonly [number, number];
  /** Whether voxels without a value are 0 and `range` is mapped to 1..255. */
  readonly hasOutside: boolean;
  /** How `range` is mapped. */
  readonly scale: ValueScale;
}

/** Voxels between two pauses: about a millisecond. */
const CHUNK = 1 << 16;

/**
 * An 8-bit copy with no edge longer than `maxEdge`: box means of the finite grey values (a box
 * without any counts as the start of the range) with `range` mapped to 0..255, or the label of each
 * box's first voxel. Labels above 255 wrap and are for display only. Where voxels of the value
 * `outside` have none (null: all have one), boxes that are mostly such are 0 and the others the mean
 * of the rest, with `range` mapped to 1..255, on the scale. One pass over the voxels, or over those that
 * labels are taken from; `breathe` is awaited every 65 536 of them.
 */
export async function previewVolume(
  volume: Volume,
  maxEdge: number,
  range: readonly [number, number],
  breathe: () => Promise<void>,
  outside: number | null = null,
  scale: ValueScale = 'linear',
): Promise<Preview> {
  const factor = Math.max(1, Math.ceil(Math.max(...volume.size) / maxEdge));
  const [sx, sy, sz] = volume.spacing?.values ?? relativeSpacing(null);
  const size = volume.size.map((n) => Math.ceil(n / factor)) as [number, number, number];
  const data = new Uint8Array(voxelCount(size));
  if (volume.kind === 'labels') await pickLabels(volume, factor, size, data, breathe);
  else await averageBoxes(volume, factor, size, { range, outside, scale }, data, breathe);
  const spacing = [sx * factor, sy * factor, sz * factor] as const;
  return { size, data, spacing, range, hasOutside: outside !== null, scale };
}

async function pickLabels(
  volume: Volume,
  factor: number,
  [px, py, pz]: Size3,
  out: Uint8Array,
  breathe: () => Promise<void>,
): Promise<void> {
  const [nx, ny] = volume.size;
  const rowsPerChunk = Math.max(1, Math.floor(CHUNK / px));
  for (let row = 0; row < py * pz; row++) {
    const start = nx * ((row % py) * factor + ny * (Math.floor(row / py) * factor));
    for (let x = 0; x < px; x++) out[x + px * row] = Number(volume.data[start + x * factor]) & 255;
    if (row % rowsPerChunk === 0) await breathe();
  }
}

interface Levels {
  readonly range: readonly [number, number];
  readonly outside: number | null;
  readonly scale: ValueScale;
}

async function averageBoxes(
  volume: Volume,
  factor: number,
  [px, py, pz]: Size3,
  { range: [low, high], outside, scale }: Levels,
  out: Uint8Array,
  breathe: () => Promise<void>,
): Promise<void> {
  const [nx, ny, nz] = volume.size;
  const first = outside === null ? 0 : 1;
  const perValue = high > low ? (255 - first) / (high - low) : 0;
  const shareOf = shareFinder({ low, high }, scale);
  const sums = new Float64Array(px * py);
  const counts = new Float64Array(px * py);
  const missing = new Float64Array(px * py);
  const readRow = rowReader(volume);
  const rowsPerChunk = Math.max(1, Math.floor(CHUNK / nx));
  for (let layer = 0; layer < pz; layer++) {
    sums.fill(0);
    counts.fill(0);
    missing.fill(0);
    const last = Math.min(nz, (layer + 1) * factor);
    for (let z = layer * factor; z < last; z++) {
      for (let y = 0; y < ny; y++) {
        const row = readRow(nx * (y + ny * z));
        const at = px * Math.floor(y / factor);
        addRow(row, factor, at, outside, { sums, counts, missing });
        if (y % rowsPerChunk === 0) await breathe();
      }
    }
    for (let i = 0; i < sums.length; i++) {
      const count = counts[i] as number;
      if (outside !== null && count <= (missing[i] as number)) continue;
      const grey = count === 0 ? low : (sums[i] as number) / count;
      const level =
        scale === 'linear'
          ? first + Math.round((grey - low) * perValue)
          : first + Math.round(shareOf(grey) * (255 - first));
      out[i + px * py * layer] = Math.max(first, Math.min(255, level));
    }
  }
}

/** Sum and number of the values of each box, and how many voxels have none. */
interface Boxes {
  readonly sums: Float64Array;
  readonly counts: Float64Array;
  readonly missing: Float64Array;
}

function addRow(
  row: Float64Array,
  factor: number,
  at: number,
  outside: number | null,
  { sums, counts, missing }: Boxes,
): void {
  for (let x = 0; x < row.length; x++) {
    const grey = row[x] as number;
    const box = at + Math.floor(x / factor);
    if (!Number.isFinite(grey) || grey === outside) {
      missing[box] = (missing[box] as number) + 1;
      continue;
    }
    sums[box] = (sums[box] as number) + grey;
    counts[box] = (counts[box] as number) + 1;
  }
}

/**
 * Reads voxels [from, to) of the row that begins at an index, as float64; always into the same array.
 */
function rowReader(
  { data, size }: Volume,
  from = 0,
  to: number = size[0],
): (start: number) => Float64Array {
  const row = new Float64Array(to - from);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    return (start) => {
      for (let x = 0; x < row.length; x++) row[x] = Number(data[start + from + x]);
      return row;
    };
  }
  return (start) => {
    row.set(data.subarray(start + from, start + to));
    return row;
  };
}
