/** From grey intervals, given or found, to the markers of the watershed. */
import { intervalFinder, intervalName } from '../../declaration/grey-intervals.ts';
import type { GreyInterval } from '../../declaration/parameters.ts';
import { UserError } from '../../errors/errors.ts';
import {
  type GreyArray,
  greyHistogramSteps,
  thresholdHistogramSteps,
  valueRangeSteps,
} from '../../kernels/histogram.ts';
import type { Steps } from '../../kernels/steps.ts';
import { multiOtsu } from '../../kernels/otsu.ts';
import { type Interval, intervalsAround, suggestIntervals } from '../../kernels/peaks.ts';
import { voxelPosition } from '../../volume/statistics.ts';
import type { Size3 } from '../../volume/volume.ts';

/** Most intervals that are given, asked for or found. */
export const MAX_PHASES = 8;

export interface ChosenIntervals {
  readonly intervals: readonly GreyInterval[];
  /** How they were chosen; null where the user gave them. */
  readonly note: string | null;
}

interface Grey {
  readonly name: string;
  readonly data: GreyArray;
  readonly size: Size3;
}

/** Five digits: a grey value in a sentence. */
function shown(value: number): string {
  return String(Number(value.toPrecision(5)));
}

/** Intervals are ordered from dark to bright; by convention the darkest phase is pore. */
function nameIntervals(intervals: readonly Interval[]): readonly GreyInterval[] {
  return intervals.map((interval, i) => ({ name: intervalName(i), ...interval }));
}

function* findIntervals(grey: Grey, phases: number | null): Steps<ChosenIntervals> {
  const histogram = yield* greyHistogramSteps(grey.data);
  const { peaks, intervals } =
    histogram === null ? { peaks: [], intervals: [] } : suggestIntervals(histogram, phases);
  const found = peaks.map(({ position }) => shown(position)).join(', ');
  const count = peaks.length === 1 ? 'one peak' : `${peaks.length} peaks`;
  if (intervals.length > MAX_PHASES) {
    throw new UserError(
      'parameter/invalid',
      `The histogram of ${grey.name} has ${count} (at ${found}), more than the ${MAX_PHASES} phases that can be told apart: say how many phases there are, or set the grey intervals.`,
      { parameter: 'phases', peaks: peaks.map(({ position }) => position) },
    );
  }
  if (intervals.length > 0) {
    const kept = intervals.length < peaks.length ? `, the ${intervals.length} clearest used` : '';
    return {
      intervals: nameIntervals(intervals),
      note: `Automatic intervals: the histogram has ${count} at ${found}${kept}.`,
    };
  }
  const levels = phases === null ? null : yield* thresholdHistogramSteps(grey.data);
  const classes = levels === null ? null : multiOtsu(levels, phases as number);
  if (classes === null) {
    throw new UserError(
      'parameter/invalid',
      `The histogram of ${grey.name} has ${count}${found === '' ? '' : ` (at ${found})`}, so it does not show where the phases lie: denoise and sharpen the volume first, or set the grey intervals.`,
      { parameter: 'intervals', peaks: peaks.map(({ position }) => position) },
    );
  }
  return {
    intervals: nameIntervals(intervalsAround(classes.means)),
    note: `Automatic intervals around the class means of Otsu's method, since the histogram has only ${count} for ${phases} phases: check them, and denoise the volume first if you can.`,
  };
}

/** The intervals to seed from: those given, or found in the histogram. */
export function* chooseIntervals(
  grey: Grey,
  given: readonly GreyInterval[] | null,
  phases: number | null,
): Steps<ChosenIntervals> {
  if (phases !== null && !Number.isInteger(phases)) {
    throw new UserError(
      'parameter/invalid',
      `The number of phases is ${phases}; it must be a whole number.`,
      { parameter: 'phases' },
    );
  }
  if (given !== null && phases !== null && given.length !== phases) {
    throw new UserError(
      'parameter/invalid',
      `There are ${given.length} grey intervals but ${phases} phases: leave one of the two automatic.`,
      { parameter: 'phases' },
    );
  }
  return given === null ? yield* findIntervals(grey, phases) : { intervals: given, note: null };
}

export interface Seeds {
  /** 0 = to be flooded, i + 1 = voxel in interval i. */
  readonly markers: Uint8Array<ArrayBuffer>;
  /** Voxels in each interval. */
  readonly counts: readonly number[];
}

const CHUNK = 1 << 20;

function describeInterval({ name, from, to }: GreyInterval): string {
  if (from === null) return `"${name}" (up to ${shown(to as number)})`;
  return to === null
    ? `"${name}" (from ${shown(from)})`
    : `"${name}" (${shown(from)} to ${shown(to)})`;
}

/** Marks the voxels inside the intervals; every interval must hold at least one. */
export function* markSeeds(grey: Grey, intervals: readonly GreyInterval[]): Steps<Seeds> {
  const { data } = grey;
  const markers = new Uint8Array(data.length);
  /** By mark, the unmarked first. */
  const seen = new Float64Array(intervals.length + 1);
  const find = intervalFinder(intervals);
  for (let start = 0; start < data.length; start += CHUNK) {
    const end = Math.min(data.length, start + CHUNK);
    for (let i = start; i < end; i++) {
      const mark = find(data[i] as number);
      markers[i] = mark;
      seen[mark] = (seen[mark] as number) + 1;
    }
    yield;
  }
  const counts = Array.from(seen.subarray(1));
  const empty = counts.indexOf(0);
  if (empty >= 0) {
    const { min, max } = yield* valueRangeSteps(data);
    throw new UserError(
      'parameter/invalid',
      `No voxel of ${grey.name} lies in the interval ${describeInterval(intervals[empty] as GreyInterval)}: its grey values run from ${shown(min)} to ${shown(max)}; move the interval or remove it.`,
      { parameter: 'intervals', interval: empty, min, max },
    );
  }
  return { markers, counts };
}

/** Refuses volumes without an order or without a gradient. */
export function* checkGrey({ name, data, size }: Grey): Steps<void> {
  const { min, max, notFinite } = yield* valueRangeSteps(data);
  if (notFinite > 0) {
    const at = data.findIndex((value) => !Number.isFinite(value));
    const [x, y, z] = voxelPosition(at, size);
    throw new UserError(
      'volume/not-finite',
      `${name} has ${notFinite} voxels that are not numbers (the first at x ${x}, y ${y}, z ${z}): crop them away or repair the file.`,
      { count: notFinite, x, y, z },
    );
  }
  if (min === max) {
    throw new UserError(
      'volume/constant',
      `Every voxel of ${name} has the grey value ${shown(min)}: there is nothing to segment.`,
      { value: min },
    );
  }
}
