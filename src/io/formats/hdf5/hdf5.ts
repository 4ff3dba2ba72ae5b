/**
 * HDF5 files (with NeXus and Data Exchange conventions) through h5wasm, the HDF5 library of NIST's
 * web tools. Datasets of numbers with two or three axes are volumes, (z, y, x) as stored; several are
 * a choice. In a worker the file is read in place; elsewhere it is copied into memory first.
 */
import type { Attribute, Dataset as H5Dataset, Entity, File as H5File, Group } from 'h5wasm';
import { isUserError, UserError } from '../../../errors/errors.ts';
import { parseLengthUnit } from '../../../volume/length.ts';
import {
  bytesPerVoxel,
  type Size3,
  voxelBytes,
  type VoxelArray,
  type VoxelType,
  voxelCount,
  voxelsFromBytes,
} from '../../../volume/volume.ts';
import { chooseDataset, type Dataset, volumeSizeOf } from '../../datasets.ts';
import { allocateBytes, type DecodeJob } from '../../decode-job.ts';
import type { ByteSource, ReadOptions } from '../../format.ts';
import { metadataWithEdges, type StatedEdges } from '../../header-facts.ts';
import { readToEnd } from '../../sources.ts';
import { defineStoredFormat, type StoredVolume } from '../../stored-volume.ts';

/** A signature stands at byte 0, or at 512, 1024, … behind a user block. */
const SIGNATURE = '\x89HDF\r\n\x1a\n';
/** Without a worker the whole file is in memory beside its voxels. */
const MAX_COPIED_BYTES = 2 ** 31 - 1;
const MAX_OBJECTS = 10_000;
const MAX_GROUPS = 500;
/** Below the 16 soft links in a path that the library follows. */
const MAX_DEPTH = 12;
/** Read between two looks at the event loop. */
const READ_BYTES = 8 * 1024 * 1024;

interface H5Array extends Dataset {
  readonly shape: readonly number[];
}

/** A trap leaves the library's memory as it was in the middle of something. */
let stopped = false;

/** Also a stack that is full ends the library in the middle. */
function isTrap(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
}

/** What a failure of the library is for the user; remembers where it is the library's last. */
function failure(file: string, problem: string, cause: unknown): UserError {
  if (isUserError(cause)) return cause;
  if (!isTrap(cause)) return damaged(file, problem, cause);
  stopped = true;
  return new UserError(
    'file/malformed',
    `${file} is damaged so that the HDF5 library stopped: get a fresh copy of it, and restart Tauscope (reload the page) before the next HDF5 file.`,
    { file, libraryStopped: true },
    cause,
  );
}

async function loadLibrary(file: string) {
  if (stopped) {
    throw new UserError(
      'file/unreadable',
      `${file} cannot be read now: a damaged file has stopped the HDF5 library, so restart Tauscope (reload the page) and open it again.`,
      { file, libraryStopped: true },
    );
  }
  const { h5wasm } = await import('h5wasm');
  const library = await h5wasm.ready;
  // The library would print its errors on the console.
  library.activate_throwing_error_handler();
  return { h5wasm, FS: library.FS };
}

let opened = 0;

/** The bytes of files that are read as a whole: header and voxels share them. */
const wholeFiles = new WeakMap<ByteSource, Promise<Uint8Array<ArrayBuffer>>>();

function wholeFile(source: ByteSource): Promise<Uint8Array<ArrayBuffer>> {
  const known = wholeFiles.get(source);
  if (known !== undefined) return known;
  const bytes = readToEnd(source, 0);
  wholeFiles.set(source, bytes);
  bytes.catch(() => wholeFiles.delete(source));
  return bytes;
}

/** Opens the file for as long as `use` runs. */
async function withFile<T>(source: ByteSource, use: (file: H5File) => Promise<T>): Promise<T> {
  const { h5wasm, FS } = await loadLibrary(source.name);
  opened += 1;
  const folder = `/open-${opened}`;
  FS.mkdir(folder);
  const path = `${folder}/file.h5`;
  const { blob } = source;
  const isMounted = blob !== undefined && typeof FileReaderSync !== 'undefined';
  try {
    if (isMounted) {
      FS.mount(FS.filesystems.WORKERFS, { blobs: [{ name: 'file.h5', data: blob }] }, folder);
    } else {
      if (source.size > MAX_COPIED_BYTES) {
        throw new UserError(
          'file/limit',
          `${source.name} has ${(source.size / 1e9).toFixed(1)} GB, more than the 2.1 GB of an HDF5 file that can be read here; save the dataset as TIFF or raw data.`,
          { file: source.name },
        );
      }
      FS.writeFile(path, await wholeFile(source));
    }
    const file = openFile(h5wasm.File, path, source.name);
    try {
      return await use(file);
    } catch (error) {
      throw failure(source.name, 'it cannot be read', error);
    } finally {
      closeFile(file);
    }
  } finally {
    if (isMounted) FS.unmount(folder);
    else if (FS.analyzePath(path).exists) FS.unlink(path);
    FS.rmdir(folder);
  }
}

