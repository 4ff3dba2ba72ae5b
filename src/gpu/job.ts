/** One computation on a GPU: its buffers, its errors, its pauses. */
import { cancelled, UserError } from '../errors/errors.ts';
import { type GpuDevice, gpuFailed } from './device.ts';

/** Values of the standard's `GPUBufferUsage` and `GPUMapMode`, which Node does not know. */
export const USAGE = {
  mapRead: 1,
  copySource: 4,
  copyTarget: 8,
  uniform: 64,
  storage: 128,
} as const;
const MAP_READ = 1;
export const COMPUTE_STAGE = 4;

/** Work submitted at once: short, so that a cancellation is seen and no watchdog bites. */
const BATCH_MS = 40;

export interface JobSurroundings {
  readonly signal: AbortSignal;
  /** Lets the event loop turn now and then; throws once aborted. */
  breathe(): Promise<void>;
}

export interface GpuJob {
  readonly device: GPUDevice;
  readonly isSoftware: boolean;
  /** A buffer that is destroyed with the job. */
  buffer(bytes: number, usage: number): GPUBuffer;
  breathe(): Promise<void>;
  /** Hands the first `bytes` of a `mapRead` buffer to `use`. */
  read(buffer: GPUBuffer, bytes: number, use: (values: Float32Array) => void): Promise<void>;
  /**
   * Encodes items 0 … count − 1 into submissions of some `BATCH_MS`, waiting for each. Throws
   * `run/cancelled`, `gpu/failed`.
   */
  inBatches(
    count: number,
    encode: (pass: GPUComputePassEncoder, item: number) => void,
    onDone?: (done: number) => void,
  ): Promise<void>;
}

/**
 * Runs `work` and destroys what it made. Whatever the GPU finds wrong, at once or later, comes out
 * as `gpu/failed`: a result is only returned when no error was reported. One job at a time.
 */
export async function runGpuJob<T>(
  gpu: GpuDevice,
  surroundings: JobSurroundings,
  work: (job: GpuJob) => Promise<T>,
): Promise<T> {
  const { device } = gpu;
  const { signal } = surroundings;
  const buffers: GPUBuffer[] = [];
  const throwIfStopped = (): void => {
    if (signal.aborted) throw cancelled();
    const lost = gpu.lostReason();
    if (lost !== null) throw gpuFailed(lost);
  };

  /** Waits until everything submitted has run. */
  const finish = async (): Promise<void> => {
    await device.queue.onSubmittedWorkDone();
    throwIfStopped();
  };

  /** Items of the next batch, from what those before it took. */
  let size = 1;
  const job: GpuJob = {
    device,
    isSoftware: gpu.isSoftware,
    buffer: (bytes, usage) => {
      const made = device.createBuffer({ size: Math.ceil(bytes / 4) * 4, usage });
      buffers.push(made);
      return made;
    },
    breathe: surroundings.breathe,
    async read(buffer, bytes, use) {
      await buffer.mapAsync(MAP_READ, 0, bytes);
      throwIfStopped();
      use(new Float32Array(buffer.getMappedRange(0, bytes)));
      buffer.unmap();
    },
    async inBatches(count, encode, onDone) {
      for (let first = 0; first < count; ) {
        const end = Math.min(count, first + size);
        const encoder = device.createCommandEncoder();
        const pass = encoder.beginComputePass();
        for (let item = first; item < end; item++) encode(pass, item);
        pass.end();
        const startedAt = performance.now();
        device.queue.submit([encoder.finish()]);
        await finish();
        const perItem = (performance.now() - startedAt) / (end - first);
        size = Math.max(1, Math.min(2 * size, Math.floor(BATCH_MS / perItem)));
        first = end;
        onDone?.(first);
      }
    },
  };

  throwIfStopped();
  const scopes = ['validation', 'out-of-memory', 'internal'] as const;
  for (const scope of scopes) device.pushErrorScope(scope);
  let result: T;
  let problem: string | null = null;
  try {
    result = await work(job);
  } catch (error) {
    throwIfStopped();
    throw error instanceof UserError
      ? error
      : gpuFailed(error instanceof Error ? error.message : String(error), error);
  } finally {
    for (const buffer of buffers) buffer.destroy();
    for (const _scope of scopes) {
      const found = await device.popErrorScope().catch(() => null);
      problem ??= found?.message ?? null;
    }
  }
  if (problem !== null) throw gpuFailed(problem);
  return result;
}
