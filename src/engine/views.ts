/** Small copies of a volume for display: one slice, and an 8-bit preview for the 3-D view. */
import {
  type NumericVoxelArray,
  type Size3,
  type Vector3,
  type Volume,
  voxelCount,
} from '../volume/volume.ts';
import { relativeSpacing } from '../volume/length.ts';

export interface Slice {
  readonly width: number;
  readonly height: number;
  readonly data: NumericVoxelArray;
}

/**
 * The slice perpendicular to `axis` at `index`, in the volume's own values; 64-bit integers become
 * float64. Axis 2 (z): x across, y down. Axis 1 (y): x across, z down. Axis 0 (x): z across, y down.
 */
export function extractSlice(volume: Volume, axis: 0 | 1 | 2, index: number): Slice {
  const [nx, ny, nz] = volume.size;
  const strides = [1, nx, nx * ny] as const;
  const across = axis === 0 ? 2 : 0;
  const down = axis === 1 ? 2 : 1;
  const width = [nx, ny, nz][across] as number;
  const height = [nx, ny, nz][down] as number;
  const at = index * strides[axis];
  const source = volume.data;
  if (source instanceof BigInt64Array || source instanceof BigUint64Array) {
    const out = new Float64Array(width * height);
    forEachPixel(width, height, strides[across], strides[down], at, (pixel, voxel) => {
      out[pixel] = Number(source[voxel]);
    });
    return { width, height, data: out };
  }
  if (axis === 2) return { width, height, data: source.slice(at, at + width * height) };
  const out = source.slice(0, width * height);
  forEachPixel(width, height, strides[across], strides[down], at, (pixel, voxel) => {
    out[pixel] = source[voxel] as number;
  });
  return { width, height, data: out };
}

function forEachPixel(
  width: number,
  height: number,
  stepAcross: number,
  stepDown: number,
  start: number,
  visit: (pixel: number, voxel: number) => void,
): void {
  for (let row = 0, pixel = 0; row < height; row++) {
    let voxel = start + row * stepDown;
    for (let column = 0; column < width; column++, pixel++, voxel += stepAcross) {
      visit(pixel, voxel);
    }
  }
}

export interface Preview {
  readonly size: Size3;
  readonly data: Uint8Array<ArrayBuffer>;
  readonly spacing: Vector3;
  readonly range: readonly [number, number];
}

/**
 * An 8-bit copy with no edge longer than `maxEdge`: box means of grey values with `range` mapped to
 * 0..255, or the nearest voxel's label. Labels above 255 wrap and are for display only.
 */
export async function previewVolume(
  volume: Volume,
  maxEdge: number,
  range: readonly [number, number],
  breathe: () => Promise<void>,
): Promise<Preview> {
  const factor = Math.max(1, Math.ceil(Math.max(...volume.size) / maxEdge));
  const size = volume.size.map((n) => Math.ceil(n / factor)) as [number, number, number];
  const [px, py, pz] = size;
  const out = new Uint8Array(voxelCount(size));
  const value = reader(volume);
  const scale = range[1] > range[0] ? 255 / (range[1] - range[0]) : 0;
  for (let z = 0; z < pz; z++) {
    for (let y = 0; y < py; y++) {
      for (let x = 0; x < px; x++) {
        const grey =
          volume.kind === 'labels' ? value.at(x, y, z, factor) : value.mean(x, y, z, factor);
        out[x + px * (y + py * z)] =
          volume.kind === 'labels'
            ? grey & 255
            : Math.max(0, Math.min(255, Math.round((grey - range[0]) * scale)));
      }
    }
    await breathe();
  }
  const [sx, sy, sz] = volume.spacing?.values ?? relativeSpacing(null);
  return { size, data: out, spacing: [sx * factor, sy * factor, sz * factor], range };
}

interface BlockReader {
  /** The value of the block's first voxel. */
  at(x: number, y: number, z: number, factor: number): number;
  /** Mean over the block's voxels inside the volume; not-finite voxels count as the range's start. */
  mean(x: number, y: number, z: number, factor: number): number;
}

function reader(volume: Volume): BlockReader {
  const [nx, ny, nz] = volume.size;
  const { data } = volume;
  const read = (index: number): number => Number(data[index]);
  return {
    at: (x, y, z, factor) => read(x * factor + nx * (y * factor + ny * (z * factor))),
    mean: (x, y, z, factor) => {
      let sum = 0;
      let count = 0;
      for (let k = z * factor; k < Math.min(nz, (z + 1) * factor); k++) {
        for (let j = y * factor; j < Math.min(ny, (y + 1) * factor); j++) {
          for (let i = x * factor; i < Math.min(nx, (x + 1) * factor); i++) {
            const grey = read(i + nx * (j + ny * k));
            if (!Number.isFinite(grey)) continue;
            sum += grey;
            count++;
          }
        }
      }
      return count === 0 ? 0 : sum / count;
    },
  };
}
