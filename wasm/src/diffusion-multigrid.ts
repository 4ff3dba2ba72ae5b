// Multigrid cycle of the steady diffusion solver, float32. The scalar reference with the reasons is
// `src/kernels/diffusion-multigrid.ts`; every expression here has its order of operations.
import { f32At, Level, LEVEL_BYTES, rowAbove, rowBelow, rowStart } from './shared/diffusion-level';

const OVER_CORRECTION: f32 = 1.8;

/**
 * Links of the finest level from the classes of the cells. `tables` points to three tables of
 * 64 × 64 float32 for x, y, z and one of 64 for the outer faces.
 */
export function diffusionLinkCells(pointer: usize, cells: usize, tables: usize, start: i32, end: i32): void {
  const level = changetype<Level>(pointer);
  const nx = level.nx;
  const ny = level.ny;
  const nz = level.nz;
  const wraps = level.periodic !== 0;
  const tableY = tables + 16384;
  const tableZ = tables + 32768;
  const faces = tables + 49152;
  const sliceCells = <usize>nx * <usize>ny;
  for (let z = start; z < end; z++) {
    for (let y = 0; y < ny; y++) {
      const at = rowStart(level, y, z);
      const row = cells + sliceCells * <usize>z + <usize>nx * <usize>y;
      const below = y > 0 ? row - <usize>nx : row + <usize>nx * <usize>(ny - 1);
      const hasBelow = y > 0 || (wraps && ny > 1);
      const linkX = f32At(level.linkX, at);
      const linkY = f32At(level.linkY, at);
      const linkZ = f32At(level.linkZ, at);
      for (let x: usize = 0; x < <usize>nx; x++) {
        const own = <usize>load<u8>(row + x);
        const line = own << 8;
        if (x > 0) store<f32>(linkX + (x << 2), load<f32>(tables + line + (<usize>load<u8>(row + x - 1) << 2)));
        if (hasBelow) store<f32>(linkY + (x << 2), load<f32>(tableY + line + (<usize>load<u8>(below + x) << 2)));
        const face = load<f32>(faces + (own << 2));
        store<f32>(
          linkZ + (x << 2),
          z > 0 ? load<f32>(tableZ + line + (<usize>load<u8>(row + x - sliceCells) << 2)) : face,
        );
        if (z === nz - 1) store<f32>(f32At(level.linkZ, at + level.slice) + (x << 2), face);
      }
      if (wraps && nx > 1) {
        const line = <usize>load<u8>(row) << 8;
        const link = load<f32>(tables + line + (<usize>load<u8>(row + <usize>(nx - 1)) << 2));
        store<f32>(linkX, link);
        store<f32>(linkX + (<usize>nx << 2), link);
      }
    }
  }
}

/** Sum over the box of fine links that begins at (x, y, z), cut at the border in x and y. */
@inline
function sumLinks(fine: Level, links: u32, x: i32, y: i32, z: i32, a: i32, b: i32, c: i32): f32 {
  let total: f32 = 0;
  const endY = min(y + b, fine.ny);
  const endX = min(x + a, fine.nx);
  for (let k = z; k < z + c; k++) {
    for (let j = y; j < endY; j++) {
      const at = rowStart(fine, j, k);
      for (let i = x; i < endX; i++) total += load<f32>(f32At(links, at + i));
    }
  }
  return total;
}

