/**
 * The grid of the steady diffusion solver: how a volume is turned so that the flux runs along the
 * slowest axis, how its rows are padded, and how levels of coarser grids follow.
 *
 * Arrays of a level hold `nz + 2` slices of `ny` rows of `stride` elements. Cell (x, y, z) is at
 * `slice * (z + 1) + stride * y + x`. The first and the last slice are the two outer faces. A row
 * has at least four elements of padding: element `nx` is the right ghost, the last element of the
 * row before is the left one. Ghosts repeat the other end of the row on periodic sides and are 0
 * otherwise.
 *
 * Link arrays hold conductances: `x` between cells x − 1 and x (at `nx` the link across the
 * periodic side, repeated from 0), `y` between rows y − 1 and y (row 0: across the periodic side),
 * `z` between slices z − 1 and z (slice 0: inlet face, slice nz: outlet face).
 */

/** Direction of the mean flux: 0 = x (column), 1 = y (row), 2 = z (page). */
export type FluxDirection = 0 | 1 | 2;

export type Triple = readonly [number, number, number];

export interface LevelShape {
  readonly nx: number;
  readonly ny: number;
  readonly nz: number;
  /** Elements per row. */
  readonly stride: number;
  /** Elements per slice. */
  readonly slice: number;
  /** Elements of an array of this level. */
  readonly length: number;
  /** Cells along each axis that make one cell of the next coarser level: 1 or 2. */
  readonly factors: Triple;
  /** How often one visit to this level visits the next coarser one: 0 on the coarsest, else 1 or 2. */
  readonly visits: number;
}

/** Conducting classes a cell may have beside 0, which insulates. */
export const MAX_CLASSES = 63;

/** Marks of the two flood fills beside the class in the low six bits. */
export const REACHED_INLET = 64;
export const REACHED_OUTLET = 128;

/** Axes of the volume that become x, y, z of the grid: cyclic, so that the flux runs along z. */
function gridAxes(direction: FluxDirection): readonly [number, number, number] {
  return [(direction + 1) % 3, (direction + 2) % 3, direction];
}

export function turned(size: Triple, direction: FluxDirection): Triple {
  const [a, b, c] = gridAxes(direction);
  return [size[a], size[b], size[c]] as Triple;
}

/** How far apart neighbours along the turned grid's x, y, z lie in the volume's own index order. */
export function turnedStrides(size: Triple, direction: FluxDirection): Triple {
  const strides: Triple = [1, size[0], size[0] * size[1]];
  return gridAxes(direction).map((axis) => strides[axis]) as unknown as Triple;
}

/**
 * Writes slices [start, end) of the turned volume: `cells[x + nx * (y + ny * z)]` becomes the class
 * of the voxel's code.
 */
export function turnCells(
  codes: Uint8Array,
  size: Triple,
  direction: FluxDirection,
  classes: Uint8Array,
  cells: Uint8Array,
  start: number,
  end: number,
): void {
  const [step, rowStep, sliceStep] = turnedStrides(size, direction);
  const [nx, ny] = turned(size, direction);
  let out = start * nx * ny;
  for (let z = start; z < end; z++) {
    for (let y = 0; y < ny; y++) {
      let from = z * sliceStep + y * rowStep;
      for (let x = 0; x < nx; x++) {
        cells[out] = classes[codes[from]];
        out += 1;
        from += step;
      }
    }
  }
}

/** A link weaker than this fraction of the strongest is not worth coarsening across. */
const WEAK_LINK = 0.35;

interface LevelPlan {
  readonly size: Triple;
  readonly factors: Triple;
}

function planSizes(size: Triple, linkWeights: Triple): readonly LevelPlan[] {
  const plans: LevelPlan[] = [];
  let current = size;
  let weights = linkWeights;
  for (;;) {
    const open = current.map((n) => n > 1);
    const strongest = Math.max(...weights.map((weight, axis) => (open[axis] ? weight : 0)));
    const factors = weights.map((weight, axis) =>
      open[axis] && weight >= WEAK_LINK * strongest ? 2 : 1,
    ) as unknown as Triple;
    plans.push({ size: current, factors });
    if (!open.some(Boolean)) return plans;
    const [fx, fy, fz] = factors;
    weights = [weights[0] * fy * fz, weights[1] * fx * fz, weights[2] * fx * fy];
    current = current.map((n, axis) => Math.ceil(n / factors[axis])) as unknown as Triple;
  }
}

/**
 * All levels from the volume's own grid to a single cell. Axes are halved together, except those
 * whose links are weak against the others (voxels longer along them): point smoothing cannot damp
 * errors along weak links, so the strong ones are coarsened first.
 *
 * Each level visits the next one twice (W-cycle); only the last has one cell, which one visit
 * solves. Where a single axis is halved the two visits cost as much as the level itself, but single
 * visits take some ten times the iterations there.
 */
export function planLevels(size: Triple, linkWeights: Triple): readonly LevelShape[] {
  const plans = planSizes(size, linkWeights);
  return plans.map(({ size: [nx, ny, nz], factors }, l): LevelShape => {
    const stride = 4 * Math.ceil(nx / 4) + 4;
    const slice = stride * ny;
    const visits = Math.min(2, plans.length - 1 - l);
    return { nx, ny, nz, stride, slice, length: slice * (nz + 2), factors, visits };
  });
}

/**
 * Conductances of the links between cells of two classes, `table[64 * a + b]`, and of the half
 * links to the outer faces, `table[a]`. Unit: a link of conductivity 1 along the flux.
 */
export interface LinkTables {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly z: Float32Array;
  readonly face: Float32Array;
  /** Largest relative error of these values; 0 where float32 holds them all. */
  readonly rounding: number;
}

/** Link strength along the grid's x, y, z for conductivity 1: face area over distance. */
export function linkWeights(edges: Triple): Triple {
  const [hx, hy, hz] = edges;
  return [(hz * hz) / (hx * hx), (hz * hz) / (hy * hy), 1];
}

/**
 * `conductivities[c]` is that of class c, 0 for class 0. A link joins two half cells in series, so
 * it conducts with the harmonic mean.
 */
export function linkTables(conductivities: readonly number[], weights: Triple): LinkTables {
  const tables = [0, 1, 2].map(() => new Float32Array(64 * 64));
  const face = new Float32Array(64);
  let rounding = 0;
  const put = (table: Float32Array, at: number, value: number): void => {
    table[at] = value;
    if (value > 0) rounding = Math.max(rounding, Math.abs(table[at] / value - 1));
  };
  conductivities.forEach((a, i) => {
    put(face, i, 2 * a);
    conductivities.forEach((b, j) => {
      const mean = a > 0 && b > 0 ? (2 * a * b) / (a + b) : 0;
      tables.forEach((table, axis) => put(table, 64 * i + j, weights[axis] * mean));
    });
  });
  const [x, y, z] = tables as [Float32Array, Float32Array, Float32Array];
  return { x, y, z, face, rounding };
}
