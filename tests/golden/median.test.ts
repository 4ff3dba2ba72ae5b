/** The median filter on a real-sized volume against exact results of an independent program. */
import { expect, it } from 'vitest';
import { tiffFormat } from '../../src/io/formats/tiff/format.ts';
import { bytesSource } from '../../src/io/sources.ts';
import { operation } from '../../src/operations/denoise-median/index.ts';
import {
  describeWithReference,
  readReference,
  readReferenceJson,
} from '../support/reference-data.ts';
import { runOperation, volumeOf } from '../support/run-operation.ts';

interface References {
  readonly sample_flat_indices_zyx: readonly number[];
  readonly filters: Readonly<
    Record<
      string,
      {
        readonly mean: number;
        readonly min: number;
        readonly max: number;
        /** Percentiles 1, 25, 50, 75, 99. */
        readonly pct: readonly number[];
        readonly samples: readonly number[];
      }
    >
  >;
}

describeWithReference('the median of cathode-b', ['filters', 'filter-references.json'], () => {
  it.each([
    ['median_r1', 1],
    ['median_r2', 2],
  ])('%s is exact', async (name, radius) => {
    const references = readReferenceJson('filters', 'filter-references.json') as References;
    const expected = references.filters[name] as References['filters'][string];
    const file = 'cathode-b_gray_u16.tif';
    const { volume } = await tiffFormat.readVolume(
      bytesSource(readReference('filters', file), file),
    );
    const data = volumeOf(await runOperation(operation, volume, { radius })).data as Uint16Array;
    expect(data).toBeInstanceOf(Uint16Array);
    expect(references.sample_flat_indices_zyx.map((index) => data[index])).toEqual(
      expected.samples,
    );
    const sorted = data.slice().sort();
    const ranks = [1, 25, 50, 75, 99].map((percent) => ((sorted.length - 1) * percent) / 100);
    expect(
      ranks.map((rank) => {
        const low = sorted[Math.floor(rank)] as number;
        const percentile = low + ((sorted[Math.ceil(rank)] as number) - low) * (rank % 1);
        // The reference has four decimals.
        return Math.round(percentile * 1e4) / 1e4;
      }),
    ).toEqual(expected.pct);
    expect([sorted[0], sorted.at(-1)]).toEqual([expected.min, expected.max]);
    const mean = data.reduce((sum, grey) => sum + grey, 0) / data.length;
    expect(Math.abs(mean / expected.mean - 1)).toBeLessThan(1e-8);
  });
});
