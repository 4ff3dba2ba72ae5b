/** The files that are damaged: small ones of every format and layout, whole as they stand here. */
import { deflateSync, gzipSync } from 'node:zlib';
import type { ByteSource } from '../../src/io/format.ts';
import { offerRaw } from '../../src/io/formats/raw/offer.ts';
import { decodePages } from '../../src/io/formats/tiff/reader.ts';
import { openVolume } from '../../src/io/open.ts';
import { type FormatId, writeVolume } from '../../src/io/registry.ts';
import { parseRawLayout } from '../../src/volume/raw-layout.ts';
import { createVolume, type VoxelArray, voxelBytes } from '../../src/volume/volume.ts';
import type { WritableFormatId } from '../../src/volume/written-formats.ts';
import { amiraBytes } from '../support/amira-files.ts';
import { txmBytes } from '../support/compound-files.ts';
import { dicomBytes, pixelsOf } from '../support/dicom-files.ts';
import { bigEndian, GREY, SIZE, voxels } from '../support/format-cases.ts';
import { hdf5Bytes } from '../support/hdf5-files.ts';
import { joinBytes, metaImageBytes, mrcBytes, niftiBytes, vtkBytes } from '../support/itk-files.ts';
import { nrrdBytes } from '../support/nrrd-files.ts';
import { npyBytes, zipBytes } from '../support/numpy-files.ts';
import {
  ascii,
  buildTiff,
  type FixtureOptions,
  type FixturePage,
  long,
  type Place,
  short,
} from '../support/tiff-fixtures.ts';
import { VGI, XTEKCT } from '../support/vgi-files.ts';
import { multiscales, ramp, V2, V3 } from '../support/zarr-files.ts';

export interface FuzzFile {
  readonly name: string;
  /** Relative to the dropped folder, '' for a file that was dropped itself. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Where its numbers stand; without them they are guessed. */
  readonly places?: readonly Place[];
  /** Byte positions of what its offsets may point to: loops are made of them. */
  readonly links?: readonly number[];
}

export interface FuzzBase {
  readonly name: string;
  readonly files: readonly FuzzFile[];
  /** How it is read where not by opening it as a volume. */
  readonly read?: (source: ByteSource) => Promise<VoxelArray>;
}

const file = (name: string, bytes: Uint8Array, rest: Partial<FuzzFile> = {}): FuzzFile => ({
  name,
  path: '',
  bytes,
  ...rest,
});
const text = (name: string, content: string): FuzzFile =>
  file(name, new TextEncoder().encode(content));

const alone = (name: string, fileName: string, bytes: Uint8Array): FuzzBase => ({
  name,
  files: [file(fileName, bytes)],
});

/** Zeros that shrink a thousandfold. */
const BOMB = new Uint8Array(24 * 2 ** 20);

const LABELS = createVolume({
  kind: 'labels',
  size: [4, 3, 2],
  data: Uint8Array.from({ length: 24 }, (_, i) => i % 3),
  spacing: { values: [0.4, 0.4, 0.5], unit: 'µm' },
  phases: [
    { label: 0, name: 'Pore', colour: '#000000', pore: true },
    { label: 2, name: 'NMC', colour: '#ff8800', pore: false },
  ],
});

const written = async (format: WritableFormatId): Promise<Uint8Array> =>
  new Uint8Array(await (await writeVolume(LABELS, format, 'a note')).arrayBuffer());

function dicomBases(): readonly FuzzBase[] {
  const slice = (z: number): FuzzFile =>
    file(
      `${z}.dcm`,
      dicomBytes({
        elements: {
          0x0020_0032: `0\\0\\${z}`,
          0x0020_0037: '1\\0\\0\\0\\1\\0',
          0x0028_1052: '-1024',
          0x0028_1053: '2',
        },
        pixels: pixelsOf(10 * z),
      }),
    );
  return [
    alone('explicit', 'a.dcm', dicomBytes({ elements: { 0x0018_0050: '3' } })),
    alone('implicit', 'a.dcm', dicomBytes({ implicit: true })),
    alone('big-endian', 'a.dcm', dicomBytes({ bigEndian: true })),
    { name: 'series', files: [slice(0), slice(1), slice(2)] },
  ];
}

