/** The sequence of filters and segmentation, all with their defaults, on the shipped sample. */
import { beforeAll, describe, expect, test } from 'vitest';
import { rowsOf, runOperation, volumeOf } from '../../tests/support/run-operation.ts';
import { greyHistogram } from '../kernels/histogram.ts';
import { findPeaks } from '../kernels/peaks.ts';
import { classScores, confusionMatrix, meanDice } from '../kernels/scores.ts';
import { operation as nlMeans } from '../operations/denoise-nl-means/index.ts';
import { operation as watershed } from '../operations/segment-watershed/index.ts';
import { operation as unsharpMask } from '../operations/sharpen-unsharp-mask/index.ts';
import type { Volume } from '../volume/volume.ts';
import { CATHODE_GREYS, type Cathode, cathodeGreyLevel, generateCathode } from './cathode.ts';
import { SAMPLE_OPTIONS } from './sample.ts';

function peakPositions(volume: Volume): readonly number[] {
  const histogram = greyHistogram(volume.data as Float32Array);
  return histogram === null ? [] : findPeaks(histogram).map((peak) => peak.position);
}

describe('the sample, with every default', () => {
  let sample: Cathode;
  let filtered: Volume;
  beforeAll(async () => {
    sample = await generateCathode(SAMPLE_OPTIONS);
    const denoised = volumeOf(await runOperation(nlMeans, sample.grey, {}, { threads: 2 }));
    filtered = volumeOf(await runOperation(unsharpMask, denoised, {}, { threads: 2 }));
  });

  test('has one peak raw and three after non-local means and unsharp mask', () => {
    expect(peakPositions(sample.grey)).toHaveLength(1);
    const found = peakPositions(filtered);
    expect(found).toHaveLength(3);
    found.forEach((position, phase) => {
      const error = (position - cathodeGreyLevel(CATHODE_GREYS[phase as 0 | 1 | 2])) / (65535 / 3);
      expect(Math.abs(error)).toBeLessThan(0.05);
    });
  });

  test('gives three regions close to its truth', async () => {
    const result = await runOperation(watershed, filtered, {}, { threads: 2 });
    expect(rowsOf(result, 'regions')).toHaveLength(3);
    const labels = volumeOf(result).data as Uint8Array;
    const confusion = confusionMatrix(labels, sample.truth.data as Uint8Array, 3);
    const errors = classScores(confusion).map(({ fractionError }) => fractionError);
    expect(meanDice(confusion)).toBeGreaterThan(0.88);
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(0.025);
  });
});
