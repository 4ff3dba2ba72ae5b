import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, digestBytes, digestText, digestVoxels, volumeIdentity } from './digest.ts';
import { createSpacing } from './length.ts';
import { createVolume } from './volume.ts';

describe('canonical JSON', () => {
  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const reversed = Object.fromEntries(Object.entries(object).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(object));
      }),
    );
  });

  it('is JSON of the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('refuses numbers that JSON cannot hold', () => {
    expect(() => canonicalJson({ a: Number.NaN })).toThrow(TypeError);
  });

  it('gives 0 and -0 one text', () => {
    expect(canonicalJson([-0])).toBe(canonicalJson([0]));
  });

  it.each([
    ['a hole', new Array<number>(2)],
    ['undefined in a list', [undefined]],
    ['a map', new Map([['a', 1]])],
    ['a date', { at: new Date(0) }],
    ['a typed array', { data: Uint8Array.of(1) }],
    ['a big integer', 1n],
  ])('refuses %s, which JSON would lose', (_what, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });
});

describe('digests', () => {
  it('are SHA-256, of text as UTF-8', () => {
    // FIPS 180-2, appendix B.1. Micro sign and Greek mu are different letters.
    expect(digestText('abc')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    expect(digestText('\u00b5')).not.toBe(digestText('\u03bc'));
  });

  it('of voxels do not depend on where they are cut', async () => {
    const data = Uint8Array.from({ length: 2 ** 20 + 7 }, (_, i) => (i * 31) & 255);
    let pauses = 0;
    const volume = createVolume({ kind: 'grey', size: [data.length, 1, 1], data });
    const digest = await digestVoxels(volume, () => {
      pauses += 1;
      return Promise.resolve();
    });
    expect(pauses).toBe(2);
    expect(digest).toBe(digestBytes(data));
    const shifted = new Uint8Array(data.length + 1);
    shifted.set(data, 1);
    expect(await digestVoxels({ ...volume, data: shifted.subarray(1) })).toBe(digest);
  });

  it('of a volume that the platform digests is the one of its bytes', async () => {
    const data = Uint8Array.from({ length: 8 * 2 ** 20 + 3 }, (_, i) => (i * 31) & 255);
    const volume = createVolume({ kind: 'grey', size: [data.length, 1, 1], data });
    const digest = digestBytes(data);
    expect(await digestVoxels(volume)).toBe(digest);
    const within = new Uint8Array(data.length + 1);
    within.set(data, 1);
    expect(await digestVoxels({ ...volume, data: within.subarray(1) })).toBe(digest);
    const shared = new Uint8Array(new SharedArrayBuffer(data.length));
    shared.set(data);
    expect(await digestVoxels({ ...volume, data: shared as unknown as typeof data })).toBe(digest);
  });

  it('end with the error of a pause', async () => {
    const data = new Uint8Array(8 * 2 ** 20);
    const volume = createVolume({ kind: 'grey', size: [data.length, 1, 1], data });
    const stop = new Error('stop');
    await expect(digestVoxels(volume, () => Promise.reject(stop))).rejects.toBe(stop);
  });

  it('identify a volume by all that a result can depend on, and not by its name', () => {
    const volume = createVolume({ kind: 'labels', size: [2, 1, 1], data: Uint8Array.of(0, 1) });
    const phase = { label: 0, name: 'pore', colour: '#000000', pore: true };
    const others = [
      { ...volume, kind: 'grey' as const },
      { ...volume, size: [1, 2, 1] as const },
      { ...volume, type: 'int8' as const },
      { ...volume, spacing: createSpacing([1, 1, 1], 'µm') },
      { ...volume, spacing: createSpacing([1, 1, 1], 'nm') },
      { ...volume, origin: [0, 0, 1] as const },
      { ...volume, phases: [phase] },
      { ...volume, phases: [{ ...phase, pore: false }] },
    ];
    const identities = [volume, ...others].map((each) => volumeIdentity(each, 'd'));
    expect(new Set(identities).size).toBe(others.length + 1);
    expect(volumeIdentity({ ...volume, name: 'other' }, 'd')).toBe(identities[0]);
    expect(volumeIdentity(volume, 'e')).not.toBe(identities[0]);
  });
});
