/** Steady diffusion by elimination: an independent answer for a few hundred voxels. */
import type { FluxDirection, Triple } from '../../src/kernels/diffusion-grid.ts';

export interface Medium {
  readonly size: Triple;
  readonly codes: Uint8Array;
  readonly conductivities: readonly number[];
}

const DIRECTIONS: readonly FluxDirection[] = [0, 1, 2];

/** Assembles and eliminates the whole system; flux through the inlet instead of the energy. */
export function directSolve(
  { size, codes, conductivities }: Medium,
  direction: FluxDirection,
  {
    edges = [1, 1, 1],
    periodicSides = false,
  }: { readonly edges?: Triple; readonly periodicSides?: boolean } = {},
): number {
  const [nx, ny] = size;
  const n = codes.length;
  const value = (i: number): number => conductivities[codes[i] as number] as number;
  const area = (edges[0] * edges[1] * edges[2]) / edges[direction];
  const rows = Array.from({ length: n }, () => new Float64Array(n + 1));
  const inlet = new Float64Array(n);
  // A faint leak keeps isolated voxels solvable; it is far below the tolerance.
  const leak = 1e-13 * Math.min(...conductivities.filter((each) => each > 0));
  for (let i = 0; i < n; i++) {
    const at = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))];
    const row = rows[i] as Float64Array;
    row[i] = leak;
    for (const axis of DIRECTIONS) {
      for (const step of [-1, 1]) {
        const to = [...at];
        let moved = (at[axis] as number) + step;
        const isOut = moved < 0 || moved >= size[axis];
        const face = (edges[0] * edges[1] * edges[2]) / edges[axis] / edges[axis];
        if (isOut && axis === direction) {
          const link = 2 * value(i) * face;
          row[i]! += link;
          if (step < 0) {
            row[n]! += link;
            inlet[i] = link;
          }
          continue;
        }
        if (isOut && !periodicSides) continue;
        moved = (moved + size[axis]) % size[axis];
        to[axis] = moved;
        const j = (to[0] as number) + nx * ((to[1] as number) + ny * (to[2] as number));
        if (j === i || value(i) === 0 || value(j) === 0) continue;
        const link = (2 * value(i) * value(j) * face) / (value(i) + value(j));
        row[i]! += link;
        row[j]! -= link;
      }
    }
  }
  for (let k = 0; k < n; k++) {
    const pivot = rows[k] as Float64Array;
    for (let i = k + 1; i < n; i++) {
      const row = rows[i] as Float64Array;
      const factor = (row[k] as number) / (pivot[k] as number);
      if (factor === 0) continue;
      for (let j = k; j <= n; j++) row[j]! -= factor * (pivot[j] as number);
    }
  }
  const u = new Float64Array(n);
  for (let i = n - 1; i >= 0; i--) {
    const row = rows[i] as Float64Array;
    let sum = row[n] as number;
    for (let j = i + 1; j < n; j++) sum -= (row[j] as number) * (u[j] as number);
    u[i] = sum / (row[i] as number);
  }
  const flux = inlet.reduce((sum, link, i) => sum + link * (1 - (u[i] as number)), 0);
  const length = size[direction] * edges[direction];
  const crossSection = (size[0] * size[1] * size[2] * area) / size[direction];
  return (flux * length) / crossSection;
}
