/**
 * What a kernel's driver sees of WebAssembly: one memory for one job, a bump arena in it, and two
 * ways to run an export: once on this thread, or split into tasks over all threads.
 *
 * A session lives for one job. Its memory goes with it, since a WebAssembly memory never shrinks.
 */

export interface TaskPlan {
  /** Name of the export. Its last two parameters are the half-open item range `start, end`. */
  readonly kernel: string;
  /** The parameters before the range, numbers only (pointers, sizes, coefficients). */
  readonly args: readonly number[];
  /** Number of items (slices, rows, blocks) to cover. */
  readonly items: number;
  /**
   * Items per task. Fixed by the problem, never by the thread count, so that results cannot depend
   * on it. Aim for tasks of at most 30 ms: progress and cancel happen between tasks.
   */
  readonly itemsPerTask: number;
  /**
   * Per-thread scratch: the parameter at `argIndex` is increased by `thread * stride` bytes, so the
   * arena must hold `threads * stride` bytes there.
   */
  readonly scratch?: { readonly argIndex: number; readonly stride: number };
}

export interface KernelSession {
  /** Number of threads that run tasks, this one included; at least 1. */
  readonly threads: number;

  /**
   * Reserves `bytes` (64-byte aligned, padded so that SIMD may read 64 bytes past the end). Throws a
   * Bug when the driver takes more than the job's estimate: the memory never grows.
   */
  allocate(bytes: number): number;
  /** The arena's high-water mark in bytes. */
  readonly allocatedBytes: number;

  /** Views of the memory, valid as long as the session. */
  u8(pointer: number, length: number): Uint8Array;
  u16(pointer: number, length: number): Uint16Array;
  i32(pointer: number, length: number): Int32Array;
  u32(pointer: number, length: number): Uint32Array;
  f32(pointer: number, length: number): Float32Array;
  f64(pointer: number, length: number): Float64Array;

  /** Runs an export once on this thread. Keep single calls under 30 ms; split longer work. */
  call(kernel: string, ...args: number[]): number;

  /**
   * Covers all items of a plan with tasks over all threads and returns when all are done.
   * `onTaskDone` is called on this thread with the number of finished tasks.
   * `meanwhile` runs on this thread while others begin, before it takes tasks as well: copies of what
   * the plan neither reads nor writes, so that no thread waits for them.
   * Throws the cancellation error as soon as running tasks have ended after an abort.
   */
  run(
    plan: TaskPlan,
    onTaskDone?: (done: number, total: number) => void,
    meanwhile?: () => Promise<void>,
  ): Promise<void>;

  /** Lets the event loop turn when this thread has worked for 25 ms, and throws if aborted. */
  breathe(): Promise<void>;

  /** Progress of the whole job, 0 to 1, rising. */
  progress(fraction: number): void;
}
