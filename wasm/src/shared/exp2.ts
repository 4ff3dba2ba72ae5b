// 2^-t for t in [0, 120], four lanes: t = n - f with n the nearest integer and f in [-1/2, 1/2],
// 2^f by the minimax polynomial of degree 4 with value 1 at 0 (relative error below 3e-6). The
// scalar form with the same bits is `exp2Negative` in src/kernels/exp.ts, coefficients included.

const C1: f32 = 0.6931241154670715;
const C2: f32 = 0.24024106562137604;
const C3: f32 = 0.05590682849287987;
const C4: f32 = 0.009582576341927052;

/** 1.5 · 2^23: adding it rounds to the nearest integer and leaves that integer in the low bits. */
const ROUND: f32 = 12582912;

@inline
export function exp2Negative(t: v128): v128 {
  const shifted = f32x4.add(t, f32x4.splat(ROUND));
  const f = f32x4.sub(f32x4.sub(shifted, f32x4.splat(ROUND)), t);
  let p = f32x4.add(f32x4.mul(f, f32x4.splat(C4)), f32x4.splat(C3));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(C2));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(C1));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(1));
  return i32x4.sub(p, i32x4.shl(shifted, 23));
}
