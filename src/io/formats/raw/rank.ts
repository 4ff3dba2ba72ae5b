/** Compares guesses with the bytes: in a picture neighbours are alike, in a wrong layout they are not. */
import type { ByteSource } from '../../format.ts';
import { asSamples } from '../../stored-samples.ts';
import { type RawLayout, rawSliceBytes, rawType } from '../../../volume/raw-layout.ts';
import { bytesPerVoxel, type VoxelArray } from '../../../volume/volume.ts';
import type { RawGuess } from './guess.ts';

/** Voxels of a row that are compared with their neighbours, at each place looked at. */
const SAMPLES = 2048;
/** Where in the file, as parts of its slices. */
const PLACES = [0.5, 0.33, 0.67] as const;
/** What the likeness of neighbours weighs beside the name and the factors. */
const WEIGHT = 120;

async function samplesAt(
  source: ByteSource,
  layout: RawLayout,
  voxel: number,
): Promise<VoxelArray> {
  const width = bytesPerVoxel(rawType(layout));
  const start = layout.skip + voxel * width;
  const bytes = await source.read(start, start + SAMPLES * width);
  const whole = bytes.slice(0, bytes.length - (bytes.length % width));
  return asSamples(whole, rawType(layout), whole.length / width, layout.byteOrder === 'be');
}

/** Mean absolute difference, each value limited so that a few wild floats do not decide. */
function meanDifference(a: VoxelArray, b: VoxelArray, shift = 0): number {
  const count = Math.min(a.length, b.length - shift);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const difference = Math.abs(Number(a[i]) - Number(b[i + shift]));
    sum += difference <= 1e30 ? difference : 1e30;
  }
  return count > 0 ? sum / count : 0;
}

/** Mean absolute difference of voxels taken at random, about: of each from the mean, times √2. */
function spread(values: VoxelArray): number {
  const numbers = Array.from(values, Number).filter((value) => Math.abs(value) <= 1e30);
  const mean = numbers.reduce((sum, value) => sum + value, 0) / Math.max(1, numbers.length);
  const sum = numbers.reduce((total, value) => total + Math.abs(value - mean), 0);
  return (Math.SQRT2 * sum) / Math.max(1, numbers.length);
}

/** Difference of neighbours over that of any voxels: near 1 for noise; null where all is equal. */
async function roughness(source: ByteSource, layout: RawLayout): Promise<number | null> {
  const { width, height, depth } = layout;
  const [sliceVoxels, slices] = [width * height, depth];
  let near = 0;
  let far = 0;
  for (const place of PLACES) {
    const z = Math.min(Math.floor(slices * place), Math.max(slices - 2, 0));
    const start = z * sliceVoxels + Math.floor(height * place) * width;
    const here = await samplesAt(source, layout, start);
    const below = await samplesAt(source, layout, start + width);
    const behind = await samplesAt(source, layout, start + sliceVoxels);
    near +=
      meanDifference(here, here, 1) + meanDifference(here, below) + meanDifference(here, behind);
    far += 3 * spread(here);
  }
  return far > 0 ? Math.min(near / far, 2) : null;
}

/** The guesses in the order of name, factors and bytes together. Reads some 100 KiB for each. */
export async function rankRawGuesses(
  source: ByteSource,
  guesses: readonly RawGuess[],
): Promise<readonly RawGuess[]> {
  const ranked: RawGuess[] = [];
  for (const guess of guesses) {
    if (rawSliceBytes(guess.layout) < 64) {
      ranked.push(guess);
      continue;
    }
    const rough = await roughness(source, guess.layout);
    ranked.push({ ...guess, score: guess.score - (rough === null ? 0 : WEIGHT * rough) });
  }
  return ranked.toSorted((a, b) => b.score - a.score);
}
