/**
 * The flow that certifies the conductance of a network of equal links: see
 * `diffusion-certificate.ts`. Its forest spans the network by branches, cells that follow each
 * other along x and drain together: those beside cells of the parent branch straight into these,
 * the others along the branch to the nearest of those. Every cell of the roots, the runs of the
 * outermost slices, drains into its face.
 *
 * Branches are claimed breadth-first: of a neighbouring row what lies beside the branch, at last
 * what follows it along its own run, a few cells at once. There are a tenth to a twentieth as many
 * branches as voxels, and no more than a network can have runs: where that room is short, whole
 * pieces are claimed instead. The forest depends on nothing but the network, so it is grown once.
 * Its two halves, from the inlet and from the outlet up to the middle slice, are independent; what
 * only the other half leads to follows after both.
 */
import type { RoutedFlow } from './diffusion-certificate.ts';
import type { Triple } from './diffusion-grid.ts';
import { POTENTIAL_STEPS } from './diffusion-uniform.ts';

/** How the cells of a branch reach the parent's. */
const ROOT = 0;
const Z_DOWN = 1;
const Z_UP = 2;
const Y_DOWN = 3;
const Y_UP = 4;
const X_DOWN = 5;
const X_UP = 6;

/** Cells that are claimed along a run at once. */
const ALONG = 8;

/** Cells [start, end), x + nx * (y + ny * z), the way to the parent, and where that begins. */
interface Branch {
  readonly start: number;
  readonly end: number;
  readonly cell: number;
  readonly step: number;
  readonly parent: Branch | null;
}

/** Branches, parents before children: from the inlet, from the outlet, and what follows. */
export interface Forest {
  readonly halves: readonly [readonly Branch[], readonly Branch[]];
  readonly rest: readonly Branch[];
}

/** What grows: its branches, and how many more there may be than whole runs. */
interface Growth {
  readonly order: Branch[];
  room: number;
}

/** Cells of the piece around `cell` whose values are not 0, within its row. */
function pieceAround(values: Uint8Array, nx: number, cell: number): readonly [number, number] {
  const row = cell - (cell % nx);
  let start = cell;
  while (start > row && values[start - 1] !== 0) start -= 1;
  let end = cell + 1;
  while (end < row + nx && values[end] !== 0) end += 1;
  return [start, end];
}

function countRuns(cells: Uint8Array, nx: number): number {
  return cells.reduce(
    (count, value, i) => count + (value !== 0 && (i % nx === 0 || cells[i - 1] === 0) ? 1 : 0),
    0,
  );
}

/**
 * `conducting` are the cells before those that carry no flux were dropped: their runs set aside
 * room, as in the kernels, which count them then.
 */
export function growForest(
  cells: Uint8Array,
  conducting: Uint8Array,
  size: Triple,
  periodicSides: boolean,
): Forest {
  const [nx, ny, nz] = size;
  const slice = nx * ny;
  const middle = Math.floor(nz / 2);
  const open = Uint8Array.from(cells, (value) => (value === 0 ? 0 : 1));
  const branchOf: Branch[] = [];

  const append = (growth: Growth, branch: Branch): void => {
    growth.order.push(branch);
    for (let i = branch.start; i < branch.end; i++) branchOf[i] = branch;
    open.fill(0, branch.start, branch.end);
  };
  /** Claims what is open in cells [from, to). */
  const claim = (growth: Growth, from: number, to: number, step: number): void => {
    for (let cell = from; cell < to; cell++) {
      if (open[cell] === 0) continue;
      let [start, end] = pieceAround(open, nx, cell);
      const left = (start < cell ? 1 : 0) + (end > to ? 1 : 0);
      if (left <= growth.room) {
        growth.room -= left;
        start = cell;
        end = Math.min(end, to);
      }
      append(growth, { start, end, cell, step, parent: parentOf(cell, step) });
    }
  };
  const claimAlong = (growth: Growth, cell: number, step: number): void => {
    if (open[cell] === 0) return;
    let [start, end] = pieceAround(open, nx, cell);
    if (end - start > ALONG && growth.room > 0) {
      growth.room -= 1;
      if (step === X_DOWN) end = start + ALONG;
      else start = end - ALONG;
    }
    append(growth, { start, end, cell, step, parent: parentOf(cell, step) });
  };
  const parentOf = (cell: number, step: number): Branch | null =>
    step === ROOT ? null : (branchOf[cell + wayToParent(cell, step, size)] as Branch);
  const expand = (growth: Growth, { start, end }: Branch, low: number, high: number): void => {
    const row = start - (start % nx);
    const y = Math.floor(start / nx) % ny;
    const z = Math.floor(start / slice);
    const beside = (shift: number, step: number): void =>
      claim(growth, start + shift, end + shift, step);
    if (z > low) beside(-slice, Z_UP);
    if (z < high - 1) beside(slice, Z_DOWN);
    if (y > 0) beside(-nx, Y_UP);
    else if (periodicSides) beside(slice - nx, Y_UP);
    if (y < ny - 1) beside(nx, Y_DOWN);
    else if (periodicSides) beside(nx - slice, Y_DOWN);
    if (start > row) claimAlong(growth, start - 1, X_UP);
    else if (periodicSides) claimAlong(growth, row + nx - 1, X_UP);
    if (end < row + nx) claimAlong(growth, end, X_DOWN);
    else if (periodicSides) claimAlong(growth, row, X_DOWN);
  };
  const rowsOfSlice = (z: number): number[] =>
    Array.from({ length: ny }, (_, y) => slice * z + nx * y);
  const growHalf = (root: number, low: number, high: number): Growth => {
    const runs = countRuns(conducting.subarray(slice * low, slice * high), nx);
    const growth: Growth = { order: [], room: Math.ceil(nx / 2) * ny * (high - low) - runs };
    if (low === high) return growth;
    for (const row of rowsOfSlice(root)) claim(growth, row, row + nx, ROOT);
    for (let head = 0; head < growth.order.length; head++) {
      expand(growth, growth.order[head] as Branch, low, high);
    }
    return growth;
  };

  const halves = [growHalf(0, 0, middle), growHalf(nz - 1, middle, nz)] as const;
  const rest: Growth = { order: [], room: halves[0].room + halves[1].room };
  for (const [z, other, step] of [
    [middle - 1, middle, Z_DOWN],
    [middle, middle - 1, Z_UP],
  ] as const) {
    if (middle === 0) continue;
    for (const row of rowsOfSlice(z)) {
      const shift = (other - z) * slice;
      for (let cell = row; cell < row + nx; cell++) {
        if (cells[cell] === 0 || open[cell] !== 0) continue;
        const start = cell;
        while (cell + 1 < row + nx && cells[cell + 1] !== 0 && open[cell + 1] === 0) cell += 1;
        claim(rest, start + shift, cell + 1 + shift, step);
      }
    }
  }
  for (let head = 0; head < rest.order.length; head++) {
    expand(rest, rest.order[head] as Branch, 0, nz);
  }
  return { halves: [halves[0].order, halves[1].order], rest: rest.order };
}

