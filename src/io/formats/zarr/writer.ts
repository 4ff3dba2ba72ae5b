/**
 * Writes a volume as an OME-Zarr 0.5 image (Zarr 3) of several levels, in one ZIP archive as RFC-9 of
 * OME-NGFF has it: unpacked, it is the store. Chunks of 64³ voxels, little-endian, gzip. Each level
 * has half the edges of the one before, by the mean of 2³ voxels, for labels by the first of them.
 *
 * Memory: 64 slices of the volume, as much again for all smaller levels, and the compressed chunks.
 */
import { gzipSync } from 'fflate';
import type { LengthUnit } from '../../../volume/length.ts';
import type { StreamedVolume, VolumeDescription } from '../../../volume/streamed.ts';
import {
  allocateVoxels,
  type Size3,
  type VoxelArray,
  voxelBytes,
  voxelTypeOf,
} from '../../../volume/volume.ts';
import type { ByteSink } from '../../byte-sink.ts';
import { createTurns } from '../../decode-job.ts';
import { phaseKeyValues } from '../../phase-key-values.ts';
import { writeZip, type ZipContent } from '../../zip-writer.ts';

const CHUNK = 64;
const COMPRESSION_LEVEL = 6;

/** As OME-NGFF spells them (UDUNITS-2). */
const UNIT_WORDS: Readonly<Record<LengthUnit, string>> = {
  nm: 'nanometer',
  µm: 'micrometer',
  mm: 'millimeter',
  cm: 'centimeter',
  m: 'meter',
};

type Put = (key: string, bytes: Uint8Array<ArrayBuffer>) => void;

function halved([nx, ny, nz]: Size3): Size3 {
  return [Math.ceil(nx / 2), Math.ceil(ny / 2), Math.ceil(nz / 2)];
}

/** Sizes of all levels: halved until a level is one chunk. */
function levelSizes(size: Size3): readonly Size3[] {
  const sizes = [size];
  for (let last = size; last.some((length) => length > CHUNK); ) {
    last = halved(last);
    sizes.push(last);
  }
  return sizes;
}

function chunkShape(size: Size3): Size3 {
  const [x, y, z] = size.map((length) => Math.min(length, CHUNK));
  return [x ?? 1, y ?? 1, z ?? 1];
}

/** Slices of half the edges; what is left over at an odd border counts alone. */
function halve(slices: VoxelArray, size: Size3, kind: 'grey' | 'labels'): VoxelArray {
  const [nx, ny, nz] = size;
  const [mx, my, mz] = halved(size);
  const out = allocateVoxels(voxelTypeOf(slices), mx * my * mz);
  const rounds = !(slices instanceof Float32Array || slices instanceof Float64Array);
  const big = slices instanceof BigInt64Array || slices instanceof BigUint64Array;
  let to = 0;
  for (let z = 0; z < nz; z += 2) {
    for (let y = 0; y < ny; y += 2) {
      for (let x = 0; x < nx; x += 2, to++) {
        if (kind === 'labels' || big) {
          out[to] = slices[x + nx * (y + ny * z)] as never;
          continue;
        }
        let sum = 0;
        let count = 0;
        for (let k = z; k < Math.min(z + 2, nz); k++) {
          for (let j = y; j < Math.min(y + 2, ny); j++) {
            for (let i = x; i < Math.min(x + 2, nx); i++, count++) {
              sum += slices[i + nx * (j + ny * k)] as number;
            }
          }
        }
        out[to] = (rounds ? Math.round(sum / count) : sum / count) as never;
      }
    }
  }
  return out;
}

/** Takes a level's slices in order, writes its chunks and hands halves on to the next level. */
class LevelWriter {
  readonly #path: string;
  readonly #size: Size3;
  readonly #kind: 'grey' | 'labels';
  readonly #next: LevelWriter | null;
  readonly #put: Put;
  readonly #breathe: () => Promise<void>;
  #waiting: VoxelArray | null = null;
  #filled = 0;
  #written = 0;

  constructor(
    sizes: readonly Size3[],
    level: number,
    kind: 'grey' | 'labels',
    put: Put,
    breathe: () => Promise<void>,
  ) {
    this.#path = String(level);
    this.#size = sizes[level] as Size3;
    this.#kind = kind;
    this.#put = put;
    this.#breathe = breathe;
    this.#next =
      level + 1 < sizes.length ? new LevelWriter(sizes, level + 1, kind, put, breathe) : null;
  }

