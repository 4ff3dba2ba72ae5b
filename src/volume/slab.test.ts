import { describe, expect, it } from 'vitest';
import { slabLayers } from './slab.ts';

describe('slabLayers', () => {
  it('lie about the slice, one more after it where they are even, and inside the volume', () => {
    expect(slabLayers(10, 5, 1)).toEqual([5, 5]);
    expect(slabLayers(10, 5, 3)).toEqual([4, 6]);
    expect(slabLayers(10, 5, 4)).toEqual([4, 7]);
    expect(slabLayers(10, 0, 5)).toEqual([0, 2]);
    expect(slabLayers(10, 9, 5)).toEqual([7, 9]);
    expect(slabLayers(10, 4, 99)).toEqual([0, 9]);
  });
});
