/**
 * Certified bounds of a network's conductance G from any potential u that is 1 and 0 on the outer
 * faces (Prager & Synge 1947, DOI 10.1090/qam/25902; Doyle & Snell 1984, chapter 3).
 *
 * From above (Dirichlet's principle): G ≤ J(u) = Σ c (Δu)². From below (Thomson's principle): the
 * excess J(u) − G is the least dissipation Σ g²/c of all flows g that carry the residual r = −A u
 * to the outer faces, so any such flow bounds it. Added to the flow of u it is exactly free of
 * divergence. Here g runs along a forest that spans the network, each tree rooted on a face: the
 * flow from a cell to its parent is the residual of the cell and of all its descendants. O(N).
 * This file grows it cell by cell for stored links, `diffusion-forest.ts` by rows for equal ones.
 */
import type { LevelShape, LinkTables, Triple } from './diffusion-grid.ts';
import type { Level } from './diffusion-multigrid.ts';

/** Mark of a cell that is in the forest, beside its class in the low six bits. */
const IN_FOREST = 64;
const CLASS_BITS = 63;

/** Steps from a cell to its parent; from the outermost slices the last two lead to a face. */
const X_DOWN = 0;
const X_UP = 1;
const Y_DOWN = 2;
const Y_UP = 3;
const Z_DOWN = 4;
const Z_UP = 5;

/**
 * Breadth-first order of the percolating cells from both outer faces: `cell << 3 | step` for cell
 * x + nx * (y + ny * z), parents before children. Leaves the marks in `cells`. From the inlet alone
 * where the outlet is closed.
 */
export function growForest(
  cells: Uint8Array,
  size: Triple,
  periodicSides: boolean,
  hasOutlet = true,
): Uint32Array {
  const [nx, ny, nz] = size;
  const slice = nx * ny;
  const order = new Uint32Array(cells.length);
  let end = 0;
  const visit = (cell: number, step: number): void => {
    if (cells[cell] === 0 || (cells[cell] & IN_FOREST) !== 0) return;
    cells[cell] |= IN_FOREST;
    order[end] = (cell << 3) | step;
    end += 1;
  };
  for (let i = 0; i < slice; i++) visit(i, Z_DOWN);
  if (hasOutlet) for (let i = 0; i < slice; i++) visit(slice * (nz - 1) + i, Z_UP);
  for (let head = 0; head < end; head++) {
    const cell = order[head] >>> 3;
    const x = cell % nx;
    const y = Math.floor(cell / nx) % ny;
    const z = Math.floor(cell / slice);
    if (z > 0) visit(cell - slice, Z_UP);
    if (z < nz - 1) visit(cell + slice, Z_DOWN);
    if (y > 0) visit(cell - nx, Y_UP);
    else if (periodicSides) visit(cell + slice - nx, Y_UP);
    if (y < ny - 1) visit(cell + nx, Y_DOWN);
    else if (periodicSides) visit(cell - slice + nx, Y_DOWN);
    if (x > 0) visit(cell - 1, X_UP);
    else if (periodicSides) visit(cell + nx - 1, X_UP);
    if (x < nx - 1) visit(cell + 1, X_DOWN);
    else if (periodicSides) visit(cell - nx + 1, X_DOWN);
  }
  return order.subarray(0, end);
}

/** A flow along the forest. */
export interface RoutedFlow {
  /** Σ g²/c. */
  readonly dissipation: number;
  /** Σ |partial sums of g|: rounding left at most this much times 2⁻⁵³ unrouted. */
  readonly handled: number;
}

/**
 * Carries `flow`, the residual of each cell in the layout of the finest level, to the outer faces;
 * leaves in it the flow from each cell to its parent. Clears the marks in `cells`.
 */
export function routeResidual(
  level: Level,
  cells: Uint8Array,
  order: Uint32Array,
  flow: Float64Array,
): RoutedFlow {
  const { nx, ny, nz } = level.shape;
  let dissipation = 0;
  let handled = 0;
  for (let k = order.length - 1; k >= 0; k--) {
    const cell = order[k] >>> 3;
    cells[cell] &= CLASS_BITS;
    const { at, parent, link } = edge(level, cell, order[k] & 7);
    const carried = flow[at];
    dissipation += (carried * carried) / link;
    if (parent < level.shape.slice || parent >= level.shape.slice * (nz + 1)) continue;
    flow[parent] += carried;
    handled += Math.abs(flow[parent]);
  }
  return { dissipation, handled };

  function edge({ shape, linkX, linkY, linkZ }: Level, cell: number, step: number) {
    const { stride, slice } = shape;
    const x = cell % nx;
    const y = Math.floor(cell / nx) % ny;
    const at = slice * (Math.floor(cell / (nx * ny)) + 1) + stride * y + x;
    switch (step) {
      case X_DOWN:
        return { at, parent: x > 0 ? at - 1 : at + nx - 1, link: linkX[at] };
      case X_UP:
        return { at, parent: x < nx - 1 ? at + 1 : at - nx + 1, link: linkX[at + 1] };
      case Y_DOWN:
        return { at, parent: y > 0 ? at - stride : at + stride * (ny - 1), link: linkY[at] };
      case Y_UP: {
        const parent = y < ny - 1 ? at + stride : at - stride * (ny - 1);
        return { at, parent, link: linkY[parent] };
      }
      case Z_DOWN:
        return { at, parent: at - slice, link: linkZ[at] };
      default:
        return { at, parent: at + slice, link: linkZ[at + slice] };
    }
  }
}

