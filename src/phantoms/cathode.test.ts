import { createHash } from 'node:crypto';
import { fromArrayBuffer } from 'geotiff';
import { beforeAll, describe, expect, test } from 'vitest';
import { describeWithReference, readReference } from '../../tests/support/reference-data.ts';
import { isCancelled } from '../errors/errors.ts';
import { greyHistogram } from '../kernels/histogram.ts';
import { findPeaks } from '../kernels/peaks.ts';
import { type Volume, voxelBytes } from '../volume/volume.ts';
import {
  CATHODE_GREYS,
  type Cathode,
  type CathodeOptions,
  cathodeGreyLevel,
  generateCathode,
} from './cathode.ts';
import { truncatedSquaredDistance } from './distance.ts';
import { StagedRun } from './hooks.ts';
import { SAMPLE_OPTIONS } from './sample.ts';

const CLEAN = { blur: 0, noise: 0, cupping: 0, rings: 0 } as const;

const digest = (volume: Volume) =>
  createHash('sha256').update(voxelBytes(volume.data)).digest('hex');
const labelsOf = ({ truth }: Cathode) => truth.data as Uint8Array;
const levelsOf = ({ grey }: Cathode) => grey.data as Uint16Array;

/** Physical grey of a stored level: the inverse of `cathodeGreyLevel`. */
const physical = (level: number) => (level / 65535) * 3 - 0.9;

function meanAndDeviation(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(square) };
}

describe('reproducibility', () => {
  test('the same options give the pinned voxels', async () => {
    const cathode = await generateCathode({ size: 32, seed: 1 });
    expect(digest(cathode.grey)).toBe(
      '3bb2e6b5548ea84a54b1068e285294757c76d88f1533abf521ba9f7f0469b50b',
    );
    expect(digest(cathode.truth)).toBe(
      '7d005c108805d950bd9209a1c5d15ebf932405be7b7b8b0c1e4ca4a41f431b18',
    );
    const cracked = await generateCathode({ size: 32, seed: 1, cracks: true, axis: 'centre' });
    expect(digest(cracked.grey)).toBe(
      '06ecebf51354000854c52d6881269bd6eff8a16d395e8f181dc99213115e1d7b',
    );
  });

  test('another seed gives another cathode', async () => {
    const [one, two] = await Promise.all([
      generateCathode({ size: 24, seed: 1 }),
      generateCathode({ size: 24, seed: 2 }),
    ]);
    expect(digest(one.truth)).not.toBe(digest(two.truth));
    expect(digest(one.grey)).not.toBe(digest(two.grey));
  });

  test('the scanner’s options leave the truth as it is', async () => {
    const noisy = await generateCathode({ size: 32, seed: 3 });
    const clean = await generateCathode({ size: 32, seed: 3, ...CLEAN });
    expect(digest(clean.truth)).toBe(digest(noisy.truth));
    expect(digest(clean.grey)).not.toBe(digest(noisy.grey));
  });
});

