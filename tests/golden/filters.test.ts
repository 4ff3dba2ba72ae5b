/** The filters on a real-sized volume against exact float64 results of an independent program. */
import { beforeAll, expect, it } from 'vitest';
import { estimateNoise } from '../../src/kernels/noise.ts';
import { bytesSource } from '../../src/io/sources.ts';
import { tiffFormat } from '../../src/io/formats/tiff/format.ts';
import type { Size3 } from '../../src/volume/volume.ts';
import { gaussianBytes, smoothGaussian } from '../../src/wasm/gaussian.ts';
import { gradientBytes, gradientMagnitude } from '../../src/wasm/gradient.ts';
import { nlMeans, nlMeansBytes } from '../../src/wasm/nl-means.ts';
import { sharpenUnsharpMask, unsharpBytes } from '../../src/wasm/unsharp.ts';
import { withTestKernels } from '../support/kernels.ts';
import {
  describeWithReference,
  readReference,
  readReferenceJson,
} from '../support/reference-data.ts';

interface FilterNumbers {
  readonly mean: number;
  readonly std: number;
  readonly min: number;
  readonly max: number;
  /** Percentiles 1, 25, 50, 75, 99. */
  readonly pct: readonly number[];
  readonly samples: readonly number[];
}

interface References {
  readonly sample_flat_indices_zyx: readonly number[];
  readonly crop32_sample_flat_indices_zyx: readonly number[];
  readonly input_stats: FilterNumbers;
  readonly filters: Readonly<Record<string, FilterNumbers & { sigma?: number; h?: number }>>;
}

interface Grey {
  readonly data: Uint16Array;
  readonly size: Size3;
}

async function readGrey(name: string): Promise<Grey> {
  const { volume } = await tiffFormat.readVolume(bytesSource(readReference('filters', name), name));
  return { data: volume.data as Uint16Array, size: volume.size };
}

function cropFrom({ data, size }: Grey, edge: number): Grey {
  const crop = new Uint16Array(edge ** 3);
  for (let i = 0; i < crop.length; i++) {
    const [x, y, z] = [i % edge, Math.floor(i / edge) % edge, Math.floor(i / edge ** 2)];
    crop[i] = data[x + size[0] * (y + size[1] * z)] as number;
  }
  return { data: crop, size: [edge, edge, edge] };
}

function meanAndDeviation(values: ArrayLike<number>): [mean: number, std: number] {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += ((values[i] as number) - mean) ** 2;
  return [mean, Math.sqrt(squares / values.length)];
}

/** Percentile between the two nearest ranks, linearly. */
function percentile(sorted: Float32Array, percent: number): number {
  const at = ((sorted.length - 1) * percent) / 100;
  const low = sorted[Math.floor(at)] as number;
  const high = sorted[Math.ceil(at)] as number;
  return low + (high - low) * (at - Math.floor(at));
}

function expectNumbers(
  actual: Float32Array,
  expected: FilterNumbers,
  indices: readonly number[],
  tolerance: number,
): void {
  const within = (found: number, wanted: number): void =>
    expect(Math.abs(found - wanted), `${found} for ${wanted}`).toBeLessThanOrEqual(tolerance);
  const [mean, std] = meanAndDeviation(actual);
  within(mean, expected.mean);
  within(std, expected.std);
  const sorted = actual.slice().sort();
  within(sorted[0] as number, expected.min);
  within(sorted.at(-1) as number, expected.max);
  [1, 25, 50, 75, 99].forEach((percent, i) => {
    within(percentile(sorted, percent), expected.pct[i] as number);
  });
  indices.forEach((index, i) => {
    within(actual[index] as number, expected.samples[i] as number);
  });
}