const steps = Uint16Array.from({ length: 24 * 20 }, (_, i) => (i * 37) % 5000);
const page: FixturePage = { width: 24, height: 20, values: steps };

/** A baseline JPEG of one 8 × 8 block of value 200. */
const jpeg = new Uint8Array(
  Buffer.from(
    `ffd8ffdb004300${'01'.repeat(64)}ffc0000b080008000801011100ffc400141001${'00'.repeat(15)}0affc400141001${'00'.repeat(15)}00ffda0008010100003f00480fffd9`,
    'hex',
  ),
);

const TIFFS: Readonly<Record<string, readonly [FixturePage[], FixtureOptions]>> = {
  'raw strips, big-endian': [[{ ...page, rowsPerStrip: 6 }, page, page], { bigEndian: true }],
  'LZW tiles with predictor 2': [
    [
      { ...page, codec: 'lzw', predictor: 2, tile: [16, 16] },
      { ...page, codec: 'lzw-old', tile: [16, 16] },
    ],
    {},
  ],
  'Deflate floats with predictor 3': [
    [
      {
        ...page,
        values: Float32Array.from(steps),
        codec: 'deflate',
        predictor: 3,
        rowsPerStrip: 7,
      },
    ],
    {},
  ],
  'BigTIFF, ZSTD': [
    [
      { ...page, codec: 'zstd', rowsPerStrip: 5 },
      { ...page, codec: 'packbits' },
    ],
    { big: true },
  ],
  'ImageJ, 12 bits': [
    [
      {
        ...page,
        bits: 12,
        values: [...steps].map((value) => value % 4096),
        fields: {
          270: ascii('ImageJ=1.53t\nimages=3\nslices=3\nunit=um\nspacing=0.5\nloop=false\n'),
          330: long(8, 100),
        },
      },
    ],
    { directoriesFirst: true },
  ],
  JPEG: [
    [
      {
        width: jpeg.length,
        height: 1,
        values: jpeg,
        fields: { 256: long(8), 257: long(8), 259: short(7), 278: long(8) },
      },
    ],
    {},
  ],
};

const OME: FixturePage = {
  ...page,
  values: Uint8Array.from({ length: 24 * 20 * 3 }, (_, i) => i % 256),
  samples: 3,
  planar: true,
  codec: 'packbits',
  rowsPerStrip: 4,
  fields: {
    270: ascii(
      '<?xml version="1.0"?><OME><Image><Pixels SizeX="24" SizeY="20" SizeZ="1" SizeC="3" SizeT="1" PhysicalSizeX="1"><TiffData IFD="0"/></Pixels></Image></OME>',
    ),
  },
};

function tiffBase(
  name: string,
  pages: FixturePage[],
  options: FixtureOptions,
  fileName = 'a.tif',
): FuzzBase {
  const { bytes, places, directories } = buildTiff(pages, options);
  return { name, files: [file(fileName, bytes, { places, links: directories })] };
}

async function tiffBases(): Promise<readonly FuzzBase[]> {
  const slices = ['s1.tif', 's2.tif', 's10.tif'].flatMap(
    (name) => tiffBase('slice', [{ ...page, codec: 'lzw' }], {}, name).files,
  );
  const packed = deflateSync(BOMB);
  const bomb: FixturePage = {
    width: packed.length,
    height: 1,
    values: packed,
    fields: { 256: long(24), 257: long(20), 259: short(8), 278: long(20) },
  };
  return [
    ...Object.entries(TIFFS).map(([name, [pages, options]]) => tiffBase(name, pages, options)),
    {
      ...tiffBase('OME, planar colours', [OME], {}),
      read: async (source) => (await decodePages(source)).data,
    },
    { name: 'folder of slices', files: slices },
    alone('written by us', 'a.tif', await written('tiff')),
    tiffBase('Deflate bomb', [bomb], {}),
  ];
}

