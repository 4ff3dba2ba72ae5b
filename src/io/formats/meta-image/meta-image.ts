/** MetaImage, .mha with the voxels in it and .mhd with the voxels beside it (ITK's MetaIO). */
import { UserError } from '../../../errors/errors.ts';
import { LENGTH_UNIT_KEY, unitOfKey } from '../../../volume/length.ts';
import {
  bytesPerVoxel,
  type Size3,
  type VoxelArray,
  type VoxelType,
  voxelCount,
} from '../../../volume/volume.ts';
import { allocateBytes, type DecodeJob } from '../../decode-job.ts';
import type { ByteSource, ReadOptions, VolumeMetadata } from '../../format.ts';
import { MAX_GZIP_RATIO } from '../../gunzip.ts';
import { findSibling, requireSibling } from '../../siblings.ts';
import { metadataWithEdges, type StatedEdges, unsupportedType } from '../../header-facts.ts';
import { loadBytes } from '../../load-bytes.ts';
import { defineStoredFormat, type StoredVolume } from '../../stored-volume.ts';
import { asSamples } from '../../stored-samples.ts';
import { unzlib } from '../../unzlib.ts';

const MAX_HEADER_BYTES = 64 * 1024;

const TYPES: ReadonlyMap<string, VoxelType> = new Map(
  Object.entries({
    MET_CHAR: 'int8',
    MET_UCHAR: 'uint8',
    MET_SHORT: 'int16',
    MET_USHORT: 'uint16',
    MET_INT: 'int32',
    MET_UINT: 'uint32',
    MET_LONG_LONG: 'int64',
    MET_ULONG_LONG: 'uint64',
    MET_FLOAT: 'float32',
    MET_DOUBLE: 'float64',
  }),
);

interface MetaFields {
  readonly values: ReadonlyMap<string, string>;
  /** Offset of the first byte behind the header. */
  readonly dataOffset: number;
}

function malformed(source: ByteSource, problem: string): UserError {
  return new UserError(
    'file/malformed',
    `${source.name}: ${problem}; the MetaImage header must be corrected.`,
    { file: source.name },
  );
}

function sniff(head: Uint8Array): boolean {
  const text = String.fromCharCode(...head.subarray(0, 2048));
  return (
    /^\s*(ObjectType|NDims|Comment|ID)\s*=/.test(text) && /(^|\n)\s*(NDims|DimSize)\s*=/.test(text)
  );
}

async function readFields(source: ByteSource): Promise<MetaFields> {
  const bytes = await source.read(0, MAX_HEADER_BYTES);
  const text = new TextDecoder('latin1').decode(bytes);
  // The data file is the last field: the voxels start on the next line.
  const match = /(?:^|\n)[ \t]*ElementDataFile[ \t]*=[^\n]*(?:\n|$)/.exec(text);
  if (match === null) throw malformed(source, 'the header has no ElementDataFile');
  const end = match.index + match[0].length;
  const values = new Map<string, string>();
  for (const line of text.slice(0, end).split('\n')) {
    const at = line.indexOf('=');
    if (at > 0) values.set(line.slice(0, at).trim(), line.slice(at + 1).trim());
  }
  return { values, dataOffset: end };
}

function numbers(text: string | undefined): number[] {
  return text === undefined || text === '' ? [] : text.split(/\s+/).map(Number);
}

function isTrue(text: string | undefined): boolean {
  return /^(true|t|1|y)/i.test(text ?? '');
}

