/** The voxels of an NRRD file: every encoding, in one file or in several. */
import { UserError } from '../../../errors/errors.ts';
import {
  bytesPerVoxel,
  type VoxelArray,
  type VoxelType,
  voxelsFromBytes,
} from '../../../volume/volume.ts';
import type { ByteSource, ReadOptions } from '../../format.ts';
import { Bzip2Error, decodeBzip2 } from './bzip2.ts';
import { DecodedBytes } from '../../decoded-bytes.ts';
import { readToEnd } from '../../sources.ts';
import { gunzip, MAX_GZIP_RATIO } from '../../gunzip.ts';
import type { NrrdHeader } from './header.ts';
import { allocateBytes, DecodeJob } from '../../decode-job.ts';

const READ_BYTES = 16 * 1024 * 1024;
/** Decoded bytes are asked for in steps, since a bzip2 stream may expand a million times. */
const BZIP2_FIRST_BYTES = 64 * 1024 * 1024;

/** One file of samples: where they start in it. */
export interface DataPart {
  readonly source: ByteSource;
  readonly start: number;
}

/**
 * Decodes `count` voxels from the parts, in order, each holding an equal share.
 * Never allocates more than the parts' bytes can hold.
 */
export async function decodeVoxels(
  header: NrrdHeader,
  parts: readonly DataPart[],
  count: number,
  options: ReadOptions,
  warnings: string[],
): Promise<VoxelArray> {
  const perPart = count / parts.length;
  if (!Number.isInteger(perPart)) {
    const { name } = (parts[0] as DataPart).source;
    throw new UserError(
      'file/malformed',
      `${name}: ${count} voxels cannot be shared equally by ${parts.length} data files; check sizes and the list of files.`,
      { file: name, voxels: count, files: parts.length },
    );
  }
  for (const part of parts) assertPlausible(header, part, perPart);

  const width = bytesPerVoxel(header.type);
  const first = (parts[0] as DataPart).source;
  let bytes = allocateBytes(firstAllocation(header, count * width, parts), first.name);
  for (const [i, part] of parts.entries()) {
    const job = new DecodeJob(
      part.source.name,
      options,
      warnings,
      i / parts.length,
      1 / parts.length,
    );
    job.assertActive();
    const start = await skipLines(part, header.lineSkip, job);
    const from = i * perPart * width;
    const length = perPart * width;
    if (header.encoding === 'bzip2') {
      bytes = await readBzip2(part.source, start, header.byteSkip, bytes, from, length, job);
    } else {
      const out = bytes.subarray(from, from + length);
      await readPart(header, part.source, start, out, job);
    }
    job.progress(1);
  }
  if (header.bigEndian && header.encoding !== 'ascii') swapBytes(bytes, width);
  return voxelsFromBytes(header.type, bytes, count);
}

function firstAllocation(header: NrrdHeader, total: number, parts: readonly DataPart[]): number {
  return header.encoding === 'bzip2' && parts.length === 1
    ? Math.min(total, BZIP2_FIRST_BYTES)
    : total;
}

/** Refuses, before anything is allocated, what the bytes there cannot hold. */
function assertPlausible(header: NrrdHeader, part: DataPart, voxels: number): void {
  const available = Math.max(part.source.size - part.start, 0);
  const bytes = voxels * bytesPerVoxel(header.type);
  const most = {
    raw: available,
    ascii: ((available + 1) / 2) * bytesPerVoxel(header.type),
    hex: available / 2,
    gzip: available * MAX_GZIP_RATIO,
    bzip2: available === 0 ? 0 : Infinity,
  }[header.encoding];
  if (bytes > most) {
    throw new UserError(
      'file/truncated',
      `${part.source.name} is cut short: its header asks for ${bytes} bytes of voxels and its ${available} bytes of ${header.encoding} data hold at most ${Math.floor(most)}; get a complete copy.`,
      { file: part.source.name, need: bytes, have: available },
    );
  }
}

