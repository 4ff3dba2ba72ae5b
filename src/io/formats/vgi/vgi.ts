/**
 * Volumes of VGSTUDIO (a `.vgi` header beside a raw `.vol`) and of Nikon's CT software (an `.xtekct`
 * header): INI-like text that names size, type, voxel size in millimetres and the file of voxels.
 * Written from the vendors' descriptions; no file of theirs was at hand to test against.
 */
import { UserError } from '../../../errors/errors.ts';
import type { Size3, VoxelType } from '../../../volume/volume.ts';
import type { ByteSource, ReadOptions } from '../../format.ts';
import {
  metadataWithEdges,
  type StatedEdges,
  typeNamed,
  unsupportedType,
} from '../../header-facts.ts';
import { requireSibling } from '../../siblings.ts';
import { defineStoredFormat, type StoredVolume } from '../../stored-volume.ts';
import { readSampleSlices } from '../../stored-samples.ts';

const MAX_HEADER_BYTES = 256 * 1024;

type Keys = ReadonlyMap<string, string>;

/** The first value of each key, in lower case, over all sections. */
function readKeys(text: string): Keys {
  const keys = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, key, value] = /^\s*([\w.-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key === undefined || value === undefined || keys.has(key.toLowerCase())) continue;
    keys.set(key.toLowerCase(), value);
  }
  return keys;
}

interface Described {
  readonly size: Size3;
  readonly type: VoxelType;
  readonly edges: readonly number[];
  readonly dataFile: string;
  readonly skip: number;
  readonly bigEndian: boolean;
}

/** Type words of VGI with their bits, as VGSTUDIO writes them. */
const NIKON_TYPES: Readonly<Record<string, VoxelType>> = {
  '8': 'uint8',
  '16': 'uint16',
  '32': 'float32',
};

const VGI_TYPES: Readonly<Record<string, VoxelType>> = {
  'unsigned integer 8': 'uint8',
  'unsigned integer 16': 'uint16',
  'unsigned integer 32': 'uint32',
  'signed integer 8': 'int8',
  'signed integer 16': 'int16',
  'signed integer 32': 'int32',
  'float 32': 'float32',
  'float 64': 'float64',
};

function required(keys: Keys, key: string, file: string): string {
  const value = keys.get(key);
  if (value !== undefined) return value;
  throw new UserError(
    'file/malformed',
    `${file} does not state "${key}"; export the volume again with its header.`,
    { file, key },
  );
}

function numbers(text: string): readonly number[] {
  return text.split(/\s+/).map(Number);
}

function sizeOf(values: readonly number[], file: string): Size3 {
  const [x = 0, y = 0, z = 0] = values;
  if (values.length === 3 && values.every((value) => Number.isInteger(value) && value >= 0)) {
    return [x, y, z];
  }
  throw new UserError(
    'file/malformed',
    `${file} gives a size of "${values.join(' ')}"; three whole numbers are needed.`,
    { file },
  );
}

function describeVgi(keys: Keys, file: string): Described {
  const word = `${required(keys, 'datatype', file)} ${required(keys, 'bitsperelement', file)}`;
  const type = typeNamed(VGI_TYPES, word.toLowerCase());
  if (type === undefined) throw unsupportedType(file, `"${word}"`);
  const resolution = keys.get('resolution');
  return {
    size: sizeOf(numbers(required(keys, 'size', file)), file),
    type,
    edges: resolution === undefined ? [] : numbers(resolution),
    dataFile: required(keys, 'name', file),
    skip: Number(keys.get('skipheader') ?? 0),
    bigEndian: /big/i.test(keys.get('endian') ?? keys.get('byteorder') ?? ''),
  };
}

function describeNikon(keys: Keys, file: string): Described {
  const axes = ['x', 'y', 'z'] as const;
  const bits = keys.get('outputbits') ?? keys.get('bitdepth') ?? '32';
  const type = typeNamed(NIKON_TYPES, bits);
  if (type === undefined) throw unsupportedType(file, `of ${bits} bits`);
  return {
    size: sizeOf(
      axes.map((axis) => Number(required(keys, `voxels${axis}`, file))),
      file,
    ),
    type,
    edges: axes.map((axis) => Number(keys.get(`voxelsize${axis}`) ?? Number.NaN)),
    dataFile: `${required(keys, 'name', file)}.vol`,
    skip: 0,
    bigEndian: false,
  };
}

async function readHeader(source: ByteSource, options: ReadOptions): Promise<StoredVolume> {
  const text = new TextDecoder('latin1').decode(await source.read(0, MAX_HEADER_BYTES));
  const keys = readKeys(text);
  const described = isNikon(text)
    ? describeNikon(keys, source.name)
    : describeVgi(keys, source.name);
  const edges: StatedEdges = {
    values: described.edges,
    unit: 'mm',
    source: isNikon(text) ? 'Nikon voxel size (mm)' : 'VGI resolution (mm)',
  };
  const { size, type, skip, bigEndian } = described;
  return {
    metadata: metadataWithEdges(edges, {
      format: 'vgi',
      size,
      type,
      channels: 1,
      tags: keys,
    }),
    loadSlices(first, end, job) {
      const data = requireSibling(described.dataFile, source, options.siblings ?? []);
      if (!Number.isSafeInteger(skip) || skip < 0) {
        throw job.damaged(`it asks to skip ${skip} bytes`);
      }
      return readSampleSlices(
        { source: data, start: skip, type, size, bigEndian },
        first,
        end,
        job,
      );
    },
  };
}

function isNikon(text: string): boolean {
  return /^\s*\[XTekCT\]/im.test(text);
}

export const vgiFormat = defineStoredFormat({
  id: 'vgi',
  title: 'VGI/VOL',
  extensions: ['.vgi', '.xtekct'],
  sniff: (head) => /^\s*(?:\{volume1\}|\[XTekCT\])/i.test(String.fromCharCode(...head)),
  readHeader,
});
