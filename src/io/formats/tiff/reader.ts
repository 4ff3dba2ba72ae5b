/** Reads a TIFF: metadata alone, a scalar volume, or all samples of all pages. */
import { cancelled, isUserError, UserError } from '../../../errors/errors.ts';
import {
  allocateVoxels,
  bytesPerVoxel,
  createVolume,
  type VoxelArray,
  type VoxelType,
} from '../../../volume/volume.ts';
import { ByteRangeError } from '../../byte-cursor.ts';
import { DecodeJob, withoutProgress } from '../../decode-job.ts';
import type {
  ByteSource,
  ReadOptions,
  ReadVolume,
  SlabReader,
  VolumeMetadata,
} from '../../format.ts';
import { DecodeProgress, decodePage } from './decode.ts';
import { chunkGrid, readChunkTable, voxelTypeOfPage } from './page.ts';
import { LARGEST_WINDOW } from './read-ahead.ts';
import { readStack, type Stack } from './stack.ts';
import { TiffFile } from './tiff-file.ts';

/** All samples of a file: `data` has the shape [pages, height, width, samples], last one fastest. */
export interface DecodedPages {
  readonly width: number;
  readonly height: number;
  readonly pages: number;
  readonly samples: number;
  readonly type: VoxelType;
  readonly data: VoxelArray;
}

export async function readTiffMetadata(
  source: ByteSource,
  options: ReadOptions = {},
): Promise<VolumeMetadata> {
  return (await openStack(source, options)).metadata;
}

/**
 * Reads a scalar volume: one page a slice, values as stored, half floats widened to float32, 1- to
 * 7-bit samples as uint8 and 9- to 15-bit as uint16. Memory: the volume, one strip or tile, and a
 * window of 8 MiB.
 */
export async function readTiffVolume(
  source: ByteSource,
  options: ReadOptions = {},
): Promise<ReadVolume> {
  const stack = await openStack(source, options);
  if (stack.refusal !== null) throw stack.refusal;
  const data = await decodeStack(stack, options);
  const volume = createVolume({
    kind: stack.kind,
    name: volumeName(source.name),
    size: stack.size,
    data,
    spacing: stack.metadata.spacing,
    origin: stack.origin,
    phases: stack.phases,
  });
  return { volume, metadata: stack.metadata };
}

/** Pages one by one; the memory is that of one strip or tile and a window of 8 MiB. */
export async function openTiffSlabs(
  source: ByteSource,
  options: ReadOptions = {},
): Promise<SlabReader> {
  const stack = await openStack(source, options);
  if (stack.refusal !== null) throw stack.refusal;
  const largest = stack.pages.reduce((most, page) => {
    return Math.max(most, chunkGrid(page).rowBytes * page.chunkHeight);
  }, 0);
  return {
    name: volumeName(source.name),
    metadata: stack.metadata,
    kind: stack.kind,
    origin: stack.origin,
    phases: stack.phases,
    warnings: [],
    memoryBytes: LARGEST_WINDOW + 2 * largest,
    readSlices: (first, end) => decodeStack(stack, withoutProgress(options), first, end),
  };
}

/** All samples of all pages, also those that no scalar volume can hold (RGB, channels). */
export async function decodePages(
  source: ByteSource,
  options: ReadOptions = {},
): Promise<DecodedPages> {
  const stack = await openStack(source, options);
  const first = stack.pages[0]!;
  return {
    width: first.width,
    height: first.height,
    pages: stack.pages.length,
    samples: first.samples,
    type: voxelTypeOfPage(first),
    data: await decodeStack(stack, options),
  };
}

/** The file's name without its ending. */
function volumeName(fileName: string): string {
  return fileName.replace(/(?:\.ome)?\.(?:tiff?|btf|tf8)$/i, '') || fileName;
}

function openStack(source: ByteSource, options: ReadOptions): Promise<Stack> {
  return asTiffErrors(source, async () => {
    if (options.signal?.aborted) throw cancelled();
    return readStack(await TiffFile.open(source), options.signal);
  });
}

/** The samples of pages [from, to). */
function decodeStack(
  stack: Stack,
  options: ReadOptions,
  from = 0,
  to = stack.pages.length,
): Promise<VoxelArray> {
  const { file, tables } = stack;
  const pages = stack.pages.slice(from, to);
  return asTiffErrors(file.source, async () => {
    const first = pages[0]!;
    const type = voxelTypeOfPage(first);
    const pageSamples = first.width * first.height * first.samples;
    const total = pageSamples * pages.length;
    const data = allocate(file, type, total);
    const job = new DecodeJob(file.name, options, []);
    const progress = new DecodeProgress(job, total * bytesPerVoxel(type));
    for (const [index, page] of pages.entries()) {
      const table = tables[from + index] ?? (await readChunkTable(file, page));
      await decodePage(file, page, table, data, index * pageSamples, progress);
    }
    job.progress(1);
    return data;
  });
}

function allocate(file: TiffFile, type: VoxelType, count: number): VoxelArray {
  try {
    return allocateVoxels(type, count);
  } catch (cause) {
    const gibibytes = (count * bytesPerVoxel(type)) / 2 ** 30;
    throw file.error(
      'memory/over-budget',
      `the volume needs ${gibibytes.toPrecision(3)} GiB of memory, more than there is; crop it or convert it to fewer bits.`,
      cause,
    );
  }
}

/** A source that gives fewer bytes than it promised changed under our hands. */
async function asTiffErrors<T>(source: ByteSource, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isUserError(error)) throw error;
    if (error instanceof ByteRangeError) {
      throw new UserError(
        'file/truncated',
        `${source.name}: ${error.missing} bytes are missing; the file changed while it was read, open it again.`,
        { file: source.name },
        error,
      );
    }
    throw error;
  }
}
