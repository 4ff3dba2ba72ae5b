/** Results of runs outside memory as stores of bricks. */
import type { BrickedVolume } from '../bricks/bricked-volume.ts';
import type { BrickStorage } from '../bricks/storage.ts';
import { createBrickWriter } from '../bricks/writer.ts';
import type { VoxelStorage } from './out-of-core.ts';

/** @param create an empty storage for each volume */
export function brickResults(create: () => Promise<BrickStorage>): VoxelStorage<BrickedVolume> {
  return {
    async create(description, breathe) {
      const storage = await create();
      const writer = createBrickWriter(storage, description, { breathe });
      return {
        writeSlices: (first, voxels) => writer.writeSlices(first, voxels),
        finish: () => writer.finish(),
        abandon: () => storage.remove(),
      };
    },
  };
}
