/** NumPy arrays in files of their own (.npy). */
import { type VoxelArray, voxelCount } from '../../../volume/volume.ts';
import type { DecodeJob } from '../../decode-job.ts';
import type { ByteSource, VolumeMetadata } from '../../format.ts';
import { widenHalves } from '../../half-floats.ts';
import { shownTags } from '../../shown-text.ts';
import { defineStoredFormat, type StoredVolume } from '../../stored-volume.ts';
import { readSamples, reorderSamples } from '../../stored-samples.ts';
import { MAX_NPY_HEADER_BYTES, NPY_MAGIC, type NpyHeader, parseNpyHeader } from './header.ts';

const PREFIX_BYTES = 12;

export function npyMetadata(header: NpyHeader, format: string): VolumeMetadata {
  return {
    format,
    size: header.size,
    type: header.type,
    channels: 1,
    spacing: null,
    spacingSource: 'NumPy arrays state no voxel size',
    tags: shownTags([
      ['shape', `(${header.shape.join(', ')})`],
      ['dtype', header.descr],
      ['order', header.fortranOrder ? 'Fortran' : 'C'],
    ]),
    warnings: [],
  };
}

/** The array of a source that holds nothing else, x fastest. Cost: O(voxels), one copy more for Fortran order. */
export async function loadNpy(
  source: ByteSource,
  header: NpyHeader,
  job: DecodeJob,
): Promise<VoxelArray> {
  const { isHalf, type, size } = header;
  const count = voxelCount(size);
  const stored = await readSamples(
    {
      source,
      start: header.dataStart,
      type: isHalf ? 'uint16' : type,
      count,
      bigEndian: header.bigEndian,
    },
    job,
  );
  let data = stored;
  if (isHalf) {
    const widened = new Float32Array(count);
    widenHalves(stored as Uint16Array, widened, 0);
    data = widened;
  }
  // Fortran order keeps z fastest.
  return header.fortranOrder ? reorderSamples(data, [size[2], size[1], size[0]], [2, 1, 0]) : data;
}

async function readHeader(source: ByteSource): Promise<StoredVolume> {
  const head = await source.read(0, PREFIX_BYTES + MAX_NPY_HEADER_BYTES);
  const header = parseNpyHeader(head, source.name);
  return { metadata: npyMetadata(header, 'npy'), load: (job) => loadNpy(source, header, job) };
}

export const npyFormat = defineStoredFormat({
  id: 'npy',
  title: 'NumPy',
  extensions: ['.npy'],
  sniff: (head) => String.fromCharCode(...head.subarray(0, 6)) === NPY_MAGIC,
  readHeader,
});
