/**
 * Histograms and exact quantiles of grey values. What needs all values exists as `…Passes`, which ask
 * for one walk over them after another and so work on a volume that comes part by part; as `…Steps` of
 * an array, which yields every million voxels so that the caller can report, cancel or let an event
 * loop turn; and as a plain function that runs the steps to the end.
 */
import { finish, type Steps } from './steps.ts';

export type GreyArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

const CHUNK = 1 << 20;

/** What a walk over all values is for; the values come in parts, in any order. */
export interface Pass {
  addSteps(data: GreyArray): Steps<void>;
}

/** Asks for one walk over all values after another, and returns what it found. */
export type Passes<T> = Generator<Pass, T, void>;

/** Lets all passes walk over one array. */
export function* overArray<T>(passes: Passes<T>, data: GreyArray): Steps<T> {
  for (;;) {
    const pass = passes.next();
    if (pass.done === true) return pass.value;
    yield* pass.value.addSteps(data);
  }
}

/** Adds the chunks of an array, with a pause after each. */
function* inChunks(data: GreyArray, add: (start: number, end: number) => void): Steps<void> {
  for (let start = 0; start < data.length; start += CHUNK) {
    add(start, Math.min(data.length, start + CHUNK));
    yield;
  }
}

/** Equal bins: bin i covers [from + i·width, from + (i + 1)·width), the last one its end too. */
export interface Histogram {
  readonly counts: Uint32Array;
  /** Lower edge of the first bin. Whole-number data has its edges half-way between the levels. */
  readonly from: number;
  readonly width: number;
  /** Values in the bins, below the first and above the last. */
  readonly total: number;
  readonly below: number;
  readonly above: number;
}

export function binCentre(histogram: Histogram, bin: number): number {
  return histogram.from + (bin + 0.5) * histogram.width;
}

function isWhole(data: GreyArray): boolean {
  return !(data instanceof Float32Array || data instanceof Float64Array);
}

function hasAtMost65536Levels(data: GreyArray): boolean {
  return isWhole(data) && data.BYTES_PER_ELEMENT <= 2;
}

export interface ValueRange {
  /** Smallest and largest finite value; both NaN where there is none. */
  readonly min: number;
  readonly max: number;
  /** NaN and infinite values, which count nowhere else. */
  readonly notFinite: number;
}

export function* valueRangeSteps(data: GreyArray): Steps<ValueRange> {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let notFinite = 0;
  for (let start = 0; start < data.length; start += CHUNK) {
    const end = Math.min(data.length, start + CHUNK);
    for (let i = start; i < end; i++) {
      const value = data[i];
      if (value - value !== 0) {
        notFinite += 1;
        continue;
      }
      if (value < min) min = value;
      if (value > max) max = value;
    }
    yield;
  }
  return notFinite === data.length ? { min: NaN, max: NaN, notFinite } : { min, max, notFinite };
}

export function valueRange(data: GreyArray): ValueRange {
  return finish(valueRangeSteps(data));
}

/** How often each level of 8- or 16-bit data occurs: all histograms and quantiles follow from it. */
export interface LevelCounts {
  /** Index = value - `lowest`. */
  readonly counts: Uint32Array;
  /** Lowest level of the data's type. */
  readonly lowest: number;
  /** Voxels counted. */
  readonly total: number;
}

function countLevels(
  data: GreyArray,
  start: number,
  end: number,
  lowest: number,
  counts: Uint32Array,
): void {
  for (let i = start; i < end; i++) counts[data[i] - lowest] += 1;
}

/** The one walk over 8- or 16-bit data. O(n). `type`: an array of the values' type. */
function* levelCountPasses(type: GreyArray): Passes<LevelCounts> {
  const levels = 256 ** type.BYTES_PER_ELEMENT;
  const lowest = type instanceof Int8Array || type instanceof Int16Array ? -levels / 2 : 0;
  const counts = new Uint32Array(levels);
  let total = 0;
  yield {
    *addSteps(data) {
      total += data.length;
      yield* inChunks(data, (start, end) => countLevels(data, start, end, lowest, counts));
    },
  };
  return { counts, lowest, total };
}

export function levelCountSteps(data: GreyArray): Steps<LevelCounts> {
  return overArray(levelCountPasses(data), data);
}

/** One bin per level from the smallest to the largest value present. */
export function levelHistogram({ counts, lowest, total }: LevelCounts): Histogram {
  let first = 0;
  let last = counts.length - 1;
  while (first < last && counts[first] === 0) first += 1;
  while (last > first && counts[last] === 0) last -= 1;
  return {
    counts: counts.slice(first, last + 1),
    from: lowest + first - 0.5,
    width: 1,
    total,
    below: 0,
    above: 0,
  };
}

