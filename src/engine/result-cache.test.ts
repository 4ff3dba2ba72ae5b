import { describe, expect, it } from 'vitest';
import type { OperationResult } from '../operations/operation.ts';
import { createVolume } from '../volume/volume.ts';
import { ResultCache } from './result-cache.ts';

const KIB = 1024;

function volumeResult(bytes: number, buffer = new ArrayBuffer(bytes)) {
  const data = new Uint8Array(buffer);
  return { volume: createVolume({ kind: 'grey', size: [data.length, 1, 1], data }) };
}

function tableResult(rows: number): OperationResult {
  const column = { id: 'a', title: 'A', symbol: '', unit: '', help: '' };
  const table = { id: 't', title: 'T', columns: [column], notes: [] };
  return { tables: [{ ...table, rows: Array.from({ length: rows }, () => ({ a: 1 })) }] };
}

/** Which keys are kept, without help from what else holds the volumes. */
function strongKeys(cache: ResultCache, keys: readonly string[]): readonly string[] {
  cache.trim(Infinity);
  return keys.filter((key) => cache.get(key) !== undefined);
}

describe('ResultCache', () => {
  it('lets the result go that was used longest ago', () => {
    const cache = new ResultCache(320 * KIB);
    for (const key of ['a', 'b', 'c']) cache.set(key, volumeResult(100 * KIB));
    cache.get('a');
    cache.set('d', volumeResult(100 * KIB));
    expect(strongKeys(cache, ['a', 'b', 'c', 'd'])).toEqual(['a', 'c', 'd']);
  });

  it('counts a result once that was stored twice', () => {
    const cache = new ResultCache(320 * KIB);
    for (let i = 0; i < 5; i++) cache.set('a', volumeResult(100 * KIB));
    cache.set('b', volumeResult(100 * KIB));
    cache.set('c', volumeResult(100 * KIB));
    expect(strongKeys(cache, ['a', 'b', 'c'])).toEqual(['a', 'b', 'c']);
  });

  it('counts voxels once that two results share', () => {
    const cache = new ResultCache(220 * KIB);
    const first = volumeResult(100 * KIB);
    cache.set('a', first);
    cache.set('b', volumeResult(100 * KIB, first.volume.data.buffer as ArrayBuffer));
    cache.set('c', volumeResult(100 * KIB));
    expect(strongKeys(cache, ['a', 'b', 'c'])).toEqual(['a', 'b', 'c']);
    cache.set('d', volumeResult(100 * KIB));
    expect(strongKeys(cache, ['a', 'b', 'c', 'd'])).toEqual(['c', 'd']);
  });

  it('does not push everything out for a result that is too large to keep', () => {
    const cache = new ResultCache(320 * KIB);
    cache.set('a', volumeResult(200 * KIB));
    cache.set('b', volumeResult(321 * KIB));
    expect(strongKeys(cache, ['a', 'b'])).toEqual(['a']);
  });

  it('finds a result that went out while its volume is in use', () => {
    const cache = new ResultCache(150 * KIB);
    const { volume } = volumeResult(100 * KIB);
    const notes = ['n'];
    cache.set('a', { volume, notes });
    cache.set('b', volumeResult(100 * KIB));
    expect(cache.get('a')).toEqual({ volume, notes });
    expect(cache.get('a')?.tables).toBeUndefined();
    cache.trim(0);
    expect(cache.get('a')).toBeUndefined();
  });

  it('counts tables too', () => {
    const cache = new ResultCache(40 * KIB);
    for (let i = 0; i < 100; i++) cache.set(`t${i}`, tableResult(10));
    const kept = Array.from({ length: 100 }, (_, i) => `t${i}`).filter((key) => cache.get(key));
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(40);
    cache.trim(0);
    expect(kept.filter((key) => cache.get(key))).toEqual([]);
  });
});
