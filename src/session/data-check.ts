/** Whether files are those that a session names, by their SHA-256. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { ByteSource } from '../io/format.ts';
import type { SessionDataset } from './session.ts';

/** Bytes read at a time. */
const READ_BYTES = 2 ** 22;
/** Bytes hashed between two pauses: some 5 ms. */
const HASH_BYTES = 2 ** 20;

export interface FileCheck {
  readonly path: string;
  readonly verdict: 'equal' | 'differs' | 'missing';
}

/** SHA-256 of a file in hexadecimal; 5 to 15 ms per MiB, in memory of 4 MiB. */
export async function fileDigest(
  source: ByteSource,
  breathe: () => Promise<void>,
): Promise<string> {
  const hash = sha256.create();
  for (let at = 0; at < source.size; at += READ_BYTES) {
    const bytes = await source.read(at, Math.min(at + READ_BYTES, source.size));
    for (let start = 0; start < bytes.length; start += HASH_BYTES) {
      hash.update(bytes.subarray(start, start + HASH_BYTES));
      await breathe();
    }
  }
  return bytesToHex(hash.digest());
}

/** How a session names a source: by its path in the dropped folder, or its name. */
export function pathOf({ path, name }: ByteSource): string {
  return path === '' ? name : path;
}

/** Each file of the dataset against the sources at hand; what came beside them does not matter. */
export async function checkFiles(
  { files }: SessionDataset,
  sources: readonly ByteSource[],
  breathe: () => Promise<void>,
): Promise<readonly FileCheck[]> {
  const digests = new Map<string, string>();
  for (const source of sources) {
    if (!files.some(({ bytes }) => bytes === source.size)) continue;
    digests.set(pathOf(source), await fileDigest(source, breathe));
  }
  const all = new Set(digests.values());
  const paths = new Set(sources.map(pathOf));
  return files.map(({ path, sha256: digest }) => {
    // A renamed copy is the same file.
    if (digests.get(path) === digest || all.has(digest)) return { path, verdict: 'equal' };
    return { path, verdict: paths.has(path) || files.length === 1 ? 'differs' : 'missing' };
  });
}
