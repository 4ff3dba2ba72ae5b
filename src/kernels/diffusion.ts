/**
 * Effective conductivity of a voxel network: the problem, and its scalar reference solution.
 *
 * Finite volumes with one cell per voxel: ∇·(D ∇u) = 0, links between face neighbours with the
 * harmonic mean of the two conductivities times face area over distance, u = 1 and u = 0 on the two
 * outer faces (half a voxel from the cell centres), no flux through the sides or periodic sides.
 */
import {
  boundConductance,
  type ConductanceBounds,
  describeNetwork,
  growForest,
  intersect,
  type Network,
  type RoutedFlow,
  routeResidual,
} from './diffusion-certificate.ts';
import {
  type FluxDirection,
  type LevelShape,
  type LinkTables,
  linkTables,
  linkWeights,
  MAX_CLASSES,
  planLevels,
  REACHED_INLET,
  REACHED_OUTLET,
  type Triple,
  turnCells,
  turned,
} from './diffusion-grid.ts';
import {
  coarsenLinks,
  createLevel,
  cycle,
  invertDiagonal,
  type Level,
  linkCells,
} from './diffusion-multigrid.ts';
import {
  dropStrayClusters,
  floodFromFace,
  keepPercolating,
  type StrayClusters,
} from './diffusion-percolation.ts';
import {
  type Forest,
  growForest as growBranches,
  routedFlow,
  routeFlow,
} from './diffusion-forest.ts';
import { conjugateGradients, type SolverOutcome, type SolverStep } from './diffusion-solver.ts';
import { uniformLinks, UniformLevel } from './diffusion-uniform.ts';

export interface DiffusionProblem {
  readonly size: Triple;
  /** One code per voxel, index x + nx * (y + ny * z). */
  readonly codes: Uint8Array;
  /** Conductivity of each code that occurs, at least 0; at most 63 different ones above 0. */
  readonly conductivities: readonly number[];
  /** Edge lengths of a voxel along x, y, z; only their ratios matter. */
  readonly edges: Triple;
  readonly direction: FluxDirection;
  readonly periodicSides: boolean;
  /** Relative width of the certified interval of the effective conductivity to be reached. */
  readonly accuracy: number;
}

export interface DiffusionSolution {
  /** Whether conducting voxels join both outer faces. If not, nothing was solved. */
  readonly percolates: boolean;
  /** Voxels that are joined to both outer faces. */
  readonly percolatingVoxels: number;
  /** What conducts but is not joined to both; left out of the solve. */
  readonly stray: StrayClusters;
  /**
   * From the dissipation of the last potential, which errs upwards. In the unit of the given
   * conductivities; 0 without a path.
   */
  readonly effectiveConductivity: number;
  /** Certified to hold the exact value, rounding included; both 0 without a path. */
  readonly bounds: ConductanceBounds;
  readonly iterations: number;
  /** Width of the bounds over the lower one. */
  readonly width: number;
  /** False when the iterations ran out before the bounds were close enough. */
  readonly converged: boolean;
}

/**
 * The solved potential on one plane of voxels across the flux, in `turned` axes: entry x + nx * y is
 * the voxel at `turnedStrides` times (x, y, index) of the volume.
 */
export interface PotentialPlane {
  /** Index along the flux: 0 next to the inlet. */
  readonly index: number;
  /** From 1 on the inlet's face to 0 on the outlet's; without meaning where `cells` is 0. */
  readonly potential: Float64Array;
  /** 0 where the voxel is not part of what was solved: it insulates, or is blind or isolated. */
  readonly cells: Uint8Array;
}

/**
 * Takes the potential of a solve that found a path, every plane once, in rising order, after the
 * last certificate and before the solution is returned. It is the potential whose dissipation the
 * solution reports, with the same bits in kernels and reference: its squared error in the energy
 * norm is at most `width` times the conductance. The arrays are valid during the call only. Not
 * called without a path.
 */
export type ReadPlane = (plane: PotentialPlane) => void;

