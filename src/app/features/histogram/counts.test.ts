import { expect, it } from 'vitest';
import { namedPeaks } from './bars.ts';
import { histogramCsv } from './counts.ts';

const BASE = { peaks: [], window: [0, 1] as const, counts: Uint32Array.of(3, 0, 5) };

it('lists whole grey values with their counts, empty ones as well', () => {
  const text = histogramCsv({ ...BASE, start: -2.5, binWidth: 1, exact: true });
  expect(text).toBe('grey value,count\r\n-2,3\r\n-1,0\r\n0,5\r\n');
});

it('lists the edges of bins that hold more than one value', () => {
  const text = histogramCsv({ ...BASE, start: 0.1, binWidth: 0.1, exact: false });
  expect(text).toBe('from,to,count\r\n0.1,0.2,3\r\n0.2,0.3,0\r\n0.3,0.4,5\r\n');
});

it('names a peak by the phase that holds it, else by its place', () => {
  const intervals = [{ name: 'pore', from: null, to: 15_000 }];
  const all = [0, 60_000] as const;
  const titles = (...args: Parameters<typeof namedPeaks>) =>
    namedPeaks(...args).map(({ title }) => title);
  expect(titles([12_034, 30_000], intervals, all)).toEqual([
    'Peak of pore at 12\u202F034',
    'Peak 2 at 30\u202F000',
  ]);
  expect(titles([12_034, 30_000], null, [20_000, 60_000])).toEqual(['Peak 2 at 30\u202F000']);
  expect(namedPeaks([0.25], null, all)[0]?.name).toBe('peak 1');
});
