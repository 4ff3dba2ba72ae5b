/** Where writers put a file's bytes, in order: a file on disk, or a blob. */

export interface ByteSink {
  /** Returns when the bytes may be changed again. */
  write(bytes: Uint8Array): Promise<void>;
}

/** Blob parts of at most this size: a browser copies each at once, in some milliseconds. */
const PART_BYTES = 16 * 2 ** 20;

/** The bytes that a writer puts out, as a blob. */
export async function blobOf(
  write: (sink: ByteSink) => Promise<void>,
  type = 'application/octet-stream',
): Promise<Blob> {
  const parts: Blob[] = [];
  await write({
    async write(bytes) {
      for (let start = 0; start < bytes.length; start += PART_BYTES) {
        const part = bytes.subarray(start, start + PART_BYTES);
        // Blobs refuse shared memory.
        const own = part.buffer instanceof ArrayBuffer ? part : new Uint8Array(part);
        parts.push(new Blob([own as Uint8Array<ArrayBuffer>]));
      }
    },
  });
  return new Blob(parts, { type });
}
