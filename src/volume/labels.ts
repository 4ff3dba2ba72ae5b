/**
 * Label volumes: which labels occur, how often, and what each is called.
 * A label is a whole number; a volume with more than `MAX_LABELS` different ones, or with
 * fractions, is taken for a grey volume and refused.
 */
import { UserError } from '../errors/errors.ts';
import { finish, finishBreathing, type Steps } from '../kernels/steps.ts';
import type { StreamedVolume } from './streamed.ts';
import type { Phase, Volume, VoxelArray } from './volume.ts';

/** More different values than any phase map has; indices into a census then fit one byte. */
const MAX_LABELS = 256;

export interface LabelCensus {
  /** The labels that occur, ascending. */
  readonly labels: readonly number[];
  /** Voxels of each label, in the order of `labels`. */
  readonly counts: readonly number[];
}

export interface LabelIndex extends LabelCensus {
  /**
   * For each voxel the position of its label in `labels`; layout as the volume's. It may be the
   * volume's own array, so it must not be written to.
   */
  readonly indices: Uint8Array;
  /** One phase per label, in the order of `labels`: the volume's own name or a default. */
  readonly phases: readonly Phase[];
}

/** Okabe & Ito (2008): told apart with any of the common colour vision deficiencies. */
const PALETTE = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#d55e00',
  '#f0e442',
  '#999999',
] as const;

/** Brightness of each further round through the palette. */
const ROUNDS = [1, 0.65, 0.4] as const;

/** A label's default colour, `#rrggbb`: the same label has the same colour in every volume. */
export function phaseColour(label: number): string {
  const position = Math.abs(Math.trunc(label));
  const base = PALETTE[position % PALETTE.length] ?? PALETTE[0];
  const brightness = ROUNDS[Math.floor(position / PALETTE.length) % ROUNDS.length] ?? 1;
  const channels = [1, 3, 5].map((at) =>
    Math.round(Number.parseInt(base.slice(at, at + 2), 16) * brightness)
      .toString(16)
      .padStart(2, '0'),
  );
  return `#${channels.join('')}`;
}

/** What a label is called until somebody names it. Label 0 is not assumed to be pore. */
function defaultPhase(label: number): Phase {
  return { label, name: `phase ${label}`, colour: phaseColour(label), pore: false };
}

/** One phase per label: the entry of `named` where there is one, else the default. */
export function phasesFor(labels: readonly number[], named: readonly Phase[]): readonly Phase[] {
  const byLabel = new Map(named.map((phase) => [phase.label, phase]));
  return labels.map((label) => byLabel.get(label) ?? defaultPhase(label));
}

/** Voxels handled between two calls of `breathe`: some milliseconds at worst. */
const CHUNK = 1 << 17;

type SmallArray = Uint8Array | Int8Array | Uint16Array | Int16Array;

/** Types with so few levels that a table of them is faster than a map. */
function isSmall(data: VoxelArray): data is SmallArray {
  return (
    data instanceof Uint8Array ||
    data instanceof Int8Array ||
    data instanceof Uint16Array ||
    data instanceof Int16Array
  );
}

/** Level tables are indexed by value minus this. */
function lowestLevel(data: SmallArray): number {
  return data instanceof Int8Array ? -128 : data instanceof Int16Array ? -32_768 : 0;
}

function refuse(volume: Pick<Volume, 'name'>, reason: string): never {
  throw new UserError(
    'volume/not-labels',
    `${volume.name} is not a label volume: ${reason}. It looks like a grey volume; segment it first.`,
    { volume: volume.name },
  );
}

/** `first` is the slice of the whole volume that a part begins with. */
function describePlace(part: Volume, index: number, first: number): string {
  const [nx, ny] = part.size;
  const z = first + Math.floor(index / (nx * ny));
  return `x ${index % nx}, y ${Math.floor(index / nx) % ny}, z ${z}`;
}

function countLevels(data: SmallArray, start: number, end: number, levels: Float64Array): void {
  const lowest = lowestLevel(data);
  for (let i = start; i < end; i++) {
    const level = (data[i] as number) - lowest;
    levels[level] = (levels[level] as number) + 1;
  }
}

/** Adds voxels [start, end) to the counts; refuses fractions and too many different values. */
function countRuns(
  volume: Volume,
  first: number,
  start: number,
  end: number,
  counts: Map<number, number>,
): void {
  const { data } = volume;
  // Labels come in runs: a map is only touched where the value changes.
  let i = start;
  while (i < end) {
    const value = data[i] as number | bigint;
    let stop = i + 1;
    while (stop < end && data[stop] === value) stop += 1;
    const label = Number(value);
    if (!Number.isSafeInteger(label)) {
      refuse(
        volume,
        `the voxel at ${describePlace(volume, i, first)} has the value ${String(value)}`,
      );
    }
    // -0 and 0 are one label.
    const key = label === 0 ? 0 : label;
    counts.set(key, (counts.get(key) ?? 0) + stop - i);
    if (counts.size > MAX_LABELS) refuseMany(volume);
    i = stop;
  }
}

function refuseMany(volume: Pick<Volume, 'name'>): never {
  refuse(volume, `it has more than ${MAX_LABELS} different values`);
}

function isContiguousBytes(data: VoxelArray, labels: readonly number[]): data is Uint8Array {
  return data instanceof Uint8Array && labels.every((label, position) => label === position);
}

function indexLevels(
  data: SmallArray,
  start: number,
  end: number,
  positions: Uint8Array,
  out: Uint8Array,
): void {
  const lowest = lowestLevel(data);
  for (let i = start; i < end; i++) out[i] = positions[(data[i] as number) - lowest] as number;
}

