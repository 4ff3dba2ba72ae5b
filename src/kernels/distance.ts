/**
 * Exact Euclidean distance from every voxel to the nearest voxel of another label, squared and in
 * whole numbers: the scalar reference of the WebAssembly kernels.
 */

export type GridSize = readonly [nx: number, ny: number, nz: number];

/** Voxel edges along x, y, z. */
export type Edges = readonly [x: number, y: number, z: number];

export interface SquaredLengths {
  /** Squared voxel edges along x, y, z as whole numbers. */
  readonly weights: Edges;
  /** Length whose square counts 1, in the unit of the edges. */
  readonly unit: number;
}

export interface DistanceOptions extends SquaredLengths {
  /** true: what lies outside the volume counts as another label; false: it counts as nothing. */
  readonly walls: boolean;
  /** The label whose voxels are not measured and get 0; -1 = none. */
  readonly outside: number;
}

/** Sums of squares stay below this, so that they and their differences are exact in float64. */
const LARGEST_SQUARE = 2 ** 50;

/** Stands for "no other label on this line"; larger than every sum of squares. */
const NONE = 2 ** 52;

/** Edges along the space diagonal that kernels can count, in the smallest voxel edge. */
export const LONGEST_DIAGONAL = 16_383;

export function isCubic({ weights }: SquaredLengths): boolean {
  return weights.every((weight) => weight === 1);
}

/**
 * The squared edges as whole numbers: 1, 1, 1 for cubic voxels, else multiples of the smallest edge's
 * square over a power of two, as fine as float64 sums of them stay exact. With whole numbers ties
 * are ties, so results do not depend on the order of the axes. Ratios of edges are rounded by less
 * than 2^-22 for diagonals up to `LONGEST_DIAGONAL`, 2^-30 for a volume of 512³.
 */
export function squaredLengths(edges: Edges, size: GridSize): SquaredLengths {
  const smallest = Math.min(...edges);
  const ratios = edges.map((edge) => (edge / smallest) ** 2) as [number, number, number];
  if (ratios.every((ratio) => ratio === 1)) return { weights: [1, 1, 1], unit: smallest };
  const diagonal = ratios.reduce((sum, ratio, axis) => sum + ratio * (size[axis] + 1) ** 2, 0);
  let scale = 1;
  let root = 1;
  while (scale * 4 * diagonal < LARGEST_SQUARE) {
    scale *= 4;
    root *= 2;
  }
  const [x, y, z] = ratios;
  return {
    weights: [Math.round(x * scale), Math.round(y * scale), Math.round(z * scale)],
    unit: smallest / root,
  };
}

interface Line {
  readonly first: number;
  readonly step: number;
  readonly length: number;
  readonly weight: number;
}

/** Sites whose parabolas make the lower envelope, and where each begins to be the lowest. */
interface Envelope {
  readonly sites: Int32Array;
  readonly heights: Float64Array;
  readonly starts: Int32Array;
}

/**
 * Positions [from, to) of a line, all of one label: replaces each value by
 * min over q of f(q) + w (p - q)², where f is 0 at the two ends if another label is there.
 */
function envelopeOfRun(
  squared: Float64Array,
  { first, step, length, weight }: Line,
  from: number,
  to: number,
  walls: boolean,
  { sites, heights, starts }: Envelope,
): void {
  let top = -1;
  const begin = from > 0 || walls ? from - 1 : from;
  const end = to < length || walls ? to : to - 1;
  for (let site = begin; site <= end; site++) {
    const height = site < from || site === to ? 0 : squared[first + site * step];
    while (
      top >= 0 &&
      heights[top] + weight * (starts[top] - sites[top]) ** 2 >
        height + weight * (starts[top] - site) ** 2
    ) {
      top -= 1;
    }
    let start = from;
    if (top >= 0) {
      const before = sites[top];
      const rise = weight * (site * site - before * before) + height - heights[top];
      const run = 2 * weight * (site - before);
      // The quotient's rounding must not move the last position where the earlier site is lowest.
      let last = Math.floor(rise / run);
      if (last * run > rise) last -= 1;
      else if ((last + 1) * run <= rise) last += 1;
      start = last + 1;
    }
    if (start >= to) continue;
    top += 1;
    sites[top] = site;
    heights[top] = height;
    starts[top] = start;
  }
  for (let position = to - 1; position >= from; position--) {
    squared[first + position * step] = heights[top] + weight * (position - sites[top]) ** 2;
    if (position === starts[top]) top -= 1;
  }
}

/**
 * Squared distances from each voxel's centre to the nearest centre of a voxel with another label, in
 * `unit`². `labels`: nx·ny·nz voxels, x fastest, at least two labels unless `walls`. With `walls` the
 * nearest centre may be one just outside the volume. Three passes of lower envelopes of parabolas
 * (Meijster, Roerdink & Hesselink 2000, doi:10.1007/0-306-47025-X_36; Felzenszwalb & Huttenlocher
 * 2012, doi:10.4086/toc.2012.v008a019) over runs of one label. O(N) time.
 */
export function squaredDistances(
  labels: Uint8Array,
  size: GridSize,
  { weights, walls, outside }: DistanceOptions,
): Float64Array<ArrayBuffer> {
  const [nx, ny, nz] = size;
  const squared = new Float64Array(labels.length).fill(NONE);
  const longest = Math.max(...size) + 2;
  const envelope = {
    sites: new Int32Array(longest),
    heights: new Float64Array(longest),
    starts: new Int32Array(longest),
  };
  const passes = [
    { step: nx, length: ny, weight: weights[1], across: [1, nx, nx * ny, nz] },
    { step: 1, length: nx, weight: weights[0], across: [nx, ny, nx * ny, nz] },
    { step: nx * ny, length: nz, weight: weights[2], across: [1, nx, nx, ny] },
  ];
  for (const { step, length, weight, across } of passes) {
    for (let j = 0; j < across[3]; j++) {
      for (let i = 0; i < across[1]; i++) {
        const line = { first: i * across[0] + j * across[2], step, length, weight };
        let from = 0;
        while (from < length) {
          const label = labels[line.first + from * step];
          let to = from + 1;
          while (to < length && labels[line.first + to * step] === label) to += 1;
          if (label !== outside) envelopeOfRun(squared, line, from, to, walls, envelope);
          from = to;
        }
      }
    }
  }
  if (outside >= 0) labels.forEach((label, i) => (label === outside ? (squared[i] = 0) : 0));
  return squared;
}

/** √value · scale of squared lengths, rounded to float32. */
export function lengthsOf(
  squared: Float64Array | Int32Array,
  scale: number,
): Float32Array<ArrayBuffer> {
  const lengths = new Float32Array(squared.length);
  for (let i = 0; i < lengths.length; i++) lengths[i] = Math.sqrt(squared[i]) * scale;
  return lengths;
}