function openFile(File: typeof H5File, path: string, name: string): H5File {
  try {
    const file = new File(path, 'r');
    if (file.file_id >= 0n) return file;
  } catch (cause) {
    throw failure(name, 'it cannot be opened', cause);
  }
  throw damaged(name, 'it cannot be opened');
}

/** A damaged file may not let itself be closed either; it is in memory, and gone with its folder. */
function closeFile(file: H5File): void {
  try {
    file.close();
  } catch (error) {
    // What was wrong with it has been said.
    stopped ||= isTrap(error);
  }
}

function damaged(file: string, problem: string, cause?: unknown): UserError {
  return new UserError(
    'file/malformed',
    `${file} is damaged: ${problem}; get a fresh copy of the HDF5 file.`,
    { file },
    cause,
  );
}

function isGroup(entity: Entity | null): entity is Group {
  return entity !== null && 'keys' in entity;
}

function isDataset(entity: Entity | null): entity is H5Dataset {
  return entity !== null && 'slice' in entity;
}

/**
 * Every dataset of the file by its path. Groups may contain each other, which is a circle without an
 * end: only so many are opened.
 */
function* walk(
  group: Group,
  prefix: string,
  depth: number,
  visits: { groups: number },
): Generator<[string, H5Dataset]> {
  visits.groups += 1;
  if (depth > MAX_DEPTH || visits.groups > MAX_GROUPS) return;
  for (const name of group.keys()) {
    const entity = group.get(name);
    const path = `${prefix}${name}`;
    if (isDataset(entity)) yield [path, entity];
    else if (isGroup(entity)) yield* walk(entity, `${path}/`, depth + 1, visits);
  }
}

/** Classes of the HDF5 library that are read (H5Tpublic.h). */
const INTEGER = 0;
const FLOAT = 1;

function typeOf({ metadata }: H5Dataset): VoxelType | null {
  const bits = metadata.size * 8;
  if (metadata.type === INTEGER && [8, 16, 32, 64].includes(bits)) {
    return `${metadata.signed ? 'int' : 'uint'}${bits}` as VoxelType;
  }
  if (metadata.type === FLOAT && (bits === 32 || bits === 64)) return `float${bits}`;
  return null;
}

function arraysOf(file: H5File): readonly H5Array[] {
  const found: H5Array[] = [];
  let seen = 0;
  for (const [path, dataset] of walk(file, '', 0, { groups: 0 })) {
    seen += 1;
    if (seen > MAX_OBJECTS) break;
    const shape = dataset.shape ?? [];
    const type = typeOf(dataset);
    const size = shape.length < 2 ? null : volumeSizeOf(shape);
    if (type === null || size === null || size.includes(0)) continue;
    found.push({ path, size, type, shape });
  }
  return found;
}

/** Edge lengths in the attributes that programs of the field write. */
function statedBy(dataset: Entity | null): {
  readonly edges: StatedEdges;
  readonly tags: readonly (readonly [string, string])[];
} {
  const attributes = isDataset(dataset) ? dataset.attrs : {};
  const tags: [string, string][] = [];
  for (const [name, attribute] of Object.entries(attributes).slice(0, 64)) {
    const value = valueOf(attribute);
    if (value !== null)
      tags.push([name, typeof value === 'string' ? value : JSON.stringify(value)]);
  }
  const inMicrometres = numbersOf(attributes['element_size_um']);
  if (inMicrometres !== null) {
    return {
      edges: { values: inMicrometres, unit: 'µm', source: 'HDF5 attribute element_size_um' },
      tags,
    };
  }
  for (const name of ['voxel_size', 'pixel_size', 'spacing']) {
    const values = numbersOf(attributes[name]);
    if (values === null) continue;
    const word = attributes[`${name}_units`] ?? attributes['units'];
    const unit = word === undefined ? null : parseLengthUnit(String(valueOf(word)));
    const edges = {
      values: values.map((value) => value * (unit?.factor ?? 1)),
      unit: unit?.unit ?? null,
      source: `HDF5 attribute ${name}`,
    };
    return { edges, tags };
  }
  return { edges: { values: [], unit: null, source: 'HDF5 attributes' }, tags };
}

function valueOf(attribute: Attribute): unknown {
  try {
    return attribute.to_array();
  } catch {
    // References and variable-length records say nothing about the voxels.
    return null;
  }
}

