import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { seededNumbers } from '../../tests/support/tiff-fixtures.ts';
import { DecodeJob } from './decode-job.ts';
import type { ReadOptions } from './format.ts';
import { bytesSource } from './sources.ts';
import { unzlib } from './unzlib.ts';

const random = seededNumbers(1);
const content = Uint8Array.from({ length: 3_000_000 }, () => random() * 64);
const packed = new Uint8Array(deflateSync(content, { level: 1 }));

async function decode(bytes: Uint8Array, size: number, options: ReadOptions = {}) {
  const source = bytesSource(bytes, 'v.zraw');
  const out = new Uint8Array(size);
  const stretch = { source, start: 0, end: bytes.length };
  await unzlib(stretch, out, new DecodeJob('v.zraw', options, []));
  return out;
}

describe('zlib data', () => {
  test.each([
    ['whole', packed, content.length],
    ['of which only a part is wanted', packed, 1000],
    ['with padding behind', Buffer.concat([packed, new Uint8Array(9)]), content.length],
  ])('%s', async (_, bytes, size) => {
    const out = await decode(bytes, size);
    expect(Buffer.compare(out, content.subarray(0, size))).toBe(0);
  });

  test.each([
    ['shorter than wanted', packed, content.length + 1, 'file/truncated'],
    ['cut off', packed.subarray(0, 2000), content.length, 'file/malformed'],
    [
      'with a wrong checksum',
      packed.with(-1, packed.at(-1)! ^ 1),
      content.length,
      'file/malformed',
    ],
    ['that are none', new Uint8Array(50), 100, 'file/malformed'],
  ])('%s are refused', async (_, bytes, size, code) => {
    await expect(decode(bytes, size)).rejects.toMatchObject({ code });
  });

  test('are no longer decoded once the reading is cancelled', async () => {
    const stop = new AbortController();
    let pieces = 0;
    const decoding = decode(packed, content.length, {
      signal: stop.signal,
      progress: () => {
        pieces++;
        stop.abort();
      },
    });
    await expect(decoding).rejects.toMatchObject({ code: 'run/cancelled' });
    expect(pieces).toBe(1);
  });
});
