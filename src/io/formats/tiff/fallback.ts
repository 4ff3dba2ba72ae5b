/**
 * JPEG strips and tiles go to geotiff, which is loaded only then. It never sees the file: it reads a
 * TIFF of one strip made here from checked values, because what it allocates and follows is what the
 * bytes say.
 */
import { CodecError } from '../../codec-error.ts';
import { inspectJpeg } from './jpeg.ts';
import { type Page, voxelTypeOfPage } from './page.ts';
import { Compression, compressionName, FieldType, Tag } from './tags.ts';
import type { TiffFile } from './tiff-file.ts';

const MOST_TABLE_BYTES = 65_536;

/** Throws `file/unsupported` where no decoder knows the page's compression. */
export function assertFallbackKnows(file: TiffFile, page: Page): void {
  if (page.compression === Compression.jpeg && voxelTypeOfPage(page) === 'uint8') return;
  const bits = page.compression === Compression.jpeg ? `${page.bits}-bit ` : '';
  throw file.error(
    'file/unsupported',
    `page ${page.number} is compressed with ${bits}${compressionName(page.compression)}, which cannot be read here; save it as TIFF without compression or with LZW, Deflate or ZSTD.`,
  );
}

/** Tables that a page's strips share (JPEGTables), or null. */
export async function readJpegTables(file: TiffFile, page: Page): Promise<Uint8Array | null> {
  const field = page.jpegTables;
  if (field === null) return null;
  if (field.count > MOST_TABLE_BYTES) {
    throw file.malformed(`the JPEG tables of page ${page.number} are ${field.count} bytes`);
  }
  const values = await file.integers(field, `the JPEG tables of page ${page.number}`, field.count);
  return Uint8Array.from(values);
}

/**
 * Decodes one strip or tile of `rows` rows to 8-bit samples, samples of a pixel side by side.
 * Rejects with `CodecError`.
 */
export async function decodeJpeg(
  page: Page,
  stored: Uint8Array,
  tables: Uint8Array | null,
  rows: number,
  samples: number,
): Promise<Uint8Array> {
  const frame = inspectJpeg(stored);
  if (tables !== null && !inspectJpeg(tables).isTables) {
    throw new CodecError('its shared JPEG tables hold an image');
  }
  if (
    frame.width !== page.chunkWidth ||
    frame.height < rows ||
    frame.height > page.chunkHeight ||
    frame.components !== samples
  ) {
    throw new CodecError(
      `its JPEG data is ${frame.width} × ${frame.height} with ${frame.components} components instead of ${page.chunkWidth} × ${rows} with ${samples}`,
    );
  }
  const { fromArrayBuffer } = await import('geotiff');
  let decoded: unknown;
  try {
    const tiff = await fromArrayBuffer(
      wrapStrip(stored, tables, frame.width, frame.height, samples),
    );
    decoded = await (await tiff.getImage(0)).readRasters({ interleave: true });
  } catch (cause) {
    // It throws strings and plain errors that mean nothing to a user.
    throw new CodecError('its JPEG data cannot be decoded', { cause });
  }
  if (!(decoded instanceof Uint8Array) || decoded.length !== frame.width * frame.height * samples) {
    throw new CodecError('its JPEG data does not give 8-bit samples');
  }
  return decoded.subarray(0, frame.width * rows * samples);
}

/** A little-endian TIFF of one JPEG strip. */
function wrapStrip(
  stored: Uint8Array,
  tables: Uint8Array | null,
  width: number,
  height: number,
  samples: number,
): ArrayBuffer {
  const tableBytes = tables?.length ?? 0;
  const entries: [tag: number, type: number, count: number, value: number][] = [
    [Tag.imageWidth, FieldType.long, 1, width],
    [Tag.imageLength, FieldType.long, 1, height],
    [Tag.bitsPerSample, FieldType.short, 1, 8],
    [Tag.compression, FieldType.short, 1, Compression.jpeg],
    [Tag.photometric, FieldType.short, 1, samples === 3 ? 2 : 1],
    [Tag.stripOffsets, FieldType.long, 1, 0],
    [Tag.samplesPerPixel, FieldType.short, 1, samples],
    [Tag.rowsPerStrip, FieldType.long, 1, height],
    [Tag.stripByteCounts, FieldType.long, 1, stored.length],
  ];
  if (tables !== null) entries.push([Tag.jpegTables, FieldType.undefined, tableBytes, 0]);
  const bitsAt = 8 + 2 + 12 * entries.length + 4;
  const tablesAt = bitsAt + 2 * samples;
  const stripAt = tablesAt + tableBytes;
  const bytes = new Uint8Array(stripAt + stored.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x002a4949, true);
  view.setUint32(4, 8, true);
  view.setUint16(8, entries.length, true);
  entries.forEach(([tag, type, count, value], i) => {
    const at = 10 + 12 * i;
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, type, true);
    view.setUint32(at + 4, count, true);
    view.setUint32(at + 8, value, true);
    if (tag === Tag.stripOffsets) view.setUint32(at + 8, stripAt, true);
    if (tag === Tag.jpegTables) view.setUint32(at + 8, tablesAt, true);
    if (tag === Tag.bitsPerSample && samples > 1) {
      view.setUint32(at + 4, samples, true);
      // Two values fit the entry itself, more are elsewhere.
      view.setUint32(at + 8, samples === 2 ? 0x0008_0008 : bitsAt, true);
    }
  });
  for (let sample = 0; sample < samples; sample++) view.setUint16(bitsAt + 2 * sample, 8, true);
  if (tables !== null) bytes.set(tables, tablesAt);
  bytes.set(stored, stripAt);
  return bytes.buffer;
}
