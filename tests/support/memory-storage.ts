/** Results outside memory, kept in memory: for tests, which see whether the room is given back. */
import { memoryStorage } from '../../src/bricks/storage.ts';
import { brickResults } from '../../src/engine/brick-results.ts';
import type { VoxelStorage } from '../../src/engine/out-of-core.ts';

export interface MemoryStorage extends VoxelStorage {
  /** Volumes that are written or can be read. */
  readonly held: number;
}

export function createMemoryStorage(): MemoryStorage {
  let held = 0;
  const { create } = brickResults(async () => {
    held += 1;
    const storage = memoryStorage();
    const remove = storage.remove.bind(storage);
    return Object.assign(storage, {
      async remove() {
        held -= 1;
        await remove();
      },
    });
  });
  return {
    create,
    get held() {
      return held;
    },
  };
}
