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
import { type VoxelArray, voxelCount } from '../../../volume/volume.ts';
import { allocateBytes, type DecodeJob } from '../../decode-job.ts';
import type { ByteSource, ReadOptions } from '../../format.ts';
import { loadBytes } from '../../load-bytes.ts';
import { asSamples, readSamples } from '../../stored-samples.ts';
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
    load: (job) => loadVoxels(source, raw, job),
  });
}

async function loadVoxels(source: ByteSource, raw: RawLayout, job: DecodeJob): Promise<VoxelArray> {
  const type = rawType(raw);
  const count = voxelCount(rawSize(raw));
  const bigEndian = raw.byteOrder === 'be';
  if (raw.gap === 0) return readSamples({ source, start: raw.skip, type, count, bigEndian }, job);
  const sliceBytes = rawSliceBytes(raw);
  const bytes = allocateBytes(raw.depth * sliceBytes, source.name);
  for (let z = 0; z < raw.depth; z++) {
    const slice = bytes.subarray(z * sliceBytes, (z + 1) * sliceBytes);
    const start = raw.skip + z * (sliceBytes + raw.gap);
    await loadBytes(source, start, slice, job.part(source.name, z / raw.depth, 1 / raw.depth));
  }
  return asSamples(bytes, type, count, bigEndian);
}

export const rawFormat = defineStoredFormat({
  id: 'raw',
  title: 'raw',
  extensions: [],
  // Nothing in the bytes tells: it is what a person says it is.
  sniff: () => false,
  readHeader: async (source, options) => readHeader(source, options),
});
