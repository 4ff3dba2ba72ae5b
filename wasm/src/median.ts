/**
 * Median over cubes of 3³ and 5³ voxels by sorting networks on lanes; definition and scalar form in
 * src/kernels/median.ts. Columns along z are sorted once for all cubes that hold them, then planes
 * across x; the last step selects. Values are uint8, uint16, or int32 keys of float32.
 */

@inline
function low<T>(a: v128, b: v128): v128 {
  return v128.min<T>(a, b);
}

@inline
function high<T>(a: v128, b: v128): v128 {
  return v128.max<T>(a, b);
}

/** Turns float32 into int32 in the same order, and back: voxels [start, end), in place. */
export function medianKeys(values: usize, start: i32, end: i32): void {
  let at = values + (<usize>start << 2);
  const stop = values + (<usize>end << 2);
  for (; at + 16 <= stop; at += 16) {
    const bits = v128.load(at);
    const sign = i32x4.shr_s(bits, 31);
    v128.store(at, v128.xor(bits, v128.and(sign, i32x4.splat(0x7fffffff))));
  }
  for (; at < stop; at += 4) {
    const bits = load<i32>(at);
    store<i32>(at, bits ^ ((bits >> 31) & 0x7fffffff));
  }
}

/** Row `y` of slice `z`, both clamped to the volume. The buffer begins with slice `firstZ`. */
@inline
function rowAt<T>(input: usize, firstZ: i32, nx: i32, ny: i32, nz: i32, y: i32, z: i32): usize {
  const slice = max(0, min(nz - 1, z)) - firstZ;
  return input + <usize>(slice * ny + y) * <usize>nx * sizeof<T>();
}

/** Repeats the first and the last of `nx` values `radius` times outwards. */
@inline
function repeatEnds<T>(line: usize, nx: i32, radius: i32): void {
  const first = load<T>(line);
  const last = load<T>(line + <usize>(nx - 1) * sizeof<T>());
  for (let k = 0; k < radius; k++) {
    store<T>(line - <usize>(k + 1) * sizeof<T>(), first);
    store<T>(line + <usize>(nx + k) * sizeof<T>(), last);
  }
}

/** Sorts columns of three slices: lines of the lowest, middle and highest, `pitch` apart. */
function sortThree<T>(to: usize, pitch: usize, a: usize, b: usize, c: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    const u = v128.load(a + i);
    const v = v128.load(b + i);
    const w = v128.load(c + i);
    const lower = low<T>(u, v);
    const upper = high<T>(u, v);
    const rest = high<T>(lower, w);
    v128.store(to + i, low<T>(lower, w));
    v128.store(to + pitch + i, low<T>(upper, rest));
    v128.store(to + 2 * pitch + i, high<T>(upper, rest));
  }
}

