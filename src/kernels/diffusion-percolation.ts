/**
 * Which conducting cells are joined to both outer faces by links (6 neighbours). Only these carry
 * a steady flux; blind and isolated clusters are dropped before the solve.
 */
import { REACHED_INLET, REACHED_OUTLET, type Triple } from './diffusion-grid.ts';

const CLASS_BITS = 63;

/**
 * Marks with `mark` all conducting cells that are joined to slice `face` of the turned grid.
 * `cells[x + nx * (y + ny * z)]` holds the class, 0 = insulating, in its low six bits.
 * O(conducting cells); 4 bytes of stack per conducting cell.
 */
export function floodFromFace(
  cells: Uint8Array,
  size: Triple,
  face: number,
  mark: number,
  periodicSides: boolean,
): void {
  const [nx, ny, nz] = size;
  const slice = nx * ny;
  const stack: number[] = [];
  const visit = (cell: number): void => {
    if ((cells[cell] & CLASS_BITS) === 0 || (cells[cell] & mark) !== 0) return;
    cells[cell] |= mark;
    stack.push(cell);
  };
  for (let i = 0; i < slice; i++) visit(face * slice + i);
  for (let cell = stack.pop(); cell !== undefined; cell = stack.pop()) {
    const x = cell % nx;
    const y = Math.floor(cell / nx) % ny;
    const z = Math.floor(cell / slice);
    if (x > 0) visit(cell - 1);
    else if (periodicSides) visit(cell + nx - 1);
    if (x < nx - 1) visit(cell + 1);
    else if (periodicSides) visit(cell - nx + 1);
    if (y > 0) visit(cell - nx);
    else if (periodicSides) visit(cell + slice - nx);
    if (y < ny - 1) visit(cell + nx);
    else if (periodicSides) visit(cell - slice + nx);
    if (z > 0) visit(cell - slice);
    if (z < nz - 1) visit(cell + slice);
  }
}

/** Drops cells without both marks and clears the marks of the others; returns how many stay. */
export function keepPercolating(cells: Uint8Array): number {
  const both = REACHED_INLET | REACHED_OUTLET;
  let kept = 0;
  for (let i = 0; i < cells.length; i++) {
    if ((cells[i] & both) === both) {
      cells[i] &= CLASS_BITS;
      kept += 1;
    } else {
      cells[i] = 0;
    }
  }
  return kept;
}
