/** Exact local thickness: the scalar reference, and the table by which kernels leave out balls. */
import type { Edges, GridSize } from './distance.ts';

/**
 * For each voxel the squared radius of the largest ball that covers it: max R²(q) over the centres q
 * with |p − q| < R(q). `squared`: R² of each voxel as whole numbers, nx·ny·nz, x fastest, 0 = not
 * measured; `weights`: squared voxel edges in the same unit. Every centre paints its ball:
 * O(N · R³) time.
 */
export function coveringSquares(
  squared: Float64Array,
  size: GridSize,
  weights: Edges,
): Float64Array<ArrayBuffer> {
  const [nx, ny, nz] = size;
  const out = new Float64Array(squared.length);
  for (let centre = 0; centre < squared.length; centre++) {
    const reach = squared[centre];
    if (reach === 0) continue;
    const [cx, cy] = [centre % nx, Math.floor(centre / nx) % ny];
    const cz = Math.floor(centre / (nx * ny));
    const [rx, ry, rz] = weights.map((weight) => Math.ceil(Math.sqrt(reach / weight)));
    for (let z = Math.max(0, cz - rz); z <= Math.min(nz - 1, cz + rz); z++) {
      for (let y = Math.max(0, cy - ry); y <= Math.min(ny - 1, cy + ry); y++) {
        const across = weights[2] * (z - cz) ** 2 + weights[1] * (y - cy) ** 2;
        const row = nx * (y + ny * z);
        for (let x = Math.max(0, cx - rx); x <= Math.min(nx - 1, cx + rx); x++) {
          if (across + weights[0] * (x - cx) ** 2 < reach && out[row + x] < reach) {
            out[row + x] = reach;
          }
        }
      }
    }
  }
  return out;
}

/** Directions in which a larger ball is looked for, of all those that mirroring and exchange make one. */
const DIRECTIONS = [
  [1, 0, 0],
  [1, 1, 0],
  [1, 1, 1],
  [2, 1, 0],
  [2, 1, 1],
  [2, 2, 1],
] as const;

/**
 * How large another ball must be to hold a ball whole, in whole numbers: entry 6·a + k is the
 * smallest b for which every lattice point nearer than √a to a voxel is nearer than √b to the voxel
 * at (1, 0, 0) from it (k = 0), (1, 1, 0), (1, 1, 1), (2, 1, 0), (2, 1, 1) or (2, 2, 1); for
 * a = 0 … `limit` (Remy & Thiel 2005, doi:10.1016/j.imavis.2004.06.007). O(limit^1.5) time.
 */
export function containingSquares(limit: number): Int32Array<ArrayBuffer> {
  const kinds = DIRECTIONS.length;
  const table = new Int32Array(kinds * (limit + 1));
  // First, at a = n + 1: the farthest point at squared distance n. Positive coordinates in falling
  // order stand for all their mirror images; the farthest is the one along the direction.
  for (let x = 0; x * x < limit; x++) {
    for (let y = 0; y <= x && x * x + y * y < limit; y++) {
      for (let z = 0; z <= y; z++) {
        const n = x * x + y * y + z * z;
        if (n >= limit) break;
        const at = kinds * (n + 1);
        for (let k = 0; k < kinds; k++) {
          const [u, v, w] = DIRECTIONS[k];
          const far = n + 2 * (u * x + v * y + w * z) + u * u + v * v + w * w + 1;
          if (far > table[at + k]) table[at + k] = far;
        }
      }
    }
  }
  for (let i = kinds; i < table.length; i++) table[i] = Math.max(table[i], table[i - kinds]);
  return table;
}
