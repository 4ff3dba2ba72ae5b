/** Builds a `VolumeFormat` from a header parser and an itk-wasm reader. */
import { UserError } from '../../../errors/errors.ts';
import { itkImageToVolume, type UnknownItkImage } from '../../../volume/itk-image.ts';
import {
  bytesPerVoxel,
  type Vector3,
  type Volume,
  type VoxelArray,
  voxelCount,
} from '../../../volume/volume.ts';
import type { DecodeJob } from '../../decode-job.ts';
import type { ByteSource, ReadOptions, VolumeFormat, VolumeMetadata } from '../../format.ts';
import { defineStoredFormat } from '../../stored-volume.ts';
import type { ItkPipeline } from './assets.ts';
import { MAX_ITK_BYTES, runItkReader } from './pipeline.ts';

/** What a format's own header says, read and checked before itk-wasm sees the file. */
export interface ItkFileHeader {
  readonly metadata: VolumeMetadata;
  readonly origin: Vector3;
  /**
   * The whole file as the pipeline is to see it: uncompressed, complete, with every voxel there.
   * Throws `file/truncated` where voxels are missing.
   */
  load(job: DecodeJob): Promise<Uint8Array<ArrayBuffer>>;
  /** Corrects what the pipeline is known to get wrong. */
  repair?(image: UnknownItkImage): UnknownItkImage;
}

export interface ItkFormatParts {
  readonly id: string;
  readonly title: string;
  readonly extensions: readonly string[];
  readonly pipeline: ItkPipeline;
  readonly memoryName: string;
  sniff(head: Uint8Array, name: string): boolean;
  readHeader(source: ByteSource, options: ReadOptions): Promise<ItkFileHeader>;
}

/** Reading the file is about half of the time, the pipeline the other half. */
const LOAD_SHARE = 0.5;

export function defineItkFormat(parts: ItkFormatParts): VolumeFormat {
  return defineStoredFormat({
    ...parts,
    async readHeader(source, options) {
      const header = await parts.readHeader(source, options);
      const { metadata, origin } = header;
      return { metadata, origin, load: (job) => readWithItk(parts, source, header, options, job) };
    },
  });
}

async function readWithItk(
  parts: ItkFormatParts,
  source: ByteSource,
  header: ItkFileHeader,
  options: ReadOptions,
  job: DecodeJob,
): Promise<VoxelArray> {
  const { metadata, origin } = header;
  assertWithinPipeline(metadata, source.name);
  const bytes = await header.load(job.part(source.name, 0, LOAD_SHARE));
  job.progress(LOAD_SHARE);
  const image = await runItkReader({
    pipeline: parts.pipeline,
    memoryName: parts.memoryName,
    bytes,
    file: source.name,
    signal: options.signal,
  });
  const volume = itkImageToVolume(header.repair?.(image) ?? image, {
    kind: 'grey',
    name: source.name,
    spacing: metadata.spacing,
    origin,
  });
  assertAsStated(volume, metadata, source.name);
  return volume.data;
}

function assertWithinPipeline({ size, type }: VolumeMetadata, file: string): void {
  if (voxelCount(size) * bytesPerVoxel(type) > MAX_ITK_BYTES) {
    throw new UserError(
      'file/limit',
      `${file} holds ${size.join(' × ')} voxels, more than the 2 GiB that can be read in this format; save it as TIFF or NRRD.`,
      { file, size: [...size] },
    );
  }
}

/** The pipeline must have understood the file as its header reads. */
function assertAsStated(volume: Volume, metadata: VolumeMetadata, file: string): void {
  const sameSize = volume.size.every((length, axis) => length === metadata.size[axis]);
  if (sameSize && volume.type === metadata.type) return;
  throw new UserError(
    'file/malformed',
    `${file}: the header says ${metadata.size.join(' × ')} ${metadata.type}, the reader found ${volume.size.join(' × ')} ${volume.type}; save the file as TIFF or NRRD.`,
    { file },
  );
}
