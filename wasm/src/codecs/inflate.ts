// Inflate (RFC 1951) of a whole stream in memory. Gives up with -1 at anything odd, and leaves it to
// the scalar reference (src/io/inflate.ts) to say what it is or to decode it nevertheless.
import { copyMatch } from './memory';

const ODD: i32 = -1;

const MAX_CODE_BITS: i32 = 15;
const LITERAL_BITS: i32 = 10;
const DISTANCE_BITS: i32 = 8;
const LENGTH_CODE_BITS: i32 = 7;
const END_OF_BLOCK: i32 = 256;

/*
 * A table entry, indexed by the next bits of the stream: bits 0-7 how many bits it takes in all, 8-15
 * how many of them are the code, 16-30 the literal or the base of the length or distance, to which the
 * bits between are added. LITERAL or SPECIAL (end of block, or a symbol that does not occur) is on top.
 * 0: the code is longer than the index, or there is none.
 */
const LITERAL: u32 = 0x8000_0000;
const SPECIAL: u32 = 0x4000_0000;
const BAD_DISTANCE: u32 = 0x8000_0000;

const literalTable = memory.data(4 << LITERAL_BITS, 16);
const distanceTable = memory.data(4 << DISTANCE_BITS, 16);
const lengthCodeTable = memory.data(4 << LENGTH_CODE_BITS, 16);
/** Entries of each symbol before its code is known: literals and lengths, distances, plain numbers. */
const literalSymbols = memory.data(4 * 288, 16);
const distanceSymbols = memory.data(4 * 32, 16);
const plainSymbols = memory.data(4 * 19, 16);
/** For codes longer than a table's index: how many there are of each length, and all symbols in order. */
const literalCounts = memory.data(2 * 16, 16);
const distanceCounts = memory.data(2 * 16, 16);
const lengthCounts = memory.data(2 * 16, 16);
const literalOrder = memory.data(2 * 288, 16);
const distanceOrder = memory.data(2 * 32, 16);
const lengthOrder = memory.data(2 * 32, 16);
const codeLengths = memory.data(320, 16);
const offsets = memory.data(4 * 17, 16);
const CODE_LENGTH_ORDER = memory.data<u8>([
  16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
]);

// The stream, between blocks.
let position: usize = 0;
let end: usize = 0;
let hold: u64 = 0;
let bits: i32 = 0;
let written: usize = 0;
let isPrepared = false;

/** RFC 1951, 3.2.5. */
function prepare(): void {
  if (isPrepared) return;
  for (let symbol: u32 = 0; symbol < 256; symbol++) {
    store<u32>(literalSymbols + (symbol << 2), LITERAL | (symbol << 16));
  }
  store<u32>(literalSymbols + (END_OF_BLOCK << 2), SPECIAL);
  let base: u32 = 3;
  for (let i: u32 = 0; i < 28; i++) {
    const extra: u32 = i < 8 ? 0 : (i >> 2) - 1;
    store<u32>(literalSymbols + ((257 + i) << 2), (base << 16) | extra);
    base += 1 << extra;
  }
  store<u32>(literalSymbols + (285 << 2), 258 << 16);
  store<u32>(literalSymbols + (286 << 2), SPECIAL | (1 << 16));
  store<u32>(literalSymbols + (287 << 2), SPECIAL | (1 << 16));
  base = 1;
  for (let i: u32 = 0; i < 30; i++) {
    const extra: u32 = i < 4 ? 0 : (i >> 1) - 1;
    store<u32>(distanceSymbols + (i << 2), (base << 16) | extra);
    base += 1 << extra;
  }
  store<u32>(distanceSymbols + (30 << 2), BAD_DISTANCE);
  store<u32>(distanceSymbols + (31 << 2), BAD_DISTANCE);
  for (let i: u32 = 0; i < 19; i++) store<u32>(plainSymbols + (i << 2), i << 16);
  isPrepared = true;
}

