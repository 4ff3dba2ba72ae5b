/** From stored bytes to samples: bit order, predictors, packed bits. */
import type { SampleWords } from '../../byte-order.ts';

const reversedBytes = new Uint8Array(256);
for (let value = 0; value < 256; value++) {
  let reversed = 0;
  for (let bit = 0; bit < 8; bit++) reversed |= ((value >> bit) & 1) << (7 - bit);
  reversedBytes[value] = reversed;
}

/** Reverses the bits of each byte, into a copy. */
export function reverseBits(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) out[i] = reversedBytes[bytes[i]!]!;
  return out;
}

/** Undoes predictor 2 in place: each row of `rowLength` words holds differences at `stride`. */
export function undoDifferences(words: SampleWords, rowLength: number, stride: number): void {
  if (words instanceof BigUint64Array) {
    for (let row = 0; row < words.length; row += rowLength) {
      for (let i = row + stride; i < row + rowLength; i++) {
        // The store wraps to 64 bits.
        words[i] = words[i]! + words[i - stride]!;
      }
    }
    return;
  }
  for (let row = 0; row < words.length; row += rowLength) {
    for (let i = row + stride; i < row + rowLength; i++) {
      words[i] = words[i]! + words[i - stride]!;
    }
  }
}

/**
 * Undoes predictor 3 in place (Adobe Photoshop TIFF Technical Note 3): each row is byte
 * differences over byte planes, most significant plane first whatever the file's byte order. The
 * result is little-endian.
 */
export function undoFloatPredictor(
  bytes: Uint8Array,
  rowBytes: number,
  width: number,
  stride: number,
): void {
  const row = new Uint8Array(rowBytes);
  const count = rowBytes / width;
  for (let start = 0; start + rowBytes <= bytes.length; start += rowBytes) {
    for (let i = 0; i < stride; i++) row[i] = bytes[start + i]!;
    for (let i = stride; i < rowBytes; i++) row[i] = bytes[start + i]! + row[i - stride]!;
    for (let plane = 0; plane < width; plane++) {
      let to = start + width - 1 - plane;
      for (let i = plane * count; i < (plane + 1) * count; i++, to += width) bytes[to] = row[i]!;
    }
  }
}

/**
 * Unpacks `count` samples of `bits` bits, most significant bit first, from one row into
 * `out[from…]`. Signed samples are sign-extended. 24-bit samples follow the file's byte order, as
 * in libtiff; other widths have none.
 */
export function unpackRow(
  row: Uint8Array,
  count: number,
  bits: number,
  signed: boolean,
  littleEndian: boolean,
  out: Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array,
  from: number,
): void {
  if (bits === 24) {
    const [first, last] = littleEndian ? [0, 2] : [2, 0];
    for (let i = 0; i < count; i++) {
      const at = 3 * i;
      const value = row[at + first]! | (row[at + 1]! << 8) | (row[at + last]! << 16);
      out[from + i] = signed ? (value << 8) >> 8 : value;
    }
    return;
  }
  if (bits === 1) {
    for (let i = 0; i < count; i++) {
      const value = (row[i >> 3]! >> (7 - (i & 7))) & 1;
      out[from + i] = signed ? -value : value;
    }
    return;
  }
  let position = 0;
  for (let i = 0; i < count; i++) {
    // Whole bytes are added until the sample is in; at most 31 + 7 bits, hence not by shifts.
    let value = 0;
    let need = bits;
    while (need > 0) {
      const room = 8 - (position & 7);
      const used = Math.min(room, need);
      const part = (row[position >> 3]! >> (room - used)) & ((1 << used) - 1);
      value = value * 2 ** used + part;
      position += used;
      need -= used;
    }
    out[from + i] = signed && value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
  }
}
