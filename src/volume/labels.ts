/**
 * Label volumes: which labels occur, how often, and what each is called.
 * A label is a whole number; a volume with more than `MAX_LABELS` different ones, or with
 * fractions, is taken for a grey volume and refused.
 */
import { UserError } from '../errors/errors.ts';
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

/** Voxels handled between two calls of `breathe`: some milliseconds. */
const CHUNK = 1 << 20;

function refuse(volume: Volume, reason: string): never {
  throw new UserError(
    'volume/not-labels',
    `${volume.name} is not a label volume: ${reason}. It looks like a grey volume; segment it first.`,
    { volume: volume.name },
  );
}

function describePlace(volume: Volume, index: number): string {
  const [nx, ny] = volume.size;
  return `x ${index % nx}, y ${Math.floor(index / nx) % ny}, z ${Math.floor(index / (nx * ny))}`;
}

/** Adds voxels [start, end) to the counts; refuses fractions and too many different values. */
function countChunk(
  volume: Volume,
  start: number,
  end: number,
  bytes: Float64Array,
  others: Map<number, number>,
): void {
  const { data } = volume;
  if (data instanceof Uint8Array) {
    for (let i = start; i < end; i++) {
      const value = data[i] as number;
      bytes[value] = (bytes[value] as number) + 1;
    }
    return;
  }
  // Labels come in runs: a map is only touched where the value changes.
  let i = start;
  while (i < end) {
    const value = data[i] as number | bigint;
    let stop = i + 1;
    while (stop < end && data[stop] === value) stop += 1;
    const label = Number(value);
    if (!Number.isSafeInteger(label)) {
      refuse(volume, `the voxel at ${describePlace(volume, i)} has the value ${String(value)}`);
    }
    // -0 and 0 are one label.
    const key = label === 0 ? 0 : label;
    others.set(key, (others.get(key) ?? 0) + stop - i);
    if (others.size > MAX_LABELS) refuse(volume, `it has more than ${MAX_LABELS} different values`);
    i = stop;
  }
}

function censusFrom(bytes: Float64Array, others: ReadonlyMap<number, number>): LabelCensus {
  const entries: (readonly [number, number])[] = [...others];
  bytes.forEach((count, label) => {
    if (count > 0) entries.push([label, count]);
  });
  entries.sort((a, b) => a[0] - b[0]);
  return { labels: entries.map(([label]) => label), counts: entries.map(([, count]) => count) };
}

function isContiguousBytes(data: VoxelArray, labels: readonly number[]): data is Uint8Array {
  return data instanceof Uint8Array && labels.every((label, position) => label === position);
}

function indexChunk(
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
    out.fill(positions.get(label === 0 ? 0 : label) as number, i, stop);
    i = stop;
  }
}

/** Yields between chunks of voxels, so that one loop serves the waiting and the plain form. */
function* censusSteps(volume: Volume): Generator<void, LabelCensus, void> {
  const bytes = new Float64Array(256);
  const others = new Map<number, number>();
  for (let start = 0; start < volume.data.length; start += CHUNK) {
    countChunk(volume, start, Math.min(start + CHUNK, volume.data.length), bytes, others);
    yield;
  }
  return censusFrom(bytes, others);
}

function* indexSteps(volume: Volume): Generator<void, LabelIndex, void> {
  const census = yield* censusSteps(volume);
  const phases = phasesFor(census.labels, volume.phases);
  if (isContiguousBytes(volume.data, census.labels)) {
    return { ...census, phases, indices: volume.data };
  }
  const positions = new Map(census.labels.map((label, position) => [label, position]));
  const indices = new Uint8Array(volume.data.length);
  for (let start = 0; start < indices.length; start += CHUNK) {
    indexChunk(volume.data, start, Math.min(start + CHUNK, indices.length), positions, indices);
    yield;
  }
  return { ...census, phases, indices };
}

function finish<T>(steps: Generator<void, T, void>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

async function finishBreathing<T>(
  steps: Generator<void, T, void>,
  breathe: () => Promise<void>,
): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await breathe();
  }
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
