import { describe, expect, it } from 'vitest';
import { WindowMemory } from './window-memory.ts';

describe('WindowMemory', () => {
  it('keeps the window from a raw volume to its filtered copy and back', () => {
    const memory = new WindowMemory();
    expect(memory.recall('raw', { low: 13_000, high: 54_000 })).toEqual({
      low: 13_000,
      high: 54_000,
    });
    memory.keep('raw', { low: 20_000, high: 40_000 });
    const filtered = memory.recall('filtered', { low: 18_000, high: 48_000 });
    expect(filtered).toEqual({ low: 20_000, high: 40_000 });
    memory.keep('filtered', { low: 21_000, high: 41_000 });
    expect(memory.recall('raw', { low: 13_000, high: 54_000 })).toEqual({
      low: 21_000,
      high: 41_000,
    });
  });

  it('takes the own span of an image on another grey scale', () => {
    const memory = new WindowMemory();
    memory.recall('raw', { low: 13_000, high: 54_000 });
    expect(memory.recall('gradient', { low: 0, high: 900 })).toEqual({ low: 0, high: 900 });
    expect(memory.recall('raw', { low: 0, high: 1 })).toEqual({ low: 13_000, high: 54_000 });
  });
});
