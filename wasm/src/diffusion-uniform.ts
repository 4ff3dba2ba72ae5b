// Finest level of the steady diffusion solver where all cells conduct alike. The scalar reference
// with the reasons is `src/kernels/diffusion-uniform.ts`; every expression here has its order of
// operations. Sums are stored per slice.
import { f32At, f64At, Level, LEVEL_BYTES, rowStart } from './shared/diffusion-level';
import {
  elementAt,
  halfCells,
  insideNetwork,
  lookUp,
  placeInRow,
  repeatRowEnds,
  spreadBytes,
  uniformAbove,
  uniformBelow,
  UniformLevel,
  uniformRow,
} from './shared/diffusion-uniform-level';

const OVER_CORRECTION: f32 = 1.8;
const INVERSES: usize = 512;
const LINK_X: usize = 1024;
const LINK_Y: usize = 1028;

/** Potentials are multiples of 2⁻²⁹ and stay between −1 and 2. */
const POTENTIAL_UNIT: f64 = 1.0 / 536870912.0;
const ONE: i32 = 536870912;

/** x = r over the diagonal for the cells of the first colour, as if x had been 0. */
export function uniformRelaxZero(pointer: usize, start: i32, end: i32): void {
  const level = changetype<UniformLevel>(pointer);
  const inverses = <usize>level.tables + INVERSES;
  for (let z = start; z < end; z++) {
    for (let y = 0; y < level.ny; y++) {
      const at = uniformRow(level, y, z);
      const parity = (y + z) & 1;
      const half = at + (parity !== 0 ? level.half : 0);
      const own = elementAt(level.x, half);
      const right = elementAt(level.r, half);
      const bytes = <usize>level.network + <usize>half;
      const count = <usize>halfCells(level, parity);
      for (let k: usize = 0; k < count; k += 4) {
        v128.store(own + (k << 2), f32x4.mul(v128.load(right + (k << 2)), lookUp(inverses, bytes + k)));
      }
      // Around sides of odd length the other colour has neighbours of its own colour.
      if (level.periodic !== 0) {
        const other = elementAt(level.x, at + (parity !== 0 ? 0 : level.half));
        memory.fill(other, 0, <usize>halfCells(level, 1 - parity) << 2);
      }
      repeatRowEnds(level, elementAt(level.x, at));
    }
  }
}

/** Weighted sum of the neighbours of the four cells at byte `o` of a half row. */
@inline
function neighbours(
  own: usize, left: usize, below: usize, above: usize, slice: usize, o: usize, linkX: v128, linkY: v128,
): v128 {
  const inX = f32x4.add(v128.load(left + o), v128.load(left + o + 4));
  const inY = f32x4.add(v128.load(below + o), v128.load(above + o));
  const inZ = f32x4.add(v128.load(own + o - slice), v128.load(own + o + slice));
  return f32x4.add(f32x4.add(f32x4.mul(linkX, inX), f32x4.mul(linkY, inY)), inZ);
}

/** Two pairs of float64 from four float32. */
@inline
function lowPair(four: v128): v128 {
  return f64x2.promote_low_f32x4(four);
}

@inline
function highPair(four: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(four, four, 2, 3, 2, 3));
}

/** (lane 0 + lane 2) + (lane 1 + lane 3). */
@inline
function sumOf(low: v128, high: v128): f64 {
  const both = f64x2.add(low, high);
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
}

/**
 * Half a Gauss–Seidel sweep over slices [start, end). Where `sums` is not 0, adds r·x of the cells
 * to `sums[z]`, for the first colour to go: sets it.
 */
