import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coarseArea, fullScale, nextScale, previewEdge } from './render-budget.ts';

describe('previewEdge', () => {
  it('keeps small volumes whole', () => {
    expect(previewEdge([128, 128, 128], 'software')).toBe(128);
    expect(previewEdge([1, 1, 1], 'software')).toBe(1);
  });

  it('gives flat volumes more detail than cubes', () => {
    expect(previewEdge([1000, 1000, 1000], 'software')).toBe(125);
    expect(previewEdge([1000, 900, 40], 'software')).toBe(334);
  });

  it('names an edge that leads to a copy within the budget', () => {
    const edge = fc.integer({ min: 1, max: 3000 });
    fc.assert(
      fc.property(fc.tuple(edge, edge, edge), (size) => {
        // As the engine reduces: the smallest whole factor that brings all edges below.
        const factor = Math.max(1, Math.ceil(Math.max(...size) / previewEdge(size, 'software')));
        const voxels = size.reduce((product, n) => product * Math.ceil(n / factor), 1);
        expect(voxels).toBeLessThanOrEqual(128 ** 3);
      }),
    );
  });
});

describe('pixels of a picture', () => {
  it('are all drawn where that is quick, and fewer in proportion to the time it takes', () => {
    expect(coarseArea(10)).toBe(1);
    expect(coarseArea(80)).toBe(2);
    expect(coarseArea(160)).toBe(4);
    expect(coarseArea(60_000)).toBe(16);
  });

  it('follow the screen up to a limit', () => {
    expect(fullScale(false, 1)).toBe(1);
    expect(fullScale(false, 3)).toBe(2);
    expect(fullScale(true, 2)).toBe(1);
  });

  it('come back when pictures are quick again', () => {
    const slow = nextScale(1, 1, 1200);
    expect(slow).toBeCloseTo(Math.SQRT1_2);
    expect(nextScale(slow, 1, 100)).toBe(1);
    expect(nextScale(1, 1, 500)).toBe(1);
    expect(nextScale(1, 1, 1e9)).toBe(0.66);
  });
});
