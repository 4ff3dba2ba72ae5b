/**
 * Separable gaussian over a slab of slices, axes in the order z, y, x; definition and scalar form
 * in src/kernels/gaussian.ts. Rows of intermediate planes are `rowBytes` apart, a multiple of 16.
 */
import { fillPairs, repeatEnds, smoothAcross, smoothAlong } from './shared/convolve';

/**
 * Along z: rows y in [start, end) of every slice of the slab.
 * @param input slices inputZ … of the volume, unpadded
 * @param out the slab's slices
 * @param scratch of this thread: 8·(radius + 1) bytes
 */
export function gaussianAlongZ(
  input: usize,
  out: usize,
  weights: usize,
  scratch: usize,
  radius: i32,
  nx: i32,
  ny: i32,
  nz: i32,
  inputZ: i32,
  slabStart: i32,
  slabEnd: i32,
  rowBytes: usize,
  start: i32,
  end: i32,
): void {
  const plane = (<usize>(nx * ny)) << 2;
  for (let y = start; y < end; y++) {
    // Where slice 0 would lie; clamped slices are always among those in the buffer.
    const column = input + ((<usize>(y * nx)) << 2) - <usize>inputZ * plane;
    for (let z = slabStart; z < slabEnd; z++) {
      fillPairs(scratch, column, plane, z, nz, radius);
      const to = out + <usize>((z - slabStart) * ny + y) * rowBytes;
      smoothAcross(to, column + <usize>z * plane, scratch, weights, radius, rowBytes);
    }
  }
}

/**
 * Along y and x: rows [start, end) of the slab, counted over its slices.
 * @param between the slab's slices, smoothed along z
 * @param out unpadded slices
 * @param scratch of this thread: 8·(radius + 1) + 2·(rowBytes + 8·radius + 64) bytes
 */
export function gaussianInSlices(
  between: usize,
  out: usize,
  weights: usize,
  scratch: usize,
  radius: i32,
  nx: i32,
  ny: i32,
  rowBytes: usize,
  start: i32,
  end: i32,
): void {
  const reach = ((<usize>radius) << 2) + 16;
  const line = scratch + ((<usize>(radius + 1)) << 3) + reach;
  const result = line + rowBytes + reach;
  for (let row = start; row < end; row++) {
    const y = row % ny;
    const slice = between + <usize>(row - y) * rowBytes;
    fillPairs(scratch, slice, rowBytes, y, ny, radius);
    smoothAcross(line, slice + <usize>y * rowBytes, scratch, weights, radius, rowBytes);
    repeatEnds(line, nx, radius);
    smoothAlong(result, line, weights, radius, rowBytes);
    memory.copy(out + ((<usize>row * <usize>nx) << 2), result, (<usize>nx) << 2);
  }
}
