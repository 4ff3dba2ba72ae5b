/** Binning: blocks of voxels become one voxel, their mean or, for labels, the commonest of them. */
import type { GreyArray } from './histogram.ts';

/** Grey values and labels of every type; all functions take bigints as their numbers where they add. */
export type BinArray = GreyArray | BigUint64Array | BigInt64Array;

export type Triple = readonly [x: number, y: number, z: number];

/** The factor along each axis: an axis of one voxel stays. */
export function binFactors(size: Triple, factor: number): Triple {
  const [x, y, z] = size.map((edge) => (edge === 1 ? 1 : factor));
  return [x as number, y as number, z as number];
}

/** Whole blocks only: what is left over at the far ends is dropped. */
export function binnedSize(size: Triple, factors: Triple): Triple {
  const [x, y, z] = size.map((edge, axis) => Math.floor(edge / (factors[axis] as number)));
  return [x as number, y as number, z as number];
}

/** Calls `put` for each block of slices [0, size[2]) in raster order with the indices of its voxels. */
function forBlocks(
  size: Triple,
  factors: Triple,
  put: (at: number, block: Int32Array) => void,
): void {
  const [nx, ny] = size;
  const [fx, fy, fz] = factors;
  const [bx, by, bz] = binnedSize(size, factors);
  const offsets = new Int32Array(fx * fy * fz);
  for (let i = 0; i < offsets.length; i++) {
    offsets[i] = (i % fx) + nx * ((Math.floor(i / fx) % fy) + ny * Math.floor(i / (fx * fy)));
  }
  const block = new Int32Array(offsets.length);
  let at = 0;
  for (let z = 0; z < bz; z++) {
    for (let y = 0; y < by; y++) {
      for (let x = 0; x < bx; x++) {
        const start = x * fx + nx * (y * fy + ny * (z * fz));
        for (let i = 0; i < block.length; i++) block[i] = start + (offsets[i] as number);
        put(at, block);
        at += 1;
      }
    }
  }
}

/**
 * Means of blocks in the type of the data, from index `to` of `out` on. Sums are exact for integers
 * (64-bit ones up to 2^53) and in double precision, in raster order, for floats; integers are rounded
 * half up. O(voxels).
 */
export function binMeans<T extends BinArray>(
  data: T,
  size: Triple,
  factors: Triple,
  out: T,
  to = 0,
): void {
  const isBig = data instanceof BigUint64Array || data instanceof BigInt64Array;
  const isFloat = data instanceof Float32Array || data instanceof Float64Array;
  forBlocks(size, factors, (at, block) => {
    let sum = 0;
    for (let i = 0; i < block.length; i++) sum += Number(data[block[i] as number]);
    const mean = sum / block.length;
    const value = isFloat ? mean : Math.floor(mean + 0.5);
    if (isBig) out[to + at] = BigInt(value) as never;
    else out[to + at] = value as never;
  });
}

/** The commonest label of each block; the smallest of those that are equally common. O(voxels). */
export function binModes<T extends BinArray>(
  data: T,
  size: Triple,
  factors: Triple,
  out: T,
  to = 0,
): void {
  const values: (number | bigint)[] = [];
  const counts: number[] = [];
  forBlocks(size, factors, (at, block) => {
    values.length = 0;
    counts.length = 0;
    for (let i = 0; i < block.length; i++) {
      const value = data[block[i] as number] as number | bigint;
      const known = values.indexOf(value);
      if (known < 0) {
        values.push(value);
        counts.push(1);
      } else {
        counts[known] = (counts[known] as number) + 1;
      }
    }
    let best = 0;
    for (let i = 1; i < values.length; i++) {
      const difference = (counts[i] as number) - (counts[best] as number);
      if (
        difference > 0 ||
        (difference === 0 && (values[i] as number) < (values[best] as number))
      ) {
        best = i;
      }
    }
    out[to + at] = values[best] as never;
  });
}
