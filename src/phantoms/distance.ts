/** Exact Euclidean distance on a cube, truncated at a small reach. */
import type { Stage } from './hooks.ts';

/**
 * Replaces each zero of `squared` (cube of edge `n`, x fastest; zero = object, anything else = not)
 * by 0 and every other voxel by its squared distance to the nearest object voxel, centre to centre,
 * in voxels, at most `reach`². Three separable passes (Saito & Toriwaki 1994,
 * doi:10.1016/0031-3203(94)90133-3); cost at most 4·reach·n³. `reach` at most 255.
 */
export async function truncatedSquaredDistance(
  squared: Uint16Array,
  n: number,
  reach: number,
  stage: Stage,
): Promise<void> {
  const cap = reach * reach;
  const plane = new Uint16Array(n * n);
  const stageEnd = 2 * n;

  for (let z = 0; z < n; z++) {
    const slice = n * n * z;
    for (let y = 0; y < n; y++) alongRow(slice + n * y);
    acrossRows(slice, n);
    await stage.pause((z + 1) / stageEnd);
  }
  for (let y = 0; y < n; y++) {
    acrossRows(n * y, n * n);
    await stage.pause((n + y + 1) / stageEnd);
  }

  function alongRow(row: number): void {
    let steps = reach;
    for (let x = 0; x < n; x++) {
      steps = squared[row + x] === 0 ? 0 : Math.min(reach, steps + 1);
      squared[row + x] = steps * steps;
    }
    steps = reach;
    for (let x = n - 1; x >= 0; x--) {
      steps = squared[row + x] === 0 ? 0 : Math.min(reach, steps + 1);
      if (steps * steps < squared[row + x]!) squared[row + x] = steps * steps;
    }
  }

  /** Lower envelope of the parabolas across the rows at start + j·stride. */
  function acrossRows(start: number, stride: number): void {
    for (let j = 0; j < n; j++) {
      const row = start + j * stride;
      plane.set(squared.subarray(row, row + n), j * n);
    }
    for (let j = 0; j < n; j++) {
      const row = start + j * stride;
      let worst = cap;
      // A parabola k rows away adds k², so it cannot help once every value is at most k².
      for (let k = 1; k < reach && k * k < worst; k++) {
        worst = 0;
        const above = j - k >= 0 ? (j - k) * n : j * n;
        const below = j + k < n ? (j + k) * n : j * n;
        const add = k * k;
        for (let x = 0; x < n; x++) {
          const up = plane[above + x]! + add;
          const down = plane[below + x]! + add;
          let value = squared[row + x]!;
          if (up < value) value = up;
          if (down < value) value = down;
          squared[row + x] = value;
          if (value > worst) worst = value;
        }
      }
    }
  }
}
