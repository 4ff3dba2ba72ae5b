/**
 * Ionic resistance of a porous electrode that is open at one face and closed at the other: the
 * problem, and its scalar reference solution.
 *
 * Ions enter through the open face and are stored uniformly over the interface of the phase, as in
 * the low-frequency limit of a blocking electrode: D ∇²φ = −s with s in proportion to the interface
 * area of a voxel, φ = 0 on the open face, no flux elsewhere (Nguyen et al. 2020, DOI
 * 10.1038/s41524-020-00386-4). Finite volumes as in `diffusion.ts`. The interface is counted in
 * voxel faces between the phase and any other; the border of the volume is no interface, and neither
 * is what lies across no-flux sides. Dead ends count as all else does that the open face reaches.
 */
import {
  type ConductanceBounds,
  boundCompliance,
  describeNetwork,
  growForest,
} from './diffusion-certificate.ts';
import {
  type FluxDirection,
  type LevelShape,
  type LinkTables,
  linkTables,
  linkWeights,
  planLevels,
  type Triple,
  turnCells,
  turned,
} from './diffusion-grid.ts';
import { createLevel, type Level } from './diffusion-multigrid.ts';
import { LinkedVectors } from './diffusion.ts';
import { conjugateGradients, type SolverOutcome } from './diffusion-solver.ts';

export interface ElectrodeProblem {
  readonly size: Triple;
  /** One code per voxel, index x + nx * (y + ny * z). */
  readonly codes: Uint8Array;
  /** Code of the phase; all others are the wall. */
  readonly phase: number;
  /** Edge lengths of a voxel along x, y, z; only their ratios matter. */
  readonly edges: Triple;
  readonly direction: FluxDirection;
  /** Open at the last plane along the direction instead of the first. */
  readonly isOpenAtEnd: boolean;
  readonly periodicSides: boolean;
  /** Relative width of the certified interval of the resistance to be reached. */
  readonly accuracy: number;
}

export interface ElectrodeSolution {
  /** Voxels of the phase that are joined to the open face. */
  readonly reachedVoxels: number;
  /** Their interface, in voxel faces that lie across the direction. */
  readonly interfaceArea: number;
  /**
   * Σ s φ / (Σ s)², errs downwards, in links along the direction; null where no interface is
   * reached. A third of the ionic resistance.
   */
  readonly resistance: number | null;
  /** Certified to hold the exact value, rounding included. */
  readonly bounds: ConductanceBounds;
  readonly iterations: number;
  readonly width: number;
  readonly converged: boolean;
}

/** Classes 1 to 27: 1 + faces across x + 3 · faces across y + 9 · faces across z. */
export const SOURCE_CLASSES = 28;

/** Mark of `growForest`. */
const REACHED = 64;

/** 1 for the phase. */
export function phaseClasses(phase: number): Uint8Array {
  const classes = new Uint8Array(256);
  classes[phase] = 1;
  return classes;
}

/** The open face becomes the first slice. */
export function reverseSlices(cells: Uint8Array, slice: number): void {
  const count = cells.length / slice;
  for (let low = 0, high = count - 1; low < high; low++, high--) {
    const kept = cells.slice(slice * low, slice * (low + 1));
    cells.copyWithin(slice * low, slice * high, slice * (high + 1));
    cells.set(kept, slice * high);
  }
}

/**
 * In slices [start, end): drops cells without the mark of the forest, and gives the others their
 * class by the faces they share with the wall. Adds to `counts` the cells of each class. Slices
 * before `start` must be done, those after it are only read.
 */
export function classifyFaces(
  cells: Uint8Array,
  [nx, ny, nz]: Triple,
  periodicSides: boolean,
  start: number,
  end: number,
  counts: Float64Array,
): void {
  const slice = nx * ny;
  const isWall = (cell: number): number => (cells[cell] === 0 ? 1 : 0);
  for (let z = start; z < end; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++) {
        const cell = x + nx * y + slice * z;
        if ((cells[cell] & REACHED) === 0) {
          cells[cell] = 0;
          continue;
        }
        let faces = 1;
        if (x > 0) faces += isWall(cell - 1);
        else if (periodicSides) faces += isWall(cell + nx - 1);
        if (x < nx - 1) faces += isWall(cell + 1);
        else if (periodicSides) faces += isWall(cell - nx + 1);
        if (y > 0) faces += 3 * isWall(cell - nx);
        else if (periodicSides) faces += 3 * isWall(cell + slice - nx);
        if (y < ny - 1) faces += 3 * isWall(cell + nx);
        else if (periodicSides) faces += 3 * isWall(cell - slice + nx);
        if (z > 0) faces += 9 * isWall(cell - slice);
        if (z < nz - 1) faces += 9 * isWall(cell + slice);
        cells[cell] = faces;
        counts[faces] += 1;
      }
    }
  }
}

