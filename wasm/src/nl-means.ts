/**
 * Non-local means over blocks of a z-slab: see src/kernels/nl-means.ts for the definition.
 *
 * A block copies its surroundings into scratch and visits half of the search offsets d. A weight
 * w(p, p + d) serves p and p + d, so p runs over every voxel of the block and of the block shifted
 * by -d; what falls outside the block is dropped. Each voxel therefore meets the same terms in the
 * same order however the volume is cut: blocks are independent, and so are threads.
 *
 * The order at one voxel is: offsets as listed; within one offset the partner at -d before the
 * partner at +d, except along x (dy = dz = 0), where +d comes first.
 */
import { exp2Negative } from './shared/exp2';

// The problem block: 32-bit words at these byte offsets.
const INPUT: usize = 0;
const NUMERATOR: usize = 4;
const DENOMINATOR: usize = 8;
const OFFSETS: usize = 12;
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
const SHIFT: usize = 64;
const SCALE: usize = 68;
const UNSCALE: usize = 72;

/**
 * Bytes of a work row: a block is at most 128 voxels wide; search radius 10, twice the patch radius
 * 4 and what vectors overrun come on top. Constant, so that rows are reached by immediates.
 */
const ROW: usize = 640;
/** An accumulator row: sums of weighted differences, then sums of weights. */
const PAIR: usize = 2 * ROW;

/** Largest exponent of a weight; 2^-120 is nothing beside the self weight 1. */
const CEILING: f32 = 120;

@inline
function add(a: v128, b: v128): v128 {
  return f32x4.add(a, b);
}

/** Sum of 2p + 1 vectors in memory: pairs from the left, then the last one. */
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

/** The same over rows; `last` is the newest row's vector. */
@inline
function alongY(at: usize, last: v128, patch: i32): v128 {
  let sum = add(v128.load(at), v128.load(at, ROW));
  if (patch > 1) sum = add(sum, add(v128.load(at, 2 * ROW), v128.load(at, 3 * ROW)));
  if (patch > 2) sum = add(sum, add(v128.load(at, 4 * ROW), v128.load(at, 5 * ROW)));
  if (patch > 3) sum = add(sum, add(v128.load(at, 6 * ROW), v128.load(at, 7 * ROW)));
  return add(sum, last);
}

/** The same over the planes of the ring, oldest first. */
@inline
function alongZ(
  i: usize,
  s0: usize,
  s1: usize,
  s2: usize,
  s3: usize,
  s4: usize,
  s5: usize,
  s6: usize,
  s7: usize,
  last: v128,
  patch: i32,
): v128 {
  let sum = add(v128.load(s0 + i), v128.load(s1 + i));
  if (patch > 1) sum = add(sum, add(v128.load(s2 + i), v128.load(s3 + i)));
  if (patch > 2) sum = add(sum, add(v128.load(s4 + i), v128.load(s5 + i)));
  if (patch > 3) sum = add(sum, add(v128.load(s6 + i), v128.load(s7 + i)));
  return add(sum, last);
}

/** Weight of a sum of squared patch differences. */
@inline
function weigh(sum: v128, slope: v128, shift: v128): v128 {
  const excess = f32x4.sub(f32x4.mul(sum, slope), shift);
  // pmin and pmax are one instruction each; min and max carry NaN rules.
  return exp2Negative(f32x4.pmin(f32x4.pmax(excess, f32x4.splat(0)), f32x4.splat(CEILING)));
}

@inline
function accumulate(at: usize, weighted: v128, weight: v128): void {
  v128.store(at, add(v128.load(at), weighted));
  v128.store(at, add(v128.load(at, ROW), weight), ROW);
}

@inline
function accumulateBack(at: usize, weighted: v128, weight: v128): void {
  v128.store(at, f32x4.sub(v128.load(at), weighted));
  v128.store(at, add(v128.load(at, ROW), weight), ROW);
}

