/**
 * Exponentials and the logarithm with the same bits in every engine: `Math.exp` and `Math.log` may
 * differ between engines, so nothing that ends up in a result may call them.
 */

/** ln 2 in two parts: the first with zeros at its end, so that its whole multiples are exact. */
export const LN2_HIGH = 6.9314718036912381649e-1;
export const LN2_LOW = 1.90821492927058770002e-10;
const LOG2_E = 1.442695040888963387;
// Remez coefficients of r·(e^r + 1)/(e^r - 1) in r² on |r| ≤ ln2/2.
const P1 = 1.66666666666666019037e-1;
const P2 = -2.77777777770155933842e-3;
const P3 = 6.61375632143793436117e-5;
const P4 = -1.6533902205465251539e-6;
const P5 = 4.13813679705723846039e-8;

/** 2^n for -1022 ≤ n ≤ 1023, exact. */
function powerOfTwo(n: number): number {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setInt32(0, (n + 1023) << 20);
  return bits.getFloat64(0);
}

/**
 * e^x in float64, error below 1 ulp for normal results; 0 below -745.14, Infinity above 709.79.
 * Argument reduction to |r| ≤ ln2/2 in two parts and a rational form in r, as in FreeBSD's
 * `e_exp.c` (Sun Microsystems 1993); only + - · / are used.
 */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY;
  if (x < -745.1332191019412) return 0;
  const n = Math.round(x * LOG2_E);
  const high = x - n * LN2_HIGH;
  const low = n * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const c = r - t * (P1 + t * (P2 + t * (P3 + t * (P4 + t * P5))));
  const y = 1 - (low - (r * c) / (2 - c) - high);
  if (n > 1023) return y * 2 * powerOfTwo(n - 1);
  if (n < -1022) return y * powerOfTwo(n + 54) * powerOfTwo(-54);
  return y * powerOfTwo(n);
}

/**
 * Natural logarithm of a finite x > 0, relative error below 1e-15: x = m·2^k with m near 1, then
 * 2·atanh((m − 1)/(m + 1)) as a series. The cost grows with |log2 x|.
 */
export function naturalLog(x: number): number {
  let exponent = 0;
  while (x < 0.7071067811865476) {
    x *= 2;
    exponent--;
  }
  while (x >= 1.4142135623730951) {
    x *= 0.5;
    exponent++;
  }
  const s = (x - 1) / (x + 1);
  const t = s * s;
  let sum = 1 / 23;
  for (let odd = 21; odd >= 3; odd -= 2) sum = sum * t + 1 / odd;
  return exponent * LN2_HIGH + (2 * s + (2 * s * t * sum + exponent * LN2_LOW));
}

const fround = Math.fround;
/** Times 2^126, which is exact. */
const UNIT = 2 ** 126;
const C0 = 0.9999973773956299 * UNIT;
const C1 = -0.6930301785469055 * UNIT;
const C2 = 0.23934108018875122 * UNIT;
const C3 = -0.05307406559586525 * UNIT;
const C4 = 0.006767083890736103 * UNIT;
/** Bits of 32 and of the last float32 below 64. */
const LOWEST = 0x42000000;
const HIGHEST = 0x427fffff;
/** Bits of s that are its fraction. */
const FRACTION = 0x3ffff;
/** What `exp2Below32` gives at 32, but for its error. */
export const SELF_WEIGHT = 0.25;
const word = new Float32Array(1);
const bits = new Int32Array(word.buffer);

function floatOf(pattern: number): number {
  bits[0] = pattern;
  return word[0];
}

function bitsOf(value: number): number {
  word[0] = value;
  return bits[0];
}

/**
 * 2^(30 − s) for a float32 s brought to [32, 64), rounded to float32 after every step; relative error
 * below 5e-6. The same bits as `wasm/src/shared/exp2.ts`, which tells the method.
 */
export function exp2Below32(s: number): number {
  const bounded = Math.min(Math.max(bitsOf(s), LOWEST), HIGHEST);
  const whole = bounded & ~FRACTION;
  const f = floatOf(bounded) - floatOf(whole);
  let p = fround(fround(f * C4) + C3);
  p = fround(fround(p * f) + C2);
  p = fround(fround(p * f) + C1);
  p = fround(fround(p * f) + C0);
  return floatOf(bitsOf(p) - (whole << 5));
}
