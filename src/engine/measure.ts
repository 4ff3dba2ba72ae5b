/** Numbers read from a volume as it is: values along a line, statistics of a region. */
import { Bug } from '../errors/errors.ts';
import { quantileSteps } from '../kernels/histogram.ts';
import { finishBreathing, type Steps } from '../kernels/steps.ts';
import { labelsOfBreathing } from '../volume/labels.ts';
import type { NumericVoxelArray, Size3, Vector3, Volume, VoxelArray } from '../volume/volume.ts';

type Breathe = () => Promise<void>;

/** Voxels between two pauses: a few milliseconds. */
const CHUNK = 1 << 20;

function checkInside(position: Vector3, size: Size3): void {
  const isInside = position.every(
    (at, axis) => Number.isInteger(at) && at >= 0 && at < (size[axis] as number),
  );
  if (!isInside) throw new Bug('There is no such voxel.', { position, size });
}

/**
 * Values from the centre of one voxel to that of another, at equal distances of at most one voxel
 * along each axis: as many as the longest component has voxels. Between centres the values are
 * interpolated linearly along each axis; a sample on a centre is the voxel's own value. 64-bit
 * integers count as the nearest float64. `start`: the voxel of the whole volume that is the first of
 * this one, which may be a part that holds the line.
 */
export function lineProfile(
  volume: Volume,
  from: Vector3,
  to: Vector3,
  start: Vector3 = [0, 0, 0],
): Float64Array<ArrayBuffer> {
  for (const end of [from, to]) {
    const inside = end.map((at, axis) => at - (start[axis] as number)) as unknown as Vector3;
    checkInside(inside, volume.size);
  }
  const travel = to.map((end, axis) => end - (from[axis] as number));
  const steps = Math.max(...travel.map(Math.abs));
  return Float64Array.from({ length: steps + 1 }, (_, i) => {
    const at = from.map((first, axis) =>
      steps === 0 ? first : first + ((travel[axis] as number) * i) / steps,
    );
    return sampleAt(volume, at as unknown as Vector3, start);
  });
}

function sampleAt({ data, size }: Volume, position: Vector3, start: Vector3): number {
  const [nx, ny] = size;
  const [x, y, z] = position;
  const [x0, y0, z0] = [Math.floor(x), Math.floor(y), Math.floor(z)];
  const [fx, fy, fz] = [x - x0, y - y0, z - z0];
  let sum = 0;
  for (let corner = 0; corner < 8; corner++) {
    const [dx, dy, dz] = [corner & 1, (corner >> 1) & 1, corner >> 2];
    const weight = (dx ? fx : 1 - fx) * (dy ? fy : 1 - fy) * (dz ? fz : 1 - fz);
    // A corner without weight may lie outside, or be no number.
    if (weight === 0) continue;
    const [px, py, pz] = [x0 + dx - start[0], y0 + dy - start[1], z0 + dz - start[2]];
    const voxel = px + nx * (py + ny * pz);
    sum += weight * Number(data[voxel]);
  }
  return sum;
}

/** Voxels between two corners, both included; flat along an axis where the corners agree. */
export interface Region {
  /** `ellipse`: voxels whose centre lies in the ellipse (ellipsoid) that the corners' box encloses. */
  readonly shape: 'box' | 'ellipse';
  readonly from: Vector3;
  readonly to: Vector3;
}

/** Of the quantiles, rising. */
const FRACTIONS = [0.005, 0.02, 0.05, 0.25, 0.5, 0.75, 0.95, 0.98, 0.995] as const;

export interface RegionStatistics {
  /** The label whose voxels these are; null for all voxels of the region. */
  readonly label: number | null;
  /** Voxels with a finite value; everything below is of these, NaN where there is none. */
  readonly count: number;
  readonly notFinite: number;
  readonly mean: number;
  /** Of the voxels themselves: the mean square deviation's root, divided by n and not n − 1. */
  readonly standardDeviation: number;
  readonly minimum: number;
  readonly maximum: number;
  /** For rising fractions f the value of rank floor(f · (n − 1)), without interpolation. */
  readonly quantiles: readonly { readonly fraction: number; readonly value: number }[];
}

/**
 * Statistics of a region's voxels (null: of all), and where `labels` are given then of each label
 * that occurs in them, rising. Sums are float64, per million voxels, added in order. 64-bit integers
 * count as the nearest float64. A few passes over the region, and one over it for each label; memory
 * for a copy of the region, of one label at a time; sorting, and so O(n log n), for 32-bit integers
 * and float64 only. `labels` must have the volume's size.
 */
export async function regionStatistics(
  volume: Volume,
  region: Region | null,
  labels: Volume | null,
  breathe: Breathe,
): Promise<readonly RegionStatistics[]> {
  const values = await valuesOf(volume.data, volume.size, region, breathe);
  const all = await finishBreathing(statisticsSteps(null, values), breathe);
  if (labels === null) return [all];
  if (labels.size.some((edge, axis) => edge !== volume.size[axis])) {
    throw new Bug('Labels of another size.', { size: volume.size, labels: labels.size });
  }
  const index = await labelsOfBreathing(labels, breathe);
  const marks = await valuesOf(index.indices, volume.size, region, breathe);
  const rows = [all];
  for (const [position, label] of index.labels.entries()) {
    const own = await finishBreathing(selectSteps(values, marks, position), breathe);
    if (own.length > 0) rows.push(await finishBreathing(statisticsSteps(label, own), breathe));
  }
  return rows;
}