export function noPath(stray: StrayClusters): DiffusionSolution {
  return {
    percolates: false,
    percolatingVoxels: 0,
    stray,
    effectiveConductivity: 0,
    bounds: { lower: 0, upper: 0 },
    iterations: 0,
    width: 0,
    converged: true,
  };
}

/** Class of each code, and the conductivity of each class; equal conductivities share a class. */
export function classifyCodes(conductivities: readonly number[]): {
  readonly classes: Uint8Array;
  readonly values: readonly number[];
} {
  const values = [0, ...new Set(conductivities.filter((value) => value > 0))];
  if (values.length > MAX_CLASSES + 1) {
    throw new RangeError(`more than ${MAX_CLASSES} different conductivities`);
  }
  const classes = new Uint8Array(256);
  conductivities.forEach((value, code) => {
    classes[code] = value > 0 ? values.indexOf(value) : 0;
  });
  return { classes, values };
}

/** Lowest over highest conductivity of the conducting classes. */
export function contrastOf(values: readonly number[]): number {
  const conducting = values.filter((value) => value > 0);
  return Math.min(...conducting) / Math.max(...conducting);
}

/**
 * The conductivity of all conducting cells where there is only one: such networks are solved with
 * links of conductivity 1, without storing them. Null where there are several.
 */
export function uniformConductivity(values: readonly number[]): number | null {
  const [only, ...others] = values.filter((value) => value > 0);
  return only !== undefined && others.length === 0 ? only : null;
}

/** Conductance of the network to conductivity: length over cross-section, in links along the flux. */
function conductivityFromEnergy(energy: number, [nx, ny, nz]: Triple, scale: number): number {
  return ((energy * nz) / (nx * ny)) * scale;
}

/** Width of an interval over its lower end. */
export function relativeWidth({ lower, upper }: ConductanceBounds): number {
  return lower > 0 ? (upper - lower) / lower : Number.POSITIVE_INFINITY;
}

/** `scale`: what the conductivities of the network are multiplied with. */
export function solutionOf(
  size: Triple,
  scale: number,
  percolatingVoxels: number,
  stray: StrayClusters,
  { energy, iterations, width, converged }: SolverOutcome,
  { lower, upper }: ConductanceBounds,
): DiffusionSolution {
  return {
    percolates: true,
    percolatingVoxels,
    stray,
    effectiveConductivity: conductivityFromEnergy(energy, size, scale),
    bounds: {
      lower: conductivityFromEnergy(lower, size, scale),
      upper: conductivityFromEnergy(upper, size, scale),
    },
    iterations,
    width,
    converged,
  };
}

/** Solves with plain loops. For tests: it is some twenty times slower than the kernels. */
export function solveDiffusion(
  problem: DiffusionProblem,
  readPlane?: ReadPlane,
): DiffusionSolution {
  const size = turned(problem.size, problem.direction);
  const { classes, values } = classifyCodes(problem.conductivities);
  const cells = new Uint8Array(size[0] * size[1] * size[2]);
  turnCells(problem.codes, problem.size, problem.direction, classes, cells, 0, size[2]);
  const conducting = cells.slice();
  floodFromFace(cells, size, 0, REACHED_INLET, problem.periodicSides);
  floodFromFace(cells, size, size[2] - 1, REACHED_OUTLET, problem.periodicSides);
  const stray = dropStrayClusters(cells, size, problem.periodicSides);
  const percolatingVoxels = keepPercolating(cells);
  if (percolatingVoxels === 0) return noPath(stray);

  const weights = linkWeights(turned(problem.edges, problem.direction));
  const shapes = planLevels(size, weights);
  const scale = uniformConductivity(values);
  const tables = linkTables(scale === null ? values : [0, 1], weights);
  const levels = shapes.map((shape) => createLevel(shape, problem.periodicSides));
  const network = describeNetwork(shapes[0] as LevelShape, percolatingVoxels, tables);
  const vectors =
    scale === null
      ? new LinkedVectors(levels, cells, tables, network)
      : new UniformVectors(levels, cells, conducting, tables, network);
  const steps = conjugateGradients(problem.accuracy, contrastOf(values));
  let next = steps.next();
  while (next.done !== true) next = steps.next(vectors.carryOut(next.value));
  if (readPlane !== undefined) vectors.readPlanes(readPlane);
  return solutionOf(size, scale ?? 1, percolatingVoxels, stray, next.value, vectors.bounds);
}

