/** Fills a store of bricks and its smaller levels from slices that come in order. */
import { Bug } from '../errors/errors.ts';
import { crc32 } from '../volume/crc32.ts';
import type { VolumeDescription } from '../volume/streamed.ts';
import {
  allocateVoxels,
  voxelBytes,
  type VoxelArray,
  voxelsFromBytes,
  voxelTypeOf,
} from '../volume/volume.ts';
import type { BrickedVolume } from './bricked-volume.ts';
import { halveSlices } from './halve.ts';
import { DATA_START, emptyIndex, type LevelIndex, writeIndex } from './index-file.ts';
import { BRICK_EDGE, SHEET_SLICES, SHEETS_PER_BRICK } from './layout.ts';
import { type BrickReadOptions, openBricks } from './reader.ts';
import type { BrickStorage } from './storage.ts';

export interface BrickWriteOptions extends BrickReadOptions {
  /** Awaited every few milliseconds; may throw to cancel. */
  readonly breathe?: () => Promise<void>;
}

export interface BrickWriter {
  /**
   * The next slices, any number of them, `first` being the number of those before. A multiple of 8
   * costs the fewest writes. The array is not kept. Memory: a quarter of the slices.
   */
  writeSlices(first: number, voxels: VoxelArray): Promise<void>;
  /** Writes the index after the last slice; from then on the store opens. */
  finish(): Promise<BrickedVolume>;
}

/**
 * Writes a volume of this description into an empty storage. Where anything throws, the storage is
 * the caller's to remove; it does not open then.
 */
export function createBrickWriter(
  storage: BrickStorage,
  description: VolumeDescription,
  options: BrickWriteOptions = {},
): BrickWriter {
  const levels = emptyIndex(description);
  const { type, kind } = description;
  const breathe = options.breathe ?? (() => Promise.resolve());
  let end = DATA_START;
  const allocate = (bytes: number): number => {
    const start = end;
    end += bytes;
    return start;
  };
  const shared = { storage, kind, allocate, breathe };
  const first = levels.reduceRight<LevelWriter | null>(
    (next, level) => new LevelWriter(level, next, shared),
    null,
  ) as LevelWriter;
  return {
    async writeSlices(before, voxels) {
      const [nx, ny, nz] = description.size;
      const count = voxels.length / (nx * ny);
      const isNext = before === first.written && before + count <= nz;
      if (!isNext || !Number.isInteger(count) || voxelTypeOf(voxels) !== type) {
        throw new Bug('These are not the next slices.', { before, count, nz });
      }
      await first.write(voxels, count);
    },
    async finish() {
      if (first.written !== description.size[2]) {
        throw new Bug('Slices are missing.', { written: first.written });
      }
      writeIndex(storage, end, description, levels);
      return openBricks(storage, options);
    },
  };
}

interface Shared {
  readonly storage: BrickStorage;
  readonly kind: 'grey' | 'labels';
  readonly allocate: (bytes: number) => number;
  readonly breathe: () => Promise<void>;
}

class LevelWriter {
  written = 0;
  private readonly level: LevelIndex;
  private readonly next: LevelWriter | null;
  private readonly shared: Shared;
  /** The first of two slices whose second has not come yet. */
  private waiting: VoxelArray | null = null;

  constructor(level: LevelIndex, next: LevelWriter | null, shared: Shared) {
    this.level = level;
    this.next = next;
    this.shared = shared;
  }

  async write(voxels: VoxelArray, count: number): Promise<void> {
    const [nx, ny] = this.level.layout.size;
    for (let at = 0; at < count; ) {
      const run = Math.min(count - at, SHEET_SLICES - (this.written % SHEET_SLICES));
      await this.writeRun(voxels.subarray(at * nx * ny, (at + run) * nx * ny), run);
      this.written += run;
      at += run;
    }
    if (this.next !== null) await this.passOn(this.next, voxels, count);
  }

