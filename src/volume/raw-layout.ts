/**
 * How the voxels lie in a file without a header. One declaration: the form of the page, the text of
 * the command line and the checks derive from it.
 */
import {
  type ParameterFields,
  type ParameterValues,
  parseParameters,
} from '../declaration/parameters.ts';
import { UserError } from '../errors/errors.ts';
import { bytesPerVoxel, type Size3, VOXEL_TYPES, type VoxelType, voxelCount } from './volume.ts';

const MAX_EDGE = 2 ** 24;

function edge(axis: string, word: string, counted: string) {
  return {
    kind: 'integer',
    title: `${word} (${axis})`,
    help: `Voxels along ${axis}: ${counted}.`,
    unit: 'voxels',
    min: 1,
    max: MAX_EDGE,
    step: 1,
    default: 1,
  } as const;
}

export const RAW_FIELDS = {
  width: edge('x', 'Width', 'columns of a slice, which lie next to each other in the file'),
  height: edge('y', 'Height', 'rows of a slice'),
  depth: edge('z', 'Depth', 'slices'),
  type: {
    kind: 'choice',
    title: 'Voxel type',
    help: 'How one voxel is stored: 16-bit unsigned integers are the commonest in CT.',
    options: VOXEL_TYPES.map((type) => ({ value: type, title: type })),
    default: 'uint16',
  },
  byteOrder: {
    kind: 'choice',
    title: 'Byte order',
    help: 'Little-endian (the low byte first) is what PCs write; the wrong order looks like noise.',
    options: [
      { value: 'le', title: 'little-endian' },
      { value: 'be', title: 'big-endian' },
    ],
    default: 'le',
  },
  skip: {
    kind: 'integer',
    title: 'Header',
    help: 'Bytes before the first voxel.',
    unit: 'bytes',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    step: 1,
    default: 0,
  },
  gap: {
    kind: 'integer',
    title: 'Gap',
    help: 'Bytes after each slice that are no voxels; 0 where slices follow each other.',
    unit: 'bytes',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    step: 1,
    default: 0,
  },
} as const satisfies ParameterFields;

export type RawLayout = ParameterValues<typeof RAW_FIELDS>;

/** What the text of a layout looks like. */
export const RAW_LAYOUT_FORM = '<x>x<y>x<z>:<type>[:le|be[:<header bytes>[:<gap bytes>]]]';

export function rawSize({ width, height, depth }: RawLayout): Size3 {
  return [width, height, depth];
}

export function rawType({ type }: RawLayout): VoxelType {
  return type as VoxelType;
}

/** Bytes of one slice without the gap after it. */
export function rawSliceBytes(layout: RawLayout): number {
  return layout.width * layout.height * bytesPerVoxel(rawType(layout));
}

/** Bytes from the start of the file to the end of the last voxel. */
export function rawBytes(layout: RawLayout): number {
  const { depth, skip, gap } = layout;
  return skip + depth * rawSliceBytes(layout) + (depth - 1) * gap;
}

/** "512x512x300:uint16:le", with header and gap where there are any. */
export function rawLayoutText(layout: RawLayout): string {
  const { type, byteOrder, skip, gap } = layout;
  const rest = gap > 0 ? [skip, gap] : skip > 0 ? [skip] : [];
  return [rawSize(layout).join('x'), type, byteOrder, ...rest].join(':');
}

/** Reads what `rawLayoutText` writes; throws `usage` with the form for everything else. */
export function parseRawLayout(text: string, owner: string): RawLayout {
  const [sizes = '', type = '', byteOrder = 'le', skip = '0', gap = '0', ...more] = text.split(':');
  const edges = sizes.split(/[x×]/i);
  try {
    if (edges.length !== 3 || more.length > 0) throw new RangeError('not the form');
    const [width, height, depth] = edges.map(wholeNumber);
    return parseParameters(
      RAW_FIELDS,
      { width, height, depth, type, byteOrder, skip: wholeNumber(skip), gap: wholeNumber(gap) },
      owner,
    );
  } catch (cause) {
    throw new UserError(
      'usage',
      `${owner} is "${text.slice(0, 80)}": it must be ${RAW_LAYOUT_FORM}, as in 512x512x300:uint16:le; the types are ${VOXEL_TYPES.join(', ')}.`,
      {},
      cause,
    );
  }
}

function wholeNumber(text: string): number {
  return /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
}

/** Why a file of so many bytes cannot be laid out so, one sentence; null where it can. */
export function rawLayoutProblem(layout: RawLayout, fileBytes: number): string | null {
  const size = rawSize(layout);
  const need = rawBytes(layout);
  if (!Number.isSafeInteger(need) || !Number.isSafeInteger(voxelCount(size) * 8)) {
    return `${size.join(' × ')} voxels are more than any computer can hold: check the sizes.`;
  }
  if (need <= fileBytes) return null;
  const before = layout.skip === 0 ? '' : ` and a header of ${layout.skip} bytes`;
  return `${size.join(' × ')} voxels of ${layout.type}${before} need ${need} bytes, and the file has ${fileBytes}: make a size, the type or the header smaller.`;
}
