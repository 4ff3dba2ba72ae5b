import { gzipSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import { DecodeJob } from './decode-job.ts';
import { DecodedBytes } from './decoded-bytes.ts';
import { gunzip } from './gunzip.ts';
import { bytesSource } from './sources.ts';

const TEXT = Uint8Array.from({ length: 200_000 }, (_, i) => (i * i) >> 7);

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

async function decode(packed: Uint8Array, length: number, skip = 0) {
  const out = new Uint8Array(length);
  const warnings: string[] = [];
  await gunzip(
    bytesSource(packed, 'case.gz'),
    0,
    new DecodedBytes(out, skip),
    new DecodeJob('case.gz', {}, warnings),
  );
  return { out, warnings };
}

/** A host decoder that fails on everything, as browsers do on several members. */
function withoutHost<T>(body: () => Promise<T>): Promise<T> {
  vi.stubGlobal('DecompressionStream', function failing() {
    throw new TypeError('no');
  });
  return body().finally(() => {
    vi.unstubAllGlobals();
  });
}

const packed = gzipSync(TEXT);
const members = Buffer.concat([
  gzipSync(TEXT.subarray(0, 70_000)),
  gzipSync(TEXT.subarray(70_000)),
]);

describe.each([
  ['by the host', <T>(body: () => Promise<T>) => body()],
  ['without it', withoutHost],
])('gunzip %s', (_name, run) => {
  test('one member and several give the same bytes', async () => {
    expect(same((await run(() => decode(packed, TEXT.length))).out, TEXT)).toBe(true);
    expect(same((await run(() => decode(members, TEXT.length))).out, TEXT)).toBe(true);
  });

  test('the bytes wanted are taken from any place of the stream', async () => {
    const middle = await run(() => decode(members, 1000, 69_500));
    expect(middle.out).toEqual(TEXT.subarray(69_500, 70_500));
    const end = await run(() => decode(members, 1000, -1));
    expect(end.out).toEqual(TEXT.subarray(-1000));
  });

  test('bytes behind the stream are left alone, with a warning', async () => {
    const tailed = Buffer.concat([packed, Buffer.alloc(20, 0xaa)]);
    const { out, warnings } = await run(() => decode(tailed, TEXT.length));
    expect(same(out, TEXT)).toBe(true);
    expect(warnings).toHaveLength(1);
  });

  test.each([0, 1, 9, 10, 11, 5000])(
    'a stream of which %i bytes are there is cut short',
    async (length) => {
      const reading = run(() => decode(packed.subarray(0, length), TEXT.length));
      await expect(reading).rejects.toMatchObject({
        code: expect.stringMatching(/^file\/(truncated|malformed)$/),
      });
    },
  );

  test('a missing checksum is damage', async () => {
    const reading = run(() => decode(packed.subarray(0, packed.length - 5), TEXT.length));
    await expect(reading).rejects.toMatchObject({ code: 'file/malformed' });
  });

  test('a wrong checksum of any member is damage', async () => {
    for (const at of [gzipSync(TEXT.subarray(0, 70_000)).length - 8, members.length - 8]) {
      const changed = new Uint8Array(members);
      changed[at] = (changed[at] as number) ^ 1;
      const reading = run(() => decode(changed, TEXT.length));
      await expect(reading).rejects.toMatchObject({ code: 'file/malformed' });
    }
  });
});
