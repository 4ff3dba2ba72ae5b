/** What must hold for every mutant. */
import { errorToPlain, isUserError } from '../../src/errors/errors.ts';
import type { ByteSource } from '../../src/io/format.ts';
import { openVolume } from '../../src/io/open.ts';
import { blobSource, bytesSource } from '../../src/io/sources.ts';
import { type VoxelArray, voxelBytes } from '../../src/volume/volume.ts';
import type { FuzzFile } from './bases.ts';
import type { Mutant } from './mutate.ts';

/** "volume", or the code of the sentence that refused it. */
export type Outcome = string;

export interface Checked {
  readonly outcome: Outcome;
  /** What does not hold; null where all does. */
  readonly problem: string | null;
  /** Whether a library of this process cannot be used any more. */
  readonly spent: boolean;
}

/** 64 MiB and a chunk of 8, beside the voxels and the file's own bytes. */
const LARGEST_GROWTH = 72 * 2 ** 20;
const LONGEST_SENTENCE = 700;
const CODE = /^(file|volume|memory)\//;

type Source = (file: FuzzFile) => ByteSource;

const fromBytes: Source = ({ bytes, name, path }) => bytesSource(bytes, name, path);
const fromBlob: Source = ({ bytes, name, path }) =>
  blobSource(new Blob([bytes as Uint8Array<ArrayBuffer>]), name, path);

async function read({ base, files }: Mutant, source: Source): Promise<VoxelArray | Error> {
  const sources = files.map(source);
  try {
    if (base.read !== undefined) return await base.read(sources[0] as ByteSource);
    return (await openVolume(sources)).volume.data;
  } catch (error) {
    return error instanceof Error ? error : new Error(`thrown: ${String(error)}`);
  }
}

function problemOf(error: Error): string | null {
  if (!isUserError(error)) {
    const { name, message, stack } = errorToPlain(error);
    const places = stack?.split('\n').filter((line) => line.includes('    at ')) ?? [];
    const where = places.slice(0, 3).map((line) => line.trim().replace(/file:.*\/src\//, 'src/'));
    return `${name}: ${message.split('\n')[0]?.slice(0, 200)} ${where.join(' ')}`;
  }
  const { code, message } = error;
  if (!CODE.test(code)) return `its code is ${code}`;
  if (message.length > LONGEST_SENTENCE) return `its sentence has ${message.length} characters`;
  if (/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(message)) {
    return `its sentence has control characters: ${JSON.stringify(message)}`;
  }
  return /[.?]$/.test(message) ? null : `its sentence does not end: ${message}`;
}

/**
 * Reads a mutant; where that gives voxels and `twice` says so, again from a blob, which must give
 * the same ones.
 */
export async function checkMutant(mutant: Mutant, twice: boolean): Promise<Checked> {
  const { thrown, ...checked } = await checkReads(mutant, twice);
  return { ...checked, spent: isUserError(thrown) && thrown.details['libraryStopped'] === true };
}

async function checkReads(
  mutant: Mutant,
  twice: boolean,
): Promise<Omit<Checked, 'spent'> & { readonly thrown: Error | null }> {
  const before = process.memoryUsage();
  const peakBefore = process.resourceUsage().maxRSS;
  const first = await read(mutant, fromBytes);
  const after = process.memoryUsage();
  const peak = process.resourceUsage().maxRSS;
  const given = mutant.files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const thrown = first instanceof Error ? first : null;
  const outcome = first instanceof Error ? (isUserError(first) ? first.code : 'other') : 'volume';
  if (first instanceof Error) {
    const problem = problemOf(first);
    if (problem !== null) return { thrown, outcome, problem };
  }
  const allowed = LARGEST_GROWTH + 4 * given + (first instanceof Error ? 0 : first.byteLength);
  const buffers = after.arrayBuffers - before.arrayBuffers;
  if (buffers > allowed)
    return { thrown, outcome, problem: `${Math.round(buffers / 2 ** 20)} MiB of buffers` };
  // The process has never been as large as now: this mutant did it.
  const resident = peak > peakBefore ? peak * 1024 - before.rss : 0;
  if (resident > allowed) {
    return { thrown, outcome, problem: `${Math.round(resident / 2 ** 20)} MiB of resident memory` };
  }
  if (first instanceof Error || !twice) return { thrown, outcome, problem: null };
  const second = await read(mutant, fromBlob);
  if (second instanceof Error) return { thrown, outcome, problem: `again: ${second.message}` };
  return Buffer.compare(voxelBytes(first), voxelBytes(second)) === 0
    ? { thrown, outcome, problem: null }
    : { thrown, outcome, problem: 'other voxels when read again' };
}
