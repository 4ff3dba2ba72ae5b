/** Median filter over a cube: the scalar reference, and the networks that the kernels run. */
import type { KernelSize } from './gaussian.ts';

export type MedianArray =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>;

export interface MedianParameters {
  /** 1 = a cube of 3³ voxels, 2 = 5³. */
  readonly radius: 1 | 2;
}

/**
 * Whole numbers in the order of the values. For float32 the bits, the lower 31 inverted where the
 * sign is set: -0 then lies below 0, and equal keys are equal bits.
 */
function keysOf(input: MedianArray): Int32Array {
  if (!(input instanceof Float32Array)) return Int32Array.from(input);
  const bits = new Int32Array(input.buffer, input.byteOffset, input.length);
  return bits.map((key) => key ^ ((key >> 31) & 0x7fffffff));
}

/**
 * The median of the (2r+1)³ cube about each voxel. `input` and the result: nx·ny·nz voxels, x
 * fastest, without NaN. Border: the edge voxel repeats. O(N · r³ log r) time.
 */
export function medianFilter<T extends MedianArray>(
  input: T,
  size: KernelSize,
  { radius }: MedianParameters,
): T {
  const [nx, ny, nz] = size;
  const keys = keysOf(input);
  const edge = 2 * radius + 1;
  const cube = new Int32Array(edge ** 3);
  const out = new Int32Array(input.length);
  const clamp = (position: number, length: number): number =>
    Math.max(0, Math.min(length - 1, position));
  for (let i = 0; i < out.length; i++) {
    const [x, y, z] = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))];
    for (let k = 0; k < cube.length; k++) {
      const u = clamp(x + (k % edge) - radius, nx);
      const v = clamp(y + (Math.floor(k / edge) % edge) - radius, ny);
      const w = clamp(z + Math.floor(k / edge ** 2) - radius, nz);
      cube[k] = keys[u + nx * (v + ny * w)];
    }
    out[i] = cube.sort()[cube.length >> 1];
  }
  if (input instanceof Float32Array) {
    const bits = out.map((key) => key ^ ((key >> 31) & 0x7fffffff));
    return new Float32Array(bits.buffer) as T;
  }
  return (input instanceof Uint8Array ? Uint8Array.from(out) : Uint16Array.from(out)) as T;
}

/** A comparator puts the smaller of its two wires' values on the first, the larger on the second. */
export type Comparator = readonly [low: number, high: number];

type Wires = readonly number[];

const FIVE: readonly Comparator[] = [
  [0, 1],
  [3, 4],
  [2, 4],
  [2, 3],
  [1, 4],
  [0, 3],
  [0, 2],
  [1, 3],
  [1, 2],
];

/**
 * Merges two ascending lists of wires (Batcher 1968, doi:10.1145/1468075.1468121); returns the wires
 * in ascending order of their values.
 */
function merge(a: Wires, b: Wires, network: Comparator[]): Wires {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  if (a.length === 1 && b.length === 1) {
    network.push([a[0], b[0]]);
    return [a[0], b[0]];
  }
  const isEven = (_: number, i: number): boolean => i % 2 === 0;
  const isOdd = (_: number, i: number): boolean => i % 2 === 1;
  const even = merge(a.filter(isEven), b.filter(isEven), network);
  const odd = merge(a.filter(isOdd), b.filter(isOdd), network);
  const merged = [even[0]];
  for (let i = 0; i < Math.max(odd.length, even.length - 1); i++) {
    if (i >= odd.length) merged.push(even[i + 1]);
    else if (i + 1 >= even.length) merged.push(odd[i]);
    else {
      network.push([odd[i], even[i + 1]]);
      merged.push(odd[i], even[i + 1]);
    }
  }
  return merged;
}

/** Leaves out comparators whose results reach none of the wires in `wanted`. */
function prune(network: readonly Comparator[], wanted: Wires): readonly Comparator[] {
  const needed = new Set(wanted);
  const kept: Comparator[] = [];
  for (const comparator of network.toReversed()) {
    const [low, high] = comparator;
    if (!needed.has(low) && !needed.has(high)) continue;
    needed.add(low).add(high);
    kept.push(comparator);
  }
  return kept.reverse();
}

export interface SelectionNetwork {
  readonly comparators: readonly Comparator[];
  /** Wires of the results, ascending. */
  readonly results: Wires;
}

const range = (length: number, first = 0): Wires => Array.from({ length }, (_, i) => first + i);

/** Sorts 25 wires of which 0…4, 5…9, … are ascending already. */
export function sortTwentyFive(): SelectionNetwork {
  const comparators: Comparator[] = [];
  const [a, b, c, d, e] = range(5).map((list) => range(5, 5 * list));
  const pairs = merge(merge(a, b, comparators), merge(c, d, comparators), comparators);
  return { comparators, results: merge(pairs, e, comparators) };
}

/**
 * The median of 125 wires of which 0…24, 25…49, … are ascending already. Sorting the k-th of each
 * list puts rank r of place k above at least (r + 1)(k + 1) - 1 wires and below (5 - r)(25 - k) - 1;
 * those with 63 or more on one side are not the median, and the rest is merged.
 */
export function medianOfLists(): SelectionNetwork {
  const comparators: Comparator[] = [];
  const rows: number[][] = range(5).map(() => []);
  let below = 0;
  for (const place of range(25)) {
    for (const [low, high] of FIVE) comparators.push([25 * low + place, 25 * high + place]);
    rows.forEach((row, rank) => {
      if ((5 - rank) * (25 - place) > 63) below += 1;
      else if ((rank + 1) * (place + 1) <= 63) row.push(25 * rank + place);
    });
  }
  const [a, b, c, d, e] = rows;
  const short = merge(b, d, comparators);
  const long = merge(merge(a, e, comparators), c, comparators);
  const rank = 62 - below;
  // With i wires of the shorter list among the rank + 1 lowest, the highest of them is one of two.
  const candidates: number[] = [];
  for (let i = 0; i <= short.length; i++) {
    const fromShort = i === 0 ? undefined : short[i - 1];
    const fromLong = rank - i < 0 ? undefined : long[rank - i];
    if (rank - i >= long.length || (fromShort === undefined && fromLong === undefined)) continue;
    if (fromShort === undefined || fromLong === undefined) {
      candidates.push((fromShort ?? fromLong) as number);
    } else {
      comparators.push([fromLong, fromShort]);
      candidates.push(fromShort);
    }
  }
  const [median, ...others] = candidates;
  for (const other of others) comparators.push([median, other]);
  return { comparators: prune(comparators, [median]), results: [median] };
}
