/** Facts about a volume that the page shows: its value range and its histogram. */
import { UserError } from '../src/errors/errors.ts';
import {
  type Histogram as Bins,
  greyHistogramSteps,
  type LevelCounts,
  levelCountSteps,
  levelGreyHistogram,
  levelHistogram,
  levelQuantiles,
  peakBins,
  quantileSteps,
  rangeHistogramSteps,
} from '../src/kernels/histogram.ts';
import { findPeaks } from '../src/kernels/peaks.ts';
import { finishBreathing } from '../src/kernels/steps.ts';
import { surveyVolume, type VolumeSurvey } from '../src/volume/statistics.ts';
import type { StreamedVolume } from '../src/volume/streamed.ts';
import { type NumericVoxelArray, numericSteps, type Volume } from '../src/volume/volume.ts';
import type { Histogram, VolumeInfo } from './engine-api.ts';

/** One sentence for everything that needs all voxels of a volume in bricks. */
export function needsMemory({ name }: Pick<Volume, 'name'>): UserError {
  return new UserError(
    'memory/over-budget',
    `${name} is kept on disk because of its size, and this needs it in memory: open a crop or a smaller copy of it.`,
  );
}

type Breathe = () => Promise<void>;

/** As many as 16-bit data has levels: enough to look closer at a part of the range. */
const MOST_BINS = 65_536;

/** The default window lies between these quantiles. */
const WINDOW_SHARES = [0.01, 0.99];

/** See `rangeOf`. */
export async function findRange(
  volume: Volume,
  breathe: Breathe,
): Promise<Pick<VolumeInfo, 'range' | 'notFinite'>> {
  return rangeOf(await surveyVolume(volume, { pause: breathe }));
}

/** The range of the finite voxels, [0, 0] where there is none, and how many are not finite. */
export function rangeOf({
  minimum,
  maximum,
  notFinite,
}: VolumeSurvey): Pick<VolumeInfo, 'range' | 'notFinite'> {
  return {
    range: Number.isNaN(minimum) ? [0, 0] : [minimum, maximum],
    notFinite: notFinite?.count ?? 0,
  };
}

/**
 * Bins, peaks and default window of a volume whose finite values span `range`. Voxels of the value
 * `outside` (null for none) do not count; peaks mean nothing there.
 */
export async function describeHistogram(
  volume: Volume,
  range: readonly [number, number],
  breathe: Breathe,
  outside: number | null = null,
): Promise<Histogram> {
  const [low, high] = range;
  const isWhole = !volume.type.startsWith('float');
  if (!(low < high)) {
    const counts = Uint32Array.of(volume.data.length);
    return {
      start: low - 0.5,
      binWidth: 1,
      counts,
      exact: isWhole,
      peaks: [],
      window: [low, high],
    };
  }
  // 64-bit integers are rounded, which a picture does not show.
  const data = await finishBreathing(numericSteps(volume.data), breathe);
  const isSmall =
    data instanceof Uint8Array ||
    data instanceof Int8Array ||
    data instanceof Uint16Array ||
    data instanceof Int16Array;
  const levels = high - low + 1;
  const exact = isWhole && levels <= MOST_BINS;
  const counted = isSmall ? await finishBreathing(levelCountSteps(data), breathe) : null;
  const bins: Bins =
    counted !== null
      ? levelHistogram(counted)
      : await finishBreathing(
          exact
            ? rangeHistogramSteps(data, low - 0.5, high + 0.5, levels)
            : rangeHistogramSteps(data, low, high, MOST_BINS),
          breathe,
        );
  if (outside !== null) {
    const counts = bins.counts.slice();
    const bin = Math.min(counts.length - 1, Math.floor((outside - bins.from) / bins.width));
    const without = await countEqual(data, outside, breathe);
    if (bin >= 0) counts[bin] = Math.max(0, (counts[bin] as number) - without);
    const window = WINDOW_SHARES.map((share) => binQuantile({ ...bins, counts }, share));
    const [from = low, to = high] = window;
    return {
      start: bins.from,
      binWidth: bins.width,
      counts,
      exact,
      peaks: [],
      window: from < to ? [from, to] : [low, high],
    };
  }
  if (counted !== null) return describeLevels(counted, range);
  // Peaks are looked for in fewer, smoother bins than are drawn.
  const coarse = await finishBreathing(greyHistogramSteps(data), breathe);
  const [from = low, to = high] = await finishBreathing(
    quantileSteps(data, WINDOW_SHARES),
    breathe,
  );
  return {
    start: bins.from,
    binWidth: bins.width,
    counts: bins.counts,
    exact,
    peaks: coarse === null ? [] : findPeaks(coarse).map((peak) => peak.position),
    window: from < to ? [from, to] : [low, high],
  };
}

