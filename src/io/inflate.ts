/**
 * Inflate (RFC 1951) with the zlib wrapper (RFC 1950), for strips and tiles whose decoded size is
 * known. Output stops at that size, so a bomb costs neither memory nor time. Small chunks are
 * decoded here, large ones by the host's `DecompressionStream`, which is native but takes about
 * 0.3 ms to start.
 */
import { decompressor } from './decompressor.ts';

/** Why compressed data could not be decoded, in words that fit after "page 3, strip 1: ". */
export class InflateError extends Error {
  override readonly name = 'InflateError';
}

/** Decoded sizes from here on go to the host's decoder. */
const NATIVE_FROM_BYTES = 256 * 1024;

const FAST_BITS = 10;
const FAST_SIZE = 1 << FAST_BITS;
const MAX_CODE_BITS = 15;
const END_OF_BLOCK = 256;

// RFC 1951, 3.2.5.
const LENGTH_BASE = Uint16Array.of(
  3,
  4,
  5,
  6,
  7,
  8,
  9,
  10,
  11,
  13,
  15,
  17,
  19,
  23,
  27,
  31,
  35,
  43,
  51,
  59,
  67,
  83,
  99,
  115,
  131,
  163,
  195,
  227,
  258,
);
const LENGTH_EXTRA = Uint8Array.of(
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  1,
  1,
  1,
  1,
  2,
  2,
  2,
  2,
  3,
  3,
  3,
  3,
  4,
  4,
  4,
  4,
  5,
  5,
  5,
  5,
  0,
);
const DISTANCE_BASE = Uint16Array.of(
  1,
  2,
  3,
  4,
  5,
  7,
  9,
  13,
  17,
  25,
  33,
  49,
  65,
  97,
  129,
  193,
  257,
  385,
  513,
  769,
  1025,
  1537,
  2049,
  3073,
  4097,
  6145,
  8193,
  12289,
  16385,
  24577,
);
const DISTANCE_EXTRA = Uint8Array.of(
  0,
  0,
  0,
  0,
  1,
  1,
  2,
  2,
  3,
  3,
  4,
  4,
  5,
  5,
  6,
  6,
  7,
  7,
  8,
  8,
  9,
  9,
  10,
  10,
  11,
  11,
  12,
  12,
  13,
  13,
);
const CODE_LENGTH_ORDER = Uint8Array.of(
  16,
  17,
  18,
  0,
  8,
  7,
  9,
  6,
  10,
  5,
  11,
  4,
  12,
  3,
  13,
  2,
  14,
  1,
  15,
);

/** A canonical Huffman code: short codes by table, long ones by counting (as in zlib's puff). */
interface Code {
  /** Indexed by the next FAST_BITS bits: symbol << 4 | length; 0 = longer code or none. */
  readonly fast: Uint16Array;
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

function emptyCode(symbolCount: number): Code {
  return {
    fast: new Uint16Array(FAST_SIZE),
    counts: new Uint16Array(MAX_CODE_BITS + 1),
    symbols: new Uint16Array(symbolCount),
  };
}

const codeOffsets = new Uint16Array(MAX_CODE_BITS + 2);
const nextCode = new Uint16Array(MAX_CODE_BITS + 2);

/**
 * Fills `code` from code lengths. Throws where the lengths over-fill the code space, or leave it
 * incomplete (allowed only for a single code of one bit, as zlib does).
 */
function buildCode(code: Code, lengths: Uint8Array, from: number, to: number): void {
  const { fast, counts, symbols } = code;
  counts.fill(0);
  fast.fill(0);
  for (let i = from; i < to; i++) counts[lengths[i]!]!++;
  const used = to - from - counts[0]!;
  counts[0] = 0;
  let left = 1;
  codeOffsets[1] = 0;
  nextCode[1] = 0;
  for (let length = 1; length <= MAX_CODE_BITS; length++) {
    left = left * 2 - counts[length]!;
    if (left < 0) throw new InflateError('its Huffman code is over-full');
    codeOffsets[length + 1] = codeOffsets[length]! + counts[length]!;
    nextCode[length + 1] = (nextCode[length]! + counts[length]!) << 1;
  }
  if (left > 0 && used > 0 && !(used === 1 && counts[1] === 1)) {
    throw new InflateError('its Huffman code is incomplete');
  }
  for (let i = from; i < to; i++) {
    const length = lengths[i]!;
    if (length === 0) continue;
    const symbol = i - from;
    symbols[codeOffsets[length]!++] = symbol;
    const word = nextCode[length]!++;
    if (length > FAST_BITS) continue;
    let reversed = 0;
    for (let bit = 0; bit < length; bit++) reversed |= ((word >> bit) & 1) << (length - 1 - bit);
    const entry = (symbol << 4) | length;
    for (let slot = reversed; slot < FAST_SIZE; slot += 1 << length) fast[slot] = entry;
  }
}

const fixedLiterals = emptyCode(288);
const fixedDistances = emptyCode(32);
const dynamicLiterals = emptyCode(288);
const dynamicDistances = emptyCode(32);
const lengthCode = emptyCode(19);
const codeLengths = new Uint8Array(320);
let fixedReady = false;

function prepareFixedCodes(): void {
  if (fixedReady) return;
  const lengths = new Uint8Array(288 + 32);
  lengths.fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280, 288).fill(5, 288);
  buildCode(fixedLiterals, lengths, 0, 288);
  // Distances 30 and 31 have codes but never occur.
  buildCode(fixedDistances, lengths, 288, 288 + 32);
  fixedReady = true;
}