const NRRD_GEOMETRY = {
  sizes: '3 2 2',
  type: 'ushort',
  endian: 'big',
  kinds: 'domain domain domain',
  space: 'left-posterior-superior',
  'space directions': '(0.4,0,0) (0,0.4,0) (0,0,0.5)',
  'space units': '"um" "um" "um"',
  'space origin': '(0,0,0)',
};
const NRRD_PAIRS = ['Segment0_LabelValue:=1', 'Segment0_Name:=binder', 'tauscope phases:=[]'];
const NRRD_VOXELS = Uint8Array.from({ length: 24 }, (_, i) => i * 10);

async function nrrdBases(): Promise<readonly FuzzBase[]> {
  const parts = ['s00.raw', 's01.raw'].map((name) => file(name, new Uint8Array(12)));
  const header = (fields: Readonly<Record<string, string>>, payload: string): FuzzFile =>
    file('a.nhdr', nrrdBytes({ ...NRRD_GEOMETRY, ...fields }, payload));
  return [
    alone('raw', 'a.nrrd', nrrdBytes(NRRD_GEOMETRY, NRRD_VOXELS, NRRD_PAIRS)),
    alone(
      'gzip',
      'a.nrrd',
      nrrdBytes(
        { ...NRRD_GEOMETRY, encoding: 'gzip', 'line skip': '1' },
        joinBytes('x\n', gzipSync(NRRD_VOXELS)),
        NRRD_PAIRS,
      ),
    ),
    alone(
      'ascii',
      'a.nrrd',
      nrrdBytes(
        { ...NRRD_GEOMETRY, encoding: 'ascii', space: undefined, spacings: '1 nan 2' },
        '1 2 3 4 5 6 7 8 9 10 11 12',
      ),
    ),
    alone(
      'hex',
      'a.nrrd',
      nrrdBytes({ ...NRRD_GEOMETRY, encoding: 'hex', 'byte skip': '0' }, '0a'.repeat(24)),
    ),
    alone(
      'bzip2',
      'a.nrrd',
      nrrdBytes(
        { ...NRRD_GEOMETRY, encoding: 'bzip2', sizes: '6 1 1' },
        Buffer.from(
          'QlpoMTFBWSZTWaRjnbsAAACRgEAAASAcACAAIYAMAycu4u5IpwoSFIxzt2BCWmgxMUFZJlNZJooCNAAAAoGADgGIACAAIhhoMAcCmF3JFOFCQJooCNA=',
          'base64',
        ),
      ),
    ),
    {
      name: 'list of files',
      files: [header({ 'data file': 'LIST 2' }, 's00.raw\ns01.raw\n'), ...parts],
    },
    { name: 'pattern', files: [header({ 'data file': 's%02d.raw 0 1 1' }, ''), ...parts] },
    alone('written by us', 'a.nrrd', await written('nrrd')),
    alone('gzip bomb', 'a.nrrd', nrrdBytes({ encoding: 'gzip' }, gzipSync(BOMB))),
  ];
}

function metaImageBases(): readonly FuzzBase[] {
  const raw = file('a.raw', voxelBytes(GREY));
  const slice = (name: string): FuzzFile => file(name, voxelBytes(GREY).slice(0, 24));
  return [
    alone('local', 'a.mha', metaImageBytes(SIZE, GREY)),
    alone(
      'compressed',
      'a.mha',
      metaImageBytes(SIZE, GREY, { CompressedData: 'True' }, deflateSync(voxelBytes(GREY))),
    ),
    alone(
      'big-endian floats',
      'a.mha',
      metaImageBytes(SIZE, voxels('float32'), {
        BinaryDataByteOrderMSB: 'True',
        TransformMatrix: '1 0 0 0 1 0 0 0 1',
        Offset: '1 2 3',
        ElementNumberOfChannels: '1',
      }),
    ),
    {
      name: 'detached',
      files: [
        file('a.mhd', metaImageBytes(SIZE, GREY, { ElementDataFile: 'a.raw', HeaderSize: '-1' })),
        raw,
      ],
    },
    {
      name: 'list of files',
      files: [
        file('a.mhd', metaImageBytes(SIZE, GREY, { ElementDataFile: 'LIST\nb.raw\nc.raw' })),
        slice('b.raw'),
        slice('c.raw'),
      ],
    },
    {
      name: 'pattern',
      files: [
        file('a.mhd', metaImageBytes(SIZE, GREY, { ElementDataFile: 'p%d.raw 1 2 1' })),
        slice('p1.raw'),
        slice('p2.raw'),
      ],
    },
    alone(
      'zlib bomb',
      'a.mha',
      metaImageBytes(SIZE, GREY, { CompressedData: 'True' }, deflateSync(BOMB)),
    ),
  ];
}

