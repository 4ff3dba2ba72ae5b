/** Decodes the strips or tiles of one page into a voxel array. */
import { isUserError } from '../../../errors/errors.ts';
import { allocateVoxels, type VoxelArray, voxelsFromBytes } from '../../../volume/volume.ts';
import { swapBytes, wordsOf } from '../../byte-order.ts';
import { type CodecKernels, loadCodecKernels } from '../../codec-kernels.ts';
import type { DecodeJob } from '../../decode-job.ts';
import { widenHalves } from '../../half-floats.ts';
import { CodecError } from '../../codec-error.ts';
import { decompress } from './codecs.ts';
import { decodeJpeg, readJpegTables } from './fallback.ts';
import {
  type ChunkGrid,
  type ChunkTable,
  chunkGrid,
  chunkName,
  type Page,
  storedRows,
  voxelTypeOfPage,
} from './page.ts';
import { LARGEST_WINDOW } from './read-ahead.ts';
import { reverseBits, undoDifferences, undoFloatPredictor, unpackRow } from './samples.ts';
import { Compression } from './tags.ts';
import type { TiffFile } from './tiff-file.ts';

/** A decoded strip or tile larger than this is not held in memory at once. */
const LARGEST_CHUNK = 1024 * 1024 * 1024;

/** Cancel and progress of a read, counted in decoded bytes. */
export class DecodeProgress {
  readonly #job: DecodeJob;
  readonly #total: number;
  #done = 0;

  constructor(job: DecodeJob, totalBytes: number) {
    this.#job = job;
    this.#total = totalBytes;
  }

  /** Throws where the user cancelled; lets the event loop turn now and then. */
  check(): Promise<void> {
    return this.#job.breathe();
  }

  advance(bytes: number): void {
    this.#done += bytes;
    this.#job.progress(this.#done / this.#total);
  }
}

/** Samples whose stored form, apart from the byte order, is their form in memory. */
function isPlain(page: Page): boolean {
  if (page.kind === 'float') return page.bits !== 16;
  return page.bits === 8 || page.bits === 16 || page.bits === 32 || page.bits === 64;
}

/**
 * Decodes a page into `out[from…]`: width × height × samples values, samples of a pixel side by
 * side, as stored (min-is-white is not inverted, palettes are not applied).
 */
export async function decodePage(
  file: TiffFile,
  page: Page,
  table: ChunkTable,
  out: VoxelArray,
  from: number,
  progress: DecodeProgress,
): Promise<void> {
  const jpegTables =
    page.compression === Compression.jpeg ? await readJpegTables(file, page) : null;
  const kernels = page.compression === Compression.none ? null : await loadCodecKernels();
  const grid = chunkGrid(page);
  const count = grid.across * grid.down * grid.planes;
  for (let index = 0; index < count; index++) {
    await progress.check();
    const row = Math.floor((index % (grid.across * grid.down)) / grid.across);
    const offset = table.offsets[index] ?? 0;
    const stored = table.byteCounts[index] ?? 0;
    const rows = storedRows(page, row);
    const chunk: ChunkPlace = {
      x: (index % grid.across) * page.chunkWidth,
      y: row * page.chunkHeight,
      plane: Math.floor(index / (grid.across * grid.down)),
      rows,
    };
    try {
      if (page.compression === Compression.none && !page.tiled && !page.planar && isPlain(page)) {
        await copyRawStrip(
          file,
          page,
          offset,
          grid.rowBytes * rows,
          out,
          from + rowStart(page, chunk),
          progress,
        );
        continue;
      }
      const size = grid.rowBytes * rows;
      if (size > LARGEST_CHUNK) {
        throw file.error(
          'file/limit',
          `${chunkName(page, index, count)} is ${size} bytes when decoded, the limit is ${LARGEST_CHUNK}; save it without compression.`,
        );
      }
      // No codec grows data by half: a longer byte count holds something else.
      const used = Math.min(stored, size + Math.ceil(size / 2) + 65_536);
      const input = await file.chunkWindow.read(offset, offset + used);
      const decoded =
        page.compression === Compression.jpeg
          ? decodeJpeg(page, input, jpegTables, rows, grid.samples)
          : decompress(page.compression, input, size, page.lowBitFirst, kernels);
      // Nothing may be awaited in between: kernels decode the next chunk into the same memory.
      placeChunk(
        file,
        page,
        grid,
        chunk,
        decoded instanceof Promise ? await decoded : decoded,
        out,
        from,
        kernels,
      );
    } catch (error) {
      throw asUserError(file, error, chunkName(page, index, count));
    }
    const visible =
      Math.min(rows, page.height - chunk.y) * Math.min(page.chunkWidth, page.width - chunk.x);
    progress.advance(visible * grid.samples * out.BYTES_PER_ELEMENT);
  }
}

interface ChunkPlace {
  readonly x: number;
  readonly y: number;
  readonly plane: number;
  readonly rows: number;
}

function rowStart(page: Page, chunk: ChunkPlace): number {
  return chunk.y * page.width * page.samples;
}

