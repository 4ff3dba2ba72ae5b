/**
 * A kernel session without threads, progress or cancel, for hosts that must have the answer before
 * a call returns. The pipeline build removes `async` and `await` from this file and from everything
 * an operation runs, so that one source serves both kinds of host.
 */
import { KernelMemory } from '../wasm/kernel-memory.ts';
import type { KernelSession, TaskPlan } from '../wasm/session.ts';

export class SingleThreadSession extends KernelMemory implements KernelSession {
  readonly threads = 1;

  constructor(module: WebAssembly.Module, bytes: number) {
    super(module, bytes, false);
  }

  async run(
    plan: TaskPlan,
    onTaskDone?: (done: number, total: number) => void,
    meanwhile?: () => Promise<void>,
  ): Promise<void> {
    if (meanwhile !== undefined) await meanwhile();
    const kernel = this.kernel(plan.kernel);
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
