/** Numbers written as words in a text, read in pieces. */
import { type VoxelArray, voxelTypeOf } from '../volume/volume.ts';
import type { DecodeJob } from './decode-job.ts';
import type { ByteSource } from './format.ts';

export function isSeparator(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0x2c;
}

/** Calls `onBytes` with pieces of the source until it returns false; true if it did. */
export async function readPieces(
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

/** Longest number: a double written with all its digits. */
const MAX_NUMBER_LENGTH = 400;

/**
 * Fills the voxels with the numbers of a text from byte `start` on, separated by spaces, line ends
 * and commas. Throws `file/truncated` where there are too few, `file/malformed` for a word that the
 * voxels' type cannot hold exactly as an integer, or that is no number.
 */
export async function readNumbers(
  source: ByteSource,
  start: number,
  voxels: VoxelArray,
  job: DecodeJob,
): Promise<void> {
  const count = voxels.length;
  const type = voxelTypeOf(voxels);
  const store = storeInto(voxels);
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
