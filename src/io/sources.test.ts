import { describe, expect, test } from 'vitest';
import { blobSource, bytesSource, randomAccessSource, type ReadAt } from './sources.ts';

const BYTES = Uint8Array.from({ length: 100 }, (_, i) => i);

/** Gives at most seven bytes a call, as a pipe or a network file system may. */
const slowly: ReadAt = (buffer, position) => {
  const piece = BYTES.subarray(position, position + Math.min(buffer.length, 7));
  buffer.set(piece);
  return Promise.resolve(piece.length);
};

describe.each([
  ['a blob', blobSource(new Blob([BYTES]), 'a')],
  ['bytes', bytesSource(BYTES, 'a')],
  ['random access with short reads', randomAccessSource(slowly, 100, 'a')],
])('a source over %s', (_name, source) => {
  test('gives ranges, clipped to its size', async () => {
    expect(source.size).toBe(100);
    expect(await source.read(10, 40)).toEqual(BYTES.slice(10, 40));
    expect(await source.read(90, 400)).toEqual(BYTES.slice(90));
    expect(await source.read(100, 101)).toHaveLength(0);
    expect(await source.read(300, 400)).toHaveLength(0);
  });
});

test('a blob that can no longer be read says so', async () => {
  const gone = {
    size: 5,
    slice: () => ({ arrayBuffer: () => Promise.reject(new Error('NotReadable')) }),
  };
  const source = blobSource(gone as unknown as Blob, 'scan.tif');
  await expect(source.read(0, 5)).rejects.toMatchObject({
    code: 'file/unreadable',
    message: expect.stringContaining('scan.tif'),
  });
});

test('a file that shrank gives what is left, one that fails says so', async () => {
  const shrunk = randomAccessSource(slowly, 200, 'a');
  expect(await shrunk.read(50, 200)).toEqual(BYTES.slice(50));
  const failing = randomAccessSource(() => Promise.reject(new Error('EIO')), 5, 'scan.tif');
  await expect(failing.read(0, 5)).rejects.toMatchObject({
    code: 'file/unreadable',
    message: 'scan.tif can no longer be read: EIO.',
  });
});
