import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  joinBytes,
  metaImageBytes,
  mrcBytes,
  niftiBytes,
  vtkBytes,
} from '../../tests/support/itk-files.ts';
import { nrrdBytes } from '../../tests/support/nrrd-files.ts';
import {
  describeWithReference,
  readReference,
  readReferenceJson,
} from '../../tests/support/reference-data.ts';
import { ascii, buildTiff, type FixturePage } from '../../tests/support/tiff-fixtures.ts';
import { isUserError } from '../errors/errors.ts';
import { type Size3, type Volume, voxelBytes } from '../volume/volume.ts';
import type { ByteSource } from './format.ts';
import { openSlabs, openVolume } from './open.ts';
import { bytesSource } from './sources.ts';

/** 5 × 3 × 8 voxels of which no two slices are alike. */
const SIZE: Size3 = [5, 3, 8];
const GREY = Uint16Array.from({ length: 120 }, (_, i) => (i * 7919) % 65_521);
const RAW = voxelBytes(GREY);

function swapped(bytes: Uint8Array): Uint8Array {
  return bytes.map((_, i) => bytes[i ^ 1] as number);
}

function pages(change: Partial<FixturePage>): FixturePage[] {
  return Array.from({ length: 8 }, (_, z) => ({
    width: 5,
    height: 3,
    values: GREY.slice(15 * z, 15 * (z + 1)),
    ...change,
  }));
}

function tiff(change: Partial<FixturePage>, name = 'stack.tif'): readonly ByteSource[] {
  return [bytesSource(buildTiff(pages(change)).bytes, name)];
}

