/**
 * Gradient magnitude over a slab of slices, axes in the order z, y, x; definition and scalar form
 * in src/kernels/gradient.ts. Rows of intermediate planes are `rowBytes` apart, a multiple of 16.
 */
import {
  deriveAcross,
  deriveAlong,
  fillPairs,
  repeatEnds,
  smoothAcross,
  smoothAlong,
} from './shared/convolve';

/**
 * Along z: rows y in [start, end) of every slice of the slab, smoothed and derived.
 * @param input slices inputZ … of the volume, unpadded
 * @param scratch of this thread: 8·(larger radius + 1) bytes
 */
export function gradientAlongZ(
  input: usize,
  smoothed: usize,
  derived: usize,
  smoothing: usize,
  derivative: usize,
  scratch: usize,
  smoothingRadius: i32,
  derivativeRadius: i32,
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
  const radius = max(smoothingRadius, derivativeRadius);
  for (let y = start; y < end; y++) {
    const column = input + ((<usize>(y * nx)) << 2) - <usize>inputZ * plane;
    for (let z = slabStart; z < slabEnd; z++) {
      fillPairs(scratch, column, plane, z, nz, radius);
      const to = <usize>((z - slabStart) * ny + y) * rowBytes;
      const centre = column + <usize>z * plane;
      smoothAcross(smoothed + to, centre, scratch, smoothing, smoothingRadius, rowBytes);
      deriveAcross(derived + to, scratch, derivative, derivativeRadius, rowBytes);
    }
  }
}

/**
 * Along y and x: rows [start, end) of the slab, counted over its slices.
 * @param out unpadded slices
 * @param scratch of this thread: 8·(radius + 1) + 4·(rowBytes + 8·radius + 64) bytes
 */
export function gradientInSlices(
  smoothed: usize,
  derived: usize,
  out: usize,
  smoothing: usize,
  derivative: usize,
  scratch: usize,
  smoothingRadius: i32,
  derivativeRadius: i32,
  nx: i32,
  ny: i32,
  rowBytes: usize,
  relativeX: f32,
  relativeY: f32,
  relativeZ: f32,
  perLength: f32,
  start: i32,
  end: i32,
): void {
  const radius = max(smoothingRadius, derivativeRadius);
  const reach = ((<usize>radius) << 2) + 16;
  const line = scratch + ((<usize>(radius + 1)) << 3) + reach;
  const gx = line + rowBytes + reach;
  const gy = gx + rowBytes;
  const gz = gy + rowBytes;
  const rx = f32x4.splat(relativeX);
  const ry = f32x4.splat(relativeY);
  const rz = f32x4.splat(relativeZ);
  const unit = f32x4.splat(perLength);
  for (let row = start; row < end; row++) {
    const y = row % ny;
    const slice = smoothed + <usize>(row - y) * rowBytes;
    const derivedSlice = derived + <usize>(row - y) * rowBytes;
    const here = <usize>y * rowBytes;

    fillPairs(scratch, slice, rowBytes, y, ny, radius);
    smoothAcross(line, slice + here, scratch, smoothing, smoothingRadius, rowBytes);
    repeatEnds(line, nx, radius);
    deriveAlong(gx, line, derivative, derivativeRadius, rowBytes);

    deriveAcross(line, scratch, derivative, derivativeRadius, rowBytes);
    repeatEnds(line, nx, radius);
    smoothAlong(gy, line, smoothing, smoothingRadius, rowBytes);

    fillPairs(scratch, derivedSlice, rowBytes, y, ny, radius);
    smoothAcross(line, derivedSlice + here, scratch, smoothing, smoothingRadius, rowBytes);
    repeatEnds(line, nx, radius);
    smoothAlong(gz, line, smoothing, smoothingRadius, rowBytes);

    for (let i: usize = 0; i < rowBytes; i += 16) {
      const x = f32x4.mul(v128.load(gx + i), rx);
      const yy = f32x4.mul(v128.load(gy + i), ry);
      const z = f32x4.mul(v128.load(gz + i), rz);
      const xy = f32x4.add(f32x4.mul(x, x), f32x4.mul(yy, yy));
      const squares = f32x4.add(xy, f32x4.mul(z, z));
      v128.store(gx + i, f32x4.mul(f32x4.sqrt(squares), unit));
    }
    memory.copy(out + ((<usize>row * <usize>nx) << 2), gx, (<usize>nx) << 2);
  }
}
