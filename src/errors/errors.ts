/**
 * The two kinds of failure the program knows: something the user can correct, and a bug.
 * Both carry a stable code, plain-data details and the original cause, so that they survive a
 * worker border whole (comlink alone drops everything but name, message and stack).
 */

/** Plain values that structured clone and JSON both carry. */
export type PlainValue =
  | string
  | number
  | boolean
  | null
  | readonly PlainValue[]
  | { readonly [key: string]: PlainValue };

export type ErrorDetails = Readonly<Record<string, PlainValue>>;

/**
 * Stable machine-readable codes of user-correctable errors. `area/problem`, so that a caller can
 * test the area alone.
 */
export type UserErrorCode =
  | 'file/unreadable'
  | 'file/empty'
  | 'file/truncated'
  | 'file/malformed'
  | 'file/unsupported'
  | 'file/unknown-format'
  | 'file/mixed-slices'
  | 'file/several-datasets'
  | 'file/limit'
  | 'remote/unreachable'
  | 'remote/refused'
  | 'remote/redirected'
  | 'remote/changed'
  | 'volume/no-voxels'
  | 'volume/not-scalar'
  | 'volume/not-finite'
  | 'volume/constant'
  | 'volume/not-labels'
  | 'volume/not-grey'
  | 'volume/spacing'
  | 'parameter/invalid'
  | 'recipe/malformed'
  | 'recipe/unknown-operation'
  | 'recipe/wrong-input'
  | 'session/malformed'
  | 'session/differs'
  | 'memory/over-budget'
  | 'store/damaged'
  | 'store/full'
  | 'store/unavailable'
  | 'solver/not-converged'
  | 'gpu/unavailable'
  | 'gpu/failed'
  | 'run/cancelled'
  | 'usage';

/** Control characters, and marks that reorder what is around them. */
const HIDDEN = /[\p{Cc}\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
const LONGEST_SENTENCE = 600;
/** The end of a sentence says what to do: this much of it is kept. */
const KEPT_END = 160;

/** Sentences quote what files hold: hidden characters become �, a long quotation loses its middle. */
function shownSentence(text: string): string {
  const shown = text.replace(HIDDEN, '\ufffd');
  if (shown.length <= LONGEST_SENTENCE) return shown;
  return `${shown.slice(0, LONGEST_SENTENCE - KEPT_END - 3)} … ${shown.slice(-KEPT_END)}`;
}

/**
 * An error the user can do something about. The message is one sentence that says what is wrong,
 * where (file, page, slice, parameter) and what to do; it is shown as it is, in one line of at most
 * 600 characters.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly code: UserErrorCode;
  readonly details: ErrorDetails;

  constructor(code: UserErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(shownSentence(message), cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }
}

/** A broken promise of our own code: never the user's fault, reported with its stack. */
export class Bug extends Error {
  override readonly name = 'Bug';
  readonly details: ErrorDetails;

  constructor(message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.details = details;
  }
}

export function isUserError(error: unknown): error is UserError {
  return error instanceof UserError;
}

export function cancelled(): UserError {
  return new UserError('run/cancelled', 'Cancelled: the last finished state is unchanged.');
}

export function isCancelled(error: unknown): boolean {
  return (
    (isUserError(error) && error.code === 'run/cancelled') ||
    (error instanceof Error && error.name === 'AbortError')
  );
}

/**
 * Whether an error says that memory could not be had. Engines throw RangeErrors with words of their
 * own for typed arrays, buffers and WebAssembly memories.
 */
export function isAllocationFailure(error: unknown): boolean {
  return error instanceof RangeError && /alloc|length|memory|array size/i.test(error.message);
}

/** An error as plain data. `kind` tells the receiver which class to rebuild. */
export interface PlainError {
  readonly kind: 'user' | 'bug' | 'other';
  readonly name: string;
  readonly message: string;
  readonly code?: UserErrorCode;
  readonly details: ErrorDetails;
  readonly stack?: string;
  readonly cause?: PlainError;
}

const MAX_CAUSE_DEPTH = 8;

/** Turns anything that was thrown into plain data, causes included (eight deep at most). */
export function errorToPlain(thrown: unknown, depth = 0): PlainError {
  if (!(thrown instanceof Error)) {
    // itk-wasm and some decoders throw bare numbers and strings.
    return { kind: 'other', name: 'Error', message: String(thrown), details: {} };
  }
  const cause =
    thrown.cause === undefined || depth >= MAX_CAUSE_DEPTH
      ? {}
      : { cause: errorToPlain(thrown.cause, depth + 1) };
  const common = {
    name: thrown.name,
    message: thrown.message,
    ...(thrown.stack === undefined ? {} : { stack: thrown.stack }),
    ...cause,
  };
  if (thrown instanceof UserError) {
    return { kind: 'user', code: thrown.code, details: thrown.details, ...common };
  }
  if (thrown instanceof Bug) return { kind: 'bug', details: thrown.details, ...common };
  return { kind: 'other', details: {}, ...common };
}

/** Rebuilds the error that `errorToPlain` flattened; the sender's stack is kept. */
export function errorFromPlain(plain: PlainError): Error {
  const cause = plain.cause === undefined ? undefined : errorFromPlain(plain.cause);
  let error: Error;
  if (plain.kind === 'user' && plain.code !== undefined) {
    error = new UserError(plain.code, plain.message, plain.details, cause);
  } else if (plain.kind === 'bug') {
    error = new Bug(plain.message, plain.details, cause);
  } else {
    error = new Error(plain.message, cause === undefined ? undefined : { cause });
    error.name = plain.name;
  }
  if (plain.stack !== undefined) error.stack = plain.stack;
  return error;
}
