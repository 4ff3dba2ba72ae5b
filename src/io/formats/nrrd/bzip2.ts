/**
 * A bzip2 decoder (Seward, bzip2 1.0; layout as in Wheeler and Burrows 1994): Huffman tables,
 * move-to-front, inverse Burrows-Wheeler transform, run lengths, CRC of each block and stream.
 * Memory: the compressed bytes, 3.6 MB for a block and the output wanted, whatever the file says.
 */

/** What is wrong with the compressed bytes; callers put the file's name in front. */
export class Bzip2Error extends Error {
  override readonly name = 'Bzip2Error';
  readonly truncated: boolean;

  constructor(message: string, truncated = false) {
    super(message);
    this.truncated = truncated;
  }
}

const BLOCK_MAGIC = 0x314159265359;
const END_MAGIC = 0x177245385090;
const RUN_A = 0;
const RUN_B = 1;
const GROUP_SIZE = 50;
const MAX_CODE_LENGTH = 20;

/** CRC-32 with the polynomial 04C11DB7, most significant bit first, as bzip2 uses it. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, i) => {
  let value = i << 24;
  for (let bit = 0; bit < 8; bit++)
    value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value >>> 0;
});

class BitReader {
  private readonly bytes: Uint8Array;
  private position: number;
  private buffer = 0;
  private available = 0;

  constructor(bytes: Uint8Array, position: number) {
    this.bytes = bytes;
    this.position = position;
  }

  /** Reads up to 24 bits. */
  bits(count: number): number {
    while (this.available < count) {
      const byte = this.bytes[this.position++];
      if (byte === undefined) throw new Bzip2Error('the compressed data end too early', true);
      this.buffer = ((this.buffer << 8) | byte) >>> 0;
      this.available += 8;
    }
    this.available -= count;
    const value = count === 0 ? 0 : (this.buffer >>> this.available) & ((1 << count) - 1);
    this.buffer &= (1 << this.available) - 1;
    return value;
  }

  bits48(): number {
    return this.bits(24) * 0x1000000 + this.bits(24);
  }

  bits32(): number {
    return this.bits(16) * 0x10000 + this.bits(16);
  }

  /** Drops the rest of the current byte and returns the offset of the next one. */
  alignedPosition(): number {
    return this.position - (this.available >> 3);
  }
}

/** Canonical Huffman table: codes of one length are consecutive numbers. */
interface HuffmanTable {
  readonly minLength: number;
  readonly maxLength: number;
  /** Largest code of each length, -1 where there is none. */
  readonly limit: Int32Array;
  /** What to subtract from a code of each length to get its place in `symbols`. */
  readonly base: Int32Array;
  readonly symbols: Uint16Array;
}

function buildTable(lengths: Uint8Array): HuffmanTable {
  let minLength = MAX_CODE_LENGTH;
  let maxLength = 1;
  for (const length of lengths) {
    minLength = Math.min(minLength, length);
    maxLength = Math.max(maxLength, length);
  }
  const symbols = new Uint16Array(lengths.length);
  const limit = new Int32Array(MAX_CODE_LENGTH + 1).fill(-1);
  const base = new Int32Array(MAX_CODE_LENGTH + 1);
  let code = 0;
  let placed = 0;
  for (let length = minLength; length <= maxLength; length++) {
    base[length] = code - placed;
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue;
      symbols[placed++] = symbol;
      code++;
    }
    if (code > 2 ** length) throw new Bzip2Error('a Huffman table is over-full');
    limit[length] = code - 1;
    code *= 2;
  }
  return { minLength, maxLength, limit, base, symbols };
}

function readSymbol(reader: BitReader, table: HuffmanTable): number {
  let length = table.minLength;
  let code = reader.bits(length);
  while (code > (table.limit[length] as number)) {
    if (++length > table.maxLength) throw new Bzip2Error('a Huffman code is not in its table');
    code = code * 2 + reader.bits(1);
  }
  const symbol = table.symbols[code - (table.base[length] as number)];
  if (symbol === undefined) throw new Bzip2Error('a Huffman code is not in its table');
  return symbol;
}

