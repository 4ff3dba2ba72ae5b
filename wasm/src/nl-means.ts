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
 * last to the first where dy < 0.
 */
import { exp2Below32 } from './shared/exp2';

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
const SLOPE: usize = 60;
const BIAS: usize = 64;
const SCALE: usize = 68;
const UNSCALE: usize = 72;

/**
 * Bytes of a work row: a block is at most 128 voxels wide; search radius 10, twice the patch radius
 * 4 and what vectors overrun come on top. Constant, so that rows are reached by immediates.
 */
const ROW: usize = 640;
/** Two planes' sums along y, a row each. */
const COLUMNS: usize = 2 * ROW;
/** An accumulator row: sums of weighted differences, then sums of weights. */
const SUM: usize = 512;
const PAIR: usize = 2 * SUM;

/**
 * Running sums along z of a row of windows, a work row each: of the last 1 … p pairs of planes, the
 * last plane, and of the last 1 … p - 1 pairs that begin a plane later.
 */
const EVEN1: usize = 0;
const LAST: usize = ROW;
const EVEN2: usize = 2 * ROW;
const ODD1: usize = 3 * ROW;
const EVEN3: usize = 4 * ROW;
const ODD2: usize = 5 * ROW;
const EVEN4: usize = 6 * ROW;
const ODD3: usize = 7 * ROW;

/** Offsets of a group share dy and dz, and follow each other in dx: as in src/kernels/nl-means.ts. */
const GROUP: usize = 4;

@inline
function add(a: v128, b: v128): v128 {
  return f32x4.add(a, b);
}

// A window sum of 2p + 1 taps is ((t0 + t1) + (t2 + t3) + …) + t2p: fixed, so that it does not depend
// on where a block begins. Neighbouring windows share their pairs, so two windows at a time cost 2p + 2
// additions and keep 2p vectors: with the taps n0 and n1 new, even pairs are (n0 + n1), odd ones
// (last + n0); e1 … ep are sums of the last 1 … p even pairs, o1 … op-1 those of the odd ones.

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
function squareOf(at: usize, partner: usize): v128 {
  const d = f32x4.sub(v128.load(at), v128.load(at + partner));
  return f32x4.mul(d, d);
}

/**
 * Squared differences of a plane, summed along y: `pairs` pairs of rows.
 * @param source first row of the first window
 * @param to rows of `COLUMNS` bytes
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
    let e1 = f32x4.splat(0);
    let e2 = e1;
    let e3 = e1;
    let e4 = e1;
    let o1 = e1;
    let o2 = e1;
    let o3 = e1;
    let last = e1;
    for (let pair = 0; pair < patch; pair++) {
      const n0 = squareOf(at, partner);
      const n1 = squareOf(at + greyRow, partner);
      const odd = add(last, n0);
      const even = add(n0, n1);
      if (patch > 3) e4 = add(e3, even);
      if (patch > 2) e3 = add(e2, even);
      if (patch > 1) e2 = add(e1, even);
      e1 = even;
      if (patch > 3) o3 = add(o2, odd);
      if (patch > 2) o2 = add(o1, odd);
      if (patch > 1) o1 = odd;
      last = n1;
      at += 2 * greyRow;
    }
    for (let pair = 0; pair < pairs; pair++) {
      const n0 = squareOf(at, partner);
      const n1 = squareOf(at + greyRow, partner);
      const odd = add(last, n0);
      const even = add(n0, n1);
      const ep = patch == 1 ? e1 : patch == 2 ? e2 : patch == 3 ? e3 : e4;
      const op = patch == 1 ? odd : add(patch == 2 ? o1 : patch == 3 ? o2 : o3, odd);
      v128.store(out, add(ep, n0));
      v128.store(out, add(op, n1), COLUMNS);
      out += 2 * COLUMNS;
      if (patch > 3) e4 = add(e3, even);
      if (patch > 2) e3 = add(e2, even);
      if (patch > 1) e2 = add(e1, even);
      e1 = even;
      if (patch > 3) o3 = add(o2, odd);
      if (patch > 2) o2 = add(o1, odd);
      if (patch > 1) o1 = odd;
      last = n1;
      at += 2 * greyRow;
    }
  }
}

/** Takes two planes' sums along x and y into the running sums of a row along z. */
@inline
function advance(state: usize, n0: v128, n1: v128, patch: i32): void {
  const odd = add(v128.load(state, LAST), n0);
  const even = add(n0, n1);
  if (patch > 3) v128.store(state, add(v128.load(state, EVEN3), even), EVEN4);
  if (patch > 2) v128.store(state, add(v128.load(state, EVEN2), even), EVEN3);
  if (patch > 1) v128.store(state, add(v128.load(state, EVEN1), even), EVEN2);
  v128.store(state, even, EVEN1);
  if (patch > 3) v128.store(state, add(v128.load(state, ODD2), odd), ODD3);
  if (patch > 2) v128.store(state, add(v128.load(state, ODD1), odd), ODD2);
  if (patch > 1) v128.store(state, odd, ODD1);
  v128.store(state, n1, LAST);
}

