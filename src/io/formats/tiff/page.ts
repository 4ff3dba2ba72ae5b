/** One page: its size, sample type and how its samples are stored in strips or tiles. */
import type { VoxelType } from '../../../volume/volume.ts';
import { Compression, compressionName, largestRatio, Tag } from './tags.ts';
import type { Directory, Field, TiffFile } from './tiff-file.ts';

export type SampleKind = 'uint' | 'int' | 'float';

export interface Page {
  /** From 1, in file order, as the user counts. */
  readonly number: number;
  readonly width: number;
  readonly height: number;
  readonly samples: number;
  readonly bits: number;
  readonly kind: SampleKind;
  readonly compression: number;
  /** 1 none, 2 horizontal differences, 3 floating point. */
  readonly predictor: number;
  /** The lowest bit of each stored byte comes first (FillOrder 2). */
  readonly lowBitFirst: boolean;
  readonly photometric: number;
  /** Each sample in its own plane (PlanarConfiguration 2). */
  readonly planar: boolean;
  readonly orientation: number;
  readonly reduced: boolean;
  readonly mask: boolean;
  readonly tiled: boolean;
  /** Size of a strip (full width) or tile in pixels. */
  readonly chunkWidth: number;
  readonly chunkHeight: number;
  readonly offsets: Field;
  readonly byteCounts: Field | null;
  readonly jpegTables: Field | null;
}

/** The voxel type that holds a page's samples exactly; half floats widen to float32. */
export function voxelTypeOfPage(page: Page): VoxelType {
  if (page.kind === 'float') return page.bits === 64 ? 'float64' : 'float32';
  const width = page.bits <= 8 ? 8 : page.bits <= 16 ? 16 : page.bits <= 32 ? 32 : 64;
  return `${page.kind}${width}`;
}

/** "512 × 512 uint16", with the sample count where it is not 1. */
export function describePage(page: Page): string {
  const type = page.bits === 16 && page.kind === 'float' ? 'float16' : voxelTypeOfPage(page);
  const samples = page.samples === 1 ? '' : ` with ${page.samples} samples`;
  return `${page.width} × ${page.height} ${type}${samples}`;
}

export function hasSameSamples(a: Page, b: Page): boolean {
  return (
    a.width === b.width &&
    a.height === b.height &&
    a.samples === b.samples &&
    a.bits === b.bits &&
    a.kind === b.kind
  );
}

const MOST_SAMPLES = 65_535;

