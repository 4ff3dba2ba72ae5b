/**
 * Pages in codecs that are not decoded here (JPEG, LERC, WebP) go to geotiff, which is loaded only
 * then. It is kept away from everything else: it accepts page lists that run in circles and some
 * LZW data ends its host.
 */
import type { GeoTIFF } from 'geotiff';
import { isUserError } from '../../../errors/errors.ts';
import type { VoxelArray } from '../../../volume/volume.ts';
import type { Page } from './page.ts';
import { Compression, compressionName } from './tags.ts';
import type { TiffFile } from './tiff-file.ts';

const FALLBACK_CODECS: ReadonlySet<number> = new Set([
  Compression.jpeg,
  Compression.lerc,
  Compression.webp,
]);

const opened = new WeakMap<TiffFile, Promise<GeoTIFF>>();

async function openByFallback(file: TiffFile): Promise<GeoTIFF> {
  const { GeoTIFF: Reader } = await import('geotiff');
  const { source } = file;
  const fetchSlice = async ({ offset, length }: { offset: number; length: number }) =>
    (await source.read(offset, Math.min(offset + length, source.size))).slice().buffer;
  return Reader.fromSource({
    fetch: (slices: readonly { offset: number; length: number }[]) =>
      Promise.all(slices.map(fetchSlice)),
    fileSize: source.size,
    close: () => Promise.resolve(),
  } as unknown as Parameters<typeof Reader.fromSource>[0]);
}

function unsupported(file: TiffFile, page: Page, cause?: unknown): Error {
  return file.error(
    'file/unsupported',
    `page ${page.number} is compressed with ${compressionName(page.compression)}, which cannot be read here; save it as TIFF without compression or with LZW, Deflate or ZSTD.`,
    cause,
  );
}

/** Throws `file/unsupported` where no reader knows the page's compression. */
export function assertFallbackKnows(file: TiffFile, page: Page): void {
  if (!FALLBACK_CODECS.has(page.compression)) throw unsupported(file, page);
}

export async function decodeByFallback(
  file: TiffFile,
  page: Page,
  out: VoxelArray,
  from: number,
): Promise<void> {
  assertFallbackKnows(file, page);
  try {
    let reader = opened.get(file);
    if (reader === undefined) {
      reader = openByFallback(file);
      opened.set(file, reader);
    }
    const image = await (await reader).getImage(page.number - 1);
    const samples = (await image.readRasters({ interleave: true })) as unknown as VoxelArray;
    if (
      samples.constructor !== out.constructor ||
      samples.length !== page.width * page.height * page.samples
    ) {
      throw unsupported(file, page);
    }
    (out as Float32Array).set(samples as Float32Array, from);
  } catch (error) {
    if (isUserError(error)) throw error;
    // The fallback throws strings and plain errors that mean nothing to a user.
    throw unsupported(file, page, error);
  }
}