/** The first of the two windows along z that two new planes complete. */
@inline
function firstWindow(state: usize, n0: v128, patch: i32): v128 {
  if (patch == 1) return add(v128.load(state, EVEN1), n0);
  if (patch == 2) return add(v128.load(state, EVEN2), n0);
  if (patch == 3) return add(v128.load(state, EVEN3), n0);
  return add(v128.load(state, EVEN4), n0);
}

@inline
function secondWindow(state: usize, n0: v128, n1: v128, patch: i32): v128 {
  const odd = add(v128.load(state, LAST), n0);
  if (patch == 1) return add(odd, n1);
  if (patch == 2) return add(add(v128.load(state, ODD1), odd), n1);
  if (patch == 3) return add(add(v128.load(state, ODD2), odd), n1);
  return add(add(v128.load(state, ODD3), odd), n1);
}

@inline
function addWeighted(sum: v128, weight: v128, value: usize, centre: v128): v128 {
  return add(sum, f32x4.mul(weight, f32x4.sub(v128.load(value), centre)));
}

/**
 * Adds a group's partners to a row of sums, in the order of the offsets.
 * @param weights of the first offset and the sums' first voxel
 * @param partners of the same voxel at the first offset
 */
function addPartners(
  sums: usize,
  weights: usize,
  values: usize,
  partners: usize,
  count: i32,
  bytes: usize,
): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    const at = weights + i;
    const partner = partners + i;
    const centre = v128.load(values + i);
    let w = v128.load(at);
    let total = add(v128.load(sums + i, SUM), w);
    let sum = addWeighted(v128.load(sums + i), w, partner, centre);
    if (count > 1) {
      w = v128.load(at, COLUMNS);
      total = add(total, w);
      sum = addWeighted(sum, w, partner + 4, centre);
    }
    if (count > 2) {
      w = v128.load(at, 2 * COLUMNS);
      total = add(total, w);
      sum = addWeighted(sum, w, partner + 8, centre);
    }
    if (count > 3) {
      w = v128.load(at, 3 * COLUMNS);
      total = add(total, w);
      sum = addWeighted(sum, w, partner + 12, centre);
    }
    v128.store(sums + i, sum);
    v128.store(sums + i, total, SUM);
  }
}

/**
 * Adds those voxels to a row of sums whose partners the row's are, in the order of the offsets.
 * @param weights of the last offset that a group can have and the voxel that has the sums' first as
 *     its partner
 * @param partners that voxel
 */
function addReturns(
  sums: usize,
  weights: usize,
  values: usize,
  partners: usize,
  count: i32,
  bytes: usize,
): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    const at = weights + i;
    const partner = partners + i;
    const centre = v128.load(values + i);
    let w = v128.load(at, 12);
    let total = add(v128.load(sums + i, SUM), w);
    let sum = addWeighted(v128.load(sums + i), w, partner + 12, centre);
    if (count > 1) {
      w = v128.load(at, COLUMNS + 8);
      total = add(total, w);
      sum = addWeighted(sum, w, partner + 8, centre);
    }
    if (count > 2) {
      w = v128.load(at, 2 * COLUMNS + 4);
      total = add(total, w);
      sum = addWeighted(sum, w, partner + 4, centre);
    }
    if (count > 3) {
      w = v128.load(at, 3 * COLUMNS);
      total = add(total, w);
      sum = addWeighted(sum, w, partner, centre);
    }
    v128.store(sums + i, sum);
    v128.store(sums + i, total, SUM);
  }
}