/** `quantileSteps` of counted levels. */
export function levelQuantiles(
  { counts, lowest, total }: LevelCounts,
  fractions: readonly number[],
): readonly number[] {
  return fractions.map((fraction) => {
    const [level] = locate(counts, Math.floor(fraction * (total - 1)));
    return lowest + level;
  });
}

/** `bins` bins over [from, to]; NaN is counted nowhere. Throws where from >= to. */
function* rangeHistogramPasses(from: number, to: number, bins: number): Passes<Histogram> {
  if (!(from < to)) throw new RangeError(`histogram range from ${from} to ${to}`);
  const counts = new Uint32Array(bins);
  const scale = bins / (to - from);
  let below = 0;
  let above = 0;
  let total = 0;
  const add = (data: GreyArray, start: number, end: number): void => {
    for (let i = start; i < end; i++) {
      const value = data[i];
      if (value < from) below += 1;
      else if (value > to) above += 1;
      else if (value === value) {
        const bin = Math.floor((value - from) * scale);
        counts[bin < bins ? bin : bins - 1] += 1;
        total += 1;
      }
    }
  };
  yield { addSteps: (data) => inChunks(data, (start, end) => add(data, start, end)) };
  return { counts, from, width: (to - from) / bins, total, below, above };
}

export function rangeHistogramSteps(
  data: GreyArray,
  from: number,
  to: number,
  bins: number,
): Steps<Histogram> {
  return overArray(rangeHistogramPasses(from, to, bins), data);
}

const keyFloat = new Float32Array(1);
const keyBits = new Uint32Array(keyFloat.buffer);

/** Order-preserving unsigned 32-bit key of a value rounded to float32; both zeros have one key. */
function keyOf(value: number): number {
  keyFloat[0] = value + 0;
  const bits = keyBits[0];
  return (bits >>> 31 === 1 ? ~bits : bits | 0x80000000) >>> 0;
}

function valueOfKey(key: number): number {
  keyBits[0] = key >>> 31 === 1 ? key & 0x7fffffff : ~key;
  return keyFloat[0];
}

/** The digit in which a rank falls, and the rank among the values of that digit. */
function locate(counts: Uint32Array, rank: number): readonly [digit: number, rank: number] {
  let left = rank;
  let digit = 0;
  while (left >= counts[digit]) {
    left -= counts[digit];
    digit += 1;
  }
  return [digit, left];
}

/** Counts the upper 16 bits of all keys, then the lower 16 bits where a wanted rank falls. */
function* selectPasses(fractions: readonly number[]): Passes<readonly number[]> {
  const upper = new Uint32Array(65_536);
  let valid = 0;
  const addUpper = (data: GreyArray, start: number, end: number): void => {
    for (let i = start; i < end; i++) {
      const value = data[i];
      if (!Number.isFinite(value)) continue;
      upper[keyOf(value) >>> 16] += 1;
      valid += 1;
    }
  };
  yield { addSteps: (data) => inChunks(data, (start, end) => addUpper(data, start, end)) };
  if (valid === 0) return fractions.map(() => Number.NaN);
  const places = fractions.map((fraction) => locate(upper, Math.floor(fraction * (valid - 1))));
  const lower = new Map(places.map(([digit]) => [digit, new Uint32Array(65_536)]));
  const wanted = new Int8Array(65_536);
  const tables = [...lower].map(([digit, counts], position) => {
    wanted[digit] = position + 1;
    return counts;
  });
  const addLower = (data: GreyArray, start: number, end: number): void => {
    for (let i = start; i < end; i++) {
      const value = data[i];
      if (!Number.isFinite(value)) continue;
      const key = keyOf(value);
      const position = wanted[key >>> 16];
      if (position > 0) tables[position - 1][key & 0xffff] += 1;
    }
  };
  yield { addSteps: (data) => inChunks(data, (start, end) => addLower(data, start, end)) };
  return places.map(([digit, rank]) => {
    const [low] = locate(lower.get(digit) as Uint32Array, rank);
    return valueOfKey(((digit << 16) | low) >>> 0);
  });
}

/**
 * Exact order statistics: for each fraction f in [0, 1] the value of rank floor(f · (n - 1)) of
 * the n finite values, without interpolation; 32-bit integers and float64 are rounded to
 * float32. At most 127 fractions. O(n) time, no copy of the data; NaN where no value is finite.
 * `type`: an array of the values' type.
 */
