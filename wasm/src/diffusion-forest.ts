// Spanning forest of a network of runs along x and the flow that it carries. The scalar reference
// with the reasons is `src/kernels/diffusion-forest.ts`.
import { clearBits, firstSet, lastSet, nextClear, nextSet } from './shared/bit-rows';

const ROOT: u32 = 0;
const Z_DOWN: u32 = 1;
const Z_UP: u32 = 2;
const Y_DOWN: u32 = 3;
const Y_UP: u32 = 4;
const X_DOWN: u32 = 5;
const X_UP: u32 = 6;

/** Cells that are claimed along a run at once. */
const ALONG: i32 = 8;

/** The grid as the driver writes it: sixteen 32-bit words. */
@unmanaged
class ForestGrid {
  /** Rows of bits: the network, what is not yet in the forest, the first cells of branches. */
  bits: u32;
  open: u32;
  starts: u32;
  words: i32;
  nx: i32;
  ny: i32;
  nz: i32;
  periodic: i32;
  /** Slices before this one grow from the inlet, the others from the outlet. */
  middle: i32;
}

/** A part of the forest: where its order has been read and written up to; four 32-bit words. */
@unmanaged
class ForestPart {
  head: u32;
  end: u32;
  /** How many more branches there may be than whole runs. */
  room: i32;
}

@inline
function rowOf(grid: ForestGrid, array: u32, row: i32): usize {
  return <usize>array + ((<usize>row * <usize>grid.words) << 3);
}

@inline
function setBit(row: usize, x: i32): void {
  const at = row + (<usize>(x >> 6) << 3);
  store<u64>(at, load<u64>(at) | (<u64>1 << <u64>(x & 63)));
}

@inline
function isSet(row: usize, x: i32): bool {
  return ((load<u64>(row + (<usize>(x >> 6) << 3)) >> <u64>(x & 63)) & 1) !== 0;
}

/** Appends cells [start, end) of a row as a branch that begins its way to the parent at `x`. */
@inline
function append(grid: ForestGrid, part: ForestPart, row: i32, x: i32, step: u32, start: i32, end: i32): void {
  store<u32>(part.end, ((<u32>row * <u32>grid.nx + <u32>x) << 3) | step);
  part.end += 4;
  setBit(rowOf(grid, grid.starts, row), start);
  clearBits(rowOf(grid, grid.open, row), start, end);
}

/** Appends the runs of slice z as roots. */
export function forestRoots(pointer: usize, partAt: usize, z: i32): void {
  const grid = changetype<ForestGrid>(pointer);
  const part = changetype<ForestPart>(partAt);
  const stop = grid.words << 6;
  for (let row = grid.ny * z; row < grid.ny * (z + 1); row++) {
    const bits = rowOf(grid, grid.bits, row);
    for (let x = nextSet(bits, 0, grid.words); x < stop; ) {
      const after = nextClear(bits, x, grid.words);
      append(grid, part, row, x, ROOT, x, after);
      x = after < stop ? nextSet(bits, after, grid.words) : stop;
    }
  }
}

/** Appends what is open in [start, stop) of a row; all of each open piece where room is short. */
function claim(grid: ForestGrid, part: ForestPart, row: i32, start: i32, stop: i32, step: u32): void {
  const open = rowOf(grid, grid.open, row);
  const words = grid.words;
  for (let x = nextSet(open, start, words); x < stop; x = nextSet(open, x, words)) {
    let first = firstSet(open, x);
    let end = nextClear(open, x, words);
    const left = (first < x ? 1 : 0) + (end > stop ? 1 : 0);
    if (left <= part.room) {
      part.room -= left;
      first = x;
      end = min(end, stop);
    }
    append(grid, part, row, x, step, first, end);
  }
}

/** Appends open cells that follow a branch along its run: from `x` on, up or down. */
@inline
function claimAlong(grid: ForestGrid, part: ForestPart, row: i32, x: i32, step: u32): void {
  const open = rowOf(grid, grid.open, row);
  if (!isSet(open, x)) return;
  let first = firstSet(open, x);
  let end = nextClear(open, x, grid.words);
  if (end - first > ALONG && part.room > 0) {
    part.room -= 1;
    if (step === X_DOWN) end = first + ALONG;
    else first = end - ALONG;
  }
  append(grid, part, row, x, step, first, end);
}

