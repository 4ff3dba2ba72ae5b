/**
 * Non-local means over blocks of a z-slab: see src/kernels/nl-means.ts for the definition.
 *
 * A block copies its surroundings into scratch and visits half of the search offsets d. A weight
 * w(p, p + d) serves p and p + d, so p runs over every voxel of the block and of the block shifted
 * by -d; what falls outside the block is dropped. Each voxel therefore meets the same terms in the
 * same order however the volume is cut: blocks are independent, and so are threads.
 *
 * Offsets go in groups that differ in dx alone: a voxel's sums stay in registers for a group. At a
 * voxel the partners at -d of a group come before those at +d, which is why rows are taken from the
 * last to the first where dy < 0. In its own row, where both are met at once, they come after.
 */
// biome-ignore format: one line
import { C0, C1, C2, C3, C4, EXP2, exp2Below32, HIGHEST, LOWEST, SELF_WEIGHT, WHOLES } from './shared/exp2';

// The problem block: 32-bit words at these byte offsets.
const INPUT: usize = 0;
const NUMERATOR: usize = 4;
const DENOMINATOR: usize = 8;
const GROUPS: usize = 12;
const NX: usize = 16;
const NY: usize = 20;
const NZ: usize = 24;
/** Volume slice that the input buffer starts with. */
const INPUT_Z: usize = 28;
/** Volume slices [SLAB_START, SLAB_END) that the accumulators hold. */
const SLAB_START: usize = 32;
const SLAB_END: usize = 36;
const BLOCK_X: usize = 40;
const BLOCK_Y: usize = 44;
const BLOCK_Z: usize = 48;
const PATCH: usize = 52;
const SEARCH: usize = 56;
const BIAS: usize = 60;
const SCALE: usize = 64;
const UNSCALE: usize = 68;

/**
 * Bytes of a work row: a block is at most 128 voxels wide; search radius 10, twice the patch radius
 * 4 and what vectors overrun come on top. Constant, so that rows are reached by immediates.
 */
const ROW: usize = 640;
/** Two planes' sums along y, a row each. */
const COLUMNS: usize = 2 * ROW;
/**
 * An accumulator row: sums of weighted differences, then sums of weights. Voxels beyond the block,
 * before and after it, have accumulators that nobody reads.
 */
const PAIR: usize = 2 * ROW;
/** Bytes of an accumulator row before the block's first voxel. */
const BEFORE: usize = 64;
/** Sums along y of a row of the block, of all offsets of a group. */
const GROUP_COLUMNS: usize = 4 * COLUMNS;
/** Bytes from an offset's weights to the weighted differences. */
const CHANGES: usize = GROUP_COLUMNS;

/**
 * Running sums along z of a row of windows, a work row each: the last plane; of the last 1 … p - 1
 * pairs of planes; and of each of the last p pairs that came the first plane.
 */
const LAST: usize = 0;
const PAIRS1: usize = ROW;
const PAIRS2: usize = 2 * ROW;
const PAIRS3: usize = 3 * ROW;

/** Offsets of a group share dy and dz, and follow each other in dx: as in src/kernels/nl-means.ts. */
const GROUP: usize = 4;

@inline
function add(a: v128, b: v128): v128 {
  return f32x4.add(a, b);
}

// A window sum of 2p + 1 taps along y or z is the sum of p pairs of neighbours plus the tap that is
// left: the first one for a window about an even coordinate, the last one about an odd coordinate.
// So windows about 2n and 2n + 1 share their pairs, and together cost 2 + p additions. Blocks begin at even
// coordinates, hence sums do not depend on how the volume is cut. Along x all windows are
// ((t0 + t1) + (t2 + t3) + …) + t2p.

