import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Histogram } from '../../../../workers/engine-api.ts';
import {
  areaPath,
  chartDomain,
  chartTop,
  columnHeights,
  columnShares,
  foldCounts,
  formatGrey,
  histogramEnd,
  labelShift,
  moveEdge,
  peakLabels,
  shortName,
  snapped,
} from './bars.ts';

function histogram(counts: readonly number[], start = 0, binWidth = 1): Histogram {
  const exact = binWidth === 1;
  return { start, binWidth, counts: Uint32Array.from(counts), exact, peaks: [], window: [0, 1] };
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

describe('columnHeights', () => {
  const shares = Float64Array.of(0, 0.01, 1);

  it('draws the highest column at full height on both scales', () => {
    const linear = columnHeights(shares, { scale: 'linear', most: 1, total: 1000 });
    expect(Array.from(linear)).toEqual([0, 0.01, 1]);
    const log = columnHeights(shares, { scale: 'log', most: 1, total: 1000 });
    expect(log[0]).toBe(0);
    expect(log[1]).toBeCloseTo(Math.log(11) / Math.log(1001));
    expect(log[2]).toBe(1);
  });

  it('is flat where nothing was counted', () => {
    const flat = columnHeights(shares, { scale: 'log', most: 0, total: 0 });
    expect(Array.from(flat)).toEqual([0, 0, 0]);
  });
});

it('compares volumes of other sizes by shares', () => {
  const small = columnShares(histogram([1, 3]), 0, 2, 2);
  const large = columnShares(histogram([10, 30]), 0, 2, 2);
  expect(small).toEqual(large);
});

describe('chartTop', () => {
  const hills = Float64Array.from({ length: 40 }, (_, i) => (i % 10) / 100);

  it('is the highest column of all lists', () => {
    expect(chartTop(hills, null, Float64Array.of(0.5))).toBe(0.5);
    expect(chartTop(null)).toBe(0);
  });

  it('cuts off one or two spikes of saturation', () => {
    const spiked = hills.with(0, 0.9).with(39, 0.8);
    expect(chartTop(spiked)).toBeCloseTo(1.5 * 0.09);
  });

  it('keeps the height of a volume with few grey levels', () => {
    expect(chartTop(Float64Array.of(0.9, 0, 0.05, 0.05))).toBe(0.9);
  });
});

describe('chartDomain', () => {
  const counts = [1, ...Array.from({ length: 50 }, () => 0), 40_000, 40_000, 40_000];

  it('leaves out a few far voxels', () => {
    const [low, high] = chartDomain(histogram(counts), []);
    expect(low).toBeGreaterThan(50);
    expect(low).toBeLessThan(52);
    expect(high).toBe(histogramEnd(histogram(counts)));
  });

  it('reaches out for what must be seen, unless it is far off', () => {
    const [low, high] = chartDomain(histogram(counts), [49.5, 55.5]);
    expect([low, high]).toEqual([49.5, 55.5]);
    expect(chartDomain(histogram(counts), [20, 900])).toEqual(chartDomain(histogram(counts), []));
  });
});

it('keeps the digits that a pixel can tell', () => {
  expect(snapped(23_841.37, 180)).toBe(23_800);
  expect(snapped(0.123_456, 0.0021)).toBe(0.123);
  expect(snapped(5.5, 0)).toBe(5.5);
});

describe('peakLabels', () => {
  const room = { left: 0, right: 300, letter: 6 };
  const peak = (position: number, name: string) => ({ position, value: 100 + position, name });
  const texts = (...peaks: readonly ReturnType<typeof peak>[]) =>
    peakLabels(peaks, room).map((label) => label?.text ?? null);

  it('names peaks where all have room, else gives their values or nothing', () => {
    expect(texts(peak(50, 'pore'), peak(200, 'solid'))).toEqual(['pore 150', 'solid 300']);
    expect(texts(peak(100, 'pore'), peak(140, 'binder'))).toEqual(['200', '240']);
    expect(texts(peak(100, 'a'), peak(110, 'b'))).toEqual(['200', null]);
  });

  it('lays no label over another nor beyond the picture', () => {
    const positions = fc.uniqueArray(fc.integer({ min: 0, max: 300 }), { maxLength: 8 });
    fc.assert(
      fc.property(positions, (all) => {
        const peaks = all.toSorted((a, b) => a - b).map((at) => peak(at, 'binder'));
        let end = 0;
        for (const label of peakLabels(peaks, room)) {
          if (label === null) continue;
          const half = (label.text.length * room.letter) / 2;
          expect(label.at - half).toBeGreaterThanOrEqual(end);
          end = label.at + half;
        }
        expect(end).toBeLessThanOrEqual(room.right);
      }),
    );
  });
});

it('moves labels that would reach beyond the picture into it', () => {
  expect(labelShift(100, 40, -14, 294)).toBe(0);
  expect(labelShift(0, 40, -14, 294)).toBe(6);
  expect(labelShift(280, 40, -14, 294)).toBe(-6);
});

it('keeps the number of a shortened name', () => {
  expect(shortName('phase 1', 7)).toBe('phase 1');
  expect(shortName('phase 1', 4)).toBe('ph…1');
  expect(shortName('phase 12', 4)).toBe('p…12');
  expect(shortName('active material', 6)).toBe('activ…');
  expect(shortName('phase 1', 2)).toBe('p…');
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
