/** zlib streams (RFC 1950) into a buffer of known size. */
import { isUserError } from '../errors/errors.ts';
import { allocateBytes, type DecodeJob } from './decode-job.ts';
import { DecodedBytes } from './decoded-bytes.ts';
import { decompressByHost, type Stretch } from './decompressor.ts';
import { InflateError, inflateInto } from './inflate.ts';
import { loadBytes } from './load-bytes.ts';

/**
 * Fills `out` with the first bytes of a stream. Its checksum is verified unless it goes on after them.
 * Throws `file/truncated` where it holds fewer, and `file/malformed`.
 */
export async function unzlib(stretch: Stretch, out: Uint8Array, job: DecodeJob): Promise<void> {
  const decoded = new DecodedBytes(out, 0);
  let { filled } = decoded;
  try {
    await decompressByHost(stretch, 'deflate', (piece) => decoded.take(piece), job);
    filled = decoded.filled;
  } catch (error) {
    if (isUserError(error)) throw error;
    // The host also refuses what is harmless, such as padding behind the stream.
    filled = await unzlibByReference(stretch, out, job);
  }
  if (filled < out.length) throw job.truncated(filled, out.length);
}

async function unzlibByReference(
  { source, start, end }: Stretch,
  out: Uint8Array,
  job: DecodeJob,
): Promise<number> {
  const stored = allocateBytes(end - start, source.name);
  await loadBytes(source, start, stored, job);
  try {
    return inflateInto(stored, out);
  } catch (error) {
    if (!(error instanceof InflateError)) throw error;
    throw job.damaged(`its compressed voxels cannot be decoded (${error.message})`, error);
  }
}