function npy(fortran: boolean, data: Uint8Array, descr = '<u2'): readonly ByteSource[] {
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (8, 3, 5), }`;
  const header = text.padEnd(117, ' ') + '\n';
  return [
    bytesSource(
      joinBytes(Uint8Array.of(0x93), 'NUMPY', Uint8Array.of(1, 0, 118, 0), header, data),
      'a.npy',
    ),
  ];
}

const one = (bytes: Uint8Array, name: string): readonly ByteSource[] => [bytesSource(bytes, name)];

const NRRD = { type: 'uint16', sizes: '5 3 8', endian: 'little' };

const CASES: Readonly<Record<string, readonly ByteSource[]>> = {
  'TIFF in strips': tiff({ rowsPerStrip: 2 }),
  'TIFF in tiles, LZW': tiff({ tile: [16, 16], codec: 'lzw' }),
  'TIFF, Deflate with differences': tiff({ codec: 'deflate', predictor: 2 }),
  'TIFF of ImageJ above 4 GB: one directory, slices behind each other': one(
    joinBytes(
      buildTiff(
        [
          {
            ...(pages({ rowsPerStrip: 3 })[0] as FixturePage),
            values: GREY.slice(0, 15),
            fields: { 270: ascii('ImageJ=1.53\nimages=8\nslices=8\n') },
          },
        ],
        { directoriesFirst: true },
      ).bytes,
      RAW.slice(30),
    ),
    'large.tif',
  ),
  'folder of slices': pages({}).map((page, z) =>
    bytesSource(buildTiff([page]).bytes, `slice${z + 5}.tif`),
  ),
  'NRRD raw': one(nrrdBytes(NRRD, RAW), 'a.nrrd'),
  'NRRD raw, big endian': one(nrrdBytes({ ...NRRD, endian: 'big' }, swapped(RAW)), 'a.nrrd'),
  'NRRD in files of two slices each': [
    bytesSource(nrrdBytes({ ...NRRD, 'data file': 'part%d.raw 1 4 1 3' }, ''), 'a.nhdr'),
    ...[0, 1, 2, 3].map((i) => bytesSource(RAW.slice(60 * i, 60 * (i + 1)), `part${i + 1}.raw`)),
  ],
  'NRRD gzip': one(nrrdBytes({ ...NRRD, encoding: 'gzip' }, gzipSync(RAW)), 'a.nrrd'),
  'MetaImage raw': one(metaImageBytes(SIZE, GREY), 'a.mha'),
  'MetaImage zlib': one(
    metaImageBytes(SIZE, GREY, { CompressedData: 'True' }, deflateSync(RAW)),
    'a.mha',
  ),
  'MetaImage in files of two slices each': [
    bytesSource(metaImageBytes(SIZE, GREY, { ElementDataFile: 'p%d.raw 1 4 1' }), 'a.mhd'),
    ...[0, 1, 2, 3].map((i) => bytesSource(RAW.slice(60 * i, 60 * (i + 1)), `p${i + 1}.raw`)),
  ],
  NIfTI: one(niftiBytes(SIZE, GREY), 'a.nii'),
  'NIfTI with a scale': one(
    niftiBytes(SIZE, GREY, (header) => {
      header.setFloat32(112, 0.5, true);
      header.setFloat32(116, 3, true);
    }),
    'a.nii',
  ),
  'NIfTI gzip': one(gzipSync(niftiBytes(SIZE, GREY)), 'a.nii.gz'),
  'NumPy, C order': npy(false, RAW),
  'NumPy, Fortran order': npy(true, RAW),
  'NumPy, half floats': npy(false, RAW, '<f2'),
  MRC: one(mrcBytes(SIZE, GREY, 6), 'a.mrc'),
  VTK: one(vtkBytes(SIZE, 'unsigned_short', swapped(RAW)), 'a.vtk'),
};

/** Reads slices in rising runs of several lengths, then one in the middle and the first again. */
async function expectSameSlices(sources: readonly ByteSource[]): Promise<Volume> {
  const { volume, metadata } = await openVolume(sources);
  const { reader } = await openSlabs(sources);
  expect(reader.metadata.size).toEqual(volume.size);
  expect(reader.metadata.type).toBe(volume.type);
  expect(reader.metadata.spacing).toEqual(volume.spacing);
  expect(reader.name).toBe(volume.name);
  expect(reader.origin).toEqual(volume.origin);
  expect(reader.metadata.spacingSource).toBe(metadata.spacingSource);
  const [nx, ny, nz] = volume.size;
  const expectSlices = async (first: number, end: number): Promise<void> => {
    const part = await reader.readSlices(first, end);
    expect(part).toEqual(volume.data.slice(first * nx * ny, end * nx * ny));
  };
  for (let first = 0, length = 1; first < nz; first += length, length += 1) {
    await expectSlices(first, Math.min(first + length, nz));
  }
  const middle = Math.floor(nz / 2);
  await expectSlices(middle, middle + 1);
  await expectSlices(0, 1);
  return volume;
}

describe('slices on demand are those of the whole volume', () => {
  test.each(Object.entries(CASES))('%s', async (_, sources) => {
    expect((await expectSameSlices(sources)).size).toEqual(SIZE);
  });
});

test('a volume of several slices is cut short where its file ends in the second', async () => {
  const { reader } = await openSlabs(one(nrrdBytes(NRRD, RAW.slice(0, 45)), 'short.nrrd'));
  const thrown: unknown = await reader.readSlices(0, 1).catch((error: unknown) => error);
  expect(isUserError(thrown) && thrown.code).toBe('file/truncated');
});

test('slices are no longer read once the reading is cancelled', async () => {
  const stop = new AbortController();
  const { reader } = await openSlabs(tiff({}), { signal: stop.signal });
  stop.abort();
  const thrown: unknown = await reader.readSlices(0, 8).catch((error: unknown) => error);
  expect(isUserError(thrown) && thrown.code).toBe('run/cancelled');
});

describeWithReference('slices of files of other projects', ['io', 'expected.json'], () => {
  const expected = readReferenceJson('io', 'expected.json') as Record<
    string,
    { readonly kind: string; readonly siblings?: readonly string[] }
  >;
  // Zarr stores are folders, and what holds colours or several volumes is refused.
  const names = Object.keys(expected).filter(
    (name) =>
      expected[name]?.kind !== 'zarr' &&
      ![
        'example_nifti2.nii.gz',
        'multi-channel.ome.tif',
        'seq-3c-8b-multistrip-8743c999.tiff',
      ].includes(name),
  );
  test.each(names)('%s', async (name) => {
    await expectSameSlices(
      [name, ...(expected[name]?.siblings ?? [])].map((file) =>
        bytesSource(readReference('io', file), file),
      ),
    );
  });
});