function readUsedBytes(reader: BitReader): Uint8Array {
  const groups = reader.bits(16);
  const used: number[] = [];
  for (let group = 0; group < 16; group++) {
    if (!(groups & (0x8000 >> group))) continue;
    const members = reader.bits(16);
    for (let member = 0; member < 16; member++) {
      if (members & (0x8000 >> member)) used.push(group * 16 + member);
    }
  }
  if (used.length === 0) throw new Bzip2Error('a block uses no byte value');
  return Uint8Array.from(used);
}

function readSelectors(reader: BitReader, tableCount: number): Uint8Array {
  const count = reader.bits(15);
  if (count === 0) throw new Bzip2Error('a block has no Huffman selectors');
  const order = [0, 1, 2, 3, 4, 5].slice(0, tableCount);
  const selectors = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    let place = 0;
    while (reader.bits(1)) {
      if (++place >= tableCount) throw new Bzip2Error('a Huffman selector is out of range');
    }
    const [table = 0] = order.splice(place, 1);
    order.unshift(table);
    selectors[i] = table;
  }
  return selectors;
}

function readTables(reader: BitReader, tableCount: number, symbolCount: number): HuffmanTable[] {
  const tables: HuffmanTable[] = [];
  for (let t = 0; t < tableCount; t++) {
    const lengths = new Uint8Array(symbolCount);
    let length = reader.bits(5);
    for (let symbol = 0; symbol < symbolCount; symbol++) {
      for (;;) {
        if (length < 1 || length > MAX_CODE_LENGTH) {
          throw new Bzip2Error('a Huffman code length is out of range');
        }
        if (!reader.bits(1)) break;
        length += reader.bits(1) ? -1 : 1;
      }
      lengths[symbol] = length;
    }
    tables.push(buildTable(lengths));
  }
  return tables;
}

/** Undoes Huffman coding and move-to-front. Returns the length of the transformed block. */
function readBlockBytes(reader: BitReader, block: Uint32Array): number {
  const used = readUsedBytes(reader);
  const tableCount = reader.bits(3);
  if (tableCount < 2 || tableCount > 6) throw new Bzip2Error('a block has no valid table count');
  const selectors = readSelectors(reader, tableCount);
  const endOfBlock = used.length + 1;
  const tables = readTables(reader, tableCount, endOfBlock + 1);

  const front = used.slice();
  let length = 0;
  let run = 0;
  let runWeight = 1;
  let group = -1;
  let left = 0;
  let table = tables[0] as HuffmanTable;
  for (;;) {
    if (left === 0) {
      const selector = selectors[++group];
      if (selector === undefined) throw new Bzip2Error('a block has too few Huffman selectors');
      table = tables[selector] as HuffmanTable;
      left = GROUP_SIZE;
    }
    left--;
    const symbol = readSymbol(reader, table);
    if (symbol === RUN_A || symbol === RUN_B) {
      run += runWeight << symbol;
      runWeight *= 2;
      if (run > block.length) throw new Bzip2Error('a run is longer than its block');
      continue;
    }
    if (run > 0) {
      if (length + run > block.length) throw new Bzip2Error('a block is longer than its limit');
      block.fill(front[0] as number, length, length + run);
      length += run;
      run = 0;
      runWeight = 1;
    }
    if (symbol === endOfBlock) return length;
    if (length >= block.length) throw new Bzip2Error('a block is longer than its limit');
    const place = symbol - 1;
    const byte = front[place] as number;
    front.copyWithin(1, 0, place);
    front[0] = byte;
    block[length++] = byte;
  }
}

