/**
 * Exact Euclidean distance to the nearest voxel of another label, squared, in whole numbers: int32
 * for cubic voxels, float64 holding whole numbers else. Definition and scalar form in
 * src/kernels/distance.ts. Three passes, along y, x and z; each finds min over q of f(q) + w (p - q)²
 * along its lines, where f is the result of the pass before.
 *
 * Another label at distance e on the line itself gives w e² at once. With that bound no run of equal
 * labels has to be looked for: a voxel beyond the run is farther than e, so it cannot be lower.
 */

/** Distance on a line that ends without another label: more than any line has voxels. */
const NONE: i32 = 16384;
const NONE_SQUARED: f64 = 4503599627370496; // 2^52

/** Distances up to here are found by looking at every voxel nearer, four or more lines at once. */
const SHORT: i32 = 24;
const SHORT_SQUARED: i32 = SHORT * SHORT;

/** Columns of a block: their int32 values fill a cache line. */
const COLUMNS: i32 = 16;

/** Distances along a line of 16 columns: forwards, or backwards with the minimum of both. */
@inline
function stepFrom(distance: v128, same: v128): v128 {
  return i16x8.add_sat_s(v128.and(distance, same), i16x8.splat(1));
}

/**
 * Distance to the nearest other label along a line, for 16 columns at once.
 * @param labels first voxel of the block, lines `labelStep` apart
 * @param out lines of 16 int16, 32 bytes apart
 */
function columnDistances(
  labels: usize,
  labelStep: usize,
  out: usize,
  length: i32,
  walls: i32,
): void {
  const border = i16x8.splat(walls ? 0 : <i16>NONE);
  const all = i8x16.splat(-1);
  let low = border;
  let high = border;
  let from = labels;
  let before = v128.load(from);
  for (let i = 0; i < length; i++) {
    const here = v128.load(from);
    const same = i === 0 ? all : i8x16.eq(here, before);
    low = stepFrom(low, i16x8.extend_low_i8x16_s(same));
    high = stepFrom(high, i16x8.extend_high_i8x16_s(same));
    v128.store(out + (<usize>i << 5), low);
    v128.store(out + (<usize>i << 5), high, 16);
    before = here;
    from += labelStep;
  }
  low = border;
  high = border;
  for (let i = length - 1; i >= 0; i--) {
    from -= labelStep;
    const here = v128.load(from);
    const same = i === length - 1 ? all : i8x16.eq(here, before);
    low = stepFrom(low, i16x8.extend_low_i8x16_s(same));
    high = stepFrom(high, i16x8.extend_high_i8x16_s(same));
    const at = out + (<usize>i << 5);
    v128.store(at, i16x8.min_s(low, v128.load(at)));
    v128.store(at, i16x8.min_s(high, v128.load(at, 16)), 16);
    before = here;
  }
}

/** The same for one line of consecutive voxels: int32 at `out`. */
function rowDistances(labels: usize, out: usize, length: i32, walls: i32): void {
  const border = walls ? 0 : NONE;
  let distance = border + 1;
  let before: i32 = load<u8>(labels);
  store<i32>(out, distance);
  for (let i = 1; i < length; i++) {
    const here: i32 = load<u8>(labels + <usize>i);
    distance = (here === before ? distance : 0) + 1;
    store<i32>(out + (<usize>i << 2), distance);
    before = here;
  }
  distance = border + 1;
  for (let i = length - 1; i >= 0; i--) {
    const here: i32 = load<u8>(labels + <usize>i);
    if (i !== length - 1) distance = (here === before ? distance : 0) + 1;
    const at = out + (<usize>i << 2);
    store<i32>(at, min(distance, load<i32>(at)));
    before = here;
  }
}

@inline
function squareOf<T>(distance: i32, weight: T): T {
  if (isFloat<T>()) {
    return distance > NONE ? <T>NONE_SQUARED : <T>(distance * distance) * weight;
  }
  return <T>(distance * distance);
}

/** Height of the parabola of `site` at `position`. */
@inline
function heightAt<T>(site: i32, height: T, position: i32, weight: T): T {
  const away = position - site;
  if (isFloat<T>()) return height + weight * <T>(away * away);
  return height + <T>(away * away);
}