/** Fills a table from code lengths; false where no code has them. */
function buildTable(
  table: usize,
  tableBits: i32,
  lengths: usize,
  symbolCount: i32,
  symbols: usize,
  counts: usize,
  order: usize,
): bool {
  memory.fill(counts, 0, 32);
  for (let i = 0; i < symbolCount; i++) {
    const at = counts + (<usize>load<u8>(lengths + i) << 1);
    store<u16>(at, load<u16>(at) + 1);
  }
  const used = symbolCount - <i32>load<u16>(counts);
  store<u16>(counts, 0);
  let left: i32 = 1;
  let offset: u32 = 0;
  for (let length: usize = 1; length <= <usize>MAX_CODE_BITS; length++) {
    const count = <i32>load<u16>(counts + (length << 1));
    store<u32>(offsets + (length << 2), offset);
    offset += count;
    left = (left << 1) - count;
    if (left < 0) return false;
  }
  if (left > 0) {
    // A code of one bit may stand alone, and no code at all where none is used.
    if (used > 0 && !(used == 1 && load<u16>(counts + 2) == 1)) return false;
    memory.fill(table, 0, 4 << tableBits);
  }
  if (used == 0) return true;
  for (let i = 0; i < symbolCount; i++) {
    const length = <usize>load<u8>(lengths + i);
    if (length == 0) continue;
    const at = offsets + (length << 2);
    const place = load<u32>(at);
    store<u32>(at, place + 1);
    store<u16>(order + (place << 1), <u16>i);
  }
  if (left > 0) {
    const entry = load<u32>(symbols + (<usize>load<u16>(order) << 2)) + 0x101;
    for (let slot = 0; slot < 1 << tableBits; slot += 2) store<u32>(table + (slot << 2), entry);
    return true;
  }
  // Codes in order, bit-reversed; the filled part of the table doubles with each further bit.
  const mask: u32 = (1 << tableBits) - 1;
  let code: u32 = 0;
  let length: i32 = 1;
  let filled: u32 = 2;
  let count = <i32>load<u16>(counts + 2);
  for (let i: usize = 0; i < <usize>used; i++) {
    while (count == 0) {
      length++;
      if (length <= tableBits) memory.copy(table + (filled << 2), table, filled << 2);
      filled <<= 1;
      count = <i32>load<u16>(counts + (<usize>length << 1));
    }
    count--;
    const entry =
      length > tableBits
        ? 0
        : load<u32>(symbols + (<usize>load<u16>(order + (i << 1)) << 2)) + length * 0x101;
    store<u32>(table + ((code & mask) << 2), entry);
    const rest = code ^ (filled - 1);
    if (rest == 0) break;
    const bit: u32 = 1 << (31 - clz(rest));
    code = (code & (bit - 1)) | bit;
  }
  for (; length < tableBits; length++) {
    memory.copy(table + (filled << 2), table, filled << 2);
    filled <<= 1;
  }
  return true;
}

/** The entry of a code that its table does not hold; 0 where there is none. */
function longEntry(counts: usize, order: usize, symbols: usize, word: u64): u32 {
  let code: i32 = 0;
  let first: i32 = 0;
  let index: i32 = 0;
  for (let length: i32 = 1; length <= MAX_CODE_BITS; length++) {
    code |= <i32>(word & 1);
    word >>= 1;
    const count = <i32>load<u16>(counts + (<usize>length << 1));
    if (code - count < first) {
      const symbol = <usize>load<u16>(order + (<usize>(index + code - first) << 1));
      return load<u32>(symbols + (symbol << 2)) + length * 0x101;
    }
    index += count;
    first = (first + count) << 1;
    code <<= 1;
  }
  return 0;
}

/** Bits that were taken from behind the end: then the stream ends early. */
// @ts-ignore: decorator
@inline
function isOverrun(at: usize, unread: i32): bool {
  return at > end && <i32>(at - end) << 3 > unread;
}

/** Fills up to at least 56 bits; what lies behind the end is padding. */
// @ts-ignore: decorator
@inline
function refill(): void {
  hold |= load<u64>(position) << bits;
  position += (63 - bits) >> 3;
  bits |= 56;
}

/** The next `count` bits, which must have been filled. */
// @ts-ignore: decorator
@inline
function take(count: i32): u32 {
  const value = <u32>hold & ((1 << count) - 1);
  hold >>= count;
  bits -= count;
  return value;
}

