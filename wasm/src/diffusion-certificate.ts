// Certificate of the steady diffusion solver. Reference: `src/kernels/diffusion-certificate.ts`.
import { f32At, f64At, Level } from './shared/diffusion-level';

const IN_FOREST: i32 = 64;
const CLASS_BITS: i32 = 63;

const X_DOWN: u32 = 0;
const X_UP: u32 = 1;
const Y_DOWN: u32 = 2;
const Y_UP: u32 = 3;
const Z_DOWN: u32 = 4;
const Z_UP: u32 = 5;

/** Appends a percolating cell that is not in the forest yet; returns the end of the order. */
@inline
function join(cells: usize, cell: i32, step: u32, end: usize): usize {
  const at = cells + <usize>cell;
  const value = <i32>load<u8>(at);
  if (value === 0 || (value & IN_FOREST) !== 0) return end;
  store<u8>(at, value | IN_FOREST);
  store<u32>(end, (<u32>cell << 3) | step);
  return end + 4;
}

/** Roots of the forest: the cells at the inlet, then those at the outlet. */
export function diffusionForestRoots(cells: usize, slice: i32, nz: i32, order: usize): usize {
  let end = order;
  for (let i = 0; i < slice; i++) end = join(cells, i, Z_DOWN, end);
  const last = slice * (nz - 1);
  for (let i = last; i < last + slice; i++) end = join(cells, i, Z_UP, end);
  return end;
}

/** Takes up to `budget` cells from `head` on and appends their neighbours at `end`; returns its new place. */
export function diffusionForestGrow(
  cells: usize,
  nx: i32,
  ny: i32,
  nz: i32,
  periodic: i32,
  head: usize,
  end: usize,
  budget: i32,
): usize {
  const slice = nx * ny;
  for (; budget > 0 && head < end; budget--) {
    const cell = <i32>(load<u32>(head) >> 3);
    head += 4;
    const row = cell / nx;
    const x = cell - row * nx;
    const z = row / ny;
    const y = row - z * ny;
    if (z > 0) end = join(cells, cell - slice, Z_UP, end);
    if (z < nz - 1) end = join(cells, cell + slice, Z_DOWN, end);
    if (y > 0) end = join(cells, cell - nx, Y_UP, end);
    else if (periodic !== 0) end = join(cells, cell + slice - nx, Y_UP, end);
    if (y < ny - 1) end = join(cells, cell + nx, Y_DOWN, end);
    else if (periodic !== 0) end = join(cells, cell - slice + nx, Y_DOWN, end);
    if (x > 0) end = join(cells, cell - 1, X_UP, end);
    else if (periodic !== 0) end = join(cells, cell + nx - 1, X_UP, end);
    if (x < nx - 1) end = join(cells, cell + 1, X_DOWN, end);
    else if (periodic !== 0) end = join(cells, cell - nx + 1, X_DOWN, end);
  }
  return end;
}

/**
 * Carries `flow` over the last cells of the order, from before `end` down to `start`. `sums` holds
 * the dissipation and the sum of what was handled, and goes on from there.
 */
export function diffusionRoute(
  pointer: usize,
  cells: usize,
  flow: usize,
  sums: usize,
  start: usize,
  end: usize,
): void {
  const level = changetype<Level>(pointer);
  const nx = level.nx;
  const ny = level.ny;
  const stride = level.stride;
  const slice = level.slice;
  const outlet = slice * (level.nz + 1);
  let dissipation = load<f64>(sums);
  let handled = load<f64>(sums + 8);
  for (let entry = end - 4; entry >= start; entry -= 4) {
    const code = load<u32>(entry);
    const cell = <i32>(code >> 3);
    store<u8>(cells + <usize>cell, <i32>load<u8>(cells + <usize>cell) & CLASS_BITS);
    const row = cell / nx;
    const x = cell - row * nx;
    const z = row / ny;
    const y = row - z * ny;
    const at = slice * (z + 1) + stride * y + x;
    let parent = at;
    let link: usize = 0;
    switch (code & 7) {
      case X_DOWN:
        parent += x > 0 ? -1 : nx - 1;
        link = f32At(level.linkX, at);
        break;
      case X_UP:
        parent += x < nx - 1 ? 1 : 1 - nx;
        link = f32At(level.linkX, at + 1);
        break;
      case Y_DOWN:
        parent += y > 0 ? -stride : stride * (ny - 1);
        link = f32At(level.linkY, at);
        break;
      case Y_UP:
        parent += y < ny - 1 ? stride : -stride * (ny - 1);
        link = f32At(level.linkY, parent);
        break;
      case Z_DOWN:
        parent -= slice;
        link = f32At(level.linkZ, at);
        break;
      default:
        parent += slice;
        link = f32At(level.linkZ, parent);
    }
    const carried = load<f64>(f64At(flow, at));
    dissipation += (carried * carried) / <f64>load<f32>(link);
    if (parent < slice || parent >= outlet) continue;
    const sum = load<f64>(f64At(flow, parent)) + carried;
    store<f64>(f64At(flow, parent), sum);
    handled += Math.abs(sum);
  }
  store<f64>(sums, dissipation);
  store<f64>(sums + 8, handled);
}
