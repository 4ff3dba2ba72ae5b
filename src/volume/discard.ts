/** Gives memory back without waiting for a garbage collector. */
import type { VoxelArray } from './volume.ts';

let nowhere: MessagePort | null = null;

/** A port that drops what is sent to it. */
function closedPort(): MessagePort {
  const { port1, port2 } = new MessageChannel();
  port2.close();
  return port1;
}

/**
 * Frees voxels that nobody uses any more: collectors are late with large arrays, and work that makes
 * many of them would fill the memory with dead ones. The array is empty afterwards. Shared memory and
 * what is no longer there stay as they are.
 */
export function discard({ buffer }: VoxelArray): void {
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength === 0) return;
  const owned = buffer as ArrayBuffer & { transfer?(length: number): ArrayBuffer };
  if (owned.transfer !== undefined) {
    owned.transfer(0);
    return;
  }
  nowhere ??= closedPort();
  nowhere.postMessage(null, [buffer]);
}
