/**
 * The voxels of what is drawn by hand, row by row. Positions are voxel indices; a voxel counts by its
 * centre. Comparisons use sums and products of whole and half numbers alone, exact for edges up to
 * 4096 voxels and, beyond that and for radii in lengths, rounded alike on every machine.
 */
import type { Box } from '../declaration/parameters.ts';
import type { Vector3 } from './volume.ts';

/** Called with voxels x0 ≤ x < x1 of a row; a voxel may come more than once. */
export type RowVisitor = (x0: number, x1: number, y: number, z: number) => void;

/** How many voxels along an axis are as long as one unit of a radius, squared: 1 where voxels count. */
export type AxisWeights = Vector3;

/**
 * Voxels at most `radius` from the straight line between two voxels, within the box. Cost: the box
 * about the line.
 */
export function visitCapsule(
  from: Vector3,
  to: Vector3,
  radius: number,
  weights: AxisWeights,
  box: Box,
  visit: RowVisitor,
): void {
  const [wx, wy, wz] = weights;
  const first = (axis: 0 | 1 | 2): number =>
    Math.max(
      box[2 * axis] as number,
      Math.floor(Math.min(from[axis], to[axis]) - radius / Math.sqrt(weights[axis])),
    );
  const end = (axis: 0 | 1 | 2): number =>
    Math.min(
      box[2 * axis + 1] as number,
      Math.ceil(Math.max(from[axis], to[axis]) + radius / Math.sqrt(weights[axis])) + 1,
    );
  const [dx, dy, dz] = [to[0] - from[0], to[1] - from[1], to[2] - from[2]];
  const length = wx * dx * dx + wy * dy * dy + wz * dz * dz;
  const reach = radius * radius;
  const isInside = (x: number, y: number, z: number): boolean => {
    const [ax, ay, az] = [x - from[0], y - from[1], z - from[2]];
    const along = wx * ax * dx + wy * ay * dy + wz * az * dz;
    if (along <= 0) return wx * ax * ax + wy * ay * ay + wz * az * az <= reach;
    if (along >= length) {
      const [bx, by, bz] = [x - to[0], y - to[1], z - to[2]];
      return wx * bx * bx + wy * by * by + wz * bz * bz <= reach;
    }
    const distance = wx * ax * ax + wy * ay * ay + wz * az * az;
    return distance * length - along * along <= reach * length;
  };
  const [x0, x1, y0, y1, z0, z1] = [first(0), end(0), first(1), end(1), first(2), end(2)];
  for (let z = z0; z < z1; z++) {
    for (let y = y0; y < y1; y++) {
      // A row meets the body, which is convex, in one run.
      let start = x0;
      while (start < x1 && !isInside(start, y, z)) start += 1;
      let stop = start;
      while (stop < x1 && isInside(stop, y, z)) stop += 1;
      if (stop > start) visit(start, stop, y, z);
    }
  }
}

type Point = readonly [u: number, v: number];

/** Called with points u0 ≤ u < u1 of row v. */
export type SpanVisitor = (u0: number, u1: number, v: number) => void;

/**
 * Points with whole coordinates that a closed outline goes round at least once (non-zero winding),
 * and those on it; `corners` are joined in their order, the last to the first. Cost: rows times corners.
 */
export function* visitPolygon(
  corners: readonly Point[],
  visit: SpanVisitor,
): Generator<void, void, void> {
  const edges = corners.map(
    (corner, i) => [corner, corners[(i + 1) % corners.length] as Point] as const,
  );
  for (const [from, to] of edges) visitLine(from, to, visit);
  yield;
  const rows = corners.map(([, v]) => v);
  const [low, high] = [
    rows.reduce((a, b) => Math.min(a, b)),
    rows.reduce((a, b) => Math.max(a, b)),
  ];
  for (let v = low; v <= high; v++) {
    visitRow(edges, v, visit);
    if (edges.length > 1000 || (v - low) % 64 === 63) yield;
  }
}

/** Where a row crosses the outline, and whether downwards (1) or upwards (-1). */
function visitRow(
  edges: readonly (readonly [Point, Point])[],
  v: number,
  visit: SpanVisitor,
): void {
  const crossings: { readonly u: number; readonly turn: number }[] = [];
  for (const [[u1, v1], [u2, v2]] of edges) {
    if (v1 <= v === v2 <= v) continue;
    // The quotient is exact enough: it is at least 1 / (v2 - v1) from any whole number that it is not.
    const u = Math.ceil((u1 * (v2 - v1) + (v - v1) * (u2 - u1)) / (v2 - v1));
    crossings.push({ u, turn: v2 > v1 ? 1 : -1 });
  }
  crossings.sort((a, b) => a.u - b.u);
  let winding = 0;
  crossings.forEach(({ u, turn }, i) => {
    winding += turn;
    const next = crossings[i + 1]?.u ?? u;
    if (winding !== 0 && next > u) visit(u, next, v);
  });
}

/** The points with whole coordinates on a line, ends included. */
function visitLine([u1, v1]: Point, [u2, v2]: Point, visit: SpanVisitor): void {
  const steps = greatestDivisor(Math.abs(u2 - u1), Math.abs(v2 - v1));
  for (let i = 0; i <= steps; i++) {
    const share = (a: number, b: number): number => (steps === 0 ? a : a + (i * (b - a)) / steps);
    visit(share(u1, u2), share(u1, u2) + 1, share(v1, v2));
  }
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/**
 * A path without what its straight pieces go through anyway: it passes the same points, in the same
 * order. `dimensions` numbers make a point.
 */
export function straightened(numbers: readonly number[], dimensions: number): readonly number[] {
  const kept: number[][] = [];
  for (let at = 0; at + dimensions <= numbers.length; at += dimensions) {
    const point = numbers.slice(at, at + dimensions);
    const [a, b] = kept.slice(-2);
    const last = kept.at(-1);
    if (last?.every((value, i) => value === point[i]) === true) continue;
    if (a !== undefined && b !== undefined && isBetween(a, b, point)) kept.pop();
    kept.push(point);
  }
  return kept.flat();
}

/** Whether b lies on the line from a to c. */
function isBetween(a: readonly number[], b: readonly number[], c: readonly number[]): boolean {
  const ab = b.map((value, i) => value - (a[i] as number));
  const ac = c.map((value, i) => value - (a[i] as number));
  const dot = ab.reduce((sum, value, i) => sum + value * (ac[i] as number), 0);
  const length = ac.reduce((sum, value) => sum + value * value, 0);
  const square = ab.reduce((sum, value) => sum + value * value, 0);
  return dot > 0 && dot <= length && dot * dot === square * length;
}