/** Sorts planes of 3 × 3 from three lines of sorted columns each at `a`, `b`, `c`: nine lines. */
function sortNine<T>(to: usize, pitch: usize, a: usize, b: usize, c: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    // Rows of a square whose columns are sorted already; sorted, both are.
    let u = v128.load(a + i);
    let v = v128.load(b + i);
    let w = v128.load(c + i);
    let lower = low<T>(u, v);
    let upper = high<T>(u, v);
    let rest = high<T>(lower, w);
    const x0 = low<T>(lower, w);
    let x1 = low<T>(upper, rest);
    let x2 = high<T>(upper, rest);
    u = v128.load(a + pitch + i);
    v = v128.load(b + pitch + i);
    w = v128.load(c + pitch + i);
    lower = low<T>(u, v);
    upper = high<T>(u, v);
    rest = high<T>(lower, w);
    let x3 = low<T>(lower, w);
    let x4 = low<T>(upper, rest);
    let x5 = high<T>(upper, rest);
    u = v128.load(a + 2 * pitch + i);
    v = v128.load(b + 2 * pitch + i);
    w = v128.load(c + 2 * pitch + i);
    lower = low<T>(u, v);
    upper = high<T>(u, v);
    rest = high<T>(lower, w);
    let x6 = low<T>(lower, w);
    let x7 = low<T>(upper, rest);
    const x8 = high<T>(upper, rest);
    // The last seven comparators of Floyd's network for nine.
    let t = low<T>(x1, x3);
    x3 = high<T>(x1, x3);
    x1 = t;
    t = low<T>(x5, x7);
    x7 = high<T>(x5, x7);
    x5 = t;
    t = low<T>(x2, x6);
    x6 = high<T>(x2, x6);
    x2 = t;
    t = low<T>(x4, x6);
    x6 = high<T>(x4, x6);
    x4 = t;
    t = low<T>(x2, x4);
    x4 = high<T>(x2, x4);
    x2 = t;
    t = low<T>(x2, x3);
    x3 = high<T>(x2, x3);
    x2 = t;
    t = low<T>(x5, x6);
    x6 = high<T>(x5, x6);
    x5 = t;
    let at = to + i;
    v128.store(at, x0);
    at += pitch;
    v128.store(at, x1);
    at += pitch;
    v128.store(at, x2);
    at += pitch;
    v128.store(at, x3);
    at += pitch;
    v128.store(at, x4);
    at += pitch;
    v128.store(at, x5);
    at += pitch;
    v128.store(at, x6);
    at += pitch;
    v128.store(at, x7);
    at += pitch;
    v128.store(at, x8);
  }
}

@inline
function middle<T>(a: v128, b: v128, c: v128): v128 {
  return high<T>(low<T>(a, b), low<T>(high<T>(a, b), c));
}

/**
 * The median of three sorted planes, at x - 1, x and x + 1. Sorting the k-th values of the three puts
 * 7 of the 27 surely below the median and 7 above: what is left are the lowest of the upper four, the
 * middle of the middle five and the highest of the lower four, each ascending.
 */
function selectMedian<T>(to: usize, planes: usize, pitch: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    const at = planes + i;
    const before = at - sizeof<T>();
    const after = at + sizeof<T>();

    let p0 = low<T>(low<T>(v128.load(before + 5 * pitch), v128.load(at + 5 * pitch)), v128.load(after + 5 * pitch));
    let p1 = low<T>(low<T>(v128.load(before + 6 * pitch), v128.load(at + 6 * pitch)), v128.load(after + 6 * pitch));
    let p2 = low<T>(low<T>(v128.load(before + 7 * pitch), v128.load(at + 7 * pitch)), v128.load(after + 7 * pitch));
    let p3 = low<T>(low<T>(v128.load(before + 8 * pitch), v128.load(at + 8 * pitch)), v128.load(after + 8 * pitch));
    let r0 = high<T>(high<T>(v128.load(before), v128.load(at)), v128.load(after));
    let r1 = high<T>(high<T>(v128.load(before + pitch), v128.load(at + pitch)), v128.load(after + pitch));
    let r2 = high<T>(high<T>(v128.load(before + 2 * pitch), v128.load(at + 2 * pitch)), v128.load(after + 2 * pitch));
    let r3 = high<T>(high<T>(v128.load(before + 3 * pitch), v128.load(at + 3 * pitch)), v128.load(after + 3 * pitch));

    // Merges the two lists of four; the lowest and the highest of the eight are not needed.
    r0 = high<T>(p0, r0);
    let t = low<T>(p1, r1);
    r1 = high<T>(p1, r1);
    p1 = t;
    t = low<T>(p2, r2);
    r2 = high<T>(p2, r2);
    p2 = t;
    p3 = low<T>(p3, r3);
    t = low<T>(p2, r0);
    r0 = high<T>(p2, r0);
    p2 = t;
    t = low<T>(p3, r1);
    r1 = high<T>(p3, r1);
    p3 = t;
    t = low<T>(p1, p2);
    p2 = high<T>(p1, p2);
    p1 = t;
    t = low<T>(p3, r0);
    r0 = high<T>(p3, r0);
    p3 = t;
    t = low<T>(r1, r2);
    r2 = high<T>(r1, r2);
    r1 = t;

    // The seventh of 13: with i of the middle five among the lowest seven, one of two is the highest.
    let median = r2;
    median = low<T>(median, high<T>(r1, middle<T>(v128.load(before + 2 * pitch), v128.load(at + 2 * pitch), v128.load(after + 2 * pitch))));
    median = low<T>(median, high<T>(r0, middle<T>(v128.load(before + 3 * pitch), v128.load(at + 3 * pitch), v128.load(after + 3 * pitch))));
    median = low<T>(median, high<T>(p3, middle<T>(v128.load(before + 4 * pitch), v128.load(at + 4 * pitch), v128.load(after + 4 * pitch))));
    median = low<T>(median, high<T>(p2, middle<T>(v128.load(before + 5 * pitch), v128.load(at + 5 * pitch), v128.load(after + 5 * pitch))));
    median = low<T>(median, high<T>(p1, middle<T>(v128.load(before + 6 * pitch), v128.load(at + 6 * pitch), v128.load(after + 6 * pitch))));
    v128.store(to + i, median);
  }
}

