/**
 * Errors over comlink, whole. Comlink's own handler keeps name, message and stack only; this one
 * sends code, details and causes as plain data and rebuilds the class on the other side. Call it
 * once on each side of a worker border.
 */
import { type TransferHandler, transferHandlers } from 'comlink';
import { errorFromPlain, errorToPlain, type PlainError } from './errors.ts';

interface Thrown {
  readonly value: unknown;
}

export function sendErrorsWhole(): void {
  const original = transferHandlers.get('throw');
  if (original === undefined) return;
  const handler: TransferHandler<Thrown, PlainError> = {
    canHandle: (value): value is Thrown => original.canHandle(value),
    serialize: ({ value }) => [errorToPlain(value), []],
    deserialize: (plain) => {
      throw errorFromPlain(plain);
    },
  };
  transferHandlers.set('throw', handler);
}
