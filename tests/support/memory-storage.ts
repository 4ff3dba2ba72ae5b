/** Results outside memory, kept in memory: for tests, which see what is kept and what was given back. */
import type { VoxelStorage } from '../../src/engine/out-of-core.ts';
import { sourceOf } from '../../src/volume/streamed.ts';
import {
  allocateVoxels,
  createVolume,
  type VoxelArray,
  voxelCount,
} from '../../src/volume/volume.ts';

export interface MemoryStorage extends VoxelStorage {
  /** Volumes that are written or can be read. */
  readonly held: number;
}

export function createMemoryStorage(): MemoryStorage {
  let held = 0;
  return {
    get held() {
      return held;
    },
    async create(description) {
      held += 1;
      const [nx, ny] = description.size;
      const data = allocateVoxels(description.type, voxelCount(description.size));
      let next = 0;
      return {
        async writeSlices(first: number, voxels: VoxelArray) {
          if (first !== next) throw new Error(`slice ${first} came where ${next} was due`);
          data.set(voxels as never, first * nx * ny);
          next += voxels.length / (nx * ny);
        },
        async finish() {
          if (next !== description.size[2]) throw new Error(`${next} slices were written`);
          return {
            ...sourceOf(createVolume({ ...description, data })),
            release: async () => void (held -= 1),
          };
        },
        abandon: async () => void (held -= 1),
      };
    },
  };
}