export function* quantilePasses(
  type: GreyArray,
  fractions: readonly number[],
): Passes<readonly number[]> {
  if (!hasAtMost65536Levels(type)) return yield* selectPasses(fractions);
  return levelQuantiles(yield* levelCountPasses(type), fractions);
}

export function quantileSteps(
  data: GreyArray,
  fractions: readonly number[],
): Steps<readonly number[]> {
  return overArray(quantilePasses(data, fractions), data);
}

export function quantiles(data: GreyArray, fractions: readonly number[]): readonly number[] {
  return finish(quantileSteps(data, fractions));
}

/** Share of the values cut off at either end before peaks are looked for. */
const PEAK_TAIL = 0.0005;

/**
 * Bins for `count` values: twice the cube root (Rice's rule), between 64 and 256, so that small
 * volumes do not get a ragged histogram.
 */
export function peakBins(count: number): number {
  let bins = 64;
  while (bins < 256 && bins * bins * bins < 8 * count) bins += 1;
  return bins;
}

/**
 * The histogram in which peaks are looked for: about `bins` bins over the 0.05 to 99.95 percentiles.
 * Whole-number data gets bins of equally many levels, since unequal ones would make a comb.
 * Returns null where the middle 99.9 % of the values are one value.
 */
export function* greyHistogramSteps(
  data: GreyArray,
  bins = peakBins(data.length),
): Steps<Histogram | null> {
  if (hasAtMost65536Levels(data)) return levelGreyHistogram(yield* levelCountSteps(data), bins);
  const [from, to] = yield* quantileSteps(data, [PEAK_TAIL, 1 - PEAK_TAIL]);
  if (!(from < to)) return null;
  if (!isWhole(data)) return yield* rangeHistogramSteps(data, from, to, bins);
  const { start, levelsPerBin, needed } = wholeBins(from, to, bins);
  return yield* rangeHistogramSteps(data, start, start + needed * levelsPerBin, needed);
}

/** At most `bins` bins of equally many levels that hold the levels `from` to `to`. */
function wholeBins(
  from: number,
  to: number,
  bins: number,
): { readonly start: number; readonly levelsPerBin: number; readonly needed: number } {
  const levels = to - from + 1;
  const levelsPerBin = Math.ceil(levels / bins);
  return { start: from - 0.5, levelsPerBin, needed: Math.ceil(levels / levelsPerBin) };
}

/** `greyHistogramSteps` of counted levels. */
export function levelGreyHistogram(
  levels: LevelCounts,
  bins = peakBins(levels.total),
): Histogram | null {
  const [from, to] = levelQuantiles(levels, [PEAK_TAIL, 1 - PEAK_TAIL]);
  if (!(from < to)) return null;
  const { start, levelsPerBin, needed } = wholeBins(from, to, bins);
  const counts = new Uint32Array(needed);
  const first = from - levels.lowest;
  let below = 0;
  let above = 0;
  for (const [level, count] of levels.counts.entries()) {
    const bin = Math.floor((level - first) / levelsPerBin);
    if (bin < 0) below += count;
    else if (bin >= needed) above += count;
    else counts[bin] += count;
  }
  const total = levels.total - below - above;
  return { counts, from: start, width: levelsPerBin, total, below, above };
}

export function greyHistogram(data: GreyArray, bins = peakBins(data.length)): Histogram | null {
  return finish(greyHistogramSteps(data, bins));
}

/** Share of the values cut off at either end of a float histogram: one hot voxel must not set it. */
const FLOAT_TAIL = 0.0001;
const FLOAT_BINS = 4096;

/**
 * The histogram in which thresholds are looked for: every level of 8- and 16-bit data; for all
 * other data 4096 bins over the 0.01 to 99.99 percentiles. Null for constant data. `type`: an array
 * of the values' type.
 */
export function* thresholdHistogramPasses(type: GreyArray): Passes<Histogram | null> {
  if (hasAtMost65536Levels(type)) {
    const levels = levelHistogram(yield* levelCountPasses(type));
    return levels.counts.length > 1 ? levels : null;
  }
  const [from, to] = yield* quantilePasses(type, [FLOAT_TAIL, 1 - FLOAT_TAIL]);
  return from < to ? yield* rangeHistogramPasses(from, to, FLOAT_BINS) : null;
}

export function thresholdHistogramSteps(data: GreyArray): Steps<Histogram | null> {
  return overArray(thresholdHistogramPasses(data), data);
}

export function thresholdHistogram(data: GreyArray): Histogram | null {
  return finish(thresholdHistogramSteps(data));
}
