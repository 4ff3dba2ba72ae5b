/** Words of 1 to 8 bytes between the byte order of a file and the host's. */

export type SampleWords = Uint8Array | Uint16Array | Uint32Array | BigUint64Array;

/** The samples of a byte range as unsigned words of `width` bytes; the range must be aligned. */
export function wordsOf(bytes: Uint8Array, width: number): SampleWords {
  const { buffer, byteOffset, byteLength } = bytes;
  switch (width) {
    case 2:
      return new Uint16Array(buffer, byteOffset, byteLength / 2);
    case 4:
      return new Uint32Array(buffer, byteOffset, byteLength / 4);
    case 8:
      return new BigUint64Array(buffer, byteOffset, byteLength / 8);
    default:
      return new Uint8Array(buffer, byteOffset, byteLength);
  }
}

/** Reverses the bytes of each word, in place. */
export function swapBytes(words: SampleWords): void {
  if (words instanceof Uint16Array) {
    for (let i = 0; i < words.length; i++) {
      const word = words[i]!;
      words[i] = (word << 8) | (word >>> 8);
    }
  } else if (words instanceof Uint32Array) {
    swap32(words);
  } else if (words instanceof BigUint64Array) {
    const halves = new Uint32Array(words.buffer, words.byteOffset, words.length * 2);
    swap32(halves);
    for (let i = 0; i < halves.length; i += 2) {
      const low = halves[i]!;
      halves[i] = halves[i + 1]!;
      halves[i + 1] = low;
    }
  }
}

function swap32(words: Uint32Array): void {
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    words[i] = (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
  }
}