/** `describeHistogram` of 8- or 16-bit grey values whose levels were counted. */
export function describeLevels(
  counted: LevelCounts,
  [low, high]: readonly [number, number],
): Histogram {
  const bins = levelHistogram(counted);
  const coarse = levelGreyHistogram(counted);
  const [from = low, to = high] = levelQuantiles(counted, WINDOW_SHARES);
  return {
    start: bins.from,
    binWidth: bins.width,
    counts: bins.counts,
    exact: true,
    peaks: coarse === null ? [] : findPeaks(coarse).map((peak) => peak.position),
    window: from < to ? [from, to] : [low, high],
  };
}

/**
 * `describeHistogram` of grey values that come some at a time, in one pass: the same bins; window and
 * peaks are found from them.
 */
export async function describeStreamed(
  source: StreamedVolume,
  [low, high]: readonly [number, number],
  breathe: Breathe,
): Promise<Histogram> {
  const isWhole = !source.type.startsWith('float');
  const levels = high - low + 1;
  const exact = isWhole && levels <= MOST_BINS;
  const [from, to, count] = exact
    ? [low - 0.5, high + 0.5, levels]
    : low < high
      ? [low, high, MOST_BINS]
      : [low - 0.5, low + 0.5, 1];
  const counts = new Float64Array(count);
  for await (const { volume } of source.layers()) {
    const data = await finishBreathing(numericSteps(volume.data), breathe);
    const part = await finishBreathing(rangeHistogramSteps(data, from, to, count), breathe);
    for (let bin = 0; bin < count; bin++)
      counts[bin] = (counts[bin] as number) + (part.counts[bin] as number);
  }
  const width = (to - from) / count;
  const bins = { from, width, counts: Uint32Array.from(counts, (n) => Math.min(n, 0xffff_ffff)) };
  const [start = low, end = high] = WINDOW_SHARES.map((share) => binQuantile(bins, share));
  return {
    start: from,
    binWidth: width,
    counts: bins.counts,
    exact,
    peaks: findPeaks(coarser(bins)).map((peak) => peak.position),
    window: start < end ? [start, end] : [low, high],
  };
}

/** Bins of the middle 99.9 % of the values, of the number that peaks are looked for in. */
function coarser(bins: Pick<Bins, 'from' | 'width' | 'counts'>): Bins {
  const { from, width, counts } = bins;
  const total = counts.reduce((sum, n) => sum + n, 0);
  const [first, last] = [0.0005, 0.9995].map((share) =>
    Math.min(counts.length - 1, Math.floor((binQuantile(bins, share) - from) / width)),
  ) as [number, number];
  const perBin = Math.max(1, Math.ceil((last - first + 1) / peakBins(total)));
  const merged = new Uint32Array(Math.ceil((last - first + 1) / perBin));
  for (let bin = first; bin <= last; bin++) {
    const to = Math.floor((bin - first) / perBin);
    merged[to] = (merged[to] as number) + (counts[bin] as number);
  }
  const inside = merged.reduce((sum, n) => sum + n, 0);
  return {
    counts: merged,
    from: from + first * width,
    width: perBin * width,
    total: inside,
    below: 0,
    above: 0,
  };
}

/** Voxels between two pauses. */
const CHUNK = 1 << 16;

async function countEqual(
  data: NumericVoxelArray,
  value: number,
  breathe: Breathe,
): Promise<number> {
  let count = 0;
  for (let i = 0; i < data.length; i++) {
    if (data[i] === value) count++;
    if (i % CHUNK === 0) await breathe();
  }
  return count;
}

/** The value below which a share of the counted voxels lies, straight within a bin. */
function binQuantile(
  { from, width, counts }: Pick<Bins, 'from' | 'width' | 'counts'>,
  share: number,
): number {
  const wanted = share * counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    const count = counts[bin] as number;
    if (count > 0 && below + count >= wanted)
      return from + width * (bin + (wanted - below) / count);
    below += count;
  }
  return from;
}