function median3<T>(
  input: usize,
  out: usize,
  scratch: usize,
  pitch: usize,
  firstZ: i32,
  slabStart: i32,
  nx: i32,
  ny: i32,
  nz: i32,
  start: i32,
  end: i32,
): void {
  const rowBytes = <usize>nx * sizeof<T>();
  const planes = scratch + 9 * pitch + 64;
  const result = planes + 9 * pitch;
  let next = 0;
  for (let item = start; item < end; item++) {
    const y = item % ny;
    const z = slabStart + item / ny;
    // Sorted columns of rows y - 1 … y + 1 stay at their row's number modulo 3.
    if (item === start || y === 0) next = max(0, y - 1);
    for (; next <= min(ny - 1, y + 1); next++) {
      const a = rowAt<T>(input, firstZ, nx, ny, nz, next, z - 1);
      const b = rowAt<T>(input, firstZ, nx, ny, nz, next, z);
      const c = rowAt<T>(input, firstZ, nx, ny, nz, next, z + 1);
      sortThree<T>(scratch + <usize>(next % 3) * 3 * pitch, pitch, a, b, c, rowBytes);
    }
    const above = scratch + <usize>(max(0, y - 1) % 3) * 3 * pitch;
    const here = scratch + <usize>(y % 3) * 3 * pitch;
    const below = scratch + <usize>(min(ny - 1, y + 1) % 3) * 3 * pitch;
    sortNine<T>(planes, pitch, above, here, below, rowBytes);
    for (let k: usize = 0; k < 9; k++) repeatEnds<T>(planes + k * pitch, nx, 1);
    selectMedian<T>(result, planes, pitch, rowBytes);
    memory.copy(out + <usize>item * rowBytes, result, rowBytes);
  }
}

/** Sorts columns of five slices: five lines, `pitch` apart. */
function sortFive<T>(
  to: usize,
  pitch: usize,
  a: usize,
  b: usize,
  c: usize,
  d: usize,
  e: usize,
  bytes: usize,
): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    let x0 = v128.load(a + i);
    let x1 = v128.load(b + i);
    let x2 = v128.load(c + i);
    let x3 = v128.load(d + i);
    let x4 = v128.load(e + i);
    let t = low<T>(x0, x1);
    x1 = high<T>(x0, x1);
    x0 = t;
    t = low<T>(x3, x4);
    x4 = high<T>(x3, x4);
    x3 = t;
    t = low<T>(x2, x4);
    x4 = high<T>(x2, x4);
    x2 = t;
    t = low<T>(x2, x3);
    x3 = high<T>(x2, x3);
    x2 = t;
    t = low<T>(x1, x4);
    x4 = high<T>(x1, x4);
    x1 = t;
    t = low<T>(x0, x3);
    x3 = high<T>(x0, x3);
    x0 = t;
    t = low<T>(x0, x2);
    x2 = high<T>(x0, x2);
    x0 = t;
    t = low<T>(x1, x3);
    x3 = high<T>(x1, x3);
    x1 = t;
    t = low<T>(x1, x2);
    x2 = high<T>(x1, x2);
    x1 = t;
    v128.store(to + i, x0);
    v128.store(to + pitch + i, x1);
    v128.store(to + 2 * pitch + i, x2);
    v128.store(to + 3 * pitch + i, x3);
    v128.store(to + 4 * pitch + i, x4);
  }
}

