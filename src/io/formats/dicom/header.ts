/**
 * The data elements of a DICOM file before its pixels (PS3.5 §7, PS3.10 §7): explicit and implicit
 * value representations, both byte orders, sequences skipped.
 */
import { UserError } from '../../../errors/errors.ts';
import { ByteCursor, ByteRangeError } from '../../byte-cursor.ts';

/** Elements that are read, by group and element. */
export const Tag = {
  TransferSyntax: 0x0002_0010,
  SliceThickness: 0x0018_0050,
  SpacingBetweenSlices: 0x0018_0088,
  SeriesUid: 0x0020_000e,
  InstanceNumber: 0x0020_0013,
  Position: 0x0020_0032,
  Orientation: 0x0020_0037,
  SamplesPerPixel: 0x0028_0002,
  Frames: 0x0028_0008,
  Rows: 0x0028_0010,
  Columns: 0x0028_0011,
  PixelSpacing: 0x0028_0030,
  BitsAllocated: 0x0028_0100,
  BitsStored: 0x0028_0101,
  HighBit: 0x0028_0102,
  IsSigned: 0x0028_0103,
  Intercept: 0x0028_1052,
  Slope: 0x0028_1053,
  Modality: 0x0008_0060,
  SeriesDescription: 0x0008_103e,
} as const;

const PIXEL_DATA = 0x7fe0_0010;
const ITEM = 0xfffe_e000;
const ITEM_END = 0xfffe_e00d;
const SEQUENCE_END = 0xfffe_e0dd;
const UNDEFINED = 0xffff_ffff;
const PREAMBLE_BYTES = 132;
const MAX_VALUE_BYTES = 64 * 1024;
const MAX_DEPTH = 16;

const LONG_FORMS: ReadonlySet<string> = new Set([
  'OB',
  'OD',
  'OF',
  'OL',
  'OV',
  'OW',
  'SQ',
  'SV',
  'UC',
  'UN',
  'UR',
  'UT',
  'UV',
]);

const READ_TAGS: ReadonlySet<number> = new Set(Object.values(Tag));

const COMPRESSED: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.2.1.99': 'deflate',
  '1.2.840.10008.1.2.5': 'run lengths',
};

export interface DicomHeader {
  /** Raw bytes of the elements in `Tag` that are there. */
  readonly elements: ReadonlyMap<number, Uint8Array>;
  readonly bigEndian: boolean;
  readonly pixelsAt: number;
  readonly pixelBytes: number;
}

export function isDicom(head: Uint8Array): boolean {
  return String.fromCharCode(...head.subarray(128, 132)) === 'DICM';
}

interface Encoding {
  readonly explicit: boolean;
  readonly bigEndian: boolean;
}

interface Element {
  readonly tag: number;
  readonly length: number;
  readonly isSequence: boolean;
}

/**
 * Parses the beginning of a file, which must reach to its pixels. Throws `file/malformed` where it
 * does not, and `file/unsupported` for compressed pixels.
 */
export function parseDicom(bytes: Uint8Array, file: string): DicomHeader {
  const elements = new Map<number, Uint8Array>();
  try {
    const meta = new ByteCursor(bytes, true);
    meta.seek(PREAMBLE_BYTES);
    readGroup2(meta, elements);
    const encoding = encodingOf(textOf(elements.get(Tag.TransferSyntax)), file);
    const cursor = new ByteCursor(bytes, !encoding.bigEndian);
    cursor.seek(meta.position);
    for (;;) {
      const element = readElement(cursor, encoding);
      if (element.tag === PIXEL_DATA) {
        if (element.length === UNDEFINED) throw compressedPixels(file, 'JPEG or the like');
        const { bigEndian } = encoding;
        return { elements, bigEndian, pixelsAt: cursor.position, pixelBytes: element.length };
      }
      takeValue(cursor, element, encoding, elements);
    }
  } catch (error) {
    if (!(error instanceof ByteRangeError)) throw error;
    throw new UserError(
      'file/malformed',
      `${file} is damaged: its data elements end before any pixels; get a fresh copy of the DICOM file.`,
      { file },
      error,
    );
  }
}

const EXPLICIT_LITTLE: Encoding = { explicit: true, bigEndian: false };

/** The file meta information: always explicit, little-endian, group 2. */
function readGroup2(cursor: ByteCursor, elements: Map<number, Uint8Array>): void {
  for (;;) {
    const start = cursor.position;
    const element = readElement(cursor, EXPLICIT_LITTLE);
    if (element.tag >>> 16 !== 2) {
      cursor.seek(start);
      return;
    }
    takeValue(cursor, element, EXPLICIT_LITTLE, elements);
  }
}

function encodingOf(syntax: string, file: string): Encoding {
  switch (syntax) {
    case '1.2.840.10008.1.2':
      return { explicit: false, bigEndian: false };
    case '1.2.840.10008.1.2.1':
      return EXPLICIT_LITTLE;
    case '1.2.840.10008.1.2.2':
      return { explicit: true, bigEndian: true };
    default:
      throw compressedPixels(file, COMPRESSED[syntax] ?? `transfer syntax ${syntax.slice(0, 64)}`);
  }
}

function compressedPixels(file: string, how: string): UserError {
  return new UserError(
    'file/unsupported',
    `${file} holds compressed pixels (${how}); export the series without compression.`,
    { file },
  );
}

function readElement(cursor: ByteCursor, { explicit }: Encoding): Element {
  const tag = cursor.uint16() * 0x1_0000 + cursor.uint16();
  if (tag >>> 16 === 0xfffe || !explicit) {
    const length = cursor.uint32();
    return { tag, length, isSequence: length === UNDEFINED };
  }
  const form = cursor.latin1(2);
  if (!LONG_FORMS.has(form)) return { tag, length: cursor.uint16(), isSequence: false };
  cursor.skip(2);
  const length = cursor.uint32();
  return { tag, length, isSequence: form === 'SQ' || length === UNDEFINED };
}

function takeValue(
  cursor: ByteCursor,
  element: Element,
  encoding: Encoding,
  elements: Map<number, Uint8Array>,
): void {
  if (element.isSequence && element.length === UNDEFINED) {
    skipSequence(cursor, encoding, 0);
    return;
  }
  if (READ_TAGS.has(element.tag) && element.length <= MAX_VALUE_BYTES) {
    elements.set(element.tag, cursor.bytes(element.length));
  } else {
    cursor.skip(element.length);
  }
}

function skipSequence(cursor: ByteCursor, encoding: Encoding, depth: number): void {
  for (;;) {
    const item = readElement(cursor, encoding);
    if (item.tag === SEQUENCE_END) return;
    if (item.length !== UNDEFINED) cursor.skip(item.length);
    else if (item.tag === ITEM && depth < MAX_DEPTH) skipItem(cursor, encoding, depth);
    else throw new ByteRangeError(cursor.position, 1);
  }
}

function skipItem(cursor: ByteCursor, encoding: Encoding, depth: number): void {
  for (;;) {
    const element = readElement(cursor, encoding);
    if (element.tag === ITEM_END) return;
    if (element.length === UNDEFINED) skipSequence(cursor, encoding, depth + 1);
    else cursor.skip(element.length);
  }
}

/** Text without its padding; '' where the element is not there. */
export function textOf(value: Uint8Array | undefined): string {
  return value === undefined
    ? ''
    : new TextDecoder('latin1')
        .decode(value)
        .replace(/[\0 ]+$/, '')
        .trim();
}
