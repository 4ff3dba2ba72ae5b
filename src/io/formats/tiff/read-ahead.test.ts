import { describe, expect, it } from 'vitest';
import { bytesSource } from '../../sources.ts';
import { LARGEST_WINDOW, ReadAhead } from './read-ahead.ts';

function watched(size: number) {
  const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 7 + (i >> 8)) % 251);
  const source = bytesSource(bytes, 'a');
  const asked: [number, number][] = [];
  const read = (start: number, end: number) => {
    asked.push([start, end]);
    return source.read(start, end);
  };
  return { bytes, asked, window: new ReadAhead({ ...source, read }) };
}

describe('ReadAhead', () => {
  it('gives the bytes asked for, whatever was asked before', async () => {
    const { bytes, window } = watched(300_000);
    for (const [start, end] of [
      [0, 10],
      [5, 40_000],
      [200_000, 200_001],
      [16_000, 17_000],
      [299_990, 300_100],
      [300_000, 300_010],
      [0, 300_000],
    ] as const) {
      expect(await window.read(start, end)).toEqual(bytes.slice(start, end));
    }
  });

  it('turns many small reads forward into few large ones', async () => {
    const { bytes, asked, window } = watched(4_000_000);
    for (let at = 0; at < bytes.length; at += 8192) await window.read(at, at + 8192);
    expect(asked.length).toBeLessThan(12);
    expect(asked.reduce((sum, [start, end]) => sum + end - start, 0)).toBe(bytes.length);
  });

  it('reads little after a jump', async () => {
    const { asked, window } = watched(4_000_000);
    for (let at = 0; at < 4_000_000; at += 500_000) await window.read(at, at + 100);
    for (const [start, end] of asked) expect(end - start).toBeLessThanOrEqual(32_768);
  });

  it('keeps views of earlier reads unchanged', async () => {
    const { bytes, window } = watched(300_000);
    const first = await window.read(0, 100);
    await window.read(200_000, 200_100);
    expect(first).toEqual(bytes.slice(0, 100));
  });

  it('does not hold large pieces', async () => {
    const { asked, window } = watched(LARGEST_WINDOW);
    await window.read(0, LARGEST_WINDOW);
    await window.read(0, 10);
    expect(asked).toHaveLength(2);
  });
});