/** Sum of 2p + 1 vectors along x in memory. */
@inline
function alongX(at: usize, patch: i32): v128 {
  let sum = add(v128.load(at), v128.load(at, 4));
  if (patch > 1) sum = add(sum, add(v128.load(at, 8), v128.load(at, 12)));
  if (patch > 2) sum = add(sum, add(v128.load(at, 16), v128.load(at, 20)));
  if (patch > 3) sum = add(sum, add(v128.load(at, 24), v128.load(at, 28)));
  if (patch == 1) return add(sum, v128.load(at, 8));
  if (patch == 2) return add(sum, v128.load(at, 16));
  if (patch == 3) return add(sum, v128.load(at, 24));
  return add(sum, v128.load(at, 32));
}

@inline
function squareOf(value: v128, partner: usize): v128 {
  const d = f32x4.sub(value, v128.load(partner));
  return f32x4.mul(d, d);
}

@inline
function squareOf2(value: v128, partner: usize): v128 {
  const d = f32x4.sub(value, v128.load(partner, 4));
  return f32x4.mul(d, d);
}

/**
 * Squared differences of a plane, summed along y: `pairs` pairs of rows, for two offsets at once,
 * the second a voxel further along x.
 * @param source first row of the first window
 * @param to rows of `GROUP_COLUMNS` bytes, the second offset's `COLUMNS` further
 */
@inline
function columnSums(
  patch: i32,
  source: usize,
  partner: usize,
  greyRow: usize,
  to: usize,
  pairs: i32,
  bytes: usize,
): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    let at = source + i;
    let out = to + i;
    const zero = f32x4.splat(0);
    let a1 = zero;
    let a2 = zero;
    let a3 = zero;
    let s1 = zero;
    let s2 = zero;
    let s3 = zero;
    let s4 = zero;
    let lastA = zero;
    let b1 = zero;
    let b2 = zero;
    let b3 = zero;
    let t1 = zero;
    let t2 = zero;
    let t3 = zero;
    let t4 = zero;
    let lastB = zero;
    for (let pair = 0; pair < patch; pair++) {
      const there = at + partner;
      const value0 = v128.load(at);
      const a = squareOf(value0, there);
      const b = squareOf2(value0, there);
      const value1 = v128.load(at + greyRow);
      const bothA = add(lastA, a);
      const bothB = add(lastB, b);
      lastA = squareOf(value1, there + greyRow);
      lastB = squareOf2(value1, there + greyRow);
      if (patch > 3) a3 = add(a2, bothA);
      if (patch > 3) b3 = add(b2, bothB);
      if (patch > 2) a2 = add(a1, bothA);
      if (patch > 2) b2 = add(b1, bothB);
      if (patch > 1) a1 = bothA;
      if (patch > 1) b1 = bothB;
      if (patch > 3) s4 = s3;
      if (patch > 3) t4 = t3;
      if (patch > 2) s3 = s2;
      if (patch > 2) t3 = t2;
      if (patch > 1) s2 = s1;
      if (patch > 1) t2 = t1;
      s1 = a;
      t1 = b;
      at += 2 * greyRow;
    }
    for (let pair = 0; pair < pairs; pair++) {
      const there = at + partner;
      const value0 = v128.load(at);
      const a = squareOf(value0, there);
      const b = squareOf2(value0, there);
      const value1 = v128.load(at + greyRow);
      const bothA = add(lastA, a);
      const bothB = add(lastB, b);
      lastA = squareOf(value1, there + greyRow);
      lastB = squareOf2(value1, there + greyRow);
      const sharedA = patch == 1 ? bothA : add(patch == 2 ? a1 : patch == 3 ? a2 : a3, bothA);
      const sharedB = patch == 1 ? bothB : add(patch == 2 ? b1 : patch == 3 ? b2 : b3, bothB);
      v128.store(out, add(sharedA, patch == 1 ? s1 : patch == 2 ? s2 : patch == 3 ? s3 : s4));
      v128.store(out, add(sharedA, lastA), GROUP_COLUMNS);
      v128.store(
        out,
        add(sharedB, patch == 1 ? t1 : patch == 2 ? t2 : patch == 3 ? t3 : t4),
        COLUMNS,
      );
      v128.store(out, add(sharedB, lastB), GROUP_COLUMNS + COLUMNS);
      out += 2 * GROUP_COLUMNS;
      if (patch > 3) a3 = add(a2, bothA);
      if (patch > 3) b3 = add(b2, bothB);
      if (patch > 2) a2 = add(a1, bothA);
      if (patch > 2) b2 = add(b1, bothB);
      if (patch > 1) a1 = bothA;
      if (patch > 1) b1 = bothB;
      if (patch > 3) s4 = s3;
      if (patch > 3) t4 = t3;
      if (patch > 2) s3 = s2;
      if (patch > 2) t3 = t2;
      if (patch > 1) s2 = s1;
      if (patch > 1) t2 = t1;
      s1 = a;
      t1 = b;
      at += 2 * greyRow;
    }
  }
}