/** Last position where the parabola of `before` is not above that of `site`. */
@inline
function lastBefore<T>(before: i32, heightBefore: T, site: i32, height: T, weight: T): i32 {
  const squares = site * site - before * before;
  if (isFloat<T>()) {
    const rise = weight * <T>squares + (height - heightBefore);
    const run = <T>2 * weight * <T>(site - before);
    let last = <T>Math.floor(<f64>(rise / run));
    // The quotient's rounding must not move the position.
    if (last * run > rise) last -= <T>1;
    else if ((last + <T>1) * run <= rise) last += <T>1;
    return <i32>last;
  }
  return <i32>(<u32>(squares + <i32>(height - heightBefore)) / <u32>((site - before) << 1));
}

/**
 * Lower envelope over positions [from, to) of a line, all of one label, with sites of height 0 just
 * outside where another label is there.
 * @param f heights, `step` bytes apart
 * @param out results, `step` bytes apart; may not be `f`
 * @param stack 16 bytes for each site: height (8 bytes), site, start
 */
function envelopeOfRun<T>(
  f: usize,
  out: usize,
  step: usize,
  from: i32,
  to: i32,
  atStart: i32,
  atEnd: i32,
  weight: T,
  stack: usize,
): void {
  // The top of the stack, kept in registers.
  let top: usize = stack;
  let depth = 0;
  let topSite = 0;
  let topHeight: T = 0;
  let topStart = 0;
  const end = atEnd ? to : to - 1;
  for (let site = atStart ? from - 1 : from; site <= end; site++) {
    const height: T = site < from || site === to ? 0 : load<T>(f + <usize>site * step);
    while (
      depth > 0 &&
      heightAt<T>(topSite, topHeight, topStart, weight) > heightAt<T>(site, height, topStart, weight)
    ) {
      depth--;
      top -= 16;
      topHeight = load<T>(top);
      topSite = load<i32>(top, 8);
      topStart = load<i32>(top, 12);
    }
    let start = from;
    if (depth > 0) {
      start = lastBefore<T>(topSite, topHeight, site, height, weight) + 1;
      if (start >= to) continue;
    }
    // What was on top goes below it; the bottom's place holds nothing.
    store<T>(top, topHeight);
    store<i32>(top, topSite, 8);
    store<i32>(top, topStart, 12);
    top += 16;
    depth++;
    topSite = site;
    topHeight = height;
    topStart = start;
  }
  for (let position = to - 1; position >= from; position--) {
    store<T>(
      out + <usize>position * step,
      heightAt<T>(topSite, topHeight, position, weight),
    );
    if (position === topStart) {
      top -= 16;
      topHeight = load<T>(top);
      topSite = load<i32>(top, 8);
      topStart = load<i32>(top, 12);
    }
  }
}

/** `envelopeOfRun` for each run of equal labels of a line; runs of `outside` get 0. */
function envelopes<T>(
  f: usize,
  out: usize,
  step: usize,
  labels: usize,
  labelStep: usize,
  length: i32,
  weight: T,
  walls: i32,
  outside: i32,
  stack: usize,
): void {
  let from = 0;
  while (from < length) {
    const label: i32 = load<u8>(labels + <usize>from * labelStep);
    let to = from + 1;
    while (to < length && load<u8>(labels + <usize>to * labelStep) === <u8>label) to++;
    if (label === outside) {
      for (let i = from; i < to; i++) store<T>(out + <usize>i * step, 0);
    } else {
      const atStart = i32(from > 0) | walls;
      const atEnd = i32(to < length) | walls;
      envelopeOfRun<T>(f, out, step, from, to, atStart, atEnd, weight, stack);
    }
    from = to;
  }
}

/**
 * min over k of f(p ± k) + k², starting from the bounds in `best`, all at most `SHORT`².
 * `f` and `best` hold `bytes` bytes of int32; p ± k lies `k · step` bytes away, and at least `SHORT`
 * steps on both sides of `f` can be read and are not low.
 */
function searchNear(f: usize, best: usize, bytes: usize, step: usize): void {
  for (let i: usize = 0; i < bytes; i += 32) {
    let b0 = v128.load(best + i);
    let b1 = v128.load(best + i, 16);
    let square = i32x4.splat(1);
    let odd = i32x4.splat(3);
    let below = f + i - step;
    let above = f + i + step;
    while (v128.any_true(v128.or(i32x4.gt_s(b0, square), i32x4.gt_s(b1, square)))) {
      const n0 = i32x4.min_s(v128.load(below), v128.load(above));
      const n1 = i32x4.min_s(v128.load(below, 16), v128.load(above, 16));
      b0 = i32x4.min_s(b0, i32x4.add(n0, square));
      b1 = i32x4.min_s(b1, i32x4.add(n1, square));
      square = i32x4.add(square, odd);
      odd = i32x4.add(odd, i32x4.splat(2));
      below -= step;
      above += step;
    }
    v128.store(best + i, b0);
    v128.store(best + i, b1, 16);
  }
}

