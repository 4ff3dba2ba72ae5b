/**
 * LZW as TIFF uses it: most significant bit first with early change (TIFF 6.0, section 13), and the
 * old style of early libtiff, least significant bit first without early change.
 */
import { CodecError } from '../../codec-error.ts';

const CLEAR = 256;
const END = 257;
const FIRST_FREE = 258;
const TABLE_SIZE = 4096;

// Every table string but the 256 single bytes lies in the output already: a code is where and how long.
const starts = new Int32Array(TABLE_SIZE);
const lengths = new Int32Array(TABLE_SIZE);

/** Old-style streams begin with the clear code in the other bit order: 0x00, then an odd byte. */
function isOldStyleLzw(input: Uint8Array): boolean {
  return input.length >= 2 && input[0] === 0 && ((input[1] ?? 0) & 1) === 1;
}

/**
 * Decodes into `out` and returns the number of bytes written, `out.length` where the stream holds
 * more. Stops without an error where the input ends. Throws `CodecError` on an impossible code.
 */
export function decodeLzw(input: Uint8Array, out: Uint8Array): number {
  const old = isOldStyleLzw(input);
  const capacity = out.length;
  const end = input.length;
  const early = old ? 0 : 1;
  let position = 0;
  let hold = 0;
  let bits = 0;
  let width = 9;
  let free = FIRST_FREE;
  let limit = 512 - early;
  let written = 0;
  // The string of the code before: -1 after a clear.
  let previousStart = -1;
  let previousLength = 0;

  for (;;) {
    let code: number;
    if (old) {
      while (bits < width) {
        if (position === end) return written;
        hold |= input[position++]! << bits;
        bits += 8;
      }
      code = hold & ((1 << width) - 1);
      hold >>>= width;
    } else {
      while (bits < width) {
        if (position === end) return written;
        hold = ((hold << 8) | input[position++]!) & 0xffffff;
        bits += 8;
      }
      code = (hold >>> (bits - width)) & ((1 << width) - 1);
    }
    bits -= width;

    if (code === END) return written;
    if (code === CLEAR) {
      width = 9;
      free = FIRST_FREE;
      limit = 512 - early;
      previousStart = -1;
      continue;
    }
    if (written === capacity) return written;
    const start = written;
    if (code < CLEAR) {
      out[written++] = code;
    } else if (previousStart < 0 || code > free || (code === free && free >= TABLE_SIZE)) {
      throw new CodecError('its LZW data holds an impossible code');
    } else {
      // A code not yet in the table is the string before plus its own first byte, which copying
      // forward from the string before produces by itself.
      let from = code === free ? previousStart : starts[code]!;
      const length = code === free ? previousLength + 1 : lengths[code]!;
      const stop = Math.min(written + length, capacity);
      if (stop - written > 24 && from + (stop - written) <= written) {
        out.copyWithin(written, from, from + stop - written);
        written = stop;
      } else {
        while (written < stop) out[written++] = out[from++]!;
      }
      if (stop - start < length) return written;
    }
    if (previousStart >= 0 && free < TABLE_SIZE) {
      starts[free] = previousStart;
      lengths[free] = previousLength + 1;
      free++;
      if (free >= limit && width < 12) {
        width++;
        limit = (1 << width) - early;
      }
    }
    previousStart = start;
    previousLength = written - start;
  }
}
