/** Which pages of a file make the volume, and what its header says about them. */
import { cancelled, isUserError, type UserError } from '../../../errors/errors.ts';
import type { Phase, Size3, Vector3 } from '../../../volume/volume.ts';
import type { VolumeMetadata } from '../../format.ts';
import { isOwnCodec } from './codecs.ts';
import { assertFallbackKnows } from './fallback.ts';
import { greyCalibration, type ImageJDescription, parseImageJDescription } from './imagej.ts';
import { statedPhases } from './label-phases.ts';
import { isOmeXml, type OmeDescription, parseOmeDescription } from './ome.ts';
import {
  type ChunkTable,
  chunkGrid,
  describePage,
  hasSameSamples,
  type Page,
  readChunkTable,
  readPage,
  voxelTypeOfPage,
} from './page.ts';
import { Compression, compressionName, largestRatio, photometricName, Tag } from './tags.ts';
import { type Directory, TiffFile } from './tiff-file.ts';
import { findVoxelSize, pixelSize, type Resolution } from './voxel-size.ts';

const MOST_TEXT = 4096;
const MOST_OME_BYTES = 16 * 1024 * 1024;
/** Chunk tables up to this many entries are kept between checking and decoding. */
const KEPT_TABLE_ENTRIES = 1_000_000;

/** The slices of a volume in z order. */
export interface Stack {
  readonly file: TiffFile;
  readonly pages: readonly Page[];
  /** Where each page's chunks are; null = read it again (see `KEPT_TABLE_ENTRIES`). */
  readonly tables: readonly (ChunkTable | null)[];
  readonly size: Size3;
  readonly metadata: VolumeMetadata;
  readonly origin: Vector3;
  readonly kind: 'grey' | 'labels';
  readonly phases: readonly Phase[];
  /** Why the pages are no scalar volume, to be thrown when one is asked for; else null. */
  readonly refusal: UserError | null;
}

interface Description {
  readonly imageJ: ImageJDescription | null;
  readonly ome: OmeDescription | null;
  readonly resolution: Resolution | null;
  readonly tags: Record<string, string>;
}

/** Header text for show: no control or direction characters, at most 4 KiB. */
function shownText(text: string): string {
  const clean = text
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .trim();
  return clean.length > MOST_TEXT ? `${clean.slice(0, MOST_TEXT - 1)}…` : clean;
}

async function describe(
  file: TiffFile,
  directory: Directory,
  page: Page,
  warnings: string[],
): Promise<Description> {
  const { fields, number } = directory;
  const where = `page ${number}`;
  const text = async (tag: number, name: string, most: number): Promise<string | null> => {
    const field = fields.get(tag);
    return field === undefined ? null : file.text(field, `the ${name} of ${where}`, most);
  };
  const tags: Record<string, string> = {
    container: file.header.big ? 'BigTIFF' : 'TIFF',
    compression: compressionName(page.compression),
    photometric: photometricName(page.photometric),
  };
  const note = (key: string, value: string | null): void => {
    const shown = value === null ? '' : shownText(value);
    if (shown !== '') tags[key] = shown;
  };
  const description = await text(Tag.imageDescription, 'description', MOST_OME_BYTES);
  note('description', description);
  for (const [key, tag] of [
    ['software', Tag.software],
    ['date', Tag.dateTime],
    ['artist', Tag.artist],
    ['make', Tag.make],
    ['model', Tag.model],
  ] as const) {
    try {
      note(key, await text(tag, key, 4 * MOST_TEXT));
    } catch (error) {
      if (!isUserError(error)) throw error;
      warnings.push(`The ${key} in the header lies outside the file and is left out.`);
    }
  }
  const x = fields.get(Tag.xResolution);
  const y = fields.get(Tag.yResolution) ?? x;
  let resolution: Resolution | null = null;
  if (x !== undefined && y !== undefined) {
    const perX = await file.real(x, `the resolution of ${where}`);
    const perY = await file.real(y, `the resolution of ${where}`);
    const unitField = fields.get(Tag.resolutionUnit);
    const unit =
      unitField === undefined
        ? 2
        : ((await file.integers(unitField, `the resolution unit of ${where}`, 1))[0] ?? 2);
    resolution = {
      pixelX: pixelSize(perX.numerator, perX.denominator),
      pixelY: pixelSize(perY.numerator, perY.denominator),
      unit,
    };
  }
  const isOme = description !== null && isOmeXml(description);
  return {
    imageJ: description === null ? null : parseImageJDescription(description),
    ome: isOme ? parseOmeDescription(description) : null,
    resolution,
    tags,
  };
}

