/**
 * AmiraMesh files with a uniform lattice of one value per voxel, as Amira and Avizo write them: raw,
 * HxByteRLE, HxZip and ASCII data in either byte order.
 *
 * The bounding box spans the centres of the first and last voxels, so that an edge is
 * extent / (n - 1).
 */
import { UserError } from '../../../errors/errors.ts';
import { parseLengthUnit } from '../../../volume/length.ts';
import {
  bytesPerVoxel,
  type Size3,
  type Vector3,
  type VoxelArray,
  type VoxelType,
  voxelCount,
  voxelsFromBytes,
} from '../../../volume/volume.ts';
import { allocateBytes, type DecodeJob } from '../../decode-job.ts';
import type { ByteSource } from '../../format.ts';
import { MAX_GZIP_RATIO } from '../../gunzip.ts';
import {
  metadataWithEdges,
  type StatedEdges,
  typeNamed,
  unsupportedType,
} from '../../header-facts.ts';
import { readNumbers } from '../../number-words.ts';
import { defineStoredFormat, type StoredVolume } from '../../stored-volume.ts';
import { asSamples, readSamples } from '../../stored-samples.ts';
import { unzlib } from '../../unzlib.ts';
import { decodeByteRuns } from './byte-runs.ts';

const MAX_HEADER_BYTES = 1024 * 1024;
/** A run of 127 equal bytes takes two. */
const MAX_RUN_RATIO = 63.5;

const TYPES: Readonly<Record<string, VoxelType>> = {
  byte: 'uint8',
  short: 'int16',
  ushort: 'uint16',
  int: 'int32',
  float: 'float32',
  double: 'float64',
};

interface Section {
  readonly encoding: 'raw' | 'ascii' | 'HxByteRLE' | 'HxZip';
  /** Compressed length in bytes; null where the data are not compressed. */
  readonly length: number | null;
}

interface AmiraHeader {
  readonly size: Size3;
  readonly type: VoxelType;
  readonly channels: number;
  readonly bigEndian: boolean;
  readonly section: Section;
  readonly dataStart: number;
  /** xmin xmax ymin ymax zmin zmax */
  readonly box: readonly number[] | null;
  readonly unit: string | null;
  readonly text: string;
}

async function readAmiraHeader(source: ByteSource): Promise<AmiraHeader> {
  const damaged = (problem: string): UserError =>
    new UserError(
      'file/malformed',
      `${source.name} is damaged: ${problem}; export it again as AmiraMesh.`,
      { file: source.name },
    );
  const head = await source.read(0, MAX_HEADER_BYTES);
  const all = new TextDecoder('latin1').decode(head);
  const lattice = /^\s*define\s+Lattice\s+(\d+)\s+(\d+)\s+(\d+)/m.exec(all);
  if (lattice === null) {
    throw new UserError(
      'file/unsupported',
      `${source.name} holds no voxels: its header defines no three-dimensional lattice (it may be a surface); export the label or grey field.`,
      { file: source.name },
    );
  }
  const field =
    /^\s*Lattice\s*\{\s*(\w+)(?:\[(\d+)\])?\s+[^}]{1,200}\}\s*=?\s*(@\d+)(?:\((\w+),\s*(\d+)\))?/m.exec(
      all,
    );
  if (field === null) throw damaged('its header names no data of the lattice');
  const [, typeWord = '', channels = '1', marker = '', encoding, length] = field;
  const type = typeNamed(TYPES, typeWord.toLowerCase());
  if (type === undefined) throw unsupportedType(source.name, `"${typeWord}"`);
  const coordinates = /CoordType\s+"(\w+)"/i.exec(all)?.[1];
  if (coordinates !== undefined && coordinates.toLowerCase() !== 'uniform') {
    throw new UserError(
      'file/unsupported',
      `${source.name} has ${coordinates.slice(0, 40)} coordinates; resample it to a uniform lattice in Amira.`,
      { file: source.name },
    );
  }
  const isAscii = /^#\s*(?:AmiraMesh|Avizo)\b[^\n]*\bASCII\b/.test(all);
  if (encoding !== undefined && encoding !== 'HxByteRLE' && encoding !== 'HxZip') {
    throw new UserError(
      'file/unsupported',
      `${source.name}: its data are encoded as ${encoding.slice(0, 40)}; save it raw or zipped.`,
      { file: source.name },
    );
  }
  const data = new RegExp(`\\n${marker}\\r?\\n`).exec(all.slice(field.index + field[0].length));
  if (data === null) throw damaged(`the section ${marker} of its voxels is missing`);
  const box = /BoundingBox\s+((?:[-+.\deE]+\s+){5}[-+.\deE]+)/.exec(all)?.[1];
  return {
    size: [Number(lattice[1]), Number(lattice[2]), Number(lattice[3])],
    type,
    channels: Number(channels),
    bigEndian: /^#\s*(?:AmiraMesh|Avizo)\s+(?:3D\s+)?BINARY(?!-LITTLE-ENDIAN)/.test(all),
    section: {
      encoding: encoding ?? (isAscii ? 'ascii' : 'raw'),
      length: length === undefined ? null : Number(length),
    },
    dataStart: field.index + field[0].length + data.index + data[0].length,
    box: box?.trim().split(/\s+/).map(Number) ?? null,
    unit: /Units\s*\{[^}]*Coordinates\s+"([^"]{1,40})"/.exec(all)?.[1] ?? null,
    text: all.slice(0, field.index),
  };
}

