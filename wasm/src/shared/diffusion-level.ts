/**
 * A level of the diffusion grid as the driver writes it into memory: sixteen 32-bit words, coarser
 * levels after finer ones. Array layout: `src/kernels/diffusion-grid.ts`.
 */
@unmanaged
export class Level {
  nx: i32;
  ny: i32;
  nz: i32;
  /** Elements per row and per slice. */
  stride: i32;
  slice: i32;
  /** Cells along each axis that make one cell of the next level. */
  fx: i32;
  fy: i32;
  fz: i32;
  /** float32 arrays. */
  linkX: u32;
  linkY: u32;
  linkZ: u32;
  inverse: u32;
  x: u32;
  r: u32;
  periodic: i32;
  /** Visits to the next coarser level for one to this. */
  visits: i32;
}

export const LEVEL_BYTES: usize = 64;

/** Element at which row y of slice z begins. */
@inline
export function rowStart(level: Level, y: i32, z: i32): i32 {
  return level.slice * (z + 1) + level.stride * y;
}

@inline
export function rowBelow(level: Level, y: i32, z: i32): i32 {
  return rowStart(level, y === 0 ? level.ny - 1 : y - 1, z);
}

@inline
export function rowAbove(level: Level, y: i32, z: i32): i32 {
  return rowStart(level, y === level.ny - 1 ? 0 : y + 1, z);
}

@inline
export function f32At(array: u32, element: i32): usize {
  return <usize>array + (<usize>element << 2);
}

@inline
export function f64At(array: usize, element: i32): usize {
  return array + (<usize>element << 3);
}
