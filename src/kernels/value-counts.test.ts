import { describe, expect, it } from 'vitest';
import { randomUniform } from './random.ts';
import { countByLabel, lengthStatistics, ValueCounts } from './value-counts.ts';

/** NumPy's default: linear between the two nearest ranks. */
function percentile(sorted: readonly number[], percent: number): number {
  const at = ((sorted.length - 1) * percent) / 100;
  const low = sorted[Math.floor(at)] as number;
  return low + ((sorted[Math.ceil(at)] as number) - low) * (at - Math.floor(at));
}

describe.each([
  ['small values', 50],
  ['large values', 2 ** 40],
  ['values on both sides of the dense range', 2 ** 21],
])('statistics of %s', (_name, largest) => {
  const values = Array.from({ length: 3001 }, (_, i) => {
    const value = Math.floor(largest * randomUniform(3, 0, i));
    // Every second value is there more than once.
    return i % 2 === 0 ? value : Math.floor(largest * randomUniform(3, 0, i % 100));
  });
  const counts = new ValueCounts();
  for (const value of values) counts.add(value);
  const lengths = values.map((value) => Math.sqrt(value) * 0.25).sort((a, b) => a - b);

  it('are those of the sorted list', () => {
    const found = lengthStatistics(counts, 0.25);
    expect(found.count).toBe(3001);
    expect(found.max).toBe(lengths.at(-1));
    for (const percent of [0, 10, 33.3, 50, 90, 100]) {
      expect(found.percentile(percent)).toBe(percentile(lengths, percent));
    }
    const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
    expect(Math.abs(found.mean / mean - 1)).toBeLessThan(1e-12);
  });

  it('come from each value once, ascending', () => {
    const { values: found, counts: times } = counts.sorted();
    expect([...found]).toEqual([...new Set(values)].sort((a, b) => a - b));
    expect(times.reduce((sum, count) => sum + count, 0)).toBe(3001);
  });
});

it('counts by label and leaves out labels without counts', () => {
  const counts = [new ValueCounts(), undefined, new ValueCounts()];
  countByLabel(Int32Array.of(4, 5, 6, 4), Uint8Array.of(0, 1, 2, 0), counts);
  expect(counts.map((each) => each && [...each.sorted().counts])).toEqual([[2], undefined, [1]]);
});
