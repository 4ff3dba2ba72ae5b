/**
 * Long work as a generator that pauses between stretches of a few milliseconds, so that one loop
 * serves those who wait for the event loop and those who do not.
 */

export type Steps<T> = Generator<void, T, void>;

/** Runs steps to their end without a pause. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Runs steps to their end and lets `breathe` wait, or throw to cancel, after each. */
export async function finishBreathing<T>(
  steps: Steps<T>,
  breathe: () => Promise<void>,
): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await breathe();
  }
}