export async function readPage(file: TiffFile, directory: Directory): Promise<Page> {
  const { fields, number } = directory;
  const where = `page ${number}`;
  const integer = async (tag: number, fallback: number | null, name: string): Promise<number> => {
    const field = fields.get(tag);
    if (field === undefined) {
      if (fallback !== null) return fallback;
      throw file.malformed(`${where} does not state its ${name}`);
    }
    const value = (await file.integers(field, `the ${name} of ${where}`, 1))[0];
    if (value === undefined || !Number.isSafeInteger(value) || value < 0) {
      throw file.malformed(`the ${name} of ${where} is not a count`);
    }
    return value;
  };
  /** A field with one value for each sample, which must be the same for all. */
  const forAllSamples = async (tag: number, fallback: number, name: string): Promise<number> => {
    const field = fields.get(tag);
    if (field === undefined) return fallback;
    const values = await file.integers(field, `the ${name} of ${where}`, samples);
    const first = values[0] ?? fallback;
    if (values.some((value) => value !== first)) {
      throw file.error(
        'file/unsupported',
        `${where} mixes samples of different ${name}, which is not supported; export it as one grey channel.`,
      );
    }
    return first;
  };

  const width = await integer(Tag.imageWidth, null, 'width');
  const height = await integer(Tag.imageLength, null, 'height');
  if (width === 0 || height === 0) {
    throw file.error(
      'volume/no-voxels',
      `${where} has no pixels, its size is ${width} × ${height}; export it again.`,
    );
  }
  const samples = await integer(Tag.samplesPerPixel, 1, 'number of samples');
  if (samples === 0 || samples > MOST_SAMPLES) {
    throw file.malformed(`${where} declares ${samples} samples for each pixel`);
  }
  const bits = await forAllSamples(Tag.bitsPerSample, 1, 'bit depth');
  const kind = sampleKind(
    file,
    where,
    await forAllSamples(Tag.sampleFormat, 1, 'sample format'),
    bits,
  );

  const compression = await integer(Tag.compression, Compression.none, 'compression');
  const planar =
    (await integer(Tag.planarConfiguration, 1, 'planar configuration')) === 2 && samples > 1;
  const tileOffsets = fields.get(Tag.tileOffsets);
  const stripOffsets = fields.get(Tag.stripOffsets);
  const tiled = fields.has(Tag.tileWidth) && (tileOffsets ?? stripOffsets) !== undefined;
  const offsets = tiled ? (tileOffsets ?? stripOffsets) : (stripOffsets ?? tileOffsets);
  if (offsets === undefined) {
    throw file.malformed(`${where} does not state where its pixels are`);
  }
  let chunkWidth = width;
  let chunkHeight = height;
  if (tiled) {
    chunkWidth = await integer(Tag.tileWidth, null, 'tile width');
    chunkHeight = await integer(Tag.tileLength, null, 'tile height');
  } else {
    // Absent and 2^32 - 1 both mean one strip.
    chunkHeight = Math.min(await integer(Tag.rowsPerStrip, height, 'rows per strip'), height);
  }
  if (chunkWidth === 0 || chunkHeight === 0) {
    throw file.malformed(`the strips or tiles of ${where} have no size`);
  }
  const subfile = await integer(Tag.newSubfileType, 0, 'subfile type');
  const oldSubfile = await integer(Tag.subfileType, 1, 'subfile type');
  return {
    number,
    width,
    height,
    samples,
    bits,
    kind,
    compression,
    predictor: hasPredictor(compression)
      ? await checkedPredictor(
          file,
          where,
          await integer(Tag.predictor, 1, 'predictor'),
          bits,
          kind,
        )
      : 1,
    lowBitFirst: (await integer(Tag.fillOrder, 1, 'fill order')) === 2,
    photometric: await integer(Tag.photometric, 1, 'photometric interpretation'),
    planar,
    orientation: await integer(Tag.orientation, 1, 'orientation'),
    reduced: (subfile & 1) !== 0 || oldSubfile === 2,
    mask: (subfile & 4) !== 0,
    tiled,
    chunkWidth,
    chunkHeight,
    offsets,
    byteCounts: fields.get(Tag.tileByteCounts) ?? fields.get(Tag.stripByteCounts) ?? null,
    jpegTables: fields.get(Tag.jpegTables) ?? null,
  };
}

function sampleKind(file: TiffFile, where: string, format: number, bits: number): SampleKind {
  const unsupported = (what: string): Error =>
    file.error(
      'file/unsupported',
      `${where} holds ${what}, which is not supported; convert it to 8-bit, 16-bit or 32-bit float.`,
    );
  if (format === 3) {
    if (bits !== 16 && bits !== 32 && bits !== 64) throw unsupported(`${bits}-bit floats`);
    return 'float';
  }
  if (format === 5 || format === 6) throw unsupported('complex numbers');
  if (!(bits >= 1 && bits <= 32) && bits !== 64) throw unsupported(`${bits}-bit integers`);
  // Format 4 (undefined) and unknown ones are read as what the bits are.
  return format === 2 ? 'int' : 'uint';
}

/** As in libtiff: a predictor tag means nothing beside the other codecs. */
function hasPredictor(compression: number): boolean {
  return (
    compression === Compression.lzw ||
    compression === Compression.adobeDeflate ||
    compression === Compression.deflate ||
    compression === Compression.zstd
  );
}

async function checkedPredictor(
  file: TiffFile,
  where: string,
  predictor: number,
  bits: number,
  kind: SampleKind,
): Promise<number> {
  if (predictor === 0 || predictor === 1) return 1;
  if (predictor === 2 && (bits === 8 || bits === 16 || bits === 32 || bits === 64)) return 2;
  if (predictor === 3 && kind === 'float') return 3;
  throw file.error(
    'file/unsupported',
    `${where} uses predictor ${predictor} on ${bits}-bit samples, which is not supported; save it without compression.`,
  );
}

/** Where the stored bytes of a page's chunks are, in chunk order (plane, row, column). */
export interface ChunkTable {
  readonly offsets: Float64Array;
  readonly byteCounts: Float64Array;
}

export interface ChunkGrid {
  readonly across: number;
  readonly down: number;
  readonly planes: number;
  /** Samples side by side in a chunk: 1 for planar pages. */
  readonly samples: number;
  readonly rowBytes: number;
}