function readSize(source: ByteSource, values: ReadonlyMap<string, string>): Size3 {
  const dimensions = Number(values.get('NDims'));
  const sizes = numbers(values.get('DimSize'));
  if (!(dimensions >= 1 && dimensions <= 16) || sizes.length !== dimensions) {
    throw malformed(
      source,
      `NDims is ${values.get('NDims')} and DimSize "${values.get('DimSize') ?? ''}"`,
    );
  }
  if (!sizes.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw malformed(source, `DimSize "${values.get('DimSize')}" is not a list of whole numbers`);
  }
  if (sizes.slice(3).some((size) => size !== 1)) {
    throw new UserError(
      'file/unsupported',
      `${source.name} holds a ${dimensions}-dimensional array (${sizes.join(' × ')}); Tauscope reads one 3-D volume at a time, so save a single volume of it.`,
      { file: source.name },
    );
  }
  return [sizes[0] ?? 1, sizes[1] ?? 1, sizes[2] ?? 1];
}

interface DataFile {
  readonly source: ByteSource;
  readonly start: number;
  readonly compressed: boolean;
  readonly warning: string | null;
}

/** Names of a LIST follow the header; a pattern counts its files. */
async function dataFileNames(source: ByteSource, fields: MetaFields): Promise<readonly string[]> {
  const name = fields.values.get('ElementDataFile') ?? '';
  if (/^LIST\b/i.test(name)) {
    const bytes = await source.read(fields.dataOffset, fields.dataOffset + 1024 * 1024);
    return new TextDecoder()
      .decode(bytes)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  }
  const pattern = /^(\S*)%0?(\d*)d(\S*)\s+(\d+)\s+(\d+)\s+(\d+)$/.exec(name);
  if (pattern === null) return [name];
  const [, before = '', width = '', after = '', first, last, step] = pattern;
  const count = Math.floor((Number(last) - Number(first)) / Number(step)) + 1;
  if (!(count >= 1 && count <= 65_536)) throw malformed(source, `"${name}" names no files`);
  return Array.from(
    { length: count },
    (_, i) =>
      before +
      String(Number(first) + i * Number(step)).padStart(Math.min(Number(width), 32), '0') +
      after,
  );
}

async function locateData(
  source: ByteSource,
  fields: MetaFields,
  siblings: readonly ByteSource[],
  bytes: number,
): Promise<readonly DataFile[]> {
  const compressed = isTrue(fields.values.get('CompressedData'));
  const name = fields.values.get('ElementDataFile') ?? '';
  if (/^LOCAL$/i.test(name)) {
    return [{ source, start: fields.dataOffset, compressed, warning: null }];
  }
  const others = siblings.filter((sibling) => sibling !== source);
  const names = await dataFileNames(source, fields);
  return names.map((wanted) => {
    const stand =
      names.length === 1 && findSibling(wanted, source, others) === null
        ? findUncompressed(source, others, bytes)
        : null;
    if (stand === null) {
      return {
        source: requireSibling(wanted, source, others),
        start: 0,
        compressed,
        warning: null,
      };
    }
    return {
      source: stand,
      start: 0,
      compressed: false,
      warning: `The header names the data file "${wanted.slice(0, 200)}", which is not there: ${stand.name}, which has exactly the size of the voxels, was read instead.`,
    };
  });
}

/** Beside a header whose data file was unpacked: same name, and every byte a voxel's. */
function findUncompressed(
  source: ByteSource,
  siblings: readonly ByteSource[],
  bytes: number,
): ByteSource | null {
  const stem = source.name.replace(/\.[^.]*$/, '');
  return siblings.find((file) => file.name === `${stem}.raw` && file.size === bytes) ?? null;
}

async function inflateInto(file: DataFile, out: Uint8Array, job: DecodeJob): Promise<void> {
  const available = Math.max(file.source.size - file.start, 0);
  if (out.length > available * MAX_GZIP_RATIO) {
    throw job.truncated(available * MAX_GZIP_RATIO, out.length);
  }
  const { source, start } = file;
  await unzlib({ source, start, end: source.size }, out, job);
}

