/**
 * A session inside a link: deflated and written as base64url after `#s=`. What follows `#` stays in the
 * reader's browser; no server sees it.
 */
import { UserError } from '../errors/errors.ts';
import { compactSessionText, parseSession, type Session, withoutChunks } from './session.ts';

const LINK_KEY = 's';
/** Longest link that is offered, in characters: beyond it mail programs and chats cut. */
export const LONGEST_OFFERED_LINK = 8192;
/** A link that is read may be longer, since some programs carry it. */
const LONGEST_LINK = 2 ** 20;
/** Most bytes that a link is inflated to. */
const MOST_BYTES = 2 ** 22;

function malformed(problem: string, cause?: unknown): UserError {
  return new UserError(
    'session/malformed',
    `The link ${problem}: copy it again from where it came, whole.`,
    {},
    cause,
  );
}

async function piped(
  bytes: Uint8Array<ArrayBuffer>,
  through: GenericTransformStream,
  most: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(through) as ReadableStream<Uint8Array>;
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const part of stream) {
    length += part.length;
    if (length > most) throw malformed(`unpacks to more than ${most / 2 ** 20} MiB`);
    parts.push(new Uint8Array(part));
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function toBase64Url(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[\w-]*$/.test(text)) throw malformed('holds characters that no link of ours has');
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) =>
      letter.charCodeAt(0),
    );
  } catch (cause) {
    throw malformed('is cut short', cause);
  }
}

/**
 * The fragment, with `#`, that holds the session without the digests of its slices. Its length is for
 * the caller to judge by `LONGEST_OFFERED_LINK`.
 */
export async function sessionFragment(session: Session): Promise<string> {
  const text = new TextEncoder().encode(compactSessionText(withoutChunks(session)));
  const packed = await piped(text, new CompressionStream('deflate-raw'), Number.POSITIVE_INFINITY);
  return `#${LINK_KEY}=${toBase64Url(packed)}`;
}

/** Whether the fragment of an address holds a session. */
export function isSessionFragment(fragment: string): boolean {
  return fragment.startsWith(`#${LINK_KEY}=`);
}

/** The session of a fragment. Throws `session/malformed`; unpacks at most 4 MiB. */
export async function parseSessionFragment(fragment: string): Promise<Session> {
  if (!isSessionFragment(fragment)) throw malformed('holds no session');
  if (fragment.length > LONGEST_LINK) {
    throw malformed(`has more than ${LONGEST_LINK / 2 ** 20} million characters`);
  }
  const packed = fromBase64Url(fragment.slice(LINK_KEY.length + 2));
  let bytes: Uint8Array;
  let document: unknown;
  try {
    bytes = await piped(packed, new DecompressionStream('deflate-raw'), MOST_BYTES);
    document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw malformed('is damaged or cut short', cause);
  }
  return parseSession(document);
}
