/**
 * Multigrid preconditioner of the steady diffusion solver, float32, scalar reference.
 *
 * Aggregation of up to 2 × 2 × 2 cells with piecewise constant transfer (Braess 1995,
 * DOI 10.1007/BF02238488): the coarse conductance of two aggregates is the sum of the links between
 * them, so every level is a seven-point network again. Piecewise constant aggregates are too stiff
 * by about 2, which the over-correction 1.8 repairs. A W-cycle with red/black Gauss–Seidel before
 * (red, black) and the adjoint order after (black, red) is symmetric; with an over-correction below
 * 2 it is also positive definite, because two visits to a level have the error I − (I − cBA)² ≤ I.
 *
 * Every float32 step is rounded, in the order of the SIMD kernel, so both give the same bits.
 */
import type { LevelShape, LinkTables } from './diffusion-grid.ts';

const f = Math.fround;

/** Factor on the coarse correction; see above. */
export const OVER_CORRECTION = f(1.8);

export interface Level {
  readonly shape: LevelShape;
  readonly periodic: boolean;
  readonly linkX: Float32Array;
  readonly linkY: Float32Array;
  readonly linkZ: Float32Array;
  /** 1 / (sum of a cell's links), 0 outside the network. */
  readonly inverse: Float32Array;
  /** The correction. */
  readonly x: Float32Array;
  /** The residual it answers. */
  readonly r: Float32Array;
}

export function createLevel(shape: LevelShape, periodic: boolean): Level {
  const array = (): Float32Array => new Float32Array(shape.length);
  return {
    shape,
    periodic,
    linkX: array(),
    linkY: array(),
    linkZ: array(),
    inverse: array(),
    x: array(),
    r: array(),
  };
}

/** Elements where the row's own links, and those of the neighbour above, begin. */
interface Row {
  readonly at: number;
  readonly down: number;
  readonly up: number;
}

function rowAt(shape: LevelShape, y: number, z: number): Row {
  const { stride, slice, ny } = shape;
  const start = slice * (z + 1);
  return {
    at: start + stride * y,
    down: start + stride * (y === 0 ? ny - 1 : y - 1),
    up: start + stride * (y === ny - 1 ? 0 : y + 1),
  };
}

/** Links of the finest level from the classes of the percolating cells. */
export function linkCells(level: Level, cells: Uint8Array, tables: LinkTables): void {
  const { shape, periodic } = level;
  const { nx, ny, nz, stride, slice } = shape;
  const cell = (x: number, y: number, z: number): number => cells[x + nx * (y + ny * z)];
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const at = slice * (z + 1) + stride * y;
      for (let x = 0; x < nx; x++) {
        const own = cell(x, y, z);
        const i = at + x;
        if (x > 0) level.linkX[i] = tables.x[64 * own + cell(x - 1, y, z)];
        else if (periodic && nx > 1) {
          level.linkX[i] = tables.x[64 * own + cell(nx - 1, y, z)];
          level.linkX[at + nx] = level.linkX[i];
        }
        if (y > 0) level.linkY[i] = tables.y[64 * own + cell(x, y - 1, z)];
        else if (periodic && ny > 1) level.linkY[i] = tables.y[64 * own + cell(x, ny - 1, z)];
        level.linkZ[i] = z > 0 ? tables.z[64 * own + cell(x, y, z - 1)] : tables.face[own];
        if (z === nz - 1) level.linkZ[i + slice] = tables.face[own];
      }
    }
  }
}

/** Links of the next coarser level: sums of the links between aggregates. */
export function coarsenLinks(fine: Level, coarse: Level): void {
  const [fx, fy, fz] = fine.shape.factors;
  const { nx, ny, nz, stride, slice } = coarse.shape;
  const { nx: fineX, ny: fineY, nz: fineZ, stride: fineStride, slice: fineSlice } = fine.shape;
  /** Sum over the box of fine cells [x, x + a) × [y, y + b) × [z, z + c), cut at the border. */
  const sum = (
    links: Float32Array,
    [x, y, z]: readonly [number, number, number],
    [a, b, c]: readonly [number, number, number],
  ): number => {
    let total = 0;
    for (let k = z; k < z + c; k++) {
      for (let j = y; j < Math.min(y + b, fineY); j++) {
        for (let i = x; i < Math.min(x + a, fineX); i++) {
          total = f(total + links[fineSlice * (k + 1) + fineStride * j + i]);
        }
      }
    }
    return total;
  };
  for (let z = 0; z < nz; z++) {
    const depth = Math.min(fz, fineZ - fz * z);
    for (let y = 0; y < ny; y++) {
      const at = slice * (z + 1) + stride * y;
      for (let x = 0; x < nx; x++) {
        const from = [fx * x, fy * y, fz * z] as const;
        const i = at + x;
        // A link from a cell around the periodic side to itself carries nothing.
        coarse.linkX[i] = nx === 1 ? 0 : sum(fine.linkX, from, [1, fy, depth]);
        coarse.linkY[i] = ny === 1 ? 0 : sum(fine.linkY, from, [fx, 1, depth]);
        coarse.linkZ[i] = sum(fine.linkZ, from, [fx, fy, 1]);
        if (z === nz - 1) {
          coarse.linkZ[i + slice] = sum(fine.linkZ, [fx * x, fy * y, fineZ], [fx, fy, 1]);
        }
      }
      if (coarse.periodic) coarse.linkX[at + nx] = coarse.linkX[at];
    }
  }
}

