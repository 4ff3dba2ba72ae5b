import { describe, expect, it } from 'vitest';
import { Heap } from './heap.ts';

describe('Heap', () => {
  it('keeps what it holds while it grows, and hands out places that do not overlap', () => {
    const heap = new Heap();
    const stored = [10, 70_000, 1, 5_000_000].map((length, i) => {
      const bytes = new Uint8Array(length).fill(i + 1);
      return { address: heap.store(bytes), bytes };
    });
    for (const { address, bytes } of stored) {
      expect(address % 16).toBe(0);
      expect(address).toBeGreaterThan(0);
      expect(Buffer.compare(heap.copyOut(address, bytes.length), bytes)).toBe(0);
    }
  });

  it('gives zeros again after it was cleared', () => {
    const heap = new Heap();
    const before = heap.store(new Uint8Array(100).fill(7));
    heap.clear();
    const after = heap.allocate(100);
    expect(after).toBe(before);
    expect(heap.copyOut(after, 100).every((byte) => byte === 0)).toBe(true);
  });

  it('copies out, so that the heap may grow meanwhile', () => {
    const heap = new Heap();
    const copy = heap.copyOut(heap.store(Uint8Array.of(1, 2, 3)), 3);
    heap.allocate(10_000_000);
    copy[0] = 9;
    expect(Array.from(copy)).toEqual([9, 2, 3]);
  });

  it('says in one sentence that 4 GiB are full, and goes on', () => {
    const heap = new Heap();
    expect(() => heap.allocate(2 ** 32)).toThrow(
      expect.objectContaining({ code: 'memory/over-budget' }),
    );
    expect(heap.allocate(10)).toBeGreaterThan(0);
  });
});
