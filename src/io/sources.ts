/** Byte sources over what a host offers. */
import { isUserError, UserError } from '../errors/errors.ts';
import { allocateBytes } from './decode-job.ts';
import type { ByteSource } from './format.ts';

export function blobSource(blob: Blob, name: string, path = ''): ByteSource {
  return {
    name,
    path,
    size: blob.size,
    blob,
    async read(start, end) {
      try {
        return new Uint8Array(await blob.slice(start, Math.min(end, blob.size)).arrayBuffer());
      } catch (cause) {
        // Browsers report a file that was moved or changed since it was dropped as a permission
        // problem, which would send the user looking in the wrong place.
        throw new UserError(
          'file/unreadable',
          `${name}: the browser can no longer read this file; drop it again.`,
          { file: name },
          cause,
        );
      }
    },
  };
}

export function bytesSource(bytes: Uint8Array, name: string, path = ''): ByteSource {
  return {
    name,
    path,
    size: bytes.byteLength,
    // `new` copies; `slice` would give a view where the bytes are a Node buffer.
    read: (start, end) => Promise.resolve(new Uint8Array(bytes.subarray(start, end))),
  };
}

/** Reads up to `buffer.length` bytes at `position` and returns how many there were. */
export type ReadAt = (buffer: Uint8Array<ArrayBuffer>, position: number) => Promise<number>;

/** A source over a file descriptor or the like, whose reads may return less than was asked. */
export function randomAccessSource(
  readAt: ReadAt,
  size: number,
  name: string,
  path = '',
): ByteSource {
  return {
    name,
    path,
    size,
    async read(start, end) {
      const buffer = new Uint8Array(Math.max(Math.min(end, size) - Math.max(start, 0), 0));
      let filled = 0;
      while (filled < buffer.length) {
        const count = await readAt(buffer.subarray(filled), start + filled).catch(
          (cause: unknown) => {
            if (isUserError(cause)) throw cause;
            throw new UserError(
              'file/unreadable',
              `${name} can no longer be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
              { file: name },
              cause,
            );
          },
        );
        if (count === 0) break;
        filled += count;
      }
      return filled === buffer.length ? buffer : buffer.slice(0, filled);
    },
  };
}

/** Blobs refuse reads of 2 GiB and more at once. */
const WHOLE_READ_BYTES = 256 * 1024 * 1024;

/** The bytes from `start` to the end, in memory of their own. */
export async function readToEnd(
  source: ByteSource,
  start: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const length = Math.max(source.size - start, 0);
  if (length <= WHOLE_READ_BYTES) return source.read(start, source.size);
  const bytes = allocateBytes(length, source.name);
  let filled = 0;
  while (filled < length) {
    const at = start + filled;
    const piece = await source.read(at, Math.min(at + WHOLE_READ_BYTES, source.size));
    if (piece.length === 0) break;
    bytes.set(piece, filled);
    filled += piece.length;
  }
  return filled === length ? bytes : bytes.slice(0, filled);
}
