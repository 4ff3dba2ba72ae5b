/** Asks how a file without a header is laid out, and remembers the answer for the same file. */
import type { VolumeFiles } from '../../../workers/engine-api.ts';
import { isUserError } from '../../errors/errors.ts';
import { createQuestion } from './question.ts';
import type { WorkspaceCore } from './workspace-core.ts';
import type { RawAnswer, RawAnswers, RawQuestion } from './workspace.ts';

/** Whether a layout is what it takes to open what could not be opened. */
export function mayBeRaw(error: unknown): boolean {
  return isUserError(error) && error.details['mayBeRaw'] === true;
}

/** The same file again, as far as its name and size tell. */
function keyOf(name: string, bytes: number): string {
  return `${bytes}:${name}`;
}

export interface RawQuestions {
  /** The answer, of now or of the last time that this file came; null opens nothing. */
  ask(files: VolumeFiles): Promise<RawAnswer | null>;
  answer(answer: RawAnswer | null): void;
}

export function createRawQuestions({ client, store, options }: WorkspaceCore): RawQuestions {
  const remembered: RawAnswers = options.rawAnswers ?? new Map<string, RawAnswer>();
  const question = createQuestion<RawQuestion, RawAnswer>((rawQuestion) =>
    store.setState({ rawQuestion }),
  );
  return {
    answer: question.answer,
    async ask(files) {
      const offer = await client.offerRaw(files);
      const key = keyOf(offer.name, offer.bytes);
      const known = remembered.get(key);
      if (known !== undefined) return known;
      const given = await question.ask({ files, offer });
      if (given !== null) remembered.set(key, given);
      return given;
    },
  };
}
