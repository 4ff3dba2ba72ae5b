/** SHA-256 over text, bytes and volumes: the identity of every input and every result. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { VolumeDescription } from './streamed.ts';
import { type Volume, type VoxelArray, voxelBytes } from './volume.ts';

/** Bytes between two pauses: some 5 ms. */
const CHUNK = 2 ** 20;

/** Volumes between these sizes in bytes are digested by the platform, which copies them first. */
const SMALLEST_COPY = 8 * 2 ** 20;
const LARGEST_COPY = 512 * 2 ** 20;

/** Between two looks whether the platform is done. */
const REST_MS = 20;

export function digestText(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

export function digestBytes(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

/**
 * SHA-256 of the voxels as little-endian bytes, in hexadecimal. `breathe` is awaited every few
 * milliseconds, so that a worker stays responsive. Cost: 5 to 15 ms per MiB on this thread; about
 * 1 ms per MiB on another thread, and a copy of the voxels meanwhile, for volumes of 8 to 512 MiB
 * where the platform digests (pages from a secure address, Node).
 */
export async function digestVoxels(
  volume: Volume,
  breathe: () => Promise<void> = () => Promise.resolve(),
): Promise<string> {
  const bytes = voxelBytes(volume.data);
  const digest = await digestByPlatform(bytes, breathe);
  if (digest !== null) return digest;
  const hash = sha256.create();
  for (let start = 0; start < bytes.length; start += CHUNK) {
    hash.update(bytes.subarray(start, start + CHUNK));
    await breathe();
  }
  return bytesToHex(hash.digest());
}

/**
 * SHA-256 of each `slices` slices along z, the last of them of what is left, to say where two volumes
 * differ. `breathe` is awaited every few milliseconds. Cost as `digestVoxels` without the platform.
 */
export async function digestSlices(
  { size, data }: Pick<Volume, 'size' | 'data'>,
  slices: number,
  breathe: () => Promise<void> = () => Promise.resolve(),
): Promise<readonly string[]> {
  const bytes = voxelBytes(data);
  const step = (bytes.length / Math.max(size[2], 1)) * slices;
  const digests: string[] = [];
  for (let start = 0; start < bytes.length; start += step) {
    const hash = sha256.create();
    const end = Math.min(start + step, bytes.length);
    for (let at = start; at < end; at += CHUNK) {
      hash.update(bytes.subarray(at, Math.min(at + CHUNK, end)));
      await breathe();
    }
    digests.push(bytesToHex(hash.digest()));
  }
  return digests;
}

/** `digestVoxels` of voxels that come in order, some at a time. */
export class VoxelDigest {
  private readonly hash = sha256.create();

  async add(data: VoxelArray, breathe: () => Promise<void>): Promise<void> {
    const bytes = voxelBytes(data);
    for (let start = 0; start < bytes.length; start += CHUNK) {
      this.hash.update(bytes.subarray(start, start + CHUNK));
      await breathe();
    }
  }

  hex(): string {
    return bytesToHex(this.hash.digest());
  }
}

/** Null where the platform does not digest, or not these bytes. */
async function digestByPlatform(
  bytes: Uint8Array,
  breathe: () => Promise<void>,
): Promise<string | null> {
  // Missing on pages from an insecure address.
  const subtle = globalThis.crypto.subtle as SubtleCrypto | undefined;
  const { buffer, byteLength } = bytes;
  if (subtle === undefined || !(buffer instanceof ArrayBuffer)) return null;
  if (byteLength < SMALLEST_COPY || byteLength > LARGEST_COPY) return null;
  // A failure is one of memory: the digest by parts needs none.
  const digesting = subtle
    .digest('SHA-256', new Uint8Array(buffer, bytes.byteOffset, byteLength))
    .then((digest) => bytesToHex(new Uint8Array(digest)))
    .catch(() => null);
  for (;;) {
    const digest = await Promise.race([digesting, rest()]);
    await breathe();
    if (digest !== undefined) return digest;
  }
}

function rest(): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(resolve, REST_MS, undefined);
  });
}

/**
 * Identity of a volume as an input of a computation: its voxels and everything else a result can
 * depend on. The name is not part of it.
 */
export function volumeIdentity(volume: VolumeDescription, voxelDigest: string): string {
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
