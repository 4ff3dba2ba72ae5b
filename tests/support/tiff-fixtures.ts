/**
 * TIFF files made to measure: any layout of strips or tiles, byte order, codec and predictor, with a
 * map of the places where damage is interesting. An encoder of its own: it shares no code with the
 * reader or the writer under test.
 */
import { deflateSync } from 'node:zlib';

export type SampleArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

export type FixtureCodec =
  | 'none'
  | 'packbits'
  | 'lzw'
  | 'lzw-old'
  | 'deflate'
  | 'deflate-old'
  | 'zstd';

const CODEC_NUMBERS: Record<FixtureCodec, number> = {
  none: 1,
  packbits: 32773,
  lzw: 5,
  'lzw-old': 5,
  deflate: 8,
  'deflate-old': 32946,
  zstd: 50000,
};

export interface FixturePage {
  readonly width: number;
  readonly height: number;
  /** width × height × samples values, samples of a pixel side by side. */
  readonly values: SampleArray | readonly number[];
  readonly samples?: number;
  /** Default: those of the array. For 16-bit floats the values are the stored bit patterns. */
  readonly bits?: number;
  /** SampleFormat. Default: that of the array. */
  readonly format?: number;
  readonly planar?: boolean;
  readonly codec?: FixtureCodec;
  readonly predictor?: 1 | 2 | 3;
  readonly lowBitFirst?: boolean;
  readonly rowsPerStrip?: number;
  readonly tile?: readonly [width: number, height: number];
  /** Extra or replaced fields; null leaves a field out. */
  readonly fields?: Readonly<Record<number, FixtureField | null>>;
}

export interface FixtureField {
  readonly type: number;
  readonly values: readonly number[] | string | Uint8Array;
}

export interface FixtureOptions {
  readonly bigEndian?: boolean;
  readonly big?: boolean;
  /** Directories before the pixels they describe. */
  readonly directoriesFirst?: boolean;
}

export type PlaceKind = 'magic' | 'count' | 'offset' | 'value' | 'payload';

/** A byte range of a fixture and what it holds. */
export interface Place {
  readonly kind: PlaceKind;
  readonly at: number;
  readonly length: number;
}

export interface Fixture {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly places: readonly Place[];
  /** Byte position of each page's directory. */
  readonly directories: readonly number[];
}

const TYPE_BYTES: Record<number, number> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  7: 1,
  9: 4,
  11: 4,
  12: 8,
  13: 4,
  16: 8,
};

export const ascii = (text: string): FixtureField => ({ type: 2, values: text });
export const short = (...values: number[]): FixtureField => ({ type: 3, values });
export const long = (...values: number[]): FixtureField => ({ type: 4, values });
/** Numerator and denominator. */
export const rational = (...values: number[]): FixtureField => ({ type: 5, values });

function latin1(text: string): Uint8Array {
  return Uint8Array.from(`${text}\0`, (character) => character.charCodeAt(0));
}

function defaultBits(values: FixturePage['values']): number {
  return ArrayBuffer.isView(values) ? values.BYTES_PER_ELEMENT * 8 : 8;
}

function defaultFormat(values: FixturePage['values']): number {
  if (values instanceof Float32Array || values instanceof Float64Array) return 3;
  if (
    values instanceof Int8Array ||
    values instanceof Int16Array ||
    values instanceof Int32Array ||
    values instanceof BigInt64Array
  ) {
    return 2;
  }
  return 1;
}

export function packBits(input: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (let i = 0; i < input.length; ) {
    let run = 1;
    while (run < 128 && input[i + run] === input[i] && i + run < input.length) run++;
    if (run > 2) {
      out.push(257 - run, input[i] as number);
      i += run;
      continue;
    }
    const start = i;
    while (i < input.length && i - start < 128) {
      if (input[i] === input[i + 1] && input[i] === input[i + 2]) break;
      i++;
    }
    out.push(i - start - 1, ...input.subarray(start, i));
  }
  return Uint8Array.from(out);
}

/** LZW of TIFF: most significant bit first with early change, or the old style. */
export function lzw(input: Uint8Array, old = false): Uint8Array {
  const out: number[] = [];
  let hold = 0;
  let bits = 0;
  let width = 9;
  const put = (code: number): void => {
    for (let i = 0; i < width; i++) {
      const bit = old ? (code >> i) & 1 : (code >> (width - 1 - i)) & 1;
      hold = old ? hold | (bit << bits) : (hold << 1) | bit;
      if (++bits === 8) {
        out.push(hold);
        hold = 0;
        bits = 0;
      }
    }
  };
  let table = new Map<string, number>();
  let next = 258;
  put(256);
  let current = '';
  const codeOf = (text: string): number =>
    text.length === 1 ? text.charCodeAt(0) : (table.get(text) as number);
  for (const byte of input) {
    const longer = current + String.fromCharCode(byte);
    if (longer.length === 1 || table.has(longer)) {
      current = longer;
      continue;
    }
    put(codeOf(current));
    table.set(longer, next++);
    // The reader is one entry behind.
    if (next > (1 << width) - (old ? 0 : 1) && width < 12) width++;
    if (next >= 4094) {
      put(256);
      table = new Map();
      next = 258;
      width = 9;
    }
    current = String.fromCharCode(byte);
  }
  if (current !== '') {
    put(codeOf(current));
    next++;
    if (next > (1 << width) - (old ? 0 : 1) && width < 12) width++;
  }
  put(257);
  if (bits > 0) out.push(old ? hold : hold << (8 - bits));
  return Uint8Array.from(out);
}

