/** VTK legacy files with a STRUCTURED_POINTS grid, binary or text. */
import { UserError } from '../../../errors/errors.ts';
import { bytesPerVoxel, type Size3, type VoxelType, voxelCount } from '../../../volume/volume.ts';
import { allocateBytes, type DecodeJob } from '../../decode-job.ts';
import type { ByteSource, VolumeMetadata } from '../../format.ts';
import { metadataWithEdges, type StatedEdges, unsupportedType } from '../../header-facts.ts';
import { loadBytes } from '../../load-bytes.ts';
import { defineItkFormat, type ItkFileHeader } from './itk-format.ts';

const MAX_HEADER_BYTES = 16 * 1024;

const TYPES: ReadonlyMap<string, VoxelType> = new Map(
  Object.entries({
    char: 'int8',
    unsigned_char: 'uint8',
    short: 'int16',
    unsigned_short: 'uint16',
    int: 'int32',
    unsigned_int: 'uint32',
    float: 'float32',
    double: 'float64',
  }),
);

const MAGIC = '# vtk DataFile Version';

function sniff(head: Uint8Array): boolean {
  return String.fromCharCode(...head.subarray(0, MAGIC.length)) === MAGIC;
}

interface VtkHeader {
  readonly fields: ReadonlyMap<string, readonly string[]>;
  readonly title: string;
  readonly binary: boolean;
  readonly dataOffset: number;
}

function malformed(source: ByteSource, problem: string): UserError {
  return new UserError(
    'file/malformed',
    `${source.name}: ${problem}; the VTK header must be corrected.`,
    { file: source.name },
  );
}

/** Keyword lines up to the scalars' own; the voxels start after the lookup table's line. */
async function readKeywords(source: ByteSource): Promise<VtkHeader> {
  const bytes = await source.read(0, MAX_HEADER_BYTES);
  const text = new TextDecoder('latin1').decode(bytes);
  const lines: { text: string; end: number }[] = [];
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline + 1;
    lines.push({ text: text.slice(at, end).trim(), end });
    at = end;
    if (
      /^(LOOKUP_TABLE|VECTORS|COLOR_SCALARS|TENSORS|NORMALS|FIELD)\b/i.test(
        lines.at(-1)?.text ?? '',
      )
    )
      break;
  }
  const fields = new Map<string, readonly string[]>();
  for (const line of lines.slice(3)) {
    const [keyword = '', ...rest] = line.text.split(/\s+/);
    if (keyword !== '') fields.set(keyword.toUpperCase(), rest);
  }
  const end = lines.at(-1)?.end ?? 0;
  // The table's line may be left out.
  const scalars = lines.findIndex((line) => /^SCALARS\b/i.test(line.text));
  const dataOffset =
    fields.has('LOOKUP_TABLE') || scalars === -1 ? end : (lines[scalars]?.end ?? end);
  const encoding = lines[2]?.text.toUpperCase();
  if (encoding !== 'BINARY' && encoding !== 'ASCII') {
    throw malformed(source, 'line 3 is neither ASCII nor BINARY');
  }
  return {
    fields,
    title: lines[1]?.text ?? '',
    binary: encoding === 'BINARY',
    dataOffset,
  };
}

async function readHeader(source: ByteSource): Promise<ItkFileHeader> {
  const header = await readKeywords(source);
  const { fields } = header;
  const dataset = fields.get('DATASET')?.[0] ?? 'none';
  if (dataset.toUpperCase() !== 'STRUCTURED_POINTS') {
    throw new UserError(
      'file/unsupported',
      `${source.name} holds a VTK ${dataset} data set; Tauscope reads STRUCTURED_POINTS, so save it as an image.`,
      { file: source.name },
    );
  }
  const numbers = (keyword: string): number[] => (fields.get(keyword) ?? []).map(Number);
  const [nx = Number.NaN, ny = Number.NaN, nz = Number.NaN] = numbers('DIMENSIONS');
  const size: Size3 = [nx, ny, nz];
  if (!size.every((length) => Number.isSafeInteger(length) && length >= 0)) {
    throw malformed(
      source,
      `DIMENSIONS "${(fields.get('DIMENSIONS') ?? []).join(' ')}" are not three whole numbers`,
    );
  }
  const scalars = fields.get('SCALARS');
  const other = ['VECTORS', 'COLOR_SCALARS', 'TENSORS', 'NORMALS'].find((word) => fields.has(word));
  if (scalars === undefined && other === undefined) {
    throw malformed(source, 'the file has no SCALARS in its header');
  }
  const word = scalars?.[1]?.toLowerCase() ?? '';
  const type = scalars === undefined ? 'float32' : TYPES.get(word);
  if (type === undefined) throw unsupportedType(source.name, word);
  const channels = scalars === undefined ? 3 : Number(scalars[2] ?? 1);
  const edges: StatedEdges = {
    values: numbers(fields.has('SPACING') ? 'SPACING' : 'ASPECT_RATIO'),
    unit: null,
    source: 'VTK SPACING',
  };
  const metadata = metadataWithEdges(edges, {
    format: 'vtk',
    size,
    type,
    channels,
    tags: [['title', header.title]],
  });
  return {
    metadata,
    origin: [0, 0, 0],
    load: (job) => loadFile(source, header, metadata, job),
  };
}

async function loadFile(
  source: ByteSource,
  header: VtkHeader,
  metadata: VolumeMetadata,
  job: DecodeJob,
): Promise<Uint8Array<ArrayBuffer>> {
  const count = voxelCount(metadata.size);
  const need = header.binary ? count * bytesPerVoxel(metadata.type) : count * 2 - 1;
  const have = Math.max(source.size - header.dataOffset, 0);
  if (have < need) throw job.truncated(have, need);
  const bytes = allocateBytes(header.binary ? header.dataOffset + need : source.size, source.name);
  await loadBytes(source, 0, bytes, job);
  if (!header.binary) assertNumbers(bytes, header.dataOffset, count, job);
  return bytes;
}

/** Text that ends early would be filled up with the last number. */
function assertNumbers(bytes: Uint8Array, start: number, count: number, job: DecodeJob): void {
  let words = 0;
  let inside = false;
  for (let i = start; i < bytes.length && words <= count; i++) {
    const blank = (bytes[i] as number) <= 0x20;
    if (!blank && !inside) words++;
    inside = !blank;
  }
  if (words < count) throw job.truncated(words, count, 'values');
}

export const vtkFormat = defineItkFormat({
  id: 'vtk',
  title: 'VTK legacy',
  extensions: ['.vtk'],
  pipeline: 'vtk-read-image',
  memoryName: 'volume.vtk',
  sniff,
  readHeader,
});