/** Appends the open neighbours of a branch; slices [low, high) alone are looked at. */
@inline
function expand(grid: ForestGrid, part: ForestPart, entry: u32, low: i32, high: i32): void {
  const nx = grid.nx;
  const ny = grid.ny;
  const cell = entry >> 3;
  const row = <i32>(cell / <u32>nx);
  const x = <i32>(cell - <u32>row * <u32>nx);
  const z = row / ny;
  const y = row - z * ny;
  const start = lastSet(rowOf(grid, grid.starts, row), x);
  const stop = min(branchEnd(grid, row, x), nextSet(rowOf(grid, grid.open, row), x, grid.words));
  const periodic = grid.periodic !== 0;
  if (z > low) claim(grid, part, row - ny, start, stop, Z_UP);
  if (z < high - 1) claim(grid, part, row + ny, start, stop, Z_DOWN);
  if (y > 0) claim(grid, part, row - 1, start, stop, Y_UP);
  else if (periodic) claim(grid, part, row + ny - 1, start, stop, Y_UP);
  if (y < ny - 1) claim(grid, part, row + 1, start, stop, Y_DOWN);
  else if (periodic) claim(grid, part, row - ny + 1, start, stop, Y_DOWN);
  if (start > 0) claimAlong(grid, part, row, start - 1, X_UP);
  else if (periodic) claimAlong(grid, part, row, nx - 1, X_UP);
  if (stop < nx) claimAlong(grid, part, row, stop, X_DOWN);
  else if (periodic) claimAlong(grid, part, row, 0, X_DOWN);
}

/** The end of the branch with cell x, once all cells after it are in the forest too. */
@inline
function branchEnd(grid: ForestGrid, row: i32, x: i32): i32 {
  const words = grid.words;
  const after = nextClear(rowOf(grid, grid.bits, row), x, words);
  return x + 1 < after ? min(after, nextSet(rowOf(grid, grid.starts, row), x + 1, words)) : after;
}

/** Expands up to `budget` branches of the halves [start, end): 0 from the inlet, 1 from the outlet. */
export function forestGrow(pointer: usize, parts: usize, budget: i32, start: i32, end: i32): void {
  const grid = changetype<ForestGrid>(pointer);
  for (let half = start; half < end; half++) {
    const part = changetype<ForestPart>(parts + (<usize>half << 4));
    const low = half === 0 ? 0 : grid.middle;
    const high = half === 0 ? grid.middle : grid.nz;
    for (let left = budget; left > 0 && part.head < part.end; left--) {
      expand(grid, part, load<u32>(part.head), low, high);
      part.head += 4;
    }
  }
}

/** Appends what is open in the two slices at the middle beside what is not. */
export function forestJoin(pointer: usize, partAt: usize): void {
  const grid = changetype<ForestGrid>(pointer);
  const part = changetype<ForestPart>(partAt);
  const ny = grid.ny;
  for (let side = 0; side < 2; side++) {
    const from = side === 0 ? grid.middle - 1 : grid.middle;
    for (let y = 0; y < ny; y++) {
      const row = ny * from + y;
      const other = side === 0 ? row + ny : row - ny;
      const bits = rowOf(grid, grid.bits, row);
      const open = rowOf(grid, grid.open, row);
      for (let x = nextSet(bits, 0, grid.words); x < grid.nx; ) {
        let stop: i32;
        if (isSet(open, x)) stop = nextClear(open, x, grid.words);
        else {
          stop = min(nextClear(bits, x, grid.words), nextSet(open, x, grid.words));
          claim(grid, part, other, x, stop, side === 0 ? Z_DOWN : Z_UP);
        }
        x = nextSet(bits, stop, grid.words);
      }
    }
  }
}

/** Expands up to `budget` branches of what was appended after both halves, over all slices. */
export function forestGrowOn(pointer: usize, partAt: usize, budget: i32): void {
  const grid = changetype<ForestGrid>(pointer);
  const part = changetype<ForestPart>(partAt);
  for (; budget > 0 && part.head < part.end; budget--) {
    expand(grid, part, load<u32>(part.head), 0, grid.nz);
    part.head += 4;
  }
}

/** Sums of squared flows over links along x, y, z and to the faces; then what was handled. */
@unmanaged
class RoutedSums {
  x: f64;
  y: f64;
  z: f64;
  face: f64;
  handled: f64;
}