describe('the sample', () => {
  let cathode: Cathode;
  beforeAll(async () => {
    cathode = await generateCathode(SAMPLE_OPTIONS);
  });

  test('has the asked fractions', () => {
    const { fractions, subVoxelFractions } = cathode.statistics;
    // The last particle placed overshoots by less than its own volume, about 0.1 %.
    expect(subVoxelFractions.activeMaterial).toBeGreaterThanOrEqual(0.47);
    expect(subVoxelFractions.activeMaterial).toBeLessThan(0.475);
    expect(Math.abs(subVoxelFractions.carbonBinder - 0.22)).toBeLessThan(2e-5);
    // The majority vote gives ties to the denser phase.
    expect(fractions.activeMaterial - subVoxelFractions.activeMaterial).toBeGreaterThan(0);
    expect(fractions.activeMaterial - subVoxelFractions.activeMaterial).toBeLessThan(0.015);
    expect(fractions.pore + fractions.carbonBinder + fractions.activeMaterial).toBeCloseTo(1, 12);
    const labels = labelsOf(cathode);
    const counted = [0, 1, 2].map(
      (label) => labels.reduce((sum, value) => sum + (value === label ? 1 : 0), 0) / labels.length,
    );
    expect(counted).toEqual([fractions.pore, fractions.carbonBinder, fractions.activeMaterial]);
  });

  test('lists its particles large to small', () => {
    const { diameters } = cathode.statistics;
    expect(diameters.length).toBeGreaterThan(150);
    expect(Math.max(...diameters)).toBe(40);
    expect(Math.min(...diameters)).toBeGreaterThanOrEqual(7);
  });

  test('has a raw histogram with one peak', () => {
    const histogram = greyHistogram(levelsOf(cathode));
    expect(histogram).not.toBeNull();
    if (histogram !== null) expect(findPeaks(histogram)).toHaveLength(1);
  });

  test('names its phases and its voxel size', () => {
    expect(cathode.truth.phases.map(({ label, pore }) => [label, pore])).toEqual([
      [0, true],
      [1, false],
      [2, false],
    ]);
    expect(cathode.grey.spacing).toEqual({ values: [0.25, 0.25, 0.25], unit: 'µm' });
  });

  describeWithReference(
    'beside an independent generator',
    ['filters', 'cathode-a_truth_u8.tif'],
    () => {
      let reference: Uint8Array;
      beforeAll(async () => {
        const tiff = await fromArrayBuffer(
          readReference('filters', 'cathode-a_truth_u8.tif').buffer,
        );
        const pages = await tiff.getImageCount();
        reference = new Uint8Array(128 ** 3);
        for (let page = 0; page < pages; page++) {
          const image = await tiff.getImage(page);
          const [raster] = (await image.readRasters()) as unknown as [Uint8Array];
          reference.set(raster, page * 128 * 128);
        }
      });

      /** Probability that two voxels `shift` apart along an axis both have the label. */
      function twoPoint(labels: Uint8Array, label: number, shift: number): number {
        const n = 128;
        let both = 0;
        let pairs = 0;
        for (const stride of [1, n, n * n]) {
          for (let i = 0; i < labels.length; i++) {
            if (Math.floor(i / stride) % n >= n - shift) continue;
            pairs++;
            if (labels[i] === label && labels[i + stride * shift] === label) both++;
          }
        }
        return both / pairs;
      }

      // Realisations of either generator differ by 5 % to 10 % among themselves at this size.
      test('the specific surface of each phase agrees to 10 %', () => {
        for (const label of [0, 1, 2]) {
          const surface = (labels: Uint8Array) =>
            twoPoint(labels, label, 0) - twoPoint(labels, label, 1);
          const ratio = surface(labelsOf(cathode)) / surface(reference);
          expect(ratio).toBeGreaterThan(0.9);
          expect(ratio).toBeLessThan(1.1);
        }
      });

      test('the two-point correlation of each phase agrees to 5 %', () => {
        for (const label of [0, 1, 2]) {
          for (const shift of [1, 2, 4, 8, 16]) {
            const ratio =
              twoPoint(labelsOf(cathode), label, shift) / twoPoint(reference, label, shift);
            expect(Math.abs(ratio - 1)).toBeLessThan(0.05);
          }
        }
      });
    },
  );
});