function asUserError(file: TiffFile, error: unknown, name: string): unknown {
  if (isUserError(error)) return error;
  if (error instanceof CodecError) return file.malformed(`${name}: ${error.message}`, error);
  if (error instanceof RangeError) {
    return file.error(
      'memory/over-budget',
      `there is not enough memory to decode ${name}; close other tabs or crop the file.`,
      error,
    );
  }
  return error;
}

/** Uncompressed strips go to their place in large pieces, without a strip-sized buffer. */
async function copyRawStrip(
  file: TiffFile,
  page: Page,
  offset: number,
  size: number,
  out: VoxelArray,
  from: number,
  progress: DecodeProgress,
): Promise<void> {
  const target = new Uint8Array(out.buffer, out.byteOffset + from * out.BYTES_PER_ELEMENT, size);
  for (let start = 0; start < size; start += LARGEST_WINDOW) {
    await progress.check();
    const end = Math.min(start + LARGEST_WINDOW, size);
    const bytes = await file.chunkWindow.read(offset + start, offset + end);
    if (bytes.length !== end - start) {
      throw file.truncated(`page ${page.number}`, offset + size);
    }
    const piece = target.subarray(start, end);
    piece.set(page.lowBitFirst ? reverseBits(bytes) : bytes);
    if (!file.header.littleEndian) swapBytes(wordsOf(piece, out.BYTES_PER_ELEMENT));
    progress.advance(end - start);
  }
}

/** Finishes a decoded chunk (byte order, predictor, packed bits) and copies its visible part. */
function placeChunk(
  file: TiffFile,
  page: Page,
  grid: ChunkGrid,
  chunk: ChunkPlace,
  decoded: Uint8Array,
  out: VoxelArray,
  from: number,
  kernels: CodecKernels | null,
): void {
  const rowSamples = page.chunkWidth * grid.samples;
  const visibleRows = Math.min(chunk.rows, page.height - chunk.y);
  const visibleSamples = Math.min(page.chunkWidth, page.width - chunk.x) * grid.samples;
  const samples = finishedSamples(file, page, grid, decoded, rowSamples, kernels);
  const pageRow = page.width * page.samples;
  if (!page.planar) {
    const first = from + chunk.y * pageRow + chunk.x * page.samples;
    if (visibleSamples === rowSamples && rowSamples === pageRow) {
      copySamples(samples.subarray(0, visibleRows * rowSamples), out, first);
      return;
    }
    for (let row = 0; row < visibleRows; row++) {
      copySamples(
        samples.subarray(row * rowSamples, row * rowSamples + visibleSamples),
        out,
        first + row * pageRow,
      );
    }
    return;
  }
  for (let row = 0; row < visibleRows; row++) {
    let to = from + (chunk.y + row) * pageRow + chunk.x * page.samples + chunk.plane;
    for (let i = row * rowSamples; i < row * rowSamples + visibleSamples; i++) {
      (out as Float32Array)[to] = (samples as Float32Array)[i]!;
      to += page.samples;
    }
  }
}

function copySamples(samples: VoxelArray, out: VoxelArray, at: number): void {
  // `samples` has the constructor of `out`, see `finishedSamples`.
  (out as Float32Array).set(samples as Float32Array, at);
}

/** The samples of a chunk as an array of the page's voxel type. */
function finishedSamples(
  file: TiffFile,
  page: Page,
  grid: ChunkGrid,
  decoded: Uint8Array,
  rowSamples: number,
  kernels: CodecKernels | null,
): VoxelArray {
  const rows = Math.floor(decoded.length / grid.rowBytes);
  const type = voxelTypeOfPage(page);
  const half = page.kind === 'float' && page.bits === 16;
  if (!half && !isPlain(page)) {
    const unpacked = allocateVoxels(type, rows * rowSamples) as Int32Array;
    for (let row = 0; row < rows; row++) {
      const bytes = decoded.subarray(row * grid.rowBytes, (row + 1) * grid.rowBytes);
      unpackRow(
        bytes,
        rowSamples,
        page.bits,
        page.kind === 'int',
        file.header.littleEndian,
        unpacked,
        row * rowSamples,
      );
    }
    return unpacked;
  }
  const width = page.bits / 8;
  // What follows works in place on aligned bytes: codecs return arrays that are free to use, uncompressed chunks
  // are views of the read-ahead window.
  const bytes = page.compression === Compression.none ? decoded.slice() : decoded;
  if (page.predictor === 3) {
    undoFloatPredictor(bytes, grid.rowBytes, width, grid.samples);
  } else {
    const words = wordsOf(bytes, width);
    if (!file.header.littleEndian) swapBytes(words);
    if (page.predictor === 2) {
      const isDone = grid.samples === 1 && kernels?.undoDifferences(words, rowSamples) === true;
      if (!isDone) undoDifferences(words, rowSamples, grid.samples);
    }
  }
  if (half) {
    const widened = new Float32Array(rows * rowSamples);
    widenHalves(wordsOf(bytes, 2) as Uint16Array, widened, 0);
    return widened;
  }
  return voxelsFromBytes(type, bytes, rows * rowSamples);
}
