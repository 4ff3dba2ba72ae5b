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
  const u = eliminate(rows);
  const flux = inlet.reduce((sum, link, i) => sum + link * (1 - (u[i] as number)), 0);
  const length = size[direction] * edges[direction];
  const crossSection = (size[0] * size[1] * size[2] * area) / size[direction];
  return (flux * length) / crossSection;
}

/** Solves rows of n coefficients and a right side. */
function eliminate(rows: readonly Float64Array[]): Float64Array {
  const n = rows.length;
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
  return u;
}

/** Closed-end electrode of label 1, open at the first plane along z; null where nothing is stored. */
export function directElectrode(
  { size, codes }: Pick<Medium, 'size' | 'codes'>,
  [hx, hy, hz]: Triple,
  periodicSides: boolean,
): number | null {
  const [nx, ny, nz] = size;
  const edges = [hx, hy, hz] as const;
  const volume = hx * hy * hz;
  const at = (x: number, y: number, z: number): number => x + nx * (y + ny * z);
  const neighboursOf = (cell: number): readonly (readonly [number, number])[] => {
    const place: Triple = [cell % nx, Math.floor(cell / nx) % ny, Math.floor(cell / (nx * ny))];
    return DIRECTIONS.flatMap((axis) =>
      [-1, 1].flatMap((step) => {
        let moved = place[axis] + step;
        if (axis < 2 && periodicSides) moved = (moved + size[axis]) % size[axis];
        if (moved < 0 || moved >= size[axis]) return [];
        const [x, y, z] = place.map((value, k) =>
          k === axis ? moved : value,
        ) as unknown as Triple;
        return [[at(x, y, z), axis] as const];
      }),
    );
  };
  const reached = new Set<number>();
  const open = Array.from({ length: nx * ny }, (_, i) => i).filter((i) => codes[i] === 1);
  while (open.length > 0) {
    const cell = open.pop() as number;
    if (reached.has(cell)) continue;
    reached.add(cell);
    open.push(...neighboursOf(cell).flatMap(([to]) => (codes[to] === 1 ? [to] : [])));
  }
  const cells = [...reached];
  const n = cells.length;
  const index = new Map(cells.map((cell, i) => [cell, i]));
  const sources = new Float64Array(n);
  const rows = cells.map((cell, i) => {
    const row = new Float64Array(n + 1);
    if (cell < nx * ny) row[i] = (2 * volume) / (hz * hz);
    for (const [to, axis] of neighboursOf(cell)) {
      const edge = edges[axis] as number;
      const j = index.get(to);
      if (j === undefined) sources[i]! += volume / edge;
      else {
        row[i]! += volume / edge ** 2;
        row[j]! -= volume / edge ** 2;
      }
    }
    row[n] = sources[i] as number;
    return row;
  });
  const total = sources.reduce((sum, source) => sum + source, 0);
  if (total === 0) return null;
  const stored = eliminate(rows).reduce((sum, u, i) => sum + u * (sources[i] as number), 0);
  const share = codes.reduce((sum, code) => sum + Number(code === 1), 0) / codes.length;
  return (3 * (stored / total ** 2) * share * (nx * hx * ny * hy)) / (nz * hz);
}
