import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Histogram } from '../../../../workers/engine-api.ts';
import { areaPath, columnHeights, foldCounts, formatGrey, histogramEnd, moveEdge } from './bars.ts';

function histogram(counts: readonly number[], start = 0, binWidth = 1): Histogram {
  return { start, binWidth, counts: Uint32Array.from(counts), peaks: [], window: [0, 1] };
}

describe('foldCounts', () => {
  it('adds whole bins to their columns', () => {
    const folded = foldCounts(histogram([1, 2, 3, 4]), 0, 4, 2);
    expect(Array.from(folded)).toEqual([3, 7]);
  });

  it('keeps the total for any number of columns', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1e6 }), { minLength: 1, maxLength: 300 }),
        fc.integer({ min: 1, max: 400 }),
        (counts, columns) => {
          const bins = histogram(counts, -7.5, 0.3);
          const folded = foldCounts(bins, bins.start, histogramEnd(bins), columns);
          const total = counts.reduce((sum, count) => sum + count, 0);
          expect(folded.reduce((sum, count) => sum + count, 0)).toBeCloseTo(total, 3);
        },
      ),
    );
  });

  it('leaves out what lies outside the range', () => {
    expect(Array.from(foldCounts(histogram([5, 1, 2, 9]), 1, 3, 2))).toEqual([1, 2]);
  });
});

it('draws the highest column at full height on both scales', () => {
  const columns = Float64Array.of(0, 10, 1000);
  expect(Array.from(columnHeights(columns, 'linear'))).toEqual([0, 0.01, 1]);
  const log = columnHeights(columns, 'log');
  expect(log[1]).toBeCloseTo(Math.log(11) / Math.log(1001));
  expect(Array.from(columnHeights(new Float64Array(2), 'log'))).toEqual([0, 0]);
});

it('closes the outline at the base line', () => {
  expect(areaPath(Float64Array.of(1, 0.5), 20, 10)).toBe(
    'M0 10L0.0 0.0L10.0 0.0L10.0 5.0L20.0 5.0L20 10Z',
  );
});

describe('moveEdge', () => {
  const intervals = [
    { name: 'pore', from: null, to: 10 },
    { name: 'binder', from: 20, to: 30 },
    { name: 'active', from: 40, to: null },
  ];

  it('moves an edge and keeps the others', () => {
    expect(moveEdge(intervals, 1, 'to', 35, 1)[1]).toEqual({ name: 'binder', from: 20, to: 35 });
  });

  it('stops at the neighbour and at the other edge', () => {
    expect(moveEdge(intervals, 1, 'to', 50, 1)[1]?.to).toBe(39);
    expect(moveEdge(intervals, 1, 'to', 5, 1)[1]?.to).toBe(20);
    expect(moveEdge(intervals, 1, 'from', -5, 1)[1]?.from).toBe(11);
  });

  it('keeps rising order for any sequence of moves', () => {
    const moves = fc.array(
      fc.tuple(
        fc.nat(2),
        fc.constantFrom('from' as const, 'to' as const),
        fc.double({ min: -50, max: 90, noNaN: true }),
      ),
    );
    fc.assert(
      fc.property(moves, (sequence) => {
        let moved: ReturnType<typeof moveEdge> = intervals;
        for (const [index, edge, value] of sequence) {
          if (moved[index]?.[edge] !== null) moved = moveEdge(moved, index, edge, value, 1);
        }
        const edges = moved.flatMap(({ from, to }) => [from, to]).filter((edge) => edge !== null);
        expect(edges).toEqual(edges.toSorted((a, b) => a - b));
      }),
    );
  });
});

it('writes grey values short', () => {
  expect([0, 31905, 0.41234, 1234.5, 1234567].map(formatGrey)).toEqual([
    '0',
    '31905',
    '0.4123',
    '1235',
    '1.235e6',
  ]);
});
