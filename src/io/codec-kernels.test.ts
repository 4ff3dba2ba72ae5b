import { constants, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { lzw, packBits, seededNumbers } from '../../tests/support/tiff-fixtures.ts';
import { type CodecKernel, loadCodecKernels } from './codec-kernels.ts';
import { decodeLzw } from './formats/tiff/lzw.ts';
import { decodePackBits } from './formats/tiff/packbits.ts';
import { undoDifferences } from './formats/tiff/samples.ts';
import { inflateInto } from './inflate.ts';

const kernels = await loadCodecKernels();
if (kernels === null) throw new Error('The codec kernels cannot be loaded.');

const STRATEGIES = [
  constants.Z_DEFAULT_STRATEGY,
  constants.Z_FILTERED,
  constants.Z_HUFFMAN_ONLY,
  constants.Z_RLE,
  constants.Z_FIXED,
];

type Random = () => number;

const below = (random: Random, end: number): number => Math.floor(random() * end);

/** Noise, few values, repeats near and far, runs: what makes every kind of code. */
function content(random: Random, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const kind = below(random, 6);
  for (let i = 0; i < length; i++) {
    const back = below(random, kind === 2 ? 9 : 3000) + 1;
    if (kind === 0) bytes[i] = below(random, 256);
    else if (kind === 1) bytes[i] = below(random, 4);
    else if (kind < 4 && i >= back && random() < 0.9) bytes[i] = bytes[i - back]!;
    else if (kind === 4) bytes[i] = random() < 0.01 ? 1 : 0;
    else bytes[i] = (below(random, 40) + below(random, 40) + below(random, 40)) & 255;
  }
  return bytes;
}

interface Codec {
  readonly kernel: CodecKernel;
  encode(bytes: Uint8Array, random: Random): Uint8Array;
  reference(stored: Uint8Array, out: Uint8Array): number;
}

const CODECS: readonly Codec[] = [
  {
    kernel: 'inflateZlib',
    encode: (bytes, random) =>
      deflateSync(bytes, {
        level: below(random, 10),
        strategy: STRATEGIES[below(random, STRATEGIES.length)],
        memLevel: 1 + below(random, 9),
      }),
    reference: inflateInto,
  },
  { kernel: 'decodeLzw', encode: (bytes) => lzw(bytes), reference: decodeLzw },
  { kernel: 'decodePackBits', encode: packBits, reference: decodePackBits },
];

/** What the reference makes of it, null where it refuses. */
function byReference({ reference }: Codec, stored: Uint8Array, size: number): Uint8Array | null {
  const out = new Uint8Array(size);
  try {
    return out.subarray(0, reference(stored, out));
  } catch {
    return null;
  }
}

/** Flips bits, cuts, repeats or overwrites a part. */
function damaged(stored: Uint8Array, random: Random): Uint8Array {
  const copy = stored.slice();
  const kind = below(random, 4);
  if (kind === 0) return copy.subarray(0, below(random, copy.length));
  const times = 1 + below(random, 3);
  for (let i = 0; i < times && copy.length > 0; i++) {
    const at = below(random, copy.length);
    if (kind === 1) copy[at] = copy[at]! ^ (1 << below(random, 8));
    else if (kind === 2) copy[at] = below(random, 256);
    else copy.copyWithin(at, below(random, copy.length), copy.length);
  }
  return copy;
}

describe.each(CODECS)('$kernel', (codec) => {
  it('gives the bytes of the reference, also where fewer or more are asked for', () => {
    const random = seededNumbers(1);
    for (let round = 0; round < 400; round++) {
      const bytes = content(random, below(random, round % 20 === 0 ? 20_000 : 1500));
      const stored = codec.encode(bytes, random);
      for (const size of [bytes.length, below(random, bytes.length + 1), bytes.length + 40]) {
        const decoded = kernels.decode(codec.kernel, stored, size);
        expect(decoded, `round ${round}, ${size} bytes`).not.toBeNull();
        expect(Buffer.compare(decoded!, byReference(codec, stored, size)!), `round ${round}`).toBe(
          0,
        );
      }
    }
  });

  it('gives the bytes of the reference for damaged streams, or leaves them to it', () => {
    const random = seededNumbers(2);
    let refused = 0;
    let decodedAll = 0;
    for (let round = 0; round < 4000; round++) {
      const bytes = content(random, below(random, 400));
      const stored = damaged(codec.encode(bytes, random), random);
      const size = below(random, 2) === 0 ? bytes.length : below(random, 800);
      const expected = byReference(codec, stored, size);
      const decoded = kernels.decode(codec.kernel, stored, size);
      if (decoded === null) {
        refused++;
        continue;
      }
      decodedAll++;
      if (expected === null) throw new Error(`round ${round}: the reference refuses this stream`);
      expect(Buffer.compare(decoded, expected), `round ${round}`).toBe(0);
    }
    expect(decodedAll).toBeGreaterThan(100);
    if (codec.kernel !== 'decodePackBits') expect(refused).toBeGreaterThan(100);
  });

  it('leaves what is larger than its memory to the reference', () => {
    expect(kernels.decode(codec.kernel, new Uint8Array(40), 40 * 2 ** 20)).toBeNull();
    const bytes = content(seededNumbers(3), 5000);
    const stored = codec.encode(bytes, seededNumbers(3));
    expect(Buffer.compare(kernels.decode(codec.kernel, stored, 5000)!, bytes)).toBe(0);
  });
});

describe('predictor 2', () => {
  it.each([
    ['uint8', Uint8Array],
    ['uint16', Uint16Array],
    ['uint32', Uint32Array],
  ] as const)('is undone for %s as by the reference, in rows of any length', (_, Words) => {
    const random = seededNumbers(4);
    for (let rowLength = 1; rowLength < 70; rowLength++) {
      const rows = 1 + below(random, 4);
      const words = new Words(rows * rowLength);
      for (let i = 0; i < words.length; i++) words[i] = below(random, 2 ** 32);
      const expected = words.slice();
      undoDifferences(expected, rowLength, 1);
      expect(kernels.undoDifferences(words, rowLength)).toBe(true);
      expect(words).toEqual(expected);
    }
  });

  it('is undone where the kernels have decoded the words', () => {
    const random = seededNumbers(5);
    const bytes = content(random, 4096);
    const decoded = kernels.decode('decodeLzw', lzw(bytes), bytes.length)!;
    const words = new Uint16Array(decoded.buffer, decoded.byteOffset, bytes.length / 2);
    const expected = words.slice();
    undoDifferences(expected, 128, 1);
    expect(kernels.undoDifferences(words, 128)).toBe(true);
    expect(words.slice()).toEqual(expected);
  });

  it('is left to the reference for words of 64 bits, parts of rows and what is too large', () => {
    expect(kernels.undoDifferences(new BigUint64Array(8), 4)).toBe(false);
    expect(kernels.undoDifferences(new Uint16Array(9), 4)).toBe(false);
    expect(kernels.undoDifferences(new Uint8Array(33 * 2 ** 20), 2 ** 20)).toBe(false);
  });
});