describe('geometry', () => {
  test('cracks take their share of the active material and are pore', async () => {
    const options: CathodeOptions = { size: 64, seed: 4 };
    const whole = await generateCathode({ ...options, ...CLEAN });
    const cracked = await generateCathode({ ...options, ...CLEAN, cracks: true });
    const share = cracked.statistics.crackShare;
    // A field that varies over 6 voxels has few independent values in the particles of this cube.
    expect(share).toBeGreaterThan(0.06);
    expect(share).toBeLessThan(0.14);
    const { subVoxelFractions: before } = whole.statistics;
    const { subVoxelFractions: after } = cracked.statistics;
    expect(after.activeMaterial).toBeCloseTo(before.activeMaterial * (1 - share), 10);
    expect(after.pore - before.pore).toBeCloseTo(before.activeMaterial * share, 4);

    const changes = new Map<string, number>();
    const from = labelsOf(whole);
    labelsOf(cracked).forEach((label, i) => {
      if (label === from[i]) return;
      const key = `${from[i]}→${label}`;
      changes.set(key, (changes.get(key) ?? 0) + 1);
    });
    const opened = changes.get('2→0') ?? 0;
    const total = [...changes.values()].reduce((sum, count) => sum + count, 0);
    // The rest are border voxels whose majority tips from active material to binder.
    expect(opened / total).toBeGreaterThan(0.9);
  });

  test('the carbon-binder domain gathers near the particles', async () => {
    const n = 64;
    const cathode = await generateCathode({ size: n, seed: 6, ...CLEAN });
    const labels = labelsOf(cathode);
    const squared = Uint16Array.from(labels, (label) => (label === 2 ? 0 : 1));
    await truncatedSquaredDistance(squared, n, 16, new StagedRun({}, 1).stage(1));
    /** Share of binder among the voxels at these distances from the active material. */
    const binderShare = (from: number, to: number): number => {
      let binder = 0;
      let all = 0;
      labels.forEach((label, i) => {
        const distance = Math.sqrt(squared[i] ?? 0);
        if (distance < from || distance > to) return;
        all++;
        if (label === 1) binder++;
      });
      return binder / all;
    };
    // The score falls by 0.1 per voxel against a field of deviation 0.6: from about 0.54 to 0.28.
    expect(binderShare(1, 1.5)).toBeGreaterThan(binderShare(3, 4) + 0.08);
    expect(binderShare(3, 4)).toBeGreaterThan(binderShare(5.5, 16) + 0.08);
  });

  test('pure voxels of the unblurred grey are exactly 0.10, 0.45 and 1.00', async () => {
    const cathode = await generateCathode({ size: 32, seed: 7, ...CLEAN });
    const labels = labelsOf(cathode);
    const pure = CATHODE_GREYS.map((grey) => Math.floor(cathodeGreyLevel(grey) + 0.5));
    expect(pure).toEqual([21845, 29491, 41506]);
    const levels = levelsOf(cathode);
    const found = [0, 0, 0];
    levels.forEach((level, i) => {
      const label = labels[i] ?? 0;
      if (level === pure[label]) found[label] = (found[label] ?? 0) + 1;
    });
    for (const count of found) expect(count / labels.length).toBeGreaterThan(0.04);
    expect(levels.every((level) => level >= 21845 && level <= 41506)).toBe(true);
  });

  test('a smaller median diameter makes more particles at the same fraction', async () => {
    const coarse = await generateCathode({ size: 48, seed: 2, particleDiameter: 16, ...CLEAN });
    const fine = await generateCathode({ size: 48, seed: 2, particleDiameter: 8, ...CLEAN });
    // Eightfold for an infinite body; border particles count whole.
    const ratio = fine.statistics.diameters.length / coarse.statistics.diameters.length;
    expect(ratio).toBeGreaterThan(4);
    expect(ratio).toBeLessThan(10);
  });
});

