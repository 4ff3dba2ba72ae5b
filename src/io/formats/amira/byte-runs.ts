/**
 * HxByteRLE: a control byte below 128 repeats the next byte so many times; one from 128 on announces
 * its lower seven bits of bytes as they are. Returns the number of bytes written; stops where either
 * side ends.
 */
export function decodeByteRuns(packed: Uint8Array, out: Uint8Array): number {
  let at = 0;
  let written = 0;
  while (at < packed.length && written < out.length) {
    const control = packed[at++] as number;
    const wanted = control & 0x7f;
    if (control >= 128) {
      const literal = packed.subarray(at, at + Math.min(wanted, out.length - written));
      out.set(literal, written);
      written += literal.length;
      at += wanted;
    } else {
      if (at >= packed.length) break;
      const end = Math.min(written + wanted, out.length);
      out.fill(packed[at++] as number, written, end);
      written = end;
    }
  }
  return written;
}
