/**
 * Zarr 2 and 3 stores in a folder, OME-Zarr multiscale images among them, through zarrita. The
 * largest level of an image is read unless another is named; the last axis is x.
 */
import { isUserError, UserError } from '../../../errors/errors.ts';
import {
  bytesPerVoxel,
  isVoxelType,
  type Size3,
  type VoxelArray,
  type VoxelType,
  voxelCount,
  voxelsFromBytes,
} from '../../../volume/volume.ts';
import { chooseDataset, type Dataset, volumeSizeOf } from '../../datasets.ts';
import { allocateBytes, type DecodeJob } from '../../decode-job.ts';
import type { ByteSource, ReadOptions, VolumeFormat } from '../../format.ts';
import { metadataWithEdges } from '../../header-facts.ts';
import { readPhases } from '../../phase-key-values.ts';
import { defineStoredFormat, type StoredVolume } from '../../stored-volume.ts';
import { boundCodecs } from './codecs.ts';
import { type Level, levelsOf } from './multiscales.ts';
import { ZARR_NAMES, type ZarrFiles, zarrFiles } from './store.ts';
import { writeZarr } from './writer.ts';
import { isZippedStore, zippedFiles } from './zipped-store.ts';

const MAX_ARRAYS = 256;
const HEAD_BYTES = 512;
/** Chunks under way at a time. */
const CHUNKS_AT_ONCE = 6;

type OpenArray = Awaited<ReturnType<typeof openArray>>;

interface ZarrArray extends Dataset {
  readonly array: OpenArray;
  readonly level: Level | null;
}

/** Fetched with the first store: other files are only compared with this format. */
async function loadLibrary() {
  const library = await import('zarrita');
  boundCodecs(library.registry);
  return library;
}

async function openArray(files: ZarrFiles, path: string) {
  const { open, root } = await loadLibrary();
  return open(root(files).resolve(`/${path}`), { kind: 'array' });
}

async function rootAttributes(files: ZarrFiles, file: string): Promise<unknown> {
  const { open, root } = await loadLibrary();
  try {
    return (await open(root(files), { kind: 'group' })).attrs;
  } catch (error) {
    if (files.keys.includes('/.zgroup')) throw damaged(file, error);
    // A store whose root is an array has no group.
    return null;
  }
}

function damaged(file: string, cause: unknown): UserError {
  if (isUserError(cause)) return cause;
  const problem = cause instanceof Error ? cause.message.slice(0, 200) : 'it cannot be read';
  return new UserError(
    'file/malformed',
    `The Zarr store of ${file} is damaged: ${problem}; get a complete copy of the folder.`,
    { file },
    cause,
  );
}

