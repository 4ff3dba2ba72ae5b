/**
 * Requests for parts of files on the web: no credentials, no referrer, every redirect checked again,
 * interrupted answers gone on with where they ended.
 */
import { cancelled, isUserError, UserError } from '../../errors/errors.ts';
import { checkAddress } from './address.ts';

export interface RemoteOptions {
  readonly signal?: AbortSignal;
  /** The page's own address; absent outside a browser. */
  readonly home?: string;
  readonly followsRedirects?: boolean;
  /** Downloaded share of a file that its host hands out only whole. */
  readonly progress?: (fraction: number) => void;
  /** Bytes that such a file may have. */
  readonly maxWholeBytes?: number;
  /** Before the first further try, doubled for each next one. */
  readonly pauseMs?: number;
  /** Without a byte for so long, a connection is taken for lost. */
  readonly stallMs?: number;
}

const PAUSE_MS = 400;
const STALL_MS = 30_000;
/** Tries without a single new byte between them. */
const MOST_TRIES = 5;
const MOST_REDIRECTS = 5;

/** What tells one version of a file from another; null for what the host does not let be read. */
export interface Version {
  readonly etag: string | null;
  readonly modified: string | null;
}

export function versionOf({ headers }: Response): Version {
  return { etag: headers.get('etag'), modified: headers.get('last-modified') };
}

export function isOtherVersion(before: Version, { etag, modified }: Version): boolean {
  const differs = (a: string | null, b: string | null): boolean =>
    a !== null && b !== null && a !== b;
  return differs(before.etag, etag) || differs(before.modified, modified);
}

function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      signal?.removeEventListener('abort', stop);
      resolve();
    }
    function stop(): void {
      clearTimeout(timer);
      reject(cancelled());
    }
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** An answer that may come better on another try. */
function isPassing(status: number): boolean {
  return status === 429 || status >= 500;
}

const STATUS_WORDS: Readonly<Record<number, string>> = {
  401: 'it asks for a password, which is never sent',
  403: 'it does not allow it',
  404: 'there is no such file',
  410: 'the file is gone',
};

/** One host's files under the rules of `RemoteOptions`. */
export class Connection {
  readonly options: RemoteOptions;
  /** Whether any request was answered: what fails later is no lack of permission. */
  private hasAnswered = false;

  constructor(options: RemoteOptions) {
    this.options = options;
  }

  get tries(): { readonly most: number; readonly pauseMs: number } {
    return { most: MOST_TRIES, pauseMs: this.options.pauseMs ?? PAUSE_MS };
  }

  /** Whether a header may be sent for which a browser would have to ask the host first. */
  isFreeToAsk(url: URL): boolean {
    const { home } = this.options;
    return home === undefined || new URL(home).origin === url.origin;
  }

  assertActive(): void {
    if (this.options.signal?.aborted) throw cancelled();
  }

  pause(tries: number): Promise<void> {
    return wait(this.tries.pauseMs * 2 ** (tries - 1), this.options.signal);
  }

  unreachable(url: URL, cause: unknown): UserError {
    const details = { host: url.host };
    if (this.hasAnswered) {
      return new UserError(
        'remote/unreachable',
        `The connection to ${url.host} was lost and did not come back: check the network and open the file again.`,
        details,
        cause,
      );
    }
    return this.options.home === undefined
      ? new UserError(
          'remote/unreachable',
          `${url.host} cannot be reached: check the address and the network.`,
          details,
          cause,
        )
      : new UserError(
          'remote/unreachable',
          `${url.host} could not be read from this page. Either there is no connection to it, or it does not allow other pages to read its files (CORS); a browser does not tell which. Download the file and drop it here instead.`,
          details,
          cause,
        );
  }

  changed(url: URL, name: string): UserError {
    return new UserError(
      'remote/changed',
      `${name} changed on ${url.host} while it was read: open it again.`,
      { host: url.host, file: name },
    );
  }