async function skipLines(part: DataPart, lines: number, job: DecodeJob): Promise<number> {
  let position = part.start;
  let left = lines;
  while (left > 0) {
    const bytes = await part.source.read(position, position + 64 * 1024);
    if (bytes.length === 0) {
      throw job.damaged(`it ends before the ${lines} lines that the header says to skip`);
    }
    let at = 0;
    while (left > 0) {
      const next = bytes.indexOf(0x0a, at);
      if (next === -1) break;
      at = next + 1;
      left--;
    }
    position += left === 0 ? at : bytes.length;
    job.assertActive();
  }
  return position;
}

async function readPart(
  header: NrrdHeader,
  source: ByteSource,
  start: number,
  out: Uint8Array,
  job: DecodeJob,
): Promise<void> {
  switch (header.encoding) {
    case 'raw':
      return readRaw(source, start, header.byteSkip, out, job);
    case 'gzip':
      return gunzip(source, start, new DecodedBytes(out, header.byteSkip), job);
    case 'hex':
      return readHex(source, start + Math.max(header.byteSkip, 0), out, job);
    default:
      return readAscii(source, start + Math.max(header.byteSkip, 0), header.type, out, job);
  }
}

async function readRaw(
  source: ByteSource,
  start: number,
  byteSkip: number,
  out: Uint8Array,
  job: DecodeJob,
): Promise<void> {
  const begin = byteSkip === -1 ? source.size - out.length : start + byteSkip;
  const have = Math.max(source.size - begin, 0);
  if (begin < start || have < out.length)
    throw job.truncated(Math.min(have, source.size - start), out.length);
  if (have > out.length && byteSkip !== -1) {
    job.warnings.push(
      `${job.file} holds ${have - out.length} bytes more than its header asks for: they were ignored.`,
    );
  }
  for (let done = 0; done < out.length; ) {
    const length = Math.min(READ_BYTES, out.length - done);
    const bytes = await source.read(begin + done, begin + done + length);
    if (bytes.length !== length) throw job.truncated(done + bytes.length, out.length);
    out.set(bytes, done);
    done += length;
    job.progress(done / out.length);
    await job.breathe();
  }
}

async function readBzip2(
  source: ByteSource,
  start: number,
  byteSkip: number,
  bytes: Uint8Array<ArrayBuffer>,
  from: number,
  length: number,
  job: DecodeJob,
): Promise<Uint8Array<ArrayBuffer>> {
  const compressed = await readToEnd(source, start);
  let grown = bytes;
  let filled = 0;
  let skipped = 0;
  let surplus = false;
  const skip = Math.max(byteSkip, 0);
  if (byteSkip === -1) {
    throw new UserError(
      'file/unsupported',
      `${job.file}: "byte skip: -1" with bzip2 data is not supported; save the file with raw or gzip encoding.`,
      { file: job.file },
    );
  }
  try {
    await decodeBzip2(
      compressed,
      0,
      (piece) => {
        const drop = Math.min(skip - skipped, piece.length);
        skipped += drop;
        const kept = piece.subarray(drop, drop + length - filled);
        surplus ||= piece.length - drop > kept.length;
        if (from + filled + kept.length > grown.length) {
          const wider = allocateBytes(
            Math.min(Math.max(grown.length * 2, from + filled + kept.length), from + length),
            job.file,
          );
          wider.set(grown.subarray(0, from + filled));
          grown = wider;
        }
        grown.set(kept, from + filled);
        filled += kept.length;
        return !surplus;
      },
      (consumed) => {
        job.progress(consumed / compressed.length);
        return job.breathe();
      },
    );
  } catch (error) {
    if (!(error instanceof Bzip2Error)) throw error;
    if (error.truncated) throw job.truncated(filled, length);
    throw job.damaged(error.message, error);
  }
  if (filled < length) throw job.truncated(filled, length);
  return grown;
}

const HEX_DIGITS = new Int8Array(256).fill(-1);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  HEX_DIGITS[digit.charCodeAt(0)] = value;
  HEX_DIGITS[digit.toUpperCase().charCodeAt(0)] = value;
}

function isSeparator(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0x2c;
}

