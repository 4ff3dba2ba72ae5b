// Conjugate gradients of the steady diffusion solver over the finest level's layout: u in float64,
// p in float32, r and z in that level's arrays. Scalar reference: `src/kernels/diffusion.ts`. Each
// sum is stored per slice.
import { f32At, f64At, Level, rowAbove, rowBelow, rowStart } from './shared/diffusion-level';

/** Two float32 as float64. */
@inline
function loadPair(pointer: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(pointer));
}

/** Two elements from `i` on as float64, of an array of float32 if `single`. */
@inline
function loadTwo(array: usize, i: i32, single: bool): v128 {
  return single ? loadPair(f32At(<u32>array, i)) : v128.load(f64At(array, i));
}

/** Σ link · (own − neighbour) for two cells; `i`, `down` and `up` are elements. */
@inline
function applyPair(level: Level, v: usize, single: bool, i: i32, down: i32, up: i32, own: v128): v128 {
  const slice = level.slice;
  let sum = f64x2.mul(loadPair(f32At(level.linkX, i)), f64x2.sub(own, loadTwo(v, i - 1, single)));
  sum = f64x2.add(
    sum,
    f64x2.mul(loadPair(f32At(level.linkX, i + 1)), f64x2.sub(own, loadTwo(v, i + 1, single))),
  );
  sum = f64x2.add(
    sum,
    f64x2.mul(loadPair(f32At(level.linkY, i)), f64x2.sub(own, loadTwo(v, down, single))),
  );
  sum = f64x2.add(
    sum,
    f64x2.mul(loadPair(f32At(level.linkY, up)), f64x2.sub(own, loadTwo(v, up, single))),
  );
  sum = f64x2.add(
    sum,
    f64x2.mul(loadPair(f32At(level.linkZ, i)), f64x2.sub(own, loadTwo(v, i - slice, single))),
  );
  return f64x2.add(
    sum,
    f64x2.mul(
      loadPair(f32At(level.linkZ, i + slice)),
      f64x2.sub(own, loadTwo(v, i + slice, single)),
    ),
  );
}

/** Lanes of the pair of cells at x that lie in the row. */
@inline
function insideRow(x: i32, nx: i32): v128 {
  return x + 1 < nx ? i64x2(-1, -1) : i64x2(-1, 0);
}

/** u = linear profile, with the values of the outer faces beside it. */
export function diffusionProfile(pointer: usize, u: usize, start: i32, end: i32): void {
  const level = changetype<Level>(pointer);
  const nz = level.nz;
  if (start === 0) fill(u, 0, level.slice - 1, 1);
  for (let z = start; z < end; z++) {
    const from = level.slice * (z + 1) - 1;
    fill(u, from, from + level.slice, 1 - (<f64>z + 0.5) / <f64>nz);
  }
  if (end === nz) fill(u, level.slice * (nz + 1), level.slice * (nz + 2), 0);
}

@inline
function fill(array: usize, start: i32, end: i32, value: f64): void {
  for (let i = start; i < end; i++) store<f64>(f64At(array, i), value);
}

/** −A u of two cells of a row, 0 past its end. */
@inline
function residualPair(level: Level, u: usize, x: i32, at: i32, down: i32, up: i32): v128 {
  const i = at + x;
  const sum = applyPair(level, u, false, i, down + x, up + x, v128.load(f64At(u, i)));
  return v128.and(f64x2.neg(sum), insideRow(x, level.nx));
}

/** The residual r = −A u for the preconditioner. */
export function diffusionResidual(pointer: usize, u: usize, start: i32, end: i32): void {
  const level = changetype<Level>(pointer);
  const nx = level.nx;
  for (let z = start; z < end; z++) {
    for (let y = 0; y < level.ny; y++) {
      const at = rowStart(level, y, z);
      const down = rowBelow(level, y, z);
      const up = rowAbove(level, y, z);
      for (let x = 0; x < nx; x += 2) {
        const residual = residualPair(level, u, x, at, down, up);
        v128.store64_lane(f32At(level.r, at + x), f32x4.demote_f64x2_zero(residual), 0);
      }
    }
  }
}

/** The same in float64 into `flow`, for the certificate. */
export function diffusionExactResidual(pointer: usize, u: usize, flow: usize, start: i32, end: i32): void {
  const level = changetype<Level>(pointer);
  const nx = level.nx;
  for (let z = start; z < end; z++) {
    for (let y = 0; y < level.ny; y++) {
      const at = rowStart(level, y, z);
      const down = rowBelow(level, y, z);
      const up = rowAbove(level, y, z);
      for (let x = 0; x < nx; x += 2) {
        v128.store(f64At(flow, at + x), residualPair(level, u, x, at, down, up));
      }
    }
  }
}