function indexRuns(
  data: VoxelArray,
  start: number,
  end: number,
  positions: ReadonlyMap<number, number>,
  out: Uint8Array,
): void {
  let i = start;
  while (i < end) {
    const value = data[i] as number | bigint;
    let stop = i + 1;
    while (stop < end && data[stop] === value) stop += 1;
    const label = Number(value);
    const position = positions.get(label === 0 ? 0 : label) as number;
    // Not `fill`, whose call costs more than the few voxels of an ordinary run.
    while (i < stop) {
      out[i] = position;
      i += 1;
    }
  }
}

/** The start and end of each chunk of voxels. */
function* chunksOf(length: number): Generator<readonly [start: number, end: number]> {
  for (let start = 0; start < length; start += CHUNK)
    yield [start, Math.min(start + CHUNK, length)];
}

/** Counts labels, of a volume or of the parts of one. */
class LabelTally {
  readonly #counts = new Map<number, number>();
  #levels: Float64Array | null = null;
  #lowest = 0;

  /** Adds slices, the first of which is slice `first` of the volume; yields between chunks. */
  *addSteps(part: Volume, first = 0): Steps<void> {
    const { data } = part;
    if (!isSmall(data)) {
      for (const [start, end] of chunksOf(data.length)) {
        countRuns(part, first, start, end, this.#counts);
        yield;
      }
      return;
    }
    this.#levels ??= new Float64Array(256 ** data.BYTES_PER_ELEMENT);
    this.#lowest = lowestLevel(data);
    for (const [start, end] of chunksOf(data.length)) {
      countLevels(data, start, end, this.#levels);
      yield;
    }
  }

  /** Of the parts so far. `volume` is what is refused with more than 256 labels. */
  census(volume: Pick<Volume, 'name'>): LabelCensus {
    const counts = new Map(this.#counts);
    this.#levels?.forEach((count, level) => {
      if (count > 0) counts.set(level + this.#lowest, count);
    });
    if (counts.size > MAX_LABELS) refuseMany(volume);
    const entries = [...counts].sort((a, b) => a[0] - b[0]);
    return { labels: entries.map(([label]) => label), counts: entries.map(([, count]) => count) };
  }
}

function* censusSteps(volume: Volume): Steps<LabelCensus> {
  const tally = new LabelTally();
  yield* tally.addSteps(volume);
  return tally.census(volume);
}

function* indexSteps(volume: Volume): Steps<LabelIndex> {
  return yield* indexStepsWith(volume, yield* censusSteps(volume));
}

/** The index of a volume, or of a part of one whose labels are known. */
export function* indexStepsWith(volume: Volume, census: LabelCensus): Steps<LabelIndex> {
  const { data } = volume;
  const phases = phasesFor(census.labels, volume.phases);
  if (isContiguousBytes(data, census.labels)) return { ...census, phases, indices: data };
  const indices = new Uint8Array(data.length);
  if (isSmall(data)) {
    const positions = new Uint8Array(256 ** data.BYTES_PER_ELEMENT);
    census.labels.forEach((label, position) => {
      positions[label - lowestLevel(data)] = position;
    });
    for (const [start, end] of chunksOf(data.length)) {
      indexLevels(data, start, end, positions, indices);
      yield;
    }
  } else {
    const positions = new Map(census.labels.map((label, position) => [label, position]));
    for (const [start, end] of chunksOf(data.length)) {
      indexRuns(data, start, end, positions, indices);
      yield;
    }
  }
  return { ...census, phases, indices };
}

/**
 * The labels of a volume of any voxel type with their voxel counts; one pass over the voxels.
 * Throws `volume/not-labels` for fractions, NaN and more than 256 different values.
 */
export function countLabels(volume: Volume): LabelCensus {
  return finish(censusSteps(volume));
}

/** `countLabels` that lets the event loop turn; `breathe` may throw to cancel. */
export async function countLabelsBreathing(
  volume: Volume,
  breathe: () => Promise<void>,
): Promise<LabelCensus> {
  return finishBreathing(censusSteps(volume), breathe);
}

/** Throws `parameter/invalid` where a wanted label is none of those that occur. */
export function assertLabelsOccur(
  volume: string,
  labels: readonly number[],
  wanted: readonly number[],
  parameter: string,
): void {
  const absent = wanted.find((label) => !labels.includes(label));
  if (absent === undefined) return;
  throw new UserError(
    'parameter/invalid',
    `${volume} has no voxel with label ${absent}; its labels are ${labels.join(', ')}.`,
    { parameter, label: absent },
  );
}

/** `countLabels` of a volume whose slices come some at a time. */
export async function countStreamedLabels(
  volume: StreamedVolume,
  breathe: () => Promise<void>,
): Promise<LabelCensus> {
  const tally = new LabelTally();
  for await (const { first, volume: layers } of volume.layers()) {
    await finishBreathing(tally.addSteps(layers, first), breathe);
  }
  return tally.census(volume);
}

/**
 * Labels, counts, phases and for each voxel the position of its label: what kernels work on.
 * 1 byte per voxel, none where a uint8 volume's labels are already 0, 1, 2 … without a gap.
 */
export function labelsOf(volume: Volume): LabelIndex {
  return finish(indexSteps(volume));
}

/** `labelsOf` that lets the event loop turn; `breathe` may throw to cancel. */
export async function labelsOfBreathing(
  volume: Volume,
  breathe: () => Promise<void>,
): Promise<LabelIndex> {
  return finishBreathing(indexSteps(volume), breathe);
}
