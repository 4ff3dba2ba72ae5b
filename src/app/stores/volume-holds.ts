/** When a volume that the page stops showing may be forgotten by the engine worker. */
import type { VolumeHandle } from '../../../workers/engine-api.ts';

export interface VolumeHolds {
  /** Waits for something that gives handles, among them perhaps a dropped one. */
  receive<T>(work: () => Promise<T>): Promise<T>;
  /** Forgets these as soon as nothing is on its way and nothing holds them. */
  drop(...handles: readonly (VolumeHandle | undefined)[]): void;
}

/**
 * A handle names what a volume is, so that one opened twice has one handle: to release it while it
 * is on its way again, or shown from the second time, would take it from under the page.
 */
export function createVolumeHolds(
  held: () => readonly (VolumeHandle | undefined)[],
  release: (handle: VolumeHandle) => void,
): VolumeHolds {
  const dropped = new Set<VolumeHandle>();
  let arriving = 0;

  function settle(): void {
    if (arriving > 0) return;
    const kept = held();
    for (const handle of dropped) if (!kept.includes(handle)) release(handle);
    dropped.clear();
  }

  return {
    async receive(work) {
      arriving += 1;
      try {
        return await work();
      } finally {
        arriving -= 1;
        settle();
      }
    },
    drop(...handles) {
      for (const handle of handles) if (handle !== undefined) dropped.add(handle);
      settle();
    },
  };
}
