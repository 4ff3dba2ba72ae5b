/**
 * Counter-based random numbers: the value for (seed, stream, index) is a pure function of the three,
 * so that any part of a field can be drawn in any order, by any thread, on any engine, with the same
 * bits. The generator is Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011,
 * doi:10.1145/2063384.2063405); normal deviates come from the inverse normal distribution (Wichura
 * 1988, algorithm AS 241 PPND16, doi:10.2307/2347330).
 *
 * Only + - × ÷, Math.sqrt, Math.floor and Math.imul are used: ECMAScript leaves the last digits of
 * log, exp and sin to the engine.
 */
import { LN2_HIGH, LN2_LOW, naturalLog } from './exp.ts';

/** Upper 32 bits of the 64-bit product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle & 0xffff);
  return aHigh * bHigh + (middle >>> 16) + (carry >>> 16);
}

/**
 * One Philox4x32-10 block: ten rounds over a 128-bit counter `c0…c3` with a 64-bit key `k0, k1`, all
 * unsigned 32-bit. Writes four unsigned 32-bit words to `out`.
 */
export function philoxBlock(
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
  out: Uint32Array,
): void {
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0);
    const high1 = multiplyHigh(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1 >>> 0;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0 >>> 0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

const TWO_32 = 4294967296;

/** Seeds are whole numbers from 0 to this; each bit counts. */
export const MAX_SEED = Number.MAX_SAFE_INTEGER;

/**
 * The block that holds values 4·block … 4·block + 3 of a stream. `seed` 0 … 2^53 − 1, `stream`
 * 0 … 2^32 − 1, `block` 0 … 2^53 − 1.
 */
function streamBlock(seed: number, stream: number, block: number, out: Uint32Array): void {
  philoxBlock(
    block >>> 0,
    Math.floor(block / TWO_32),
    stream,
    0,
    seed >>> 0,
    Math.floor(seed / TWO_32),
    out,
  );
}

const scratch = new Uint32Array(4);

/** Unsigned 32-bit integer number `index` of a stream, uniform. */
export function randomUint32(seed: number, stream: number, index: number): number {
  const block = Math.floor(index / 4);
  streamBlock(seed, stream, block, scratch);
  return scratch[index - 4 * block];
}

/** Number `index` of a stream, uniform on the open interval (0, 1), spaced 2^−32. */
export function randomUniform(seed: number, stream: number, index: number): number {
  return (randomUint32(seed, stream, index) + 0.5) / TWO_32;
}

/** Standard normal deviate number `index` of a stream; |value| < 6.34. */
export function randomNormal(seed: number, stream: number, index: number): number {
  return inverseNormal(randomUniform(seed, stream, index));
}

/**
 * Fills `out` with the standard normal deviates number `start` … of a stream, rounded to float32:
 * the same values as `randomNormal`, four per Philox block.
 */
export function fillNormal(out: Float32Array, seed: number, stream: number, start: number): void {
  const words = new Uint32Array(4);
  let current = -1;
  for (let i = 0; i < out.length; i++) {
    const index = start + i;
    const block = Math.floor(index / 4);
    if (block !== current) {
      streamBlock(seed, stream, block, words);
      current = block;
    }
    out[i] = inverseNormal((words[index - 4 * block] + 0.5) / TWO_32);
  }
}

/**
 * Quantile of the standard normal distribution for 0 < p < 1, relative error below 1e-15 (AS 241
 * PPND16). Odd about p = 1/2 as far as 1 − p is exact.
 */
export function inverseNormal(p: number): number {
  const q = p - 0.5;
  if (q >= -0.425 && q <= 0.425) {
    const r = 0.180625 - q * q;
    return (
      (q *
        (((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r +
          45921.953931549871457) *
          r +
          13731.693765509461125) *
          r +
          1971.5909503065514427) *
          r +
          133.14166789178437745) *
          r +
          3.387132872796366608)) /
      (((((((5226.495278852854561 * r + 28729.085735721942674) * r + 39307.89580009271061) * r +
        21213.794301586595867) *
        r +
        5394.1960214247511077) *
        r +
        687.1870074920579083) *
        r +
        42.313330701600911252) *
        r +
        1)
    );
  }
  const tail = Math.sqrt(-naturalLog(q < 0 ? p : 1 - p));
  let value: number;
  if (tail <= 5) {
    const r = tail - 1.6;
    value =
      (((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r +
        0.24178072517745061177) *
        r +
        1.27045825245236838258) *
        r +
        3.64784832476320460504) *
        r +
        5.7694972214606914055) *
        r +
        4.6303378461565452959) *
        r +
        1.42343711074968357734) /
      (((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r +
        0.0151986665636164571966) *
        r +
        0.14810397642748007459) *
        r +
        0.68976733498510000455) *
        r +
        1.6763848301838038494) *
        r +
        2.05319162663775882187) *
        r +
        1);
  } else {
    const r = tail - 5;
    value =
      (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r +
        0.0012426609473880784386) *
        r +
        0.026532189526576123093) *
        r +
        0.29656057182850489123) *
        r +
        1.7848265399172913358) *
        r +
        5.4637849111641143699) *
        r +
        6.6579046435011037772) /
      (((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r +
        1.8463183175100546818e-5) *
        r +
        7.868691311456132591e-4) *
        r +
        0.0148753612908506148525) *
        r +
        0.13692988092273580531) *
        r +
        0.59983220655588793769) *
        r +
        1);
  }
  return q < 0 ? -value : value;
}

/** e^x for −700 < x < 700, relative error below 1e-15: x = k·ln 2 + r, Taylor series in r. */
export function exponential(x: number): number {
  const exponent = Math.floor(x * 1.4426950408889634 + 0.5);
  const r = x - exponent * LN2_HIGH - exponent * LN2_LOW;
  let sum = 1;
  for (let n = 14; n >= 1; n--) sum = 1 + (r * sum) / n;
  const base = exponent < 0 ? 0.5 : 2;
  for (let k = exponent < 0 ? -exponent : exponent; k > 0; k--) sum *= base;
  return sum;
}
