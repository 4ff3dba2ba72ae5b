/** The container: header, directories and field values, for classic TIFF and BigTIFF. */
import { cancelled, UserError, type UserErrorCode } from '../../../errors/errors.ts';
import { ByteCursor } from '../../byte-cursor.ts';
import type { ByteSource } from '../../format.ts';
import { ReadAhead } from './read-ahead.ts';
import { FIELD_BYTES, FieldType, KNOWN_TAGS } from './tags.ts';

/** More directories than any stack has; what they need is held in memory. */
const MOST_PAGES = 131_072;
const MOST_ENTRIES = 65_535;

/** A field of a directory; its values stay in the file until asked for. */
export interface Field {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  /** Where the values are, also for those inside the directory. */
  readonly position: number;
  /** The value where it is a single integer inside the directory, else null. */
  readonly single: number | null;
}

export interface Directory {
  /** From 1, in file order. */
  readonly number: number;
  readonly position: number;
  readonly fields: ReadonlyMap<number, Field>;
}

export interface TiffHeader {
  readonly littleEndian: boolean;
  readonly big: boolean;
  readonly firstDirectory: number;
}

function text(bytes: Uint8Array): string {
  const start = bytes.subarray(0, 16);
  return String.fromCharCode(...start).replace(/[^\x20-\x7e]/g, '·');
}

/** Whether bytes begin like a TIFF or BigTIFF. */
export function isTiffHead(head: Uint8Array): boolean {
  if (head.length < 8) return false;
  const [a, b, c, d] = head;
  if (a === 0x49 && b === 0x49) return (c === 42 || c === 43) && d === 0;
  if (a === 0x4d && b === 0x4d) return c === 0 && (d === 42 || d === 43);
  return false;
}

export class TiffFile {
  readonly source: ByteSource;
  readonly header: TiffHeader;
  /** Directories and strips are far apart in most files: a window for each. */
  readonly directoryWindow: ReadAhead;
  readonly chunkWindow: ReadAhead;

  private constructor(source: ByteSource, header: TiffHeader, window: ReadAhead) {
    this.source = source;
    this.header = header;
    this.directoryWindow = window;
    this.chunkWindow = new ReadAhead(source);
  }

  static async open(source: ByteSource): Promise<TiffFile> {
    if (source.size === 0) {
      throw new UserError('file/empty', `${source.name} is empty (0 bytes): copy the file again.`, {
        file: source.name,
      });
    }
    const window = new ReadAhead(source);
    const head = await window.read(0, 16);
    if (!isTiffHead(head)) {
      throw new UserError(
        'file/unknown-format',
        `${source.name} is not a TIFF: it begins with “${text(head)}”; open it as what it is, or export it as TIFF.`,
        { file: source.name },
      );
    }
    const cursor = new ByteCursor(head, head[0] === 0x49);
    cursor.seek(2);
    const big = cursor.uint16() === 43;
    const file = (firstDirectory: number): TiffFile =>
      new TiffFile(source, { littleEndian: cursor.littleEndian, big, firstDirectory }, window);
    if (!big) return file(cursor.uint32());
    if (head.length < 16) throw file(0).truncated('the file header', 16);
    const offsetBytes = cursor.uint16();
    const zero = cursor.uint16();
    const first = cursor.uint64();
    if (offsetBytes !== 8 || zero !== 0) {
      throw file(0).malformed('the BigTIFF header is damaged');
    }
    return file(first);
  }

  get name(): string {
    return this.source.name;
  }

  error(code: UserErrorCode, problem: string, cause?: unknown): UserError {
    return new UserError(code, `${this.name}: ${problem}`, { file: this.name }, cause);
  }

  malformed(problem: string, cause?: unknown): UserError {
    return this.error(
      'file/malformed',
      `${problem}; the file is damaged, copy or export it again.`,
      cause,
    );
  }

  /** `place` needs bytes up to `end`, which is past the end of the file. */
  truncated(place: string, end: number): UserError {
    const missing = end - this.source.size;
    return new UserError(
      'file/truncated',
      `${this.name}: ${place} is cut off, ${missing} bytes are missing (it ends at byte ${end}, the file at ${this.source.size}); copy the file again.`,
      { file: this.name, missingBytes: missing },
    );
  }

  /** All top-level directories in file order. SubIFDs hang off a page and are no pages. */
  async *directories(signal?: AbortSignal): AsyncGenerator<Directory, void, void> {
    const seen = new Map<number, number>();
    let number = 0;
    for (let position = this.header.firstDirectory; position !== 0; ) {
      if (signal?.aborted) throw cancelled();
      number++;
      const earlier = seen.get(position);
      if (earlier !== undefined) {
        throw this.malformed(
          `the list of pages runs in a circle, page ${number - 1} is followed by page ${earlier} again`,
        );
      }
      if (number > MOST_PAGES) {
        throw this.error(
          'file/limit',
          `it has more than ${MOST_PAGES} pages, which is the limit; split the file.`,
        );
      }
      seen.set(position, number);
      const { directory, next } = await this.#directory(number, position);
      yield directory;
      position = next;
    }
  }

