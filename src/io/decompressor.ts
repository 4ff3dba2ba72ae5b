/** The host's decompressor, fed so that what it has decoded and nobody has taken yet stays small. */
import type { DecodeJob } from './decode-job.ts';
import type { ByteSource } from './format.ts';

/**
 * The host decodes what it is given at once, whatever becomes of it: from a piece of this size come
 * at most 33 MiB.
 */
const LARGEST_PIECE = 32 * 1024;
/** Read from a source at a time. */
const READ_BYTES = 1024 * 1024;
/** Those who want the start only stop soon: pieces grow from here. */
const FIRST_PIECE = 512;

/**
 * A reader of the decoded bytes; cancelled, it stops the decoder.
 * @param next the next compressed bytes, null at their end
 */
export function decompressor(
  format: CompressionFormat,
  next: () => Promise<Uint8Array<ArrayBuffer> | null>,
): ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> {
  let block: Uint8Array<ArrayBuffer> | null = new Uint8Array(0);
  let at = 0;
  let piece = FIRST_PIECE;
  const compressed = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        while (block !== null && at === block.length) {
          block = await next();
          at = 0;
        }
        if (block === null) {
          controller.close();
          return;
        }
        controller.enqueue(block.subarray(at, at + piece));
        at = Math.min(at + piece, block.length);
        piece = Math.min(2 * piece, LARGEST_PIECE);
      },
    },
    { highWaterMark: 0 },
  );
  return compressed
    .pipeThrough(
      new DecompressionStream(format) as TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>,
    )
    .getReader();
}

/** Bytes [start, end) of a source. */
export interface Stretch {
  readonly source: ByteSource;
  readonly start: number;
  readonly end: number;
}

/**
 * Hands decoded pieces to `take` until the stream ends or `take` returns false. Rejects with what the
 * host throws, which says nothing to a user, where the stream is damaged or anything follows it.
 */
export async function decompressByHost(
  { source, start, end }: Stretch,
  format: CompressionFormat,
  take: (piece: Uint8Array) => boolean,
  job: DecodeJob,
): Promise<void> {
  let position = start;
  const reader = decompressor(format, async () => {
    const bytes = await source.read(position, Math.min(position + READ_BYTES, end));
    position += bytes.length;
    return bytes.length === 0 ? null : bytes;
  });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || !take(value)) return;
      job.progress((position - start) / Math.max(end - start, 1));
      await job.breathe();
    }
  } finally {
    // Ends the pipe where it was left early; a failed pipe has nothing to cancel.
    await reader.cancel().catch(() => undefined);
  }
}
