// LZW as TIFF uses it: most significant bit first with early change (TIFF 6.0, section 13). Gives up
// with -1 at an impossible code and at the old style, which the scalar reference
// (src/io/formats/tiff/lzw.ts) decodes.
import { copyMatch } from './memory';

const ODD: i32 = -1;
const CLEAR: u32 = 256;
const END: u32 = 257;
const FIRST_FREE: u32 = 258;
const TABLE_SIZE: u32 = 4096;

/** Every string of the table lies in the output: where it starts, and in the upper half its length. */
const strings = memory.data(8 * 4096, 16);

/**
 * Returns the number of bytes written, `capacity` where the stream holds more; stops where the input
 * ends.
 */
export function decodeLzw(input: usize, length: usize, output: usize, capacity: usize): i32 {
  if (length >= 2 && load<u8>(input) == 0 && (load<u8>(input + 1) & 1) == 1) return ODD;
  const end = input + length;
  const outEnd = output + capacity;
  let at = input;
  let out = output;
  // Unread bits, the next one on top.
  let word: u64 = 0;
  let unread: u32 = 0;
  let width: u32 = 9;
  let free: u32 = FIRST_FREE;
  let limit: u32 = 511;
  // The string of the code before: 0 after a clear.
  let before: usize = 0;
  let beforeLength: usize = 0;

  for (;;) {
    if (unread < width) {
      if (at + 8 <= end) {
        word |= bswap(load<u64>(at)) >> unread;
        at += (63 - unread) >> 3;
        unread |= 56;
      } else {
        while (unread <= 56 && at < end) {
          word |= <u64>load<u8>(at++) << (56 - unread);
          unread += 8;
        }
        if (unread < width) break;
      }
    }
    const code = <u32>(word >> (64 - width));
    word <<= width;
    unread -= width;
    const start = out;
    if (code < CLEAR) {
      if (out == outEnd) return <i32>capacity;
      store<u8>(out++, <u8>code);
    } else if (code == END) {
      break;
    } else if (code == CLEAR) {
      width = 9;
      free = FIRST_FREE;
      limit = 511;
      before = 0;
      continue;
    } else {
      if (out == outEnd) return <i32>capacity;
      if (before == 0 || code > free || (code == free && free >= TABLE_SIZE)) return ODD;
      // A code not yet in the table is the string before and its own first byte, which copying forward
      // produces by itself.
      let from = before;
      let size = beforeLength + 1;
      if (code < free) {
        from = load<u32>(strings + (code << 3));
        size = load<u32>(strings + (code << 3), 4);
      }
      const distance = out - from;
      const isCut = size > outEnd - out;
      const kept = isCut ? outEnd - out : size;
      if (kept <= 8 && kept <= distance) store<u64>(out, load<u64>(from));
      else copyMatch(out, distance, kept);
      out += kept;
      if (isCut) return <i32>capacity;
    }
    if (before != 0 && free < TABLE_SIZE) {
      store<u32>(strings + (free << 3), before);
      store<u32>(strings + (free << 3), <u32>(beforeLength + 1), 4);
      free++;
      if (free >= limit && width < 12) {
        width++;
        limit = (1 << width) - 1;
      }
    }
    before = start;
    beforeLength = out - start;
  }
  return <i32>(out - output);
}