/** A ZSTD frame of raw and run-length blocks (RFC 8878, 3.1.1.2). */
function zstd(input: Uint8Array): Uint8Array {
  const out: number[] = [0x28, 0xb5, 0x2f, 0xfd, 0b1010_0000];
  for (let i = 0; i < 4; i++) out.push((input.length >>> (8 * i)) & 255);
  const most = 1 << 17;
  const block = (last: boolean, type: number, size: number, content: Iterable<number>): void => {
    const head = (last ? 1 : 0) | (type << 1) | (size << 3);
    out.push(head & 255, (head >> 8) & 255, (head >> 16) & 255, ...content);
  };
  for (let start = 0; start < input.length || start === 0; start += most) {
    const piece = input.subarray(start, start + most);
    const last = start + most >= input.length;
    const flat = piece.length > 0 && piece.every((byte) => byte === piece[0]);
    if (flat) block(last, 1, piece.length, [piece[0] as number]);
    else block(last, 0, piece.length, piece);
  }
  return Uint8Array.from(out);
}

function compress(codec: FixtureCodec, bytes: Uint8Array): Uint8Array {
  switch (codec) {
    case 'none':
      return bytes;
    case 'packbits':
      return packBits(bytes);
    case 'lzw':
      return lzw(bytes);
    case 'lzw-old':
      return lzw(bytes, true);
    case 'zstd':
      return zstd(bytes);
    default:
      return new Uint8Array(deflateSync(bytes));
  }
}

/** One row of samples as stored bytes, predictor applied. */
function rowBytes(
  values: readonly (number | bigint)[],
  page: Required<Pick<FixturePage, 'bits' | 'format' | 'predictor'>>,
  stride: number,
  littleEndian: boolean,
): Uint8Array {
  const { bits, format, predictor } = page;
  if (bits % 8 !== 0 || bits === 24) {
    if (bits === 24) {
      const out = new Uint8Array(values.length * 3);
      values.forEach((value, i) => {
        for (let byte = 0; byte < 3; byte++) {
          const shift = littleEndian ? 8 * byte : 8 * (2 - byte);
          out[3 * i + byte] = (Number(value) >> shift) & 255;
        }
      });
      return out;
    }
    const out = new Uint8Array(Math.ceil((values.length * bits) / 8));
    values.forEach((value, i) => {
      const pattern = BigInt.asUintN(bits, BigInt(value));
      for (let bit = 0; bit < bits; bit++) {
        const at = i * bits + bit;
        if ((pattern >> BigInt(bits - 1 - bit)) & 1n) out[at >> 3]! |= 128 >> (at & 7);
      }
    });
    return out;
  }
  const width = bits / 8;
  const isFloat = format === 3 && bits !== 16;
  const big = new Uint8Array(values.length * width);
  const view = new DataView(big.buffer);
  // Most significant byte first; differences are taken on whole words from the end.
  values.forEach((value, i) => {
    const at = i * width;
    if (isFloat && bits === 32) view.setFloat32(at, Number(value));
    else if (isFloat) view.setFloat64(at, Number(value));
    else if (bits === 64) view.setBigUint64(at, BigInt.asUintN(64, BigInt(value)));
    else if (bits === 32) view.setUint32(at, Number(value));
    else if (bits === 16) view.setUint16(at, Number(value));
    else view.setUint8(at, Number(value));
  });
  if (predictor === 2) {
    for (let i = values.length - 1; i >= stride; i--) {
      const [at, before] = [i * width, (i - stride) * width];
      if (bits === 64) view.setBigUint64(at, view.getBigUint64(at) - view.getBigUint64(before));
      else if (bits === 32) view.setUint32(at, view.getUint32(at) - view.getUint32(before));
      else if (bits === 16) view.setUint16(at, view.getUint16(at) - view.getUint16(before));
      else view.setUint8(at, view.getUint8(at) - view.getUint8(before));
    }
  }
  if (predictor !== 3) {
    if (littleEndian) {
      for (let at = 0; at < big.length; at += width) big.subarray(at, at + width).reverse();
    }
    return big;
  }
  // A plane for each byte, the most significant first.
  const out = new Uint8Array(big.length);
  for (let i = 0; i < values.length; i++) {
    for (let byte = 0; byte < width; byte++) out[byte * values.length + i] = big[i * width + byte]!;
  }
  for (let i = out.length - 1; i >= stride; i--) out[i]! -= out[i - stride]!;
  return out;
}

