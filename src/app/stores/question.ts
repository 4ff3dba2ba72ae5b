/** A question on screen that work waits for; a newer one takes the place of an older one. */

export interface Question<Q, A> {
  /** The answer; null where the user wants nothing more. */
  ask(question: Q): Promise<A | null>;
  answer(answer: A | null): void;
}

/** `show` puts the question on screen, or takes it off for null. */
export function createQuestion<Q, A>(show: (question: Q | null) => void): Question<Q, A> {
  let settle: ((answer: A | null) => void) | null = null;
  function answer(given: A | null): void {
    const waiting = settle;
    settle = null;
    show(null);
    waiting?.(given);
  }
  return {
    answer,
    ask(question) {
      answer(null);
      show(question);
      return new Promise((resolve) => {
        settle = resolve;
      });
    },
  };
}