/**
 * One offset over one block.
 * @param grey scratch copy of the block and its margin; `greyRow`, `greyPlane` its strides in bytes
 * @param sums accumulator rows of the block
 * @param work square rows, one row of y sums, one row of weights, then the ring of planes
 */
@inline
function addOffset(
  patch: i32,
  search: i32,
  dx: i32,
  dy: i32,
  dz: i32,
  sx: i32,
  sy: i32,
  sz: i32,
  grey: usize,
  greyRow: usize,
  greyPlane: usize,
  sums: usize,
  work: usize,
  slope: v128,
  shift: v128,
): void {
  const taps = 2 * patch + 1;
  const margin = patch + search;
  const xStart = dx > 0 ? -dx : 0;
  const yStart = dy > 0 ? -dy : 0;
  const width = sx + (dx > 0 ? dx : -dx);
  const height = sy + (dy > 0 ? dy : -dy);
  const rowBytes = (<usize>width + 3) & ~3;
  const bytes = rowBytes << 2;
  const wideBytes = ((<usize>width + 2 * patch + 3) & ~3) << 2;
  const partner = <usize>(dz * <i32>greyPlane + dy * <i32>greyRow + dx * 4);

  const squares = work;
  const column = squares + <usize>(height + 2 * patch) * ROW;
  const weights = column + ROW;
  const ring = weights + ROW;
  const ringPlane = <usize>height * ROW;

  let slot = 0;
  const planes = sz + dz + 2 * patch;
  for (let step = 0; step < planes; step++) {
    const current = ring + <usize>slot * ringPlane;
    // Ring planes from the oldest on; the newest is `current`.
    let next = slot + 1 == taps ? 0 : slot + 1;
    slot = next;
    const r0 = ring + <usize>next * ringPlane;
    next = next + 1 == taps ? 0 : next + 1;
    const r1 = ring + <usize>next * ringPlane;
    next = next + 1 == taps ? 0 : next + 1;
    const r2 = ring + <usize>next * ringPlane;
    next = next + 1 == taps ? 0 : next + 1;
    const r3 = ring + <usize>next * ringPlane;
    next = next + 1 == taps ? 0 : next + 1;
    const r4 = ring + <usize>next * ringPlane;
    next = next + 1 == taps ? 0 : next + 1;
    const r5 = ring + <usize>next * ringPlane;
    next = next + 1 == taps ? 0 : next + 1;
    const r6 = ring + <usize>next * ringPlane;
    next = next + 1 == taps ? 0 : next + 1;
    const r7 = ring + <usize>next * ringPlane;

    // Plane whose squares are taken now, and plane whose windows are complete.
    const zNew = step - dz - patch;
    const z = zNew - patch;
    const zIn = z >= 0;
    const zPartnerIn = z + dz < sz;
    const complete = step >= 2 * patch;

    const firstRow =
      grey +
      <usize>(zNew + margin) * greyPlane +
      <usize>(yStart - patch + margin) * greyRow +
      (<usize>(xStart - patch + margin) << 2);
    for (let y = -2 * patch; y < height; y++) {
      // Row y + 2·patch of squares is new; the window of row y ends with it.
      const source = firstRow + <usize>(y + 2 * patch) * greyRow;
      const square = squares + <usize>(y + 2 * patch) * ROW;
      if (y < 0) {
        for (let i: usize = 0; i < wideBytes; i += 16) {
          const d = f32x4.sub(v128.load(source + i), v128.load(source + partner + i));
          v128.store(square + i, f32x4.mul(d, d));
        }
        continue;
      }
      const window = squares + <usize>y * ROW;
      for (let i: usize = 0; i < wideBytes; i += 16) {
        const d = f32x4.sub(v128.load(source + i), v128.load(source + partner + i));
        const newest = f32x4.mul(d, d);
        v128.store(square + i, newest);
        v128.store(column + i, alongY(window + i, newest, patch));
      }
      const line = <usize>y * ROW;
      const cur = current + line;
      const yHere = yStart + y;
      const here = complete && zIn && yHere >= 0 && yHere < sy;
      const there = complete && zPartnerIn && yHere + dy >= 0 && yHere + dy < sy;
      if (!here && !there) {
        for (let i: usize = 0; i < bytes; i += 16) {
          v128.store(cur + i, alongX(column + i, patch));
        }
        continue;
      }
      const s0 = r0 + line;
      const s1 = r1 + line;
      const s2 = r2 + line;
      const s3 = r3 + line;
      const s4 = r4 + line;
      const s5 = r5 + line;
      const s6 = r6 + line;
      const s7 = r7 + line;
      const value =
        grey +
        <usize>(z + margin) * greyPlane +
        <usize>(yHere + margin) * greyRow +
        (<usize>(xStart + margin) << 2);
      const sumHere = sums + <usize>(z * sy + yHere) * PAIR + (<usize>(xStart + search) << 2);
      const sumThere =
        sums +
        <usize>((z + dz) * sy + yHere + dy) * PAIR +
        (<usize>(xStart + dx + search) << 2);
      if (dz == 0 && dy == 0) {
        // Both partners lie in one row: all of +d first, so that no vector meets its own result.
        for (let i: usize = 0; i < bytes; i += 16) {
          const last = alongX(column + i, patch);
          v128.store(cur + i, last);
          const sum = alongZ(i, s0, s1, s2, s3, s4, s5, s6, s7, last, patch);
          v128.store(weights + i, weigh(sum, slope, shift));
        }
        for (let i: usize = 0; i < bytes; i += 16) {
          const w = v128.load(weights + i);
          const d = f32x4.sub(v128.load(value + partner + i), v128.load(value + i));
          accumulate(sumHere + i, f32x4.mul(w, d), w);
        }
        for (let i: usize = 0; i < bytes; i += 16) {
          const w = v128.load(weights + i);
          const d = f32x4.sub(v128.load(value + partner + i), v128.load(value + i));
          accumulateBack(sumThere + i, f32x4.mul(w, d), w);
        }
      } else if (here && there) {
        for (let i: usize = 0; i < bytes; i += 16) {
          const last = alongX(column + i, patch);
          v128.store(cur + i, last);
          const sum = alongZ(i, s0, s1, s2, s3, s4, s5, s6, s7, last, patch);
          const w = weigh(sum, slope, shift);
          const d = f32x4.sub(v128.load(value + partner + i), v128.load(value + i));
          const wd = f32x4.mul(w, d);
          accumulate(sumHere + i, wd, w);
          accumulateBack(sumThere + i, wd, w);
        }
      } else if (here) {
        for (let i: usize = 0; i < bytes; i += 16) {
          const last = alongX(column + i, patch);
          v128.store(cur + i, last);
          const sum = alongZ(i, s0, s1, s2, s3, s4, s5, s6, s7, last, patch);
          const w = weigh(sum, slope, shift);
          const d = f32x4.sub(v128.load(value + partner + i), v128.load(value + i));
          accumulate(sumHere + i, f32x4.mul(w, d), w);
        }
      } else {
        for (let i: usize = 0; i < bytes; i += 16) {
          const last = alongX(column + i, patch);
          v128.store(cur + i, last);
          const sum = alongZ(i, s0, s1, s2, s3, s4, s5, s6, s7, last, patch);
          const w = weigh(sum, slope, shift);
          const d = f32x4.sub(v128.load(value + partner + i), v128.load(value + i));
          accumulateBack(sumThere + i, f32x4.mul(w, d), w);
        }
      }
    }
  }
}

