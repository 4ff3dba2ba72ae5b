/**
 * The finest level of a network with one conductivity, as the driver writes it into memory: sixteen
 * 32-bit words, in front of the records of the coarser levels, whose sizes, `x`, `r` and periodic
 * sides are in the same places. Array layout: `src/kernels/diffusion-uniform.ts`.
 */
@unmanaged
export class UniformLevel {
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
  /** One byte per element: the cell's numbers of links, 0 outside the network. */
  network: u32;
  /** Elements per half row. */
  half: i32;
  /** By such a byte: 128 float32 diagonals, their 128 inverses; then the links along x and y. */
  tables: u32;
  /** A row of zeros. */
  zeros: u32;
  /** float32 arrays. */
  x: u32;
  r: u32;
  periodic: i32;
  visits: i32;
}

/** Element at which row y of slice z begins. */
@inline
export function uniformRow(level: UniformLevel, y: i32, z: i32): i32 {
  return level.slice * (z + 1) + level.stride * y;
}

/** Place of cell x within its row: even cells first, odd ones in the second half. */
@inline
export function placeInRow(level: UniformLevel, x: i32): i32 {
  return ((x & 1) !== 0 ? level.half : 0) + (x >> 1);
}

/** The row below row y in an array of four-byte elements: zeros where there is none. */
@inline
export function uniformBelow(level: UniformLevel, array: u32, y: i32, at: i32): usize {
  if (y > 0) return elementAt(array, at - level.stride);
  if (level.periodic !== 0 && level.ny > 1) return elementAt(array, at + level.stride * (level.ny - 1));
  return <usize>level.zeros;
}

@inline
export function uniformAbove(level: UniformLevel, array: u32, y: i32, at: i32): usize {
  if (y < level.ny - 1) return elementAt(array, at + level.stride);
  if (level.periodic !== 0 && level.ny > 1) return elementAt(array, at - level.stride * (level.ny - 1));
  return <usize>level.zeros;
}

@inline
export function elementAt(array: u32, element: i32): usize {
  return <usize>array + (<usize>element << 2);
}

/** Cells of a half row. */
@inline
export function halfCells(level: UniformLevel, parity: i32): i32 {
  return (level.nx + 1 - parity) >> 1;
}

/** Repeats the ends of a row of four-byte elements in its ghosts, on periodic sides. */
@inline
export function repeatRowEnds(level: UniformLevel, row: usize): void {
  const nx = level.nx;
  if (level.periodic === 0 || nx === 1) return;
  const half = <usize>level.half << 2;
  const last = row + (<usize>placeInRow(level, nx - 1) << 2);
  store<i32>(row + half - 4, load<i32>(last));
  store<i32>(row + (<usize>placeInRow(level, nx) << 2), load<i32>(row));
}

/** Four entries of a table of float32, for the four bytes at `bytes`. */
@inline
export function lookUp(table: usize, bytes: usize): v128 {
  let found = v128.load32_zero(table + (<usize>load<u8>(bytes) << 2));
  found = v128.load_lane<f32>(table + (<usize>load<u8>(bytes, 1) << 2), found, 1);
  found = v128.load_lane<f32>(table + (<usize>load<u8>(bytes, 2) << 2), found, 2);
  return v128.load_lane<f32>(table + (<usize>load<u8>(bytes, 3) << 2), found, 3);
}

/** The four bytes at `bytes` as int32. */
@inline
export function spreadBytes(bytes: usize): v128 {
  return v128.shuffle<u8>(
    v128.load32_zero(bytes), i32x4.splat(0),
    0, 16, 16, 16, 1, 16, 16, 16, 2, 16, 16, 16, 3, 16, 16, 16,
  );
}

/** Lanes of the four cells at `bytes` that belong to the network. */
@inline
export function insideNetwork(bytes: usize): v128 {
  return i32x4.ne(spreadBytes(bytes), i32x4.splat(0));
}
