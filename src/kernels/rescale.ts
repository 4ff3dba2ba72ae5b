/** Grey values onto the whole numbers of a smaller type. */
import type { BinArray } from './bin.ts';

/**
 * `from` becomes 0 and `to` the largest value of `out`; what lies beyond is clipped, values between
 * are rounded half up, NaN becomes 0. Equal ends make 0 of what is at most there. O(voxels).
 */
export function rescale(
  data: BinArray,
  from: number,
  to: number,
  out: Uint8Array | Uint16Array,
  at = 0,
): void {
  const top = 2 ** (8 * out.BYTES_PER_ELEMENT) - 1;
  const width = to - from;
  for (let i = 0; i < data.length; i++) {
    const share = (Number(data[i]) - from) / width;
    out[at + i] = share >= 1 ? top : share > 0 ? Math.floor(share * top + 0.5) : 0;
  }
}
