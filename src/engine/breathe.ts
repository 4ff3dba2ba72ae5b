/** Long work on a worker's own thread: pauses in which messages arrive, a cancellation among them. */
import { cancelled } from '../errors/errors.ts';
import type { Host } from '../host/host.ts';

/** How long a thread may work before its event loop turns. */
const TURN_AFTER_MS = 25;

/**
 * A function to await after each few milliseconds of work. It lets the event loop turn where
 * `TURN_AFTER_MS` have passed since it did, and throws the cancellation error once aborted.
 */
export function createBreathe(host: Pick<Host, 'turn'>, signal?: AbortSignal): () => Promise<void> {
  let lastTurn = performance.now();
  const throwIfAborted = (): void => {
    if (signal?.aborted === true) throw cancelled();
  };
  return async () => {
    throwIfAborted();
    if (performance.now() - lastTurn < TURN_AFTER_MS) return;
    await host.turn();
    lastTurn = performance.now();
    throwIfAborted();
  };
}