function readCodes(): bool {
  refill();
  const literalCount = <i32>take(5) + 257;
  const distanceCount = <i32>take(5) + 1;
  const lengthCount = <i32>take(4) + 4;
  if (literalCount > 286 || distanceCount > 30) return false;
  memory.fill(codeLengths, 0, 19);
  for (let i = 0; i < lengthCount; i++) {
    if (bits < 3) refill();
    store<u8>(codeLengths + <usize>load<u8>(CODE_LENGTH_ORDER + i), <u8>take(3));
  }
  if (isOverrun(position, bits)) return false;
  if (
    !buildTable(lengthCodeTable, LENGTH_CODE_BITS, codeLengths, 19, plainSymbols, lengthCounts, lengthOrder)
  ) {
    return false;
  }
  const total = literalCount + distanceCount;
  for (let i = 0; i < total; ) {
    refill();
    if (isOverrun(position, bits)) return false;
    const entry = load<u32>(lengthCodeTable + ((<usize>hold & 127) << 2));
    if (entry == 0) return false;
    take(<i32>(entry & 0xff));
    const symbol = entry >> 16;
    if (symbol < 16) {
      store<u8>(codeLengths + i, <u8>symbol);
      i++;
      continue;
    }
    if (symbol == 16 && i == 0) return false;
    const value: u8 = symbol == 16 ? load<u8>(codeLengths + i - 1) : 0;
    const repeat = <i32>(symbol == 16 ? 3 + take(2) : symbol == 17 ? 3 + take(3) : 11 + take(7));
    if (i + repeat > total) return false;
    memory.fill(codeLengths + i, value, repeat);
    i += repeat;
  }
  return (
    load<u8>(codeLengths + END_OF_BLOCK) != 0 &&
    buildTable(literalTable, LITERAL_BITS, codeLengths, literalCount, literalSymbols, literalCounts, literalOrder) &&
    buildTable(distanceTable, DISTANCE_BITS, codeLengths + literalCount, distanceCount, distanceSymbols, distanceCounts, distanceOrder)
  );
}

function fixedCodes(): void {
  memory.fill(codeLengths, 8, 144);
  memory.fill(codeLengths + 144, 9, 112);
  memory.fill(codeLengths + 256, 7, 24);
  memory.fill(codeLengths + 280, 8, 8);
  memory.fill(codeLengths + 288, 5, 32);
  buildTable(literalTable, LITERAL_BITS, codeLengths, 288, literalSymbols, literalCounts, literalOrder);
  buildTable(distanceTable, DISTANCE_BITS, codeLengths + 288, 32, distanceSymbols, distanceCounts, distanceOrder);
}

/** How a block ends: FITS, or FULL where the output is full before its end, or ODD. */
const FITS: i32 = 0;
const FULL: i32 = 1;

function storedBlock(outEnd: usize): i32 {
  // Back to the byte border: whole bytes that were read ahead are given back.
  if (isOverrun(position, bits)) return ODD;
  position -= bits >> 3;
  hold = 0;
  bits = 0;
  if (position + 4 > end) return ODD;
  const length = load<u16>(position);
  if (length != <u16>~load<u16>(position + 2)) return ODD;
  position += 4;
  const count = min(<usize>length, outEnd - written);
  if (position + count > end) return ODD;
  memory.copy(written, position, count);
  written += count;
  position += count;
  return count == <usize>length ? FITS : FULL;
}

function codedBlock(outStart: usize, outEnd: usize): i32 {
  const literals = literalTable;
  const distances = distanceTable;
  let at = position;
  let unread = bits;
  let word = hold;
  let out = written;
  let result = ODD;
  for (;;) {
    word |= load<u64>(at) << unread;
    at += (63 - unread) >> 3;
    unread |= 56;
    if (isOverrun(at, unread)) return ODD;
    let entry = load<u32>(literals + ((<usize>word & ((1 << LITERAL_BITS) - 1)) << 2));
    // Three literals of the table are at most 30 bits, a fourth code 15 and its extra bits 5.
    if (entry & LITERAL) {
      word >>= entry & 63;
      unread -= <i32>(entry & 0xff);
      store<u8>(out++, <u8>(entry >> 16));
      entry = load<u32>(literals + ((<usize>word & ((1 << LITERAL_BITS) - 1)) << 2));
      if (entry & LITERAL) {
        word >>= entry & 63;
        unread -= <i32>(entry & 0xff);
        store<u8>(out++, <u8>(entry >> 16));
        entry = load<u32>(literals + ((<usize>word & ((1 << LITERAL_BITS) - 1)) << 2));
        if (entry & LITERAL) {
          word >>= entry & 63;
          unread -= <i32>(entry & 0xff);
          store<u8>(out++, <u8>(entry >> 16));
          if (out <= outEnd) continue;
        }
      }
      if (out > outEnd) {
        if (isOverrun(at, unread)) return ODD;
        out = outEnd;
        result = FULL;
        break;
      }
    }
    if (entry == 0) {
      entry = longEntry(literalCounts, literalOrder, literalSymbols, word);
      if (entry == 0) return ODD;
    }
    if (entry & LITERAL) {
      word >>= entry & 63;
      unread -= <i32>(entry & 0xff);
      if (isOverrun(at, unread)) return ODD;
      if (out == outEnd) {
        result = FULL;
        break;
      }
      store<u8>(out++, <u8>(entry >> 16));
      continue;
    }
    const seen = word;
    word >>= entry & 63;
    unread -= <i32>(entry & 0xff);
    if (entry & SPECIAL) {
      if (isOverrun(at, unread) || ((entry >> 16) & 1) != 0) return ODD;
      result = FITS;
      break;
    }
    const codeBits = (entry >> 8) & 0xff;
    const length =
      <usize>(entry >> 16) + <usize>((<u32>(seen >> codeBits)) & ((1 << ((entry & 0xff) - codeBits)) - 1));
    if (unread < 28) {
      word |= load<u64>(at) << unread;
      at += (63 - unread) >> 3;
      unread |= 56;
      if (isOverrun(at, unread)) return ODD;
    }
    let far = load<u32>(distances + ((<usize>word & ((1 << DISTANCE_BITS) - 1)) << 2));
    if (far == 0) {
      far = longEntry(distanceCounts, distanceOrder, distanceSymbols, word);
      if (far == 0) return ODD;
    }
    if (far & BAD_DISTANCE) return ODD;
    const farBits = (far >> 8) & 0xff;
    const distance =
      <usize>(far >> 16) + <usize>((<u32>(word >> farBits)) & ((1 << ((far & 0xff) - farBits)) - 1));
    word >>= far & 63;
    unread -= <i32>(far & 0xff);
    if (distance > out - outStart || isOverrun(at, unread)) return ODD;
    if (length > outEnd - out) {
      if (out < outEnd) copyMatch(out, distance, outEnd - out);
      out = outEnd;
      result = FULL;
      break;
    }
    copyMatch(out, distance, length);
    out += length;
  }
  position = at;
  bits = unread;
  hold = word;
  written = out;
  return result;
}