  refusal(url: URL, status: number): UserError {
    return new UserError(
      'remote/refused',
      `${url.host} did not hand out ${url.pathname.slice(-120)}: ${STATUS_WORDS[status] ?? 'it reports an error'} (${status}).`,
      { host: url.host, status },
    );
  }

  /**
   * One request; follows redirects where that is allowed, and returns the address that answered.
   * Rejects with what `fetch` rejects with, with `remote/redirected`, and as cancelled.
   */
  async send(
    url: URL,
    init: { readonly method?: 'GET' | 'HEAD'; readonly headers?: Record<string, string> },
    signal: AbortSignal | undefined = this.options.signal,
  ): Promise<{ readonly response: Response; readonly url: URL }> {
    const { home, followsRedirects = false } = this.options;
    let at = url;
    for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
      const request: RequestInit = {
        ...init,
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
        cache: 'no-store',
        redirect: 'manual',
        ...(signal === undefined ? {} : { signal }),
      };
      const response = await fetch(at, request);
      const isHidden = response.type === 'opaqueredirect';
      const isRedirect = isHidden || [301, 302, 303, 307, 308].includes(response.status);
      if (!isRedirect) {
        this.hasAnswered = true;
        return { response, url: at };
      }
      void response.body?.cancel();
      if (!followsRedirects) {
        throw new UserError(
          'remote/redirected',
          `${at.host} sends the request on to another address.`,
          { host: at.host },
        );
      }
      if (isHidden) {
        // A browser shows where to only afterwards: an address that is not allowed is not read on.
        const followed = await fetch(at, { ...request, redirect: 'follow' });
        this.hasAnswered = true;
        try {
          return { response: followed, url: checkAddress(followed.url, home) };
        } catch (error) {
          void followed.body?.cancel();
          throw error;
        }
      }
      at = checkAddress(new URL(response.headers.get('location') ?? '', at).href, home);
    }
    throw new UserError(
      'remote/refused',
      `${url.host} sends the request on and on: use the address of the file itself.`,
      { host: url.host },
    );
  }

  /**
   * Hands the body's bytes to `take` as they come; rejects where it breaks off or nothing comes for
   * too long. `take` returns false for enough.
   */
  async drain(response: Response, take: (bytes: Uint8Array) => boolean): Promise<void> {
    const reader = response.body?.getReader();
    if (reader === undefined) return;
    const { signal, stallMs = STALL_MS } = this.options;
    const stop = (): void => void reader.cancel().catch(() => undefined);
    signal?.addEventListener('abort', stop, { once: true });
    try {
      for (;;) {
        const { done, value } = await withTimeout(reader.read(), stallMs);
        this.assertActive();
        if (done) return;
        if (!take(value)) return;
      }
    } finally {
      signal?.removeEventListener('abort', stop);
      stop();
    }
  }

  /**
   * Runs an attempt until it ends, again after a pause where the connection fails. An attempt that
   * got something calls `gotOn`, and the tries are counted anew.
   */
  async persist<T>(url: URL, attempt: (gotOn: () => void) => Promise<T>): Promise<T> {
    let tries = 0;
    for (;;) {
      this.assertActive();
      try {
        return await attempt(() => {
          tries = 0;
        });
      } catch (error) {
        this.assertActive();
        if (isUserError(error)) throw error;
        tries += 1;
        // What never answered will not answer: it is no loss of a connection.
        if (tries >= this.tries.most || !this.hasAnswered) throw this.unreachable(url, error);
      }
      await this.pause(tries);
    }
  }

  /** Throws what an answer other than `wanted` means: a passing error for another try, or a sentence. */
  assertAnswered(response: Response, url: URL, ...wanted: readonly number[]): void {
    if (wanted.includes(response.status)) return;
    void response.body?.cancel();
    if (isPassing(response.status)) throw new Error(`status ${response.status}`);
    throw this.refusal(url, response.status);
  }
}

function withTimeout<T>(promise: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`nothing came for ${ms} ms`)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
