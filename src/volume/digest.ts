/** SHA-256 over text, bytes and volumes: the identity of every input and every result. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { type Volume, voxelBytes } from './volume.ts';

/** Bytes between two pauses: some 5 ms. */
const CHUNK = 2 ** 20;

export function digestText(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

export function digestBytes(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

/**
 * SHA-256 of the voxels as little-endian bytes, in hexadecimal. `breathe` is awaited after every
 * MiB, so that a worker stays responsive. Cost: about 5 ms per MiB.
 */
export async function digestVoxels(
  volume: Volume,
  breathe: () => Promise<void> = () => Promise.resolve(),
): Promise<string> {
  const hash = sha256.create();
  const bytes = voxelBytes(volume.data);
  for (let start = 0; start < bytes.length; start += CHUNK) {
    hash.update(bytes.subarray(start, start + CHUNK));
    await breathe();
  }
  return bytesToHex(hash.digest());
}

/**
 * Identity of a volume as an input of a computation: its voxels and everything else a result can
 * depend on. The name is not part of it.
 */
export function volumeIdentity(volume: Volume, voxelDigest: string): string {
  const { kind, size, type, spacing, origin, phases } = volume;
  return digestText(canonicalJson({ kind, size, type, spacing, origin, phases, voxelDigest }));
}

/**
 * JSON with sorted keys and no white space: equal values give equal text (0 and -0 are equal).
 * Properties that are undefined are left out. Throws a TypeError for what JSON cannot hold: NaN,
 * Infinity, undefined and holes inside arrays, functions, and objects that are not plain, since
 * different ones (Map, Date, typed arrays) would get one text.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') {
    return JSON.stringify(value);
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`JSON has no ${value}`);
    return JSON.stringify(value);
  }
  // Not `map`, which would step over holes.
  if (Array.isArray(value)) return `[${Array.from(value, canonicalJson).join(',')}]`;
  if (typeof value === 'object') {
    if (!isPlainObject(value)) throw new TypeError('JSON has only plain objects');
    const entries = Object.entries(value)
      .filter(([, entry]) => entry !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => `${JSON.stringify(key)}:${canonicalJson(entry)}`);
    return `{${entries.join(',')}}`;
  }
  throw new TypeError(`JSON has no ${typeof value}`);
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