function buildCoarseLevels(levels: readonly Level[], first: number): void {
  levels.forEach((level, l) => {
    if (l > first) coarsenLinks(levels[l - 1] as Level, level);
    if (l >= first) invertDiagonal(level);
  });
}

/** The vectors of the iteration for a network of equal links. */
class UniformVectors {
  bounds: ConductanceBounds = { lower: 0, upper: Number.POSITIVE_INFINITY };
  readonly #levels: readonly Level[];
  readonly #fine: UniformLevel;
  readonly #network: Network;
  readonly #links: readonly [number, number];
  readonly #forest: Forest;

  constructor(
    levels: readonly Level[],
    cells: Uint8Array,
    conducting: Uint8Array,
    tables: LinkTables,
    network: Network,
  ) {
    const [finest, coarse] = levels as readonly [Level, Level | undefined];
    this.#levels = levels;
    this.#network = network;
    this.#links = uniformLinks(tables);
    this.#fine = new UniformLevel(finest.shape, cells, this.#links, finest.periodic);
    if (coarse !== undefined) this.#fine.coarsenInto(coarse);
    buildCoarseLevels(levels, 1);
    const { nx, ny, nz } = finest.shape;
    this.#forest = growBranches(cells, conducting, [nx, ny, nz], finest.periodic);
  }

  carryOut(step: SolverStep): number {
    switch (step.kind) {
      case 'start':
        this.#fine.start();
        this.#fine.findResidual();
        return this.#fine.energy();
      case 'precondition':
        return this.#fine.precondition(this.#levels);
      case 'direct':
        this.#fine.direct(step.beta);
        return 0;
      case 'multiply':
        return this.#fine.multiply();
      case 'advance':
        this.#fine.advance(step.alpha);
        return 0;
      case 'energy':
        return this.#fine.energy();
      case 'certify':
        return this.#certify(step.energy);
    }
  }

