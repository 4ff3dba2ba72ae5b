/** Addresses on the web that a volume may be read from. */
import { UserError } from '../../errors/errors.ts';

/** A file, or a Zarr store, on the web. */
export interface RemoteFile {
  readonly url: string;
  /** Whether the host may send the request on to another address; it is asked for first. */
  readonly followsRedirects: boolean;
}

/** What is known of an address before anything is fetched. */
export interface AddressFacts {
  readonly url: string;
  /** With the port where it is not the usual one. */
  readonly host: string;
  /** The last part of the path. */
  readonly name: string;
  readonly isEncrypted: boolean;
}

function isOwnMachine({ hostname }: URL): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

function refused(text: string, problem: string): UserError {
  return new UserError('usage', `"${text.slice(0, 200)}" ${problem}.`);
}

/**
 * Checks an address: https, or http on this machine and on `home`, the page's own origin; no user
 * name or password. Throws `usage` with a sentence.
 */
export function checkAddress(text: string, home?: string): URL {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    throw refused(text, 'is no web address: it begins with https:// and names a file');
  }
  if (url.username !== '' || url.password !== '') {
    throw refused(
      `${url.protocol}//…@${url.host}`,
      'holds a user name or a password, which are never sent: use a link that needs none',
    );
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw refused(text, 'is no web address that can be read: use one that begins with https://');
  }
  const isHome = home !== undefined && url.origin === new URL(home).origin;
  if (url.protocol === 'http:' && !isOwnMachine(url) && !isHome) {
    throw refused(text, 'is not encrypted: use its https:// address');
  }
  url.hash = '';
  return url;
}

/** The last part of an address's path, as a person reads it. */
export function nameOfAddress({ pathname, host }: URL): string {
  const last = pathname.split('/').findLast((part) => part !== '') ?? '';
  try {
    return decodeURIComponent(last) || host;
  } catch {
    // A percent sign that encodes nothing.
    return last;
  }
}

/** As `checkAddress`, in plain data for a question. */
export function describeAddress(text: string, home?: string): AddressFacts {
  const url = checkAddress(text, home);
  return {
    url: url.href,
    host: url.host,
    name: nameOfAddress(url),
    isEncrypted: url.protocol === 'https:',
  };
}
