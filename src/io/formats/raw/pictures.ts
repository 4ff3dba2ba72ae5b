/** The middle slices of a raw file, to see whether a layout is right before the file is read. */
import {
  type RawLayout,
  rawLayoutProblem,
  rawSliceBytes,
  rawType,
} from '../../../volume/raw-layout.ts';
import { bytesPerVoxel } from '../../../volume/volume.ts';
import { UserError } from '../../../errors/errors.ts';
import type { ByteSource } from '../../format.ts';
import { pictureGrid, type SlicePicture } from '../../slice-picture.ts';
import { asSamples } from '../../stored-samples.ts';

/** Rows that are read at a time. */
const ROWS_AT_ONCE = 32;

export interface RawPictures {
  readonly xy: SlicePicture;
  readonly xz: SlicePicture;
}

/**
 * Reads at most 512 rows of each slice. Throws `file/truncated` with a sentence where the layout does
 * not fit the file.
 */
export async function rawPictures(source: ByteSource, layout: RawLayout): Promise<RawPictures> {
  const problem = rawLayoutProblem(layout, source.size);
  if (problem !== null) throw new UserError('file/truncated', problem, { file: source.name });
  const { width, height, depth, skip, gap } = layout;
  const rowBytes = width * bytesPerVoxel(rawType(layout));
  const stride = rawSliceBytes(layout) + gap;
  const rowAt = (y: number, z: number): number => skip + z * stride + y * rowBytes;
  return {
    xy: await picture(source, layout, height, (row) => rowAt(row, depth >> 1)),
    xz: await picture(source, layout, depth, (row) => rowAt(height >> 1, row)),
  };
}

async function picture(
  source: ByteSource,
  layout: RawLayout,
  rows: number,
  startOf: (row: number) => number,
): Promise<SlicePicture> {
  const type = rawType(layout);
  const rowBytes = layout.width * bytesPerVoxel(type);
  const { across, down, width, height } = pictureGrid(layout.width, rows);
  const data = new Float64Array(width * height);
  for (let first = 0; first < height; first += ROWS_AT_ONCE) {
    const count = Math.min(ROWS_AT_ONCE, height - first);
    await Promise.all(
      Array.from({ length: count }, async (_, i) => {
        const start = startOf((first + i) * down);
        const bytes = await source.read(start, start + rowBytes);
        const row = asSamples(bytes, type, layout.width, layout.byteOrder === 'be');
        for (let x = 0; x < width; x++) data[(first + i) * width + x] = Number(row[x * across]);
      }),
    );
  }
  return { width, height, data, voxels: [layout.width, rows] };
}