/** Turns the last column of the sorted rotations into links that walk the text forwards. */
function invertTransform(block: Uint32Array, length: number): void {
  const starts = new Uint32Array(256);
  for (let i = 0; i < length; i++) {
    const byte = (block[i] as number) & 0xff;
    starts[byte] = (starts[byte] as number) + 1;
  }
  let sum = 0;
  for (let byte = 0; byte < 256; byte++) {
    const count = starts[byte] as number;
    starts[byte] = sum;
    sum += count;
  }
  // The link to the next row is kept above the row's byte.
  for (let i = 0; i < length; i++) {
    const byte = (block[i] as number) & 0xff;
    const place = starts[byte] as number;
    starts[byte] = place + 1;
    block[place] = ((block[place] as number) | (i << 8)) >>> 0;
  }
}

/** Bytes of one decoded block, with their CRC; `emit` is called for pieces that it must copy. */
function writeBlock(
  block: Uint32Array,
  length: number,
  origin: number,
  emit: (bytes: Uint8Array) => void,
): number {
  const piece = new Uint8Array(64 * 1024);
  let filled = 0;
  let crc = 0xffffffff;
  let link = (block[origin] as number) >>> 8;
  let previous = -1;
  let repeats = 0;
  for (let i = 0; i < length; i++) {
    const entry = block[link] as number;
    link = entry >>> 8;
    const byte = entry & 0xff;
    let copies = 1;
    // After four equal bytes the next one counts how often the byte comes again.
    if (repeats === 4) {
      copies = byte;
      repeats = 0;
    } else {
      repeats = byte === previous ? repeats + 1 : 1;
      previous = byte;
    }
    for (; copies > 0; copies--) {
      crc = (crc << 8) ^ (CRC_TABLE[((crc >>> 24) ^ previous) & 0xff] as number);
      piece[filled++] = previous;
      if (filled === piece.length) {
        emit(piece);
        filled = 0;
      }
    }
    if (repeats === 0) previous = -1;
  }
  if (filled > 0) emit(piece.subarray(0, filled));
  return ~crc >>> 0;
}

/**
 * Decodes every stream in `bytes` from `start`. `emit` gets the output in pieces that are only
 * valid during the call and returns false to stop; `breathe` is awaited between blocks.
 * Throws Bzip2Error.
 */
export async function decodeBzip2(
  bytes: Uint8Array,
  start: number,
  emit: (piece: Uint8Array) => boolean,
  breathe: (consumed: number) => Promise<void>,
): Promise<void> {
  let position = start;
  do {
    const level = (bytes[position + 3] ?? 0) - 0x30;
    if (bytes.length - position < 4)
      throw new Bzip2Error('the compressed data end too early', true);
    if (
      bytes[position] !== 0x42 ||
      bytes[position + 1] !== 0x5a ||
      bytes[position + 2] !== 0x68 ||
      !(level >= 1 && level <= 9)
    ) {
      // Bytes behind a finished stream are not ours to judge.
      if (position > start) return;
      throw new Bzip2Error('the data do not start with a bzip2 signature');
    }
    const reader = new BitReader(bytes, position + 4);
    const block = new Uint32Array(level * 100_000);
    let streamCrc = 0;
    for (;;) {
      const magic = reader.bits48();
      if (magic === END_MAGIC) {
        if (reader.bits32() !== streamCrc >>> 0) throw new Bzip2Error('the checksum is wrong');
        break;
      }
      if (magic !== BLOCK_MAGIC) throw new Bzip2Error('a block does not start with its signature');
      const stated = reader.bits32();
      if (reader.bits(1))
        throw new Bzip2Error('randomised blocks (bzip2 before 0.9.5) are not supported');
      const origin = reader.bits(24);
      const length = readBlockBytes(reader, block);
      if (origin >= length) throw new Bzip2Error('a block starts outside itself');
      invertTransform(block, length);
      let wanted = true;
      const crc = writeBlock(block, length, origin, (piece) => {
        wanted &&= emit(piece);
      });
      if (crc !== stated) throw new Bzip2Error('the checksum of a block is wrong');
      streamCrc = ((streamCrc << 1) | (streamCrc >>> 31)) ^ crc;
      if (!wanted) return;
      await breathe(reader.alignedPosition());
    }
    position = reader.alignedPosition();
  } while (position < bytes.length);
}
