/** One pass over a volume: range, values that are no numbers, how many values differ. */
import type { NumericVoxelArray, Size3, Vector3, Volume, VoxelArray } from './volume.ts';

/** With at most so many different whole numbers a volume looks like a segmented one. */
const MAX_SEGMENTED_VALUES = 16;

export interface NotFinite {
  readonly count: number;
  /** Voxel [x, y, z] of the first one. */
  readonly first: Vector3;
  readonly value: 'NaN' | 'Infinity' | '-Infinity';
}

export interface VolumeSurvey {
  /** Of the finite voxels; NaN where there is none. 64-bit integers as the nearest number. */
  readonly minimum: number;
  readonly maximum: number;
  /** null where every voxel is a number. */
  readonly notFinite: NotFinite | null;
  /** All voxels are finite and equal. */
  readonly constant: boolean;
  /** Different values of an integer volume, ascending; null where they are more than 16, or floats. */
  readonly distinct: readonly number[] | null;
  /** Few different whole numbers ≥ 0, each of them common enough to be a label. */
  readonly looksSegmented: boolean;
}

export interface SurveyOptions {
  /** Called between blocks of voxels with the fraction done; may wait or throw. */
  readonly pause?: (fraction: number) => Promise<void>;
}

const BLOCK_VOXELS = 2 ** 20;
/** Fewer voxels than this for each value are measurements of a tiny volume, not labels. */
const VOXELS_PER_LABEL = 4;

/** Position [x, y, z] of voxel `index`. */
export function voxelPosition(index: number, size: Size3): Vector3 {
  const [nx, ny] = size;
  return [index % nx, Math.floor(index / nx) % ny, Math.floor(index / (nx * ny))];
}

interface Tally {
  minimum: number;
  maximum: number;
  notFinite: number;
  firstNotFinite: number;
  firstValue: NotFinite['value'];
}

/** Collects different values until there are too many. */
class DistinctValues {
  private readonly values = new Set<number>();
  private last = Number.NaN;
  full = false;

  add(value: number): void {
    if (value === this.last || this.full) return;
    this.last = value;
    this.values.add(value);
    this.full = this.values.size > MAX_SEGMENTED_VALUES;
  }

  sorted(): readonly number[] | null {
    return this.full ? null : [...this.values].sort((a, b) => a - b);
  }
}

function tallyFloats(
  data: Float32Array | Float64Array,
  from: number,
  to: number,
  before: number,
  tally: Tally,
): void {
  let { minimum, maximum } = tally;
  for (let i = from; i < to; i++) {
    const value = data[i] as number;
    // The difference of a number with itself is 0; of NaN and the infinities it is NaN.
    if (value - value !== 0) {
      if (tally.notFinite++ === 0) {
        tally.firstNotFinite = before + i;
        tally.firstValue = String(value) as NotFinite['value'];
      }
      continue;
    }
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  tally.minimum = minimum;
  tally.maximum = maximum;
}

function tallyIntegers(
  data: NumericVoxelArray,
  from: number,
  to: number,
  tally: Tally,
  distinct: DistinctValues,
): void {
  let { minimum, maximum } = tally;
  for (let i = from; i < to; i++) {
    const value = data[i] as number;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  tally.minimum = minimum;
  tally.maximum = maximum;
  for (let i = from; i < to && !distinct.full; i++) distinct.add(data[i] as number);
}

function tallyBigIntegers(
  data: BigInt64Array | BigUint64Array,
  from: number,
  to: number,
  tally: Tally,
  distinct: DistinctValues,
): void {
  for (let i = from; i < to; i++) {
    const value = Number(data[i]);
    if (value < tally.minimum) tally.minimum = value;
    if (value > tally.maximum) tally.maximum = value;
    distinct.add(value);
  }
}

/** A survey of voxels that come in order, some at a time. */
export class VoxelSurvey {
  private readonly tally: Tally = {
    minimum: Infinity,
    maximum: -Infinity,
    notFinite: 0,
    firstNotFinite: -1,
    firstValue: 'NaN',
  };
  private readonly distinct = new DistinctValues();
  private seen = 0;
  private isFloat = false;

  /** Voxels [from, to) of an array, which follow those seen before. */
  add(data: VoxelArray, from = 0, to: number = data.length): void {
    if (data instanceof Float32Array || data instanceof Float64Array) {
      this.isFloat = true;
      tallyFloats(data, from, to, this.seen - from, this.tally);
    } else if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
      tallyBigIntegers(data, from, to, this.tally, this.distinct);
    } else {
      tallyIntegers(data, from, to, this.tally, this.distinct);
    }
    this.seen += to - from;
  }

  /** Of a volume of the given size, all of whose voxels were added. */
  result(size: Size3): VolumeSurvey {
    const { minimum, maximum, notFinite, firstNotFinite, firstValue } = this.tally;
    return surveyOf({
      minimum,
      maximum,
      notFinite:
        notFinite === 0
          ? null
          : { count: notFinite, first: voxelPosition(firstNotFinite, size), value: firstValue },
      distinct: this.isFloat ? null : this.distinct.sorted(),
      voxels: this.seen,
    });
  }
}

/** The survey of 8- or 16-bit voxels whose levels have been counted. */
export function surveyOfLevels(counts: ArrayLike<number>, lowest: number): VolumeSurvey {
  const present: number[] = [];
  let voxels = 0;
  for (let level = 0; level < counts.length; level++) {
    if (counts[level] === 0) continue;
    present.push(lowest + level);
    voxels += counts[level] as number;
  }
  return surveyOf({
    minimum: present[0] ?? Infinity,
    maximum: present.at(-1) ?? -Infinity,
    notFinite: null,
    distinct: present.length > MAX_SEGMENTED_VALUES ? null : present,
    voxels,
  });
}

function surveyOf({
  minimum,
  maximum,
  notFinite,
  distinct,
  voxels,
}: Pick<VolumeSurvey, 'minimum' | 'maximum' | 'notFinite' | 'distinct'> & {
  readonly voxels: number;
}): VolumeSurvey {
  const anyFinite = minimum <= maximum;
  return {
    minimum: anyFinite ? minimum : Number.NaN,
    maximum: anyFinite ? maximum : Number.NaN,
    notFinite,
    constant: notFinite === null && minimum === maximum,
    distinct,
    looksSegmented:
      distinct !== null && minimum >= 0 && voxels >= VOXELS_PER_LABEL * distinct.length,
  };
}

/** Surveys `data` of the given size. O(voxels), no copy. */
export async function surveyVolume(
  volume: Pick<Volume, 'data' | 'size'>,
  options: SurveyOptions = {},
): Promise<VolumeSurvey> {
  const { data, size } = volume;
  const survey = new VoxelSurvey();
  for (let from = 0; from < data.length; from += BLOCK_VOXELS) {
    const to = Math.min(from + BLOCK_VOXELS, data.length);
    survey.add(data, from, to);
    await options.pause?.(to / data.length);
  }
  return survey.result(size);
}

/** Of a volume whose parts were surveyed: `looksSegmented` needs all its voxels, so it comes anew. */
export function looksSegmented(
  surveys: readonly Pick<VolumeSurvey, 'distinct' | 'minimum'>[],
  voxels: number,
): boolean {
  const values = new Set<number>();
  for (const { distinct, minimum } of surveys) {
    if (distinct === null || minimum < 0) return false;
    for (const value of distinct) values.add(value);
  }
  return values.size <= MAX_SEGMENTED_VALUES && voxels >= VOXELS_PER_LABEL * values.size;
}