/** Reads all directories and decides which pages are slices. */
export async function readStack(file: TiffFile, signal: AbortSignal | undefined): Promise<Stack> {
  const warnings: string[] = [];
  const { pages, description } = await readPages(file, signal, warnings);
  const first = pages[0];
  if (first === undefined || description === null) {
    throw file.error('volume/no-voxels', 'it has no pages; export the stack again.');
  }
  if (!isOwnCodec(first.compression)) assertFallbackKnows(file, first);

  const slices = arrangeSlices(file, pages, description, warnings);
  const different = slices.find((page) => !hasSameSamples(page, first));
  if (different !== undefined) {
    throw file.error(
      'file/mixed-slices',
      `page ${different.number} is ${describePage(different)} but page ${first.number} is ${describePage(first)}; a volume needs slices of one size and type, remove or convert the other pages.`,
    );
  }
  const tables = await checkTables(file, slices, signal);
  noteOddities(pages, description.imageJ, warnings);

  const depth = dimensions(description, slices.length, warnings);
  const found = findVoxelSize(
    description.imageJ,
    description.ome,
    description.resolution,
    slices.length,
  );
  const stated = statedPhases(description.imageJ?.values ?? new Map());
  const size: Size3 = [first.width, first.height, slices.length];
  return {
    file,
    pages: slices,
    tables,
    size,
    origin: found.origin,
    kind: stated.kind ?? 'grey',
    phases: stated.phases,
    refusal: refusal(file, first, depth),
    metadata: {
      format: 'tiff',
      size: [first.width, first.height, depth.slices],
      type: voxelTypeOfPage(first),
      channels: first.samples * depth.channels,
      spacing: found.spacing,
      spacingSource: found.source,
      tags: {
        ...description.tags,
        ...found.tags,
        ...(stated.kind === null ? {} : { 'tauscope kind': stated.kind }),
      },
      warnings: [...warnings, ...found.warnings],
    },
  };
}

async function readPages(
  file: TiffFile,
  signal: AbortSignal | undefined,
  warnings: string[],
): Promise<{ pages: Page[]; description: Description | null }> {
  const pages: Page[] = [];
  let small: { directory: Directory; page: Page } | null = null;
  let description: Description | null = null;
  let skipped = 0;
  let firstSkipped = 0;
  for await (const directory of file.directories(signal)) {
    const page = await readPage(file, directory);
    if (page.reduced || page.mask) {
      small ??= { directory, page };
      firstSkipped ||= page.number;
      skipped++;
      continue;
    }
    description ??= await describe(file, directory, page, warnings);
    pages.push(page);
  }
  if (pages.length === 0 && small !== null) {
    // A file whose only pages are marked as previews: they are all there is.
    warnings.push('All pages are marked as previews; the first one is read.');
    return {
      pages: [small.page],
      description: await describe(file, small.directory, small.page, warnings),
    };
  }
  if (skipped > 0) {
    warnings.push(
      skipped === 1
        ? `Page ${firstSkipped} is marked as a preview or mask and is left out.`
        : `${skipped} pages (the first is ${firstSkipped}) are marked as previews or masks and are left out.`,
    );
  }
  return { pages, description };
}