/** What is stored in a cell of each class, in faces across the direction. */
export function sourceTable([hx, hy, hz]: Triple): Float64Array {
  const table = new Float64Array(SOURCE_CLASSES);
  for (let faces = 0; faces < SOURCE_CLASSES - 1; faces++) {
    const [x, y, z] = [faces % 3, Math.floor(faces / 3) % 3, Math.floor(faces / 9)];
    table[faces + 1] = x * (hz / hx) + y * (hz / hy) + z;
  }
  return table;
}

/** Every conducting class conducts with 1. */
export function electrodeLinks(edges: Triple): LinkTables {
  const conductivities = Array.from({ length: SOURCE_CLASSES }, (_, i) => (i > 0 ? 1 : 0));
  return linkTables(conductivities, linkWeights(edges));
}

/** Cells reached and the interface they have. */
export interface Reached {
  readonly reachedVoxels: number;
  readonly interfaceArea: number;
}

export function sumReached(counts: Float64Array, table: Float64Array): Reached {
  let reachedVoxels = 0;
  let interfaceArea = 0;
  counts.forEach((count, i) => {
    reachedVoxels += count;
    interfaceArea += count * table[i];
  });
  return { reachedVoxels, interfaceArea };
}

export function notReached(reached: Reached): ElectrodeSolution {
  return {
    ...reached,
    resistance: null,
    bounds: { lower: 0, upper: 0 },
    iterations: 0,
    width: 0,
    converged: true,
  };
}

export function electrodeSolution(
  reached: Reached,
  { energy, iterations, width, converged }: SolverOutcome,
  { lower, upper }: ConductanceBounds,
): ElectrodeSolution {
  const square = reached.interfaceArea ** 2;
  return {
    ...reached,
    resistance: energy / square,
    bounds: { lower: lower / square, upper: upper / square },
    iterations,
    width,
    converged,
  };
}

/** Solves with plain loops. For tests. */
export function solveElectrode(problem: ElectrodeProblem): ElectrodeSolution {
  const { codes, phase, direction, periodicSides, accuracy } = problem;
  const size = turned(problem.size, direction);
  const edges = turned(problem.edges, direction);
  const cells = new Uint8Array(codes.length);
  turnCells(codes, problem.size, direction, phaseClasses(phase), cells, 0, size[2]);
  if (problem.isOpenAtEnd) reverseSlices(cells, size[0] * size[1]);
  growForest(cells, size, periodicSides, false);
  const counts = new Float64Array(SOURCE_CLASSES);
  classifyFaces(cells, size, periodicSides, 0, size[2], counts);
  const table = sourceTable(edges);
  const reached = sumReached(counts, table);
  if (reached.interfaceArea === 0) return notReached(reached);

  const levels = planLevels(size, linkWeights(edges)).map((shape) =>
    createLevel(shape, periodicSides),
  );
  const fine = (levels[0] as Level).shape;
  const tables = electrodeLinks(edges);
  const network = describeNetwork(fine, reached.reachedVoxels, tables);
  const source = padSource(fine, cells, table);
  const vectors = new LinkedVectors(levels, cells, tables, network, {
    source,
    bound: (dissipation, stored, flow) =>
      boundCompliance({ dissipation, stored, total: reached.interfaceArea }, flow, network),
  });
  const steps = conjugateGradients(accuracy, 1, true);
  let next = steps.next();
  while (next.done !== true) next = steps.next(vectors.carryOut(next.value));
  return electrodeSolution(reached, next.value, vectors.bounds);
}

function padSource(
  { nx, ny, nz, stride, slice, length }: LevelShape,
  cells: Uint8Array,
  table: Float64Array,
): Float64Array {
  const source = new Float64Array(length);
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++) {
        source[slice * (z + 1) + stride * y + x] = table[cells[x + nx * (y + ny * z)]];
      }
    }
  }
  return source;
}
