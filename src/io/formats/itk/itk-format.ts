/** Builds a `VolumeFormat` from a header parser and an itk-wasm reader. */
import { UserError } from '../../../errors/errors.ts';
import { itkImageToVolume, type UnknownItkImage } from '../../../volume/itk-image.ts';
import type { LengthUnit } from '../../../volume/length.ts';
import { bytesPerVoxel, type Vector3, type Volume, voxelCount } from '../../../volume/volume.ts';
import { DecodeJob } from '../../decode-job.ts';
import type {
  ByteSource,
  ReadOptions,
  ReadVolume,
  VolumeFormat,
  VolumeMetadata,
} from '../../format.ts';
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
  return {
    id: parts.id,
    title: parts.title,
    extensions: parts.extensions,
    sniff: (head, name) => parts.sniff(head, name),
    async readMetadata(source, options = {}) {
      return (await parts.readHeader(source, options)).metadata;
    },
    readVolume: (source, options = {}) => readWithItk(parts, source, options),
  };
}

async function readWithItk(
  parts: ItkFormatParts,
  source: ByteSource,
  options: ReadOptions,
): Promise<ReadVolume> {
  const header = await parts.readHeader(source, options);
  assertReadable(header.metadata, source.name);
  const warnings: string[] = [];
  const job = new DecodeJob(source.name, options, warnings, 0, LOAD_SHARE);
  job.assertActive();
  const bytes = await header.load(job);
  job.progress(1);
  const image = await runItkReader({
    pipeline: parts.pipeline,
    memoryName: parts.memoryName,
    bytes,
    file: source.name,
    signal: options.signal,
  });
  const volume = itkImageToVolume(header.repair?.(image) ?? image, {
    kind: 'grey',
    name: source.name.replace(/\.gz$/i, '').replace(/\.[^.]+$/, ''),
    spacing: header.metadata.spacing,
    origin: header.origin,
  });
  assertAsStated(volume, header.metadata, source.name);
  options.progress?.(1);
  return {
    volume,
    metadata: {
      ...header.metadata,
      type: volume.type,
      warnings: [...header.metadata.warnings, ...warnings],
    },
  };
}

function assertReadable(metadata: VolumeMetadata, file: string): void {
  const { size, channels, type } = metadata;
  if (size.includes(0)) {
    throw new UserError(
      'volume/no-voxels',
      `${file} has no voxels: its size is ${size.join(' × ')}.`,
      { file, size: [...size] },
    );
  }
  if (channels !== 1) {
    throw new UserError(
      'volume/not-scalar',
      `${file} holds ${channels} values per voxel (colour or vectors); Tauscope needs one grey value per voxel, so save one channel of it.`,
      { file, channels },
    );
  }
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
  const rescaled = metadata.tags['rescale'] !== undefined;
  if (sameSize && (volume.type === metadata.type || rescaled)) return;
  throw new UserError(
    'file/malformed',
    `${file}: the header says ${metadata.size.join(' × ')} ${metadata.type}, the reader found ${volume.size.join(' × ')} ${volume.type}; save the file as TIFF or NRRD.`,
    { file },
  );
}

export interface StatedEdges {
  readonly values: readonly number[];
  readonly unit: LengthUnit | null;
  readonly source: string;
}

/** Spacing, the hint for the unit's question, and warnings, from edge lengths in a header. */
export function spacingFromEdges(edges: StatedEdges): Pick<
  VolumeMetadata,
  'spacing' | 'spacingSource' | 'warnings'
> & {
  readonly tags: Readonly<Record<string, string>>;
} {
  const warnings: string[] = [];
  const bad = edges.values.findIndex((value) => !Number.isFinite(value) || value <= 0);
  if (bad !== -1 || edges.values.length === 0) {
    if (bad !== -1) {
      warnings.push(
        `The header gives a voxel size of ${edges.values[bad]} along ${'xyz'[bad]}, which cannot be: it was ignored, enter the voxel size.`,
      );
    }
    const spacingSource = `${edges.source}: no usable voxel size`;
    return { spacing: null, spacingSource, warnings, tags: {} };
  }
  const [x = 1, y = x, z = x] = edges.values;
  if (edges.values.length < 3) {
    warnings.push(
      'The image has no third axis: the voxel size along z was taken to be that along x.',
    );
  }
  if (edges.unit === null) {
    const text = `${x} × ${y} × ${z}`;
    warnings.push(`The header gives a voxel size of ${text} without a unit: enter the unit.`);
    return {
      spacing: null,
      spacingSource: `${edges.source}, without a unit`,
      warnings,
      tags: { 'spacing without unit': text },
    };
  }
  const spacing = { values: [x, y, z], unit: edges.unit } as const;
  return { spacing, spacingSource: edges.source, warnings, tags: {} };
}

/** Reads bytes [start, start + length) in pieces into memory of their own. */
export async function loadBytes(
  source: ByteSource,
  start: number,
  out: Uint8Array,
  job: DecodeJob,
): Promise<void> {
  const have = Math.max(source.size - start, 0);
  if (have < out.length) throw job.truncated(have, out.length);
  const piece = 16 * 1024 * 1024;
  for (let done = 0; done < out.length; ) {
    const length = Math.min(piece, out.length - done);
    const bytes = await source.read(start + done, start + done + length);
    if (bytes.length !== length) throw job.truncated(done + bytes.length, out.length);
    out.set(bytes, done);
    done += length;
    job.progress(done / out.length);
    await job.breathe();
  }
}

/** Voxel type words that name what a format stores. */
export function unsupportedType(file: string, word: string): UserError {
  return new UserError(
    'file/unsupported',
    `${file}: the voxel type ${word.slice(0, 80)} is not supported; save it as 8, 16 or 32-bit integers or as floats.`,
    { file },
  );
}