export function adler32(bytes: Uint8Array, length = bytes.length): number {
  let a = 1;
  let b = 0;
  for (let start = 0; start < length; ) {
    // 3854 sums of 255 stay below 2^31.
    const end = Math.min(start + 3854, length);
    for (let i = start; i < end; i++) {
      a += bytes[i]!;
      b += a;
    }
    a %= 65521;
    b %= 65521;
    start = end;
  }
  return ((b << 16) | a) >>> 0;
}

/** The bit reader and how far the output is. */
interface State {
  readonly input: Uint8Array;
  readonly out: Uint8Array;
  position: number;
  /** Unread bits, the next one lowest. */
  hold: number;
  bits: number;
  /** Bytes of zeros that were read beyond the end. */
  overrun: number;
  written: number;
}

function refill(state: State): void {
  while (state.bits <= 24) {
    if (state.position < state.input.length) {
      state.hold |= state.input[state.position++]! << state.bits;
    } else {
      state.overrun++;
    }
    state.bits += 8;
  }
}

/** Drops `count` bits that were looked at. */
function drop(state: State, count: number): void {
  state.hold = (state.hold >>> count) | 0;
  state.bits -= count;
  if (state.overrun * 8 > state.bits) throw new InflateError('it ends early');
}

/** The next `count` ≤ 16 bits as a number. */
function take(state: State, count: number): number {
  if (state.bits < count) refill(state);
  const value = state.hold & ((1 << count) - 1);
  drop(state, count);
  return value;
}

/** `symbol << 4 | length` of the code at the lowest bits of `hold`, which holds at least 15. */
function longEntry(code: Code, hold: number): number {
  let word = 0;
  let first = 0;
  let index = 0;
  for (let length = 1; length <= MAX_CODE_BITS; length++) {
    word |= (hold >>> (length - 1)) & 1;
    const count = code.counts[length]!;
    if (word - count < first) return (code.symbols[index + (word - first)]! << 4) | length;
    index += count;
    first = (first + count) << 1;
    word <<= 1;
  }
  throw new InflateError('it holds an unknown code');
}

function takeSymbol(state: State, code: Code): number {
  if (state.bits < MAX_CODE_BITS) refill(state);
  const entry = code.fast[state.hold & (FAST_SIZE - 1)]! || longEntry(code, state.hold);
  drop(state, entry & 15);
  return entry >>> 4;
}

/** Copies a stored block; false where the output is full before its end. */
function copyStored(state: State): boolean {
  const { input, out } = state;
  // Back to the byte border: whole bytes that were read ahead are given back.
  state.position -= (state.bits >> 3) - state.overrun;
  state.hold = 0;
  state.bits = 0;
  state.overrun = 0;
  const start = state.position + 4;
  if (start > input.length) throw new InflateError('it ends early');
  const length = input[start - 4]! | (input[start - 3]! << 8);
  const check = input[start - 2]! | (input[start - 1]! << 8);
  if (length !== (~check & 0xffff)) throw new InflateError('a stored block is damaged');
  const count = Math.min(length, out.length - state.written);
  if (input.length - start < count) throw new InflateError('it ends early');
  out.set(input.subarray(start, start + count), state.written);
  state.position = start + length;
  state.written += count;
  return count === length;
}

