// The scalar form with the same bits is `exp2Below32` in src/kernels/exp.ts, coefficients included.

const C0: f32 = 3.985151529312134;
const C1: f32 = -2.7179505825042725;
const C2: f32 = 0.8802375197410583;
const C3: f32 = -0.16110223531723022;
const C4: f32 = 0.01366377528756857;

/** Bits of 32 and of the last float32 below 64. */
const LOWEST: i32 = 0x42000000;
const HIGHEST: i32 = 0x427fffff;

/**
 * 2^(32 - s), four lanes, s brought to [32, 64): relative error below 5e-6, exactly 1 at 32. There
 * the low 18 bits of s are its fraction f and the bits above count on: shifted, they are the mantissa
 * of 1 + f and the exponent. 2^(1 - f) is a minimax polynomial of degree 4 in 1 + f.
 */
@inline
export function exp2Below32(s: v128): v128 {
  const bounded = i32x4.min_s(i32x4.max_s(s, i32x4.splat(LOWEST)), i32x4.splat(HIGHEST));
  const parts = i32x4.shl(bounded, 5);
  const m = v128.or(v128.and(parts, i32x4.splat(0x7fffff)), i32x4.splat(0x3f800000));
  let p = f32x4.add(f32x4.mul(m, f32x4.splat(C4)), f32x4.splat(C3));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(C2));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(C1));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(C0));
  return i32x4.add(p, i32x4.sub(m, parts));
}