/**
 * Takes two planes' sums along x and y into the running sums of a row along z.
 * @param first row of the first plane `patch` pairs before
 * @returns what the two windows that become complete share
 */
@inline
function advance(state: usize, first: usize, n0: v128, n1: v128, patch: i32): v128 {
  const both = add(v128.load(state, LAST), n0);
  let shared = both;
  if (patch > 3) shared = add(v128.load(state, PAIRS3), both);
  if (patch == 3) shared = add(v128.load(state, PAIRS2), both);
  if (patch == 2) shared = add(v128.load(state, PAIRS1), both);
  if (patch > 3) v128.store(state, add(v128.load(state, PAIRS2), both), PAIRS3);
  if (patch > 2) v128.store(state, add(v128.load(state, PAIRS1), both), PAIRS2);
  if (patch > 1) v128.store(state, both, PAIRS1);
  v128.store(state, n1, LAST);
  v128.store(first, n0);
  return shared;
}

/**
 * Sums of two planes along x and z, of one row.
 * @param columns the row's sums along y
 * @param ring of `state`: the row of the first plane `patch` pairs before
 * @param exponents of the two windows that become complete
 */
@inline
function rowSums(
  patch: i32,
  columns: usize,
  state: usize,
  ring: usize,
  exponents: usize,
  bytes: usize,
  bias: v128,
): void {
  let pair0 = add(v128.load(columns), v128.load(columns, 4));
  let pair1 = add(v128.load(columns, ROW), v128.load(columns, ROW + 4));
  for (let i: usize = 0; i < bytes; i += 16) {
    const at = columns + i;
    let n0: v128;
    let n1: v128;
    if (patch == 2) {
      // As `alongX`, with the pairs of the vector before.
      const x0 = v128.load(at, 16);
      const x1 = v128.load(at, ROW + 16);
      const next0 = add(x0, v128.load(at, 20));
      const next1 = add(x1, v128.load(at, ROW + 20));
      n0 = add(add(pair0, v128.shuffle<f32>(pair0, next0, 2, 3, 4, 5)), x0);
      n1 = add(add(pair1, v128.shuffle<f32>(pair1, next1, 2, 3, 4, 5)), x1);
      pair0 = next0;
      pair1 = next1;
    } else {
      n0 = alongX(at, patch);
      n1 = alongX(at + ROW, patch);
    }
    const first = v128.load(ring + i);
    const shared = advance(state + i, ring + i, n0, n1, patch);
    v128.store(exponents + i, add(add(shared, first), bias));
    v128.store(exponents + i, add(add(shared, n1), bias), ROW);
  }
}