const reverse = (byte: number): number => {
  let out = 0;
  for (let bit = 0; bit < 8; bit++) out |= ((byte >> bit) & 1) << (7 - bit);
  return out;
};

function encodeChunks(page: FixturePage, littleEndian: boolean): Uint8Array[] {
  const samples = page.samples ?? 1;
  const bits = page.bits ?? defaultBits(page.values);
  const format = page.format ?? defaultFormat(page.values);
  const predictor = page.predictor ?? 1;
  const [chunkWidth, chunkHeight] = page.tile ?? [page.width, page.rowsPerStrip ?? page.height];
  const planes = page.planar === true ? samples : 1;
  const together = page.planar === true ? 1 : samples;
  const chunks: Uint8Array[] = [];
  for (let plane = 0; plane < planes; plane++) {
    for (let y = 0; y < page.height; y += chunkHeight) {
      for (let x = 0; x < page.width; x += chunkWidth) {
        const rows = page.tile === undefined ? Math.min(chunkHeight, page.height - y) : chunkHeight;
        const parts: Uint8Array[] = [];
        for (let row = y; row < y + rows; row++) {
          const values: (number | bigint)[] = [];
          for (let column = x; column < x + chunkWidth; column++) {
            for (let sample = 0; sample < together; sample++) {
              const inside = row < page.height && column < page.width;
              const at = (row * page.width + column) * samples + sample + plane;
              const zero =
                page.values instanceof BigUint64Array || page.values instanceof BigInt64Array
                  ? 0n
                  : 0;
              values.push(inside ? (page.values[at] as number | bigint) : zero);
            }
          }
          parts.push(rowBytes(values, { bits, format, predictor }, together, littleEndian));
        }
        const stored = compress(page.codec ?? 'none', new Uint8Array(Buffer.concat(parts)));
        chunks.push(page.lowBitFirst === true ? stored.map(reverse) : stored);
      }
    }
  }
  return chunks;
}

/** Bytes that grow at the end. */
class Bytes {
  #bytes = new Uint8Array(1024);
  length = 0;
  readonly littleEndian: boolean;

  constructor(littleEndian: boolean) {
    this.littleEndian = littleEndian;
  }

  push(bytes: Uint8Array | readonly number[]): void {
    const end = this.length + bytes.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(2 * end);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.length);
    this.length = end;
  }

  integer(value: number | bigint, width: number): void {
    this.push(integerBytes(value, width, this.littleEndian));
  }

  patch(at: number, bytes: Uint8Array): void {
    this.#bytes.set(bytes, at);
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.length);
  }
}

export function integerBytes(
  value: number | bigint,
  width: number,
  littleEndian: boolean,
): Uint8Array {
  const word = BigInt.asUintN(8 * width, BigInt(value));
  return Uint8Array.from({ length: width }, (_, i) =>
    Number((word >> BigInt(8 * (littleEndian ? i : width - 1 - i))) & 255n),
  );
}

function fieldBytes(
  field: FixtureField,
  littleEndian: boolean,
): { bytes: Uint8Array; count: number } {
  if (typeof field.values === 'string') {
    const bytes = latin1(field.values);
    return { bytes, count: bytes.length };
  }
  if (field.values instanceof Uint8Array) {
    return { bytes: field.values, count: field.values.length };
  }
  const width = TYPE_BYTES[field.type] as number;
  const out = new Bytes(littleEndian);
  if (field.type === 5) {
    for (const value of field.values) out.integer(value, 4);
    return { bytes: out.finish(), count: field.values.length / 2 };
  }
  for (const value of field.values) {
    if (field.type === 11 || field.type === 12) {
      const view = new DataView(new ArrayBuffer(width));
      if (width === 4) view.setFloat32(0, value, littleEndian);
      else view.setFloat64(0, value, littleEndian);
      out.push(new Uint8Array(view.buffer));
    } else {
      out.integer(value, width);
    }
  }
  return { bytes: out.finish(), count: field.values.length };
}

/** The same page again and again. */
export function repeatPage(page: FixturePage, count: number): FixturePage[] {
  return Array.from({ length: count }, () => page);
}

