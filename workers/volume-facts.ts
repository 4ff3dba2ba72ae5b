/** Facts about a volume that the page shows: its value range and its histogram. */
import {
  type Histogram as Bins,
  greyHistogramSteps,
  levelHistogramSteps,
  quantileSteps,
  rangeHistogramSteps,
  type Steps,
  valueRangeSteps,
} from '../src/kernels/histogram.ts';
import { findPeaks } from '../src/kernels/peaks.ts';
import { type NumericVoxelArray, toFloat32, type Volume } from '../src/volume/volume.ts';
import type { Histogram } from './engine-api.ts';

type Turn = () => Promise<void>;

/** Bins of a float histogram; more than the pixels of any screen, few enough to smooth. */
const FLOAT_BINS = 4096;

async function drive<T>(steps: Steps<T>, turn: Turn): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await turn();
  }
}

/** Values as plain numbers: 64-bit integers are rounded, which a picture does not show. */
function numbersOf(volume: Volume): NumericVoxelArray {
  const { data } = volume;
  return data instanceof BigInt64Array || data instanceof BigUint64Array ? toFloat32(data) : data;
}

export async function findRange(
  volume: Volume,
  turn: Turn,
): Promise<{ readonly range: readonly [number, number]; readonly notFinite: number }> {
  const { min, max, notFinite } = await drive(valueRangeSteps(numbersOf(volume)), turn);
  return { range: Number.isNaN(min) ? [0, 0] : [min, max], notFinite };
}

export async function describeHistogram(
  volume: Volume,
  range: readonly [number, number],
  turn: Turn,
): Promise<Histogram> {
  const data = numbersOf(volume);
  const [low, high] = range;
  if (!(low < high)) {
    const counts = Uint32Array.of(data.length);
    return { start: low - 0.5, binWidth: 1, counts, peaks: [], window: [low, high] };
  }
  const isSmall =
    data instanceof Uint8Array ||
    data instanceof Int8Array ||
    data instanceof Uint16Array ||
    data instanceof Int16Array;
  const bins: Bins = await drive(
    isSmall ? levelHistogramSteps(data) : rangeHistogramSteps(data, low, high, FLOAT_BINS),
    turn,
  );
  // Peaks are looked for in fewer, smoother bins than are drawn.
  const coarse = await drive(greyHistogramSteps(data), turn);
  const [from = low, to = high] = await drive(quantileSteps(data, [0.01, 0.99]), turn);
  return {
    start: bins.from,
    binWidth: bins.width,
    counts: bins.counts,
    peaks: coarse === null ? [] : findPeaks(coarse).map((peak) => peak.position),
    window: from < to ? [from, to] : [low, high],
  };
}