// A function per patch radius, so that every window sum is unrolled: the compiler would join loops of
// one function that differ in constants alone.
// biome-ignore format: one line each
function sumRows1(columns: usize, state: usize, ring: usize, exponents: usize, bytes: usize, bias: v128): void {
  rowSums(1, columns, state, ring, exponents, bytes, bias);
}
// biome-ignore format: one line each
function sumRows2(columns: usize, state: usize, ring: usize, exponents: usize, bytes: usize, bias: v128): void {
  rowSums(2, columns, state, ring, exponents, bytes, bias);
}
// biome-ignore format: one line each
function sumRows3(columns: usize, state: usize, ring: usize, exponents: usize, bytes: usize, bias: v128): void {
  rowSums(3, columns, state, ring, exponents, bytes, bias);
}
// biome-ignore format: one line each
function sumRows4(columns: usize, state: usize, ring: usize, exponents: usize, bytes: usize, bias: v128): void {
  rowSums(4, columns, state, ring, exponents, bytes, bias);
}
// biome-ignore format: one line each
function sumRows(patch: i32, columns: usize, state: usize, ring: usize, exponents: usize, bytes: usize, bias: v128): void {
  if (patch == 1) sumRows1(columns, state, ring, exponents, bytes, bias);
  else if (patch == 2) sumRows2(columns, state, ring, exponents, bytes, bias);
  else if (patch == 3) sumRows3(columns, state, ring, exponents, bytes, bias);
  else sumRows4(columns, state, ring, exponents, bytes, bias);
}

// biome-ignore format: one line each
function sumColumns1(source: usize, partner: usize, greyRow: usize, to: usize, pairs: i32, bytes: usize): void {
  columnSums(1, source, partner, greyRow, to, pairs, bytes);
}
// biome-ignore format: one line each
function sumColumns2(source: usize, partner: usize, greyRow: usize, to: usize, pairs: i32, bytes: usize): void {
  columnSums(2, source, partner, greyRow, to, pairs, bytes);
}
// biome-ignore format: one line each
function sumColumns3(source: usize, partner: usize, greyRow: usize, to: usize, pairs: i32, bytes: usize): void {
  columnSums(3, source, partner, greyRow, to, pairs, bytes);
}
// biome-ignore format: one line each
function sumColumns4(source: usize, partner: usize, greyRow: usize, to: usize, pairs: i32, bytes: usize): void {
  columnSums(4, source, partner, greyRow, to, pairs, bytes);
}
// biome-ignore format: one line each
function sumColumns(patch: i32, source: usize, partner: usize, greyRow: usize, to: usize, pairs: i32, bytes: usize): void {
  if (patch == 1) sumColumns1(source, partner, greyRow, to, pairs, bytes);
  else if (patch == 2) sumColumns2(source, partner, greyRow, to, pairs, bytes);
  else if (patch == 3) sumColumns3(source, partner, greyRow, to, pairs, bytes);
  else sumColumns4(source, partner, greyRow, to, pairs, bytes);
}

/**
 * Weights and weighted differences of a group at a row of voxels, added to the row's sums in the
 * order of the offsets.
 * @param weights at first the exponents
 * @param partners of the same voxel at the first offset
 */
