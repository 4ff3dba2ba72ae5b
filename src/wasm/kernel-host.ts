/**
 * Gives kernel drivers their sessions: one fresh memory for each job, threads that are kept between
 * jobs. Jobs run one after the other; they already use every thread.
 */
import { Bug, cancelled, type ErrorDetails, UserError } from '../errors/errors.ts';
import type { Host, KernelThread, ThreadFailure } from '../host/host.ts';
import {
  CONTROL,
  CONTROL_ARGS_OFFSET,
  CONTROL_BYTES,
  GENERATION_MASK,
  MAX_ARGS,
  MAX_TASKS,
  type ServeMessage,
  takeTask,
} from './kernel-thread.ts';
import type { KernelSession, TaskPlan } from './session.ts';

const PAGE = 65_536;
/** A 32-bit memory ends at 4 GiB. */
const MAX_PAGES = 65_536;
/** Below this the modules keep their constants. */
const ARENA_START = PAGE;
/** Room for the alignment and the SIMD padding of each allocation. */
const ARENA_SLACK = 2 * PAGE;
const ALIGNMENT = 64;
/** How long this thread may work before the event loop turns. */
const TURN_AFTER_MS = 25;

export interface JobOptions {
  /** Arena bytes the driver will allocate; more is a bug of its estimate. */
  readonly bytes: number;
  readonly signal: AbortSignal;
  readonly progress: (fraction: number) => void;
}

export interface KernelHost {
  readonly threads: number;
  runJob<T>(options: JobOptions, driver: (session: KernelSession) => Promise<T>): Promise<T>;
  /** Ends all threads. */
  dispose(): void;
}

type KernelFunction = (...args: number[]) => number;

interface Crew {
  readonly threads: KernelThread[];
  failure: ThreadFailure | null;
  crash: string | null;
}

export function createKernelHost(host: Host, threads = host.threadCount()): KernelHost {
  const variant = threads > 1 ? 'threads' : 'plain';
  let module: Promise<WebAssembly.Module> | null = null;
  let crew: Crew | null = null;
  let last: Promise<unknown> = Promise.resolve();

  function hireCrew(): Crew {
    const hired: Crew = { threads: [], failure: null, crash: null };
    for (let i = 1; i < threads; i++) {
      const thread = host.spawnKernelThread();
      thread.onFailure((failure) => {
        hired.failure ??= failure;
      });
      thread.onCrash((reason) => {
        hired.crash ??= reason;
      });
      hired.threads.push(thread);
    }
    return hired;
  }

  function dismissCrew(): void {
    for (const thread of crew?.threads ?? []) thread.terminate();
    crew = null;
  }

  async function startJob<T>(
    options: JobOptions,
    driver: (session: KernelSession) => Promise<T>,
  ): Promise<T> {
    if (options.signal.aborted) throw cancelled();
    module ??= host.loadKernels(variant);
    const compiled = await module;
    crew ??= hireCrew();
    const session = new Session(host, compiled, crew, threads, options);
    try {
      return await driver(session);
    } finally {
      session.end();
      // A thread that failed may hold half-written state; a new crew costs milliseconds.
      if (crew.failure !== null || crew.crash !== null) dismissCrew();
    }
  }

  return {
    threads,
    runJob(options, driver) {
      const job = last.then(() => startJob(options, driver));
      last = job.catch(() => undefined);
      return job;
    },
    dispose: dismissCrew,
  };
}

function createMemory(bytes: number, shared: boolean): WebAssembly.Memory {
  const pages = Math.ceil((ARENA_START + bytes + ARENA_SLACK) / PAGE);
  const details: ErrorDetails = { bytes };
  if (pages > MAX_PAGES) {
    throw new UserError(
      'memory/over-budget',
      `This step needs ${formatGiB(bytes)} of working memory and a browser kernel has at most 4 GiB: crop or bin the volume first.`,
      details,
    );
  }
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch (cause) {
    throw new UserError(
      'memory/over-budget',
      `This step needs ${formatGiB(bytes)} of working memory, more than this machine gives the program now: close other tabs or crop the volume.`,
      details,
      cause,
    );
  }
}

function formatGiB(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}

class Session implements KernelSession {
  readonly threads: number;
  readonly #host: Host;
  readonly #crew: Crew;
  readonly #options: JobOptions;
  readonly #memory: WebAssembly.Memory;
  readonly #exports: WebAssembly.Exports;
  readonly #names: readonly string[];
  readonly #words: Int32Array;
  readonly #argWords: Float64Array;
  #top = ARENA_START;
  #lastTurn = performance.now();
  #fraction = 0;