/** Links of the next coarser level, for coarse slices [start, end). */
export function diffusionCoarsen(pointer: usize, start: i32, end: i32): void {
  const fine = changetype<Level>(pointer);
  const coarse = changetype<Level>(pointer + LEVEL_BYTES);
  const fx = fine.fx;
  const fy = fine.fy;
  const fz = fine.fz;
  for (let z = start; z < end; z++) {
    const depth = min(fz, fine.nz - fz * z);
    for (let y = 0; y < coarse.ny; y++) {
      const at = rowStart(coarse, y, z);
      for (let x = 0; x < coarse.nx; x++) {
        const linkX: f32 = coarse.nx === 1 ? 0 : sumLinks(fine, fine.linkX, fx * x, fy * y, fz * z, 1, fy, depth);
        const linkY: f32 = coarse.ny === 1 ? 0 : sumLinks(fine, fine.linkY, fx * x, fy * y, fz * z, fx, 1, depth);
        store<f32>(f32At(coarse.linkX, at + x), linkX);
        store<f32>(f32At(coarse.linkY, at + x), linkY);
        store<f32>(f32At(coarse.linkZ, at + x), sumLinks(fine, fine.linkZ, fx * x, fy * y, fz * z, fx, fy, 1));
        if (z === coarse.nz - 1) {
          store<f32>(
            f32At(coarse.linkZ, at + coarse.slice + x),
            sumLinks(fine, fine.linkZ, fx * x, fy * y, fine.nz, fx, fy, 1),
          );
        }
      }
      if (coarse.periodic !== 0) {
        store<f32>(f32At(coarse.linkX, at + coarse.nx), load<f32>(f32At(coarse.linkX, at)));
      }
    }
  }
}

/** 1 / (sum of a cell's links), 0 where there is none. Run after all links are there. */
export function diffusionInvertDiagonal(pointer: usize, start: i32, end: i32): void {
  const level = changetype<Level>(pointer);
  const rowBytes = <usize>level.nx << 2;
  const slice = <usize>level.slice << 2;
  const one = f32x4.splat(1);
  for (let z = start; z < end; z++) {
    for (let y = 0; y < level.ny; y++) {
      const at = rowStart(level, y, z);
      const linkX = f32At(level.linkX, at);
      const linkY = f32At(level.linkY, at);
      const linkYUp = f32At(level.linkY, rowAbove(level, y, z));
      const linkZ = f32At(level.linkZ, at);
      const inverse = f32At(level.inverse, at);
      for (let o: usize = 0; o < rowBytes; o += 16) {
        let sum = f32x4.add(v128.load(linkX + o), v128.load(linkX + o + 4));
        sum = f32x4.add(f32x4.add(sum, v128.load(linkY + o)), v128.load(linkYUp + o));
        sum = f32x4.add(f32x4.add(sum, v128.load(linkZ + o)), v128.load(linkZ + slice + o));
        const isLinked = v128.and(f32x4.gt(sum, f32x4.splat(0)), insideRow(o, rowBytes));
        v128.store(inverse + o, v128.and(f32x4.div(one, sum), isLinked));
      }
    }
  }
}

/** Lanes of the four elements at byte `o` that lie in a row of `rowBytes`. */
@inline
function insideRow(o: usize, rowBytes: usize): v128 {
  const left = <i32>(rowBytes - o);
  return i32x4.lt_s(i32x4(0, 4, 8, 12), i32x4.splat(left));
}

@inline
function repeatEnds(level: Level, at: i32): void {
  if (level.periodic === 0) return;
  const row = f32At(level.x, at);
  const last = <usize>level.nx << 2;
  store<f32>(row - 4, load<f32>(row + last - 4));
  store<f32>(row + last, load<f32>(row));
}

/** Lanes of even or odd x. */
@inline
function lanesOf(first: i32): v128 {
  return first === 0 ? i32x4(-1, 0, -1, 0) : i32x4(0, -1, 0, -1);
}

/**
 * Half a Gauss–Seidel sweep over slices [start, end): cells with (x + y + z) of the colour's
 * parity. Neighbouring slices are only read at the other colour, so slabs are independent.
 */
