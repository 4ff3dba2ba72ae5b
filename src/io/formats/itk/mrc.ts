/** MRC2014 and CCP4 maps (Cheng et al. 2015, DOI 10.1016/j.jsb.2015.04.002). */
import { UserError } from '../../../errors/errors.ts';
import type { UnknownItkImage } from '../../../volume/itk-image.ts';
import { bytesPerVoxel, type Size3, type VoxelType, voxelCount } from '../../../volume/volume.ts';
import { allocateBytes } from '../../decode-job.ts';
import type { ByteSource } from '../../format.ts';
import { metadataWithEdges, type StatedEdges, unsupportedType } from '../../header-facts.ts';
import { loadBytes } from '../../load-bytes.ts';
import { defineItkFormat, type ItkFileHeader } from './itk-format.ts';

const HEADER_BYTES = 1024;
const ANGSTROMS_PER_NM = 10;
const IMOD_STAMP = 1146047817;

/** Mode 0 is signed by the standard, unsigned in files of older programs. */
const MODES: Readonly<Record<number, VoxelType>> = {
  1: 'int16',
  2: 'float32',
  6: 'uint16',
};

function sniff(head: Uint8Array): boolean {
  return String.fromCharCode(...head.subarray(208, 212)) === 'MAP ';
}

function isSigned(view: DataView, littleEndian: boolean): boolean {
  if (view.getInt32(152, littleEndian) === IMOD_STAMP) {
    return (view.getInt32(156, littleEndian) & 1) === 1;
  }
  const version = view.getInt32(108, littleEndian);
  return version >= 20140 && version < 20200;
}

async function readHeader(source: ByteSource): Promise<ItkFileHeader> {
  const bytes = await source.read(0, HEADER_BYTES);
  if (bytes.length < HEADER_BYTES) {
    throw new UserError(
      'file/truncated',
      `${source.name} is cut short: an MRC header has ${HEADER_BYTES} bytes and ${bytes.length} are there; get a complete copy.`,
      { file: source.name, have: bytes.length, need: HEADER_BYTES },
    );
  }
  const view = new DataView(bytes.buffer);
  // The machine stamp is 44 44 or 44 41 for little endian, 11 11 for big endian.
  const littleEndian = view.getUint8(212) !== 0x11;
  const int = (at: number): number => view.getInt32(at, littleEndian);
  const size: Size3 = [int(0), int(4), int(8)];
  const extended = int(92);
  if (size.some((length) => length < 0) || extended < 0) {
    throw new UserError(
      'file/malformed',
      `${source.name}: the MRC header gives a size of ${size.join(' × ')} and ${extended} bytes of extended header; check where the file comes from.`,
      { file: source.name },
    );
  }
  const mode = int(12);
  const type = mode === 0 ? (isSigned(view, littleEndian) ? 'int8' : 'uint8') : MODES[mode];
  if (type === undefined) throw unsupportedType(source.name, `of MRC mode ${mode}`);
  const edges: StatedEdges = {
    values: [0, 1, 2].map(
      (axis) =>
        view.getFloat32(40 + 4 * axis, littleEndian) / int(28 + 4 * axis) / ANGSTROMS_PER_NM,
    ),
    unit: 'nm',
    source: 'MRC cell dimensions (ångström) over the sampling',
  };
  const metadata = metadataWithEdges(edges, {
    format: 'mrc',
    size,
    type,
    channels: 1,
    tags: [
      ['mode', String(mode)],
      ['labels', labelText(bytes)],
    ],
  });
  return {
    metadata,
    origin: [0, 0, 0],
    async load(job) {
      const total = HEADER_BYTES + extended + voxelCount(size) * bytesPerVoxel(type);
      if (total > source.size) throw job.truncated(source.size, total);
      const out = allocateBytes(total, source.name);
      await loadBytes(source, 0, out, job);
      return out;
    },
    // The pipeline takes every mode 0 for unsigned.
    ...(type === 'int8' ? { repair: asSigned } : {}),
  };
}

function asSigned(image: UnknownItkImage): UnknownItkImage {
  if (!(image.data instanceof Uint8Array)) return image;
  const { buffer, byteOffset, length } = image.data;
  return {
    ...image,
    imageType: { ...image.imageType, componentType: 'int8' },
    data: new Int8Array(buffer, byteOffset, length),
  };
}

function labelText(bytes: Uint8Array): string {
  return new TextDecoder('latin1')
    .decode(bytes.subarray(224, 1024))
    .replaceAll('\0', ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
}

export const mrcFormat = defineItkFormat({
  id: 'mrc',
  title: 'MRC',
  extensions: ['.mrc', '.map', '.rec', '.ccp4'],
  pipeline: 'mrc-read-image',
  memoryName: 'volume.mrc',
  sniff,
  readHeader,
});
