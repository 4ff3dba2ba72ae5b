/** What differs between the browser and Node, as one small interface behind `#host`. */

import type { BrickStorage } from '../bricks/storage.ts';
import type { GpuDevice } from '../gpu/device.ts';

export interface KernelThread {
  /** Hands over a session (`ServeMessage`), which the thread serves until it ends. */
  post(message: unknown): void;
  /**
   * The thread died, or never started, of something else than `terminate`: nothing it was given
   * will be answered.
   */
  onCrash(listener: (reason: string) => void): void;
  terminate(): void;
}

export interface Host {
  readonly name: 'browser' | 'node';
  /** Threads worth using: 1 where shared memory is not available. */
  threadCount(): number;
  loadKernels(variant: 'plain' | 'threads'): Promise<WebAssembly.Module>;
  /** The bytes of the kernels over plain memory: their SHA-256 names what computed a number. */
  kernelBytes(): Promise<Uint8Array>;
  spawnKernelThread(): KernelThread;
  /** Opens the GPU anew. Throws `gpu/unavailable` with the reason where there is none. */
  openGpu(): Promise<GpuDevice>;
  /**
   * A new empty place for a volume in bricks, deleted at the latest when the program starts next.
   * Throws `store/unavailable` where the host has none.
   */
  createStorage(): Promise<BrickStorage>;
  /** Resolves after the event loop has turned, without the 4 ms clamp of nested timers. */
  turn(): Promise<void>;
}