/** Reads the codes of a dynamic block (RFC 1951, 3.2.7) into the two shared tables. */
function readCodes(state: State): void {
  const literalCount = take(state, 5) + 257;
  const distanceCount = take(state, 5) + 1;
  const lengthCount = take(state, 4) + 4;
  if (literalCount > 286 || distanceCount > 30) {
    throw new InflateError('its code table is too long');
  }
  codeLengths.fill(0, 0, 19);
  for (let i = 0; i < lengthCount; i++) codeLengths[CODE_LENGTH_ORDER[i]!] = take(state, 3);
  buildCode(lengthCode, codeLengths, 0, 19);
  const total = literalCount + distanceCount;
  for (let i = 0; i < total; ) {
    const symbol = takeSymbol(state, lengthCode);
    if (symbol < 16) {
      codeLengths[i++] = symbol;
      continue;
    }
    if (symbol === 16 && i === 0) throw new InflateError('its code table is damaged');
    const value = symbol === 16 ? codeLengths[i - 1]! : 0;
    const repeat =
      symbol === 16 ? 3 + take(state, 2) : symbol === 17 ? 3 + take(state, 3) : 11 + take(state, 7);
    if (i + repeat > total) throw new InflateError('its code table is damaged');
    codeLengths.fill(value, i, i + repeat);
    i += repeat;
  }
  if (codeLengths[END_OF_BLOCK] === 0) throw new InflateError('a block has no end code');
  buildCode(dynamicLiterals, codeLengths, 0, literalCount);
  buildCode(dynamicDistances, codeLengths, literalCount, total);
}

/** Decodes one coded block; false where the output is full before its end. */
function decodeBlock(state: State, literals: Code, distances: Code): boolean {
  const { input, out } = state;
  const end = input.length;
  const capacity = out.length;
  const literalFast = literals.fast;
  const distanceFast = distances.fast;
  let { position, hold, bits, overrun, written } = state;
  let fits = true;
  for (;;) {
    // One refill holds a literal or length code (15 bits) and its extra bits (5).
    while (bits <= 24) {
      if (position < end) hold |= input[position++]! << bits;
      else overrun++;
      bits += 8;
    }
    const entry = literalFast[hold & (FAST_SIZE - 1)]! || longEntry(literals, hold);
    hold = (hold >>> (entry & 15)) | 0;
    bits -= entry & 15;
    if (overrun * 8 > bits) throw new InflateError('it ends early');
    const symbol = entry >>> 4;
    if (symbol < END_OF_BLOCK) {
      if (written === capacity) {
        fits = false;
        break;
      }
      out[written++] = symbol;
      continue;
    }
    if (symbol === END_OF_BLOCK) break;
    if (symbol > 285) throw new InflateError('it holds an unknown length code');
    const lengthExtra = LENGTH_EXTRA[symbol - 257]!;
    let length = LENGTH_BASE[symbol - 257]! + (hold & ((1 << lengthExtra) - 1));
    hold = (hold >>> lengthExtra) | 0;
    bits -= lengthExtra;
    while (bits <= 24) {
      if (position < end) hold |= input[position++]! << bits;
      else overrun++;
      bits += 8;
    }
    const distanceEntry = distanceFast[hold & (FAST_SIZE - 1)]! || longEntry(distances, hold);
    hold = (hold >>> (distanceEntry & 15)) | 0;
    bits -= distanceEntry & 15;
    const distanceSymbol = distanceEntry >>> 4;
    if (distanceSymbol > 29) throw new InflateError('it holds an unknown distance code');
    const distanceExtra = DISTANCE_EXTRA[distanceSymbol]!;
    while (bits < distanceExtra) {
      if (position < end) hold |= input[position++]! << bits;
      else overrun++;
      bits += 8;
    }
    const distance = DISTANCE_BASE[distanceSymbol]! + (hold & ((1 << distanceExtra) - 1));
    hold = (hold >>> distanceExtra) | 0;
    bits -= distanceExtra;
    if (overrun * 8 > bits) throw new InflateError('it ends early');
    if (distance > written) throw new InflateError('it refers to data before its start');
    if (written + length > capacity) {
      fits = false;
      length = capacity - written;
    }
    if (distance === 1) {
      out.fill(out[written - 1]!, written, written + length);
      written += length;
    } else {
      let from = written - distance;
      for (const stop = written + length; written < stop; ) out[written++] = out[from++]!;
    }
    if (!fits) break;
  }
  state.position = position;
  state.hold = hold;
  state.bits = bits;
  state.overrun = overrun;
  state.written = written;
  return fits;
}