/** The inverse diagonal, for the smoother. */
export function invertDiagonal(level: Level): void {
  const { nx, ny, nz, slice } = level.shape;
  const { linkX, linkY, linkZ } = level;
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const { at, up } = rowAt(level.shape, y, z);
      for (let x = 0; x < nx; x++) {
        const i = at + x;
        let sum = f(linkX[i] + linkX[i + 1]);
        sum = f(f(sum + linkY[i]) + linkY[up + x]);
        sum = f(f(sum + linkZ[i]) + linkZ[i + slice]);
        level.inverse[i] = sum > 0 ? f(1 / sum) : 0;
      }
    }
  }
}

function repeatEnds(level: Level, values: Float32Array, at: number): void {
  if (!level.periodic) return;
  values[at - 1] = values[at + level.shape.nx - 1];
  values[at + level.shape.nx] = values[at];
}

/**
 * Half a Gauss–Seidel sweep: cells with (x + y + z) of the colour's parity. `fromZero` takes the
 * correction for 0 before. Rows of a slice go up, or down for the adjoint: on periodic sides of
 * odd length two cells of one colour are neighbours, and then their order matters.
 */
function smooth(level: Level, colour: 0 | 1, fromZero: boolean, rowsDown: boolean): void {
  const { nx, ny, nz, slice } = level.shape;
  const { linkX, linkY, linkZ, inverse, x: values, r } = level;
  const fresh = new Float32Array(nx);
  for (let z = 0; z < nz; z++) {
    for (let k = 0; k < ny; k++) {
      const y = rowsDown ? ny - 1 - k : k;
      const { at, down, up } = rowAt(level.shape, y, z);
      const first = (colour + y + z) & 1;
      for (let x = first; x < nx; x += 2) {
        const i = at + x;
        if (fromZero) {
          fresh[x] = r[i] * inverse[i];
          continue;
        }
        let sum = f(linkX[i] * values[i - 1]);
        sum = f(sum + f(linkX[i + 1] * values[i + 1]));
        sum = f(sum + f(linkY[i] * values[down + x]));
        sum = f(sum + f(linkY[up + x] * values[up + x]));
        sum = f(sum + f(linkZ[i] * values[i - slice]));
        sum = f(sum + f(linkZ[i + slice] * values[i + slice]));
        fresh[x] = f(r[i] + sum) * inverse[i];
      }
      // All of a row is written after all of it is read, as the periodic ends need.
      for (let x = 0; x < nx; x++) {
        if ((x & 1) === first) values[at + x] = fresh[x];
        else if (fromZero) values[at + x] = 0;
      }
      repeatEnds(level, values, at);
    }
  }
}

/** Residual of the fine level, summed over each aggregate, as the coarse level's right side. */
function restrictResidual(fine: Level, coarse: Level): void {
  const [fx, fy, fz] = fine.shape.factors;
  const { nx, ny, nz } = fine.shape;
  const { linkX, linkY, linkZ, x: values, r } = fine;
  const fineSlice = fine.shape.slice;
  const row = new Float32Array(nx);
  for (let Z = 0; Z < coarse.shape.nz; Z++) {
    for (let Y = 0; Y < coarse.shape.ny; Y++) {
      row.fill(0);
      let isFirst = true;
      for (let z = fz * Z; z < Math.min(fz * Z + fz, nz); z++) {
        for (let y = fy * Y; y < Math.min(fy * Y + fy, ny); y++) {
          const { at, down, up } = rowAt(fine.shape, y, z);
          for (let x = 0; x < nx; x++) {
            const i = at + x;
            const own = values[i];
            let sum = f(linkX[i] * f(values[i - 1] - own));
            sum = f(sum + f(linkX[i + 1] * f(values[i + 1] - own)));
            sum = f(sum + f(linkY[i] * f(values[down + x] - own)));
            sum = f(sum + f(linkY[up + x] * f(values[up + x] - own)));
            sum = f(sum + f(linkZ[i] * f(values[i - fineSlice] - own)));
            sum = f(sum + f(linkZ[i + fineSlice] * f(values[i + fineSlice] - own)));
            const residual = f(r[i] + sum);
            row[x] = isFirst ? residual : row[x] + residual;
          }
          isFirst = false;
        }
      }
      const { at } = rowAt(coarse.shape, Y, Z);
      for (let X = 0; X < coarse.shape.nx; X++) {
        const x = fx * X;
        coarse.r[at + X] = fx === 2 && x + 1 < nx ? row[x] + row[x + 1] : row[x];
      }
    }
  }
}

/** Adds the coarse correction, over-corrected, to every cell of each aggregate. */
function addCorrection(fine: Level, coarse: Level): void {
  const [fx, fy, fz] = fine.shape.factors;
  const { nx, ny, nz } = fine.shape;
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const { at } = rowAt(fine.shape, y, z);
      const from = rowAt(coarse.shape, Math.floor(y / fy), Math.floor(z / fz)).at;
      for (let x = 0; x < nx; x++) {
        const correction = coarse.x[from + Math.floor(x / fx)];
        fine.x[at + x] = fine.x[at + x] + f(OVER_CORRECTION * correction);
      }
      repeatEnds(fine, fine.x, at);
    }
  }
}

/** One visit to level `l`: improves its `x` for its `r`. */
export function cycle(levels: readonly Level[], l: number, fromZero: boolean): void {
  const level = levels[l] as Level;
  smooth(level, 0, fromZero, false);
  smooth(level, 1, false, false);
  const coarse = levels[l + 1];
  if (coarse !== undefined) {
    restrictResidual(level, coarse);
    cycle(levels, l + 1, true);
    if (level.shape.visits === 2) cycle(levels, l + 1, false);
    addCorrection(level, coarse);
  }
  smooth(level, 1, false, true);
  smooth(level, 0, false, true);
}