export function diffusionSmooth(
  pointer: usize,
  colour: i32,
  fromZero: i32,
  rowsDown: i32,
  start: i32,
  end: i32,
): void {
  const level = changetype<Level>(pointer);
  const nx = level.nx;
  const ny = level.ny;
  const slice = <usize>level.slice << 2;
  const rowBytes = <usize>nx << 2;
  // Elsewhere the order of rows does not matter, and going up is three times as fast.
  const goesDown = rowsDown !== 0 && level.periodic !== 0 && (ny & 1) !== 0;
  for (let z = start; z < end; z++) {
    for (let k = 0; k < ny; k++) {
      const y = goesDown ? ny - 1 - k : k;
      const at = rowStart(level, y, z);
      const lanes = lanesOf((colour + y + z) & 1);
      const values = f32At(level.x, at);
      const right = f32At(level.r, at);
      const inverse = f32At(level.inverse, at);
      if (fromZero !== 0) {
        for (let o: usize = 0; o < rowBytes; o += 16) {
          const fresh = f32x4.mul(v128.load(right + o), v128.load(inverse + o));
          v128.store(values + o, v128.and(fresh, lanes));
        }
        repeatEnds(level, at);
        continue;
      }
      const below = f32At(level.x, rowBelow(level, y, z));
      const up = rowAbove(level, y, z);
      const above = f32At(level.x, up);
      const linkX = f32At(level.linkX, at);
      const linkY = f32At(level.linkY, at);
      const linkYUp = f32At(level.linkY, up);
      const linkZ = f32At(level.linkZ, at);
      // A row's values pass through registers, so that no load overlaps a store just before it.
      let before = v128.load(values - 16);
      let here = v128.load(values);
      for (let o: usize = 0; o < rowBytes; o += 16) {
        const own = values + o;
        const after = v128.load(own + 16);
        const left = v128.shuffle<f32>(before, here, 3, 4, 5, 6);
        const next = v128.shuffle<f32>(here, after, 1, 2, 3, 4);
        let sum = f32x4.mul(v128.load(linkX + o), left);
        sum = f32x4.add(sum, f32x4.mul(v128.load(linkX + o + 4), next));
        sum = f32x4.add(sum, f32x4.mul(v128.load(linkY + o), v128.load(below + o)));
        sum = f32x4.add(sum, f32x4.mul(v128.load(linkYUp + o), v128.load(above + o)));
        sum = f32x4.add(sum, f32x4.mul(v128.load(linkZ + o), v128.load(own - slice)));
        sum = f32x4.add(sum, f32x4.mul(v128.load(linkZ + slice + o), v128.load(own + slice)));
        const fresh = f32x4.mul(f32x4.add(v128.load(right + o), sum), v128.load(inverse + o));
        v128.store(own, v128.bitselect(fresh, here, lanes));
        before = here;
        here = after;
      }
      repeatEnds(level, at);
    }
  }
}

/**
 * Residual of a level, summed over each aggregate, as the next level's right side, for its slices
 * [start, end). `row` is scratch for one row of the finer level.
 */
