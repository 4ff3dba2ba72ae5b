/**
 * The flow that certifies the conductance of a network of equal links: see
 * `diffusion-certificate.ts`. Its forest spans the runs of the network, cells that follow each
 * other along x: the cells of a run beside cells of its parent's run drain straight into these, the
 * others along the run to the nearest of those. Every cell of the roots, which lie in the outermost
 * slices, drains into its face.
 *
 * Runs are a tenth to a twentieth of the voxels, and the forest depends on nothing but the network,
 * so it is grown once. Its two halves, from the inlet and from the outlet up to the middle slice,
 * are independent; what only the other half leads to follows after both.
 */
import type { RoutedFlow } from './diffusion-certificate.ts';
import type { Triple } from './diffusion-grid.ts';
import { POTENTIAL_STEPS } from './diffusion-uniform.ts';

/** How a run's cells reach its parent's. */
const ROOT = 0;
const Z_DOWN = 1;
const Z_UP = 2;
const Y_DOWN = 3;
const Y_UP = 4;
const X_DOWN = 5;
const X_UP = 6;

/** A run by its first cell beside the parent's run, x + nx * (y + ny * z), and the way there. */
interface Branch {
  readonly cell: number;
  readonly step: number;
}

/** Runs, parents before children: from the inlet, from the outlet, and what follows. */
export interface Forest {
  readonly halves: readonly [readonly Branch[], readonly Branch[]];
  readonly rest: readonly Branch[];
}

/** The first cell of the run that a cell of the network lies in, and the end of the run. */
function runAround(cells: Uint8Array, nx: number, cell: number): readonly [number, number] {
  const row = cell - (cell % nx);
  let start = cell;
  while (start > row && cells[start - 1] !== 0) start -= 1;
  let end = cell + 1;
  while (end < row + nx && cells[end] !== 0) end += 1;
  return [start, end];
}

export function growForest(cells: Uint8Array, size: Triple, periodicSides: boolean): Forest {
  const [nx, ny, nz] = size;
  const slice = nx * ny;
  const middle = Math.floor(nz / 2);
  const open = Uint8Array.from(cells, (value) => (value === 0 ? 0 : 1));

  /** Appends the runs of the row of `row` that are open and have a cell in [start, end). */
  const claim = (row: number, start: number, end: number, step: number, to: Branch[]): void => {
    for (let cell = row + start; cell < row + end; cell++) {
      if (open[cell] === 0) continue;
      to.push({ cell, step });
      open.fill(0, ...runAround(cells, nx, cell));
    }
  };
  const expand = ({ cell }: Branch, low: number, high: number, to: Branch[]): void => {
    const row = cell - (cell % nx);
    const y = Math.floor(cell / nx) % ny;
    const z = Math.floor(cell / slice);
    const [start, end] = runAround(cells, nx, cell).map((at) => at - row) as [number, number];
    if (z > low) claim(row - slice, start, end, Z_UP, to);
    if (z < high - 1) claim(row + slice, start, end, Z_DOWN, to);
    if (y > 0) claim(row - nx, start, end, Y_UP, to);
    else if (periodicSides) claim(row + slice - nx, start, end, Y_UP, to);
    if (y < ny - 1) claim(row + nx, start, end, Y_DOWN, to);
    else if (periodicSides) claim(row - slice + nx, start, end, Y_DOWN, to);
    if (periodicSides && start === 0) claim(row, nx - 1, nx, X_UP, to);
    if (periodicSides && end === nx) claim(row, 0, 1, X_DOWN, to);
  };
  const rowsOfSlice = (z: number): number[] =>
    Array.from({ length: ny }, (_, y) => slice * z + nx * y);
  const growFrom = (root: number, low: number, high: number): Branch[] => {
    const order: Branch[] = [];
    if (low === high) return order;
    for (const row of rowsOfSlice(root)) claim(row, 0, nx, ROOT, order);
    for (let head = 0; head < order.length; head++) {
      expand(order[head] as Branch, low, high, order);
    }
    return order;
  };

  const halves = [growFrom(0, 0, middle), growFrom(nz - 1, middle, nz)] as const;
  const rest: Branch[] = [];
  for (const [z, other, step] of [
    [middle - 1, middle, Z_DOWN],
    [middle, middle - 1, Z_UP],
  ] as const) {
    if (middle === 0) continue;
    for (const row of rowsOfSlice(z)) {
      for (let x = 0; x < nx; x++) {
        if (cells[row + x] === 0 || open[row + x] !== 0) continue;
        claim(row + (other - z) * slice, x, x + 1, step, rest);
      }
    }
  }
  for (let head = 0; head < rest.length; head++) expand(rest[head] as Branch, 0, nz, rest);
  return { halves, rest };
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
  cells: Uint8Array,
  [nx, ny]: Triple,
  { halves, rest }: Forest,
  flow: Float64Array,
): readonly RoutedSums[] {
  return [rest, ...halves].map((order) => {
    const sums = { x: 0, y: 0, z: 0, face: 0, handled: 0 };
    for (let k = order.length - 1; k >= 0; k--) routeRun(order[k] as Branch, sums);
    return sums;
  });

  function routeRun({ cell, step }: Branch, sums: RoutedSums): void {
    const [start, end] = runAround(cells, nx, cell);
    if (step === ROOT) {
      for (let i = start; i < end; i++) sums.face += flow[i] * flow[i];
      return;
    }
    const toParent = shiftOf(cell, step);
    const isAlong = step >= X_DOWN;
    const shared = isAlong
      ? cell + 1
      : Math.min(end, runAround(cells, nx, cell + toParent)[1] - toParent);
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

  /** Along the run from cell `from` to cell `to`. */
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

  function shiftOf(cell: number, step: number): number {
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
        return nx - 1;
      default:
        return 1 - nx;
    }
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
