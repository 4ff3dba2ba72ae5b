/** Work that must not overlap, in the order in which it was asked for. */
import { cancelled } from '../errors/errors.ts';

export class Queue {
  #last: Promise<unknown> = Promise.resolve();

  /**
   * Runs `work` after all work before it, however that ended. Aborted while it waits, it fails with
   * the cancellation error at once and `work` never starts.
   */
  run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#last;
    const result = unlessAborted(before, signal).then(work);
    this.#last = Promise.allSettled([before, result]);
    return result;
  }
}

function unlessAborted(ready: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(cancelled());
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener('abort', abort, { once: true });
    void ready.then(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
  });
}