export function uniformRelax(
  pointer: usize,
  colour: i32,
  rowsDown: i32,
  sums: usize,
  start: i32,
  end: i32,
): void {
  const level = changetype<UniformLevel>(pointer);
  const ny = level.ny;
  const slice = <usize>level.slice << 2;
  const inverses = <usize>level.tables + INVERSES;
  const linkX = v128.load32_splat(<usize>level.tables + LINK_X);
  const linkY = v128.load32_splat(<usize>level.tables + LINK_Y);
  // Elsewhere the order of rows does not matter.
  const goesDown = rowsDown !== 0 && level.periodic !== 0 && (ny & 1) !== 0;
  for (let z = start; z < end; z++) {
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (let j = 0; j < ny; j++) {
      const y = goesDown ? ny - 1 - j : j;
      const at = uniformRow(level, y, z);
      const parity = (colour + y + z) & 1;
      const shift = parity !== 0 ? level.half : 0;
      const bytes = <usize>level.network + <usize>(at + shift);
      const own = elementAt(level.x, at + shift);
      const right = elementAt(level.r, at + shift);
      const left = parity !== 0 ? elementAt(level.x, at) : elementAt(level.x, at + level.half) - 4;
      const below = uniformBelow(level, level.x, y, at) + (<usize>shift << 2);
      const above = uniformAbove(level, level.x, y, at) + (<usize>shift << 2);
      const count = <usize>halfCells(level, parity);
      if (sums === 0) {
        for (let k: usize = 0; k < count; k += 4) {
          const o = k << 2;
          const sum = neighbours(own, left, below, above, slice, o, linkX, linkY);
          const fresh = f32x4.mul(f32x4.add(v128.load(right + o), sum), lookUp(inverses, bytes + k));
          v128.store(own + o, fresh);
        }
      } else {
        for (let k: usize = 0; k < count; k += 4) {
          const o = k << 2;
          const sum = neighbours(own, left, below, above, slice, o, linkX, linkY);
          const r = v128.load(right + o);
          const fresh = f32x4.mul(f32x4.add(r, sum), lookUp(inverses, bytes + k));
          v128.store(own + o, fresh);
          low = f64x2.add(low, f64x2.mul(lowPair(r), lowPair(fresh)));
          high = f64x2.add(high, f64x2.mul(highPair(r), highPair(fresh)));
        }
      }
      repeatRowEnds(level, elementAt(level.x, at));
    }
    if (sums !== 0) {
      const sum = sumOf(low, high);
      store<f64>(f64At(sums, z), colour !== 0 ? sum : load<f64>(f64At(sums, z)) + sum);
    }
  }
}

/** Residual of four cells of a half row, 0 outside the network. */
@inline
function residualOf(right: v128, sum: v128, diagonal: v128, own: v128): v128 {
  const residual = f32x4.sub(f32x4.add(right, sum), f32x4.mul(diagonal, own));
  return v128.and(residual, f32x4.ne(diagonal, f32x4.splat(0)));
}

/**
 * Residual of the cells of the first colour, or with `colours` = 2 of both, summed over each
 * aggregate, as the next level's right side, for its slices [start, end).
 */
export function uniformRestrict(pointer: usize, colours: i32, start: i32, end: i32): void {
  const fine = changetype<UniformLevel>(pointer);
  const coarse = changetype<Level>(pointer + LEVEL_BYTES);
  for (let Z = start; Z < end; Z++) {
    const endZ = min(fine.fz * Z + fine.fz, fine.nz);
    for (let Y = 0; Y < coarse.ny; Y++) {
      const endY = min(fine.fy * Y + fine.fy, fine.ny);
      const to = f32At(coarse.r, rowStart(coarse, Y, Z));
      memory.fill(to, 0, <usize>coarse.nx << 2);
      for (let z = fine.fz * Z; z < endZ; z++) {
        for (let y = fine.fy * Y; y < endY; y++) {
          for (let colour = 0; colour < colours; colour++) restrictRow(fine, colour, y, z, to);
        }
      }
    }
  }
}

/** Adds the residual of a row's cells of one colour to the aggregates' at `to`. */
function restrictRow(fine: UniformLevel, colour: i32, y: i32, z: i32, to: usize): void {
  const slice = <usize>fine.slice << 2;
  const diagonals = <usize>fine.tables;
  const linkX = v128.load32_splat(<usize>fine.tables + LINK_X);
  const linkY = v128.load32_splat(<usize>fine.tables + LINK_Y);
  const at = uniformRow(fine, y, z);
  const parity = (colour + y + z) & 1;
  const shift = parity !== 0 ? fine.half : 0;
  const bytes = <usize>fine.network + <usize>(at + shift);
  const own = elementAt(fine.x, at + shift);
  const right = elementAt(fine.r, at + shift);
  const left = parity !== 0 ? elementAt(fine.x, at) : elementAt(fine.x, at + fine.half) - 4;
  const below = uniformBelow(fine, fine.x, y, at) + (<usize>shift << 2);
  const above = uniformAbove(fine, fine.x, y, at) + (<usize>shift << 2);
  const count = <usize>halfCells(fine, parity);
  const halves = fine.fx === 2;
  const zeros = f32x4.splat(0);
  for (let k: usize = 0; k < count; k += 4) {
    const o = k << 2;
    const sum = neighbours(own, left, below, above, slice, o, linkX, linkY);
    const diagonal = lookUp(diagonals, bytes + k);
    const residual = residualOf(v128.load(right + o), sum, diagonal, v128.load(own + o));
    if (halves) {
      v128.store(to + o, f32x4.add(v128.load(to + o), residual));
      continue;
    }
    const place = to + (o << 1);
    const low = parity !== 0
      ? v128.shuffle<f32>(residual, zeros, 4, 0, 4, 1)
      : v128.shuffle<f32>(residual, zeros, 0, 4, 1, 4);
    v128.store(place, f32x4.add(v128.load(place), low));
    if (<i32>k * 2 + 4 >= fine.nx) continue;
    const high = parity !== 0
      ? v128.shuffle<f32>(residual, zeros, 4, 2, 4, 3)
      : v128.shuffle<f32>(residual, zeros, 2, 4, 3, 4);
    v128.store(place + 16, f32x4.add(v128.load(place + 16), high));
  }
}