export function diffusionRestrict(pointer: usize, row: usize, start: i32, end: i32): void {
  const fine = changetype<Level>(pointer);
  const coarse = changetype<Level>(pointer + LEVEL_BYTES);
  const nx = fine.nx;
  const slice = <usize>fine.slice << 2;
  const rowBytes = <usize>nx << 2;
  for (let Z = start; Z < end; Z++) {
    const endZ = min(fine.fz * Z + fine.fz, fine.nz);
    for (let Y = 0; Y < coarse.ny; Y++) {
      const endY = min(fine.fy * Y + fine.fy, fine.ny);
      let isFirst = true;
      for (let z = fine.fz * Z; z < endZ; z++) {
        for (let y = fine.fy * Y; y < endY; y++) {
          const at = rowStart(fine, y, z);
          const up = rowAbove(fine, y, z);
          const values = f32At(fine.x, at);
          const below = f32At(fine.x, rowBelow(fine, y, z));
          const above = f32At(fine.x, up);
          const linkX = f32At(fine.linkX, at);
          const linkY = f32At(fine.linkY, at);
          const linkYUp = f32At(fine.linkY, up);
          const linkZ = f32At(fine.linkZ, at);
          const right = f32At(fine.r, at);
          for (let o: usize = 0; o < rowBytes; o += 16) {
            const here = values + o;
            const own = v128.load(here);
            let sum = f32x4.mul(v128.load(linkX + o), f32x4.sub(v128.load(here - 4), own));
            sum = f32x4.add(
              sum,
              f32x4.mul(v128.load(linkX + o + 4), f32x4.sub(v128.load(here + 4), own)),
            );
            sum = f32x4.add(
              sum,
              f32x4.mul(v128.load(linkY + o), f32x4.sub(v128.load(below + o), own)),
            );
            sum = f32x4.add(
              sum,
              f32x4.mul(v128.load(linkYUp + o), f32x4.sub(v128.load(above + o), own)),
            );
            sum = f32x4.add(
              sum,
              f32x4.mul(v128.load(linkZ + o), f32x4.sub(v128.load(here - slice), own)),
            );
            sum = f32x4.add(
              sum,
              f32x4.mul(v128.load(linkZ + slice + o), f32x4.sub(v128.load(here + slice), own)),
            );
            const residual = f32x4.add(v128.load(right + o), sum);
            v128.store(row + o, isFirst ? residual : f32x4.add(v128.load(row + o), residual));
          }
          isFirst = false;
        }
      }
      const to = f32At(coarse.r, rowStart(coarse, Y, Z));
      if (fine.fx === 1) {
        memory.copy(to, row, rowBytes);
        continue;
      }
      const pairs = nx >> 1;
      for (let X: usize = 0; X < <usize>pairs; X++) {
        store<f32>(to + (X << 2), load<f32>(row + (X << 3)) + load<f32>(row + (X << 3) + 4));
      }
      if ((nx & 1) !== 0) store<f32>(to + (<usize>pairs << 2), load<f32>(row + (<usize>pairs << 3)));
    }
  }
}

/** Adds the next level's correction, over-corrected, to every cell of each aggregate. */
export function diffusionAddCorrection(pointer: usize, start: i32, end: i32): void {
  const fine = changetype<Level>(pointer);
  const coarse = changetype<Level>(pointer + LEVEL_BYTES);
  const rowBytes = <usize>fine.nx << 2;
  const factor = f32x4.splat(OVER_CORRECTION);
  for (let z = start; z < end; z++) {
    for (let y = 0; y < fine.ny; y++) {
      const at = rowStart(fine, y, z);
      const values = f32At(fine.x, at);
      const from = f32At(coarse.x, rowStart(coarse, y / fine.fy, z / fine.fz));
      for (let o: usize = 0; o < rowBytes; o += 16) {
        const correction =
          fine.fx === 1
            ? v128.load(from + o)
            : v128.shuffle<f32>(v128.load64_zero(from + (o >> 1)), f32x4.splat(0), 0, 0, 1, 1);
        v128.store(values + o, f32x4.add(v128.load(values + o), f32x4.mul(factor, correction)));
      }
      repeatEnds(fine, at);
    }
  }
}

/**
 * One visit to a level and all coarser ones on this thread; `levels` counts them. `row` is scratch
 * for one row of the level. Reference: `cycle`.
 */
export function diffusionCycle(pointer: usize, levels: i32, row: usize, fromZero: i32): void {
  const level = changetype<Level>(pointer);
  const nz = level.nz;
  diffusionSmooth(pointer, 0, fromZero, 0, 0, nz);
  diffusionSmooth(pointer, 1, 0, 0, 0, nz);
  if (levels > 1) {
    diffusionRestrict(pointer, row, 0, changetype<Level>(pointer + LEVEL_BYTES).nz);
    diffusionCycle(pointer + LEVEL_BYTES, levels - 1, row, 1);
    if (level.visits === 2) diffusionCycle(pointer + LEVEL_BYTES, levels - 1, row, 0);
    diffusionAddCorrection(pointer, 0, nz);
  }
  diffusionSmooth(pointer, 1, 0, 1, 0, nz);
  diffusionSmooth(pointer, 0, 0, 1, 0, nz);
}
