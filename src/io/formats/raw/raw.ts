/** Voxels without a header: the caller says how they lie in the file (`options.raw`). */
import { UserError } from '../../../errors/errors.ts';
import {
  type RawLayout,
  rawBytes,
  rawLayoutProblem,
  rawLayoutText,
  rawSize,
  rawSliceBytes,
  rawType,
} from '../../../volume/raw-layout.ts';
import type { VoxelArray } from '../../../volume/volume.ts';
import { allocateBytes, type DecodeJob } from '../../decode-job.ts';
import type { ByteSource, ReadOptions } from '../../format.ts';
import { loadBytes } from '../../load-bytes.ts';
import { asSamples, readSampleSlices } from '../../stored-samples.ts';
import { defineStoredFormat, type StoredVolume } from '../../stored-volume.ts';

function readHeader(source: ByteSource, { raw }: ReadOptions): Promise<StoredVolume> {
  if (raw === undefined) {
    throw new UserError(
      'file/unknown-format',
      `${source.name} has no header: say how its voxels are laid out.`,
      { file: source.name, mayBeRaw: true },
    );
  }
  const problem = rawLayoutProblem(raw, source.size);
  if (problem !== null) {
    throw new UserError('file/truncated', `${source.name}: ${problem}`, { file: source.name });
  }
  const left = source.size - rawBytes(raw);
  return Promise.resolve({
    metadata: {
      format: 'raw',
      size: rawSize(raw),
      type: rawType(raw),
      channels: 1,
      spacing: null,
      spacingSource: 'a raw file states none',
      tags: { layout: rawLayoutText(raw) },
      // The gap after the last slice may or may not be there.
      warnings:
        left === 0 || left === raw.gap
          ? []
          : [`${left} bytes after the last voxel were left out: check the sizes and the header.`],
    },
    loadSlices: (first, end, job) => loadSlices(source, raw, first, end, job),
  });
}

async function loadSlices(
  source: ByteSource,
  raw: RawLayout,
  first: number,
  end: number,
  job: DecodeJob,
): Promise<VoxelArray> {
  const { width, height, skip, gap } = raw;
  const type = rawType(raw);
  const bigEndian = raw.byteOrder === 'be';
  const size = rawSize(raw);
  if (gap === 0) {
    return readSampleSlices({ source, start: skip, type, size, bigEndian }, first, end, job);
  }
  const sliceBytes = rawSliceBytes(raw);
  const count = end - first;
  const bytes = allocateBytes(count * sliceBytes, source.name);
  for (let i = 0; i < count; i++) {
    const slice = bytes.subarray(i * sliceBytes, (i + 1) * sliceBytes);
    const start = skip + (first + i) * (sliceBytes + gap);
    await loadBytes(source, start, slice, job.part(source.name, i / count, 1 / count));
  }
  return asSamples(bytes, type, width * height * count, bigEndian);
}

export const rawFormat = defineStoredFormat({
  id: 'raw',
  title: 'raw',
  extensions: [],
  // Nothing in the bytes tells: it is what a person says it is.
  sniff: () => false,
  readHeader: async (source, options) => readHeader(source, options),
});
