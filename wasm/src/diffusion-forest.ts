// Spanning forest of a network of runs along x and the flow that it carries. The scalar reference
// with the reasons is `src/kernels/diffusion-forest.ts`.
import { clearBits, firstSet, nextClear, nextSet } from './shared/bit-rows';

const ROOT: u32 = 0;
const Z_DOWN: u32 = 1;
const Z_UP: u32 = 2;
const Y_DOWN: u32 = 3;
const Y_UP: u32 = 4;
const X_DOWN: u32 = 5;
const X_UP: u32 = 6;

/** The grid as the driver writes it: eight 32-bit words. */
@unmanaged
class ForestGrid {
  /** Rows of bits: the network, and what is not yet in the forest. */
  bits: u32;
  open: u32;
  words: i32;
  nx: i32;
  ny: i32;
  nz: i32;
  periodic: i32;
  /** Slices before this one grow from the inlet, the others from the outlet. */
  middle: i32;
}

/** One half of the forest: where its order has been read and written up to; eight 32-bit words. */
@unmanaged
class ForestHalf {
  head: u32;
  end: u32;
}

@inline
function rowOf(grid: ForestGrid, array: u32, row: i32): usize {
  return <usize>array + ((<usize>row * <usize>grid.words) << 3);
}

/** Appends the runs of slice z as roots; returns the end of the order. */
export function forestRoots(pointer: usize, z: i32, order: usize): usize {
  const grid = changetype<ForestGrid>(pointer);
  const stop = grid.words << 6;
  let end = order;
  for (let row = grid.ny * z; row < grid.ny * (z + 1); row++) {
    const bits = rowOf(grid, grid.bits, row);
    for (let x = nextSet(bits, 0, grid.words); x < stop; ) {
      store<u32>(end, ((<u32>row * <u32>grid.nx + <u32>x) << 3) | ROOT);
      end += 4;
      const after = nextClear(bits, x, grid.words);
      x = after < stop ? nextSet(bits, after, grid.words) : stop;
    }
    memory.fill(rowOf(grid, grid.open, row), 0, <usize>grid.words << 3);
  }
  return end;
}

/** Appends the runs of a row that are open and have a cell in [start, end). */
@inline
function claim(grid: ForestGrid, row: i32, start: i32, stop: i32, step: u32, end: usize): usize {
  const open = rowOf(grid, grid.open, row);
  const words = grid.words;
  for (let x = nextSet(open, start, words); x < stop; x = nextSet(open, x, words)) {
    store<u32>(end, ((<u32>row * <u32>grid.nx + <u32>x) << 3) | step);
    end += 4;
    // An open run is open as a whole.
    clearBits(open, firstSet(open, x), nextClear(open, x, words));
  }
  return end;
}

/** Appends the open neighbours of a run; slices [low, high) alone are looked at. */
@inline
function expand(grid: ForestGrid, entry: u32, low: i32, high: i32, end: usize): usize {
  const nx = grid.nx;
  const ny = grid.ny;
  const cell = entry >> 3;
  const row = <i32>(cell / <u32>nx);
  const x = <i32>(cell - <u32>row * <u32>nx);
  const z = row / ny;
  const y = row - z * ny;
  const bits = rowOf(grid, grid.bits, row);
  const start = firstSet(bits, x);
  const stop = nextClear(bits, x, grid.words);
  const periodic = grid.periodic !== 0;
  if (z > low) end = claim(grid, row - ny, start, stop, Z_UP, end);
  if (z < high - 1) end = claim(grid, row + ny, start, stop, Z_DOWN, end);
  if (y > 0) end = claim(grid, row - 1, start, stop, Y_UP, end);
  else if (periodic) end = claim(grid, row + ny - 1, start, stop, Y_UP, end);
  if (y < ny - 1) end = claim(grid, row + 1, start, stop, Y_DOWN, end);
  else if (periodic) end = claim(grid, row - ny + 1, start, stop, Y_DOWN, end);
  if (periodic && start === 0) end = claim(grid, row, nx - 1, nx, X_UP, end);
  if (periodic && stop === nx) end = claim(grid, row, 0, 1, X_DOWN, end);
  return end;
}