@inline
function addCountedPartners(
  count: i32,
  sums: usize,
  weights: usize,
  values: usize,
  partners: usize,
  bytes: usize,
): void {
  const lowest = v128.load(EXP2, LOWEST);
  const highest = v128.load(EXP2, HIGHEST);
  const wholes = v128.load(EXP2, WHOLES);
  const c0 = v128.load(EXP2, C0);
  const c1 = v128.load(EXP2, C1);
  const c2 = v128.load(EXP2, C2);
  const c3 = v128.load(EXP2, C3);
  const c4 = v128.load(EXP2, C4);
  for (let i: usize = 0; i < bytes; i += 16) {
    const at = weights + i;
    const partner = partners + i;
    const centre = v128.load(values + i);
    let w = exp2Below32(v128.load(at), lowest, highest, wholes, c0, c1, c2, c3, c4);
    let change = f32x4.mul(w, f32x4.sub(v128.load(partner), centre));
    let total = add(v128.load(sums + i, ROW), w);
    let sum = add(v128.load(sums + i), change);
    v128.store(at, w);
    v128.store(at, change, CHANGES);
    if (count > 1) {
      w = exp2Below32(v128.load(at, COLUMNS), lowest, highest, wholes, c0, c1, c2, c3, c4);
      change = f32x4.mul(w, f32x4.sub(v128.load(partner, 4), centre));
      total = add(total, w);
      sum = add(sum, change);
      v128.store(at, w, COLUMNS);
      v128.store(at, change, CHANGES + COLUMNS);
    }
    if (count > 2) {
      w = exp2Below32(v128.load(at, 2 * COLUMNS), lowest, highest, wholes, c0, c1, c2, c3, c4);
      change = f32x4.mul(w, f32x4.sub(v128.load(partner, 8), centre));
      total = add(total, w);
      sum = add(sum, change);
      v128.store(at, w, 2 * COLUMNS);
      v128.store(at, change, CHANGES + 2 * COLUMNS);
    }
    if (count > 3) {
      w = exp2Below32(v128.load(at, 3 * COLUMNS), lowest, highest, wholes, c0, c1, c2, c3, c4);
      change = f32x4.mul(w, f32x4.sub(v128.load(partner, 12), centre));
      total = add(total, w);
      sum = add(sum, change);
      v128.store(at, w, 3 * COLUMNS);
      v128.store(at, change, CHANGES + 3 * COLUMNS);
    }
    v128.store(sums + i, sum);
    v128.store(sums + i, total, ROW);
  }
}

// biome-ignore format: one line each
function addPartners1(sums: usize, weights: usize, values: usize, partners: usize, bytes: usize): void {
  addCountedPartners(1, sums, weights, values, partners, bytes);
}
// biome-ignore format: one line each
function addPartners2(sums: usize, weights: usize, values: usize, partners: usize, bytes: usize): void {
  addCountedPartners(2, sums, weights, values, partners, bytes);
}
// biome-ignore format: one line each
function addPartners3(sums: usize, weights: usize, values: usize, partners: usize, bytes: usize): void {
  addCountedPartners(3, sums, weights, values, partners, bytes);
}
// biome-ignore format: one line each
function addPartners4(sums: usize, weights: usize, values: usize, partners: usize, bytes: usize): void {
  addCountedPartners(4, sums, weights, values, partners, bytes);
}
// biome-ignore format: one line each
function addPartners(count: i32, sums: usize, weights: usize, values: usize, partners: usize, bytes: usize): void {
  if (count == 1) addPartners1(sums, weights, values, partners, bytes);
  else if (count == 2) addPartners2(sums, weights, values, partners, bytes);
  else if (count == 3) addPartners3(sums, weights, values, partners, bytes);
  else addPartners4(sums, weights, values, partners, bytes);
}

/**
 * Adds those voxels to a row of sums whose partners the row's are, in the order of the offsets.
 * @param weights of the last offset that a group can have and the voxel that has the sums' first as
 *     its partner
 */
@inline
function addCountedReturns(count: i32, sums: usize, weights: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    const at = weights + i;
    let total = add(v128.load(sums + i, ROW), v128.load(at, 12));
    let sum = f32x4.sub(v128.load(sums + i), v128.load(at, CHANGES + 12));
    if (count > 1) {
      total = add(total, v128.load(at, COLUMNS + 8));
      sum = f32x4.sub(sum, v128.load(at, CHANGES + COLUMNS + 8));
    }
    if (count > 2) {
      total = add(total, v128.load(at, 2 * COLUMNS + 4));
      sum = f32x4.sub(sum, v128.load(at, CHANGES + 2 * COLUMNS + 4));
    }
    if (count > 3) {
      total = add(total, v128.load(at, 3 * COLUMNS));
      sum = f32x4.sub(sum, v128.load(at, CHANGES + 3 * COLUMNS));
    }
    v128.store(sums + i, sum);
    v128.store(sums + i, total, ROW);
  }
}