/** What the margins for rounding depend on. */
export interface Network {
  readonly shape: LevelShape;
  /** Percolating cells. */
  readonly cells: number;
  /** Weakest and strongest link that may occur. */
  readonly weakest: number;
  readonly strongest: number;
  /** Largest relative error of the links' float32 values. */
  readonly linkRounding: number;
}

export function describeNetwork(shape: LevelShape, cells: number, tables: LinkTables): Network {
  const { x, y, z, face, rounding } = tables;
  let weakest = Number.POSITIVE_INFINITY;
  let strongest = 0;
  for (const table of [x, y, z, face]) {
    for (const link of table) {
      if (link > 0) weakest = Math.min(weakest, link);
      strongest = Math.max(strongest, link);
    }
  }
  return { shape, cells, weakest, strongest, linkRounding: rounding };
}

export interface ConductanceBounds {
  readonly lower: number;
  readonly upper: number;
}

/** What is left of two intervals that both hold the same number. */
export function intersect(a: ConductanceBounds, b: ConductanceBounds): ConductanceBounds {
  return { lower: Math.max(a.lower, b.lower), upper: Math.min(a.upper, b.upper) };
}

/** Half a unit in the last place of 1, float64. */
const UNIT = 2 ** -53;

/** Relative error of n roundings in a row (Higham 2002, lemma 3.1). */
function gamma(n: number): number {
  return (n * UNIT) / (1 - n * UNIT);
}

/**
 * Bounds of the conductance of the network from the rounded J(u) and the rounded flow that carries
 * the residual of u to the faces. What rounding left of it on the way is at most
 * ρ = γ₉ Σ_cells Σ_links c |Δu| + 2⁻⁵³ `handled` in all; carried along the forest, whose paths have
 * at most one link per cell, it adds at most ρ² · cells / weakest. Cauchy and Schwarz bound
 * Σ_links c |Δu| by √(J Σ c). The integer potentials of a network of equal links round less: Δu and
 * their sums are exact, so the residual takes at most four roundings, none for cubic voxels, and
 * its flows are integers then. Float32 links differ from the exact ones, which by Rayleigh's
 * monotonicity moves the conductance by no more than their relative error.
 */
export function boundConductance(
  energy: number,
  { dissipation, handled }: RoutedFlow,
  { shape, cells, weakest, strongest, linkRounding }: Network,
): ConductanceBounds {
  // Sums of at most four positive terms per cell of a slice, then over slices.
  const energyRounding = gamma(4 * shape.nx * shape.ny + shape.nz + 16);
  const upper = energy * (1 + energyRounding);
  const flowSum = Math.sqrt(5 * cells * strongest * upper);
  const left = 2 * gamma(9) * flowSum + 2 * UNIT * handled;
  const carried = Math.sqrt(dissipation * (1 + gamma(cells + 8)));
  const excess = (carried + left * Math.sqrt(cells / weakest)) ** 2;
  const lower = energy * (1 - energyRounding) - excess;
  // The last factor covers the few roundings of these lines themselves.
  const margin = linkRounding + 16 * UNIT;
  return { lower: Math.max(0, lower * (1 - margin)), upper: upper * (1 + margin) };
}

/** Of a potential u in a network with the sources s and one face at 0. */
export interface StoredEnergy {
  /** Σ c (Δu)². */
  readonly dissipation: number;
  /** Σ s u. */
  readonly stored: number;
  /** Σ s. */
  readonly total: number;
}

/**
 * Bounds of the compliance s·A⁻¹ s from any potential u: from below 2 s·u − u·A u, and above that by
 * at most the dissipation of any flow that carries the residual s − A u to the face. Margins for
 * rounding as in `boundConductance`; |s|·|u| is at most the root of the compliance times u·A u.
 */
export function boundCompliance(
  { dissipation, stored, total }: StoredEnergy,
  flow: RoutedFlow,
  { shape, cells, weakest, strongest, linkRounding }: Network,
): ConductanceBounds {
  const value = 2 * stored - dissipation;
  const rounding = gamma(4 * shape.nx * shape.ny + shape.nz + 16);
  const flowSum = Math.sqrt(5 * cells * strongest * dissipation * (1 + rounding)) + total;
  const left = 2 * gamma(9) * flowSum + 2 * UNIT * flow.handled;
  const carried = Math.sqrt(flow.dissipation * (1 + gamma(cells + 8)));
  const excess = (carried + left * Math.sqrt(cells / weakest)) ** 2;
  const slack = 4 * rounding * (Math.abs(value) + excess + dissipation);
  const margin = linkRounding + 64 * UNIT;
  return {
    lower: Math.max(0, (value - slack) * (1 - margin)),
    upper: (value + excess + slack) * (1 + margin),
  };
}
