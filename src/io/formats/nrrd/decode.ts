/** The voxels of an NRRD file: every encoding, in one file or in several. */
import { UserError } from '../../../errors/errors.ts';
import { bytesPerVoxel, type VoxelArray, voxelsFromBytes } from '../../../volume/volume.ts';
import type { ByteSource } from '../../format.ts';
import { Bzip2Error, decodeBzip2 } from './bzip2.ts';
import { DecodedBytes } from '../../decoded-bytes.ts';
import { readToEnd } from '../../sources.ts';
import { gunzip, MAX_GZIP_RATIO } from '../../gunzip.ts';
import { swapBytes, wordsOf } from '../../byte-order.ts';
import { loadBytes } from '../../load-bytes.ts';
import { isSeparator, readNumbers, readPieces } from '../../number-words.ts';
import type { NrrdHeader } from './header.ts';
import { allocateBytes, type DecodeJob } from '../../decode-job.ts';
import { asSamples } from '../../stored-samples.ts';

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
  job: DecodeJob,
): Promise<VoxelArray> {
  const perPart = sharePerPart(header, parts, count);
  const width = bytesPerVoxel(header.type);
  const first = (parts[0] as DataPart).source;
  let bytes = allocateBytes(firstAllocation(header, count * width, parts), first.name);
  for (const [i, part] of parts.entries()) {
    const partJob = job.part(part.source.name, i / parts.length, 1 / parts.length);
    partJob.assertActive();
    const start = await skipLines(part, header.lineSkip, partJob);
    const from = i * perPart * width;
    const length = perPart * width;
    if (header.encoding === 'bzip2') {
      bytes = await readBzip2(part.source, start, header.byteSkip, bytes, from, length, partJob);
    } else {
      const out = bytes.subarray(from, from + length);
      await readPart(header, part.source, start, out, partJob);
    }
    partJob.progress(1);
  }
  if (header.bigEndian && header.encoding !== 'ascii') swapBytes(wordsOf(bytes, width));
  return voxelsFromBytes(header.type, bytes, count);
}

/** Voxels [from, to) of the raw encoding. */
export async function decodeRawVoxels(
  header: NrrdHeader,
  parts: readonly DataPart[],
  count: number,
  [from, to]: readonly [number, number],
  job: DecodeJob,
): Promise<VoxelArray> {
  const perPart = sharePerPart(header, parts, count);
  const width = bytesPerVoxel(header.type);
  const bytes = allocateBytes((to - from) * width, (parts[0] as DataPart).source.name);
  for (let at = from; at < to; ) {
    const index = Math.floor(at / perPart);
    const end = Math.min(to, (index + 1) * perPart);
    const part = parts[index] as DataPart;
    const share = (end - at) / (to - from);
    const partJob = job.part(part.source.name, (at - from) / (to - from), share);
    const start = await skipLines(part, header.lineSkip, partJob);
    const begin = rawBegin(part.source, start, header.byteSkip, perPart * width, partJob);
    await loadBytes(
      part.source,
      begin + (at - index * perPart) * width,
      bytes.subarray((at - from) * width, (end - from) * width),
      partJob,
    );
    at = end;
  }
  return asSamples(bytes, header.type, to - from, header.bigEndian);
}

/** Voxels of each part; throws where the parts cannot hold them. */
function sharePerPart(header: NrrdHeader, parts: readonly DataPart[], count: number): number {
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
  return perPart;
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
    case 'gzip':
      return gunzip(source, start, new DecodedBytes(out, header.byteSkip), job);
    case 'hex':
      return readHex(source, start + Math.max(header.byteSkip, 0), out, job);
    default:
      return readNumbers(
        source,
        start + Math.max(header.byteSkip, 0),
        voxelsFromBytes(header.type, out, out.length / bytesPerVoxel(header.type)),
        job,
      );
  }
}

/** Where the `length` raw bytes of a part begin. */
function rawBegin(
  source: ByteSource,
  start: number,
  byteSkip: number,
  length: number,
  job: DecodeJob,
): number {
  const begin = byteSkip === -1 ? source.size - length : start + byteSkip;
  const have = Math.max(source.size - begin, 0);
  if (begin < start || have < length)
    throw job.truncated(Math.min(have, source.size - start), length);
  const surplus = `${job.file} holds ${have - length} bytes more than its header asks for: they were ignored.`;
  if (have > length && byteSkip !== -1 && !job.warnings.includes(surplus)) {
    job.warnings.push(surplus);
  }
  return begin;
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
