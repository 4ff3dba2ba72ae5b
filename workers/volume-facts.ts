/** Facts about a volume that the page shows: its value range and its histogram. */
import {
  type Histogram as Bins,
  greyHistogramSteps,
  levelHistogramSteps,
  quantileSteps,
  rangeHistogramSteps,
} from '../src/kernels/histogram.ts';
import { findPeaks } from '../src/kernels/peaks.ts';
import { finishBreathing } from '../src/kernels/steps.ts';
import { surveyVolume } from '../src/volume/statistics.ts';
import { numericSteps, type Volume } from '../src/volume/volume.ts';
import type { Histogram, VolumeInfo } from './engine-api.ts';

type Breathe = () => Promise<void>;

/** Bins of a float histogram; more than the pixels of any screen, few enough to smooth. */
const FLOAT_BINS = 4096;

/** The range of the finite voxels, [0, 0] where there is none, and how many are not finite. */
export async function findRange(
  volume: Volume,
  breathe: Breathe,
): Promise<Pick<VolumeInfo, 'range' | 'notFinite'>> {
  const { minimum, maximum, notFinite } = await surveyVolume(volume, { pause: breathe });
  return {
    range: Number.isNaN(minimum) ? [0, 0] : [minimum, maximum],
    notFinite: notFinite?.count ?? 0,
  };
}

/** Bins, peaks and default window of a volume whose finite values span `range`. */
export async function describeHistogram(
  volume: Volume,
  range: readonly [number, number],
  breathe: Breathe,
): Promise<Histogram> {
  const [low, high] = range;
  if (!(low < high)) {
    const counts = Uint32Array.of(volume.data.length);
    return { start: low - 0.5, binWidth: 1, counts, peaks: [], window: [low, high] };
  }
  // 64-bit integers are rounded, which a picture does not show.
  const data = await finishBreathing(numericSteps(volume.data), breathe);
  const isSmall =
    data instanceof Uint8Array ||
    data instanceof Int8Array ||
    data instanceof Uint16Array ||
    data instanceof Int16Array;
  const bins: Bins = await finishBreathing(
    isSmall ? levelHistogramSteps(data) : rangeHistogramSteps(data, low, high, FLOAT_BINS),
    breathe,
  );
  // Peaks are looked for in fewer, smoother bins than are drawn.
  const coarse = await finishBreathing(greyHistogramSteps(data), breathe);
  const [from = low, to = high] = await finishBreathing(quantileSteps(data, [0.01, 0.99]), breathe);
  return {
    start: bins.from,
    binWidth: bins.width,
    counts: bins.counts,
    peaks: coarse === null ? [] : findPeaks(coarse).map((peak) => peak.position),
    window: from < to ? [from, to] : [low, high],
  };
}