/** Bytes of a line, rounded up to whole pairs of vectors. */
@inline
function roundUp(bytes: usize): usize {
  return (bytes + 31) & ~31;
}

@inline
function largestLane(v: v128): i32 {
  return max(
    max(i32x4.extract_lane(v, 0), i32x4.extract_lane(v, 1)),
    max(i32x4.extract_lane(v, 2), i32x4.extract_lane(v, 3)),
  );
}

/** Copies `columns` of 16 values of `T` at `from` to `to`. */
@inline
function storeColumns<T>(to: usize, from: usize, columns: i32): void {
  if (columns === COLUMNS) {
    for (let byte: usize = 0; byte < <usize>COLUMNS * sizeof<T>(); byte += 16) {
      v128.store(to + byte, v128.load(from + byte));
    }
  } else {
    memory.copy(to, from, <usize>columns * sizeof<T>());
  }
}

function alongY<T>(
  labels: usize,
  out: usize,
  scratch: usize,
  nx: i32,
  ny: i32,
  weight: T,
  walls: i32,
  outside: i32,
  start: i32,
  end: i32,
): void {
  const blocks = (nx + COLUMNS - 1) / COLUMNS;
  const line = scratch + (<usize>ny << 5);
  for (let item = start; item < end; item++) {
    const x = (item % blocks) * COLUMNS;
    const columns = min(COLUMNS, nx - x);
    const first = <usize>(item / blocks) * <usize>(nx * ny) + <usize>x;
    columnDistances(labels + first, nx, scratch, ny, walls);
    for (let y = 0; y < ny; y++) {
      const voxel = first + <usize>(y * nx);
      const distances = scratch + (<usize>y << 5);
      if (isFloat<T>()) {
        for (let i = 0; i < COLUMNS; i++) {
          const distance: i32 = load<i16>(distances + (<usize>i << 1));
          const measured = <i32>load<u8>(labels + voxel + <usize>i) !== outside;
          store<T>(line + <usize>i * sizeof<T>(), measured ? squareOf<T>(distance, weight) : 0);
        }
      } else {
        const none = i8x16.eq(v128.load(labels + voxel), i8x16.splat(<i8>outside));
        const skipped = outside >= 0 ? none : i8x16.splat(0);
        const d0 = v128.load(distances);
        const d1 = v128.load(distances, 16);
        const low = v128.andnot(d0, i16x8.extend_low_i8x16_s(skipped));
        const high = v128.andnot(d1, i16x8.extend_high_i8x16_s(skipped));
        v128.store(line, i32x4.extmul_low_i16x8_s(low, low));
        v128.store(line, i32x4.extmul_high_i16x8_s(low, low), 16);
        v128.store(line, i32x4.extmul_low_i16x8_s(high, high), 32);
        v128.store(line, i32x4.extmul_high_i16x8_s(high, high), 48);
      }
      storeColumns<T>(out + voxel * sizeof<T>(), line, columns);
    }
  }
}

/**
 * First pass: out = w e² with e the distance to another label along y, 0 for `outside`. Items are
 * blocks of 16 columns, counted over the slices of the slab.
 * @param labels uint8 of the slab, x fastest
 * @param out int32 of the slab
 * @param scratch of this thread: 32·ny + 128 bytes
 * @param walls 1 where the outside of the volume is another label, else 0
 */
export function distanceAlongY(
  labels: usize,
  out: usize,
  scratch: usize,
  nx: i32,
  ny: i32,
  walls: i32,
  outside: i32,
  start: i32,
  end: i32,
): void {
  alongY<i32>(labels, out, scratch, nx, ny, 1, walls, outside, start, end);
}

/** `distanceAlongY` in float64 whole numbers, with the squared voxel edge along y. */
export function distanceAlongYWeighted(
  labels: usize,
  out: usize,
  scratch: usize,
  nx: i32,
  ny: i32,
  weight: f64,
  walls: i32,
  outside: i32,
  start: i32,
  end: i32,
): void {
  alongY<f64>(labels, out, scratch, nx, ny, weight, walls, outside, start, end);
}