/** The region's voxels in the order of the volume; the volume's own array where that is all. */
async function valuesOf(
  data: VoxelArray,
  size: Size3,
  region: Region | null,
  breathe: Breathe,
): Promise<NumericVoxelArray> {
  if (region === null) {
    return isWide(data) ? Float64Array.from(data as BigInt64Array, Number) : data;
  }
  checkInside(region.from, size);
  checkInside(region.to, size);
  const [x0, x1] = span(region, 0);
  const [y0, y1] = span(region, 1);
  const [z0, z1] = span(region, 2);
  const [width, height, depth] = [x1 - x0 + 1, y1 - y0 + 1, z1 - z0 + 1];
  const all = width * height * depth;
  const out = isWide(data)
    ? new Float64Array(all)
    : new (data.constructor as new (length: number) => NumericVoxelArray)(all);
  const [nx, ny] = size;
  const reach = region.shape === 'ellipse' ? reachOf : null;
  let count = 0;
  let sinceBreath = 0;
  for (let z = z0; z <= z1; z++) {
    for (let y = y0; y <= y1; y++) {
      const row = nx * (y + ny * z);
      const away = reach === null ? 0 : reach(y, y0, height) + reach(z, z0, depth);
      for (let x = x0; x <= x1; x++) {
        if (reach !== null && away + reach(x, x0, width) > 1) continue;
        out[count++] = Number(data[row + x]);
      }
      sinceBreath += width;
      if (sinceBreath < CHUNK) continue;
      sinceBreath = 0;
      await breathe();
    }
  }
  return out.subarray(0, count);
}

function span({ from, to }: Region, axis: 0 | 1 | 2): readonly [first: number, last: number] {
  return [Math.min(from[axis], to[axis]), Math.max(from[axis], to[axis])];
}

function isWide(data: VoxelArray): data is BigInt64Array | BigUint64Array {
  return data instanceof BigInt64Array || data instanceof BigUint64Array;
}

/** Square of a centre's distance from the middle of `length` voxels, in half lengths. */
function reachOf(at: number, start: number, length: number): number {
  return ((2 * (at - start) + 1 - length) / length) ** 2;
}

/** The values whose mark is `mark`. */
function* selectSteps(
  values: NumericVoxelArray,
  marks: NumericVoxelArray,
  mark: number,
): Steps<NumericVoxelArray> {
  let count = 0;
  for (let start = 0; start < values.length; start += CHUNK) {
    const end = Math.min(values.length, start + CHUNK);
    for (let i = start; i < end; i++) if (marks[i] === mark) count++;
    yield;
  }
  const own = new (values.constructor as new (length: number) => NumericVoxelArray)(count);
  let next = 0;
  for (let start = 0; start < values.length; start += CHUNK) {
    const end = Math.min(values.length, start + CHUNK);
    for (let i = start; i < end; i++) if (marks[i] === mark) own[next++] = values[i] as number;
    yield;
  }
  return own;
}

/** Adds `term` of every finite value: float64 sums of a million voxels each, then those. */
function* sumSteps(values: NumericVoxelArray, term: (value: number) => number): Steps<number> {
  let sum = 0;
  for (let start = 0; start < values.length; start += CHUNK) {
    const end = Math.min(values.length, start + CHUNK);
    let part = 0;
    for (let i = start; i < end; i++) {
      const value = values[i] as number;
      if (value - value === 0) part += term(value);
    }
    sum += part;
    yield;
  }
  return sum;
}

function* statisticsSteps(
  label: number | null,
  values: NumericVoxelArray,
): Steps<RegionStatistics> {
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  const count = yield* sumSteps(values, (value) => {
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
    return 1;
  });
  const notFinite = values.length - count;
  if (count === 0) {
    const none = { mean: NaN, standardDeviation: NaN, minimum: NaN, maximum: NaN };
    return { label, count, notFinite, ...none, quantiles: named(FRACTIONS.map(() => NaN)) };
  }
  const mean = (yield* sumSteps(values, (value) => value)) / count;
  const squares = yield* sumSteps(values, (value) => (value - mean) * (value - mean));
  const standardDeviation = Math.sqrt(squares / count);
  const quantiles = named(yield* exactQuantileSteps(values));
  return { label, count, notFinite, mean, standardDeviation, minimum, maximum, quantiles };
}

function named(values: readonly number[]): RegionStatistics['quantiles'] {
  return FRACTIONS.map((fraction, i) => ({ fraction, value: values[i] as number }));
}

function* exactQuantileSteps(values: NumericVoxelArray): Steps<readonly number[]> {
  const isSelectable = values.BYTES_PER_ELEMENT <= 2 || values instanceof Float32Array;
  if (isSelectable) return yield* quantileSteps(values, FRACTIONS);
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort();
  yield;
  return FRACTIONS.map((f) => sorted[Math.floor(f * (sorted.length - 1))] as number);
}