/** Runs `count` comparators, pairs of uint16 byte offsets, on wires of 64 bytes. */
function runNetwork<T>(network: usize, count: i32, wires: usize): void {
  const stop = network + (<usize>count << 2);
  for (let at = network; at < stop; at += 4) {
    const a = wires + <usize>load<u16>(at);
    const b = wires + <usize>load<u16>(at, 2);
    const a0 = v128.load(a);
    const b0 = v128.load(b);
    const a1 = v128.load(a, 16);
    const b1 = v128.load(b, 16);
    const a2 = v128.load(a, 32);
    const b2 = v128.load(b, 32);
    const a3 = v128.load(a, 48);
    const b3 = v128.load(b, 48);
    v128.store(a, low<T>(a0, b0));
    v128.store(b, high<T>(a0, b0));
    v128.store(a, low<T>(a1, b1), 16);
    v128.store(b, high<T>(a1, b1), 16);
    v128.store(a, low<T>(a2, b2), 32);
    v128.store(b, high<T>(a2, b2), 32);
    v128.store(a, low<T>(a3, b3), 48);
    v128.store(b, high<T>(a3, b3), 48);
  }
}

@inline
function copyWire(to: usize, from: usize): void {
  v128.store(to, v128.load(from));
  v128.store(to, v128.load(from, 16), 16);
  v128.store(to, v128.load(from, 32), 32);
  v128.store(to, v128.load(from, 48), 48);
}

function median5<T>(
  input: usize,
  out: usize,
  scratch: usize,
  pitch: usize,
  sorting: usize,
  sortingCount: i32,
  selection: usize,
  selectionCount: i32,
  firstZ: i32,
  slabStart: i32,
  nx: i32,
  ny: i32,
  nz: i32,
  start: i32,
  end: i32,
): void {
  const rowBytes = <usize>nx * sizeof<T>();
  const planes = scratch + 25 * pitch + 64;
  const result = planes + 25 * pitch;
  const wires = result + pitch;
  const order = sorting + (<usize>sortingCount << 2);
  const medianWire = wires + <usize>load<u16>(selection + (<usize>selectionCount << 2));
  let next = 0;
  for (let item = start; item < end; item++) {
    const y = item % ny;
    const z = slabStart + item / ny;
    if (item === start || y === 0) next = max(0, y - 2);
    for (; next <= min(ny - 1, y + 2); next++) {
      const a = rowAt<T>(input, firstZ, nx, ny, nz, next, z - 2);
      const b = rowAt<T>(input, firstZ, nx, ny, nz, next, z - 1);
      const c = rowAt<T>(input, firstZ, nx, ny, nz, next, z);
      const d = rowAt<T>(input, firstZ, nx, ny, nz, next, z + 1);
      const e = rowAt<T>(input, firstZ, nx, ny, nz, next, z + 2);
      sortFive<T>(scratch + <usize>(next % 5) * 5 * pitch, pitch, a, b, c, d, e, rowBytes);
    }
    for (let i: usize = 0; i < rowBytes; i += 64) {
      for (let row: usize = 0; row < 5; row++) {
        const near = max(0, min(ny - 1, y + <i32>row - 2));
        const columns = scratch + <usize>(near % 5) * 5 * pitch + i;
        for (let k: usize = 0; k < 5; k++) {
          copyWire(wires + ((5 * row + k) << 6), columns + k * pitch);
        }
      }
      runNetwork<T>(sorting, sortingCount, wires);
      for (let k: usize = 0; k < 25; k++) {
        copyWire(planes + k * pitch + i, wires + <usize>load<u16>(order + (k << 1)));
      }
    }
    for (let k: usize = 0; k < 25; k++) repeatEnds<T>(planes + k * pitch, nx, 2);
    for (let i: usize = 0; i < rowBytes; i += 64) {
      for (let shift: usize = 0; shift < 5; shift++) {
        const from = planes + i + shift * sizeof<T>() - 2 * sizeof<T>();
        for (let k: usize = 0; k < 25; k++) {
          copyWire(wires + ((25 * shift + k) << 6), from + k * pitch);
        }
      }
      runNetwork<T>(selection, selectionCount, wires);
      copyWire(result + i, medianWire);
    }
    memory.copy(out + <usize>item * rowBytes, result, rowBytes);
  }
}

