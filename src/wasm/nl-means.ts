/** Driver of the non-local means kernels: the same result as `src/kernels/nl-means.ts`, bit for bit. */
import {
  LARGEST_GROUP,
  nlMeansCoefficients,
  nlMeansGroups,
  type NlMeansParameters,
  type OffsetGroup,
} from '../kernels/nl-means.ts';
import type { NumericVoxelArray, Size3 } from '../volume/volume.ts';
import type { KernelSession } from './session.ts';
import { copyIn, copyOut, MOST_THREADS, slabInputSlices, slabsOf } from './slabs.ts';

/** Bytes of a work row in the kernel, and of an accumulator row. */
const ROW = 640;
const SUMS = 2 * ROW;
const PROBLEM_BYTES = 72;
/**
 * Largest block: wide, because each row costs extra, and as wide as the kernel's work rows allow;
 * higher blocks would compute less twice, but fall out of the caches.
 */
const BLOCK_WIDTH = 128;
const BLOCK_EDGE = 32;
/** Blocks that a slab should hold, so that all threads stay busy. */
const BLOCKS_PER_SLAB = 64;
/** Voxels of a slab's accumulators above which blocks become flatter. */
const SLAB_VOXELS = 1 << 26;
/** Voxel pairs of one task: about 20 ms. */
const TASK_PAIRS = 10_000_000;

interface Blocks {
  readonly edges: Size3;
  readonly perLayer: number;
  /** Slices of a slab: whole layers of blocks. */
  readonly slices: number;
}

/** Edge of equal blocks of at most `most` voxels that cover `n`. */
function blockEdge(n: number, most: number): number {
  return Math.ceil(n / Math.ceil(n / most));
}

/** How the volume is cut: by its size alone, so never by the number of threads. */
function cutIntoBlocks([nx, ny, nz]: Size3): Blocks {
  // Whole pairs of vectors, of rows and of planes, except where the volume ends.
  const width = Math.min(nx, Math.ceil(blockEdge(nx, BLOCK_WIDTH) / 8) * 8);
  const height = Math.min(ny, Math.ceil(blockEdge(ny, BLOCK_EDGE) / 2) * 2);
  const perLayer = Math.ceil(nx / width) * Math.ceil(ny / height);
  const depthLimit = Math.max(8, Math.min(BLOCK_EDGE, Math.floor(SLAB_VOXELS / (nx * ny))));
  const depth = Math.ceil(blockEdge(nz, depthLimit) / 2) * 2;
  const layers = Math.ceil(BLOCKS_PER_SLAB / perLayer);
  return { edges: [width, height, depth], perLayer, slices: Math.min(nz, layers * depth) };
}

function scratchBytes(
  edges: Size3,
  { patchRadius, searchRadius }: Pick<NlMeansParameters, 'patchRadius' | 'searchRadius'>,
): number {
  const [width, height, depth] = edges;
  const margin = patchRadius + searchRadius;
  const grey = 4 * (width + 2 * margin + 8) * (height + 2 * margin) * (depth + 2 * margin + 3);
  const sums = SUMS * height * depth;
  // Of an offset each row of a block has two of sums along y and two of running sums for each voxel
  // of the patch radius; rows come in pairs.
  const rows = (2 + 2 * patchRadius) * (height + searchRadius + 2);
  const work = ROW * LARGEST_GROUP * (4 + rows) + SUMS;
  const bytes = grey + sums + work + 256;
  return Math.ceil(bytes / 64) * 64;
}

/** Arena bytes of `nlMeans`; independent of the number of slices once there is a second slab. */
export function nlMeansBytes(
  size: Size3,
  parameters: Pick<NlMeansParameters, 'patchRadius' | 'searchRadius'>,
): number {
  const { edges, slices } = cutIntoBlocks(size);
  const plane = size[0] * size[1];
  const margin = parameters.patchRadius + parameters.searchRadius;
  return (
    4 * plane * (slabInputSlices(size[2], slices, margin) + 2 * slices) +
    MOST_THREADS * scratchBytes(edges, parameters) +
    16 * nlMeansGroups(size, parameters.searchRadius).length +
    PROBLEM_BYTES +
    1024
  );
}

function pairsOf(groups: readonly OffsetGroup[]): number {
  return groups.reduce((sum, { count }) => sum + count, 0);
}

/** Voxel pairs that are weighed: what the time is proportional to. */
export function nlMeansPairs(size: Size3, searchRadius: number): number {
  return size[0] * size[1] * size[2] * pairsOf(nlMeansGroups(size, searchRadius));
}

/**
 * Non-local means of `input` (nx·ny·nz voxels, x fastest), computed in float32; see the scalar
 * reference for the definition. Arena: `nlMeansBytes`.
 */
export async function nlMeans(
  session: KernelSession,
  input: NumericVoxelArray,
  size: Size3,
  parameters: NlMeansParameters,
): Promise<Float32Array<ArrayBuffer>> {
  const [nx, ny, nz] = size;
  if (parameters.h === 0) return new Float32Array(input);
  const { patchRadius, searchRadius } = parameters;
  const { bias, rootScale } = nlMeansCoefficients(parameters);
  const { edges, perLayer, slices } = cutIntoBlocks(size);
  const plane = nx * ny;
  const margin = patchRadius + searchRadius;
  const groups = nlMeansGroups(size, searchRadius);
  const stride = scratchBytes(edges, parameters);
  const out = new Float32Array(plane * nz);

  const grey = session.allocate(slabInputSlices(nz, slices, margin) * plane * 4);
  const numerator = session.allocate(slices * plane * 4);
  const denominator = session.allocate(slices * plane * 4);
  const groupList = session.allocate(16 * groups.length);
  const problem = session.allocate(PROBLEM_BYTES);
  const scratch = session.allocate(session.threads * stride);
  session
    .i32(groupList, 4 * groups.length)
    .set(groups.flatMap(({ dx, dy, dz, count }) => [dx, dy, dz, count]));

  const batch = Math.max(
    1,
    Math.floor(TASK_PAIRS / (LARGEST_GROUP * edges[0] * edges[1] * edges[2])),
  );
  for (const slab of slabsOf(nz, slices, margin)) {
    const depth = slab.end - slab.start;
    await copyIn(session, grey, input, slab.inputStart * plane, slab.inputEnd * plane);
    // biome-ignore format: the kernel's layout, a line each for buffers, sizes, slab, blocks, radii
    session.u32(problem, 15).set([
      grey, numerator, denominator, groupList,
      nx, ny, nz,
      slab.inputStart, slab.start, slab.end,
      ...edges,
      patchRadius, searchRadius,
    ]);
    session.f32(problem + 60, 3).set([bias, rootScale, 1 / rootScale]);
    // A single voxel has no partners; its accumulators still have to start.
    for (let first = 0; first < Math.max(1, groups.length); first += batch) {
      const end = Math.min(groups.length, first + batch);
      await session.run(
        {
          kernel: 'nlMeansBlocks',
          args: [problem, scratch, first, end],
          items: perLayer * Math.ceil(depth / edges[2]),
          itemsPerTask: 1,
          scratch: { argIndex: 1, stride },
        },
        (done, total) => {
          const inSlab = (first + ((end - first) * done) / total) / Math.max(1, groups.length);
          session.progress((slab.start + depth * inSlab) / nz);
        },
      );
    }
    await session.run({
      kernel: 'nlMeansFinish',
      args: [problem],
      items: depth,
      itemsPerTask: Math.max(1, Math.floor((1 << 21) / plane)),
    });
    await copyOut(session, numerator, out, slab.start * plane, slab.end * plane);
  }
  session.progress(1);
  return out;
}
