/**
 * Gives kernel drivers their sessions: one fresh memory for each job, threads that are kept between
 * jobs. Jobs run one after the other; they already use every thread.
 */
import { Bug, cancelled } from '../errors/errors.ts';
import type { Host, KernelThread } from '../host/host.ts';
import { KernelMemory } from './kernel-memory.ts';
import {
  CONTROL,
  CONTROL_ARGS_OFFSET,
  CONTROL_BYTES,
  GENERATION_MASK,
  MAX_ARGS,
  MAX_TASKS,
  readFailure,
  type ServeMessage,
  takeTask,
} from './kernel-thread.ts';
import { Queue } from './queue.ts';
import type { KernelSession, TaskPlan } from './session.ts';

/** How long this thread may work before the event loop turns. */
const TURN_AFTER_MS = 25;
/** Memory lent to threads after which they are replaced; see `giveBack`. */
const LENT_LIMIT = 2 ** 28;
/** Size of a piece of garbage: small, so that the collector may come before all of it is there. */
const GARBAGE_BYTES = 2 ** 26;

export interface JobOptions {
  /** Arena bytes the driver will allocate; more is a bug of its estimate. */
  readonly bytes: number;
  readonly signal: AbortSignal;
  readonly progress: (fraction: number) => void;
}

export interface KernelHost {
  readonly threads: number;
  /**
   * Runs a driver in a session of its own, after the jobs before it. A thread that dies fails the
   * job that it was working for and is replaced for the next. A driver must not start another job
   * and wait for it.
   */
  runJob<T>(options: JobOptions, driver: (session: KernelSession) => Promise<T>): Promise<T>;
  /** Ends all threads; a job that is running or waiting fails as cancelled. */
  dispose(): void;
}

interface Death {
  readonly thread: number;
  readonly reason: string;
}

/** Threads 1 … n − 1; thread 0 is the caller's. */
interface Crew {
  readonly threads: KernelThread[];
  readonly deaths: Death[];
  lentBytes: number;
}

export function createKernelHost(host: Host, threads = host.threadCount()): KernelHost {
  const variant = threads > 1 ? 'threads' : 'plain';
  const asked = new Set<AbortController>();
  let isDisposed = false;
  const jobs = new Queue();
  let module: Promise<WebAssembly.Module> | null = null;
  let crew: Crew | null = null;

  async function loadModule(): Promise<WebAssembly.Module> {
    module ??= host.loadKernels(variant);
    try {
      return await module;
    } catch (error) {
      // The next job may find the network again.
      module = null;
      throw error;
    }
  }

  function hireCrew(): Crew {
    const hired: Crew = { threads: [], deaths: [], lentBytes: 0 };
    for (let number = 1; number < threads; number++) {
      const thread = host.spawnKernelThread();
      thread.onCrash((reason) => hired.deaths.push({ thread: number, reason }));
      hired.threads.push(thread);
    }
    return hired;
  }

  function dismissCrew(): void {
    for (const thread of crew?.threads ?? []) thread.terminate();
    crew = null;
  }

  /**
   * Makes sure that a finished job's memory is freed. A garbage collector does not count shared
   * memory, so it may keep gigabytes of it: plain garbage of the same size, which costs nothing as
   * it is never touched, tells it; and threads, which collect little as they do nothing else, are
   * replaced.
   */
  function giveBack(bytes: number): void {
    if (threads === 1) return;
    for (let left = bytes; left > 0; left -= GARBAGE_BYTES) {
      try {
        void new ArrayBuffer(Math.min(left, GARBAGE_BYTES));
      } catch {
        // Memory is short: the collector knows.
        break;
      }
    }
    if (crew !== null && crew.lentBytes > LENT_LIMIT) dismissCrew();
  }

  async function startJob<T>(
    options: JobOptions,
    driver: (session: KernelSession) => Promise<T>,
  ): Promise<T> {
    const compiled = await loadModule();
    if (options.signal.aborted) throw cancelled();
    if (crew !== null && crew.deaths.length > 0) dismissCrew();
    crew ??= hireCrew();
    crew.lentBytes += options.bytes;
    const session = new Session(host, compiled, crew, threads, options);
    try {
      return await driver(session);
    } finally {
      session.end();
      if (crew !== null && crew.deaths.length > 0) dismissCrew();
      giveBack(options.bytes);
    }
  }

  return {
    threads,
    async runJob(options, driver) {
      const controller = new AbortController();
      const abort = (): void => controller.abort();
      if (options.signal.aborted || isDisposed) abort();
      options.signal.addEventListener('abort', abort);
      asked.add(controller);
      const { signal } = controller;
      try {
        return await jobs.run(signal, () => startJob({ ...options, signal }, driver));
      } finally {
        options.signal.removeEventListener('abort', abort);
        asked.delete(controller);
      }
    },
    dispose() {
      isDisposed = true;
      for (const controller of asked) controller.abort();
      dismissCrew();
    },
  };
}