  constructor(
    host: Host,
    module: WebAssembly.Module,
    crew: Crew,
    threads: number,
    options: JobOptions,
  ) {
    this.#host = host;
    this.#crew = crew;
    this.#options = options;
    this.threads = threads;
    this.#memory = createMemory(options.bytes, threads > 1);
    const abort = (): never => {
      throw new Bug('A kernel aborted.');
    };
    const instance = new WebAssembly.Instance(module, { env: { memory: this.#memory, abort } });
    this.#exports = instance.exports;
    this.#names = Object.keys(instance.exports).sort();
    const control: ArrayBufferLike =
      threads > 1 ? new SharedArrayBuffer(CONTROL_BYTES) : new ArrayBuffer(CONTROL_BYTES);
    this.#words = new Int32Array(control, 0, CONTROL_ARGS_OFFSET / 4);
    this.#argWords = new Float64Array(control, CONTROL_ARGS_OFFSET, MAX_ARGS);
    crew.threads.forEach((thread, i) => {
      const message: ServeMessage = {
        module,
        memory: this.#memory,
        control: control as SharedArrayBuffer,
        thread: i + 1,
        kernels: this.#names,
      };
      thread.post(message);
    });
  }

  get allocatedBytes(): number {
    return this.#top - ARENA_START;
  }

  allocate(bytes: number): number {
    const pointer = this.#top;
    this.#top += Math.ceil((bytes + ALIGNMENT) / ALIGNMENT) * ALIGNMENT;
    if (this.#top > this.#memory.buffer.byteLength) {
      throw new Bug('A kernel driver allocated more than its estimate.', {
        asked: bytes,
        estimate: this.#options.bytes,
        allocated: this.allocatedBytes,
      });
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
    const tasks = Math.ceil(plan.items / plan.itemsPerTask);
    if (tasks === 0) return;
    if (tasks > MAX_TASKS || plan.args.length > MAX_ARGS) {
      throw new Bug('A kernel plan is too large.', { kernel: plan.kernel, tasks });
    }
    this.#throwIfStopped();
    const words = this.#words;
    const kernel = this.#kernel(plan.kernel);
    const generation = this.#publish(plan, tasks);
    let reported = 0;
    const report = (): void => {
      const done = Atomics.load(words, CONTROL.done);
      if (done === reported) return;
      reported = done;
      onTaskDone?.(done, tasks);
    };
    let issued = tasks;
    try {
      for (;;) {
        const task = takeTask(words, generation, tasks);
        if (task < 0) break;
        const start = task * plan.itemsPerTask;
        try {
          kernel(...plan.args, start, Math.min(plan.items, start + plan.itemsPerTask));
        } finally {
          Atomics.add(words, CONTROL.done, 1);
        }
        report();
        await this.breathe();
      }
      await this.#waitForTasks(issued, report);
    } catch (error) {
      // Closing the ticket stops the other threads from taking more; what they hold must end
      // before the driver may read or free anything.
      const ticket = Atomics.exchange(words, CONTROL.ticket, -1);
      issued = ticket < 0 ? tasks : Math.min(tasks, ticket & 0xffff);
      await this.#drain(issued);
      throw error;
    }
    this.#throwIfStopped();
  }

  #publish(plan: TaskPlan, tasks: number): number {
    const words = this.#words;
    Atomics.store(words, CONTROL.ticket, -1);
    Atomics.store(words, CONTROL.done, 0);
    words[CONTROL.kernel] = this.#names.indexOf(plan.kernel);
    words[CONTROL.argCount] = plan.args.length;
    words[CONTROL.tasks] = tasks;
    words[CONTROL.items] = plan.items;
    words[CONTROL.itemsPerTask] = plan.itemsPerTask;
    words[CONTROL.scratchArg] = plan.scratch?.argIndex ?? -1;
    words[CONTROL.scratchStride] = plan.scratch?.stride ?? 0;
    this.#argWords.set(plan.args);
    const generation = (Atomics.load(words, CONTROL.generation) + 1) | 0;
    Atomics.store(words, CONTROL.ticket, (generation & GENERATION_MASK) << 16);
    Atomics.store(words, CONTROL.generation, generation);
    if (this.threads > 1 && tasks > 1) Atomics.notify(words, CONTROL.generation);
    return generation;
  }

  async #waitForTasks(issued: number, report: () => void): Promise<void> {
    const words = this.#words;
    for (;;) {
      const done = Atomics.load(words, CONTROL.done);
      if (done >= issued) break;
      Atomics.wait(words, CONTROL.done, done, TURN_AFTER_MS);
      report();
      await this.breathe();
    }
    report();
  }

  /** Waits for tasks that threads already hold, without throwing again. */
  async #drain(issued: number): Promise<void> {
    const words = this.#words;
    while (Atomics.load(words, CONTROL.done) < issued && this.#crew.crash === null) {
      Atomics.wait(words, CONTROL.done, Atomics.load(words, CONTROL.done), TURN_AFTER_MS);
      await this.#host.turn();
    }
  }

  #throwIfStopped(): void {
    if (this.#options.signal.aborted) throw cancelled();
    const { failure, crash } = this.#crew;
    if (failure !== null) {
      throw new Bug(`Kernel ${failure.kernel} failed in a thread: ${failure.message}`, {
        stack: failure.stack,
      });
    }
    if (crash !== null) throw new Bug(`A kernel thread crashed: ${crash}`);
    if (Atomics.load(this.#words, CONTROL.failed) !== 0) {
      throw new Bug('A kernel failed in a thread.');
    }
  }

  async breathe(): Promise<void> {
    if (performance.now() - this.#lastTurn < TURN_AFTER_MS) return;
    await this.#host.turn();
    this.#lastTurn = performance.now();
    this.#throwIfStopped();
  }

  progress(fraction: number): void {
    this.#fraction = Math.max(this.#fraction, Math.min(1, fraction));
    this.#options.progress(this.#fraction);
  }

  end(): void {
    Atomics.store(this.#words, CONTROL.ticket, -1);
    Atomics.store(this.#words, CONTROL.stop, 1);
    Atomics.add(this.#words, CONTROL.generation, 1);
    if (this.threads > 1) Atomics.notify(this.#words, CONTROL.generation);
  }
}
