import { describe, expect, test } from 'vitest';
import { Bzip2Error, decodeBzip2 } from './bzip2.ts';

// Compressed with bzip2 1.0.8 (Python's bz2); what they hold is rebuilt by the formulas below.
const FILES = {
  pseudorandom:
    'QlpoOTFBWSZTWevyP38AAJrAAH8AMAGaVRURPGihDADU9qYpNJKEXOklzFN0TOqAwbIlBFzyhHR3yBbHbVojIOrnCKxrKjIcpOJslgmOvIYtWr0cavPEms7NFWciJapEW9O4lcH2VTTm1tomOv0m4fbNtS88TepBitC0XOl7IOa091rtj5zPnQWW8HI7wEtC9Jjn0WEPbqLK8jgz3WTELl0qvO56wDI1cEmApF0e5G0KVycwaDpAz4qa7Oq4XbNvVCqYo91kxZevJumsBNOCzadlVx1hesJEEQ4dOI8yr0lc4vZ4ycCXpnb5i6zLkYlzVfKhGcqu1fpNINi2fxdyRThQkOvyP38=',
  runs: 'QlpoMTFBWSZTWbVU7vMAAET///4MgyFAUhAFIAJQEEEgwgAQJgAIEoABAUZAAAIgABAIMACtaEkiRoABkAMg0M1HlBqp7xVAYgMmE0yAADBpqozUwIwEwCMACMlgpcFdVVsy60w18cgkGZkgn7NQxWygfnHo3TzUACDYqKIA2hGvesiUyFF1dnzLvzkoBESLPxucDcYNcxZa+UbECXudQZ1318WJNjaWKMpJJLKUu5ve9UCDSIJJRgmyCCEy2INspJiBITIAwhyB6UyD+LuSKcKEhaqnd5g=',
  everyByte:
    'QlpoMTFBWSZTWba17pUAAAB/////////////////////////////////////////////sADFUgAAAAAAAAAAAAAAAAAAAAABMAmAAAAAAAAAAAAAAEwABMAEmAAmAAJgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAkwAEwABMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAPwCAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+P0BBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWltcXV5fYGFiY2RhYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ent8fX5/gIGCg4SFhoeIiYqLjI2Oj5CRkpWWl5iZmpucnZ6foKGio6SlpqeoqaqrrK2ur7CxsrO0tba3uLm6u7y9vr/AwcLDxMXGxcbHyMnKy8zNzs/Q0dLT1NXW19jZ2tvc3d7f4OHi4+Tl5ufo6err7O3u7/Dx8vP09fb3+Pn6+/z9F3JFOFCQtrXulQ==',
  zeros: 'QlpoOTFBWSZTWf5U2/MAHqNEAMAAEAAACCAAMMwJqmmipIbUKkh4u5IpwoSH8qbfmA==',
  empty: 'QlpoORdyRThQkAAAAAA=',
  twoStreams:
    'QlpoMTFBWSZTWaRjnbsAAACRgEAAASAcACAAIYAMAycu4u5IpwoSFIxzt2BCWmgxMUFZJlNZJooCNAAAAoGADgGIACAAIhhoMAcCmF3JFOFCQJooCNA=',
  threeBlocks:
    'QlpoMTFBWSZTWUlqIw4AQRdAAHAAIAAwzAUppqpCB1UhA1UhA8xQVkmU1lJaiMOAEEXQABwACAAMMwFKaaqQgdVIQNVIQPMUFZJlNZjToDOgAgk8AAcAAgADDMBSmmqIgcJEDVEQPF3JFOFCQOkbJHw=',
};

function compressed(name: keyof typeof FILES): Uint8Array {
  return new Uint8Array(Buffer.from(FILES[name], 'base64'));
}

async function decode(bytes: Uint8Array, most = Infinity): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let total = 0;
  await decodeBzip2(
    bytes,
    0,
    (piece) => {
      pieces.push(piece.slice());
      total += piece.length;
      return total <= most;
    },
    () => Promise.resolve(),
  );
  return new Uint8Array(Buffer.concat(pieces));
}

/** The bytes that `pseudorandom` was made from: the high bits of a linear congruence, modulo 7. */
function pseudorandom(): Uint8Array {
  let state = 1n;
  return Uint8Array.from({ length: 600 }, () => {
    state = (state * 1103515245n + 12345n) & 0x7fffffffn;
    return Number((state >> 16n) % 7n);
  });
}

describe('bzip2', () => {
  test('Huffman coded text decodes to its bytes', async () => {
    expect(await decode(compressed('pseudorandom'))).toEqual(pseudorandom());
  });

  test('runs of every length decode to their bytes', async () => {
    const expected = Array.from({ length: 60 }, (_, i) =>
      new Array<number>((i * i) % 700).fill(i % 5),
    ).flat();
    expect(await decode(compressed('runs'))).toEqual(Uint8Array.from(expected));
  });

  test('a block with every byte value decodes', async () => {
    expect(await decode(compressed('everyByte'))).toEqual(
      Uint8Array.from({ length: 256 }, (_, i) => i),
    );
  });

  test('several blocks of one stream are joined', async () => {
    const decoded = await decode(compressed('threeBlocks'));
    expect(decoded.length).toBe(250_000);
    expect(decoded.every((byte, i) => byte === i % 3)).toBe(true);
  });

  test('several streams are joined', async () => {
    expect(new TextDecoder().decode(await decode(compressed('twoStreams')))).toBe('first second');
  });

  test('an empty stream decodes to nothing', async () => {
    expect(await decode(compressed('empty'))).toHaveLength(0);
  });

  test('a stream that expands 80 000 times stops a piece after the bytes wanted', async () => {
    expect(await decode(compressed('zeros'))).toHaveLength(4_000_000);
    expect((await decode(compressed('zeros'), 100_000)).length).toBeLessThanOrEqual(200_000);
  });

  test('a stream cut anywhere says that it is cut, never that it is whole', async () => {
    const bytes = compressed('pseudorandom');
    for (let length = 0; length < bytes.length; length++) {
      const error = await decode(bytes.subarray(0, length)).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Bzip2Error);
    }
  });

  test('a changed bit anywhere is an error, or leaves the bytes as they were', async () => {
    const bytes = compressed('pseudorandom');
    const whole = pseudorandom();
    for (let at = 4; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at] = (changed[at] as number) ^ (1 << (at % 8));
      const result = await decode(changed).catch((thrown: unknown) => thrown);
      if (result instanceof Uint8Array) expect(result).toEqual(whole);
      else expect(result).toBeInstanceOf(Bzip2Error);
    }
  });
});