  #certify(energy: number): number {
    const { nx, ny, nz } = this.#fine.shape;
    const flow = this.#fine.residualFlow();
    const sums = routeFlow([nx, ny, nz], this.#forest, flow);
    const bounds = boundConductance(energy, routedFlow(sums, this.#links), this.#network);
    this.bounds = intersect(this.bounds, bounds);
    this.#fine.findResidual();
    return relativeWidth(this.bounds);
  }

  readPlanes(readPlane: ReadPlane): void {
    const { nx, ny, nz } = this.#fine.shape;
    const potential = new Float64Array(nx * ny);
    const cells = new Uint8Array(nx * ny);
    for (let index = 0; index < nz; index++) {
      this.#fine.readPlane(index, potential, cells);
      readPlane({ index, potential, cells });
    }
  }
}

/** Copies plane `index` of the potential out of the padded layout. */
export function unpadPlane(
  { nx, ny, stride, slice }: LevelShape,
  u: Float64Array,
  index: number,
  out: Float64Array,
): void {
  for (let y = 0; y < ny; y++) {
    const from = slice * (index + 1) + stride * y;
    out.set(u.subarray(from, from + nx), nx * y);
  }
}

function closeOutlet({ shape, linkZ }: Level): void {
  linkZ.fill(0, shape.slice * (shape.nz + 1));
}

/** Sources in the cells of a network that is open at the inlet alone. */
export interface Sources {
  /** Layout of the finest level. */
  readonly source: Float64Array;
  /** Bounds of the compliance from the dissipation of u, what u stores, and the routed residual. */
  bound(dissipation: number, stored: number, flow: RoutedFlow): ConductanceBounds;
}

/** The vectors of the iteration in the layout of the finest level; r and z are that level's own. */
export class LinkedVectors {
  bounds: ConductanceBounds = { lower: 0, upper: Number.POSITIVE_INFINITY };
  readonly #levels: readonly Level[];
  readonly #fine: Level;
  readonly #cells: Uint8Array;
  readonly #network: Network;
  readonly #u: Float64Array;
  readonly #p: Float32Array;
  readonly #sources: Sources | null;

  constructor(
    levels: readonly Level[],
    cells: Uint8Array,
    tables: LinkTables,
    network: Network,
    sources: Sources | null = null,
  ) {
    this.#sources = sources;
    this.#levels = levels;
    this.#cells = cells;
    this.#network = network;
    this.#fine = levels[0] as Level;
    linkCells(this.#fine, cells, tables);
    if (sources !== null) closeOutlet(this.#fine);
    buildCoarseLevels(levels, 0);
    const { length } = this.#fine.shape;
    this.#u = new Float64Array(length);
    this.#p = new Float32Array(length);
  }

  carryOut(step: SolverStep): number {
    switch (step.kind) {
      case 'start':
        return this.#start();
      case 'precondition':
        cycle(this.#levels, 0, true);
        return this.#dot();
      case 'direct':
        return this.#direct(step.beta);
      case 'multiply':
        return this.#multiply();
      case 'advance':
        return this.#advance(step.alpha);
      case 'energy':
        return this.#sources === null
          ? this.#dissipation()
          : 2 * this.#stored(this.#sources) - this.#dissipation();
      case 'certify':
        return this.#certify(step.energy);
    }
  }

  readPlanes(readPlane: ReadPlane): void {
    const { nx, ny, nz } = this.#fine.shape;
    const potential = new Float64Array(nx * ny);
    for (let index = 0; index < nz; index++) {
      unpadPlane(this.#fine.shape, this.#u, index, potential);
      const cells = this.#cells.subarray(nx * ny * index, nx * ny * (index + 1));
      readPlane({ index, potential, cells });
    }
  }

  #certify(energy: number): number {
    const { nx, ny, nz, length } = this.#fine.shape;
    const flow = new Float64Array(length);
    this.#applyTo(this.#u, (i, sum) => {
      flow[i] = this.#residual(i, sum);
    });
    const sources = this.#sources;
    const order = growForest(this.#cells, [nx, ny, nz], this.#fine.periodic, sources === null);
    const routed = routeResidual(this.#fine, this.#cells, order, flow);
    const bounds =
      sources === null
        ? boundConductance(energy, routed, this.#network)
        : sources.bound(this.#dissipation(), this.#stored(sources), routed);
    this.bounds = intersect(this.bounds, bounds);
    this.#findResidual();
    return relativeWidth(this.bounds);
  }

  /** Elements of slice z: rows and their padding. */
  #sliceRange(z: number): readonly [number, number] {
    const { slice } = this.#fine.shape;
    return [slice * (z + 1), slice * (z + 2)];
  }

  #start(): number {
    const { nz, slice } = this.#fine.shape;
    if (this.#sources !== null) {
      this.#findResidual();
      return 0;
    }
    // The outer faces are at 1 (before the first slice) and at 0 (after the last).
    this.#u.fill(1, 0, slice);
    for (let z = 0; z < nz; z++) {
      const [start, end] = this.#sliceRange(z);
      // From the left ghost of the first row on; the last element is a ghost of the next slice.
      this.#u.fill(1 - (z + 0.5) / nz, start - 1, end - 1);
    }
    this.#findResidual();
    return this.#dissipation();
  }

  /** Anew from u: rounding in its updates is gone. */
  #findResidual(): void {
    this.#applyTo(this.#u, (i, sum) => {
      this.#fine.r[i] = this.#residual(i, sum);
    });
  }

  #residual(i: number, sum: number): number {
    return this.#sources === null ? -sum : this.#sources.source[i] - sum;
  }

  #stored({ source }: Sources): number {
    const { nx, ny, nz, stride, slice } = this.#fine.shape;
    let total = 0;
    for (let z = 0; z < nz; z++) {
      let sum = 0;
      for (let y = 0; y < ny; y++) {
        const at = slice * (z + 1) + stride * y;
        for (let i = at; i < at + nx; i++) sum += source[i] * this.#u[i];
      }
      total += sum;
    }
    return total;
  }