/** Adds the next level's correction, over-corrected, to the cells of one colour or of both. */
export function uniformCorrect(pointer: usize, colours: i32, start: i32, end: i32): void {
  const fine = changetype<UniformLevel>(pointer);
  for (let z = start; z < end; z++) {
    for (let y = 0; y < fine.ny; y++) {
      for (let colour = 0; colour < colours; colour++) correctRow(fine, pointer, colour, y, z);
      repeatRowEnds(fine, elementAt(fine.x, uniformRow(fine, y, z)));
    }
  }
}

function correctRow(fine: UniformLevel, pointer: usize, colour: i32, y: i32, z: i32): void {
  const coarse = changetype<Level>(pointer + LEVEL_BYTES);
  const factor = f32x4.splat(OVER_CORRECTION);
  const parity = (colour + y + z) & 1;
  const half = uniformRow(fine, y, z) + (parity !== 0 ? fine.half : 0);
  const own = elementAt(fine.x, half);
  const bytes = <usize>fine.network + <usize>half;
  const from = f32At(coarse.x, rowStart(coarse, y / fine.fy, z / fine.fz));
  const count = <usize>halfCells(fine, parity);
  const halves = fine.fx === 2;
  for (let k: usize = 0; k < count; k += 4) {
    const o = k << 2;
    let correction: v128;
    if (halves) correction = v128.load(from + o);
    else {
      const first = v128.load(from + (o << 1));
      const second = v128.load(from + (o << 1) + 16);
      correction = parity !== 0
        ? v128.shuffle<f32>(first, second, 1, 3, 5, 7)
        : v128.shuffle<f32>(first, second, 0, 2, 4, 6);
    }
    const sum = f32x4.add(v128.load(own + o), f32x4.mul(factor, correction));
    v128.store(own + o, v128.and(sum, insideNetwork(bytes + k)));
  }
}

/** p = x + beta p, ghosts included. */
export function uniformDirect(pointer: usize, p: usize, beta: f32, start: i32, end: i32): void {
  const level = changetype<UniformLevel>(pointer);
  const factor = f32x4.splat(beta);
  const stop = level.slice * (end + 1);
  for (let i = level.slice * (start + 1); i < stop; i += 4) {
    const to = elementAt(<u32>p, i);
    v128.store(to, f32x4.add(v128.load(elementAt(level.x, i)), f32x4.mul(factor, v128.load(to))));
  }
}

/** `sums[z]` = p·A p of slice z. */
export function uniformMultiply(pointer: usize, p: usize, sums: usize, start: i32, end: i32): void {
  const level = changetype<UniformLevel>(pointer);
  const slice = <usize>level.slice << 2;
  const diagonals = <usize>level.tables;
  const linkX = v128.load32_splat(<usize>level.tables + LINK_X);
  const linkY = v128.load32_splat(<usize>level.tables + LINK_Y);
  for (let z = start; z < end; z++) {
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (let y = 0; y < level.ny; y++) {
      const at = uniformRow(level, y, z);
      const belowRow = uniformBelow(level, <u32>p, y, at);
      const aboveRow = uniformAbove(level, <u32>p, y, at);
      for (let parity = 0; parity < 2; parity++) {
        const shift = parity !== 0 ? level.half : 0;
        const bytes = <usize>level.network + <usize>(at + shift);
        const own = elementAt(<u32>p, at + shift);
        const left = parity !== 0 ? elementAt(<u32>p, at) : elementAt(<u32>p, at + level.half) - 4;
        const below = belowRow + (<usize>shift << 2);
        const above = aboveRow + (<usize>shift << 2);
        const count = <usize>halfCells(level, parity);
        for (let k: usize = 0; k < count; k += 4) {
          const o = k << 2;
          const sum = neighbours(own, left, below, above, slice, o, linkX, linkY);
          const diagonal = lookUp(diagonals, bytes + k);
          // Without the ghosts that follow a row.
          const value = v128.and(v128.load(own + o), f32x4.ne(diagonal, f32x4.splat(0)));
          const product = f32x4.sub(f32x4.mul(diagonal, value), sum);
          low = f64x2.add(low, f64x2.mul(lowPair(value), lowPair(product)));
          high = f64x2.add(high, f64x2.mul(highPair(value), highPair(product)));
        }
      }
    }
    store<f64>(f64At(sums, z), sumOf(low, high));
  }
}