/** Three numbers, stored (z, y, x) as the axes are, as x, y, z. */
function numbersOf(attribute: Attribute | undefined): readonly number[] | null {
  if (attribute === undefined) return null;
  const value = valueOf(attribute);
  const list = (Array.isArray(value) ? value : [value]).map(Number);
  if (list.some((number) => !Number.isFinite(number))) return null;
  if (list.length === 1) return [list[0] as number, list[0] as number, list[0] as number];
  return list.length === 3 ? list.reverse() : null;
}

async function readHeader(source: ByteSource, options: ReadOptions): Promise<StoredVolume> {
  const { chosen, edges, tags } = await withFile(source, async (file) => {
    const array = chooseDataset(source.name, arraysOf(file), options.dataset);
    return { chosen: array, ...statedBy(file.get(array.path)) };
  });
  const metadata = metadataWithEdges(edges, {
    format: 'hdf5',
    size: chosen.size,
    type: chosen.type,
    channels: 1,
    tags: [['dataset', chosen.path], ['shape', `(${chosen.shape.join(', ')})`], ...tags],
  });
  return {
    metadata,
    load: (job) => withFile(source, (file) => loadDataset(file, chosen, job)),
  };
}

/**
 * How many slices and rows to read at once: some megabytes of whole chunks, since the library decodes
 * a chunk again for each part that is asked for.
 */
function readingSteps(
  [nx, ny]: Size3,
  bytesEach: number,
  chunks: readonly number[],
): { readonly slices: number; readonly rows: number } {
  const depth = Math.max(chunks.at(-3) ?? 1, 1);
  const height = Math.max(chunks.at(-2) ?? 1, 1);
  const rowBytes = nx * bytesEach;
  const multiple = (bytes: number, least: number): number =>
    Math.max(Math.floor(READ_BYTES / (bytes * least)), 1) * least;
  return rowBytes * ny * depth <= READ_BYTES
    ? { slices: multiple(rowBytes * ny, depth), rows: ny }
    : { slices: depth, rows: multiple(rowBytes * depth, height) };
}

async function loadDataset(file: H5File, chosen: H5Array, job: DecodeJob): Promise<VoxelArray> {
  const dataset = file.get(chosen.path);
  if (!isDataset(dataset)) throw job.damaged(`its dataset ${chosen.path} is gone`);
  const count = voxelCount(chosen.size);
  const bytesEach = bytesPerVoxel(chosen.type);
  const bytes = allocateBytes(count * bytesEach, job.file);
  const [nx, ny, nz]: Size3 = chosen.size;
  const leading = chosen.shape.slice(0, Math.max(chosen.shape.length - 3, 0)).map(() => [0, 1]);
  const steps = readingSteps(chosen.size, bytesEach, dataset.metadata.chunks ?? []);
  for (let z = 0; z < nz; z += steps.slices) {
    const endZ = Math.min(z + steps.slices, nz);
    for (let y = 0; y < ny; y += steps.rows) {
      const endY = Math.min(y + steps.rows, ny);
      const ranges = [...leading, ...(chosen.shape.length === 2 ? [] : [[z, endZ]]), [y, endY], []];
      const bandBytes = (endY - y) * nx * bytesEach;
      const part = slicesOf(dataset, ranges, (endZ - z) * bandBytes);
      if (part === null) {
        throw job.damaged(`slices ${z} to ${endZ - 1} of ${chosen.path} cannot be decoded`);
      }
      for (let k = 0; k < endZ - z; k++) {
        const band = part.subarray(k * bandBytes, (k + 1) * bandBytes);
        bytes.set(band, (y + ny * (z + k)) * nx * bytesEach);
      }
      job.progress((z + ((endZ - z) * endY) / ny) / nz);
      await job.breathe();
    }
  }
  return voxelsFromBytes(chosen.type, bytes, count);
}

/** The bytes of a part of a dataset; null where they cannot be had. */
function slicesOf(
  dataset: H5Dataset,
  ranges: readonly (readonly number[])[],
  length: number,
): Uint8Array | null {
  try {
    const part: unknown = dataset.slice(ranges as Parameters<H5Dataset['slice']>[0]);
    if (!ArrayBuffer.isView(part) || part.byteLength !== length) return null;
    return voxelBytes(part as VoxelArray);
  } catch {
    // The library's words are those of its C sources.
    return null;
  }
}

export const hdf5Format = defineStoredFormat({
  id: 'hdf5',
  title: 'HDF5',
  extensions: ['.h5', '.hdf5', '.hdf', '.nxs', '.nx'],
  sniff(head) {
    const text = String.fromCharCode(...head);
    return [0, 512, 1024, 2048].some((at) => text.startsWith(SIGNATURE, at));
  },
  readHeader,
});
