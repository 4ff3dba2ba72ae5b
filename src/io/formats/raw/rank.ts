/** Compares guesses with the bytes: in a picture neighbours are alike, in a wrong layout they are not. */
import type { ByteSource } from '../../format.ts';
import { asSamples } from '../../stored-samples.ts';
import { type RawLayout, rawSliceBytes, rawType } from '../../../volume/raw-layout.ts';
import { bytesPerVoxel } from '../../../volume/volume.ts';
import type { RawGuess } from './guess.ts';

/** Voxels that are compared with their neighbours, at each place looked at. */
const SAMPLES = 2048;
/** As many hold the samples of the widest type and the row below the widest row. */
const WINDOW_BYTES = 96 * 1024;
/** Where in the file: the edges of a scan are often empty. */
const PLACES = [0.33, 0.5, 0.67] as const;
/** What the likeness of neighbours weighs beside the name and the factors. */
const WEIGHT = 120;
/** Those whose slices are compared too, which takes reads of their own. */
const MOST_COMPARED = 24;
/** Wild floats, as wrong byte orders make, must not outweigh everything. */
const LARGEST = 1e30;

type Numbers = Float64Array;

/** Stretches of the file read as one type, and what any two of their values differ by. */
interface Window {
  readonly start: number;
  readonly values: Numbers;
  readonly spread: number;
}

async function windowsAt(source: ByteSource, layout: RawLayout): Promise<readonly Window[]> {
  const windows: Window[] = [];
  for (const place of PLACES) {
    // Whole voxels of every type from the header's end on.
    const start = layout.skip + Math.floor(((source.size - layout.skip) * place) / 8) * 8;
    const values = numbersOf(await source.read(start, start + WINDOW_BYTES), layout);
    windows.push({ start, values, spread: spread(values) });
  }
  return windows;
}

function numbersOf(bytes: Uint8Array, layout: RawLayout): Numbers {
  const type = rawType(layout);
  const count = Math.floor(bytes.length / bytesPerVoxel(type));
  const own = new Uint8Array(bytes.slice(0, count * bytesPerVoxel(type)));
  const values = asSamples(own, type, count, layout.byteOrder === 'be');
  const numbers = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const value = Number(values[i]);
    numbers[i] = Math.abs(value) <= LARGEST ? value : LARGEST;
  }
  return numbers;
}

function meanDifference(a: Numbers, b: Numbers, shift = 0): number {
  const count = Math.min(SAMPLES, a.length, b.length - shift);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += Math.abs((a[i] as number) - (b[i + shift] as number));
  return count > 0 ? sum / count : 0;
}

/** Mean absolute difference of any two of them, about. */
function spread(values: Numbers): number {
  const some = values.subarray(0, SAMPLES);
  const mean = some.reduce((sum, value) => sum + value, 0) / some.length;
  return (Math.SQRT2 * some.reduce((sum, value) => sum + Math.abs(value - mean), 0)) / some.length;
}

/** Differences of neighbours along x and y, the larger one, and of any voxels, summed over places. */
interface Roughness {
  readonly near: readonly number[];
  readonly far: number;
}

function inPlane(windows: readonly Window[], { width }: RawLayout): Roughness {
  const told = windows.filter(({ values }) => values.length > width);
  return {
    near: told.map(({ values }) =>
      Math.max(meanDifference(values, values, 1), meanDifference(values, values, width)),
    ),
    far: told.reduce((sum, window) => sum + window.spread, 0),
  };
}

/** With the differences to the next slice, where that is larger. */
async function withSlices(
  source: ByteSource,
  windows: readonly Window[],
  layout: RawLayout,
  { near, far }: Roughness,
): Promise<Roughness> {
  const length = SAMPLES * bytesPerVoxel(rawType(layout));
  const worst: number[] = [];
  for (const [i, { start, values }] of windows.entries()) {
    const next = start + rawSliceBytes(layout) + layout.gap;
    const behind = numbersOf(await source.read(next, next + length), layout);
    worst.push(Math.max(near[i] ?? 0, meanDifference(values, behind)));
  }
  return { near: worst, far };
}

/** A layout is as right as its worst axis; near 1 for noise, 0 where the bytes tell nothing. */
function penalty({ near, far }: Roughness): number {
  const sum = near.reduce((total, each) => total + each, 0);
  return far > 0 ? WEIGHT * Math.min(sum / far, 2) : 0;
}

/** The guesses in the order of name, factors and bytes together. Reads some 100 places of the file. */
export async function rankRawGuesses(
  source: ByteSource,
  guesses: readonly RawGuess[],
): Promise<readonly RawGuess[]> {
  const known = new Map<string, readonly Window[]>();
  const windowsFor = async (layout: RawLayout): Promise<readonly Window[]> => {
    const key = [layout.skip, layout.type, layout.byteOrder].join();
    const windows = known.get(key) ?? (await windowsAt(source, layout));
    known.set(key, windows);
    return windows;
  };
  const seen: { readonly guess: RawGuess; readonly rough: Roughness }[] = [];
  for (const guess of guesses) {
    seen.push({ guess, rough: inPlane(await windowsFor(guess.layout), guess.layout) });
  }
  const scoreOf = ({ guess, rough }: (typeof seen)[number]): number => guess.score - penalty(rough);
  const best = seen.toSorted((a, b) => scoreOf(b) - scoreOf(a)).slice(0, MOST_COMPARED);
  const ranked: RawGuess[] = [];
  for (const { guess, rough } of best) {
    const windows = await windowsFor(guess.layout);
    const whole = await withSlices(source, windows, guess.layout, rough);
    ranked.push({ ...guess, score: guess.score - penalty(whole) });
  }
  return ranked.toSorted((a, b) => b.score - a.score);
}
