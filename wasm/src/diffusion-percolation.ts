// Flood fills of the steady diffusion solver. Reference: `src/kernels/diffusion-percolation.ts`.

const CLASS_BITS: i32 = 63;

/** Marks a conducting cell that has no mark yet and puts it on the stack. */
@inline
function visit(cells: usize, cell: i32, mark: i32, top: usize): usize {
  const at = cells + <usize>cell;
  const value = <i32>load<u8>(at);
  if ((value & CLASS_BITS) === 0 || (value & mark) !== 0) return top;
  store<u8>(at, value | mark);
  store<i32>(top, cell);
  return top + 4;
}

/** Puts the conducting cells [start, end) on the stack; returns the end of the stack. */
export function diffusionFloodSeed(cells: usize, mark: i32, top: usize, start: i32, end: i32): usize {
  for (let i = start; i < end; i++) top = visit(cells, i, mark, top);
  return top;
}

/** Takes up to `budget` cells from the stack between `stack` and `top`; returns its new end. */
export function diffusionFlood(
  cells: usize,
  nx: i32,
  ny: i32,
  nz: i32,
  mark: i32,
  periodic: i32,
  stack: usize,
  top: usize,
  budget: i32,
): usize {
  const slice = nx * ny;
  for (; budget > 0 && top > stack; budget--) {
    top -= 4;
    const cell = load<i32>(top);
    const row = cell / nx;
    const x = cell - row * nx;
    const z = row / ny;
    const y = row - z * ny;
    if (x > 0) top = visit(cells, cell - 1, mark, top);
    else if (periodic !== 0) top = visit(cells, cell + nx - 1, mark, top);
    if (x < nx - 1) top = visit(cells, cell + 1, mark, top);
    else if (periodic !== 0) top = visit(cells, cell - nx + 1, mark, top);
    if (y > 0) top = visit(cells, cell - nx, mark, top);
    else if (periodic !== 0) top = visit(cells, cell + slice - nx, mark, top);
    if (y < ny - 1) top = visit(cells, cell + nx, mark, top);
    else if (periodic !== 0) top = visit(cells, cell - slice + nx, mark, top);
    if (z > 0) top = visit(cells, cell - slice, mark, top);
    if (z < nz - 1) top = visit(cells, cell + slice, mark, top);
  }
  return top;
}

/** Makes a conducting cell insulating and puts it on the stack. */
@inline
function drop(cells: usize, cell: i32, top: usize): usize {
  const at = cells + <usize>cell;
  if (load<u8>(at) === 0) return top;
  store<u8>(at, 0);
  store<i32>(top, cell);
  return top + 4;
}

/**
 * Counts and drops the clusters without both marks, for about `budget` cells; returns 1 when the
 * last has been seen. `state` holds eight float64, at first 0: the cell to go on from, the bytes on
 * the stack, 1 in a blind cluster, then clusters and voxels, isolated and blind.
 */
export function diffusionDropStray(
  cells: usize,
  nx: i32,
  ny: i32,
  nz: i32,
  periodic: i32,
  stack: usize,
  state: usize,
  budget: i32,
): i32 {
  const slice = nx * ny;
  const count = slice * nz;
  let position = <i32>load<f64>(state);
  let top = stack + <usize>load<f64>(state + 8);
  let counters = state + (load<f64>(state + 16) !== 0 ? 40 : 24);
  for (; budget > 0; budget--) {
    if (top === stack) {
      while (position < count) {
        const marks = <i32>load<u8>(cells + <usize>position);
        if (marks !== 0 && (marks & ~CLASS_BITS) !== (~CLASS_BITS & 255)) {
          const isBlind = (marks & ~CLASS_BITS) !== 0;
          store<f64>(state + 16, isBlind ? 1 : 0);
          counters = state + (isBlind ? 40 : 24);
          store<f64>(counters, load<f64>(counters) + 1);
          top = drop(cells, position, top);
          break;
        }
        position += 1;
        if ((position & 15) === 0) budget -= 1;
        if (budget <= 0) break;
      }
      if (top === stack) {
        if (position >= count) return 1;
        break;
      }
    }
    top -= 4;
    const cell = load<i32>(top);
    store<f64>(counters + 8, load<f64>(counters + 8) + 1);
    const row = cell / nx;
    const x = cell - row * nx;
    const z = row / ny;
    const y = row - z * ny;
    if (x > 0) top = drop(cells, cell - 1, top);
    else if (periodic !== 0) top = drop(cells, cell + nx - 1, top);
    if (x < nx - 1) top = drop(cells, cell + 1, top);
    else if (periodic !== 0) top = drop(cells, cell - nx + 1, top);
    if (y > 0) top = drop(cells, cell - nx, top);
    else if (periodic !== 0) top = drop(cells, cell + slice - nx, top);
    if (y < ny - 1) top = drop(cells, cell + nx, top);
    else if (periodic !== 0) top = drop(cells, cell - slice + nx, top);
    if (z > 0) top = drop(cells, cell - slice, top);
    if (z < nz - 1) top = drop(cells, cell + slice, top);
  }
  store<f64>(state, <f64>position);
  store<f64>(state + 8, <f64>(top - stack));
  return 0;
}

/**
 * Drops cells without both marks and clears the marks of the others; `counts[z]` = cells that stay
 * in slice z of `slice` cells.
 */
export function diffusionKeepPercolating(
  cells: usize,
  slice: i32,
  counts: usize,
  start: i32,
  end: i32,
): void {
  for (let z = start; z < end; z++) {
    let kept = 0;
    const stop = cells + <usize>slice * <usize>(z + 1);
    for (let at = cells + <usize>slice * <usize>z; at < stop; at++) {
      const value = <i32>load<u8>(at);
      const stays = (value & ~CLASS_BITS) === (~CLASS_BITS & 255);
      store<u8>(at, stays ? value & CLASS_BITS : 0);
      if (stays) kept += 1;
    }
    store<f64>(counts + (<usize>z << 3), <f64>kept);
  }
}
