/**
 * The part of a kernel session that every host has: one instance of a kernel module over a memory
 * of its own, a bump arena in that memory, views of it, and calls on this thread.
 */
import { Bug, UserError } from '../errors/errors.ts';

const PAGE = 65_536;
/** A 32-bit memory ends at 4 GiB. */
const MAX_PAGES = 65_536;
/** Below this the modules keep their constants. */
const ARENA_START = PAGE;
/** Room for the alignment and the SIMD padding of each allocation. */
const ARENA_SLACK = 2 * PAGE;
const ALIGNMENT = 64;
/** The largest arena that a session can have. */
export const MAX_ARENA_BYTES = MAX_PAGES * PAGE - ARENA_START - ARENA_SLACK;

type KernelFunction = (...args: number[]) => number;

export class KernelMemory {
  protected readonly memory: WebAssembly.Memory;
  /** Names of all exports in a fixed order. */
  protected readonly kernels: readonly string[];
  readonly #exports: WebAssembly.Exports;
  readonly #estimate: number;
  #top = ARENA_START;

  /**
   * An arena of `bytes` over memory that is shared where `shared` says so. Throws
   * `memory/over-budget` where there is not so much.
   */
  constructor(module: WebAssembly.Module, bytes: number, shared: boolean) {
    this.memory = createMemory(bytes, shared);
    this.#estimate = bytes;
    const abort = (): never => {
      throw new Bug('A kernel aborted.');
    };
    const instance = new WebAssembly.Instance(module, { env: { memory: this.memory, abort } });
    this.#exports = instance.exports;
    this.kernels = Object.keys(instance.exports).sort();
  }

  get allocatedBytes(): number {
    return this.#top - ARENA_START;
  }

  allocate(bytes: number): number {
    const pointer = this.#top;
    this.#top += Math.ceil((bytes + ALIGNMENT) / ALIGNMENT) * ALIGNMENT;
    if (this.#top > this.memory.buffer.byteLength) {
      throw new Bug('A kernel driver allocated more than its estimate.', {
        asked: bytes,
        estimate: this.#estimate,
        allocated: this.allocatedBytes,
      });
    }
    return pointer;
  }

  u8(pointer: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, pointer, length);
  }
  u16(pointer: number, length: number): Uint16Array {
    return new Uint16Array(this.memory.buffer, pointer, length);
  }
  i32(pointer: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, pointer, length);
  }
  u32(pointer: number, length: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, pointer, length);
  }
  f32(pointer: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, pointer, length);
  }
  f64(pointer: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, pointer, length);
  }

  call(kernel: string, ...args: number[]): number {
    return this.kernel(kernel)(...args);
  }

  /** An export; what it throws (a trap) becomes a Bug that names it. */
  protected kernel(name: string): KernelFunction {
    const found = this.#exports[name];
    if (typeof found !== 'function') throw new Bug(`There is no kernel "${name}".`);
    return (...args) => {
      try {
        return (found as KernelFunction)(...args);
      } catch (cause) {
        throw new Bug(`Kernel ${name} failed: ${String(cause)}`, {}, cause);
      }
    };
  }
}

function createMemory(bytes: number, shared: boolean): WebAssembly.Memory {
  if (bytes > MAX_ARENA_BYTES) {
    throw new UserError(
      'memory/over-budget',
      `This step needs ${formatGiB(bytes)} of working memory and can have at most ${formatGiB(MAX_ARENA_BYTES)}: crop the volume first.`,
      { bytes, available: MAX_ARENA_BYTES },
    );
  }
  const pages = Math.ceil((ARENA_START + bytes + ARENA_SLACK) / PAGE);
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch (cause) {
    throw new UserError(
      'memory/over-budget',
      `This step needs ${formatGiB(bytes)} of working memory, more than this machine gives the program now: close other tabs or crop the volume.`,
      { bytes },
      cause,
    );
  }
}

/** Rounded up, so that what does not fit is never shown as the limit itself. */
export function formatGiB(bytes: number): string {
  return `${(Math.ceil((bytes / 2 ** 30) * 100) / 100).toFixed(2)} GiB`;
}
