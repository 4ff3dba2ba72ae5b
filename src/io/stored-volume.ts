/** Builds a `VolumeFormat` from a parser of headers, for files that keep their voxels as they are. */
import { UserError } from '../errors/errors.ts';
import {
  bytesPerVoxel,
  createVolume,
  type Phase,
  type Vector3,
  type Volume,
  type VoxelArray,
  voxelCount,
} from '../volume/volume.ts';
import { DecodeJob, withoutProgress } from './decode-job.ts';
import type {
  ByteSource,
  ReadOptions,
  ReadVolume,
  SlabReader,
  VolumeFormat,
  VolumeMetadata,
} from './format.ts';
import { PIECE_BYTES } from './load-bytes.ts';

interface StoredFacts {
  readonly metadata: VolumeMetadata;
  readonly name?: string;
  readonly origin?: Vector3;
  readonly kind?: Volume['kind'];
  readonly phases?: readonly Phase[];
}

/** Voxels that can only be had together. */
interface WholeVoxels {
  /** The voxels, x fastest. Allocates nothing that the file's bytes cannot fill. */
  load(job: DecodeJob): Promise<VoxelArray>;
}

/** Voxels that can be had slice by slice. */
interface SlicedVoxels {
  /** Slices [first, end), x fastest. Allocates nothing that the file's bytes cannot fill. */
  loadSlices(first: number, end: number, job: DecodeJob): Promise<VoxelArray>;
  /** Bytes that `loadSlices` holds besides what it returns; a few megabytes where absent. */
  readonly memoryBytes?: number;
}

/** What a header says, and how to get at the voxels. */
export type StoredVolume = StoredFacts & (WholeVoxels | SlicedVoxels);

export interface StoredFormatParts {
  readonly id: string;
  readonly title: string;
  readonly extensions: readonly string[];
  sniff(head: Uint8Array, name: string): boolean;
  readHeader(source: ByteSource, options: ReadOptions): Promise<StoredVolume>;
}

export function defineStoredFormat(parts: StoredFormatParts): VolumeFormat {
  return {
    id: parts.id,
    title: parts.title,
    extensions: parts.extensions,
    sniff: (head, name) => parts.sniff(head, name),
    async readMetadata(source, options = {}) {
      return (await parts.readHeader(source, options)).metadata;
    },
    readVolume: (source, options = {}) => readStored(parts, source, options),
    openSlabs: (source, options = {}) => openStored(parts, source, options),
  };
}

type ReadHeader = Pick<StoredFormatParts, 'readHeader'>;

/** What `readVolume` and `openSlabs` share, with the defaults filled in. */
function factsOf(
  { metadata, name, origin, kind, phases }: StoredFacts,
  source: ByteSource,
): Pick<SlabReader, 'name' | 'metadata' | 'kind' | 'origin' | 'phases'> {
  assertScalarVolume(metadata, source.name);
  return {
    name: name ?? source.name.replace(/\.gz$/i, '').replace(/\.[^.]+$/, ''),
    metadata,
    kind: kind ?? 'grey',
    origin: origin ?? [0, 0, 0],
    phases: phases ?? [],
  };
}

/** `readVolume` of a format whose headers `readHeader` reads. */
async function readStored(
  { readHeader }: ReadHeader,
  source: ByteSource,
  options: ReadOptions,
): Promise<ReadVolume> {
  const stored = await readHeader(source, options);
  const { metadata, ...facts } = factsOf(stored, source);
  const { size, spacing } = metadata;
  const warnings: string[] = [];
  const job = new DecodeJob(source.name, options, warnings);
  job.assertActive();
  const data = 'load' in stored ? await stored.load(job) : await stored.loadSlices(0, size[2], job);
  job.progress(1);
  return {
    volume: createVolume({ ...facts, size, spacing, data }),
    metadata: { ...metadata, warnings: [...metadata.warnings, ...warnings] },
  };
}

/** `openSlabs` of such a format; voxels that can only be had together are decoded once and kept. */
async function openStored(
  { readHeader }: ReadHeader,
  source: ByteSource,
  options: ReadOptions,
): Promise<SlabReader> {
  const stored = await readHeader(source, options);
  const facts = factsOf(stored, source);
  const { size, type } = facts.metadata;
  const warnings: string[] = [];
  const job = new DecodeJob(source.name, withoutProgress(options), warnings);
  if (!('load' in stored)) {
    return {
      ...facts,
      warnings,
      memoryBytes: stored.memoryBytes ?? PIECE_BYTES,
      readSlices: (first, end) => stored.loadSlices(first, end, job),
    };
  }
  let whole: Promise<VoxelArray> | undefined;
  return {
    ...facts,
    warnings,
    memoryBytes: voxelCount(size) * bytesPerVoxel(type),
    async readSlices(first, end) {
      whole ??= stored.load(job);
      return (await whole).slice(first * size[0] * size[1], end * size[0] * size[1]);
    },
  };
}

/** Refuses what is not one value per voxel, or more voxels than a computer can hold. */
function assertScalarVolume(
  { size, channels }: Pick<VolumeMetadata, 'size' | 'channels'>,
  file: string,
): void {
  const edges = size.join(' × ');
  if (size.includes(0)) {
    throw new UserError('volume/no-voxels', `${file} has no voxels: its size is ${edges}.`, {
      file,
      size: [...size],
    });
  }
  if (channels !== 1) {
    throw new UserError(
      'volume/not-scalar',
      `${file} holds ${channels} values per voxel (colour or vectors); Tauscope needs one grey value per voxel, so save one channel of it.`,
      { file, channels },
    );
  }
  if (!Number.isSafeInteger(voxelCount(size) * 8)) {
    throw new UserError(
      'file/limit',
      `${file} declares ${edges} voxels, more than any computer can hold; its header is wrong.`,
      { file, size: [...size] },
    );
  }
}