/** u += alpha p, r −= alpha A p. */
export function uniformAdvance(pointer: usize, u: usize, p: usize, alpha: f32, start: i32, end: i32): void {
  const level = changetype<UniformLevel>(pointer);
  const slice = <usize>level.slice << 2;
  const diagonals = <usize>level.tables;
  const linkX = v128.load32_splat(<usize>level.tables + LINK_X);
  const linkY = v128.load32_splat(<usize>level.tables + LINK_Y);
  const step = f32x4.splat(alpha);
  const scale = f32x4.splat(<f32>ONE);
  const farthest = f32x4.splat(<f32>ONE * 2);
  const lowest = i32x4.splat(-ONE);
  const highest = i32x4.splat(2 * ONE);
  for (let z = start; z < end; z++) {
    for (let y = 0; y < level.ny; y++) {
      const at = uniformRow(level, y, z);
      const belowRow = uniformBelow(level, <u32>p, y, at);
      const aboveRow = uniformAbove(level, <u32>p, y, at);
      for (let parity = 0; parity < 2; parity++) {
        const shift = parity !== 0 ? level.half : 0;
        const bytes = <usize>level.network + <usize>(at + shift);
        const own = elementAt(<u32>p, at + shift);
        const left = parity !== 0 ? elementAt(<u32>p, at) : elementAt(<u32>p, at + level.half) - 4;
        const below = belowRow + (<usize>shift << 2);
        const above = aboveRow + (<usize>shift << 2);
        const potential = elementAt(<u32>u, at + shift);
        const right = elementAt(level.r, at + shift);
        const count = <usize>halfCells(level, parity);
        for (let k: usize = 0; k < count; k += 4) {
          const o = k << 2;
          const sum = neighbours(own, left, below, above, slice, o, linkX, linkY);
          const value = v128.load(own + o);
          const diagonal = lookUp(diagonals, bytes + k);
          const product = f32x4.sub(f32x4.mul(diagonal, value), sum);
          const residual = f32x4.sub(v128.load(right + o), f32x4.mul(step, product));
          v128.store(right + o, v128.and(residual, f32x4.ne(diagonal, f32x4.splat(0))));
          let change = f32x4.mul(f32x4.mul(step, value), scale);
          change = f32x4.max(f32x4.min(f32x4.nearest(change), farthest), f32x4.neg(farthest));
          const moved = i32x4.add(v128.load(potential + o), i32x4.trunc_sat_f32x4_s(change));
          v128.store(potential + o, i32x4.max_s(i32x4.min_s(moved, highest), lowest));
        }
      }
      repeatRowEnds(level, elementAt(<u32>u, at));
    }
  }
}

/** u = linear profile in the network, twice the inlet's value before its cells. */
export function uniformProfile(pointer: usize, u: usize, start: i32, end: i32): void {
  const level = changetype<UniformLevel>(pointer);
  for (let z = start; z < end; z++) {
    const value = i32x4.splat(<i32>nearest<f64>((1 - (<f64>z + 0.5) / <f64>level.nz) * <f64>ONE));
    const inlet = i32x4.splat(2 * ONE);
    for (let y = 0; y < level.ny; y++) {
      const at = uniformRow(level, y, z);
      for (let k = 0; k < level.stride; k += 4) {
        const inside = insideNetwork(<usize>level.network + <usize>(at + k));
        const to = elementAt(<u32>u, at + k);
        v128.store(to, v128.and(value, inside));
        if (z === 0) v128.store(to - (<usize>level.slice << 2), v128.and(inlet, inside));
      }
      repeatRowEnds(level, elementAt(<u32>u, at));
    }
  }
}

/** Two int32 as float64. */
@inline
function loadPotentials(pointer: usize): v128 {
  return f64x2.convert_low_i32x4_s(v128.load64_zero(pointer));
}

