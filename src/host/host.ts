/** What differs between the browser and Node, as one small interface behind `#host`. */

/** A message a kernel thread sends when one of its tasks trapped. */
export interface ThreadFailure {
  readonly kernel: string;
  readonly message: string;
  readonly stack: string;
}

export interface KernelThread {
  /** Starts serving a session: the thread instantiates the module and waits for plans. */
  post(message: unknown): void;
  onFailure(listener: (failure: ThreadFailure) => void): void;
  /** The thread died; nothing it was given will be answered. */
  onCrash(listener: (reason: string) => void): void;
  terminate(): void;
}

export interface Host {
  readonly name: 'browser' | 'node';
  /** Threads worth using: 1 where shared memory is not available. */
  threadCount(): number;
  loadKernels(variant: 'plain' | 'threads'): Promise<WebAssembly.Module>;
  spawnKernelThread(): KernelThread;
  /** Resolves after the event loop has turned, without the 4 ms clamp of nested timers. */
  turn(): Promise<void>;
}
