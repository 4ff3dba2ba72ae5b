/** Asks how a file without a header is laid out, and remembers the answer for the same file. */
import type { RawOffer, VolumeFiles } from '../../../workers/engine-api.ts';
import { rawLayoutText } from '../../volume/raw-layout.ts';
import { keptRawAnswers } from './kept-raw-answers.ts';
import { createQuestion } from './question.ts';
import type { WorkspaceCore } from './workspace-core.ts';
import type { RawAnswer, RawQuestion } from './workspace.ts';

/** The same file again, as far as its name and size tell. */
function keyOf(name: string, bytes: number): string {
  return `${bytes}:${name}`;
}

export interface RawQuestions {
  /**
   * The answer, of now or, unless `asksAgain`, of the last time that this file came; null opens
   * nothing.
   */
  ask(files: VolumeFiles, asksAgain: boolean): Promise<RawAnswer | null>;
  answer(answer: RawAnswer | null): void;
}

/** The answer of the last time stands before all guesses. */
function withKnown(offer: RawOffer, known: RawAnswer | undefined): RawOffer {
  if (known === undefined) return offer;
  const text = rawLayoutText(known.raw);
  const others = offer.guesses.filter(({ layout }) => rawLayoutText(layout) !== text);
  const guess = { layout: known.raw, reason: 'as last time', score: Number.POSITIVE_INFINITY };
  return { ...offer, guesses: [guess, ...others], spacing: known.spacing };
}

export function createRawQuestions({ client, store, options }: WorkspaceCore): RawQuestions {
  const remembered = keptRawAnswers(options.storage ?? null);
  const question = createQuestion<RawQuestion, RawAnswer>((rawQuestion) =>
    store.setState({ rawQuestion }),
  );
  return {
    answer: question.answer,
    async ask(files, asksAgain) {
      const offer = await client.offerRaw(files);
      const key = keyOf(offer.name, offer.bytes);
      const known = remembered.get(key);
      if (known !== undefined && !asksAgain) return known;
      const given = await question.ask({ files, offer: withKnown(offer, known) });
      if (given !== null) remembered.set(key, given);
      return given;
    },
  };
}