/** A field of the two bytes at `bytes` as float64. */
@inline
function linksOf(bytes: usize, shift: i32, mask: i32): v128 {
  const codes = i32x4(<i32>load<u8>(bytes), <i32>load<u8>(bytes, 1), 0, 0);
  return f64x2.convert_low_i32x4_s(v128.and(i32x4.shr_u(codes, shift), i32x4.splat(mask)));
}

/** −A u of two cells of a half row in units of the potential, rounded in the weights alone. */
@inline
function exactResidual(
  own: usize, left: usize, below: usize, above: usize, slice: usize, bytes: usize, linkX: v128, linkY: v128,
): v128 {
  const value = loadPotentials(own);
  const inX = f64x2.sub(
    f64x2.add(loadPotentials(left), loadPotentials(left + 4)),
    f64x2.mul(linksOf(bytes, 0, 3), value),
  );
  const inY = f64x2.sub(
    f64x2.add(loadPotentials(below), loadPotentials(above)),
    f64x2.mul(linksOf(bytes, 2, 3), value),
  );
  const inZ = f64x2.sub(
    f64x2.add(loadPotentials(own - slice), loadPotentials(own + slice)),
    f64x2.mul(linksOf(bytes, 4, 7), value),
  );
  const sum = f64x2.add(f64x2.add(f64x2.mul(linkX, inX), f64x2.mul(linkY, inY)), inZ);
  const inside = i64x2.ne(
    i64x2(<i64>load<u8>(bytes), <i64>load<u8>(bytes, 1)),
    i64x2.splat(0),
  );
  return v128.and(sum, inside);
}

/**
 * The residual −A u: float32 into r, or where `flow` is not 0, float64 in units of the potential
 * into that array, cell x + nx · (y + ny · z).
 */
export function uniformResidual(pointer: usize, u: usize, flow: usize, start: i32, end: i32): void {
  const level = changetype<UniformLevel>(pointer);
  const nx = level.nx;
  const ny = level.ny;
  const slice = <usize>level.slice << 2;
  const linkX = f64x2.splat(<f64>load<f32>(<usize>level.tables + LINK_X));
  const linkY = f64x2.splat(<f64>load<f32>(<usize>level.tables + LINK_Y));
  const unit = f64x2.splat(POTENTIAL_UNIT);
  for (let z = start; z < end; z++) {
    for (let y = 0; y < ny; y++) {
      const at = uniformRow(level, y, z);
      const belowRow = uniformBelow(level, <u32>u, y, at);
      const aboveRow = uniformAbove(level, <u32>u, y, at);
      for (let parity = 0; parity < 2; parity++) {
        const shift = parity !== 0 ? level.half : 0;
        const bytes = <usize>level.network + <usize>(at + shift);
        const own = elementAt(<u32>u, at + shift);
        const left = parity !== 0 ? elementAt(<u32>u, at) : elementAt(<u32>u, at + level.half) - 4;
        const below = belowRow + (<usize>shift << 2);
        const above = aboveRow + (<usize>shift << 2);
        const count = <usize>halfCells(level, parity);
        const right = elementAt(level.r, at + shift);
        const cells = flow + ((<usize>nx * (<usize>y + <usize>ny * <usize>z) + <usize>parity) << 3);
        for (let k: usize = 0; k < count; k += 2) {
          const o = k << 2;
          const residual = exactResidual(
            own + o, left + o, below + o, above + o, slice, bytes + k, linkX, linkY,
          );
          if (flow === 0) {
            v128.store64_lane(right + o, f32x4.demote_f64x2_zero(f64x2.mul(residual, unit)), 0);
            continue;
          }
          store<f64>(cells + (k << 4), f64x2.extract_lane(residual, 0));
          if (k + 1 < count) store<f64>(cells + (k << 4) + 16, f64x2.extract_lane(residual, 1));
        }
      }
    }
  }
}

/** Differences of four int32 where `linked` has its bits, else 0. */
@inline
function drops(a: v128, b: v128, linked: v128): v128 {
  return v128.and(i32x4.sub(a, b), linked);
}

@inline
function addLow(sum: v128, drop: v128): v128 {
  const pair = f64x2.convert_low_i32x4_s(drop);
  return f64x2.add(sum, f64x2.mul(pair, pair));
}

@inline
function addHigh(sum: v128, drop: v128): v128 {
  const pair = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(drop, drop, 2, 3, 2, 3));
  return f64x2.add(sum, f64x2.mul(pair, pair));
}

