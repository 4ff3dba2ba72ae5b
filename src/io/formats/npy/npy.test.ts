import { describe, expect, test } from 'vitest';
import {
  type ArrayParts,
  type Member,
  npyBytes,
  zipBytes,
} from '../../../../tests/support/numpy-files.ts';
import { bytesSource } from '../../sources.ts';
import { npyFormat } from './npy.ts';
import { npzFormat } from './npz.ts';

const ramp = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

async function read(parts: ArrayParts) {
  return npyFormat.readVolume(bytesSource(npyBytes(parts), 'a.npy'));
}

describe('NumPy arrays', () => {
  test.each([1, 2, 3])('version %i: the last axis is x', async (version) => {
    const { volume, metadata } = await read({
      descr: '<u2',
      shape: '(2, 3, 4)',
      version,
      data: Uint16Array.from(ramp(24)),
    });
    expect(volume.size).toEqual([4, 3, 2]);
    expect([...volume.data]).toEqual(ramp(24));
    expect(volume.spacing).toBeNull();
    expect(metadata.tags).toMatchObject({ dtype: '<u2', order: 'C' });
  });

  test('Fortran order gives the same voxels as C order', async () => {
    // Element [z][y][x] = 100 z + 10 y + x, stored with z fastest.
    const data: number[] = [];
    for (let x = 0; x < 4; x++)
      for (let y = 0; y < 3; y++) for (let z = 0; z < 2; z++) data.push(100 * z + 10 * y + x);
    const { volume } = await read({ descr: '|u1', shape: '(2, 3, 4)', fortran: true, data });
    expect(volume.size).toEqual([4, 3, 2]);
    expect([...volume.data].slice(0, 5)).toEqual([0, 1, 2, 3, 10]);
    expect(volume.data[12 + 4 + 2]).toBe(112);
  });

  test('big-endian and half floats are read exactly', async () => {
    const big = await read({ descr: '>i2', shape: '(1, 2)', data: [0xff, 0xfe, 0x01, 0x00] });
    expect([...big.volume.data]).toEqual([-2, 256]);
    const half = await read({ descr: '<f2', shape: '(2,)', data: [0x00, 0x3c, 0x00, 0xc1] });
    expect(half.volume.type).toBe('float32');
    expect([...half.volume.data]).toEqual([1, -2.5]);
    const flags = await read({ descr: '|b1', shape: '(3,)', data: [1, 0, 1] });
    expect(flags.volume).toMatchObject({ type: 'uint8', size: [3, 1, 1] });
  });

  test.each<[string, ArrayParts, string, RegExp]>([
    [
      'four axes',
      { descr: '|u1', shape: '(2, 2, 2, 2)', data: ramp(16) },
      'file/unsupported',
      /two or three axes/,
    ],
    ['text', { descr: '<U5', shape: '(2,)', data: ramp(40) }, 'file/unsupported', /"<U5"/],
    [
      'a word that every object knows',
      { descr: '|constructor', shape: '(2,)', data: ramp(16) },
      'file/unsupported',
      /"\|constructor"/,
    ],
    ['complex', { descr: '<c8', shape: '(2,)', data: ramp(16) }, 'file/unsupported', /"<c8"/],
    ['a cut', { descr: '<f8', shape: '(9, 9)', data: ramp(7) }, 'file/truncated', /648 bytes/],
    [
      'an impossible size',
      { descr: '<f8', shape: '(99999999, 99999999, 999)', data: ramp(8) },
      'file/limit',
      /any computer/,
    ],
    ['no voxels', { descr: '<f8', shape: '(0, 3)', data: [] }, 'volume/no-voxels', /no voxels/],
  ])('%s is refused in one sentence', async (_name, parts, code, sentence) => {
    await expect(read(parts)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(sentence),
    });
  });
});

describe('NumPy archives', () => {
  const first = npyBytes({ descr: '|u1', shape: '(2, 2)', data: [1, 2, 3, 4] });
  const second = npyBytes({ descr: '<i2', shape: '(3, 2)', data: Int16Array.from(ramp(6)) });
  const words = npyBytes({ descr: '<U2', shape: '(1,)', data: ramp(8) });
  const open = (members: readonly Member[], dataset?: string) =>
    npzFormat.readVolume(
      bytesSource(zipBytes(members), 'a.npz'),
      dataset === undefined ? {} : { dataset },
    );

  test.each([false, true])('the only array of numbers is read (deflated: %s)', async (deflated) => {
    const { volume } = await open([
      { name: 'names.npy', bytes: words, deflated },
      { name: 'grey.npy', bytes: first, deflated },
    ]);
    expect([...volume.data]).toEqual([1, 2, 3, 4]);
  });

  test('several arrays are a choice, and the chosen one is read', async () => {
    const members = [
      { name: 'grey.npy', bytes: first },
      { name: 'labels.npy', bytes: second, deflated: true },
    ];
    await expect(open(members)).rejects.toMatchObject({
      code: 'file/several-datasets',
      message:
        'a.npz holds 2 volumes: choose one of grey (2 × 2 × 1 uint8), labels (2 × 3 × 1 int16).',
      details: { datasets: [{ path: 'grey' }, { path: 'labels', size: [2, 3, 1] }] },
    });
    expect([...(await open(members, 'labels')).volume.data]).toEqual(ramp(6));
    await expect(open(members, 'other')).rejects.toMatchObject({ code: 'usage' });
  });

  test.each<[string, Member]>([
    ['a wrong checksum', { name: 'a.npy', bytes: first, statedCrc: 7 }],
    ['a bomb', { name: 'a.npy', bytes: first, deflated: true, statedSize: 1e9 }],
    [
      'a stated size that is too small',
      { name: 'a.npy', bytes: first, deflated: true, statedSize: 131 },
    ],
  ])('%s is damage', async (_name, member) => {
    await expect(open([member])).rejects.toMatchObject({ code: 'file/malformed' });
  });

  test('an archive without its directory is damaged', async () => {
    const bytes = zipBytes([{ name: 'a.npy', bytes: first }]);
    await expect(
      npzFormat.readVolume(bytesSource(bytes.subarray(0, -10), 'a.npz')),
    ).rejects.toMatchObject({ code: 'file/malformed' });
  });
});