/** From a cell to the one that it drains into. */
function wayToParent(cell: number, step: number, [nx, ny]: Triple): number {
  const x = cell % nx;
  const y = Math.floor(cell / nx) % ny;
  const slice = nx * ny;
  switch (step) {
    case Z_DOWN:
      return -slice;
    case Z_UP:
      return slice;
    case Y_DOWN:
      return y > 0 ? -nx : slice - nx;
    case Y_UP:
      return y < ny - 1 ? nx : nx - slice;
    case X_DOWN:
      return x > 0 ? -1 : nx - 1;
    default:
      return x < nx - 1 ? 1 : 1 - nx;
  }
}

/** Sums of squared flows over links along x, y, z and to the faces; then what was handled. */
export interface RoutedSums {
  x: number;
  y: number;
  z: number;
  face: number;
  handled: number;
}

/** Carries `flow` along the forest; leaves in it what each cell passes on. */
export function routeFlow(
  size: Triple,
  { halves, rest }: Forest,
  flow: Float64Array,
): readonly RoutedSums[] {
  return [rest, ...halves].map((order) => {
    const sums = { x: 0, y: 0, z: 0, face: 0, handled: 0 };
    for (let k = order.length - 1; k >= 0; k--) routeBranch(order[k] as Branch, sums);
    return sums;
  });

  function routeBranch({ start, end, cell, step, parent }: Branch, sums: RoutedSums): void {
    if (parent === null) {
      for (let i = start; i < end; i++) sums.face += flow[i] * flow[i];
      return;
    }
    const toParent = wayToParent(cell, step, size);
    const isAlong = step >= X_DOWN;
    const shared = isAlong ? cell + 1 : Math.min(end, parent.end - toParent);
    collect(start, cell, 1, sums);
    collect(end - 1, shared - 1, -1, sums);
    let squares = 0;
    for (let i = cell; i < shared; i++) {
      squares += flow[i] * flow[i];
      flow[i + toParent] += flow[i];
      sums.handled += Math.abs(flow[i + toParent]);
    }
    if (isAlong) sums.x += squares;
    else if (step >= Y_DOWN) sums.y += squares;
    else sums.z += squares;
  }

  /** Along the branch from cell `from` to cell `to`. */
  function collect(from: number, to: number, step: 1 | -1, sums: RoutedSums): void {
    if ((to - from) * step <= 0) return;
    let carried = 0;
    for (let i = from; i !== to; i += step) {
      carried += flow[i];
      sums.x += carried * carried;
      sums.handled += Math.abs(carried);
    }
    flow[to] += carried;
    sums.handled += Math.abs(flow[to]);
  }
}

/** Sums in steps of the potential as a flow of the network, with links of `links` along x and y. */
export function routedFlow(
  parts: readonly RoutedSums[],
  [linkX, linkY]: readonly [number, number],
): RoutedFlow {
  let dissipation = 0;
  let handled = 0;
  for (const part of parts) {
    dissipation += part.x / linkX + part.y / linkY + part.z + part.face / 2;
    handled += part.handled;
  }
  return { dissipation: dissipation / POTENTIAL_STEPS ** 2, handled: handled / POTENTIAL_STEPS };
}