/**
 * `sums[z]` = dissipation in the links that slice z owns: those to the row before, the cell before
 * and the slice before; the last slice owns the outlet's too. In squared units of the potential.
 */
export function uniformEnergy(pointer: usize, u: usize, sums: usize, start: i32, end: i32): void {
  const level = changetype<UniformLevel>(pointer);
  const slice = level.slice;
  const sliceBytes = <usize>slice << 2;
  const linkX = <f64>load<f32>(<usize>level.tables + LINK_X);
  const linkY = <f64>load<f32>(<usize>level.tables + LINK_Y);
  const inlet = i32x4.splat(ONE);
  const wraps = level.periodic !== 0;
  for (let z = start; z < end; z++) {
    let xLow = f64x2.splat(0);
    let xHigh = f64x2.splat(0);
    let yLow = f64x2.splat(0);
    let yHigh = f64x2.splat(0);
    let zLow = f64x2.splat(0);
    let zHigh = f64x2.splat(0);
    let faceLow = f64x2.splat(0);
    let faceHigh = f64x2.splat(0);
    for (let y = 0; y < level.ny; y++) {
      const at = uniformRow(level, y, z);
      const belowRow = uniformBelow(level, <u32>u, y, at);
      const hasBelow = y > 0 || (wraps && level.ny > 1);
      const belowAt = y > 0 ? at - level.stride : at + level.stride * (level.ny - 1);
      for (let parity = 0; parity < 2; parity++) {
        const shift = parity !== 0 ? level.half : 0;
        const other = parity !== 0 ? at : at + level.half - 1;
        const bytes = <usize>level.network + <usize>(at + shift);
        const own = elementAt(<u32>u, at + shift);
        const count = <usize>halfCells(level, parity);
        for (let k: usize = 0; k < count; k += 4) {
          const o = k << 2;
          const value = v128.load(own + o);
          const inside = insideNetwork(bytes + k);
          let linked = v128.and(inside, insideNetwork(<usize>level.network + <usize>other + k));
          let drop = drops(value, v128.load(elementAt(<u32>u, other) + o), linked);
          xLow = addLow(xLow, drop);
          xHigh = addHigh(xHigh, drop);
          if (hasBelow) {
            linked = v128.and(inside, insideNetwork(<usize>level.network + <usize>(belowAt + shift) + k));
            drop = drops(value, v128.load(belowRow + (<usize>shift << 2) + o), linked);
            yLow = addLow(yLow, drop);
            yHigh = addHigh(yHigh, drop);
          }
          if (z > 0) {
            linked = v128.and(inside, insideNetwork(bytes - <usize>slice + k));
            drop = drops(value, v128.load(own - sliceBytes + o), linked);
            zLow = addLow(zLow, drop);
            zHigh = addHigh(zHigh, drop);
          } else {
            drop = drops(value, inlet, inside);
            faceLow = addLow(faceLow, drop);
            faceHigh = addHigh(faceHigh, drop);
          }
          if (z === level.nz - 1) {
            drop = v128.and(value, inside);
            faceLow = addLow(faceLow, drop);
            faceHigh = addHigh(faceHigh, drop);
          }
        }
      }
      if (wraps && level.nx > 1) {
        const last = level.nx - 1;
        const lastAt = at + placeInRow(level, last);
        const isLinked = load<u8>(<usize>level.network + <usize>at) !== 0
          && load<u8>(<usize>level.network + <usize>lastAt) !== 0;
        const drop = load<i32>(elementAt(<u32>u, at)) - load<i32>(elementAt(<u32>u, lastAt));
        xLow = addLow(xLow, i32x4(isLinked ? drop : 0, 0, 0, 0));
      }
    }
    const inX = linkX * sumOf(xLow, xHigh);
    const inY = linkY * sumOf(yLow, yHigh);
    store<f64>(f64At(sums, z), inX + inY + sumOf(zLow, zHigh) + 2 * sumOf(faceLow, faceHigh));
  }
}

