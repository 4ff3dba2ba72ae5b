/** Small files of the formats behind itk-wasm, built byte by byte for tests. */
import { type Size3, type VoxelArray, voxelBytes, voxelTypeOf } from '../../src/volume/volume.ts';

const META_TYPES: Readonly<Record<string, string>> = {
  uint8: 'MET_UCHAR',
  int8: 'MET_CHAR',
  uint16: 'MET_USHORT',
  int16: 'MET_SHORT',
  uint32: 'MET_UINT',
  int32: 'MET_INT',
  uint64: 'MET_ULONG_LONG',
  int64: 'MET_LONG_LONG',
  float32: 'MET_FLOAT',
  float64: 'MET_DOUBLE',
};

const NIFTI_CODES: Readonly<Record<string, number>> = {
  uint8: 2,
  int16: 4,
  int32: 8,
  float32: 16,
  float64: 64,
  int8: 256,
  uint16: 512,
  uint32: 768,
  int64: 1024,
  uint64: 1280,
};

export function joinBytes(...parts: readonly (Uint8Array | string)[]): Uint8Array<ArrayBuffer> {
  const pieces = parts.map((part) =>
    typeof part === 'string' ? new TextEncoder().encode(part) : part,
  );
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

/** `fields` replaces or adds header lines; the voxels follow the header. */
export function metaImageBytes(
  size: readonly number[],
  data: VoxelArray,
  fields: Readonly<Record<string, string>> = {},
  payload: Uint8Array = voxelBytes(data),
): Uint8Array<ArrayBuffer> {
  const lines = {
    ObjectType: 'Image',
    NDims: String(size.length),
    BinaryData: 'True',
    BinaryDataByteOrderMSB: 'False',
    CompressedData: 'False',
    DimSize: size.join(' '),
    ElementSpacing: size.map(() => '0.5').join(' '),
    ElementType: META_TYPES[voxelTypeOf(data)] ?? '',
    ...fields,
    ElementDataFile: fields['ElementDataFile'] ?? 'LOCAL',
  };
  const text = Object.entries(lines)
    .map(([key, value]) => `${key} = ${value}\n`)
    .join('');
  return joinBytes(text, lines.ElementDataFile === 'LOCAL' ? payload : new Uint8Array());
}

/** Voxels of 0.5 × 0.5 × 2 mm; `edit` may change the 352 bytes of header. */
export function niftiBytes(
  size: Size3,
  data: VoxelArray,
  edit: (header: DataView) => void = () => undefined,
): Uint8Array<ArrayBuffer> {
  const header = new DataView(new ArrayBuffer(352));
  header.setInt32(0, 348, true);
  [3, ...size, 1, 1, 1, 1].forEach((length, i) => {
    header.setInt16(40 + 2 * i, length, true);
  });
  header.setInt16(70, NIFTI_CODES[voxelTypeOf(data)] ?? 0, true);
  header.setInt16(72, data.BYTES_PER_ELEMENT * 8, true);
  [1, 0.5, 0.5, 2].forEach((length, i) => {
    header.setFloat32(76 + 4 * i, length, true);
  });
  header.setFloat32(108, 352, true);
  header.setUint8(123, 2);
  [0x6e, 0x2b, 0x31].forEach((byte, i) => {
    header.setUint8(344 + i, byte);
  });
  edit(header);
  return joinBytes(new Uint8Array(header.buffer), voxelBytes(data));
}

/** MRC2014, little endian, cell of 10 ångström a voxel. */
export function mrcBytes(
  size: Size3,
  data: VoxelArray,
  mode: number,
  edit: (header: DataView) => void = () => undefined,
): Uint8Array<ArrayBuffer> {
  const header = new DataView(new ArrayBuffer(1024));
  [...size, mode].forEach((value, i) => {
    header.setInt32(4 * i, value, true);
  });
  size.forEach((length, i) => {
    header.setInt32(28 + 4 * i, length, true);
    header.setFloat32(40 + 4 * i, length * 10, true);
    header.setFloat32(52 + 4 * i, 90, true);
    header.setInt32(64 + 4 * i, i + 1, true);
  });
  header.setInt32(88, 1, true);
  header.setInt32(108, 20140, true);
  [0x4d, 0x41, 0x50, 0x20, 0x44, 0x44].forEach((byte, i) => {
    header.setUint8(208 + i, byte);
  });
  edit(header);
  return joinBytes(new Uint8Array(header.buffer), voxelBytes(data));
}

export function vtkBytes(
  size: readonly number[],
  word: string,
  payload: Uint8Array | string,
): Uint8Array<ArrayBuffer> {
  const encoding = typeof payload === 'string' ? 'ASCII' : 'BINARY';
  return joinBytes(
    `# vtk DataFile Version 3.0\na test\n${encoding}\nDATASET STRUCTURED_POINTS\n`,
    `DIMENSIONS ${size.join(' ')}\nSPACING 0.5 0.5 2\nORIGIN 0 0 0\n`,
    `POINT_DATA ${size.reduce((a, b) => a * b, 1)}\nSCALARS scalars ${word} 1\nLOOKUP_TABLE default\n`,
    payload,
  );
}
