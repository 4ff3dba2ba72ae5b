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

/**
 * By how much larger a neighbour's ball must be to hold a ball whole, in whole numbers: entry
 * `3·a + k` is the smallest b for which every lattice point nearer than √a to a voxel is nearer than √b
 * to its neighbour across a face (k = 0), an edge (1) or a corner (2); for a = 0 … `limit`
 * (Remy & Thiel 2005, doi:10.1016/j.imavis.2004.06.007). O(limit^1.5) time.
 */
export function containingSquares(limit: number): Int32Array<ArrayBuffer> {
  const table = new Int32Array(3 * (limit + 1));
  // First, at 3·n + k: the farthest point at squared distance n - 1, seen from the neighbour.
  for (let x = 0; x * x < limit; x++) {
    for (let y = 0; y <= x && x * x + y * y < limit; y++) {
      for (let z = 0; z <= y; z++) {
        const n = x * x + y * y + z * z;
        if (n >= limit) break;
        const at = 3 * (n + 1);
        table[at] = Math.max(table[at], n + 2 * x + 2);
        table[at + 1] = Math.max(table[at + 1], n + 2 * (x + y) + 3);
        table[at + 2] = Math.max(table[at + 2], n + 2 * (x + y + z) + 4);
      }
    }
  }
  for (let i = 3; i < table.length; i++) table[i] = Math.max(table[i], table[i - 3]);
  return table;
}