/** q = A p, in place of the correction, which is no longer needed; `sums[z]` = p·q of slice z. */
export function diffusionMultiply(pointer: usize, p: usize, sums: usize, start: i32, end: i32): void {
  const level = changetype<Level>(pointer);
  const nx = level.nx;
  for (let z = start; z < end; z++) {
    let lanes = f64x2.splat(0);
    for (let y = 0; y < level.ny; y++) {
      const at = rowStart(level, y, z);
      const down = rowBelow(level, y, z);
      const up = rowAbove(level, y, z);
      // The ends repeated in the padding must not get into the residual.
      store<f32>(f32At(level.x, at - 1), 0);
      store<f32>(f32At(level.x, at + nx), 0);
      for (let x = 0; x < nx; x += 2) {
        const i = at + x;
        const own = loadPair(f32At(<u32>p, i));
        const sum = v128.and(applyPair(level, p, true, i, down + x, up + x, own), insideRow(x, nx));
        v128.store64_lane(f32At(level.x, i), f32x4.demote_f64x2_zero(sum), 0);
        lanes = f64x2.add(lanes, f64x2.mul(own, sum));
      }
    }
    store<f64>(f64At(sums, z), f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1));
  }
}

/** u += alpha p, r −= alpha q. */
export function diffusionAdvance(pointer: usize, u: usize, p: usize, alpha: f64, start: i32, end: i32): void {
  const level = changetype<Level>(pointer);
  const step = f64x2.splat(alpha);
  const stop = level.slice * (end + 1);
  // The left ghost of the first row lies before the first slice.
  if (start === 0) {
    const ghost = level.slice - 1;
    const change = alpha * <f64>load<f32>(f32At(<u32>p, ghost));
    store<f64>(f64At(u, ghost), load<f64>(f64At(u, ghost)) + change);
  }
  for (let i = level.slice * (start + 1); i < stop; i += 2) {
    const to = f64At(u, i);
    v128.store(to, f64x2.add(v128.load(to), f64x2.mul(step, loadPair(f32At(<u32>p, i)))));
    const r = f32At(level.r, i);
    const residual = f64x2.sub(loadPair(r), f64x2.mul(step, loadPair(f32At(level.x, i))));
    v128.store64_lane(r, f32x4.demote_f64x2_zero(residual), 0);
  }
}

/** `sums[z]` = r·z of slice z, z being the finest level's correction. */
export function diffusionDot(pointer: usize, sums: usize, start: i32, end: i32): void {
  const level = changetype<Level>(pointer);
  for (let z = start; z < end; z++) {
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    const stop = level.slice * (z + 2);
    for (let i = level.slice * (z + 1); i < stop; i += 4) {
      const r = f32At(level.r, i);
      const x = f32At(level.x, i);
      low = f64x2.add(low, f64x2.mul(loadPair(r), loadPair(x)));
      high = f64x2.add(high, f64x2.mul(loadPair(r + 8), loadPair(x + 8)));
    }
    const both = f64x2.add(low, high);
    store<f64>(f64At(sums, z), f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1));
  }
}

/** p = z + beta p. */
export function diffusionDirect(pointer: usize, p: usize, beta: f64, start: i32, end: i32): void {
  const level = changetype<Level>(pointer);
  const factor = f64x2.splat(beta);
  const stop = level.slice * (end + 1);
  if (start === 0) {
    const ghost = f32At(<u32>p, level.slice - 1);
    const value = <f64>load<f32>(f32At(level.x, level.slice - 1));
    store<f32>(ghost, <f32>(value + beta * <f64>load<f32>(ghost)));
  }
  for (let i = level.slice * (start + 1); i < stop; i += 2) {
    const to = f32At(<u32>p, i);
    const sum = f64x2.add(loadPair(f32At(level.x, i)), f64x2.mul(factor, loadPair(to)));
    v128.store64_lane(to, f32x4.demote_f64x2_zero(sum), 0);
  }
}

@inline
function square(array: usize, i: i32, j: i32): f64 {
  const drop = load<f64>(f64At(array, i)) - load<f64>(f64At(array, j));
  return drop * drop;
}

/** `sums[z]` = dissipation in the links that slice z owns; the last slice owns the outlet too. */
export function diffusionEnergy(pointer: usize, u: usize, sums: usize, start: i32, end: i32): void {
  const level = changetype<Level>(pointer);
  const slice = level.slice;
  for (let z = start; z < end; z++) {
    let sum: f64 = 0;
    for (let y = 0; y < level.ny; y++) {
      const at = rowStart(level, y, z);
      const down = rowBelow(level, y, z);
      for (let x = 0; x < level.nx; x++) {
        const i = at + x;
        const inX = <f64>load<f32>(f32At(level.linkX, i)) * square(u, i, i - 1);
        const inY = <f64>load<f32>(f32At(level.linkY, i)) * square(u, i, down + x);
        const inZ = <f64>load<f32>(f32At(level.linkZ, i)) * square(u, i, i - slice);
        sum += inX + inY + inZ;
        if (z === level.nz - 1) {
          sum += <f64>load<f32>(f32At(level.linkZ, i + slice)) * square(u, i + slice, i);
        }
      }
    }
    store<f64>(f64At(sums, z), sum);
  }
}

/** Sets MiB [start, end) of a range of `bytes` bytes to zero. */
export function diffusionClear(pointer: usize, bytes: usize, start: i32, end: i32): void {
  const from = <usize>start << 20;
  const to = min<usize>(<usize>end << 20, bytes);
  memory.fill(pointer + from, 0, to - from);
}