describe('scanner effects', () => {
  const base: CathodeOptions = { size: 48, seed: 9, ...CLEAN };

  test('noise has the standard deviation √(0.2² I + 0.22²) and no bias', async () => {
    const clean = levelsOf(await generateCathode(base));
    const noisy = levelsOf(await generateCathode({ ...base, noise: 1 }));
    for (const grey of CATHODE_GREYS) {
      const level = Math.floor(cathodeGreyLevel(grey) + 0.5);
      const differences: number[] = [];
      clean.forEach((value, i) => {
        if (value === level) differences.push(physical(noisy[i] ?? 0) - physical(value));
      });
      expect(differences.length).toBeGreaterThan(3000);
      const { mean, deviation } = meanAndDeviation(differences);
      const expected = Math.sqrt(0.04 * grey + 0.0484);
      // Four standard errors at 3000 voxels, a little more for the correlation of neighbours.
      expect(Math.abs(deviation / expected - 1)).toBeLessThan(0.06);
      expect(Math.abs(mean)).toBeLessThan(0.08 * expected);
    }
  });

  test('neighbouring noise is correlated as smoothing with 0.4 voxels makes it', async () => {
    const n = 48;
    const clean = levelsOf(await generateCathode(base));
    const noisy = levelsOf(await generateCathode({ ...base, noise: 1 }));
    const noise = Array.from(noisy, (level, i) => {
      const grey = physical(clean[i] ?? 0);
      return (physical(level) - grey) / Math.sqrt(0.04 * grey + 0.0484);
    });
    const w = Math.exp(-0.5 / 0.16);
    const expected = (2 * w) / (1 + 2 * w * w);
    for (const stride of [1, n, n * n]) {
      let sum = 0;
      for (let i = 0; i + stride < noise.length; i++)
        sum += (noise[i] ?? 0) * (noise[i + stride] ?? 0);
      expect(Math.abs(sum / noise.length - expected)).toBeLessThan(0.015);
    }
  });

  test('cupping multiplies by 1 − c + 2c (r/r_max)² about the axis', async () => {
    const n = 48;
    const clean = Float64Array.from(levelsOf(await generateCathode(base)));
    const cupped = levelsOf(await generateCathode({ ...base, cupping: 0.2, axis: 'centre' }));
    const errors = clean.map((level, i) => {
      const [x, y] = [i % n, Math.floor(i / n) % n];
      const square = ((x - 24) ** 2 + (y - 24) ** 2) / (2 * 24 ** 2);
      const expected = physical(level) * (1 - 0.2 + 2 * 0.2 * square);
      return Math.abs((cupped[i] ?? 0) - cathodeGreyLevel(expected));
    });
    // Both volumes are rounded to whole levels, and the factor is at most 1.2.
    expect(errors.every((error) => error <= 1.1)).toBe(true);
  });

  test('rings add one offset to all voxels of a radius in a slice, on 15 % of the radii', async () => {
    const n = 96;
    const options: CathodeOptions = { ...base, size: n };
    const clean = levelsOf(await generateCathode(options));
    const ringed = levelsOf(await generateCathode({ ...options, rings: 0.1 }));
    const radiusOf = Int32Array.from({ length: n * n }, (_, p) =>
      Math.floor(Math.sqrt(((p % n) + n / 4) ** 2 + (Math.floor(p / n) - n / 2) ** 2) + 0.5),
    );
    const radii = [...new Set(radiusOf)];
    const bad = new Set<number>();
    const values: number[] = [];
    let spread = 0;
    for (let z = 0; z < n; z++) {
      const lowest = new Int32Array(2 * n).fill(65535);
      const highest = new Int32Array(2 * n).fill(-65535);
      radiusOf.forEach((radius, p) => {
        const i = p + n * n * z;
        const offset = (ringed[i] ?? 0) - (clean[i] ?? 0);
        lowest[radius] = Math.min(lowest[radius] ?? 0, offset);
        highest[radius] = Math.max(highest[radius] ?? 0, offset);
      });
      for (const radius of radii) {
        const offset = lowest[radius] ?? 0;
        spread = Math.max(spread, (highest[radius] ?? 0) - offset);
        if (Math.abs(offset) <= 1) continue;
        bad.add(radius);
        values.push((offset / 65535) * 3);
      }
    }
    // Both volumes are rounded to whole levels.
    expect(spread).toBeLessThanOrEqual(1);
    expect(bad.size / radii.length).toBeGreaterThan(0.07);
    expect(bad.size / radii.length).toBeLessThan(0.23);
    // Some 15 radii with three or four independent stretches each.
    const { deviation } = meanAndDeviation(values);
    expect(Math.abs(deviation / 0.3 - 1)).toBeLessThan(0.25);
  });
});

describe('running', () => {
  test('progress rises from 0 to 1', async () => {
    const fractions: number[] = [];
    await generateCathode(
      { size: 24, seed: 1, cracks: true },
      { progress: (fraction) => fractions.push(fraction) },
    );
    expect(fractions.length).toBeGreaterThan(100);
    expect(fractions.every((value, i) => value >= (fractions[i - 1] ?? 0))).toBe(true);
    expect(fractions.at(-1)).toBe(1);
  });

  test('an abort ends the run at the next pause', async () => {
    const controller = new AbortController();
    let after = 0;
    const run = generateCathode(
      { size: 32, seed: 1 },
      {
        signal: controller.signal,
        progress: (fraction) => {
          if (controller.signal.aborted) after++;
          if (fraction > 0.5) controller.abort();
        },
      },
    );
    await expect(run.catch((error: unknown) => isCancelled(error))).resolves.toBe(true);
    expect(after).toBe(0);
  });

  test('pauses at least once per slice and stage', async () => {
    let pauses = 0;
    await generateCathode(
      { size: 32, seed: 1 },
      {
        breathe: () => {
          pauses++;
          return Promise.resolve();
        },
      },
    );
    expect(pauses).toBeGreaterThan(12 * 32);
  });
});

describe('options', () => {
  test.each([
    [{ size: 15, seed: 1 }, 'Edge (size) is 15; it must be a whole number from 16 to 512 voxels.'],
    [{ size: 32, seed: -1 }, 'Seed (seed) is -1'],
    [{ size: 32, seed: 1, voxelSizeUm: 0 }, 'Voxel size (voxelSizeUm) is 0'],
    [
      { size: 32, seed: 1, activeFraction: 0.55, binderFraction: 0.35 },
      'leave 0.10 pore; keep their sum at or below 0.85',
    ],
  ])('refuses %j', async (options, message) => {
    await expect(generateCathode(options)).rejects.toThrow(message);
  });
});