/** Calls `onBytes` with pieces of the source until it returns false; true if it did. */
async function readPieces(
  source: ByteSource,
  start: number,
  job: DecodeJob,
  onBytes: (bytes: Uint8Array) => boolean,
): Promise<boolean> {
  for (let position = start; position < source.size; ) {
    const bytes = await source.read(position, position + 1024 * 1024);
    if (bytes.length === 0) return false;
    if (!onBytes(bytes)) return true;
    position += bytes.length;
    job.progress((position - start) / (source.size - start));
    await job.breathe();
  }
  return false;
}

async function readHex(
  source: ByteSource,
  start: number,
  out: Uint8Array,
  job: DecodeJob,
): Promise<void> {
  let digits = 0;
  await readPieces(source, start, job, (bytes) => {
    for (const byte of bytes) {
      const digit = HEX_DIGITS[byte] as number;
      if (digit === -1) {
        if (isSeparator(byte)) continue;
        throw job.damaged(`"${String.fromCharCode(byte)}" is not a hexadecimal digit`);
      }
      const place = digits >> 1;
      if (digits % 2 === 0) out[place] = digit << 4;
      else out[place] = (out[place] as number) | digit;
      digits++;
      if (digits === 2 * out.length) return false;
    }
    return true;
  });
  if (digits < 2 * out.length) throw job.truncated(digits >> 1, out.length);
}

/** Longest number: a double written with all its digits. */
const MAX_NUMBER_LENGTH = 400;

async function readAscii(
  source: ByteSource,
  start: number,
  type: VoxelType,
  out: Uint8Array,
  job: DecodeJob,
): Promise<void> {
  const count = out.length / bytesPerVoxel(type);
  const store = storeInto(voxelsFromBytes(type, out, count));
  let index = 0;
  let word = '';
  const finishWord = (): void => {
    if (!store(index, word)) {
      throw job.damaged(
        `voxel ${index} is "${word.slice(0, 40)}", which is not a value of type ${type}`,
      );
    }
    index++;
    word = '';
  };
  await readPieces(source, start, job, (bytes) => {
    for (const byte of bytes) {
      if (!isSeparator(byte)) {
        word += String.fromCharCode(byte);
        if (word.length > MAX_NUMBER_LENGTH) {
          throw job.damaged(`voxel ${index} has more than ${MAX_NUMBER_LENGTH} characters`);
        }
      } else if (word !== '') {
        finishWord();
        if (index === count) return false;
      }
    }
    return true;
  });
  if (word !== '' && index < count) finishWord();
  if (index < count) throw job.truncated(index, count, 'values');
}

/** A function that parses a word and stores it, false where the type cannot hold it. */
function storeInto(voxels: VoxelArray): (index: number, word: string) => boolean {
  if (voxels instanceof BigInt64Array || voxels instanceof BigUint64Array) {
    return (index, word) => {
      if (!/^[+-]?\d+$/.test(word)) return false;
      const value = BigInt(word.replace(/^\+/, ''));
      voxels[index] = value;
      return voxels[index] === value;
    };
  }
  if (voxels instanceof Float32Array || voxels instanceof Float64Array) {
    return (index, word) => {
      const value = parseFloatWord(word);
      voxels[index] = value ?? 0;
      return value !== null;
    };
  }
  return (index, word) => {
    const value = /^[+-]?\d+$/.test(word) ? Number(word) : Number.NaN;
    voxels[index] = value;
    return voxels[index] === value;
  };
}

function parseFloatWord(word: string): number | null {
  if (/^[+-]?nan/i.test(word)) return Number.NaN;
  const infinite = /^([+-]?)inf(inity)?$/i.exec(word);
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word) ? Number(word) : null;
}

/** Reverses the bytes of every voxel in place. */
function swapBytes(bytes: Uint8Array, width: number): void {
  for (let at = 0; at < bytes.length; at += width) {
    for (let low = at, high = at + width - 1; low < high; low++, high--) {
      const byte = bytes[low] as number;
      bytes[low] = bytes[high] as number;
      bytes[high] = byte;
    }
  }
}