/** Writes the network's bytes from rows of `words` 64-bit words, one bit per cell. */
export function uniformNetwork(pointer: usize, bits: usize, words: i32, start: i32, end: i32): void {
  const level = changetype<UniformLevel>(pointer);
  const ny = level.ny;
  const nz = level.nz;
  const last = level.nx - 1;
  const rowBytes = <usize>words << 3;
  const wrapsX = level.periodic !== 0 && level.nx > 1;
  const wrapsY = level.periodic !== 0 && ny > 1;
  for (let z = start; z < end; z++) {
    for (let y = 0; y < ny; y++) {
      const to = <usize>level.network + <usize>uniformRow(level, y, z);
      memory.fill(to, 0, <usize>level.stride);
      const row = bits + rowBytes * (<usize>ny * <usize>z + <usize>y);
      const below = y > 0 ? row - rowBytes : wrapsY ? row + rowBytes * <usize>(ny - 1) : 0;
      const above = y < ny - 1 ? row + rowBytes : wrapsY ? row - rowBytes * <usize>(ny - 1) : 0;
      const sliceBytes = rowBytes * <usize>ny;
      for (let w = 0; w < words; w++) {
        const o = <usize>w << 3;
        const own = load<u64>(row + o);
        if (own === 0) continue;
        let left = own << 1;
        if (w > 0) left |= load<u64>(row + o - 8) >> 63;
        else if (wrapsX) left |= (load<u64>(row + (<usize>(last >> 6) << 3)) >> <u64>(last & 63)) & 1;
        let right = own >> 1;
        if (w < words - 1) right |= load<u64>(row + o + 8) << 63;
        if (wrapsX && w === last >> 6) right |= (load<u64>(row) & 1) << <u64>(last & 63);
        const down = below !== 0 ? load<u64>(below + o) : 0;
        const up = above !== 0 ? load<u64>(above + o) : 0;
        const back = z > 0 ? load<u64>(row + o - sliceBytes) : ~0;
        const front = z < nz - 1 ? load<u64>(row + o + sliceBytes) : ~0;
        const backWeight: u64 = z > 0 ? 1 : 2;
        const frontWeight: u64 = z < nz - 1 ? 1 : 2;
        for (let rest = own; rest !== 0; rest &= rest - 1) {
          const i = ctz(rest);
          const inX = ((left >> i) & 1) + ((right >> i) & 1);
          const inY = ((down >> i) & 1) + ((up >> i) & 1);
          const inZ = ((back >> i) & 1) * backWeight + ((front >> i) & 1) * frontWeight;
          const x = (w << 6) + <i32>i;
          store<u8>(to + <usize>placeInRow(level, x), <u8>(inX | (inY << 2) | (inZ << 4)));
        }
      }
    }
  }
}

/** 1 where a cell belongs to the network; (x, y, z) within the grid. */
@inline
function conducts(level: UniformLevel, x: i32, y: i32, z: i32): i32 {
  const element = uniformRow(level, y, z) + placeInRow(level, x);
  return load<u8>(<usize>level.network + <usize>element) !== 0 ? 1 : 0;
}

/** Links of the next coarser level, for its slices [start, end). */
export function uniformCoarsen(pointer: usize, start: i32, end: i32): void {
  const fine = changetype<UniformLevel>(pointer);
  const coarse = changetype<Level>(pointer + LEVEL_BYTES);
  for (let Z = start; Z < end; Z++) {
    for (let Y = 0; Y < coarse.ny; Y++) {
      if (fine.fx === 2) coarsenRow(fine, coarse, Y, Z);
      else coarsenLongRow(fine, coarse, Y, Z);
      const at = rowStart(coarse, Y, Z);
      const linkX = f32At(coarse.linkX, at);
      if (coarse.nx === 1) store<f32>(linkX, 0);
      else if (coarse.periodic !== 0) {
        store<f32>(linkX, <f32>sideLinks(fine, Y, Z) * load<f32>(<usize>fine.tables + LINK_X));
        store<f32>(linkX + (<usize>coarse.nx << 2), load<f32>(linkX));
      }
    }
  }
}

/** Links across the periodic side in x from the rows of one aggregate. */
function sideLinks(fine: UniformLevel, Y: i32, Z: i32): i32 {
  let count = 0;
  for (let z = fine.fz * Z; z < min(fine.fz * Z + fine.fz, fine.nz); z++) {
    for (let y = fine.fy * Y; y < min(fine.fy * Y + fine.fy, fine.ny); y++) {
      count += conducts(fine, 0, y, z) & conducts(fine, fine.nx - 1, y, z);
    }
  }
  return count;
}

/** Bytes of the even half of a row from its cell `k` on. */
@inline
function evenBytes(level: UniformLevel, y: i32, z: i32, k: i32): usize {
  return <usize>level.network + <usize>(uniformRow(level, y, z) + k);
}

/** Minus the number of cells, per lane, that two rows have in common, in both halves. */
@inline
function sharedCells(level: UniformLevel, a: usize, b: usize): v128 {
  const half = <usize>level.half;
  const even = v128.and(insideNetwork(a), insideNetwork(b));
  return i32x4.add(even, v128.and(insideNetwork(a + half), insideNetwork(b + half)));
}