/** Expands up to `budget` runs of the halves [start, end): 0 from the inlet, 1 from the outlet. */
export function forestGrow(pointer: usize, halves: usize, budget: i32, start: i32, end: i32): void {
  const grid = changetype<ForestGrid>(pointer);
  for (let part = start; part < end; part++) {
    const half = changetype<ForestHalf>(halves + (<usize>part << 3));
    const low = part === 0 ? 0 : grid.middle;
    const high = part === 0 ? grid.middle : grid.nz;
    let head = half.head;
    let stop = <usize>half.end;
    for (let left = budget; left > 0 && head < <u32>stop; left--) {
      stop = expand(grid, load<u32>(head), low, high, stop);
      head += 4;
    }
    half.head = head;
    half.end = <u32>stop;
  }
}

/** Appends what is open in the two slices at the middle beside what is not; returns the end. */
export function forestJoin(pointer: usize, end: usize): usize {
  const grid = changetype<ForestGrid>(pointer);
  const ny = grid.ny;
  for (let side = 0; side < 2; side++) {
    const from = side === 0 ? grid.middle - 1 : grid.middle;
    for (let y = 0; y < ny; y++) {
      const row = ny * from + y;
      const other = side === 0 ? row + ny : row - ny;
      const bits = rowOf(grid, grid.bits, row);
      const open = rowOf(grid, grid.open, row);
      for (let x = nextSet(bits, 0, grid.words); x < grid.nx; ) {
        const stop = nextClear(bits, x, grid.words);
        const isOpen = nextSet(open, x, grid.words) === x;
        if (!isOpen) end = claim(grid, other, x, stop, side === 0 ? Z_DOWN : Z_UP, end);
        x = nextSet(bits, stop, grid.words);
      }
    }
  }
  return end;
}

/** Expands up to `budget` runs from `head` on over all slices; returns the end of the order. */
export function forestGrowOn(pointer: usize, head: usize, end: usize, budget: i32): usize {
  const grid = changetype<ForestGrid>(pointer);
  for (; budget > 0 && head < end; budget--) {
    end = expand(grid, load<u32>(head), 0, grid.nz, end);
    head += 4;
  }
  return end;
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

/** Carries the flow of the runs [start, end) of the order, the last first, to their parents. */
function route(grid: ForestGrid, flow: usize, sums: RoutedSums, start: usize, end: usize): void {
  const nx = grid.nx;
  const ny = grid.ny;
  for (let at = end - 4; at >= start; at -= 4) {
    const entry = load<u32>(at);
    const cell = entry >> 3;
    const step = entry & 7;
    const row = <i32>(cell / <u32>nx);
    const x = <i32>(cell - <u32>row * <u32>nx);
    const bits = rowOf(grid, grid.bits, row);
    const first = firstSet(bits, x);
    const stop = nextClear(bits, x, grid.words);
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
    const shared = isAlong
      ? x + 1
      : min(stop, nextClear(rowOf(grid, grid.bits, parentRow), x, grid.words));
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
    const shift = isAlong ? (step === X_DOWN ? nx - 1 : 1 - nx) : 0;
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

/** Routes the runs [start, end) of what was appended after both halves. */
export function forestRoute(pointer: usize, flow: usize, sums: usize, start: usize, end: usize): void {
  route(changetype<ForestGrid>(pointer), flow, changetype<RoutedSums>(sums), start, end);
}

/**
 * Routes up to `budget` runs from the end of each half [start, end): `halves` holds the beginning
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
    const half = changetype<ForestHalf>(halves + (<usize>part << 3));
    const from = max(half.head, half.end - min(<u32>budget << 2, half.end - half.head));
    const totals = changetype<RoutedSums>(sums + (<usize>part << 6));
    route(changetype<ForestGrid>(pointer), flow, totals, from, half.end);
    half.end = from;
  }
}