// One function per patch radius, so that every window sum is unrolled.
// biome-ignore format: one line each
function addOffset1(search: i32, dx: i32, dy: i32, dz: i32, sx: i32, sy: i32, sz: i32, grey: usize, greyRow: usize, greyPlane: usize, sums: usize, work: usize, slope: v128, shift: v128): void {
  addOffset(1, search, dx, dy, dz, sx, sy, sz, grey, greyRow, greyPlane, sums, work, slope, shift);
}
// biome-ignore format: one line each
function addOffset2(search: i32, dx: i32, dy: i32, dz: i32, sx: i32, sy: i32, sz: i32, grey: usize, greyRow: usize, greyPlane: usize, sums: usize, work: usize, slope: v128, shift: v128): void {
  addOffset(2, search, dx, dy, dz, sx, sy, sz, grey, greyRow, greyPlane, sums, work, slope, shift);
}
// biome-ignore format: one line each
function addOffset3(search: i32, dx: i32, dy: i32, dz: i32, sx: i32, sy: i32, sz: i32, grey: usize, greyRow: usize, greyPlane: usize, sums: usize, work: usize, slope: v128, shift: v128): void {
  addOffset(3, search, dx, dy, dz, sx, sy, sz, grey, greyRow, greyPlane, sums, work, slope, shift);
}
// biome-ignore format: one line each
function addOffset4(search: i32, dx: i32, dy: i32, dz: i32, sx: i32, sy: i32, sz: i32, grey: usize, greyRow: usize, greyPlane: usize, sums: usize, work: usize, slope: v128, shift: v128): void {
  addOffset(4, search, dx, dy, dz, sx, sy, sz, grey, greyRow, greyPlane, sums, work, slope, shift);
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
 * Adds the offsets [firstOffset, endOffset) to the accumulators of the blocks [start, end); blocks
 * are numbered x fastest. The first batch starts the accumulators at 0 and at the self weight 1.
 * @param scratch of this thread
 */
export function nlMeansBlocks(
  problem: usize,
  scratch: usize,
  firstOffset: i32,
  endOffset: i32,
  start: i32,
  end: i32,
): void {
  const input = load<usize>(problem, INPUT);
  const numerator = load<usize>(problem, NUMERATOR);
  const denominator = load<usize>(problem, DENOMINATOR);
  const offsets = load<usize>(problem, OFFSETS);
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
  const shift = v128.load_splat<f32>(problem, SHIFT);
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
      const at = sums + <usize>row * PAIR;
      const z = row / sy;
      const voxel = <usize>(((z0 - slabStart + z) * ny + y0 + row - z * sy) * nx + x0) << 2;
      memory.fill(at, 0, PAIR);
      const firstSum = at + (<usize>search << 2);
      if (firstOffset == 0) {
        for (let x = 0; x < sx; x++) store<f32>(firstSum + (<usize>x << 2), 1, ROW);
      } else {
        memory.copy(firstSum, numerator + voxel, <usize>sx << 2);
        memory.copy(firstSum + ROW, denominator + voxel, <usize>sx << 2);
      }
    }

    for (let o = firstOffset; o < endOffset; o++) {
      const at = offsets + <usize>o * 12;
      const dx = load<i32>(at);
      const dy = load<i32>(at, 4);
      const dz = load<i32>(at, 8);
      // biome-ignore format: one line each
      if (patch == 1) addOffset1(search, dx, dy, dz, sx, sy, sz, grey, greyRow, greyPlane, sums, work, slope, shift);
      else if (patch == 2) addOffset2(search, dx, dy, dz, sx, sy, sz, grey, greyRow, greyPlane, sums, work, slope, shift);
      else if (patch == 3) addOffset3(search, dx, dy, dz, sx, sy, sz, grey, greyRow, greyPlane, sums, work, slope, shift);
      else addOffset4(search, dx, dy, dz, sx, sy, sz, grey, greyRow, greyPlane, sums, work, slope, shift);
    }

    for (let row = 0; row < sy * sz; row++) {
      const z = row / sy;
      const voxel = <usize>(((z0 - slabStart + z) * ny + y0 + row - z * sy) * nx + x0) << 2;
      const firstSum = sums + <usize>row * PAIR + (<usize>search << 2);
      memory.copy(numerator + voxel, firstSum, <usize>sx << 2);
      memory.copy(denominator + voxel, firstSum + ROW, <usize>sx << 2);
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
