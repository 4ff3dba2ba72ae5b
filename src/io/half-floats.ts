/** IEEE 754 half floats as single ones, exactly. */

const halfScratch = new Float32Array(1);
const halfBits = new Uint32Array(halfScratch.buffer);

/** One IEEE 754 half float as a number; exact, NaN kept as NaN. */
function halfToNumber(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 31;
  const fraction = half & 0x3ff;
  if (exponent === 0) {
    // Subnormal halves are multiples of 2^-24.
    const value = fraction * 2 ** -24;
    return sign === 0 ? value : -value;
  }
  const wide = exponent === 31 ? 255 : exponent + 112;
  halfBits[0] = (sign | (wide << 23) | (fraction << 13)) >>> 0;
  return halfScratch[0]!;
}

let halfTable: Float32Array | null = null;

/** Writes the values of the halves to `out`, from index `from` on. */
export function widenHalves(halves: Uint16Array, out: Float32Array, from: number): void {
  halfTable ??= Float32Array.from({ length: 65_536 }, (_, half) => halfToNumber(half));
  for (let i = 0; i < halves.length; i++) out[from + i] = halfTable[halves[i]!]!;
}