async function loadVoxels(
  { values }: MetaFields,
  metadata: VolumeMetadata,
  files: readonly DataFile[],
  job: DecodeJob,
): Promise<VoxelArray> {
  const count = voxelCount(metadata.size);
  const total = count * bytesPerVoxel(metadata.type);
  const share = total / files.length;
  if (!Number.isInteger(share)) {
    throw job.damaged(`${total} bytes of voxels cannot be shared by ${files.length} files`);
  }
  const skip = Number(values.get('HeaderSize') ?? 0);
  for (const file of files) assertHolds(file, share, job);
  const bytes = allocateBytes(total, job.file);
  for (const [i, file] of files.entries()) {
    const out = bytes.subarray(i * share, (i + 1) * share);
    if (file.compressed) await inflateInto(file, out, job);
    else {
      const start = skip === -1 ? file.source.size - share : file.start + Math.max(skip, 0);
      if (start < file.start) throw job.truncated(file.source.size - file.start, share);
      await loadBytes(file.source, start, out, job);
    }
    if (file.warning !== null) job.warnings.push(file.warning);
  }
  const bigEndian =
    isTrue(values.get('BinaryDataByteOrderMSB')) || isTrue(values.get('ElementByteOrderMSB'));
  return asSamples(bytes, metadata.type, count, bigEndian);
}

function assertHolds(file: DataFile, bytes: number, job: DecodeJob): void {
  const have = Math.max(file.source.size - file.start, 0);
  if (!file.compressed && have < bytes) throw job.truncated(have, bytes);
}

async function readHeader(source: ByteSource, options: ReadOptions): Promise<StoredVolume> {
  const fields = await readFields(source);
  const { values } = fields;
  const size = readSize(source, values);
  const elementType = values.get('ElementType') ?? '';
  const type = TYPES.get(elementType.replace(/_ARRAY$/, ''));
  if (type === undefined) throw unsupportedType(source.name, elementType);
  if (values.has('BinaryData') && !isTrue(values.get('BinaryData'))) {
    throw new UserError(
      'file/unsupported',
      `${source.name} holds its voxels as text; save it with binary data.`,
      { file: source.name },
    );
  }
  const dimensions = Math.min(Number(values.get('NDims')), 3);
  const stated = values.get('ElementSpacing') ?? values.get('ElementSize');
  // ITK keeps the keys of an image that it writes, so a volume of ours comes back with its unit.
  const unit = unitOfKey(values.get(LENGTH_UNIT_KEY));
  const edges: StatedEdges = {
    values: numbers(stated).slice(0, dimensions),
    unit: unit ?? 'mm',
    source:
      unit === null
        ? 'MetaImage ElementSpacing, millimetres by the convention of ITK (the header has no unit)'
        : `MetaImage ElementSpacing, unit from the key “${LENGTH_UNIT_KEY}”`,
  };
  const origin = numbers(values.get('Offset') ?? values.get('Position') ?? values.get('Origin'));
  const matrix = numbers(values.get('TransformMatrix') ?? values.get('Rotation'));
  const side = Number(values.get('NDims'));
  const turned = matrix.some((part, i) => part !== (i % (side + 1) === 0 ? 1 : 0));
  const metadata = metadataWithEdges(edges, {
    format: 'meta-image',
    size,
    type,
    channels: Number(values.get('ElementNumberOfChannels') ?? 1),
    tags: values,
    warnings: turned
      ? [
          'The header turns or mirrors the axes: the voxels stay in their stored order and the orientation is not kept.',
        ]
      : [],
  });
  return {
    metadata,
    origin:
      origin.length >= 3 && origin.every(Number.isFinite)
        ? [origin[0] as number, origin[1] as number, origin[2] as number]
        : [0, 0, 0],
    async load(job) {
      const bytes = voxelCount(size) * bytesPerVoxel(type);
      const files = await locateData(source, fields, options.siblings ?? [], bytes);
      return loadVoxels(fields, metadata, files, job);
    },
  };
}

export const metaImageFormat = defineStoredFormat({
  id: 'meta-image',
  title: 'MetaImage (MHA, MHD)',
  extensions: ['.mha', '.mhd'],
  sniff,
  readHeader,
});
