/**
 * Writes a ZIP archive of stored members (PKWARE APPNOTE 6.3.10), with ZIP64 records where a size or
 * place needs more than 32 bits. The same members give the same bytes: every member has the date
 * 1980-01-01, the first that the format has.
 */
import { UserError } from '../errors/errors.ts';
import type { ByteSink } from './byte-sink.ts';
import { crc32 } from '../volume/crc32.ts';
import type { ByteSource } from './format.ts';

export interface ZipContent {
  /** With `/` between folders. */
  readonly name: string;
  readonly content: string | Pick<ByteSource, 'size' | 'read'>;
}

/** Bytes of a member read at a time. */
const READ_BYTES = 2 ** 22;

const LOCAL_SIGNATURE = 0x04034b50;
const ENTRY_SIGNATURE = 0x02014b50;
const END_SIGNATURE = 0x06054b50;
const END64_SIGNATURE = 0x06064b50;
const LOCATOR64_SIGNATURE = 0x07064b50;
const ZIP64_VERSION = 45;
const VERSION = 20;
/** Names are UTF-8. */
const FLAGS = 0x0800;
const FIRST_DATE = 0x21;
const FULL_32 = 0xffffffff;
const FULL_16 = 0xffff;

/** What the archive says of a member. */
export interface ZipFacts {
  readonly name: string;
  readonly size: number;
  readonly crc: number;
}

interface Entry {
  readonly name: Uint8Array<ArrayBuffer>;
  readonly size: number;
  readonly crc: number;
  readonly at: number;
}

/** Little-endian fields of 2, 4 or 8 bytes one after the other. */
function record(
  ...fields: readonly (readonly [bytes: 2 | 4 | 8, value: number])[]
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(fields.reduce((sum, [count]) => sum + count, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [count, value] of fields) {
    if (count === 2) view.setUint16(at, value, true);
    else if (count === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += count;
  }
  return bytes;
}

/** All bytes of a source, some at a time. */
async function* bytesOf({
  size,
  read,
}: Pick<ByteSource, 'size' | 'read'>): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < size; at += READ_BYTES) yield read(at, Math.min(at + READ_BYTES, size));
}

/** What a local header and a directory entry have in common, from the flags to the name's length. */
function commonFields(
  { crc, size, name }: Entry,
  extraLength: number,
): readonly (readonly [bytes: 2 | 4 | 8, value: number])[] {
  const stated = Math.min(size, FULL_32);
  return [
    [2, FLAGS],
    [2, 0],
    [2, 0],
    [2, FIRST_DATE],
    [4, crc],
    [4, stated],
    [4, stated],
    [2, name.length],
    [2, extraLength],
  ];
}

function localHeader(entry: Entry): Uint8Array<ArrayBuffer> {
  const isLarge = entry.size >= FULL_32;
  return record(
    [4, LOCAL_SIGNATURE],
    [2, isLarge ? ZIP64_VERSION : VERSION],
    ...commonFields(entry, isLarge ? 20 : 0),
  );
}

/** The sizes, and for the directory the place, that 32 bits do not hold. */
function zip64Extra(values: readonly number[]): Uint8Array<ArrayBuffer> {
  if (values.length === 0) return new Uint8Array();
  return record([2, 1], [2, 8 * values.length], ...values.map((value) => [8, value] as const));
}

function directoryEntry(entry: Entry): readonly Uint8Array<ArrayBuffer>[] {
  const large = entry.size >= FULL_32 ? [entry.size, entry.size] : [];
  const far = entry.at >= FULL_32 ? [entry.at] : [];
  const extra = zip64Extra([...large, ...far]);
  const version = extra.length > 0 ? ZIP64_VERSION : VERSION;
  return [
    record(
      [4, ENTRY_SIGNATURE],
      [2, version],
      [2, version],
      ...commonFields(entry, extra.length),
      [2, 0],
      [2, 0],
      [2, 0],
      [4, 0],
      [4, Math.min(entry.at, FULL_32)],
    ),
    entry.name,
    extra,
  ];
}

function endRecords(count: number, length: number, at: number): readonly Uint8Array<ArrayBuffer>[] {
  const needs64 = count >= FULL_16 || length >= FULL_32 || at >= FULL_32;
  const end = record(
    [4, END_SIGNATURE],
    [2, 0],
    [2, 0],
    [2, Math.min(count, FULL_16)],
    [2, Math.min(count, FULL_16)],
    [4, Math.min(length, FULL_32)],
    [4, Math.min(at, FULL_32)],
    [2, 0],
  );
  if (!needs64) return [end];
  return [
    record(
      [4, END64_SIGNATURE],
      [8, 44],
      [2, ZIP64_VERSION],
      [2, ZIP64_VERSION],
      [4, 0],
      [4, 0],
      [8, count],
      [8, count],
      [8, length],
      [8, at],
    ),
    record([4, LOCATOR64_SIGNATURE], [4, 0], [8, at + length], [4, 1]),
    end,
  ];
}

/**
 * Everything of an archive but its members' bytes: what stands before each, and what stands after the
 * last.
 */
export function zipRecords(members: readonly ZipFacts[]): {
  readonly heads: readonly (readonly Uint8Array<ArrayBuffer>[])[];
  readonly tail: readonly Uint8Array<ArrayBuffer>[];
} {
  const heads: Uint8Array<ArrayBuffer>[][] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let at = 0;
  for (const { name, size, crc } of members) {
    const entry = { name: new TextEncoder().encode(name), size, crc, at };
    const extra = zip64Extra(size >= FULL_32 ? [size, size] : []);
    const head = [localHeader(entry), entry.name, extra];
    heads.push(head);
    directory.push(...directoryEntry(entry));
    at += head.reduce((sum, part) => sum + part.length, 0) + size;
  }
  const length = directory.reduce((sum, part) => sum + part.length, 0);
  return { heads, tail: [...directory, ...endRecords(members.length, length, at)] };
}

/**
 * Writes the archive. Each member is read twice, for its checksum and for its bytes, 4 MiB at a time.
 * Names must differ; `/` separates folders. Throws `file/unreadable` where a member
 * changes in between.
 */
export async function writeZip(members: readonly ZipContent[], sink: ByteSink): Promise<void> {
  const sources = members.map(({ content }) =>
    typeof content === 'string' ? textSource(content) : content,
  );
  const facts: ZipFacts[] = [];
  for (const [i, source] of sources.entries()) {
    let crc = 0;
    for await (const bytes of bytesOf(source)) crc = crc32(bytes, crc);
    facts.push({ name: members[i]?.name ?? '', size: source.size, crc });
  }
  const { heads, tail } = zipRecords(facts);
  for (const [i, source] of sources.entries()) {
    for (const part of heads[i] ?? []) await sink.write(part);
    let crc = 0;
    for await (const bytes of bytesOf(source)) {
      crc = crc32(bytes, crc);
      await sink.write(bytes);
    }
    if (crc !== facts[i]?.crc) {
      throw new UserError(
        'file/unreadable',
        `${members[i]?.name} changed while it was written into the archive: try again.`,
      );
    }
  }
  for (const part of tail) await sink.write(part);
}

function textSource(text: string): Pick<ByteSource, 'size' | 'read'> {
  const bytes = new TextEncoder().encode(text);
  return { size: bytes.length, read: (start, end) => Promise.resolve(bytes.slice(start, end)) };
}