/** Adler-32 of `length` bytes (RFC 1950). */
function adler32(from: usize, length: usize): u32 {
  let a: u32 = 1;
  let b: u32 = 0;
  const stop = from + length;
  while (from < stop) {
    // 16 × 300 bytes: all sums stay below 2^32.
    const part = min(stop - from, <usize>4800);
    const whole = from + (part & ~15);
    let ones = i32x4.splat(0);
    let sums = i32x4.splat(0);
    let rounds: u32 = 0;
    for (; from < whole; from += 16, rounds++) {
      const bytes = v128.load(from);
      // b grows by 16 a at the start of each round, and by 16, 15 … 1 times its bytes.
      sums = i32x4.add(sums, i32x4.shl(ones, 4));
      ones = i32x4.add(ones, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes)));
      sums = i32x4.add(
        sums,
        i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(bytes), i16x8(16, 15, 14, 13, 12, 11, 10, 9)),
      );
      sums = i32x4.add(
        sums,
        i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(bytes), i16x8(8, 7, 6, 5, 4, 3, 2, 1)),
      );
    }
    b += 16 * rounds * a;
    b += i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1);
    b += i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
    a += i32x4.extract_lane(ones, 0) + i32x4.extract_lane(ones, 1);
    a += i32x4.extract_lane(ones, 2) + i32x4.extract_lane(ones, 3);
    for (const last = whole + (part & 15); from < last; from++) {
      a += load<u8>(from);
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return (b << 16) | a;
}

/**
 * Decodes a zlib stream (RFC 1950) and returns the number of bytes written, `capacity` where the
 * stream holds more; -1 where it is damaged, cut off or odd in any way. A checksum that is there is
 * verified unless the output is full before the stream's end.
 */
export function inflateZlib(input: usize, length: usize, output: usize, capacity: usize): i32 {
  prepare();
  if (length < 2) return ODD;
  const first = <u32>load<u8>(input);
  const second = <u32>load<u8>(input + 1);
  if ((first & 15) != 8 || ((first << 8) | second) % 31 != 0 || (second & 32) != 0) return ODD;
  position = input + 2;
  end = input + length;
  hold = 0;
  bits = 0;
  written = output;
  const outEnd = output + capacity;
  for (let isLast = false; !isLast; ) {
    refill();
    isLast = take(1) == 1;
    const kind = take(2);
    if (isOverrun(position, bits) || kind == 3) return ODD;
    let result: i32;
    if (kind == 0) {
      result = storedBlock(outEnd);
    } else {
      if (kind == 1) fixedCodes();
      else if (!readCodes()) return ODD;
      result = codedBlock(output, outEnd);
    }
    if (result == ODD) return ODD;
    if (result == FULL) return <i32>capacity;
  }
  const trailer = position - (bits >> 3);
  if (trailer + 4 <= end && bswap(load<u32>(trailer)) != adler32(output, written - output)) return ODD;
  return <i32>(written - output);
}