/** NIfTI-2 as its header file nifti2.h lays it out. */
function nifti2Bytes(): Uint8Array {
  const header = new DataView(new ArrayBuffer(544));
  header.setInt32(0, 540, true);
  [0x6e, 0x2b, 0x32, 0, 0x0d, 0x0a, 0x1a, 0x0a].forEach((byte, i) => header.setUint8(4 + i, byte));
  header.setInt16(12, 512, true);
  header.setInt16(14, 16, true);
  [3, ...SIZE, 1, 1, 1, 1].forEach((length, i) => {
    header.setBigInt64(16 + 8 * i, BigInt(length), true);
  });
  [1, 0.5, 0.5, 2].forEach((length, i) => header.setFloat64(104 + 8 * i, length, true));
  header.setBigInt64(168, 544n, true);
  header.setInt32(500, 3, true);
  return joinBytes(new Uint8Array(header.buffer), voxelBytes(GREY));
}

function niftiBases(): readonly FuzzBase[] {
  const plain = niftiBytes(SIZE, GREY);
  const pair = niftiBytes(SIZE, GREY, (header) => {
    header.setUint8(345, 0x69);
    header.setFloat32(108, 0, true);
  });
  return [
    alone('NIfTI-1', 'a.nii', plain),
    alone(
      'scaled',
      'a.nii',
      niftiBytes(SIZE, GREY, (header) => {
        header.setFloat32(112, 0.5, true);
        header.setFloat32(116, -10, true);
      }),
    ),
    alone('gzip', 'a.nii.gz', gzipSync(plain)),
    alone('NIfTI-2', 'a.nii', nifti2Bytes()),
    {
      name: 'header and image',
      files: [file('a.hdr', pair.slice(0, 352)), file('a.img', voxelBytes(GREY))],
    },
    alone('gzip bomb', 'a.nii.gz', gzipSync(joinBytes(plain, BOMB))),
  ];
}

function mrcBases(): readonly FuzzBase[] {
  return [
    alone('mode 0', 'a.mrc', mrcBytes(SIZE, voxels('int8'), 0)),
    alone('mode 1', 'a.mrc', mrcBytes(SIZE, voxels('int16'), 1)),
    alone('mode 2', 'a.mrc', mrcBytes(SIZE, voxels('float32'), 2)),
    alone('mode 6', 'a.mrc', mrcBytes(SIZE, GREY, 6)),
  ];
}