/** The pages in z order: ImageJ's one-directory stacks are spread out, OME's order is applied. */
function arrangeSlices(
  file: TiffFile,
  pages: readonly Page[],
  description: Description,
  warnings: string[],
): readonly Page[] {
  const first = pages[0] as Page;
  const { imageJ, ome } = description;
  if (imageJ !== null && imageJ.images > 1 && pages.length === 1) {
    return spreadImageJ(file, first, imageJ.images, warnings);
  }
  if (imageJ !== null && imageJ.images > 1 && imageJ.images !== pages.length) {
    warnings.push(
      `The ImageJ description announces ${imageJ.images} images but the file has ${pages.length} pages; the pages are read.`,
    );
  }
  return ome === null ? pages : orderOme(pages, ome, warnings);
}

/**
 * ImageJ writes stacks above 4 GB with one directory: the other slices follow the first without a
 * gap. `first` becomes one page for each of them.
 */
function spreadImageJ(
  file: TiffFile,
  first: Page,
  images: number,
  warnings: string[],
): readonly Page[] {
  const grid = chunkGrid(first);
  const sliceBytes = grid.rowBytes * first.height;
  const start = first.offsets.single;
  const oneStrip = !first.tiled && !first.planar && first.chunkHeight >= first.height;
  if (first.compression !== Compression.none || !oneStrip || start === null) {
    warnings.push(
      `The ImageJ description announces ${images} images but the file has one page; it is read alone.`,
    );
    return [first];
  }
  const end = start + images * sliceBytes;
  if (end > file.source.size) {
    const left = file.source.size - start - sliceBytes;
    // A single slice that kept the text of its stack has at most a directory after its pixels.
    if (left < sliceBytes / 2) {
      warnings.push(
        `The ImageJ description announces ${images} images but the file holds one; it is read alone.`,
      );
      return [first];
    }
    const slice = Math.max(1, Math.floor((file.source.size - start) / sliceBytes) + 1);
    throw file.truncated(`slice ${slice} of ${images}`, end);
  }
  return Array.from({ length: images }, (_, index) => ({
    ...first,
    offsets: { ...first.offsets, single: start + index * sliceBytes },
    byteCounts: null,
  }));
}

/** Applies the order of OME's TiffData where it names each slice of a plain z stack once. */
function orderOme(
  pages: readonly Page[],
  ome: OmeDescription,
  warnings: string[],
): readonly Page[] {
  const planes = ome.sizeZ * ome.sizeC * ome.sizeT;
  if (ome.otherFiles.length > 1) {
    warnings.push(
      `The OME-XML spreads this image over ${ome.otherFiles.length} files; only the pages of this one are read.`,
    );
    return pages;
  }
  if (planes > pages.length) {
    warnings.push(
      `The OME-XML announces ${planes} planes but the file has ${pages.length} pages; the pages are read.`,
    );
    return pages;
  }
  if (ome.images > 1 && planes < pages.length) {
    warnings.push(
      `The file holds ${ome.images} OME images; only the first (${planes} pages) is read.`,
    );
  } else if (planes < pages.length) {
    warnings.push(
      `The OME-XML announces ${planes} planes but the file has ${pages.length} pages; all are read.`,
    );
    return pages;
  }
  if (ome.sizeC !== 1 || ome.sizeT !== 1) return pages.slice(0, planes);
  const ordered = new Array<Page | undefined>(planes).fill(undefined);
  for (const { firstPage, firstZ, count } of ome.planes) {
    const planesHere = count ?? planes - firstZ;
    for (let i = 0; i < planesHere && firstZ + i < planes; i++) {
      ordered[firstZ + i] ??= pages[firstPage + i];
    }
  }
  const complete = ordered.filter((page) => page !== undefined);
  const distinct = new Set(complete.map((page) => page.number)).size;
  return complete.length === planes && distinct === planes ? complete : pages.slice(0, planes);
}

