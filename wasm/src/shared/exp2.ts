// The scalar form with the same bits is `exp2Below32` in src/kernels/exp.ts, coefficients included.

/**
 * Constants of `exp2Below32`, four lanes each, at the byte offsets below. From memory, because V8
 * makes constants anew at each use, which takes as long as the function itself.
 */
export const EXP2: usize = memory.data<u32>([
  // Bits of 32 and of the last float32 below 64; bits that are not the fraction of s.
  0x42000000, 0x42000000, 0x42000000, 0x42000000,
  0x427fffff, 0x427fffff, 0x427fffff, 0x427fffff,
  0xfffc0000, 0xfffc0000, 0xfffc0000, 0xfffc0000,
  // Coefficients times 2^126, in rising order.
  0x7e7fffd4, 0x7e7fffd4, 0x7e7fffd4, 0x7e7fffd4,
  0xfe316a6d, 0xfe316a6d, 0xfe316a6d, 0xfe316a6d,
  0x7d7515d4, 0x7d7515d4, 0x7d7515d4, 0x7d7515d4,
  0xfc596431, 0xfc596431, 0xfc596431, 0xfc596431,
  0x7addbe6a, 0x7addbe6a, 0x7addbe6a, 0x7addbe6a,
], 16);
export const LOWEST: usize = 0;
export const HIGHEST: usize = 16;
export const WHOLES: usize = 32;
export const C0: usize = 48;
export const C1: usize = 64;
export const C2: usize = 80;
export const C3: usize = 96;
export const C4: usize = 112;

/** What `exp2Below32` gives at 32, but for its error. */
export const SELF_WEIGHT: f32 = 0.25;

/**
 * 2^(30 - s), four lanes, s brought to [32, 64): relative error below 5e-6. There the low 18 bits of s
 * are its fraction f, and the bits above count on: shifted by 5 they are an exponent, which is 128
 * too large, and overflow. 2^(126 - f) is a minimax polynomial of degree 4.
 */
@inline
export function exp2Below32(
  s: v128,
  lowest: v128,
  highest: v128,
  wholes: v128,
  c0: v128,
  c1: v128,
  c2: v128,
  c3: v128,
  c4: v128,
): v128 {
  const bounded = i32x4.min_s(i32x4.max_s(s, lowest), highest);
  const whole = v128.and(bounded, wholes);
  const f = f32x4.sub(bounded, whole);
  let p = f32x4.add(f32x4.mul(f, c4), c3);
  p = f32x4.add(f32x4.mul(p, f), c2);
  p = f32x4.add(f32x4.mul(p, f), c1);
  p = f32x4.add(f32x4.mul(p, f), c0);
  return i32x4.sub(p, i32x4.shl(whole, 5));
}
