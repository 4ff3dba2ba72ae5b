/** Half as many voxels along each axis: means of grey values, the most frequent of labels. */
import { allocateVoxels, type VoxelArray, voxelTypeOf } from '../volume/volume.ts';

type Mix = (values: Float64Array, count: number) => number;

function meanOfWhole(values: Float64Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i] as number;
  return Math.floor((2 * sum + count) / (2 * count));
}

function meanOfFinite(values: Float64Array, count: number): number {
  let sum = 0;
  let finite = 0;
  for (let i = 0; i < count; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) continue;
    sum += value;
    finite += 1;
  }
  return finite === 0 ? Number.NaN : sum / finite;
}

function mostFrequent(values: Float64Array, count: number): number {
  let best = values[0] as number;
  let most = 0;
  for (let i = 0; i < count; i++) {
    const value = values[i] as number;
    let times = 0;
    for (let j = 0; j < count; j++) if (values[j] === value) times += 1;
    if (times > most || (times === most && value < best)) {
      most = times;
      best = value;
    }
  }
  return best;
}

/**
 * Two neighbouring slices as one of half the edges, rounded up; `second` is null behind the last
 * slice of an odd number. 64-bit integers are mixed as float64.
 */
export function halveSlices(
  first: VoxelArray,
  second: VoxelArray | null,
  [nx, ny]: readonly [number, number],
  kind: 'grey' | 'labels',
): VoxelArray {
  const width = Math.ceil(nx / 2);
  const height = Math.ceil(ny / 2);
  const out = allocateVoxels(voxelTypeOf(first), width * height);
  if (kind === 'grey' && isSmallWhole(first) && second !== null) {
    // Only whole boxes of eight; the edges below.
    halveWhole(first, second as typeof first, nx, ny, out as typeof first);
    mixBoxes(first, second, nx, ny, meanOfWhole, out, true);
    return out;
  }
  const isFloat = first instanceof Float32Array || first instanceof Float64Array;
  const mix = kind === 'labels' ? mostFrequent : isFloat ? meanOfFinite : meanOfWhole;
  mixBoxes(first, second, nx, ny, mix, out, false);
  return out;
}

type SmallWhole = Uint8Array | Int8Array | Uint16Array | Int16Array;

function isSmallWhole(data: VoxelArray): data is SmallWhole {
  return (
    data instanceof Uint8Array ||
    data instanceof Int8Array ||
    data instanceof Uint16Array ||
    data instanceof Int16Array
  );
}

/** `meanOfWhole` of boxes of eight, the common case. */
function halveWhole(a: SmallWhole, b: SmallWhole, nx: number, ny: number, out: SmallWhole): void {
  const width = Math.ceil(nx / 2);
  for (let y = 0; y + 1 < ny; y += 2) {
    let to = (y >> 1) * width;
    const end = y * nx + (nx & ~1);
    for (let i = y * nx, j = i + nx; i < end; i += 2, j += 2) {
      const sum =
        (a[i] as number) +
        (a[i + 1] as number) +
        (a[j] as number) +
        (a[j + 1] as number) +
        (b[i] as number) +
        (b[i + 1] as number) +
        (b[j] as number) +
        (b[j + 1] as number);
      out[to++] = (sum + 4) >> 3;
    }
  }
}

function mixBoxes(
  first: VoxelArray,
  second: VoxelArray | null,
  nx: number,
  ny: number,
  mix: Mix,
  out: VoxelArray,
  edgesOnly: boolean,
): void {
  const width = Math.ceil(nx / 2);
  const values = new Float64Array(8);
  const isBig = out instanceof BigInt64Array || out instanceof BigUint64Array;
  for (let y = 0; y < ny; y += 2) {
    const rows = Math.min(2, ny - y);
    const from = edgesOnly && rows === 2 ? nx & ~1 : 0;
    for (let x = from; x < nx; x += 2) {
      const columns = Math.min(2, nx - x);
      let count = 0;
      for (const slice of second === null ? [first] : [first, second]) {
        for (let row = 0; row < rows; row++) {
          for (let column = 0; column < columns; column++) {
            values[count++] = Number(slice[x + column + nx * (y + row)]);
          }
        }
      }
      const value = mix(values, count);
      const to = (x >> 1) + width * (y >> 1);
      if (isBig) out[to] = BigInt(value);
      else out[to] = value;
    }
  }
}