describeWithReference('the filters on cathode-b', ['filters', 'filter-references.json'], () => {
  let references: References;
  let grey: Grey;
  let data: Uint16Array;
  let size: Size3;
  let inputDeviation: number;
  /** Float64 filters of float32 grey values agree to a few ulp, far below 1e-5 of the input. */
  let tolerance: number;

  beforeAll(async () => {
    references = readReferenceJson('filters', 'filter-references.json') as References;
    grey = await readGrey('cathode-b_gray_u16.tif');
    ({ data, size } = grey);
    inputDeviation = meanAndDeviation(data)[1];
    tolerance = 1e-5 * inputDeviation;
  });

  const expectWhole = (actual: Float32Array, name: string, allowed = tolerance): void =>
    expectNumbers(
      actual,
      references.filters[name] as FilterNumbers,
      references.sample_flat_indices_zyx,
      allowed,
    );

  it('read the volume the references were made from', () => {
    expect(meanAndDeviation(data)[0]).toBeCloseTo(references.input_stats.mean, 2);
    expect(inputDeviation).toBeCloseTo(references.input_stats.std, 4);
  });

  it.each([
    ['gauss_s1', 1],
    ['gauss_s2', 2],
  ])('%s', async (name, sigma) => {
    const smoothed = await withTestKernels(gaussianBytes(size, { sigma }), (session) =>
      smoothGaussian(session, data, size, { sigma }),
    );
    expectWhole(smoothed, name);
  });

  it.each([
    ['unsharp_s2_a1', 0],
    ['unsharp_s2_a1_T2000_soft', 2000],
  ])('%s', async (name, threshold) => {
    const parameters = { sigma: 2, amount: 1, threshold };
    const sharpened = await withTestKernels(unsharpBytes(size, parameters), (session) =>
      sharpenUnsharpMask(session, data, size, parameters),
    );
    expectWhole(sharpened, name);
  });

  it('gradmag_central', async () => {
    const parameters = { sigma: null, spacing: [1, 1, 1] } as const;
    const gradient = await withTestKernels(gradientBytes(size, parameters), (session) =>
      gradientMagnitude(session, data, size, parameters),
    );
    expectWhole(gradient, 'gradmag_central');
  });

  it('gradmag_gauss1', async () => {
    const parameters = { sigma: 1, spacing: [1, 1, 1] } as const;
    const gradient = await withTestKernels(gradientBytes(size, parameters), (session) =>
      gradientMagnitude(session, data, size, parameters),
    );
    // The reference does not scale the derivative's samples: its ramp of slope 1 gives 0.99985.
    expectWhole(gradient, 'gradmag_gauss1', 1e-3 * inputDeviation);
    let response = 0;
    let sum = 0;
    for (let k = 4; k >= 1; k--) {
      response += 2 * k * k * Math.exp((-k * k) / 2);
      sum += 2 * Math.exp((-k * k) / 2);
    }
    expectWhole(
      gradient.map((value) => value * (response / (sum + 1))),
      'gradmag_gauss1',
    );
  });

  it.each([
    ['nlm_crop32_patch5_dist5_h0.6sigma', 2, 5],
    ['nlm_crop32_patch3_dist4_h0.8sigma', 1, 4],
  ])('%s', async (name, patchRadius, searchRadius) => {
    const expected = references.filters[name] as Required<References['filters'][string]>;
    const crop = cropFrom(grey, 32);
    const parameters = { patchRadius, searchRadius, sigma: expected.sigma, h: expected.h };
    const denoised = await withTestKernels(nlMeansBytes(crop.size, parameters), (session) =>
      nlMeans(session, crop.data, crop.size, parameters),
    );
    expectNumbers(
      denoised,
      expected,
      references.crop32_sample_flat_indices_zyx,
      1e-5 * meanAndDeviation(crop.data)[1],
    );
  });

  it('estimates the noise of both cathodes within 5 % of the truth', async () => {
    // Standard deviation within each phase, away from boundaries, weighted by phase fraction.
    expect(Math.abs(estimateNoise(data, size) / 5868 - 1)).toBeLessThan(0.05);
    const other = await readGrey('cathode-a_gray_u16.tif');
    expect(Math.abs(estimateNoise(other.data, other.size) / 5905 - 1)).toBeLessThan(0.05);
  });
});