/** Texts among a group's attributes: ours say what kind of volume it is. */
function textsOf(attributes: unknown): ReadonlyMap<string, string> {
  const entries = Object.entries(typeof attributes === 'object' ? (attributes ?? {}) : {});
  return new Map(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** Paths of all arrays, '' for the root. */
function arrayPaths(files: ZarrFiles): readonly string[] {
  const named = files.keys.filter((key) => /\/(\.zarray|zarr\.json)$/.test(key));
  return named
    .map((key) => key.slice(1).replace(/\/?(\.zarray|zarr\.json)$/, ''))
    .slice(0, MAX_ARRAYS);
}

/** The library takes sizes as they stand in the file. */
function isSound({ shape, chunks }: OpenArray): boolean {
  const areLengths = (lengths: unknown, least: number): boolean =>
    Array.isArray(lengths) &&
    lengths.every((length) => Number.isSafeInteger(length) && length >= least);
  return areLengths(shape, 0) && areLengths(chunks, 1) && shape.length === chunks.length;
}

async function listArrays(
  source: ByteSource,
  files: ZarrFiles,
  attributes: unknown,
): Promise<readonly ZarrArray[]> {
  const levels = levelsOf(attributes);
  const found: ZarrArray[] = [];
  for (const path of levels.length > 0 ? levels.map((level) => level.path) : arrayPaths(files)) {
    const array = await openArray(files, path).catch((error: unknown) => {
      if (levels.length > 0) throw damaged(source.name, error);
      return null;
    });
    if (array === null || !isSound(array) || !isVoxelType(array.dtype)) continue;
    const size = array.shape.length < 2 ? null : volumeSizeOf(array.shape);
    if (size === null || size.includes(0)) continue;
    const level = levels.find((each) => each.path === path) ?? null;
    found.push({ path: path === '' ? '/' : path, size, type: array.dtype, array, level });
  }
  return found;
}

async function readHeader(source: ByteSource, options: ReadOptions): Promise<StoredVolume> {
  const files = isZippedStore(await source.read(0, HEAD_BYTES), source.name)
    ? await zippedFiles(source)
    : zarrFiles(source, options.siblings ?? []);
  const attributes = await rootAttributes(files, source.name);
  const arrays = await listArrays(source, files, attributes);
  // Levels show the same image: the largest is meant unless another is asked for.
  const isPyramid = arrays[0]?.level != null;
  const offered = isPyramid && options.dataset === undefined ? arrays.slice(0, 1) : arrays;
  const chosen = chooseDataset(source.name, offered, options.dataset);
  const { array, level } = chosen;
  const slowest = level?.axes.at(-3);
  const stated = readPhases(textsOf(attributes));
  return {
    metadata: metadataWithEdges(level?.edges ?? { values: [], unit: null, source: 'Zarr' }, {
      format: 'zarr',
      size: chosen.size,
      type: chosen.type,
      channels: 1,
      tags: [
        ['array', chosen.path],
        ['levels', isPyramid ? arrays.map(({ path }) => path).join(', ') : ''],
        ['chunks', array.chunks.join(' × ')],
        ...textsOf(attributes),
      ],
      warnings:
        slowest === undefined || slowest === 'z'
          ? []
          : [
              `The third axis is named "${slowest.slice(0, 40)}", not z: its entries were stacked as slices.`,
            ],
    }),
    ...(level?.origin == null ? {} : { origin: level.origin }),
    ...(stated.kind === null ? {} : { kind: stated.kind, phases: stated.phases }),
    load: (job) => {
      assertAffordable(source.name, chosen, files.storedBytes);
      return loadArray(array, chosen.size, chosen.type, job);
    },
  };
}

/** Compressed zeros with most of their chunks left out are smaller than any image of a scanner. */
const MOST_VOXELS_PER_BYTE = 100_000;
const ALWAYS_AFFORDABLE_BYTES = 64 * 1024 * 1024;
const ALWAYS_AFFORDABLE_CHUNKS = 10_000;

/** Chunks that are not there cost nothing to declare: a hundred bytes could ask for any memory. */
function assertAffordable(file: string, { array, size, type }: ZarrArray, stored: number): void {
  const bytes = voxelCount(size) * bytesPerVoxel(type);
  const chunkVoxels = array.chunks.reduce((product, length) => product * length, 1);
  const chunks = array.shape.reduce(
    (count, length, axis) => count * Math.ceil(length / (array.chunks[axis] ?? 1)),
    1,
  );
  const fits =
    Math.max(bytes, chunkVoxels * bytesPerVoxel(type)) <=
      Math.max(ALWAYS_AFFORDABLE_BYTES, stored * MOST_VOXELS_PER_BYTE) &&
    chunks <= Math.max(ALWAYS_AFFORDABLE_CHUNKS, stored);
  if (fits) return;
  throw new UserError(
    'file/limit',
    `The Zarr store of ${file} declares ${size.join(' × ')} voxels in ${chunks} chunks but holds only ${stored} bytes; get a complete copy of the folder.`,
    { file, size: [...size], chunks, bytes: stored },
  );
}

/**
 * Decodes chunk by chunk. The library fills what a chunk lacks with zeros, so lengths are checked
 * here; chunks that are not there have the fill value.
 */
async function loadArray(
  array: OpenArray,
  size: Size3,
  type: VoxelType,
  job: DecodeJob,
): Promise<VoxelArray> {
  const out = voxelsFromBytes(
    type,
    allocateBytes(voxelCount(size) * bytesPerVoxel(type), job.file),
    voxelCount(size),
  );
  const leading = array.shape.slice(0, Math.max(array.shape.length - 3, 0)).map(() => 0);
  const isFlat = array.shape.length === 2;
  const [cz, cy, cx] = [isFlat ? 1 : array.chunks.at(-3), array.chunks.at(-2), array.chunks.at(-1)];
  if (!cx || !cy || !cz) throw job.damaged('its chunks have no length');
  const [nx, ny, nz] = size;
  const chunkLength = array.chunks.reduce((product, length) => product * length, 1);
  for (let z = 0; z < nz; z += cz) {
    const corners: (readonly [x: number, y: number])[] = [];
    for (let y = 0; y < ny; y += cy) for (let x = 0; x < nx; x += cx) corners.push([x, y]);
    let next = 0;
    // On a host far away each chunk takes a while to come.
    const readChunks = async (): Promise<void> => {
      for (let corner = corners[next++]; corner !== undefined; corner = corners[next++]) {
        const [x, y] = corner;
        const at = [...leading, ...(isFlat ? [] : [z / cz]), y / cy, x / cx];
        const { data, stride } = await array.getChunk(at).catch((error: unknown) => {
          throw damaged(job.file, error);
        });
        if (!ArrayBuffer.isView(data) || (data as VoxelArray).length !== chunkLength) {
          throw job.damaged(`chunk ${at.join('.')} has another length than stated`);
        }
        const kept = [Math.min(cx, nx - x), Math.min(cy, ny - y), Math.min(cz, nz - z)] as const;
        copyChunk(data as VoxelArray, stride, out, size, [x, y, z, ...kept]);
        await job.breathe();
      }
    };
    await Promise.all(Array.from({ length: CHUNKS_AT_ONCE }, readChunks));
    job.progress(Math.min(z + cz, nz) / nz);
  }
  return out;
}

type Box = readonly [x: number, y: number, z: number, nx: number, ny: number, nz: number];

/** `stride` has the chunk's axes, slowest first. */
function copyChunk(
  data: VoxelArray,
  stride: readonly number[],
  out: VoxelArray,
  [nx, ny]: Size3,
  [x, y, z, width, height, depth]: Box,
): void {
  const [sx = 1, sy = 0, sz = 0] = [stride.at(-1), stride.at(-2), stride.at(-3)];
  for (let k = 0; k < depth; k++) {
    for (let j = 0; j < height; j++) {
      const from = k * sz + j * sy;
      const to = x + nx * (y + j + ny * (z + k));
      if (sx === 1) out.set(data.subarray(from, from + width) as never, to);
      else for (let i = 0; i < width; i++) out[to + i] = data[from + i * sx] as never;
    }
  }
}

export const zarrFormat: VolumeFormat = {
  ...defineStoredFormat({
    id: 'zarr',
    title: 'Zarr',
    extensions: ['.zarr', '.zarr.zip', '.ozx'],
    sniff: (head, name) =>
      isZippedStore(head, name) ||
      (ZARR_NAMES.includes(name) &&
        /"(zarr_format|multiscales)"/.test(String.fromCharCode(...head))),
    readHeader,
  }),
  write: writeZarr,
};
