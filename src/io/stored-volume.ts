/** Builds a `VolumeFormat` from a parser of headers, for files that keep their voxels as they are. */
import { UserError } from '../errors/errors.ts';
import {
  createVolume,
  type Phase,
  type Vector3,
  type Volume,
  type VoxelArray,
  voxelCount,
} from '../volume/volume.ts';
import { DecodeJob } from './decode-job.ts';
import type {
  ByteSource,
  ReadOptions,
  ReadVolume,
  VolumeFormat,
  VolumeMetadata,
} from './format.ts';

/** What a header says, and how to get at the voxels. */
export interface StoredVolume {
  readonly metadata: VolumeMetadata;
  readonly origin?: Vector3;
  readonly kind?: Volume['kind'];
  readonly phases?: readonly Phase[];
  /** The voxels, x fastest. Allocates nothing that the file's bytes cannot fill. */
  load(job: DecodeJob): Promise<VoxelArray>;
}

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
  };
}

async function readStored(
  parts: StoredFormatParts,
  source: ByteSource,
  options: ReadOptions,
): Promise<ReadVolume> {
  const { metadata, origin, kind, phases, load } = await parts.readHeader(source, options);
  assertScalarVolume(metadata, source.name);
  const warnings: string[] = [];
  const job = new DecodeJob(source.name, options, warnings);
  job.assertActive();
  const data = await load(job);
  job.progress(1);
  return {
    volume: createVolume({
      kind: kind ?? 'grey',
      name: source.name.replace(/\.gz$/i, '').replace(/\.[^.]+$/, ''),
      size: metadata.size,
      data,
      spacing: metadata.spacing,
      ...(origin === undefined ? {} : { origin }),
      ...(phases === undefined ? {} : { phases }),
    }),
    metadata: { ...metadata, warnings: [...metadata.warnings, ...warnings] },
  };
}

/** Refuses what is not one value per voxel, or more voxels than a computer can hold. */
export function assertScalarVolume(
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