  /** Some slices of one sheet. */
  private async writeRun(voxels: VoxelArray, run: number): Promise<void> {
    const { layout, layers, sums } = this.level;
    const { storage, allocate, breathe } = this.shared;
    const [nx, ny] = layout.size;
    const layer = Math.floor(this.written / BRICK_EDGE);
    const inBrick = this.written % BRICK_EDGE;
    const sheet = Math.floor(inBrick / SHEET_SLICES);
    if (inBrick === 0) layers[layer] = allocate(layout.layerBytes(layer));
    const source = voxelBytes(voxels);
    const scratch = new Uint8Array(BRICK_EDGE * BRICK_EDGE * run * layout.width);
    for (let iy = 0; iy < layout.across[1]; iy++) {
      for (let ix = 0; ix < layout.across[0]; ix++) {
        const { index, box, offset } = layout.brick(ix, iy, layer);
        const [x0, x1, y0, y1] = box;
        const rowBytes = (x1 - x0) * layout.width;
        let filled = 0;
        for (let z = 0; z < run; z++) {
          for (let y = y0; y < y1; y++) {
            const from = (x0 + nx * (y + ny * z)) * layout.width;
            scratch.set(source.subarray(from, from + rowBytes), filled);
            filled += rowBytes;
          }
        }
        const bytes = scratch.subarray(0, filled);
        this.noteRange(index, voxelsFromBytes(voxelTypeOf(voxels), bytes, filled / layout.width));
        const sum = index * SHEETS_PER_BRICK + sheet;
        sums[sum] = crc32(bytes, sums[sum]);
        const place = (layers[layer] as number) + offset + inBrick * (y1 - y0) * rowBytes;
        storage.write(place, bytes);
      }
      await breathe();
    }
  }

  private noteRange(brick: number, voxels: VoxelArray): void {
    const { minima, maxima } = this.level;
    const [low, high] = finiteRange(voxels);
    if (!(low <= high)) return;
    // NaN until the brick's first finite voxel.
    if (!(low >= (minima[brick] as number))) minima[brick] = low;
    if (!(high <= (maxima[brick] as number))) maxima[brick] = high;
  }

  private async passOn(next: LevelWriter, voxels: VoxelArray, count: number): Promise<void> {
    const [nx, ny, nz] = this.level.layout.size;
    const slices: VoxelArray[] = [];
    const pair = async (first: VoxelArray, second: VoxelArray | null): Promise<void> => {
      slices.push(halveSlices(first, second, [nx, ny], this.shared.kind));
      await this.shared.breathe();
    };
    for (let z = 0; z < count; z++) {
      const slice = voxels.subarray(z * nx * ny, (z + 1) * nx * ny);
      if (this.waiting === null) {
        // A view would keep all slices that came with it, and may be written to.
        this.waiting = z + 1 < count ? slice : slice.slice();
      } else {
        await pair(this.waiting, slice);
        this.waiting = null;
      }
    }
    if (this.waiting !== null && this.written === nz) await pair(this.waiting, null);
    const [first] = slices;
    if (first === undefined) return;
    const joined = allocateVoxels(voxelTypeOf(first), first.length * slices.length);
    for (const [z, slice] of slices.entries()) joined.set(slice as never, z * first.length);
    await next.write(joined, slices.length);
  }
}

function finiteRange(voxels: VoxelArray): readonly [number, number] {
  let low = Infinity;
  let high = -Infinity;
  if (voxels instanceof BigInt64Array || voxels instanceof BigUint64Array) {
    for (const value of voxels) {
      low = Math.min(low, Number(value));
      high = Math.max(high, Number(value));
    }
    return [low, high];
  }
  for (let i = 0; i < voxels.length; i++) {
    const value = voxels[i] as number;
    // Infinities are no values here; comparisons with NaN are false.
    if (value < low && value !== -Infinity) low = value;
    if (value > high && value !== Infinity) high = value;
  }
  return [low, high];
}