@inline
function toFloat(count: v128): v128 {
  return f32x4.convert_i32x4_s(i32x4.neg(count));
}

function coarsenRow(fine: UniformLevel, coarse: Level, Y: i32, Z: i32): void {
  const at = rowStart(coarse, Y, Z);
  const firstY = fine.fy * Y;
  const firstZ = fine.fz * Z;
  const endY = min(firstY + fine.fy, fine.ny);
  const endZ = min(firstZ + fine.fz, fine.nz);
  const half = <usize>fine.half;
  const wraps = fine.periodic !== 0 && fine.ny > 1;
  const linkX = v128.load32_splat(<usize>fine.tables + LINK_X);
  const linkY = v128.load32_splat(<usize>fine.tables + LINK_Y);
  const zeros = i32x4.splat(0);
  for (let k = 0; k < coarse.nx; k += 4) {
    let inX = zeros;
    let inY = zeros;
    let inZ = zeros;
    for (let z = firstZ; z < endZ; z++) {
      for (let y = firstY; y < endY; y++) {
        const row = evenBytes(fine, y, z, k);
        inX = i32x4.add(inX, v128.and(insideNetwork(row), insideNetwork(row + half - 1)));
        if (z === firstZ) {
          if (z > 0) inZ = i32x4.add(inZ, sharedCells(fine, row, row - <usize>fine.slice));
          else inZ = i32x4.add(inZ, i32x4.shl(sharedCells(fine, row, row), 1));
        }
        if (y === firstY && (y > 0 || wraps)) {
          const below = y > 0 ? row - <usize>fine.stride : evenBytes(fine, fine.ny - 1, z, k);
          inY = i32x4.add(inY, sharedCells(fine, row, below));
        }
      }
    }
    if (coarse.ny === 1) inY = zeros;
    const o = <usize>k << 2;
    v128.store(f32At(coarse.linkX, at) + o, f32x4.mul(linkX, toFloat(inX)));
    v128.store(f32At(coarse.linkY, at) + o, f32x4.mul(linkY, toFloat(inY)));
    v128.store(f32At(coarse.linkZ, at) + o, toFloat(inZ));
    if (Z < coarse.nz - 1) continue;
    let out = zeros;
    for (let y = firstY; y < endY; y++) {
      const row = evenBytes(fine, y, fine.nz - 1, k);
      out = i32x4.add(out, i32x4.shl(sharedCells(fine, row, row), 1));
    }
    v128.store(f32At(coarse.linkZ, at + coarse.slice) + o, toFloat(out));
  }
}

/** The same where rows are not halved: aggregates are one cell long. */
function coarsenLongRow(fine: UniformLevel, coarse: Level, Y: i32, Z: i32): void {
  const at = rowStart(coarse, Y, Z);
  const firstY = fine.fy * Y;
  const firstZ = fine.fz * Z;
  const endY = min(firstY + fine.fy, fine.ny);
  const endZ = min(firstZ + fine.fz, fine.nz);
  const wraps = fine.periodic !== 0 && fine.ny > 1;
  for (let x = 0; x < coarse.nx; x++) {
    let inX = 0;
    let inY = 0;
    let inZ = 0;
    let out = 0;
    for (let z = firstZ; z < endZ; z++) {
      for (let y = firstY; y < endY; y++) {
        if (conducts(fine, x, y, z) === 0) continue;
        if (x > 0) inX += conducts(fine, x - 1, y, z);
        if (z === firstZ) inZ += z > 0 ? conducts(fine, x, y, z - 1) : 2;
        if (y === firstY && y > 0) inY += conducts(fine, x, y - 1, z);
        else if (y === firstY && wraps) inY += conducts(fine, x, fine.ny - 1, z);
        if (z === fine.nz - 1) out += 2;
      }
    }
    if (coarse.ny === 1) inY = 0;
    const tables = <usize>fine.tables;
    store<f32>(f32At(coarse.linkX, at + x), <f32>inX * load<f32>(tables + LINK_X));
    store<f32>(f32At(coarse.linkY, at + x), <f32>inY * load<f32>(tables + LINK_Y));
    store<f32>(f32At(coarse.linkZ, at + x), <f32>inZ);
    if (Z === coarse.nz - 1) store<f32>(f32At(coarse.linkZ, at + coarse.slice + x), <f32>out);
  }
}
