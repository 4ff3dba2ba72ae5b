/**
 * A kernel session without threads, progress or cancel, for hosts that must have the answer before
 * a call returns. The pipeline build removes `async` and `await` from this file and from everything
 * an operation runs, so that one source serves both kinds of host.
 */
import { Bug } from '../errors/errors.ts';
import type { KernelSession, TaskPlan } from '../wasm/session.ts';

const PAGE = 65_536;
const ARENA_START = PAGE;
const ARENA_SLACK = 2 * PAGE;
const ALIGNMENT = 64;

type KernelFunction = (...args: number[]) => number;

export class SingleThreadSession implements KernelSession {
  readonly threads = 1;
  readonly #memory: WebAssembly.Memory;
  readonly #exports: WebAssembly.Exports;
  #top = ARENA_START;

  constructor(module: WebAssembly.Module, bytes: number) {
    const pages = Math.ceil((ARENA_START + bytes + ARENA_SLACK) / PAGE);
    this.#memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const abort = (): never => {
      throw new Bug('A kernel aborted.');
    };
    const imports = { env: { memory: this.#memory, abort } };
    this.#exports = new WebAssembly.Instance(module, imports).exports;
  }

  get allocatedBytes(): number {
    return this.#top - ARENA_START;
  }

  allocate(bytes: number): number {
    const pointer = this.#top;
    this.#top += Math.ceil((bytes + ALIGNMENT) / ALIGNMENT) * ALIGNMENT;
    if (this.#top > this.#memory.buffer.byteLength) {
      throw new Bug('A kernel driver allocated more than its estimate.', { asked: bytes });
    }
    return pointer;
  }

  u8(pointer: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, pointer, length);
  }
  u16(pointer: number, length: number): Uint16Array {
    return new Uint16Array(this.#memory.buffer, pointer, length);
  }
  i32(pointer: number, length: number): Int32Array {
    return new Int32Array(this.#memory.buffer, pointer, length);
  }
  u32(pointer: number, length: number): Uint32Array {
    return new Uint32Array(this.#memory.buffer, pointer, length);
  }
  f32(pointer: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, pointer, length);
  }
  f64(pointer: number, length: number): Float64Array {
    return new Float64Array(this.#memory.buffer, pointer, length);
  }

  #kernel(name: string): KernelFunction {
    const found = this.#exports[name];
    if (typeof found !== 'function') throw new Bug(`There is no kernel "${name}".`);
    return found as KernelFunction;
  }

  call(kernel: string, ...args: number[]): number {
    return this.#kernel(kernel)(...args);
  }

  async run(plan: TaskPlan, onTaskDone?: (done: number, total: number) => void): Promise<void> {
    const kernel = this.#kernel(plan.kernel);
    const total = Math.ceil(plan.items / plan.itemsPerTask);
    for (let task = 0; task < total; task++) {
      const start = task * plan.itemsPerTask;
      kernel(...plan.args, start, Math.min(plan.items, start + plan.itemsPerTask));
      onTaskDone?.(task + 1, total);
    }
  }

  async breathe(): Promise<void> {}

  progress(): void {}
}