  /** Calls back with (A v)_i for every cell, in the order of the array. */
  #applyTo(v: Float64Array | Float32Array, use: (i: number, sum: number, x: number) => void): void {
    const { linkX, linkY, linkZ } = this.#fine;
    const { nx, ny, nz, stride, slice } = this.#fine.shape;
    for (let z = 0; z < nz; z++) {
      for (let y = 0; y < ny; y++) {
        const at = slice * (z + 1) + stride * y;
        const down = at + stride * (y === 0 ? ny - 1 : -1);
        const up = at + stride * (y === ny - 1 ? 1 - ny : 1);
        for (let x = 0; x < nx; x++) {
          const i = at + x;
          const own = v[i];
          let sum = linkX[i] * (own - v[i - 1]);
          sum += linkX[i + 1] * (own - v[i + 1]);
          sum += linkY[i] * (own - v[down + x]);
          sum += linkY[up + x] * (own - v[up + x]);
          sum += linkZ[i] * (own - v[i - slice]);
          sum += linkZ[i + slice] * (own - v[i + slice]);
          use(i, sum, x);
        }
      }
    }
  }

  /** Sums over slices, each in four interleaved parts as the kernels do. */
  #dot(): number {
    const { r, x, shape } = this.#fine;
    let total = 0;
    for (let z = 0; z < shape.nz; z++) {
      const lanes = [0, 0, 0, 0];
      const [start, end] = this.#sliceRange(z);
      for (let i = start; i < end; i++) lanes[i & 3] += r[i] * x[i];
      total += lanes[0] + lanes[2] + (lanes[1] + lanes[3]);
    }
    return total;
  }

  #direct(beta: number): number {
    const { nz } = this.#fine.shape;
    // The left ghost of the first row lies before the first slice.
    const start = this.#sliceRange(0)[0] - 1;
    const [, end] = this.#sliceRange(nz - 1);
    for (let i = start; i < end; i++) this.#p[i] = this.#fine.x[i] + beta * this.#p[i];
    return 0;
  }

  /** q = A p, in place of the correction, which is no longer needed. */
  #multiply(): number {
    const { nz, slice } = this.#fine.shape;
    const lanes = Array.from({ length: nz }, () => [0, 0] as [number, number]);
    // The ends repeated in the padding must not get into the residual.
    this.#fine.x.fill(0);
    this.#applyTo(this.#p, (i, sum, x) => {
      this.#fine.x[i] = sum;
      (lanes[Math.floor(i / slice) - 1] as [number, number])[x & 1] += this.#p[i] * sum;
    });
    return lanes.reduce((total, [even, odd]) => total + (even + odd), 0);
  }

  #advance(alpha: number): number {
    const { nz } = this.#fine.shape;
    const [start] = this.#sliceRange(0);
    const [, end] = this.#sliceRange(nz - 1);
    const { r, x: q } = this.#fine;
    for (let i = start - 1; i < end; i++) {
      this.#u[i] += alpha * this.#p[i];
      r[i] -= alpha * q[i];
    }
    return 0;
  }

  #dissipation(): number {
    const { linkX, linkY, linkZ } = this.#fine;
    const { nx, ny, nz, stride, slice } = this.#fine.shape;
    const u = this.#u;
    let total = 0;
    for (let z = 0; z < nz; z++) {
      let sum = 0;
      for (let y = 0; y < ny; y++) {
        const at = slice * (z + 1) + stride * y;
        const down = at + stride * (y === 0 ? ny - 1 : -1);
        for (let x = 0; x < nx; x++) {
          const i = at + x;
          const dx = u[i] - u[i - 1];
          const dy = u[i] - u[down + x];
          const dz = u[i] - u[i - slice];
          sum += linkX[i] * (dx * dx) + linkY[i] * (dy * dy) + linkZ[i] * (dz * dz);
          if (z === nz - 1) {
            const out = u[i + slice] - u[i];
            sum += linkZ[i + slice] * (out * out);
          }
        }
      }
      total += sum;
    }
    return total;
  }
}
