/**
 * How a volume passes through a GPU's buffers: in slabs of slices, and where even a thin slab is too
 * large for one binding, in strips of rows as well. Rows are never cut.
 */
import { UserError } from '../errors/errors.ts';
import type { Size3 } from '../volume/volume.ts';

/** Voxels of the largest buffer: half of the 128 MiB that every adapter lets a shader bind. */
const BUFFER_VOXELS = 2 ** 24;
/** The same for an adapter without hardware: one pass over it takes some 50 ms. */
const SOFTWARE_BUFFER_VOXELS = 2 ** 17;

export interface Block {
  readonly start: Size3;
  readonly size: Size3;
}

export function bufferVoxels(isSoftware: boolean): number {
  return isSoftware ? SOFTWARE_BUFFER_VOXELS : BUFFER_VOXELS;
}

/** Edges of equal parts of at most `most` that cover `n`. */
function partsOf(n: number, most: number): readonly (readonly [start: number, length: number])[] {
  const edge = Math.ceil(n / Math.ceil(n / most));
  return Array.from({ length: Math.ceil(n / edge) }, (_, i) => {
    const start = i * edge;
    return [start, Math.min(edge, n - start)] as const;
  });
}

/**
 * Blocks that cover a volume, x fastest, such that a block with `margin` voxels on every side has at
 * most `most` voxels. The fewest strips of rows for which margins do not outweigh what they
 * surround; thinner blocks where only those fit. Throws `gpu/failed` where not even one row fits.
 */
export function planBlocks([nx, ny, nz]: Size3, margin: number, most: number): readonly Block[] {
  const padded = nx + 2 * margin;
  const depthFor = (rows: number): number =>
    Math.min(nz, Math.floor(most / (padded * (rows + 2 * margin))) - 2 * margin);
  const wanted = Math.min(nz, 2 * margin);
  let rows = ny;
  while (rows > 1 && depthFor(rows) < wanted) {
    const strips = Math.ceil(ny / rows) + 1;
    const fewer = Math.ceil(ny / strips);
    // Margins outweigh the rows: thinner slabs cost less than narrower strips.
    if (fewer < 2 * margin && depthFor(rows) >= 1) break;
    rows = fewer < rows ? fewer : rows - 1;
  }
  const depth = depthFor(rows);
  if (depth < 1) {
    throw new UserError(
      'gpu/failed',
      `A row of ${nx} voxels with its surroundings does not fit a GPU buffer.`,
      { nx, margin },
    );
  }
  return partsOf(nz, depth).flatMap(([z, sz]) =>
    partsOf(ny, rows).map(([y, sy]) => ({ start: [0, y, z], size: [nx, sy, sz] }) as const),
  );
}