class Session extends KernelMemory implements KernelSession {
  readonly threads: number;
  readonly #host: Host;
  readonly #crew: Crew;
  readonly #options: JobOptions;
  readonly #control: ArrayBufferLike;
  readonly #words: Int32Array;
  readonly #argWords: Float64Array;
  #lastTurn = performance.now();
  #fraction = 0;

  constructor(
    host: Host,
    module: WebAssembly.Module,
    crew: Crew,
    threads: number,
    options: JobOptions,
  ) {
    super(module, options.bytes, threads > 1);
    this.#host = host;
    this.#crew = crew;
    this.#options = options;
    this.threads = threads;
    this.#control =
      threads > 1 ? new SharedArrayBuffer(CONTROL_BYTES) : new ArrayBuffer(CONTROL_BYTES);
    this.#words = new Int32Array(this.#control, 0, CONTROL_ARGS_OFFSET / 4);
    this.#argWords = new Float64Array(this.#control, CONTROL_ARGS_OFFSET, MAX_ARGS);
    crew.threads.forEach((thread, i) => {
      const message: ServeMessage = {
        module,
        memory: this.memory,
        control: this.#control as SharedArrayBuffer,
        thread: i + 1,
        kernels: this.kernels,
      };
      thread.post(message);
    });
  }

  async run(
    plan: TaskPlan,
    onTaskDone?: (done: number, total: number) => void,
    meanwhile?: () => Promise<void>,
  ): Promise<void> {
    const tasks = Math.ceil(plan.items / plan.itemsPerTask);
    if (tasks === 0) {
      await meanwhile?.();
      return;
    }
    if (tasks > MAX_TASKS || plan.args.length > MAX_ARGS) {
      throw new Bug('A kernel plan is too large.', { kernel: plan.kernel, tasks });
    }
    this.#throwIfStopped();
    const words = this.#words;
    const kernel = this.kernel(plan.kernel);
    const generation = this.#publish(plan, tasks);
    let reported = 0;
    const report = (): void => {
      const done = Atomics.load(words, CONTROL.done);
      if (done === reported) return;
      reported = done;
      onTaskDone?.(done, tasks);
    };
    try {
      await meanwhile?.();
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
      await this.#waitForTasks(tasks, report);
    } catch (error) {
      // Closing the ticket stops the other threads from taking more; what they hold must end
      // before the driver may read or free anything.
      const ticket = Atomics.exchange(words, CONTROL.ticket, -1);
      await this.#drain(ticket < 0 ? tasks : Math.min(tasks, ticket & 0xffff));
      throw error;
    }
    this.#throwIfStopped();
  }

  #publish(plan: TaskPlan, tasks: number): number {
    const words = this.#words;
    Atomics.store(words, CONTROL.ticket, -1);
    Atomics.store(words, CONTROL.done, 0);
    words[CONTROL.kernel] = this.kernels.indexOf(plan.kernel);
    words[CONTROL.argCount] = plan.args.length;
    Atomics.store(words, CONTROL.tasks, tasks);
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
    for (;;) {
      const done = Atomics.load(words, CONTROL.done);
      if (done >= issued || this.#findDeath() !== undefined) return;
      Atomics.wait(words, CONTROL.done, done, TURN_AFTER_MS);
      await this.#host.turn();
    }
  }

  /** A thread that died after it began to serve this session: it may have held a task. */
  #findDeath(): Death | undefined {
    const joined = Atomics.load(this.#words, CONTROL.joined);
    return this.#crew.deaths.find(({ thread }) => (joined & (1 << thread)) !== 0);
  }

  #throwIfStopped(): void {
    if (this.#options.signal.aborted) throw cancelled();
    const failure = readFailure(this.#control);
    if (failure !== null) {
      const name = this.kernels[failure.kernel] ?? '';
      throw new Bug(`Kernel ${name} failed: ${failure.message}`, { thread: failure.thread });
    }
    const death = this.#findDeath();
    if (death !== undefined) {
      throw new Bug(
        `A computing thread ended unexpectedly (${death.reason}): run the step again, with less memory in use.`,
        { thread: death.thread },
      );
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

  /** Lets the threads go; the session is of no use afterwards. */
  end(): void {
    Atomics.store(this.#words, CONTROL.ticket, -1);
    Atomics.store(this.#words, CONTROL.stop, 1);
    Atomics.add(this.#words, CONTROL.generation, 1);
    if (this.threads > 1) Atomics.notify(this.#words, CONTROL.generation);
  }
}
