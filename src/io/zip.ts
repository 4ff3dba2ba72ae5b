/**
 * The directory and members of a ZIP archive (PKWARE APPNOTE 6.3.10), by random access: stored and
 * deflated members, ZIP64, one disk, no encryption.
 */
import { crc32 } from '../volume/crc32.ts';
import { isUserError, UserError } from '../errors/errors.ts';
import { allocateBytes, type DecodeJob } from './decode-job.ts';
import { DecodedBytes } from './decoded-bytes.ts';
import { decompressByHost } from './decompressor.ts';
import type { ByteSource } from './format.ts';
import { MAX_GZIP_RATIO } from './gunzip.ts';
import { inflateRawInto } from './inflate.ts';
import { loadBytes } from './load-bytes.ts';

const END_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const MAX_ENTRIES = 65_536;
const MAX_DIRECTORY_BYTES = 64 * 1024 * 1024;
const READ_BYTES = 1024 * 1024;

export interface ZipMember {
  readonly name: string;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly size: number;
  readonly compressedSize: number;
  readonly crc: number;
  readonly localHeaderAt: number;
}

function damaged(file: string, problem: string): UserError {
  return new UserError('file/malformed', `${file} is damaged: ${problem}; get a fresh copy.`, {
    file,
  });
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

interface DirectoryPlace {
  readonly entries: number;
  readonly start: number;
  readonly length: number;
}

async function findDirectory(source: ByteSource): Promise<DirectoryPlace> {
  const tailStart = Math.max(source.size - END_BYTES - MAX_COMMENT_BYTES, 0);
  const tail = await source.read(tailStart, source.size);
  const view = viewOf(tail);
  let at = tail.length - END_BYTES;
  while (at >= 0 && view.getUint32(at, true) !== 0x06054b50) at--;
  if (at < 0) throw damaged(source.name, 'the directory at the end of the archive is missing');
  const place: DirectoryPlace = {
    entries: view.getUint16(at + 10, true),
    length: view.getUint32(at + 12, true),
    start: view.getUint32(at + 16, true),
  };
  const isZip64 =
    place.entries === 0xffff || place.length === 0xffffffff || place.start === 0xffffffff;
  if (!isZip64 || at < 20 || view.getUint32(at - 20, true) !== 0x07064b50) return place;
  const recordAt = Number(view.getBigUint64(at - 20 + 8, true));
  const record = viewOf(await source.read(recordAt, recordAt + 56));
  if (record.byteLength < 56 || record.getUint32(0, true) !== 0x06064b50) {
    throw damaged(source.name, 'the ZIP64 directory record is missing');
  }
  return {
    entries: Number(record.getBigUint64(32, true)),
    length: Number(record.getBigUint64(40, true)),
    start: Number(record.getBigUint64(48, true)),
  };
}

/** Sizes and place of a member whose 32-bit fields are full, from its ZIP64 extra field. */
function readZip64Extra(extra: DataView, fields: readonly number[]): readonly number[] {
  for (let at = 0; at + 4 <= extra.byteLength; ) {
    const length = extra.getUint16(at + 2, true);
    if (extra.getUint16(at, true) === 1) {
      let place = at + 4;
      return fields.map((field) => {
        if (field !== 0xffffffff || place + 8 > at + 4 + length || place + 8 > extra.byteLength) {
          return field;
        }
        place += 8;
        return Number(extra.getBigUint64(place - 8, true));
      });
    }
    at += 4 + length;
  }
  return fields;
}

/**
 * The archive's members in the order of its directory. Throws `file/malformed` and, for more than
 * 65 536 members, `file/limit`. Cost: the directory's bytes.
 */
export async function readZipDirectory(source: ByteSource): Promise<readonly ZipMember[]> {
  const place = await findDirectory(source);
  if (place.entries > MAX_ENTRIES || place.length > MAX_DIRECTORY_BYTES) {
    throw new UserError(
      'file/limit',
      `${source.name} lists ${place.entries} members, more than the ${MAX_ENTRIES} that are read; unpack it first.`,
      { file: source.name, members: place.entries },
    );
  }
  const bytes = await source.read(place.start, place.start + place.length);
  if (bytes.length < place.length) throw damaged(source.name, 'its directory is cut short');
  const view = viewOf(bytes);
  const members: ZipMember[] = [];
  let at = 0;
  for (let index = 0; index < place.entries; index++) {
    if (at + ENTRY_BYTES > bytes.length || view.getUint32(at, true) !== 0x02014b50) {
      throw damaged(source.name, `entry ${index + 1} of its directory cannot be read`);
    }
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const end = at + ENTRY_BYTES + nameLength + extraLength + view.getUint16(at + 32, true);
    if (end > bytes.length) throw damaged(source.name, `entry ${index + 1} is cut short`);
    const nameAt = at + ENTRY_BYTES;
    const extra = new DataView(bytes.buffer, bytes.byteOffset + nameAt + nameLength, extraLength);
    const [size = 0, compressedSize = 0, localHeaderAt = 0] = readZip64Extra(extra, [
      view.getUint32(at + 24, true),
      view.getUint32(at + 20, true),
      view.getUint32(at + 42, true),
    ]);
    const name = new TextDecoder().decode(bytes.subarray(nameAt, nameAt + nameLength));
    if ((view.getUint16(at + 8, true) & 1) !== 0) {
      throw new UserError(
        'file/unsupported',
        `${source.name}: "${name.slice(0, 100)}" is encrypted; save the archive without a password.`,
        { file: source.name },
      );
    }
    members.push({
      name,
      method: view.getUint16(at + 10, true),
      size,
      compressedSize,
      crc: view.getUint32(at + 16, true),
      localHeaderAt,
    });
    at = end;
  }
  return members;
}

/** Byte of the archive at which a member's data start. */
export async function zipMemberStart(source: ByteSource, member: ZipMember): Promise<number> {
  const local = viewOf(await source.read(member.localHeaderAt, member.localHeaderAt + LOCAL_BYTES));
  if (local.byteLength < LOCAL_BYTES || local.getUint32(0, true) !== 0x04034b50) {
    throw damaged(source.name, `member "${member.name.slice(0, 100)}" is not where it should be`);
  }
  return member.localHeaderAt + LOCAL_BYTES + local.getUint16(26, true) + local.getUint16(28, true);
}

/** Up to `count` first bytes of a member, without reading the rest; empty where it is damaged. */
export async function readZipHead(
  source: ByteSource,
  member: ZipMember,
  count: number,
): Promise<Uint8Array> {
  const start = await zipMemberStart(source, member);
  const wanted = Math.min(count, member.size);
  if (member.method === 0)
    return source.read(start, start + Math.min(wanted, member.compressedSize));
  // Deflate grows no data by more than a few bytes in each of its blocks.
  const bytes = await source.read(start, start + Math.min(member.compressedSize, 2 * count));
  const out = new Uint8Array(wanted);
  try {
    return out.subarray(0, inflateRawInto(bytes, out));
  } catch {
    return out.subarray(0, 0);
  }
}

/** The bytes of a member, in memory of their own; its checksum is verified. */
export async function readZipMember(
  source: ByteSource,
  member: ZipMember,
  job: DecodeJob,
): Promise<Uint8Array<ArrayBuffer>> {
  const start = await zipMemberStart(source, member);
  const have = Math.max(source.size - start, 0);
  if (have < member.compressedSize) throw job.truncated(have, member.compressedSize);
  const most = member.method === 0 ? member.compressedSize : member.compressedSize * MAX_GZIP_RATIO;
  if (member.size > most) {
    throw damaged(
      source.name,
      `member "${member.name.slice(0, 100)}" states ${member.size} bytes, more than its ${member.compressedSize} can hold`,
    );
  }
  const out = allocateBytes(member.size, source.name);
  if (member.method === 0) await loadBytes(source, start, out, job);
  else if (member.method === 8) await inflateMember(source, start, member, out, job);
  else {
    throw new UserError(
      'file/unsupported',
      `${source.name}: "${member.name.slice(0, 100)}" uses ZIP method ${member.method}; save the archive with deflate or without compression.`,
      { file: source.name },
    );
  }
  let crc = 0;
  for (let at = 0; at < out.length; at += READ_BYTES) {
    crc = crc32(out.subarray(at, at + READ_BYTES), crc);
    await job.breathe();
  }
  if (crc !== member.crc) {
    throw damaged(source.name, `the checksum of "${member.name.slice(0, 100)}" is wrong`);
  }
  return out;
}

async function inflateMember(
  source: ByteSource,
  start: number,
  member: ZipMember,
  out: Uint8Array,
  job: DecodeJob,
): Promise<void> {
  const stretch = { source, start, end: start + member.compressedSize };
  const decoded = new DecodedBytes(out, 0);
  try {
    await decompressByHost(stretch, 'deflate-raw', (piece) => decoded.take(piece), job);
  } catch (error) {
    if (isUserError(error)) throw error;
    throw job.damaged(
      `the compressed data of "${member.name.slice(0, 100)}" cannot be decoded`,
      error,
    );
  }
  if (decoded.surplus) {
    throw damaged(source.name, `"${member.name.slice(0, 100)}" is longer than stated`);
  }
  if (decoded.filled < out.length) throw job.truncated(decoded.filled, out.length);
}
