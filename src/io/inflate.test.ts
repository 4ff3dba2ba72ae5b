import { constants, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { seededNumbers } from '../../tests/support/tiff-fixtures.ts';
import { adler32, inflate, inflateInto, InflateError } from './inflate.ts';

const strategies = {
  default: constants.Z_DEFAULT_STRATEGY,
  filtered: constants.Z_FILTERED,
  'Huffman only': constants.Z_HUFFMAN_ONLY,
  'run lengths': constants.Z_RLE,
  'fixed code': constants.Z_FIXED,
};

/** Bytes with long runs, repeats and noise, so that all kinds of codes occur. */
function sampleBytes(length: number, seed: number): Uint8Array<ArrayBuffer> {
  const random = seededNumbers(seed);
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; ) {
    const run = Math.min(length - i, 1 + Math.floor(random() * random() * 400));
    const kind = random();
    for (let j = 0; j < run; j++, i++) {
      if (kind < 0.3) bytes[i] = Math.floor(random() * 256);
      else if (kind < 0.6) bytes[i] = 7;
      else bytes[i] = bytes[Math.max(0, i - 1 - Math.floor(kind * 3000))] ?? 0;
    }
  }
  return bytes;
}

const packed = (bytes: Uint8Array, options = {}): Uint8Array<ArrayBuffer> =>
  new Uint8Array(deflateSync(bytes, options));

describe('inflateInto', () => {
  it.each(Object.entries(strategies))(
    'decodes what zlib packs with the %s strategy',
    (_, strategy) => {
      for (const level of [0, 1, 6, 9]) {
        for (const length of [0, 1, 2, 300, 5000, 70_000]) {
          const bytes = sampleBytes(length, length + level);
          const out = new Uint8Array(length);
          expect(inflateInto(packed(bytes, { strategy, level }), out)).toBe(length);
          expect(Buffer.compare(out, bytes)).toBe(0);
        }
      }
    },
  );

  it('stops when the output is full', () => {
    const bomb = packed(new Uint8Array(50_000_000));
    const out = new Uint8Array(1000).fill(1);
    expect(inflateInto(bomb, out)).toBe(1000);
    expect(out.every((byte) => byte === 0)).toBe(true);
  });

  it('reports how much a shorter stream holds', () => {
    expect(inflateInto(packed(sampleBytes(300, 1)), new Uint8Array(500))).toBe(300);
  });

  it('ignores bytes after the stream', () => {
    const bytes = sampleBytes(300, 2);
    const out = new Uint8Array(300);
    inflateInto(new Uint8Array([...packed(bytes), 1, 2, 3, 4, 5, 6, 7]), out);
    expect(out).toEqual(bytes);
  });

  it('finds every flipped bit of a stream, by the format or by the checksum', () => {
    const bytes = sampleBytes(400, 3);
    const stream = packed(bytes);
    let undetected = 0;
    for (let bit = 16; bit < stream.length * 8; bit++) {
      const damaged = stream.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      const out = new Uint8Array(400);
      try {
        if (inflateInto(damaged, out) === 400) undetected++;
      } catch (error) {
        expect(error).toBeInstanceOf(InflateError);
      }
    }
    // Surplus output stops before the checksum; nothing else may pass.
    expect(undetected).toBeLessThan(stream.length * 8 * 0.1);
  });

  it.each([
    ['nothing', new Uint8Array(0), 'too short'],
    ['text', new TextEncoder().encode('no zlib data'), 'begin like zlib'],
    ['a cut stream', packed(sampleBytes(5000, 4)).subarray(0, 900), 'ends early'],
    ['a wrong checksum', packed(sampleBytes(50, 5)).with(-1, 0).with(-2, 0), 'checksum'],
    ['a block of unknown type', Uint8Array.of(0x78, 0x9c, 0x07, 0), 'block type'],
  ])('refuses %s', (_, bytes, reason) => {
    expect(() => inflateInto(bytes, new Uint8Array(10_000))).toThrow(reason);
  });

  it('agrees with zlib on the checksum', () => {
    const bytes = sampleBytes(100_000, 6);
    const stream = packed(bytes);
    const stored = new DataView(stream.buffer).getUint32(stream.length - 4);
    expect(adler32(bytes)).toBe(stored);
  });
});

describe('inflate', () => {
  it.each([1000, 2_000_000])('decodes %i bytes', async (length) => {
    const bytes = sampleBytes(length, 7);
    expect(Buffer.compare(await inflate(packed(bytes), length), bytes)).toBe(0);
  });

  it('gives the start of a longer stream and all of a shorter one', async () => {
    const bytes = sampleBytes(1_000_000, 8);
    const part = await inflate(packed(bytes), 400_000);
    expect(Buffer.compare(part, bytes.subarray(0, 400_000))).toBe(0);
    expect((await inflate(packed(bytes), 1_500_000)).length).toBe(1_000_000);
  });

  it('ignores bytes after a large stream', async () => {
    const bytes = sampleBytes(400_000, 9);
    const padded = new Uint8Array([...packed(bytes), 0, 0, 0, 0, 0]);
    expect(Buffer.compare(await inflate(padded, 400_000), bytes)).toBe(0);
  });

  it('refuses a damaged large stream', async () => {
    const stream = packed(sampleBytes(400_000, 10));
    stream.fill(0xff, 1000, 1100);
    await expect(inflate(stream, 400_000)).rejects.toThrow(InflateError);
  });
});