/** Carries the flow of the branches [start, end) of the order, the last first, to their parents. */
function route(grid: ForestGrid, flow: usize, sums: RoutedSums, start: usize, end: usize): void {
  const nx = grid.nx;
  const ny = grid.ny;
  for (let at = end - 4; at >= start; at -= 4) {
    const entry = load<u32>(at);
    const cell = entry >> 3;
    const step = entry & 7;
    const row = <i32>(cell / <u32>nx);
    const x = <i32>(cell - <u32>row * <u32>nx);
    const first = lastSet(rowOf(grid, grid.starts, row), x);
    const stop = branchEnd(grid, row, x);
    const cells = flow + ((<usize>row * <usize>nx) << 3);
    if (step === ROOT) {
      let face = sums.face;
      for (let i = <usize>first; i < <usize>stop; i++) {
        const carried = load<f64>(cells + (i << 3));
        face += carried * carried;
      }
      sums.face = face;
      continue;
    }
    const y = row % ny;
    let parentRow = row;
    if (step === Z_DOWN) parentRow -= ny;
    else if (step === Z_UP) parentRow += ny;
    else if (step === Y_DOWN) parentRow += y > 0 ? -1 : ny - 1;
    else if (step === Y_UP) parentRow += y < ny - 1 ? 1 : 1 - ny;
    const isAlong = step >= X_DOWN;
    const shared = isAlong ? x + 1 : min(stop, branchEnd(grid, parentRow, x));
    let squares = sums.x;
    let handled = sums.handled;
    let carried: f64 = 0;
    for (let i = first; i < x; i++) {
      carried += load<f64>(cells + (<usize>i << 3));
      squares += carried * carried;
      handled += Math.abs(carried);
    }
    if (first < x) {
      const to = cells + (<usize>x << 3);
      carried += load<f64>(to);
      store<f64>(to, carried);
      handled += Math.abs(carried);
    }
    carried = 0;
    for (let i = stop - 1; i >= shared; i--) {
      carried += load<f64>(cells + (<usize>i << 3));
      squares += carried * carried;
      handled += Math.abs(carried);
    }
    if (stop > shared) {
      const to = cells + (<usize>(shared - 1) << 3);
      carried += load<f64>(to);
      store<f64>(to, carried);
      handled += Math.abs(carried);
    }
    sums.x = squares;
    // From the shared cells straight to the parent's.
    let shift = 0;
    if (step === X_DOWN) shift = x > 0 ? -1 : nx - 1;
    else if (step === X_UP) shift = x < nx - 1 ? 1 : 1 - nx;
    const parents = flow + ((<usize>parentRow * <usize>nx) << 3) + (<isize>shift << 3);
    squares = 0;
    for (let i = <usize>x; i < <usize>shared; i++) {
      const own = load<f64>(cells + (i << 3));
      squares += own * own;
      const sum = load<f64>(parents + (i << 3)) + own;
      store<f64>(parents + (i << 3), sum);
      handled += Math.abs(sum);
    }
    if (isAlong) sums.x += squares;
    else if (step >= Y_DOWN) sums.y += squares;
    else sums.z += squares;
    sums.handled = handled;
  }
}

/** Routes the branches [start, end) of what was appended after both halves. */
export function forestRoute(pointer: usize, flow: usize, sums: usize, start: usize, end: usize): void {
  route(changetype<ForestGrid>(pointer), flow, changetype<RoutedSums>(sums), start, end);
}

/**
 * Routes up to `budget` branches from the end of each half [start, end): `halves` holds the beginning
 * of the half's order and the end of what is left of it; `sums` has eight float64 for each.
 */
export function forestRouteHalves(
  pointer: usize,
  halves: usize,
  flow: usize,
  sums: usize,
  budget: i32,
  start: i32,
  end: i32,
): void {
  for (let part = start; part < end; part++) {
    const half = changetype<ForestPart>(halves + (<usize>part << 4));
    const from = max(half.head, half.end - min(<u32>budget << 2, half.end - half.head));
    const totals = changetype<RoutedSums>(sums + (<usize>part << 6));
    route(changetype<ForestGrid>(pointer), flow, totals, from, half.end);
    half.end = from;
  }
}