// biome-ignore format: one line each
function addReturns1(sums: usize, weights: usize, bytes: usize): void {
  addCountedReturns(1, sums, weights, bytes);
}
// biome-ignore format: one line each
function addReturns2(sums: usize, weights: usize, bytes: usize): void {
  addCountedReturns(2, sums, weights, bytes);
}
// biome-ignore format: one line each
function addReturns3(sums: usize, weights: usize, bytes: usize): void {
  addCountedReturns(3, sums, weights, bytes);
}
// biome-ignore format: one line each
function addReturns4(sums: usize, weights: usize, bytes: usize): void {
  addCountedReturns(4, sums, weights, bytes);
}
// biome-ignore format: one line each
function addReturns(count: i32, sums: usize, weights: usize, bytes: usize): void {
  if (count == 1) addReturns1(sums, weights, bytes);
  else if (count == 2) addReturns2(sums, weights, bytes);
  else if (count == 3) addReturns3(sums, weights, bytes);
  else addReturns4(sums, weights, bytes);
}

/**
 * One group of offsets over one block: dx to dx + count - 1 at dy and dz.
 * @param grey scratch copy of the block and its margin; `greyRow`, `greyPlane` its strides in bytes
 * @param sums accumulator rows of the block
 * @param work rows of weights, then for each offset rows of sums along y and running sums along z
 */
function addGroup(
  patch: i32,
  search: i32,
  dx: i32,
  dy: i32,
  dz: i32,
  count: i32,
  sx: i32,
  sy: i32,
  sz: i32,
  grey: usize,
  greyRow: usize,
  greyPlane: usize,
  sums: usize,
  work: usize,
  bias: v128,
): void {
  const margin = patch + search;
  const last = dx + count - 1;
  const xStart = last > 0 ? -last : 0;
  const yStart = dy > 0 ? -dy & ~1 : 0;
  const zStart = -dz & ~1;
  const width = sx - xStart + (dx < 0 ? -dx : 0);
  const height = sy - yStart + (dy < 0 ? -dy : 0);
  const bytes = ((<usize>width + 3) & ~3) << 2;
  const wideBytes = ((<usize>width + 2 * patch + 3) & ~3) << 2;
  const sumBytes = ((<usize>sx + 3) & ~3) << 2;
  const rowPairs = (height + 1) >> 1;
  const stateBytes: usize = (2 * <usize>patch) * ROW;
  const memberBytes = <usize>height * stateBytes;
  const nowhere = work + 2 * CHANGES;
  const columns = nowhere + PAIR;
  const members = columns + <usize>(2 * rowPairs) * GROUP_COLUMNS;
  const far = dz * <i32>greyPlane + dy * <i32>greyRow;

  // Planes come in pairs: zNew and zNew + 1 complete the windows of z and z + 1.
  const ringStart = stateBytes >> 1;
  let ring = ringStart;
  for (let zNew = zStart - patch; zNew < sz + patch; zNew += 2) {
    const z = zNew - patch;
    ring += ROW;
    if (ring == stateBytes) ring = ringStart;
    const source =
      grey +
      <usize>((zNew + margin) * <i32>greyPlane) +
      <usize>((yStart - patch + margin) * <i32>greyRow) +
      (<usize>(xStart - patch + margin) << 2);
    // Two offsets at once; of an odd number the last is taken with one beyond, which nobody reads.
    for (let k = 0; k < count; k += 2) {
      const to = columns + <usize>k * COLUMNS;
      const partner = <usize>(far + ((dx + k) << 2));
      sumColumns(patch, source, partner, greyRow, to, rowPairs, wideBytes);
      sumColumns(patch, source + greyPlane, partner, greyRow, to + ROW, rowPairs, wideBytes);
    }
    for (let step = 0; step < height; step++) {
      // Rows in the order in which a voxel is first a partner, then has partners.
      const y = dy < 0 ? height - 1 - step : step;
      for (let k = 0; k < count; k++) {
        const from = columns + <usize>y * GROUP_COLUMNS + <usize>k * COLUMNS;
        const state = members + <usize>k * memberBytes + <usize>y * stateBytes;
        const weights = work + <usize>k * COLUMNS;
        sumRows(patch, from, state, state + ring, weights, bytes, bias);
      }
      // The first pairs of planes complete no window yet.
      if (z < zStart) continue;
      const yHere = yStart + y;
      const yThere = yHere + dy;
      for (let plane = 0; plane < 2; plane++) {
        const zHere = z + plane;
        const zThere = zHere + dz;
        const weights = work + <usize>plane * ROW;
        const here =
          grey +
          <usize>((zHere + margin) * <i32>greyPlane) +
          <usize>((yHere + margin) * <i32>greyRow) +
          (<usize>(xStart + margin) << 2);
        const inside = zHere >= 0 && zHere < sz && yHere >= 0 && yHere < sy;
        const sum = inside ? sums + <usize>(zHere * sy + yHere) * PAIR : nowhere + BEFORE;
        addPartners(count, sum + (xStart << 2), weights, here, here + far + (dx << 2), bytes);
        if (zThere >= 0 && zThere < sz && yThere >= 0 && yThere < sy) {
          const back = (xStart + dx + <i32>GROUP - 1) << 2;
          addReturns(count, sums + <usize>(zThere * sy + yThere) * PAIR, weights - back, sumBytes);
        }
      }
    }
  }
}

