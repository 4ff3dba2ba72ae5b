/** A volume in bricks as what is read box by box, or some slices at a time. */
import type { VoxelSource } from '../volume/streamed.ts';
import { bytesPerVoxel, type Size3, type VoxelType } from '../volume/volume.ts';
import type { BrickedVolume } from './bricked-volume.ts';
import { SHEET_SLICES } from './layout.ts';

/** Held at a time, where a slice is not larger. */
export const SLAB_BYTES = 64 * 2 ** 20;

/** Slices to take at a time: some 64 MiB, and whole sheets where so many fit. */
export function slabSlices([nx, ny]: Size3, type: VoxelType): number {
  const fit = Math.max(1, Math.floor(SLAB_BYTES / (nx * ny * bytesPerVoxel(type))));
  return fit >= SHEET_SLICES ? fit - (fit % SHEET_SLICES) : 2 ** Math.floor(Math.log2(fit));
}

/** `breathe` is awaited between bricks and may throw to cancel. */
export function brickSource(bricks: BrickedVolume, breathe?: () => Promise<void>): VoxelSource {
  const { kind, name, size, type, spacing, origin, phases } = bricks;
  return {
    kind,
    name,
    size,
    type,
    spacing,
    origin,
    phases,
    readBox: (box) => bricks.readBox(box, 0, breathe),
  };
}