/**
 * Second pass, in place: rows [start, end) along x.
 * @param squared int32, nx to a row
 * @param scratch of this thread: 4·(2·nx + 2·24 + 32) + 16·(nx + 4) bytes
 */
export function distanceAlongX(
  labels: usize,
  squared: usize,
  scratch: usize,
  nx: i32,
  walls: i32,
  outside: i32,
  start: i32,
  end: i32,
): void {
  const bytes = <usize>nx << 2;
  const rounded = roundUp(bytes);
  const f = scratch + (SHORT << 2);
  const best = f + rounded + (SHORT << 2);
  const stack = best + rounded;
  for (let i = 0; i < SHORT; i++) {
    store<i32>(scratch + (<usize>i << 2), NONE * NONE);
  }
  for (let row = start; row < end; row++) {
    const rowLabels = labels + <usize>row * <usize>nx;
    const at = squared + <usize>row * bytes;
    rowDistances(rowLabels, best, nx, walls);
    memory.copy(f, at, bytes);
    for (let i = bytes; i < rounded + (SHORT << 2); i += 4) store<i32>(f + i, NONE * NONE);
    for (let i = bytes; i < rounded; i += 4) store<i32>(best + i, 0);
    let largest = i32x4.splat(0);
    for (let i: usize = 0; i < rounded; i += 16) {
      const e = v128.load(best + i);
      const bound = i32x4.min_s(i32x4.mul(e, e), v128.load(f + i));
      v128.store(best + i, bound);
      largest = i32x4.max_s(largest, bound);
    }
    if (largestLane(largest) <= SHORT_SQUARED) {
      searchNear(f, best, rounded, 4);
    } else {
      envelopes<i32>(f, best, 4, rowLabels, 1, nx, 1, walls, outside, stack);
    }
    memory.copy(at, best, bytes);
  }
}

/** `distanceAlongX` in float64 whole numbers. Scratch: 8·nx + 16·(nx + 4) bytes. */
export function distanceAlongXWeighted(
  labels: usize,
  squared: usize,
  scratch: usize,
  nx: i32,
  weight: f64,
  walls: i32,
  outside: i32,
  start: i32,
  end: i32,
): void {
  const bytes = <usize>nx << 3;
  const stack = scratch + bytes;
  for (let row = start; row < end; row++) {
    const at = squared + <usize>row * bytes;
    memory.copy(scratch, at, bytes);
    const rowLabels = labels + <usize>row * <usize>nx;
    envelopes<f64>(scratch, at, 8, rowLabels, 1, nx, weight, walls, outside, stack);
  }
}

/**
 * Third pass, in place: blocks [start, end) of 16 columns along z, counted along x, then y.
 * @param scratch of this thread: (2·64 + 32 + 16)·nz + 2·24·64 + 16·(nz + 4) + 128 bytes
 */
export function distanceAlongZ(
  labels: usize,
  squared: usize,
  scratch: usize,
  nx: i32,
  ny: i32,
  nz: i32,
  walls: i32,
  outside: i32,
  start: i32,
  end: i32,
): void {
  const blocks = (nx + COLUMNS - 1) / COLUMNS;
  const plane = <usize>(nx * ny);
  const lines = <usize>nz << 6;
  const f = scratch + (SHORT << 6);
  const best = f + lines + (SHORT << 6);
  const distances = best + lines;
  const own = distances + (<usize>nz << 5);
  const stack = own + (<usize>nz << 4);
  for (let i: usize = 0; i < <usize>(SHORT << 6); i += 16) {
    v128.store(scratch + i, i32x4.splat(NONE * NONE));
    v128.store(f + lines + i, i32x4.splat(NONE * NONE));
  }
  for (let item = start; item < end; item++) {
    const x = (item % blocks) * COLUMNS;
    const columns = min(COLUMNS, nx - x);
    const first = <usize>(item / blocks) * <usize>nx + <usize>x;
    columnDistances(labels + first, plane, distances, nz, walls);
    let largest = i32x4.splat(0);
    for (let z = 0; z < nz; z++) {
      const at = squared + ((first + <usize>z * plane) << 2);
      const from = f + (<usize>z << 6);
      const to = best + (<usize>z << 6);
      for (let part: usize = 0; part < 64; part += 32) {
        const e = v128.load(distances + (<usize>z << 5) + (part >> 1));
        const f0 = v128.load(at + part);
        const f1 = v128.load(at + part, 16);
        v128.store(from + part, f0);
        v128.store(from + part, f1, 16);
        const b0 = i32x4.min_s(f0, i32x4.extmul_low_i16x8_s(e, e));
        const b1 = i32x4.min_s(f1, i32x4.extmul_high_i16x8_s(e, e));
        v128.store(to + part, b0);
        v128.store(to + part, b1, 16);
        largest = i32x4.max_s(largest, i32x4.max_s(b0, b1));
      }
    }
    if (largestLane(largest) <= SHORT_SQUARED) {
      searchNear(f, best, lines, 64);
    } else {
      for (let z = 0; z < nz; z++) {
        v128.store(own + (<usize>z << 4), v128.load(labels + first + <usize>z * plane));
      }
      for (let column: usize = 0; column < <usize>columns; column++) {
        const shift = column << 2;
        envelopes<i32>(f + shift, best + shift, 64, own + column, 16, nz, 1, walls, outside, stack);
      }
    }
    for (let z = 0; z < nz; z++) {
      const at = squared + ((first + <usize>z * plane) << 2);
      storeColumns<i32>(at, best + (<usize>z << 6), columns);
    }
  }
}

