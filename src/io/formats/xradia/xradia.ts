/**
 * Zeiss Xradia reconstructions (`.txm`) and radiographs (`.txrm`, `.xrm`): images in streams of a
 * compound file (layout as data-exchange/dxchange reads it). Images are stacked along z, in the order
 * in which the program counts them.
 */
import { UserError } from '../../../errors/errors.ts';
import {
  bytesPerVoxel,
  type Size3,
  type VoxelArray,
  type VoxelType,
  voxelCount,
  voxelsFromBytes,
} from '../../../volume/volume.ts';
import { allocateBytes, type DecodeJob } from '../../decode-job.ts';
import type { ByteSource } from '../../format.ts';
import { metadataWithEdges, type StatedEdges, unsupportedType } from '../../header-facts.ts';
import { defineStoredFormat, type StoredVolume } from '../../stored-volume.ts';
import { type CompoundFile, openCompoundFile } from './compound-file.ts';

const SIGNATURE = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/** Images that share a storage ("ImageData1/Image1" to "ImageData1/Image100"). */
const IMAGES_PER_STORAGE = 100;

const TYPES: Readonly<Record<number, VoxelType>> = { 3: 'uint8', 5: 'uint16', 10: 'float32' };

async function numberAt(
  file: CompoundFile,
  path: string,
  read: (view: DataView) => number,
): Promise<number | null> {
  const stream = file.stream(path);
  if (stream === null || stream.size < 4) return null;
  const bytes = await stream.read(0, 8);
  return read(new DataView(bytes.buffer));
}

const asInteger = (view: DataView): number => view.getUint32(0, true);
const asFloat = (view: DataView): number => view.getFloat32(0, true);

async function required(file: CompoundFile, name: string, source: ByteSource): Promise<number> {
  const value = await numberAt(file, `ImageInfo/${name}`, asInteger);
  if (value !== null) return value;
  throw new UserError(
    'file/unsupported',
    `${source.name} is a compound file without the image information of Zeiss Xradia ("ImageInfo/${name}"); export the volume as TIFF.`,
    { file: source.name },
  );
}

async function readHeader(source: ByteSource): Promise<StoredVolume> {
  const file = await openCompoundFile(source);
  const size: Size3 = [
    await required(file, 'ImageWidth', source),
    await required(file, 'ImageHeight', source),
    await required(file, 'NoOfImages', source),
  ];
  const code = await required(file, 'DataType', source);
  const type = TYPES[code];
  if (type === undefined) throw unsupportedType(source.name, `of Xradia code ${code}`);
  const pixel = await numberAt(file, 'ImageInfo/PixelSize', asFloat);
  const isProjections = file.stream('ImageInfo/Angles') !== null && !/\.txm$/i.test(source.name);
  const edges: StatedEdges = {
    values: pixel === null || isProjections ? [] : [pixel, pixel, pixel],
    unit: 'µm',
    source: 'Xradia ImageInfo/PixelSize (µm)',
  };
  return {
    metadata: metadataWithEdges(edges, {
      format: 'xradia',
      size,
      type,
      channels: 1,
      tags: [['pixel size', pixel === null ? '' : `${pixel} µm`]],
      warnings: isProjections
        ? [
            'These are radiographs at different angles, not a reconstructed volume: numbers of phases mean nothing here.',
          ]
        : [],
    }),
    load: (job) => loadImages(source, file, size, type, job),
  };
}

async function loadImages(
  source: ByteSource,
  file: CompoundFile,
  size: Size3,
  type: VoxelType,
  job: DecodeJob,
): Promise<VoxelArray> {
  const sliceBytes = size[0] * size[1] * bytesPerVoxel(type);
  const total = voxelCount(size) * bytesPerVoxel(type);
  if (total > source.size) throw job.truncated(source.size, total);
  const bytes = allocateBytes(total, source.name);
  for (let z = 0; z < size[2]; z++) {
    const image = z + 1;
    const path = `ImageData${Math.ceil(image / IMAGES_PER_STORAGE)}/Image${image}`;
    const stream = file.stream(path);
    if (stream === null) throw job.damaged(`image ${image} of ${size[2]} is missing`);
    if (stream.size < sliceBytes) throw job.truncated(stream.size, sliceBytes);
    bytes.set(await stream.read(0, sliceBytes), z * sliceBytes);
    job.progress(image / size[2]);
    await job.breathe();
  }
  return voxelsFromBytes(type, bytes, voxelCount(size));
}

export const xradiaFormat = defineStoredFormat({
  id: 'xradia',
  title: 'Xradia TXM',
  extensions: ['.txm', '.txrm', '.xrm'],
  sniff: (head) => SIGNATURE.every((byte, i) => head[i] === byte),
  readHeader,
});
