import { describe, expect, it } from 'vitest';
import { createVolume } from '../src/volume/volume.ts';
import { describeHistogram } from './volume-facts.ts';

const turn = (): Promise<void> => Promise.resolve();

describe('describeHistogram', () => {
  it('leaves voxels without a value out of counts and window', async () => {
    const data = Float32Array.from({ length: 1000 }, (_, i) => (i < 900 ? 0 : i / 1000));
    const volume = createVolume({ kind: 'grey', name: 'field', size: [10, 10, 10], data });
    const range = [0, Math.fround(0.999)] as const;
    const all = await describeHistogram(volume, range, turn);
    const field = await describeHistogram(volume, range, turn, 0);
    const total = (counts: Uint32Array): number => counts.reduce((sum, count) => sum + count, 0);
    expect(total(all.counts)).toBe(1000);
    expect(total(field.counts)).toBe(100);
    expect(all.window[0]).toBe(0);
    expect(field.window[0]).toBeCloseTo(0.901, 2);
    expect(field.window[1]).toBeCloseTo(0.998, 2);
    expect(field.peaks).toEqual([]);
  });
});
