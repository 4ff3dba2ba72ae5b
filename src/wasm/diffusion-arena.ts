/** Where everything lies that a steady diffusion solve needs, and how much memory that takes. */
import {
  type FluxDirection,
  type LevelShape,
  linkWeights,
  planLevels,
  type Triple,
  turned,
} from '../kernels/diffusion-grid.ts';
import { type UniformShape, uniformShape } from '../kernels/diffusion-uniform.ts';

/** Links per pair of classes: three tables of 64 × 64 and one of 64. */
export const TABLE_ELEMENTS = 3 * 64 * 64 + 64;
/** Diagonals and their inverses by byte, and the two links. */
export const UNIFORM_TABLE_ELEMENTS = 2 * 128 + 2;
export const LEVEL_WORDS = 16;
/** float64 that counts of clusters and the routing of flows keep between calls. */
const SMALLEST_SUMS = 32;
const ALIGNMENT = 64;
/** Threads a scratch estimate covers. */
export const MOST_THREADS = 64;

/** What percolation works on. All offsets here are from the start of the arena, in bytes. */
export interface PercolationArena {
  /** One byte per cell x + nx * (y + ny * z); may be part of the scratch. */
  readonly cells: number;
  /** Rows of bits, one per cell. */
  readonly bits: number;
  /** 64-bit words per row of bits. */
  readonly words: number;
  /** Memory that later holds the levels. */
  readonly scratch: number;
  readonly sums: number;
}

interface SharedLayout extends PercolationArena {
  readonly shapes: readonly LevelShape[];
  readonly tables: number;
  readonly records: number;
  /** One float64 per slice, at least 32. */
  readonly sums: number;
  readonly row: number;
  readonly rowBytes: number;
  readonly bytes: number;
}

export interface LinkedLayout extends SharedLayout {
  readonly kind: 'linked';
  /** float32 arrays of each level: linkX, linkY, linkZ, inverse, x, r. */
  readonly levels: readonly (readonly number[])[];
  /** float64. */
  readonly u: number;
  /** float32. */
  readonly p: number;
}

export interface UniformLayout extends SharedLayout {
  readonly kind: 'uniform';
  readonly fine: UniformShape;
  /** As in `LinkedLayout`, without the finest level. */
  readonly levels: readonly (readonly number[])[];
  readonly network: number;
  readonly zeros: number;
  /** Sixteen words of the forest's grid, then twelve of its parts. */
  readonly grid: number;
  /** Rows of bits. */
  readonly starts: number;
  /** float32; one after the other, since a certificate puts its flow, float64, in their place. */
  readonly x: number;
  readonly r: number;
  /** int32. */
  readonly u: number;
  /** float32. */
  readonly p: number;
  /** One 32-bit word per branch of the forest. */
  readonly order: number;
}

class Arena {
  top = 0;

  reserve(bytes: number): number {
    const start = this.top;
    // SIMD loads may read up to 64 bytes past the end of an array.
    this.top += Math.ceil((bytes + ALIGNMENT) / ALIGNMENT) * ALIGNMENT;
    return start;
  }

  level(length: number): readonly number[] {
    const single = Array.from({ length: 4 }, () => this.reserve(4 * length));
    // One after the other: a certificate puts its flow, float64, where x and r are.
    const both = this.reserve(8 * length);
    return [...single, both, both + 4 * length];
  }
}

function planGrid(size: Triple, edges: Triple, direction: FluxDirection) {
  const grid = turned(size, direction);
  const shapes = planLevels(grid, linkWeights(turned(edges, direction)));
  const words = Math.ceil(grid[0] / 64);
  return { cellBytes: grid[0] * grid[1] * grid[2], shapes, words, rows: grid[1] * grid[2] };
}