  async #directory(
    number: number,
    position: number,
  ): Promise<{ directory: Directory; next: number }> {
    const { big, littleEndian } = this.header;
    const [countBytes, entryBytes, offsetBytes] = big ? [8, 20, 8] : [2, 12, 4];
    const place = `the directory of page ${number}`;
    const countEnd = position + countBytes;
    if (countEnd > this.source.size) throw this.truncated(place, countEnd);
    const countCursor = new ByteCursor(
      await this.directoryWindow.read(position, countEnd),
      littleEndian,
    );
    const count = big ? countCursor.uint64() : countCursor.uint16();
    if (count === 0) throw this.malformed(`${place} has no entries`);
    if (count > MOST_ENTRIES) throw this.malformed(`${place} has ${count} entries`);
    const entriesEnd = countEnd + count * entryBytes;
    const end = entriesEnd + offsetBytes;
    // Some writers leave out the last link; the entries must be whole.
    if (entriesEnd > this.source.size) throw this.truncated(place, entriesEnd);
    const cursor = new ByteCursor(await this.directoryWindow.read(countEnd, end), littleEndian);
    const fields = new Map<number, Field>();
    for (let i = 0; i < count; i++) {
      cursor.seek(i * entryBytes);
      const tag = cursor.uint16();
      if (!KNOWN_TAGS.has(tag) || fields.has(tag)) continue;
      const type = cursor.uint16();
      const valueCount = big ? cursor.uint64() : cursor.uint32();
      const size = FIELD_BYTES[type];
      if (size === undefined || valueCount === 0) continue;
      const inside = size * valueCount <= offsetBytes;
      const here = countEnd + cursor.position;
      fields.set(tag, {
        tag,
        type,
        count: valueCount,
        single: inside && valueCount === 1 ? readInteger(cursor, type) : null,
        position: inside ? here : big ? cursor.uint64() : cursor.uint32(),
      });
    }
    let next = 0;
    if (end <= this.source.size) {
      cursor.seek(count * entryBytes);
      next = big ? cursor.uint64() : cursor.uint32();
    }
    return { directory: { number, position, fields }, next };
  }

  async #fieldBytes(
    field: Field,
    place: string,
    mostValues: number,
  ): Promise<{ cursor: ByteCursor; count: number }> {
    const count = Math.min(field.count, mostValues);
    const end = field.position + count * (FIELD_BYTES[field.type] ?? 1);
    if (!(end <= this.source.size)) throw this.truncated(place, end);
    const bytes = await this.directoryWindow.read(field.position, end);
    return { cursor: new ByteCursor(bytes, this.header.littleEndian), count };
  }

  /** At most `most` integers of a field. */
  async integers(field: Field, place: string, most: number): Promise<Float64Array> {
    if (field.single !== null) return Float64Array.of(field.single);
    const { cursor, count } = await this.#fieldBytes(field, place, most);
    const values = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      const value = readInteger(cursor, field.type);
      if (value === null) throw this.malformed(`${place} holds no whole number`);
      values[i] = value;
    }
    return values;
  }

  /** The first value of a numeric field, as numerator over denominator where it is a fraction. */
  async real(field: Field, place: string): Promise<{ numerator: number; denominator: number }> {
    const { cursor } = await this.#fieldBytes(field, place, 1);
    switch (field.type) {
      case FieldType.rational:
        return { numerator: cursor.uint32(), denominator: cursor.uint32() };
      case FieldType.srational:
        return { numerator: cursor.int32(), denominator: cursor.int32() };
      case FieldType.float:
        return { numerator: cursor.float32(), denominator: 1 };
      case FieldType.double:
        return { numerator: cursor.float64(), denominator: 1 };
      default:
        return { numerator: readInteger(cursor, field.type) ?? Number.NaN, denominator: 1 };
    }
  }

  /** A text field: UTF-8 where it is valid, else Latin-1 (ImageJ before 1.52 wrote that). */
  async text(field: Field, place: string, mostBytes: number): Promise<string> {
    const { cursor, count } = await this.#fieldBytes(field, place, mostBytes);
    const bytes = cursor.bytes(count * (FIELD_BYTES[field.type] ?? 1));
    const end = bytes.indexOf(0);
    const used = end < 0 ? bytes : bytes.subarray(0, end);
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(used);
    } catch {
      return new TextDecoder('windows-1252').decode(used);
    }
  }
}

function readInteger(cursor: ByteCursor, type: number): number | null {
  switch (type) {
    case FieldType.byte:
    case FieldType.undefined:
      return cursor.uint8();
    case FieldType.sbyte:
      return cursor.int8();
    case FieldType.short:
      return cursor.uint16();
    case FieldType.sshort:
      return cursor.int16();
    case FieldType.long:
    case FieldType.ifd:
      return cursor.uint32();
    case FieldType.slong:
      return cursor.int32();
    case FieldType.long8:
    case FieldType.ifd8:
      return cursor.uint64();
    case FieldType.slong8:
      return cursor.int64();
    default:
      return null;
  }
}