export function chunkGrid(page: Page): ChunkGrid {
  const samples = page.planar ? 1 : page.samples;
  return {
    across: Math.ceil(page.width / page.chunkWidth),
    down: Math.ceil(page.height / page.chunkHeight),
    planes: page.planar ? page.samples : 1,
    samples,
    rowBytes: Math.ceil((page.chunkWidth * samples * page.bits) / 8),
  };
}

/** Rows that chunk row `row` stores: the last strip is short, tiles are always whole. */
export function storedRows(page: Page, row: number): number {
  return page.tiled
    ? page.chunkHeight
    : Math.min(page.chunkHeight, page.height - row * page.chunkHeight);
}

export function chunkName(page: Page, index: number, count: number): string {
  const what = page.tiled ? 'tile' : 'strip';
  return count === 1 ? `page ${page.number}` : `${what} ${index + 1} of page ${page.number}`;
}

/**
 * Reads and checks where a page's chunks are: all inside the file, and none declared larger than
 * its bytes can become. What passes can be allocated.
 */
export async function readChunkTable(file: TiffFile, page: Page): Promise<ChunkTable> {
  const grid = chunkGrid(page);
  const perPlane = grid.across * grid.down;
  const count = perPlane * grid.planes;
  const where = `page ${page.number}`;
  if (count > page.offsets.count) {
    // Also what a giant declared size runs into, before any table is allocated.
    throw file.malformed(
      `${where} declares ${page.width} × ${page.height} pixels in ${count} strips or tiles but lists ${page.offsets.count}`,
    );
  }
  const offsets = await file.integers(page.offsets, `the list of strips of ${where}`, count);
  const raw = page.compression === Compression.none;
  const ratio = largestRatio(page.compression);
  let byteCounts: Float64Array;
  if (page.byteCounts === null) {
    byteCounts = guessByteCounts(file, page, offsets, count);
  } else {
    if (page.byteCounts.count < count) {
      throw file.malformed(
        `${where} lists ${count} strips or tiles but ${page.byteCounts.count} sizes`,
      );
    }
    byteCounts = await file.integers(page.byteCounts, `the list of strip sizes of ${where}`, count);
  }
  for (let i = 0; i < count; i++) {
    const rows = storedRows(page, Math.floor((i % perPlane) / grid.across));
    const needed = rows * grid.rowBytes;
    const offset = offsets[i] ?? 0;
    let stored = byteCounts[i] ?? 0;
    if (raw && count === 1 && stored < needed) {
      // A wrong size of a single raw strip says nothing: the declared pixels do (as in libtiff).
      stored = needed;
      byteCounts[i] = needed;
    }
    const name = chunkName(page, i, count);
    if (raw && stored > needed) {
      stored = needed;
      byteCounts[i] = needed;
    }
    if (
      !Number.isSafeInteger(offset) ||
      !Number.isSafeInteger(stored) ||
      offset < 0 ||
      stored < 0
    ) {
      throw file.malformed(`the place of ${name} is not a position in a file`);
    }
    if (offset + stored > file.source.size) throw file.truncated(name, offset + stored);
    // A few bytes of grace: the bounds hold for streams, not for their last byte.
    if (needed > ratio * (raw ? stored : stored + 16)) {
      throw file.malformed(
        `${name} declares ${needed} bytes of pixels, more than its ${stored} stored bytes (${compressionName(page.compression)}) can hold`,
      );
    }
  }
  return { offsets, byteCounts };
}

/** Sizes of chunks whose sizes are not listed: the rest up to the next chunk. */
function guessByteCounts(
  file: TiffFile,
  page: Page,
  offsets: Float64Array,
  count: number,
): Float64Array {
  const grid = chunkGrid(page);
  const byteCounts = new Float64Array(count);
  if (page.compression === Compression.none) {
    for (let i = 0; i < count; i++) {
      const row = Math.floor((i % (grid.across * grid.down)) / grid.across);
      byteCounts[i] = storedRows(page, row) * grid.rowBytes;
    }
    return byteCounts;
  }
  const sorted = Float64Array.from(offsets).sort();
  for (let i = 0; i < count; i++) {
    const offset = offsets[i] ?? 0;
    let next = file.source.size;
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] ?? 0) > offset) high = middle;
      else low = middle + 1;
    }
    if (low < count) next = sorted[low] ?? next;
    byteCounts[i] = Math.max(0, next - offset);
  }
  return byteCounts;
}
