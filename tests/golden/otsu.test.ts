/** Otsu's thresholds of real and synthetic scans against exact and binned peers. */
import { expect, it } from 'vitest';
import { tiffFormat } from '../../src/io/formats/tiff/format.ts';
import { bytesSource } from '../../src/io/sources.ts';
import { type GreyArray, type Histogram, thresholdHistogram } from '../../src/kernels/histogram.ts';
import { multiOtsu, type OtsuResult } from '../../src/kernels/otsu.ts';
import {
  describeWithReference,
  readReference,
  readReferenceJson,
} from '../support/reference-data.ts';

async function readGrey(name: string): Promise<GreyArray> {
  const source = bytesSource(readReference('filters', name), name);
  return (await tiffFormat.readVolume(source)).volume.data as GreyArray;
}

async function thresholdsOf(name: string, classes: number): Promise<readonly number[]> {
  const histogram = thresholdHistogram(await readGrey(name)) as Histogram;
  return (multiOtsu(histogram, classes) as OtsuResult).thresholds;
}

describeWithReference('thresholds of scans', ['filters', 'real-references.json'], () => {
  it.each([
    ['cell-slice-1', 'cell-slice-1_gray_u16.tif'],
    ['cell-top', 'cell-top_gray_u8.tif'],
    ['grains-tube-slice', 'grains-tube-slice_gray_u16.tif'],
  ] as const)('%s has the exact two-class threshold', async (name, file) => {
    const references = readReferenceJson('filters', 'real-references.json') as Record<
      string,
      { readonly otsu_exact: number }
    >;
    expect(await thresholdsOf(file, 2)).toEqual([references[name]?.otsu_exact]);
  });

  it('cathode-b has the exact two-class threshold of its 65 536 levels', async () => {
    const { otsu_on_raw_u16_exact } = readReferenceJson('filters', 'filter-references.json') as {
      readonly otsu_on_raw_u16_exact: number;
    };
    expect(await thresholdsOf('cathode-b_gray_u16.tif', 2)).toEqual([otsu_on_raw_u16_exact]);
  });

  it.each(['cathode-a', 'cathode-b'])(
    '%s: three classes as in 256 bins, to a bin',
    async (name) => {
      const peers = readReferenceJson('filters', 'peer-scores.json') as Record<
        string,
        { readonly otsu3_raw: { readonly thresholds: readonly number[] } }
      >;
      const found = await thresholdsOf(`${name}_gray_u16.tif`, 3);
      peers[name]?.otsu3_raw.thresholds.forEach((expected, i) => {
        const grey = ((found[i] as number) / 65_535) * 3 - 0.9;
        expect(Math.abs(grey - expected)).toBeLessThan(3 / 256);
      });
    },
  );
});
