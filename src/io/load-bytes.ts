/** Reads a stretch of a file into memory that is there already. */
import type { DecodeJob } from './decode-job.ts';
import type { ByteSource } from './format.ts';

/** Bytes read at a time. */
export const PIECE_BYTES = 16 * 1024 * 1024;

/** Reads bytes [start, start + length) in pieces into memory of their own. */
export async function loadBytes(
  source: ByteSource,
  start: number,
  out: Uint8Array,
  job: DecodeJob,
): Promise<void> {
  const have = Math.max(source.size - start, 0);
  if (have < out.length) throw job.truncated(have, out.length);
  for (let done = 0; done < out.length; ) {
    const length = Math.min(PIECE_BYTES, out.length - done);
    const bytes = await source.read(start + done, start + done + length);
    if (bytes.length !== length) throw job.truncated(done + bytes.length, out.length);
    out.set(bytes, done);
    done += length;
    job.progress(done / out.length);
    await job.breathe();
  }
}