/** Builds a TIFF or BigTIFF from its pages. */
export function buildTiff(pages: readonly FixturePage[], options: FixtureOptions = {}): Fixture {
  const littleEndian = options.bigEndian !== true;
  const big = options.big === true;
  const offsetWidth = big ? 8 : 4;
  const out = new Bytes(littleEndian);
  const places: Place[] = [];
  const directories: number[] = [];
  const mark = (kind: PlaceKind, at: number, length: number): void => {
    places.push({ kind, at, length });
  };
  const align = (): void => {
    while (out.length % 2 !== 0) out.push([0]);
  };
  out.push(littleEndian ? [0x49, 0x49] : [0x4d, 0x4d]);
  out.integer(big ? 43 : 42, 2);
  mark('magic', 0, 4);
  if (big) {
    out.integer(8, 2);
    out.integer(0, 2);
    mark('value', 4, 4);
  }
  let link = out.length;
  mark('offset', link, offsetWidth);
  out.integer(0, offsetWidth);

  const writePixels = (chunks: readonly Uint8Array[]): number[] =>
    chunks.map((chunk) => {
      align();
      const at = out.length;
      out.push(chunk);
      mark('payload', at, chunk.length);
      return at;
    });

  for (const page of pages) {
    const samples = page.samples ?? 1;
    const chunks = encodeChunks(page, littleEndian);
    const pixelsFirst = options.directoriesFirst !== true;
    const offsets = pixelsFirst ? writePixels(chunks) : chunks.map(() => 0);
    const place = big ? 16 : 4;
    const counts = { type: place, values: chunks.map((chunk) => chunk.length) };
    const fields = new Map<number, FixtureField>([
      [256, long(page.width)],
      [257, long(page.height)],
      [258, short(...new Array<number>(samples).fill(page.bits ?? defaultBits(page.values)))],
      [259, short(CODEC_NUMBERS[page.codec ?? 'none'])],
      [262, short(samples === 3 ? 2 : 1)],
      [277, short(samples)],
      [284, short(page.planar === true ? 2 : 1)],
      [339, short(...new Array<number>(samples).fill(page.format ?? defaultFormat(page.values)))],
    ]);
    if (page.predictor !== undefined) fields.set(317, short(page.predictor));
    if (page.lowBitFirst === true) fields.set(266, short(2));
    if (page.tile === undefined) {
      fields.set(273, { type: place, values: offsets });
      fields.set(278, long(page.rowsPerStrip ?? page.height));
      fields.set(279, counts);
    } else {
      fields.set(322, long(page.tile[0]));
      fields.set(323, long(page.tile[1]));
      fields.set(324, { type: place, values: offsets });
      fields.set(325, counts);
    }
    for (const [tag, field] of Object.entries(page.fields ?? {})) {
      if (field === null) fields.delete(Number(tag));
      else fields.set(Number(tag), field);
    }

    const offsetTag = page.tile === undefined ? 273 : 324;
    let offsetsAt = 0;
    align();
    const start = out.length;
    directories.push(start);
    out.patch(link, integerBytes(start, offsetWidth, littleEndian));
    const countWidth = big ? 8 : 2;
    mark('count', start, countWidth);
    out.integer(fields.size, countWidth);
    const entryWidth = big ? 20 : 12;
    const valuesStart = start + countWidth + fields.size * entryWidth + offsetWidth;
    const values = new Bytes(littleEndian);
    for (const [tag, field] of [...fields].sort((a, b) => a[0] - b[0])) {
      const { bytes, count } = fieldBytes(field, littleEndian);
      mark('value', out.length, 2);
      out.integer(tag, 2);
      mark('value', out.length, 2);
      out.integer(field.type, 2);
      mark('count', out.length, offsetWidth);
      out.integer(count, offsetWidth);
      if (bytes.length <= offsetWidth) {
        if (tag === offsetTag) offsetsAt = out.length;
        mark(tag === offsetTag ? 'offset' : 'value', out.length, TYPE_BYTES[field.type] ?? 1);
        out.push(bytes);
        out.push(new Uint8Array(offsetWidth - bytes.length));
      } else {
        if (tag === offsetTag) offsetsAt = valuesStart + values.length;
        mark('offset', out.length, offsetWidth);
        mark('value', valuesStart + values.length, bytes.length);
        out.integer(valuesStart + values.length, offsetWidth);
        values.push(bytes);
        if (values.length % 2 !== 0) values.push([0]);
      }
    }
    link = out.length;
    mark('offset', link, offsetWidth);
    out.integer(0, offsetWidth);
    out.push(values.finish());
    if (!pixelsFirst) {
      writePixels(chunks).forEach((offset, i) => {
        out.patch(offsetsAt + i * offsetWidth, integerBytes(offset, offsetWidth, littleEndian));
      });
    }
  }
  return { bytes: out.finish(), places, directories };
}

/** A fixed sequence of numbers in [0, 1) (mulberry32), the same on every machine. */
export function seededNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = state;
    word = Math.imul(word ^ (word >>> 15), word | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}