@inline
function clamp(i: i32, n: i32): i32 {
  return i < 0 ? 0 : i >= n ? n - 1 : i;
}

/** Copies `count` floats times `scale`. */
function copyScaled(to: usize, from: usize, count: i32, scale: f32): void {
  const bytes = <usize>count << 2;
  const factor = f32x4.splat(scale);
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) v128.store(to + i, f32x4.mul(v128.load(from + i), factor));
  for (; i < bytes; i += 4) store<f32>(to + i, load<f32>(from + i) * scale);
}

function smaller(a: i32, b: i32): i32 {
  return a < b ? a : b;
}

/**
 * Adds the groups of offsets [firstGroup, endGroup) to the accumulators of the blocks [start, end); blocks
 * are numbered x fastest. The first batch starts the accumulators at 0 and at the self weight.
 * @param scratch of this thread
 */
export function nlMeansBlocks(
  problem: usize,
  scratch: usize,
  firstGroup: i32,
  endGroup: i32,
  start: i32,
  end: i32,
): void {
  const input = load<usize>(problem, INPUT);
  const numerator = load<usize>(problem, NUMERATOR);
  const denominator = load<usize>(problem, DENOMINATOR);
  const groups = load<usize>(problem, GROUPS);
  const nx = load<i32>(problem, NX);
  const ny = load<i32>(problem, NY);
  const nz = load<i32>(problem, NZ);
  const inputZ = load<i32>(problem, INPUT_Z);
  const slabStart = load<i32>(problem, SLAB_START);
  const slabEnd = load<i32>(problem, SLAB_END);
  const blockX = load<i32>(problem, BLOCK_X);
  const blockY = load<i32>(problem, BLOCK_Y);
  const blockZ = load<i32>(problem, BLOCK_Z);
  const patch = load<i32>(problem, PATCH);
  const search = load<i32>(problem, SEARCH);
  const bias = v128.load_splat<f32>(problem, BIAS);
  const scale = load<f32>(problem, SCALE);
  const margin = patch + search;
  const blocksX = (nx + blockX - 1) / blockX;
  const blocksY = (ny + blockY - 1) / blockY;

  for (let block = start; block < end; block++) {
    const x0 = (block % blocksX) * blockX;
    const y0 = ((block / blocksX) % blocksY) * blockY;
    const z0 = slabStart + (block / (blocksX * blocksY)) * blockZ;
    const sx = smaller(blockX, nx - x0);
    const sy = smaller(blockY, ny - y0);
    const sz = smaller(blockZ, slabEnd - z0);

    const greyRow = (<usize>(sx + 2 * margin + 8) << 2) & ~15;
    const greyPlane = greyRow * <usize>(sy + 2 * margin);
    // Windows begin at even coordinates: odd offsets read a plane and a row before, to no effect.
    const grey = scratch + greyPlane + greyRow;
    const sums = grey + greyPlane * <usize>(sz + 2 * margin + 1) + BEFORE;
    const work = sums + <usize>(sy * sz) * PAIR;

    // The part of a margin row inside the volume is copied, the rest repeats its ends.
    const left = smaller(margin, x0);
    const right = smaller(margin, nx - x0 - sx);
    const inside = left + sx + right;
    for (let z = -margin; z < sz + margin; z++) {
      for (let y = -margin; y < sy + margin; y++) {
        const slice = clamp(z0 + z, nz) - inputZ;
        const from =
          input + (<usize>((slice * ny + clamp(y0 + y, ny)) * nx + x0 - left) << 2);
        const to = grey + <usize>(z + margin) * greyPlane + <usize>(y + margin) * greyRow;
        const first = to + (<usize>(margin - left) << 2);
        copyScaled(first, from, inside, scale);
        const low = load<f32>(first);
        for (let at = to; at < first; at += 4) store<f32>(at, low);
        const past = first + (<usize>inside << 2);
        const high = load<f32>(past - 4);
        for (let at = past; at < to + greyRow; at += 4) store<f32>(at, high);
      }
    }

    for (let row = 0; row < sy * sz; row++) {
      const sum = sums + <usize>row * PAIR;
      const z = row / sy;
      const voxel = <usize>(((z0 - slabStart + z) * ny + y0 + row - z * sy) * nx + x0) << 2;
      if (firstGroup == 0) {
        memory.fill(sum, 0, <usize>sx << 2);
        for (let x = 0; x < sx; x++) store<f32>(sum + (<usize>x << 2), SELF_WEIGHT, ROW);
      } else {
        memory.copy(sum, numerator + voxel, <usize>sx << 2);
        memory.copy(sum + ROW, denominator + voxel, <usize>sx << 2);
      }
    }

    for (let g = firstGroup; g < endGroup; g++) {
      const at = groups + <usize>g * 16;
      const dx = load<i32>(at);
      const dy = load<i32>(at, 4);
      const dz = load<i32>(at, 8);
      const count = load<i32>(at, 12);
      // biome-ignore format: one line
      addGroup(patch, search, dx, dy, dz, count, sx, sy, sz, grey, greyRow, greyPlane, sums, work, bias);
    }

    for (let row = 0; row < sy * sz; row++) {
      const z = row / sy;
      const voxel = <usize>(((z0 - slabStart + z) * ny + y0 + row - z * sy) * nx + x0) << 2;
      const sum = sums + <usize>row * PAIR;
      memory.copy(numerator + voxel, sum, <usize>sx << 2);
      memory.copy(denominator + voxel, sum + ROW, <usize>sx << 2);
    }
  }
}

/** numerator ← grey + numerator / denominator, over slices [start, end) of the slab. */
export function nlMeansFinish(problem: usize, start: i32, end: i32): void {
  const nx = load<i32>(problem, NX);
  const ny = load<i32>(problem, NY);
  const skipped = load<i32>(problem, SLAB_START) - load<i32>(problem, INPUT_Z);
  const plane = <usize>(nx * ny) << 2;
  const input = load<usize>(problem, INPUT) + <usize>skipped * plane;
  const numerator = load<usize>(problem, NUMERATOR);
  const denominator = load<usize>(problem, DENOMINATOR);
  const unscale = load<f32>(problem, UNSCALE);
  for (let i = <usize>start * plane; i < <usize>end * plane; i += 4) {
    const change = (load<f32>(numerator + i) / load<f32>(denominator + i)) * unscale;
    store<f32>(numerator + i, load<f32>(input + i) + change);
  }
}