function planShared(
  arena: Arena,
  { nz }: LevelShape,
  { words, rows, levels }: { words: number; rows: number; levels: number },
  rowBytes: number,
  threads: number,
) {
  return {
    words,
    bits: arena.reserve(8 * words * rows),
    records: arena.reserve(4 * LEVEL_WORDS * levels),
    sums: arena.reserve(8 * Math.max(SMALLEST_SUMS, nz)),
    row: arena.reserve(rowBytes * threads),
    rowBytes,
  };
}

/** A network of several conductivities: about 42 bytes per voxel. */
export function planLinked(
  size: Triple,
  edges: Triple,
  direction: FluxDirection,
  threads: number,
): LinkedLayout {
  const { cellBytes, shapes, words, rows } = planGrid(size, edges, direction);
  const fine = shapes[0] as LevelShape;
  const arena = new Arena();
  const levels = shapes.length;
  const shared = planShared(arena, fine, { words, rows, levels }, 4 * fine.stride, threads);
  const cells = arena.reserve(cellBytes);
  const tables = arena.reserve(4 * TABLE_ELEMENTS);
  const scratch = arena.top;
  return {
    kind: 'linked',
    ...shared,
    shapes,
    cells,
    tables,
    scratch,
    levels: shapes.map(({ length }) => arena.level(length)),
    u: arena.reserve(8 * fine.length),
    p: arena.reserve(4 * fine.length),
    bytes: arena.top,
  };
}

/** Most runs of cells along x that `rows` rows can have. */
export function mostRuns(nx: number, rows: number): number {
  return Math.ceil(nx / 2) * rows;
}

/** A network of one conductivity: about 23 bytes per voxel. */
export function planUniform(
  size: Triple,
  edges: Triple,
  direction: FluxDirection,
  threads: number,
): UniformLayout {
  const { shapes, words, rows } = planGrid(size, edges, direction);
  const fine = uniformShape(shapes[0] as LevelShape);
  const arena = new Arena();
  const levels = shapes.length;
  const rowBytes = 4 * (shapes[1] ?? fine).stride;
  const shared = planShared(arena, fine, { words, rows, levels }, rowBytes, threads);
  const tables = arena.reserve(4 * UNIFORM_TABLE_ELEMENTS);
  const zeros = arena.reserve(4 * fine.stride);
  const grid = arena.reserve(128);
  const starts = arena.reserve(8 * words * rows);
  const network = arena.reserve(fine.length);
  const scratch = arena.top;
  const coarse = shapes.slice(1).map(({ length }) => arena.level(length));
  const both = arena.reserve(8 * fine.length);
  return {
    kind: 'uniform',
    ...shared,
    shapes,
    fine,
    tables,
    zeros,
    grid,
    starts,
    network,
    cells: scratch,
    scratch,
    levels: [[], ...coarse],
    x: both,
    r: both + 4 * fine.length,
    u: arena.reserve(4 * fine.length),
    p: arena.reserve(4 * fine.length),
    order: arena.reserve(4 * mostRuns(fine.nx, rows)),
    bytes: arena.top,
  };
}

function mostBytes(
  plan: (direction: FluxDirection) => { readonly bytes: number },
  directions: readonly FluxDirection[],
): number {
  return Math.max(...directions.map((direction) => plan(direction).bytes));
}

/**
 * Arena bytes that `solveDiffusion` needs for any of the directions and any conductivities: about
 * 42 bytes per voxel, more for volumes that are thin along the flux.
 */
export function diffusionArenaBytes(
  size: Triple,
  edges: Triple,
  directions: readonly FluxDirection[],
  threads = MOST_THREADS,
): number {
  return Math.max(
    mostBytes((direction) => planLinked(size, edges, direction, threads), directions),
    uniformArenaBytes(size, edges, directions, threads),
  );
}

/** The same where all voxels that conduct conduct alike: about 23 bytes per voxel. */
export function uniformArenaBytes(
  size: Triple,
  edges: Triple,
  directions: readonly FluxDirection[],
  threads = MOST_THREADS,
): number {
  return mostBytes((direction) => planUniform(size, edges, direction, threads), directions);
}