function edgesOf({ box, size, unit }: AmiraHeader): StatedEdges {
  const source = 'AmiraMesh bounding box';
  if (box === null) return { values: [], unit: null, source };
  const known = unit === null ? null : parseLengthUnit(unit);
  const values = size.map((count, axis) => {
    const extent = (box[2 * axis + 1] as number) - (box[2 * axis] as number);
    return (extent / Math.max(count - 1, 1)) * (known?.factor ?? 1);
  });
  return { values, unit: known?.unit ?? null, source };
}

async function load(source: ByteSource, header: AmiraHeader, job: DecodeJob): Promise<VoxelArray> {
  const { type, section, dataStart, bigEndian } = header;
  const count = voxelCount(header.size);
  const total = count * bytesPerVoxel(type);
  if (section.encoding === 'raw') {
    return readSamples({ source, start: dataStart, type, count, bigEndian }, job);
  }
  if (section.encoding === 'ascii') {
    // Each number takes a digit and a separator.
    const have = Math.max(source.size - dataStart + 1, 0) / 2;
    if (count > have) throw job.truncated(Math.floor(have), count, 'values');
    const voxels = voxelsFromBytes(type, allocateBytes(total, source.name), count);
    await readNumbers(source, dataStart, voxels, job);
    return voxels;
  }
  const length = section.length ?? 0;
  const have = Math.max(source.size - dataStart, 0);
  if (have < length) throw job.truncated(have, length);
  const ratio = section.encoding === 'HxZip' ? MAX_GZIP_RATIO : MAX_RUN_RATIO;
  if (total > length * ratio) throw job.truncated(Math.floor(length * ratio), total);
  const out = allocateBytes(total, source.name);
  const stretch = { source, start: dataStart, end: dataStart + length };
  if (section.encoding === 'HxZip') {
    await unzlib(stretch, out, job);
  } else {
    const packed = await source.read(stretch.start, stretch.end);
    job.assertActive();
    const filled = decodeByteRuns(packed, out);
    if (filled < total) throw job.truncated(filled, total);
  }
  return asSamples(out, type, count, bigEndian);
}

async function readHeader(source: ByteSource): Promise<StoredVolume> {
  const header = await readAmiraHeader(source);
  const content = /Content\s+"([^"]{1,400})"/.exec(header.text)?.[1];
  const metadata = metadataWithEdges(edgesOf(header), {
    format: 'amira',
    size: header.size,
    type: header.type,
    channels: header.channels,
    tags: [['content', content ?? '']],
  });
  const origin: Vector3 =
    metadata.spacing === null || header.box === null
      ? [0, 0, 0]
      : [header.box[0] ?? 0, header.box[2] ?? 0, header.box[4] ?? 0];
  return {
    metadata,
    origin,
    load: (job) => load(source, header, job),
  };
}

export const amiraFormat = defineStoredFormat({
  id: 'amira',
  title: 'AmiraMesh',
  extensions: ['.am'],
  sniff: (head) => /^#\s*(?:AmiraMesh|Avizo)\b/.test(String.fromCharCode(...head.subarray(0, 40))),
  readHeader,
});
