/**
 * Which conducting cells are joined to both outer faces by links (6 neighbours). Only these carry
 * a steady flux; blind and isolated clusters are counted and dropped before the solve.
 */
import { REACHED_INLET, REACHED_OUTLET, type Triple } from './diffusion-grid.ts';

const CLASS_BITS = 63;

/** Conducting clusters that carry no flux. */
export interface StrayClusters {
  /** Joined to one outer face only. */
  readonly blindClusters: number;
  readonly blindVoxels: number;
  /** Joined to neither. */
  readonly isolatedClusters: number;
  readonly isolatedVoxels: number;
}

const BOTH = REACHED_INLET | REACHED_OUTLET;

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
  const slice = size[0] * size[1];
  const stack: number[] = [];
  const visit = (cell: number): void => {
    if ((cells[cell] & CLASS_BITS) === 0 || (cells[cell] & mark) !== 0) return;
    cells[cell] |= mark;
    stack.push(cell);
  };
  for (let i = 0; i < slice; i++) visit(face * slice + i);
  for (let cell = stack.pop(); cell !== undefined; cell = stack.pop()) {
    forNeighbours(cell, size, periodicSides, visit);
  }
}

function forNeighbours(
  cell: number,
  [nx, ny, nz]: Triple,
  periodicSides: boolean,
  visit: (cell: number) => void,
): void {
  const slice = nx * ny;
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

/**
 * Counts the clusters without both marks and makes their cells insulating. Different conducting
 * classes that touch are one cluster. O(cells).
 */
export function dropStrayClusters(
  cells: Uint8Array,
  size: Triple,
  periodicSides: boolean,
): StrayClusters {
  const found = { blindClusters: 0, blindVoxels: 0, isolatedClusters: 0, isolatedVoxels: 0 };
  const stack: number[] = [];
  const visit = (cell: number): void => {
    if (cells[cell] === 0) return;
    cells[cell] = 0;
    stack.push(cell);
  };
  for (let i = 0; i < cells.length; i++) {
    if (cells[i] === 0 || (cells[i] & BOTH) === BOTH) continue;
    const isBlind = (cells[i] & BOTH) !== 0;
    let voxels = 0;
    visit(i);
    for (let cell = stack.pop(); cell !== undefined; cell = stack.pop()) {
      voxels += 1;
      forNeighbours(cell, size, periodicSides, visit);
    }
    if (isBlind) {
      found.blindClusters += 1;
      found.blindVoxels += voxels;
    } else {
      found.isolatedClusters += 1;
      found.isolatedVoxels += voxels;
    }
  }
  return found;
}

/** Drops cells without both marks and clears the marks of the others; returns how many stay. */
export function keepPercolating(cells: Uint8Array): number {
  let kept = 0;
  for (let i = 0; i < cells.length; i++) {
    if ((cells[i] & BOTH) === BOTH) {
      cells[i] &= CLASS_BITS;
      kept += 1;
    } else {
      cells[i] = 0;
    }
  }
  return kept;
}
