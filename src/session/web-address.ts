/**
 * Which web addresses a document from a stranger may name. A page that opens it would fetch them from
 * inside the reader's network, so only public https addresses pass.
 */
import { UserError } from '../errors/errors.ts';

const MAX_ADDRESS = 2048;

/** Host names that never leave a local network (RFC 6761, RFC 6762, RFC 8375). */
const LOCAL_NAME = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|home\.arpa|test|onion)$/;

/** IPv4 ranges that are not public (RFC 6890), as network and prefix length. */
const PRIVATE_IPV4: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function isPrivateIpv4(address: string): boolean {
  const value = numberOf(address);
  return PRIVATE_IPV4.some(([network, prefix]) => {
    const size = 2 ** (32 - prefix);
    return Math.floor(value / size) === Math.floor(numberOf(network) / size);
  });
}

function problemOf(text: string): string | null {
  if (text.length > MAX_ADDRESS) return `has more than ${MAX_ADDRESS} characters`;
  if (!URL.canParse(text)) return 'is no complete web address';
  const url = new URL(text);
  if (url.protocol !== 'https:') return 'does not begin with https://';
  if (url.username !== '' || url.password !== '') return 'holds a user name or password';
  // A parsed host is in lower case, and every spelling of an IPv4 number is four decimal numbers.
  const host = url.hostname.replace(/\.$/, '');
  if (host.startsWith('[')) return 'names its host by an IPv6 number';
  if (IPV4.test(host)) return isPrivateIpv4(host) ? 'lies in a private network' : null;
  if (!host.includes('.') || LOCAL_NAME.test(host)) return 'lies in a private network';
  return null;
}

export function isPublicAddress(text: string): boolean {
  return problemOf(text) === null;
}

/** Throws `session/malformed` with what is wrong, unless it is a public https address. */
export function assertPublicAddress(text: string): void {
  const problem = problemOf(text);
  if (problem === null) return;
  const shown = text.length > 120 ? `${text.slice(0, 120)}…` : text;
  throw new UserError(
    'session/malformed',
    `The address ${shown} ${problem}: only public https addresses are taken.`,
    { address: shown },
  );
}
