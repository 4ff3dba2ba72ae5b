/** gzip (RFC 1952) into a buffer of known size, by the host's decoder where it can do it. */
import { Gunzip } from 'fflate';
import { isUserError } from '../errors/errors.ts';
import { crc32 } from '../volume/crc32.ts';
import { decompressByHost } from './decompressor.ts';
import type { ByteSource } from './format.ts';
import { isGzip } from './gzip-signature.ts';
import { readToEnd } from './sources.ts';
import type { DecodedBytes } from './decoded-bytes.ts';
import type { DecodeJob } from './decode-job.ts';

/** No deflate stream expands more: at best 258 bytes from 2 bits, less the block's own cost. */
export const MAX_GZIP_RATIO = 1032;

/** The fallback decodes a piece at once: at the largest ratio this is 66 MB. */
const FALLBACK_BYTES = 64 * 1024;

/**
 * Decodes the gzip data of `source` from byte `start`. Concatenated members are one stream, bytes
 * behind the last member are ignored with a warning, and checksums are verified unless the stream
 * goes on after the bytes wanted. Throws `file/truncated` and `file/malformed`.
 */
export async function gunzip(
  source: ByteSource,
  start: number,
  decoded: DecodedBytes,
  job: DecodeJob,
): Promise<void> {
  const head = await source.read(start, start + 2);
  if (head.length < 2) throw job.truncated(0, decoded.out.length);
  if (!isGzip(head)) {
    throw job.damaged('the data do not start with a gzip signature');
  }
  try {
    const stretch = { source, start, end: source.size };
    await decompressByHost(stretch, 'gzip', (piece) => decoded.take(piece), job);
  } catch (error) {
    if (isUserError(error)) throw error;
    // Hosts differ in what they make of several members and of bytes behind the last one, and none
    // says which of them it met, nor hands out what it had decoded.
    decoded.reset();
    await gunzipByMembers(source, start, decoded, job);
  }
  if (decoded.filled < decoded.out.length) {
    throw job.truncated(decoded.filled, decoded.out.length);
  }
  decoded.finish();
}

/** CRC and length of one member's output, as its trailer states them. */
class MemberCheck {
  private crc = 0;
  private length = 0;

  add(piece: Uint8Array): void {
    this.crc = crc32(piece, this.crc);
    this.length += piece.length;
  }

  trailer(): Uint8Array {
    const view = new DataView(new ArrayBuffer(8));
    view.setUint32(0, this.crc, true);
    view.setUint32(4, this.length % 2 ** 32, true);
    return new Uint8Array(view.buffer);
  }
}

function endsWith(bytes: Uint8Array, end: number, tail: Uint8Array): boolean {
  return end >= tail.length && tail.every((byte, i) => bytes[end - tail.length + i] === byte);
}

function findLast(bytes: Uint8Array, from: number, tail: Uint8Array): boolean {
  for (let end = bytes.length; end >= from + tail.length; end--) {
    if (endsWith(bytes, end, tail)) return true;
  }
  return false;
}

async function gunzipByMembers(
  source: ByteSource,
  start: number,
  decoded: DecodedBytes,
  job: DecodeJob,
): Promise<void> {
  const bytes = await readToEnd(source, start);
  let check = new MemberCheck();
  let memberStart = 0;
  let wanted = true;
  const stream = new Gunzip((piece) => {
    check.add(piece);
    wanted &&= decoded.take(piece);
  });
  stream.onmember = (offset) => {
    if (!endsWith(bytes, offset, check.trailer())) {
      throw job.damaged('the checksum of its compressed data is wrong');
    }
    check = new MemberCheck();
    memberStart = offset;
  };
  let problem: unknown = null;
  try {
    for (let at = 0; at < bytes.length && wanted; at += FALLBACK_BYTES) {
      const end = Math.min(at + FALLBACK_BYTES, bytes.length);
      stream.push(bytes.subarray(at, end), end === bytes.length);
      job.progress(end / bytes.length);
      await job.breathe();
    }
  } catch (error) {
    if (isUserError(error)) throw error;
    problem = error;
  }
  if (!wanted) return;
  if (decoded.filled === decoded.out.length) {
    if (!findLast(bytes, memberStart, check.trailer())) {
      throw job.damaged('the checksum of its compressed data is wrong or missing', problem);
    }
    if (problem !== null) job.warnings.push('Bytes behind the compressed data were ignored.');
    return;
  }
  if (problem === null || (problem as { code?: unknown }).code === 0) {
    throw job.truncated(decoded.filled, decoded.out.length);
  }
  throw job.damaged('its compressed data cannot be decoded', problem);
}
