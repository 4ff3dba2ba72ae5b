/** Noise of a grey volume, estimated from its flattest patches. */
import type { KernelSize } from './gaussian.ts';

/** Block edges by number of axes with at least 5 voxels: about 125 voxels each. */
const EDGES = [1, 125, 11, 5] as const;
const THICK = 5;
/** More blocks than this sharpen nothing. */
const MOST_BLOCKS = 1 << 15;
const SHARE = 0.1;
/** Quantile of the normal distribution at SHARE. */
const NORMAL_QUANTILE = -1.2815515655446004;

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Every n-th block, n prime to the counts so that all rows and columns are visited. */
function blockStep(blocks: number): number {
  let step = Math.max(1, Math.floor(blocks / MOST_BLOCKS));
  while (greatestCommonDivisor(step, blocks) > 1) step++;
  return step;
}

/** Sample standard deviation of a block; two passes in float64, raster order. */
function blockDeviation(
  values: ArrayLike<number>,
  first: number,
  [nx, ny]: KernelSize,
  [ex, ey, ez]: KernelSize,
): number {
  const count = ex * ey * ez;
  let sum = 0;
  for (let z = 0; z < ez; z++) {
    for (let y = 0; y < ey; y++) {
      const row = first + nx * (y + ny * z);
      for (let x = 0; x < ex; x++) sum += values[row + x];
    }
  }
  const mean = sum / count;
  let squares = 0;
  for (let z = 0; z < ez; z++) {
    for (let y = 0; y < ey; y++) {
      const row = first + nx * (y + ny * z);
      for (let x = 0; x < ex; x++) {
        const d = values[row + x] - mean;
        squares += d * d;
      }
    }
  }
  return Math.sqrt(squares / (count - 1));
}

/** How a volume is cut into blocks, and which of them are read. */
interface Blocks {
  readonly edges: KernelSize;
  readonly counts: KernelSize;
  readonly step: number;
}

function blocksOf(size: KernelSize): Blocks {
  const thickAxes = size.filter((n) => n >= THICK).length;
  const [ex, ey, ez] = size.map((n) => (n >= THICK ? Math.min(n, EDGES[thickAxes]) : n));
  const [nx, ny, nz] = size;
  const counts = [Math.floor(nx / ex), Math.floor(ny / ey), Math.floor(nz / ez)] as const;
  return { edges: [ex, ey, ez], counts, step: blockStep(counts[0] * counts[1] * counts[2]) };
}

/** Slices of a block: parts of a volume for `NoiseTally` begin at multiples of it. */
export function noiseBlockSlices(size: KernelSize): number {
  return blocksOf(size).edges[2];
}

/**
 * `estimateNoise` of a volume whose slices come some at a time.
 */
export class NoiseTally {
  readonly #size: KernelSize;
  readonly #blocks: Blocks;
  readonly #deviations: number[] = [];

  constructor(size: KernelSize) {
    this.#size = size;
    this.#blocks = blocksOf(size);
  }

  /** Adds `slices` slices from slice `first` on, in order, a multiple of `noiseBlockSlices` each. */
  add(values: ArrayLike<number>, first: number, slices: number): void {
    const { edges, counts, step } = this.#blocks;
    const [ex, ey, ez] = edges;
    const [bx, by, bz] = counts;
    if (ex * ey * ez < 2) return;
    const [nx, ny] = this.#size;
    const layer = bx * by;
    const start = Math.ceil(((first / ez) * layer) / step) * step;
    const end = Math.min(bz, Math.floor((first + slices) / ez)) * layer;
    for (let b = start; b < end; b += step) {
      const [i, j, k] = [b % bx, Math.floor(b / bx) % by, Math.floor(b / layer)];
      const voxel = i * ex + nx * (j * ey + ny * (k * ez - first));
      const deviation = blockDeviation(values, voxel, this.#size, edges);
      if (deviation > 0) this.#deviations.push(deviation);
    }
  }

  /** Of all slices added. */
  estimate(): number {
    if (this.#deviations.length === 0) return 0;
    const [ex, ey, ez] = this.#blocks.edges;
    const sorted = Float64Array.from(this.#deviations).sort();
    const low = sorted[Math.floor(SHARE * (sorted.length - 1))];
    const expected = 1 + NORMAL_QUANTILE / Math.sqrt(2 * (ex * ey * ez - 1));
    // With a handful of voxels the correction is meaningless.
    return low / Math.max(expected, 0.5);
  }
}

/**
 * Standard deviation of the noise in grey values: the volume is cut into blocks (5³ voxels; 11² in
 * a single slice), and the 10th percentile of their standard deviations is taken as that of patches
 * without structure (after Olsen 1993, doi 10.1006/cgip.1993.1022), divided by what the same
 * percentile would be for independent normal noise of standard deviation 1. Blocks of equal voxels,
 * such as a masked background, do not count. 0 for a constant volume.
 *
 * `values`: nx·ny·nz numbers, x fastest, finite. Where the noise depends on the grey value the
 * result leans to the quieter phase; where it is correlated over a few voxels the mean of a block
 * follows the noise and the result is a few percent low (the median absolute deviation of wavelet
 * coefficients, the usual estimate, is then 10 to 15 % low); where less than a tenth of the blocks
 * is free of edges it is too high. At most 2^15 blocks are read.
 */
export function estimateNoise(values: ArrayLike<number>, size: KernelSize): number {
  const tally = new NoiseTally(size);
  tally.add(values, 0, size[2]);
  return tally.estimate();
}
