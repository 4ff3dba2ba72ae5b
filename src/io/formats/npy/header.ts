/**
 * The header of NumPy's array format, versions 1 to 3
 * (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
 */
import { UserError } from '../../../errors/errors.ts';
import type { Size3, VoxelType } from '../../../volume/volume.ts';
import { volumeSizeOf } from '../../datasets.ts';
import { typeNamed, unsupportedType } from '../../header-facts.ts';

export const NPY_MAGIC = '\x93NUMPY';
/** NumPy itself refuses longer ones. */
export const MAX_NPY_HEADER_BYTES = 64 * 1024;

export interface NpyHeader {
  /** Sample type as read: booleans are uint8, half floats float32. */
  readonly type: VoxelType;
  /** Half floats are stored in two bytes and read as float32. */
  readonly isHalf: boolean;
  readonly bigEndian: boolean;
  readonly fortranOrder: boolean;
  /** As stated, slowest axis first. */
  readonly shape: readonly number[];
  readonly size: Size3;
  /** Where the samples start. */
  readonly dataStart: number;
  readonly descr: string;
}

const TYPES: Readonly<Record<string, VoxelType>> = {
  b1: 'uint8',
  u1: 'uint8',
  i1: 'int8',
  u2: 'uint16',
  i2: 'int16',
  u4: 'uint32',
  i4: 'int32',
  u8: 'uint64',
  i8: 'int64',
  f2: 'float32',
  f4: 'float32',
  f8: 'float64',
};

/** Parses the first bytes of an array file or of a member of an archive. Throws `file/…`. */
export function parseNpyHeader(head: Uint8Array, file: string): NpyHeader {
  const damaged = (problem: string): UserError =>
    new UserError('file/malformed', `${file} is damaged: ${problem}; save the array again.`, {
      file,
    });
  const major = head[6] ?? 0;
  if (major < 1 || major > 3) throw damaged(`its NumPy format version is ${major}`);
  const prefix = major === 1 ? 10 : 12;
  if (head.length < prefix) throw damaged('its header is cut short');
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAX_NPY_HEADER_BYTES) throw damaged(`its header states a length of ${length} bytes`);
  if (head.length < prefix + length) throw damaged('its header is cut short');
  const text = new TextDecoder('latin1').decode(head.subarray(prefix, prefix + length));
  const descr = /'descr'\s*:\s*'([^']{1,40})'/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const shapeText = /'shape'\s*:\s*\(([\d\sL,]{0,200})\)/.exec(text)?.[1];
  if (descr === undefined) {
    if (/'descr'\s*:\s*\[/.test(text))
      throw unsupportedType(file, 'of records with several fields');
    throw damaged('its header does not state the type of its values');
  }
  if (order === undefined || shapeText === undefined) {
    throw damaged('its header does not state the shape');
  }
  const type = typeNamed(TYPES, descr.slice(1));
  if (type === undefined || !/^[<>|=]$/.test(descr.charAt(0))) {
    throw unsupportedType(file, `"${descr}"`);
  }
  const shape = shapeText
    .split(',')
    .map((word) => word.trim().replace(/L$/, ''))
    .filter((word) => word !== '')
    .map(Number);
  return {
    type,
    isHalf: descr.endsWith('f2'),
    bigEndian: descr.startsWith('>'),
    fortranOrder: order === 'True',
    shape,
    size: sizeOf(shape, file),
    dataStart: prefix + length,
    descr,
  };
}

function sizeOf(shape: readonly number[], file: string): Size3 {
  const size = volumeSizeOf(shape);
  if (size !== null) return size;
  throw new UserError(
    'file/unsupported',
    `${file} holds an array of shape (${shape.join(', ')}); Tauscope needs two or three axes (z, y, x), so save one volume of it.`,
    { file, shape: [...shape] },
  );
}