/**
 * Medians over 3³ of rows [start, end) of the slab, counted over its slices.
 * @param input slices `firstZ` … of the volume; those within 1 of the slab are there
 * @param out the slab's slices
 * @param scratch of this thread: 19·pitch + 128 bytes
 * @param pitch bytes between lines: a row, 8 bytes at both ends, rounded up to 64
 */
export function median3U8(input: usize, out: usize, scratch: usize, pitch: usize, firstZ: i32, slabStart: i32, nx: i32, ny: i32, nz: i32, start: i32, end: i32): void {
  median3<u8>(input, out, scratch, pitch, firstZ, slabStart, nx, ny, nz, start, end);
}

export function median3U16(input: usize, out: usize, scratch: usize, pitch: usize, firstZ: i32, slabStart: i32, nx: i32, ny: i32, nz: i32, start: i32, end: i32): void {
  median3<u16>(input, out, scratch, pitch, firstZ, slabStart, nx, ny, nz, start, end);
}

export function median3I32(input: usize, out: usize, scratch: usize, pitch: usize, firstZ: i32, slabStart: i32, nx: i32, ny: i32, nz: i32, start: i32, end: i32): void {
  median3<i32>(input, out, scratch, pitch, firstZ, slabStart, nx, ny, nz, start, end);
}

/**
 * Medians over 5³, as `median3U8`, with the networks of `sortTwentyFive` and `medianOfLists`: pairs
 * of uint16 wire offsets, then the offsets of the results; a wire has 64 bytes.
 * @param scratch of this thread: 51·pitch + 125·64 + 128 bytes
 */
export function median5U8(input: usize, out: usize, scratch: usize, pitch: usize, sorting: usize, sortingCount: i32, selection: usize, selectionCount: i32, firstZ: i32, slabStart: i32, nx: i32, ny: i32, nz: i32, start: i32, end: i32): void {
  median5<u8>(input, out, scratch, pitch, sorting, sortingCount, selection, selectionCount, firstZ, slabStart, nx, ny, nz, start, end);
}

export function median5U16(input: usize, out: usize, scratch: usize, pitch: usize, sorting: usize, sortingCount: i32, selection: usize, selectionCount: i32, firstZ: i32, slabStart: i32, nx: i32, ny: i32, nz: i32, start: i32, end: i32): void {
  median5<u16>(input, out, scratch, pitch, sorting, sortingCount, selection, selectionCount, firstZ, slabStart, nx, ny, nz, start, end);
}

export function median5I32(input: usize, out: usize, scratch: usize, pitch: usize, sorting: usize, sortingCount: i32, selection: usize, selectionCount: i32, firstZ: i32, slabStart: i32, nx: i32, ny: i32, nz: i32, start: i32, end: i32): void {
  median5<i32>(input, out, scratch, pitch, sorting, sortingCount, selection, selectionCount, firstZ, slabStart, nx, ny, nz, start, end);
}