/** `distanceAlongZ` in float64 whole numbers. Scratch: (2·128 + 16)·nz + 16·(nz + 4) bytes. */
export function distanceAlongZWeighted(
  labels: usize,
  squared: usize,
  scratch: usize,
  nx: i32,
  ny: i32,
  nz: i32,
  weight: f64,
  walls: i32,
  outside: i32,
  start: i32,
  end: i32,
): void {
  const blocks = (nx + COLUMNS - 1) / COLUMNS;
  const plane = <usize>(nx * ny);
  const lines = <usize>nz << 7;
  const best = scratch + lines;
  const own = best + lines;
  const stack = own + (<usize>nz << 4);
  for (let item = start; item < end; item++) {
    const x = (item % blocks) * COLUMNS;
    const columns = min(COLUMNS, nx - x);
    const first = <usize>(item / blocks) * <usize>nx + <usize>x;
    for (let z = 0; z < nz; z++) {
      const voxel = first + <usize>z * plane;
      memory.copy(scratch + (<usize>z << 7), squared + (voxel << 3), 128);
      v128.store(own + (<usize>z << 4), v128.load(labels + voxel));
    }
    for (let column: usize = 0; column < <usize>columns; column++) {
      const shift = column << 3;
      // biome-ignore format: one call
      envelopes<f64>(scratch + shift, best + shift, 128, own + column, 16, nz, weight, walls, outside, stack);
    }
    for (let z = 0; z < nz; z++) {
      storeColumns<f64>(squared + ((first + <usize>z * plane) << 3), best + (<usize>z << 7), columns);
    }
  }
}

/**
 * Counts the values of voxels [start, end) by label in a table of `labelCount` rows of `columns`
 * uint32. Values that have no column are counted in the word after the table.
 * @param table of this thread, zero at first; counts are whole numbers, so their sum over threads
 *   does not depend on how voxels were dealt out
 */
export function countSquares(
  labels: usize,
  squared: usize,
  table: usize,
  columns: u32,
  labelCount: u32,
  start: i32,
  end: i32,
): void {
  const beyond = columns * labelCount;
  for (let i = <usize>start; i < <usize>end; i++) {
    const value = load<u32>(squared + (i << 2));
    const cell = value < columns ? load<u8>(labels + i) * columns + value : beyond;
    const at = table + (<usize>cell << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}

/** √value · scale of int32 voxels [start, end), rounded to float32, in their place. */
export function squaresToLengths(squared: usize, scale: f64, start: i32, end: i32): void {
  const factor = f64x2.splat(scale);
  let at = squared + (<usize>start << 2);
  const stop = squared + (<usize>end << 2);
  for (; at + 16 <= stop; at += 16) {
    const values = v128.load(at);
    const high = i8x16.shuffle(values, values, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
    const l0 = f64x2.mul(f64x2.sqrt(f64x2.convert_low_i32x4_s(values)), factor);
    const l1 = f64x2.mul(f64x2.sqrt(f64x2.convert_low_i32x4_s(high)), factor);
    const low = f32x4.demote_f64x2_zero(l0);
    v128.store(at, i64x2.replace_lane(low, 1, i64x2.extract_lane(f32x4.demote_f64x2_zero(l1), 0)));
  }
  for (; at < stop; at += 4) {
    store<f32>(at, <f32>(Math.sqrt(<f64>load<i32>(at)) * scale));
  }
}