/**
 * One group of offsets over one block: dx to dx + count - 1 at dy and dz.
 * @param grey scratch copy of the block and its margin; `greyRow`, `greyPlane` its strides in bytes
 * @param sums accumulator rows of the block
 * @param work rows of weights, then for each offset rows of sums along y and running sums along z
 */
@inline
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
  slope: v128,
  bias: v128,
): void {
  const margin = patch + search;
  const last = dx + count - 1;
  const xStart = last > 0 ? -last : 0;
  const yStart = dy > 0 ? -dy : 0;
  const width = sx - xStart + (dx < 0 ? -dx : 0);
  const height = sy + (dy > 0 ? dy : -dy);
  const bytes = ((<usize>width + 3) & ~3) << 2;
  const wideBytes = ((<usize>width + 2 * patch + 3) & ~3) << 2;
  const sumBytes = ((<usize>sx + 3) & ~3) << 2;
  const rowPairs = (height + 1) >> 1;
  const stateBytes: usize = 2 * patch * ROW;
  const columnBytes = <usize>(2 * rowPairs) * COLUMNS;
  const memberBytes = columnBytes + <usize>height * stateBytes;
  const members = work + GROUP * COLUMNS;
  const far = dz * <i32>greyPlane + dy * <i32>greyRow;

  // Planes come in pairs: zNew and zNew + 1 complete the windows of z and z + 1.
  for (let zNew = -dz - patch; zNew < sz + patch; zNew += 2) {
    const z = zNew - patch;
    const source =
      grey +
      <usize>(zNew + margin) * greyPlane +
      <usize>(yStart - patch + margin) * greyRow +
      (<usize>(xStart - patch + margin) << 2);
    for (let k = 0; k < count; k++) {
      const columns = members + <usize>k * memberBytes;
      const partner = <usize>(far + ((dx + k) << 2));
      columnSums(patch, source, partner, greyRow, columns, rowPairs, wideBytes);
      columnSums(patch, source + greyPlane, partner, greyRow, columns + ROW, rowPairs, wideBytes);
    }
    if (z < -dz) {
      for (let k = 0; k < count; k++) {
        let columns = members + <usize>k * memberBytes;
        let state = columns + columnBytes;
        for (let y = 0; y < height; y++) {
          for (let i: usize = 0; i < bytes; i += 16) {
            const n0 = alongX(columns + i, patch);
            const n1 = alongX(columns + ROW + i, patch);
            advance(state + i, n0, n1, patch);
          }
          columns += COLUMNS;
          state += stateBytes;
        }
      }
      continue;
    }
    for (let step = 0; step < height; step++) {
      // Rows in the order in which a voxel is first a partner, then has partners.
      const y = dy < 0 ? height - 1 - step : step;
      for (let k = 0; k < count; k++) {
        const columns = members + <usize>k * memberBytes + <usize>y * COLUMNS;
        const state = members + <usize>k * memberBytes + columnBytes + <usize>y * stateBytes;
        const weights = work + <usize>k * COLUMNS;
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
          const sum0 = firstWindow(state + i, n0, patch);
          const sum1 = secondWindow(state + i, n0, n1, patch);
          advance(state + i, n0, n1, patch);
          v128.store(weights + i, add(f32x4.mul(sum0, slope), bias));
          v128.store(weights + i, add(f32x4.mul(sum1, slope), bias), ROW);
        }
        // A loop of its own: processors overlap two short chains better than a long one.
        for (let i: usize = 0; i < bytes; i += 16) {
          v128.store(weights + i, exp2Below32(v128.load(weights + i)));
          v128.store(weights + i, exp2Below32(v128.load(weights + i, ROW)), ROW);
        }
      }
      const yHere = yStart + y;
      const yThere = yHere + dy;
      for (let plane = 0; plane < 2; plane++) {
        const zHere = z + plane;
        const zThere = zHere + dz;
        const weights = work + <usize>plane * ROW - (xStart << 2);
        const here =
          grey +
          <usize>(zHere + margin) * greyPlane +
          <usize>(yHere + margin) * greyRow +
          (<usize>margin << 2);
        const there = here + far;
        if (zThere < sz && yThere >= 0 && yThere < sy) {
          const sum = sums + <usize>(zThere * sy + yThere) * PAIR;
          const back = (dx + <i32>GROUP - 1) << 2;
          addReturns(sum, weights - back, there, here - back, count, sumBytes);
        }
        if (zHere >= 0 && zHere < sz && yHere >= 0 && yHere < sy) {
          const sum = sums + <usize>(zHere * sy + yHere) * PAIR;
          addPartners(sum, weights, here, there + (dx << 2), count, sumBytes);
        }
      }
    }
  }
}