function amiraBases(): readonly FuzzBase[] {
  const packed = deflateSync(Uint8Array.from({ length: 12 }, (_, i) => i));
  const bomb = deflateSync(BOMB);
  return [
    alone('raw', 'a.am', amiraBytes({ data: Uint8Array.from({ length: 12 }, (_, i) => i) })),
    alone(
      'HxByteRLE',
      'a.am',
      amiraBytes({
        field: 'Lattice { byte Labels } @1(HxByteRLE,9)',
        parameters: '  Units {\n Coordinates "um"\n }\n BoundingBox 0 1 0 2 0 3,',
        data: Uint8Array.of(4, 7, 0x83, 1, 2, 3, 5, 9, 0),
      }),
    ),
    alone(
      'HxZip',
      'a.am',
      amiraBytes({ field: `Lattice { byte Labels } @1(HxZip,${packed.length})`, data: packed }),
    ),
    alone(
      'ASCII',
      'a.am',
      amiraBytes({
        magic: '# AmiraMesh 3D ASCII 2.0',
        data: new TextEncoder().encode('7 7 7 7 1 2\n3 9 9 9 9 9\n'),
      }),
    ),
    alone(
      'old and big-endian',
      'a.am',
      amiraBytes({
        magic: '# AmiraMesh 3D BINARY 2.0',
        field: 'Lattice { short Data } @1',
        data: new Uint8Array(24),
      }),
    ),
    alone(
      'zlib bomb',
      'a.am',
      amiraBytes({ field: `Lattice { byte Labels } @1(HxZip,${bomb.length})`, data: bomb }),
    ),
  ];
}

function xradiaBases(): readonly FuzzBase[] {
  const image = (first: number, count: number): Uint16Array =>
    Uint16Array.from({ length: count }, (_, i) => first + i);
  return [
    alone('mini stream', 'a.txm', txmBytes([image(0, 12), image(20, 12)], 4, 3)),
    alone('sectors', 'a.txm', txmBytes([image(0, 3000), image(5, 3000)], 60, 50)),
  ];
}

function vgiBases(): readonly FuzzBase[] {
  const vol = file('scan.vol', new Uint8Array(28));
  return [
    { name: 'VGI', files: [text('scan.vgi', VGI), vol] },
    {
      name: 'Nikon',
      files: [text('cell.xtekct', XTEKCT), file('cell.vol', voxelBytes(GREY).slice(0, 24))],
    },
  ];
}

async function hdf5Bases(): Promise<readonly FuzzBase[]> {
  const data = Uint16Array.from({ length: 24 }, (_, i) => 1000 + i);
  return [
    alone(
      'contiguous',
      'a.h5',
      await hdf5Bytes((made) => {
        const group = made.create_group('exchange');
        const array = group.create_dataset({ name: 'data', data, shape: [2, 3, 4], dtype: '<H' });
        array.create_attribute('element_size_um', Float64Array.of(2, 0.5, 0.25), [3], '<d');
        made.create_dataset({ name: 'theta', data: new Float64Array(5), shape: [5], dtype: '<d' });
      }),
    ),
    alone(
      'chunks, gzip',
      'a.h5',
      await hdf5Bytes((made) => {
        made.create_dataset({
          name: 'grey',
          data: Float32Array.from(data),
          shape: [2, 3, 4],
          dtype: '<f',
          chunks: [1, 3, 4],
          compression: 'gzip',
          compression_opts: [6],
        });
      }),
    ),
  ];
}

function zarrBase(name: string, content: Readonly<Record<string, object>>): FuzzBase {
  return {
    name,
    files: Object.entries(content).map(([key, value]) => {
      const bytes =
        value instanceof Uint8Array ? value : new TextEncoder().encode(JSON.stringify(value));
      return file(key.split('/').at(-1) ?? key, bytes, { path: `scan.zarr/${key}` });
    }),
  };
}

async function zarrBases(): Promise<readonly FuzzBase[]> {
  const codecs = [
    { name: 'bytes', configuration: { endian: 'little' } },
    { name: 'gzip', configuration: { level: 5 } },
  ];
  return [
    zarrBase('version 2', {
      '.zarray': V2,
      '0.0.0': gzipSync(ramp(0, 12)),
      '1.0.0': gzipSync(ramp(12, 12)),
    }),
    zarrBase('version 3', { 'zarr.json': V3, 'c/0/0/0': ramp(0, 12), 'c/1/0/0': ramp(12, 12) }),
    zarrBase('OME-Zarr 0.4', {
      '.zgroup': { zarr_format: 2 },
      '.zattrs': { multiscales: multiscales([2, 0.5, 0.25], 'micrometer') },
      '0/.zarray': { ...V2, compressor: null },
      '0/0.0.0': ramp(0, 12),
      '0/1.0.0': ramp(12, 12),
      '1/.zarray': { ...V2, shape: [2, 2, 3] },
      '1/0.0.0': gzipSync(ramp(500, 12)),
    }),
    zarrBase('version 3, gzip', {
      'zarr.json': { ...V3, codecs },
      'c/0/0/0': gzipSync(ramp(0, 12)),
      'c/1/0/0': gzipSync(ramp(12, 12)),
    }),
    alone('written by us', 'a.ome.zarr.zip', await written('zarr')),
    zarrBase('gzip bomb', {
      'zarr.json': { ...V3, codecs },
      'c/0/0/0': gzipSync(BOMB),
      'c/1/0/0': gzipSync(ramp(12, 12)),
    }),
  ];
}

