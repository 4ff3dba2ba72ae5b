/**
 * The loop of a kernel thread. It has no imports, since the build also emits it alone for Node's
 * worker threads.
 *
 * A session's control block lives in shared memory: 32-bit words first, then the plan's arguments
 * as float64. A thread copies the published plan, then takes tasks by compare-and-swap on a ticket
 * that carries the plan's generation, so a thread that wakes late can never run a task of one plan
 * with the arguments of another.
 *
 * A copy may be torn by the next plan, which is why it is only used with a ticket of its generation.
 * The number of tasks decides whether an old ticket is used up. It is therefore stored after the
 * ticket is closed and loaded before the ticket is looked at, both by atomics, which no processor
 * reorders: who sees the next plan's number sees a closed ticket.
 */

/** Indices of the control block's 32-bit words. */
export const CONTROL = {
  generation: 0,
  /** `generation << 16 | next task`, or -1 while no task may be taken. */
  ticket: 1,
  done: 2,
  stop: 3,
  failed: 4,
  kernel: 5,
  argCount: 6,
  tasks: 7,
  items: 8,
  itemsPerTask: 9,
  scratchArg: 10,
  scratchStride: 11,
  /** Bit n: thread n serves this session, so it may hold a task. */
  joined: 12,
} as const;

/** Values of the failed word: a thread is writing what failed; it is there to read. */
const WRITING = 1;
const WRITTEN = 2;

export const MAX_ARGS = 64;
export const MAX_TASKS = 0xffff;
export const CONTROL_ARGS_OFFSET = 64;
/** What failed: thread, kernel and length of the message, then its UTF-16 code units. */
const FAILURE_OFFSET = CONTROL_ARGS_OFFSET + 8 * MAX_ARGS;
const MAX_FAILURE_LENGTH = 509;
export const CONTROL_BYTES = FAILURE_OFFSET + 2 * (3 + MAX_FAILURE_LENGTH);
/** Generations are compared modulo this many plans. */
export const GENERATION_MASK = 0x7fff;

export interface ServeMessage {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: SharedArrayBuffer;
  readonly thread: number;
  /** Export names, indexed by the control block's kernel word. */
  readonly kernels: readonly string[];
}

type KernelFunction = (...args: number[]) => number;

/** Takes the next task of `generation`, or -1 when there is none left for it. */
export function takeTask(words: Int32Array, generation: number, tasks: number): number {
  for (;;) {
    const ticket = Atomics.load(words, CONTROL.ticket);
    if (ticket < 0 || ticket >>> 16 !== (generation & GENERATION_MASK)) return -1;
    const task = ticket & 0xffff;
    if (task >= tasks) return -1;
    if (Atomics.compareExchange(words, CONTROL.ticket, ticket, ticket + 1) === ticket) return task;
  }
}

/** The first failure of a session, for those who watch it. */
export interface ThreadFailure {
  readonly thread: number;
  /** Index into the session's export names. */
  readonly kernel: number;
  readonly message: string;
}

function failureUnits(control: ArrayBufferLike): Uint16Array {
  return new Uint16Array(control, FAILURE_OFFSET, 3 + MAX_FAILURE_LENGTH);
}

function writeFailure(
  control: SharedArrayBuffer,
  { thread, kernel, message }: ThreadFailure,
): void {
  const words = new Int32Array(control, 0, 16);
  if (Atomics.compareExchange(words, CONTROL.failed, 0, WRITING) !== 0) return;
  const units = failureUnits(control);
  const length = Math.min(message.length, MAX_FAILURE_LENGTH);
  units.set([thread, kernel, length]);
  for (let i = 0; i < length; i++) units[3 + i] = message.charCodeAt(i);
  Atomics.store(words, CONTROL.failed, WRITTEN);
}

/** What failed first in a session, or null. It is in shared memory: no message can come late. */
export function readFailure(control: ArrayBufferLike): ThreadFailure | null {
  if (Atomics.load(new Int32Array(control, 0, 16), CONTROL.failed) !== WRITTEN) return null;
  const units = failureUnits(control);
  const [thread = 0, kernel = 0, length = 0] = units;
  return { thread, kernel, message: String.fromCharCode(...units.subarray(3, 3 + length)) };
}

/** Serves one session until its stop word is set. Blocks the calling thread between plans. */
export function serveSession(message: ServeMessage): void {
  const words = new Int32Array(message.control, 0, 16);
  const argWords = new Float64Array(message.control, CONTROL_ARGS_OFFSET, MAX_ARGS);
  const instance = new WebAssembly.Instance(message.module, {
    env: {
      memory: message.memory,
      abort: (): never => {
        throw new Error('kernel abort');
      },
    },
  });
  Atomics.or(words, CONTROL.joined, 1 << message.thread);
  let seen = 0;
  for (;;) {
    Atomics.wait(words, CONTROL.generation, seen);
    if (Atomics.load(words, CONTROL.stop) !== 0) return;
    seen = Atomics.load(words, CONTROL.generation);
    const kernelIndex = words[CONTROL.kernel] as number;
    const argCount = words[CONTROL.argCount] as number;
    const tasks = Atomics.load(words, CONTROL.tasks);
    const items = words[CONTROL.items] as number;
    const itemsPerTask = words[CONTROL.itemsPerTask] as number;
    const scratchArg = words[CONTROL.scratchArg] as number;
    const scratchStride = words[CONTROL.scratchStride] as number;
    const args = Array.from(argWords.subarray(0, argCount));
    if (scratchArg >= 0)
      args[scratchArg] = (args[scratchArg] as number) + message.thread * scratchStride;
    for (;;) {
      const task = takeTask(words, seen, tasks);
      if (task < 0) break;
      try {
        const start = task * itemsPerTask;
        const kernel = instance.exports[message.kernels[kernelIndex] as string] as KernelFunction;
        kernel(...args, start, Math.min(items, start + itemsPerTask));
      } catch (error) {
        writeFailure(message.control, {
          thread: message.thread,
          kernel: kernelIndex,
          message: String(error),
        });
      }
      Atomics.add(words, CONTROL.done, 1);
      Atomics.notify(words, CONTROL.done);
    }
  }
}