/**
 * Decodes a zlib stream into `out` and returns the number of bytes written: `out.length` where the
 * stream holds more. A checksum that is there and differs is an error; one that is cut off is not.
 * Throws `InflateError`. O(out.length + input.length).
 */
export function inflateInto(input: Uint8Array, out: Uint8Array): number {
  if (input.length < 2) throw new InflateError('it is too short to be zlib data');
  const head = (input[0]! << 8) | input[1]!;
  if ((input[0]! & 15) !== 8 || head % 31 !== 0 || (input[1]! & 32) !== 0) {
    throw new InflateError('it does not begin like zlib data');
  }
  const state: State = { input, out, position: 2, hold: 0, bits: 0, overrun: 0, written: 0 };
  if (!decodeBlocks(state)) return state.written;
  const trailer = state.position - ((state.bits >> 3) - state.overrun);
  if (input.length - trailer >= 4) {
    const stored = new DataView(input.buffer, input.byteOffset + trailer, 4).getUint32(0);
    if (stored !== adler32(out, state.written)) {
      throw new InflateError('its checksum does not match');
    }
  }
  return state.written;
}

/** As `inflateInto`, of a stream without the zlib wrapper. */
export function inflateRawInto(input: Uint8Array, out: Uint8Array): number {
  const state: State = { input, out, position: 0, hold: 0, bits: 0, overrun: 0, written: 0 };
  decodeBlocks(state);
  return state.written;
}

/** Decodes all blocks; false where the output is full before their end. */
function decodeBlocks(state: State): boolean {
  for (let final = false; !final; ) {
    final = take(state, 1) === 1;
    const kind = take(state, 2);
    if (kind === 3) throw new InflateError('it holds an unknown block type');
    let fits: boolean;
    if (kind === 0) {
      fits = copyStored(state);
    } else if (kind === 1) {
      prepareFixedCodes();
      fits = decodeBlock(state, fixedLiterals, fixedDistances);
    } else {
      readCodes(state);
      fits = decodeBlock(state, dynamicLiterals, dynamicDistances);
    }
    if (!fits) return false;
  }
  return true;
}

/** Decodes by the host up to `out.length` bytes; null where the host finds anything odd. */
async function inflateByHost(
  input: Uint8Array<ArrayBuffer>,
  out: Uint8Array,
): Promise<number | null> {
  let given: Uint8Array<ArrayBuffer> | null = input;
  const reader = decompressor('deflate', () => {
    const bytes = given;
    given = null;
    return Promise.resolve(bytes);
  });
  let written = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return written;
      const room = out.length - written;
      out.set(value.length > room ? value.subarray(0, room) : value, written);
      written += Math.min(value.length, room);
      if (value.length > room) {
        await reader.cancel();
        return written;
      }
    }
  } catch {
    return null;
  }
}

/**
 * Decodes a zlib stream to at most `size` bytes; the result is shorter where the stream is.
 * Synchronous for small sizes. Throws (or rejects with) `InflateError`.
 */
export function inflate(
  input: Uint8Array<ArrayBuffer>,
  size: number,
): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>> {
  const out = new Uint8Array(size);
  const bySelf = (): Uint8Array<ArrayBuffer> => out.subarray(0, inflateInto(input, out));
  if (size < NATIVE_FROM_BYTES || typeof DecompressionStream === 'undefined') return bySelf();
  // The host refuses padding after the stream, which TIFF allows: look again before failing.
  return inflateByHost(input, out).then((written) =>
    written === null ? bySelf() : out.subarray(0, written),
  );
}
