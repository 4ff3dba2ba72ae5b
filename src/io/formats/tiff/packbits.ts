/** PackBits run lengths (TIFF 6.0, section 9). */

/**
 * Decodes into `out` and returns the number of bytes written, `out.length` where the data holds
 * more. Stops where the input ends.
 */
export function decodePackBits(input: Uint8Array, out: Uint8Array): number {
  const capacity = out.length;
  const end = input.length;
  let position = 0;
  let written = 0;
  while (position < end && written < capacity) {
    const control = input[position++]!;
    if (control === 128) continue;
    if (control < 128) {
      const count = Math.min(control + 1, end - position, capacity - written);
      out.set(input.subarray(position, position + count), written);
      position += control + 1;
      written += count;
    } else {
      if (position === end) break;
      const count = Math.min(257 - control, capacity - written);
      out.fill(input[position++]!, written, written + count);
      written += count;
    }
  }
  return written;
}