// One function per patch radius, so that every window sum is unrolled.
// biome-ignore format: one line each
function addGroup1(search: i32, dx: i32, dy: i32, dz: i32, count: i32, sx: i32, sy: i32, sz: i32, grey: usize, greyRow: usize, greyPlane: usize, sums: usize, work: usize, slope: v128, bias: v128): void {
  addGroup(1, search, dx, dy, dz, count, sx, sy, sz, grey, greyRow, greyPlane, sums, work, slope, bias);
}
// biome-ignore format: one line each
function addGroup2(search: i32, dx: i32, dy: i32, dz: i32, count: i32, sx: i32, sy: i32, sz: i32, grey: usize, greyRow: usize, greyPlane: usize, sums: usize, work: usize, slope: v128, bias: v128): void {
  addGroup(2, search, dx, dy, dz, count, sx, sy, sz, grey, greyRow, greyPlane, sums, work, slope, bias);
}
// biome-ignore format: one line each
function addGroup3(search: i32, dx: i32, dy: i32, dz: i32, count: i32, sx: i32, sy: i32, sz: i32, grey: usize, greyRow: usize, greyPlane: usize, sums: usize, work: usize, slope: v128, bias: v128): void {
  addGroup(3, search, dx, dy, dz, count, sx, sy, sz, grey, greyRow, greyPlane, sums, work, slope, bias);
}
// biome-ignore format: one line each
function addGroup4(search: i32, dx: i32, dy: i32, dz: i32, count: i32, sx: i32, sy: i32, sz: i32, grey: usize, greyRow: usize, greyPlane: usize, sums: usize, work: usize, slope: v128, bias: v128): void {
  addGroup(4, search, dx, dy, dz, count, sx, sy, sz, grey, greyRow, greyPlane, sums, work, slope, bias);
}

@inline
function clamp(i: i32, n: i32): i32 {
  return i < 0 ? 0 : i >= n ? n - 1 : i;
}

/** Copies `count` floats times a power of two. */
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
 * are numbered x fastest. The first batch starts the accumulators at 0 and at the self weight 1.
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
  const slope = v128.load_splat<f32>(problem, SLOPE);
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
    const grey = scratch;
    const sums = grey + greyPlane * <usize>(sz + 2 * margin) + 64;
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
        memory.fill(sum, 0, SUM);
        for (let x = 0; x < sx; x++) store<f32>(sum + (<usize>x << 2), 1, SUM);
      } else {
        memory.copy(sum, numerator + voxel, <usize>sx << 2);
        memory.copy(sum + SUM, denominator + voxel, <usize>sx << 2);
      }
    }

    for (let g = firstGroup; g < endGroup; g++) {
      const at = groups + <usize>g * 16;
      const dx = load<i32>(at);
      const dy = load<i32>(at, 4);
      const dz = load<i32>(at, 8);
      const count = load<i32>(at, 12);
      // biome-ignore format: one line each
      if (patch == 1) addGroup1(search, dx, dy, dz, count, sx, sy, sz, grey, greyRow, greyPlane, sums, work, slope, bias);
      else if (patch == 2) addGroup2(search, dx, dy, dz, count, sx, sy, sz, grey, greyRow, greyPlane, sums, work, slope, bias);
      else if (patch == 3) addGroup3(search, dx, dy, dz, count, sx, sy, sz, grey, greyRow, greyPlane, sums, work, slope, bias);
      else addGroup4(search, dx, dy, dz, count, sx, sy, sz, grey, greyRow, greyPlane, sums, work, slope, bias);
    }

    for (let row = 0; row < sy * sz; row++) {
      const z = row / sy;
      const voxel = <usize>(((z0 - slabStart + z) * ny + y0 + row - z * sy) * nx + x0) << 2;
      const sum = sums + <usize>row * PAIR;
      memory.copy(numerator + voxel, sum, <usize>sx << 2);
      memory.copy(denominator + voxel, sum + SUM, <usize>sx << 2);
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
