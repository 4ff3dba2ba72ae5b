/** Byte sources over what a host offers. */
import { UserError } from '../errors/errors.ts';
import type { ByteSource } from './format.ts';

export function blobSource(blob: Blob, name: string, path = ''): ByteSource {
  return {
    name,
    path,
    size: blob.size,
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
    read: (start, end) => Promise.resolve(new Uint8Array(bytes.slice(start, end))),
  };
}
