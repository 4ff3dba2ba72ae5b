/** Slices made small, to look at a volume before it is opened. */
import type { VoxelArray } from '../volume/volume.ts';

/** Rows and columns of a picture at most; of larger slices every second, third … is taken. */
const MOST_PIXELS = 512;

export interface SlicePicture {
  /** Of the pixels, as many as were taken. */
  readonly width: number;
  readonly height: number;
  readonly data: Float64Array;
  /** Of the slice in voxels. */
  readonly voxels: readonly [across: number, down: number];
}

/** Every how many columns and rows are taken, and how many that makes. */
export function pictureGrid(columns: number, rows: number) {
  const across = Math.ceil(columns / MOST_PIXELS);
  const down = Math.ceil(rows / MOST_PIXELS);
  return { across, down, width: Math.ceil(columns / across), height: Math.ceil(rows / down) };
}

/** The picture of one slice, x across, y down. */
export function pictureOf(slice: VoxelArray, columns: number, rows: number): SlicePicture {
  const { across, down, width, height } = pictureGrid(columns, rows);
  const data = new Float64Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      data[y * width + x] = Number(slice[y * down * columns + x * across]);
    }
  }
  return { width, height, data, voxels: [columns, rows] };
}
