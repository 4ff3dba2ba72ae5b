/** A volume on disk in bricks, with smaller copies of itself: what is too large for the memory. */
import type { VoxelBox } from '../volume/box.ts';
import type { VolumeDescription } from '../volume/streamed.ts';
import type { Size3, Volume } from '../volume/volume.ts';

export interface BrickLevel {
  readonly size: Size3;
  /** Voxels of level 0 along each edge of a voxel of this one: 1, 2, 4, … */
  readonly factor: number;
}

export interface BrickRange {
  /** Voxels of the level. */
  readonly box: VoxelBox;
  /** Smallest and largest finite value in it; both NaN where there is none. */
  readonly minimum: number;
  readonly maximum: number;
}

/** What may be said of voxels without changing them or their smaller copies. */
export type BrickedDescription = Pick<Volume, 'name' | 'spacing' | 'origin' | 'phases'>;

export interface BrickedVolume extends VolumeDescription {
  /** Smallest and largest finite value of level 0; both NaN where there is none. */
  readonly range: readonly [minimum: number, maximum: number];
  /**
   * Level 0 is the volume itself. Each further one is half as large along each axis (rounded up): the
   * means of 2 × 2 × 2 voxels of the one before, whole numbers rounded half up, or of labels the most
   * frequent one, the smallest of equals. At faces the voxels that are there count; voxels that are
   * not finite count nowhere. The last level fits one brick.
   */
  readonly levels: readonly BrickLevel[];
  /**
   * The voxels of a box of a level, as a volume with its place and voxel size. `breathe` is awaited
   * between bricks and may throw to cancel. Throws `store/damaged` where a checksum is wrong. Cost:
   * whole sheets (8 slices of a brick) are read, small boxes through a cache of the last ones.
   */
  readBox(box: VoxelBox, level?: number, breathe?: () => Promise<void>): Promise<Volume>;
  /** The bricks of a level with their ranges, x fastest; nothing is read. */
  bricks(level?: number): Iterable<BrickRange>;
  /** The same voxels under another description; the store is shared, and gone for both once removed. */
  describedAs(change: Partial<BrickedDescription>): BrickedVolume;
  /** Closes and deletes the store. */
  remove(): Promise<void>;
}
