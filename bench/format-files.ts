/** The files that readers are measured on: one volume of noisy phases in every layout. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type FormatId, writeVolume } from '../src/io/registry.ts';
import { fillNormal } from '../src/kernels/random.ts';
import { createVolume, type Size3, type Volume, voxelBytes } from '../src/volume/volume.ts';
import { joinBytes, metaImageBytes, niftiBytes } from '../tests/support/itk-files.ts';
import { nrrdBytes } from '../tests/support/nrrd-files.ts';

const execute = promisify(execFile);

export type SampleType = 'uint16' | 'uint8';

export interface Layout {
  readonly id: string;
  readonly title: string;
  readonly format: FormatId;
  readonly type: SampleType;
  readonly extension: string;
  /** Megabytes of voxels in a second of user time that are promised. */
  readonly target: number;
  /** By libtiff's `tiffcp`, with these arguments, or by the function here. */
  readonly make: readonly string[] | ((volume: Volume) => Uint8Array);
}

const RAW = 300;
const DEFLATE = 120;
const ZSTD = 150;

export const LAYOUTS: readonly Layout[] = [
  tiff('tiff-raw', 'TIFF, uncompressed strips', RAW, ['-c', 'none', '-r', '8']),
  tiff('tiff-deflate', 'TIFF, Deflate, predictor 2', DEFLATE, ['-c', 'zip:2', '-r', '8']),
  tiff('tiff-lzw', 'TIFF, LZW, predictor 2', DEFLATE, ['-c', 'lzw:2', '-r', '8']),
  tiff('tiff-tiles', 'TIFF, Deflate, tiles of 128²', DEFLATE, [
    '-c',
    'zip',
    '-t',
    '-w',
    '128',
    '-l',
    '128',
  ]),
  tiff('tiff-zstd', 'TIFF, ZSTD, predictor 2', ZSTD, ['-c', 'zstd:2', '-r', '8']),
  tiff('tiff-packbits', 'TIFF, PackBits, 8 bits', DEFLATE, ['-c', 'packbits', '-r', '16'], 'uint8'),
  other('nrrd-raw', 'NRRD, raw', 'nrrd', '.nrrd', RAW, (volume) => nrrdFile(volume, 'raw')),
  other('nrrd-gzip', 'NRRD, gzip', 'nrrd', '.nrrd', DEFLATE, (volume) => nrrdFile(volume, 'gzip')),
  other('mha', 'MHA', 'meta-image', '.mha', RAW, ({ size, data }) => metaImageBytes(size, data)),
  other('nifti-gzip', 'NIfTI, gzip', 'nifti', '.nii.gz', DEFLATE, ({ size, data }) =>
    gzipSync(niftiBytes(size, data)),
  ),
  other('npy', 'NumPy', 'npy', '.npy', RAW, npyBytes),
];

function tiff(
  id: string,
  title: string,
  target: number,
  make: readonly string[],
  type: SampleType = 'uint16',
): Layout {
  return { id, title, format: 'tiff', type, extension: '.tif', target, make };
}

function other(
  id: string,
  title: string,
  format: FormatId,
  extension: string,
  target: number,
  make: (volume: Volume) => Uint8Array,
): Layout {
  return { id, title, format, type: 'uint16', extension, target, make };
}

function nrrdFile({ size, data }: Volume, encoding: 'raw' | 'gzip'): Uint8Array {
  const voxels = voxelBytes(data);
  return nrrdBytes(
    { type: 'uint16', sizes: size.join(' '), endian: 'little', encoding },
    encoding === 'gzip' ? gzipSync(voxels) : voxels,
  );
}

function npyBytes({ size, data }: Volume): Uint8Array {
  const shape = [...size].reverse().join(', ');
  const text = `{'descr': '<u2', 'fortran_order': False, 'shape': (${shape}), }`;
  const length = Math.ceil((11 + text.length) / 64) * 64 - 10;
  return joinBytes(
    Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, length & 255, length >> 8),
    `${text.padEnd(length - 1)}\n`,
    voxelBytes(data),
  );
}

/** Grey levels and noise of the cathode phantom. */
const LEVELS = [21_845, 29_491, 41_506] as const;
const NOISE = 2000;
const CELL = 24;

/** Phases in balls and gaps, with normal noise: no value is rare, as in a scan. */
export function noisyPhases(type: SampleType, megabytes: number): Volume {
  const bytes = type === 'uint16' ? 2 : 1;
  const size: Size3 = [512, 512, Math.max(1, Math.round((megabytes * 4) / bytes))];
  const [nx, ny, nz] = size;
  const data = type === 'uint16' ? new Uint16Array(nx * ny * nz) : new Uint8Array(nx * ny * nz);
  const noise = new Float32Array(nx);
  const squares = Int32Array.from({ length: CELL }, (_, i) => (2 * i - CELL + 1) ** 2);
  const scale = type === 'uint16' ? 1 : 1 / 256;
  for (let row = 0; row < ny * nz; row++) {
    fillNormal(noise, 1, 0, row * nx);
    const far = squares[(row % ny) % CELL]! + squares[Math.floor(row / ny) % CELL]!;
    for (let x = 0; x < nx; x++) {
      const square = far + squares[x % CELL]!;
      const phase = square < 500 ? 2 : square < 700 ? 1 : 0;
      data[row * nx + x] = (LEVELS[phase]! + NOISE * noise[x]!) * scale;
    }
  }
  return createVolume({ kind: 'grey', name: 'phases', size, data });
}

/** Writes a layout's file where it is not there yet. Throws where `tiffcp` is not installed. */
export async function layoutFile(
  layout: Layout,
  volume: () => Volume,
  folder: string,
): Promise<string> {
  const path = join(folder, `${layout.id}${layout.extension}`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const draft = `${path}.part`;
  if (typeof layout.make === 'function') {
    writeFileSync(draft, layout.make(volume()));
  } else {
    const plain = join(folder, `plain-${layout.type}.tif`);
    if (!existsSync(plain)) {
      const file = await writeVolume(volume(), 'tiff');
      writeFileSync(plain, new Uint8Array(await file.arrayBuffer()));
    }
    await execute('tiffcp', [...layout.make, plain, draft]).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new Error('libtiff is not installed: apt-get install libtiff-tools', { cause: error });
    });
  }
  renameSync(draft, path);
  return path;
}