  /** Whole slices in one array. */
  async push(slices: VoxelArray): Promise<void> {
    const [nx, ny, nz] = this.#size;
    const slice = nx * ny;
    for (let at = 0; at < slices.length; ) {
      const depth = Math.min(CHUNK, nz - this.#written);
      this.#waiting ??= allocateVoxels(voxelTypeOf(slices), slice * depth);
      const count = Math.min(depth * slice - this.#filled, slices.length - at);
      this.#waiting.set(slices.subarray(at, at + count) as never, this.#filled);
      this.#filled += count;
      at += count;
      if (this.#filled === depth * slice) await this.#finishRow(depth);
    }
  }

  async #finishRow(depth: number): Promise<void> {
    const slices = this.#waiting as VoxelArray;
    const [nx, ny] = this.#size;
    const z = this.#written / CHUNK;
    this.#waiting = null;
    this.#filled = 0;
    this.#written += depth;
    for (let y = 0; y < Math.ceil(ny / CHUNK); y++) {
      for (let x = 0; x < Math.ceil(nx / CHUNK); x++) {
        const bytes = voxelBytes(this.#chunk(slices, depth, x * CHUNK, y * CHUNK));
        const packed = gzipSync(bytes, { level: COMPRESSION_LEVEL, mtime: 0 });
        this.#put(`${this.#path}/c/${z}/${y}/${x}`, packed as Uint8Array<ArrayBuffer>);
        await this.#breathe();
      }
    }
    if (this.#next === null) return;
    await this.#next.push(halve(slices, [nx, ny, depth], this.#kind));
    await this.#breathe();
  }

  /** A whole chunk: what reaches beyond the volume is zero. */
  #chunk(slices: VoxelArray, depth: number, x: number, y: number): VoxelArray {
    const [nx, ny] = this.#size;
    const [cx, cy, cz] = chunkShape(this.#size);
    const out = allocateVoxels(voxelTypeOf(slices), cx * cy * cz);
    const width = Math.min(cx, nx - x);
    for (let k = 0; k < depth; k++) {
      for (let j = 0; j < Math.min(cy, ny - y); j++) {
        const from = x + nx * (y + j + ny * k);
        out.set(slices.subarray(from, from + width) as never, cx * (j + cy * k));
      }
    }
    return out;
  }
}

function arrayMetadata(size: Size3, type: string): object {
  return {
    zarr_format: 3,
    node_type: 'array',
    shape: size.toReversed(),
    data_type: type,
    chunk_grid: {
      name: 'regular',
      configuration: { chunk_shape: chunkShape(size).toReversed() },
    },
    chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
    fill_value: 0,
    codecs: [
      { name: 'bytes', configuration: { endian: 'little' } },
      { name: 'gzip', configuration: { level: COMPRESSION_LEVEL } },
    ],
    dimension_names: ['z', 'y', 'x'],
    attributes: {},
  };
}

/** Edges and place of a level's voxels; means lie in the middle of what they are the mean of. */
function transformations(volume: VolumeDescription, level: number): readonly object[] {
  const edges = volume.spacing?.values ?? [1, 1, 1];
  const shift = volume.kind === 'labels' ? 0 : (2 ** level - 1) / 2;
  return [
    { type: 'scale', scale: edges.map((edge) => edge * 2 ** level).toReversed() },
    {
      type: 'translation',
      translation: edges
        .map((edge, axis) => (volume.origin[axis] ?? 0) + shift * edge)
        .toReversed(),
    },
  ];
}

/** `image-label` of OME-NGFF: colours and names of the labels. */
function imageLabel({ phases }: VolumeDescription): object {
  return {
    colors: phases.map(({ label, colour }) => ({
      'label-value': label,
      rgba: [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)).concat(255),
    })),
    properties: phases.map(({ label, name, pore }) => ({ 'label-value': label, name, pore })),
  };
}

function groupMetadata(volume: VolumeDescription, levels: number, note: string): object {
  const unit = volume.spacing === null ? {} : { unit: UNIT_WORDS[volume.spacing.unit] };
  const isNearest = volume.kind === 'labels';
  return {
    zarr_format: 3,
    node_type: 'group',
    attributes: {
      ome: {
        version: '0.5',
        multiscales: [
          {
            name: volume.name,
            axes: ['z', 'y', 'x'].map((name) => ({ name, type: 'space', ...unit })),
            datasets: Array.from({ length: levels }, (_, level) => ({
              path: String(level),
              coordinateTransformations: transformations(volume, level),
            })),
            type: isNearest ? 'nearest' : 'mean',
          },
        ],
        ...(volume.phases.length > 0 ? { 'image-label': imageLabel(volume) } : {}),
      },
      ...Object.fromEntries(
        phaseKeyValues(volume.kind, volume.phases).filter(([key]) => key.startsWith('tauscope ')),
      ),
      ...(note === '' ? {} : { 'tauscope note': note }),
    },
  };
}

/** Deterministic: equal volumes give equal files, however they are streamed. */
export async function writeZarr(
  volume: StreamedVolume,
  sink: ByteSink,
  { note = '' }: { readonly note?: string } = {},
): Promise<void> {
  const sizes = levelSizes(volume.size);
  const text = (metadata: object): string => JSON.stringify(metadata, null, 1);
  const members: ZipContent[] = [
    // First, so that a reader finds it at once and knows the archive by it.
    { name: 'zarr.json', content: text(groupMetadata(volume, sizes.length, note)) },
    ...sizes.map((size, level) => ({
      name: `${level}/zarr.json`,
      content: text(arrayMetadata(size, volume.type)),
    })),
  ];
  const put: Put = (name, bytes) => {
    const read = (start: number, end: number) => Promise.resolve(bytes.subarray(start, end));
    members.push({ name, content: { size: bytes.length, read } });
  };
  const first = new LevelWriter(sizes, 0, volume.kind, put, createTurns());
  for await (const { volume: layers } of volume.layers()) await first.push(layers.data);
  await writeZip(members, sink);
}