function npyBases(): readonly FuzzBase[] {
  const data = Uint16Array.from({ length: 24 }, (_, i) => i);
  return [
    alone('version 1', 'a.npy', npyBytes({ descr: '<u2', shape: '(2, 3, 4)', data })),
    alone(
      'version 2, Fortran order',
      'a.npy',
      npyBytes({ descr: '>u2', shape: '(2, 3, 4)', fortran: true, version: 2, data }),
    ),
    alone('half floats', 'a.npy', npyBytes({ descr: '<f2', shape: '(4, 6)', data })),
  ];
}

function npzBases(): readonly FuzzBase[] {
  const bytes = npyBytes({ descr: '|u1', shape: '(2, 2, 2)', data: [1, 2, 3, 4, 5, 6, 7, 8] });
  const name = 'arr_0.npy';
  return [
    alone('stored', 'a.npz', zipBytes([{ name, bytes }])),
    alone('deflated', 'a.npz', zipBytes([{ name, bytes, deflated: true }])),
    alone(
      'deflate bomb',
      'a.npz',
      zipBytes([{ name, bytes: joinBytes(bytes, BOMB), deflated: true, statedSize: bytes.length }]),
    ),
  ];
}

function vtkBases(): readonly FuzzBase[] {
  return [
    alone('binary', 'a.vtk', vtkBytes(SIZE, 'unsigned_short', bigEndian(GREY as Uint16Array))),
    alone('text', 'a.vtk', vtkBytes(SIZE, 'unsigned_short', [...(GREY as Uint16Array)].join(' '))),
    alone('floats as text', 'a.vtk', vtkBytes(SIZE, 'float', '1.5 '.repeat(24))),
  ];
}

/** Files without a header: their layout is right, wrong or guessed. */
function rawBases(): readonly FuzzBase[] {
  const laidOut = (text: string): FuzzBase => ({
    ...alone(text, 'scan_4x3x2_16bit.raw', joinBytes('head', voxelBytes(GREY))),
    read: async (source) => {
      const raw = parseRawLayout(text, 'the layout');
      return (await openVolume([source], { raw })).volume.data;
    },
  });
  return [
    laidOut('4x3x2:uint16:le:4'),
    laidOut('4x3x2:uint16:be'),
    laidOut('4x3x2:uint8:le:4:12'),
    {
      ...alone('guessed', 'scan_4x3x2_16bit.raw', voxelBytes(GREY)),
      read: async (source) => {
        const { guesses } = await offerRaw(source);
        return Float64Array.from(guesses, ({ score }) => score);
      },
    },
  ];
}

const BASES: Readonly<Record<FormatId, () => readonly FuzzBase[] | Promise<readonly FuzzBase[]>>> =
  {
    dicom: dicomBases,
    tiff: tiffBases,
    nrrd: nrrdBases,
    'meta-image': metaImageBases,
    nifti: niftiBases,
    mrc: mrcBases,
    amira: amiraBases,
    xradia: xradiaBases,
    vgi: vgiBases,
    hdf5: hdf5Bases,
    zarr: zarrBases,
    npy: npyBases,
    npz: npzBases,
    raw: rawBases,
    vtk: vtkBases,
  };

export async function basesOf(format: FormatId): Promise<readonly FuzzBase[]> {
  return BASES[format]();
}
