/**
 * Where the voxels of a level lie in the file. A level is cut into bricks of 64³, those at its far
 * faces clipped; the bricks of 64 slices are a layer, which is one stretch of the file: brick after
 * brick with x fastest, each x fastest too. A sheet is 8 slices of a brick, the least that is read.
 */
import type { VoxelBox } from '../volume/box.ts';
import { bytesPerVoxel, type Size3, type VoxelType } from '../volume/volume.ts';

export const BRICK_EDGE = 64;
export const SHEET_SLICES = 8;
export const SHEETS_PER_BRICK = BRICK_EDGE / SHEET_SLICES;

/** Sizes of all levels: each half the one before, rounded up, until one brick holds it. */
export function levelSizes(size: Size3): readonly Size3[] {
  const sizes = [size];
  for (let last = size; Math.max(...last) > BRICK_EDGE; sizes.push(last)) {
    last = [Math.ceil(last[0] / 2), Math.ceil(last[1] / 2), Math.ceil(last[2] / 2)];
  }
  return sizes;
}

export interface BrickPlace {
  /** Position among the bricks of the level. */
  readonly index: number;
  /** Its voxels in the level. */
  readonly box: VoxelBox;
  /** First byte, from the start of its layer. */
  readonly offset: number;
}

export class LevelLayout {
  readonly size: Size3;
  /** Bytes of a voxel. */
  readonly width: number;
  /** Bricks along each axis. */
  readonly across: Size3;
  readonly brickCount: number;

  constructor(size: Size3, type: VoxelType) {
    this.size = size;
    this.width = bytesPerVoxel(type);
    const bricks = (n: number): number => Math.ceil(n / BRICK_EDGE);
    this.across = [bricks(size[0]), bricks(size[1]), bricks(size[2])];
    this.brickCount = this.across[0] * this.across[1] * this.across[2];
  }

  layerBytes(layer: number): number {
    const [nx, ny, nz] = this.size;
    return Math.min(BRICK_EDGE, nz - layer * BRICK_EDGE) * nx * ny * this.width;
  }

  brick(ix: number, iy: number, iz: number): BrickPlace {
    const [nx, ny, nz] = this.size;
    const [x, y, z] = [ix * BRICK_EDGE, iy * BRICK_EDGE, iz * BRICK_EDGE];
    const rows = Math.min(BRICK_EDGE, ny - y);
    const slices = Math.min(BRICK_EDGE, nz - z);
    return {
      index: ix + this.across[0] * (iy + this.across[1] * iz),
      box: [x, Math.min(nx, x + BRICK_EDGE), y, y + rows, z, z + slices],
      offset: (y * nx + x * rows) * slices * this.width,
    };
  }
}