/** Reads and checks all chunk tables, and that together they can fill the volume. */
async function checkTables(
  file: TiffFile,
  slices: readonly Page[],
  signal: AbortSignal | undefined,
): Promise<readonly (ChunkTable | null)[]> {
  const tables: (ChunkTable | null)[] = [];
  let entries = 0;
  let declared = 0;
  let ratio = 1;
  for (const page of slices) {
    if (signal?.aborted) throw cancelled();
    if (!isOwnCodec(page.compression)) assertFallbackKnows(file, page);
    const table = await readChunkTable(file, page);
    entries += table.offsets.length;
    declared += chunkGrid(page).rowBytes * page.height;
    ratio = Math.max(ratio, largestRatio(page.compression));
    tables.push(entries <= KEPT_TABLE_ENTRIES ? table : null);
  }
  // Pages may share pixels, but not so that a small file becomes a volume of any size.
  if (declared > 16 * ratio * file.source.size) {
    throw file.malformed(
      `it declares ${declared} bytes of pixels, more than its ${file.source.size} bytes can hold`,
    );
  }
  return tables;
}

function noteOddities(
  pages: readonly Page[],
  imageJ: ImageJDescription | null,
  warnings: string[],
): void {
  const first = pages[0] as Page;
  if (first.photometric === 0) {
    warnings.push('The file marks 0 as white; the stored values are kept and not inverted.');
  } else if (first.photometric === 3) {
    warnings.push('The file has a colour palette; the stored values are kept, not their colours.');
  }
  if (first.orientation > 1 && first.orientation <= 8) {
    warnings.push(
      `The file asks for its pages to be turned or mirrored (orientation ${first.orientation}); they are read as stored.`,
    );
  }
  const calibration = imageJ === null ? null : greyCalibration(imageJ);
  if (calibration !== null) {
    warnings.push(`The file states ${calibration}, which is not applied: values are as stored.`);
  }
}

interface Dimensions {
  readonly slices: number;
  readonly channels: number;
  readonly frames: number;
}

function dimensions(description: Description, count: number, warnings: string[]): Dimensions {
  const { imageJ, ome } = description;
  const stated =
    imageJ !== null
      ? { slices: imageJ.slices, channels: imageJ.channels, frames: imageJ.frames }
      : ome !== null
        ? { slices: ome.sizeZ, channels: ome.sizeC, frames: ome.sizeT }
        : null;
  const plain = { slices: count, channels: 1, frames: 1 };
  if (stated === null) return plain;
  if (stated.slices * stated.channels * stated.frames !== count) {
    // Pages are missing or too many (a warning says so), but they are still those of channels.
    return stated.channels > 1 && count > 1
      ? { slices: Math.ceil(count / stated.channels), channels: stated.channels, frames: 1 }
      : plain;
  }
  if (stated.channels === 1 && stated.slices === 1 && stated.frames > 1) {
    warnings.push(
      `The ${count} pages are marked as time frames, not as slices; they are read as slices along z.`,
    );
    return plain;
  }
  return stated;
}

function refusal(file: TiffFile, first: Page, { channels, frames }: Dimensions): UserError | null {
  if (first.samples > 1) {
    const what = first.photometric === 2 && first.samples === 3 ? 'RGB colour' : 'several channels';
    return file.error(
      'volume/not-scalar',
      `its pages hold ${what} (${first.samples} values for each pixel) and a volume needs one; convert it to grey values, in Fiji by Image › Type › 8-bit or 16-bit.`,
    );
  }
  if (channels > 1) {
    return file.error(
      'volume/not-scalar',
      `it holds ${channels} channels and a volume needs one; save the channel you want on its own, in Fiji by Image › Color › Split Channels.`,
    );
  }
  if (frames > 1) {
    return file.error(
      'volume/not-scalar',
      `it holds ${frames} time frames and a volume needs one; save the frame you want on its own, in Fiji by Image › Duplicate.`,
    );
  }
  return null;
}
