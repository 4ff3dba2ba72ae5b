import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  joinBytes,
  metaImageBytes,
  mrcBytes,
  niftiBytes,
  vtkBytes,
} from '../../../../tests/support/itk-files.ts';
import { UserError, type UserErrorCode } from '../../../errors/errors.ts';
import { allocateVoxels, type Size3, voxelBytes, type VoxelType } from '../../../volume/volume.ts';
import type { ReadOptions, VolumeFormat } from '../../format.ts';
import { bytesSource } from '../../sources.ts';
import { metaImageFormat } from './meta-image.ts';
import { mrcFormat } from './mrc.ts';
import { niftiFormat } from './nifti.ts';
import { vtkFormat } from './vtk.ts';

const SIZE: Size3 = [4, 3, 2];

function voxels(type: VoxelType) {
  const data = allocateVoxels(type, 24);
  voxelBytes(data).forEach((_, i, bytes) => {
    bytes[i] = (i * 37) % 120;
  });
  return data;
}

const GREY = voxels('uint16');

function bigEndian(data: Uint16Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(data.byteLength));
  data.forEach((value, i) => {
    view.setUint16(2 * i, value);
  });
  return new Uint8Array(view.buffer);
}

async function failure(
  format: VolumeFormat,
  bytes: Uint8Array,
  options: ReadOptions = {},
): Promise<UserError> {
  const thrown: unknown = await format.readVolume(bytesSource(bytes, 'case.img'), options).then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(UserError);
  return thrown as UserError;
}

async function expectFailure(
  format: VolumeFormat,
  bytes: Uint8Array,
  code: UserErrorCode,
  words: string,
): Promise<void> {
  const error = await failure(format, bytes);
  expect(error.code).toBe(code);
  expect(error.message).toContain(words);
  expect(error.message).toMatch(/^case\.img[^\n]+\.$/);
}

describe('MetaImage', () => {
  test.each<VoxelType>([
    'uint8',
    'int8',
    'uint16',
    'int16',
    'uint32',
    'int32',
    'float32',
    'float64',
    'int64',
    'uint64',
  ])('voxels of type %s', async (type) => {
    const data = voxels(type);
    const source = bytesSource(metaImageBytes(SIZE, data), 'case.mha');
    const { volume } = await metaImageFormat.readVolume(source);
    expect(volume.size).toEqual(SIZE);
    expect(volume.data).toEqual(data);
    expect(volume.spacing).toEqual({ values: [0.5, 0.5, 0.5], unit: 'mm' });
  });

  test('compressed and big-endian voxels, and 2-D images', async () => {
    const packed = metaImageBytes(
      SIZE,
      GREY,
      { CompressedData: 'True' },
      deflateSync(voxelBytes(GREY)),
    );
    expect((await metaImageFormat.readVolume(bytesSource(packed, 'a.mha'))).volume.data).toEqual(
      GREY,
    );
    const swapped = metaImageBytes(
      SIZE,
      GREY,
      { BinaryDataByteOrderMSB: 'True' },
      bigEndian(GREY as Uint16Array),
    );
    expect((await metaImageFormat.readVolume(bytesSource(swapped, 'a.mha'))).volume.data).toEqual(
      GREY,
    );
    const flat = metaImageBytes([6, 4], GREY);
    expect((await metaImageFormat.readVolume(bytesSource(flat, 'a.mha'))).volume.size).toEqual([
      6, 4, 1,
    ]);
  });

  test('voxels in one file or a list of files beside the header', async () => {
    const halves = [voxelBytes(GREY).slice(0, 24), voxelBytes(GREY).slice(24)];
    const siblings = [
      bytesSource(voxelBytes(GREY), 'all.raw'),
      bytesSource(halves[0]!, 's1.raw'),
      bytesSource(halves[1]!, 's2.raw'),
      bytesSource(joinBytes('skip', voxelBytes(GREY)), 'skip.raw'),
    ];
    const cases: Record<string, string>[] = [
      { ElementDataFile: 'all.raw' },
      { ElementDataFile: 'LIST\ns1.raw\ns2.raw' },
      { ElementDataFile: 's%d.raw 1 2 1' },
      { HeaderSize: '4', ElementDataFile: 'skip.raw' },
      { HeaderSize: '-1', ElementDataFile: 'skip.raw' },
    ];
    for (const fields of cases) {
      const source = bytesSource(metaImageBytes(SIZE, GREY, fields), 'case.mhd');
      const { volume } = await metaImageFormat.readVolume(source, { siblings });
      expect(volume.data).toEqual(GREY);
    }
  });

  test('bad files are refused before they are read', async () => {
    const whole = metaImageBytes(SIZE, GREY);
    await expectFailure(metaImageFormat, whole.subarray(0, -1), 'file/truncated', 'cut short');
    const half = deflateSync(voxelBytes(GREY)).subarray(0, 20);
    await expectFailure(
      metaImageFormat,
      metaImageBytes(SIZE, GREY, { CompressedData: 'True' }, half),
      'file/malformed',
      'compressed voxels',
    );
    await expectFailure(
      metaImageFormat,
      metaImageBytes(SIZE, GREY, { ElementNumberOfChannels: '3' }),
      'volume/not-scalar',
      '3 values per voxel',
    );
    await expectFailure(
      metaImageFormat,
      metaImageBytes(SIZE, GREY, { DimSize: '4 3 0' }),
      'volume/no-voxels',
      '4 × 3 × 0',
    );
    await expectFailure(
      metaImageFormat,
      metaImageBytes([2, 2, 2, 3], GREY),
      'file/unsupported',
      '4-dimensional',
    );
    await expectFailure(
      metaImageFormat,
      metaImageBytes(SIZE, GREY, { ElementType: 'MET_STRING' }),
      'file/unsupported',
      'MET_STRING',
    );
    await expectFailure(
      metaImageFormat,
      metaImageBytes(SIZE, GREY, { DimSize: '4000 4000 4000' }),
      'file/limit',
      '2 GiB',
    );
    await expectFailure(
      metaImageFormat,
      metaImageBytes(SIZE, GREY, { ElementDataFile: '/etc/passwd' }),
      'file/unreadable',
      'open both files',
    );
    await expectFailure(
      metaImageFormat,
      joinBytes('NDims = 3\n'),
      'file/malformed',
      'ElementDataFile',
    );
  });

  test('our key says the unit; any other value leaves the convention', async () => {
    const unitOf = async (key: Record<string, string>) => {
      const bytes = metaImageBytes(SIZE, GREY, key);
      const source = bytesSource(bytes, 'a.mha');
      return (await metaImageFormat.readVolume(source)).volume.spacing?.unit;
    };
    expect(await unitOf({ 'tauscope length unit': 'um' })).toBe('µm');
    expect(await unitOf({ 'tauscope length unit': 'nm' })).toBe('nm');
    expect(await unitOf({ 'tauscope length unit': 'furlong' })).toBe('mm');
    expect(await unitOf({})).toBe('mm');
  });

  test('a spacing of zero is ignored and said to be', async () => {
    const bytes = metaImageBytes(SIZE, GREY, { ElementSpacing: '0 1 1' });
    const { volume, metadata } = await metaImageFormat.readVolume(bytesSource(bytes, 'a.mha'));
    expect(volume.spacing).toBeNull();
    expect(metadata.warnings.join()).toContain('voxel size of 0 along x');
  });
});

describe('NIfTI-1', () => {
  test('plain and gzip files, with spacing in the unit of the header', async () => {
    const plain = niftiBytes(SIZE, GREY, (header) => header.setUint8(123, 3));
    for (const bytes of [plain, gzipSync(plain)]) {
      const { volume } = await niftiFormat.readVolume(bytesSource(bytes, 'case.nii'));
      expect(volume.data).toEqual(GREY);
      expect(volume.spacing).toEqual({ values: [0.5, 0.5, 2], unit: 'µm' });
    }
  });

  test('without a unit the numbers are a hint', async () => {
    const bytes = niftiBytes(SIZE, GREY, (header) => header.setUint8(123, 0));
    const { volume, metadata } = await niftiFormat.readVolume(bytesSource(bytes, 'case.nii'));
    expect(volume.spacing).toBeNull();
    expect(metadata.tags['spacing without unit']).toBe('0.5 × 0.5 × 2');
  });

  test('five axes of which two count one voxel', async () => {
    const bytes = niftiBytes(SIZE, GREY, (header) => header.setInt16(40, 5, true));
    const { volume } = await niftiFormat.readVolume(bytesSource(bytes, 'case.nii'));
    expect(volume.size).toEqual(SIZE);
    expect(volume.data).toEqual(GREY);
  });

  test('scaled values are read as scaled, and said to be', async () => {
    const bytes = niftiBytes(SIZE, GREY, (header) => {
      header.setFloat32(112, 0.5, true);
      header.setFloat32(116, -10, true);
    });
    const { volume, metadata } = await niftiFormat.readVolume(bytesSource(bytes, 'case.nii'));
    expect([...(volume.data as Float64Array)]).toEqual(
      [...(GREY as Uint16Array)].map((v) => v / 2 - 10),
    );
    expect(metadata.type).toBe(volume.type);
    expect(metadata.warnings.join()).toContain('0.5');
  });

  test('files that hang or fool the pipeline never reach it', async () => {
    const good = niftiBytes(SIZE, GREY);
    await expectFailure(niftiFormat, good.subarray(0, -1), 'file/truncated', 'cut short');
    await expectFailure(niftiFormat, gzipSync(good.subarray(0, -1)), 'file/truncated', 'cut short');
    await expectFailure(niftiFormat, new Uint8Array(600), 'file/malformed', 'NIfTI header');
    await expectFailure(
      niftiFormat,
      niftiBytes(SIZE, GREY, (h) => {
        h.setInt32(0, 540, true);
        h.setUint32(4, 0x00322b6e, true);
      }),
      'file/unsupported',
      'NIfTI-2',
    );
    await expectFailure(
      niftiFormat,
      niftiBytes(SIZE, GREY, (h) => h.setUint8(345, 0x69)),
      'file/unsupported',
      'pair',
    );
    await expectFailure(
      niftiFormat,
      niftiBytes(SIZE, GREY, (h) => {
        h.setInt16(40, 5, true);
        h.setInt16(50, 2, true);
      }),
      'file/unsupported',
      '5-dimensional',
    );
    await expectFailure(
      niftiFormat,
      niftiBytes(SIZE, GREY, (h) => h.setInt16(70, 128, true)),
      'volume/not-scalar',
      '3 values',
    );
    await expectFailure(
      niftiFormat,
      niftiBytes(SIZE, GREY, (h) => h.setInt16(42, -4, true)),
      'file/malformed',
      '-4',
    );
    await expectFailure(
      niftiFormat,
      niftiBytes(SIZE, GREY, (h) => h.setInt16(42, 0, true)),
      'volume/no-voxels',
      '0 × 3 × 2',
    );
    await expectFailure(
      niftiFormat,
      niftiBytes(SIZE, GREY, (h) => h.setFloat32(108, -1, true)),
      'file/malformed',
      'byte -1',
    );
  });

  test('a gzip file is recognised by what is inside', () => {
    expect(niftiFormat.sniff(gzipSync(niftiBytes(SIZE, GREY)).subarray(0, 4096), 'a.gz')).toBe(
      true,
    );
    expect(niftiFormat.sniff(gzipSync(Buffer.alloc(5000)).subarray(0, 4096), 'a.nii.gz')).toBe(
      false,
    );
  });
});

describe('MRC', () => {
  test.each<[VoxelType, number]>([
    ['int8', 0],
    ['int16', 1],
    ['float32', 2],
    ['uint16', 6],
  ])('%s voxels, mode %i', async (type, mode) => {
    const data = voxels(type);
    if (type === 'int8') (data as Int8Array)[3] = -100;
    const { volume } = await mrcFormat.readVolume(bytesSource(mrcBytes(SIZE, data, mode), 'a.mrc'));
    expect(volume.type).toBe(type);
    expect(volume.data).toEqual(data);
    expect(volume.spacing).toEqual({ values: [1, 1, 1], unit: 'nm' });
  });

  test('mode 0 of an older program is unsigned', async () => {
    const bytes = mrcBytes(SIZE, voxels('uint8'), 0, (header) => header.setInt32(108, 0, true));
    const { volume } = await mrcFormat.readVolume(bytesSource(bytes, 'a.mrc'));
    expect(volume.type).toBe('uint8');
  });

  test('bad files are refused', async () => {
    const good = mrcBytes(SIZE, GREY, 6);
    await expectFailure(mrcFormat, good.subarray(0, -1), 'file/truncated', 'cut short');
    await expectFailure(mrcFormat, good.subarray(0, 500), 'file/truncated', 'cut short');
    await expectFailure(mrcFormat, mrcBytes(SIZE, GREY, 4), 'file/unsupported', 'mode 4');
    await expectFailure(mrcFormat, mrcBytes([4, -3, 2], GREY, 6), 'file/malformed', '-3');
  });
});

describe('VTK legacy', () => {
  test('binary voxels are big endian, text is text, the unit is asked for', async () => {
    const binary = vtkBytes(SIZE, 'unsigned_short', bigEndian(GREY as Uint16Array));
    const text = vtkBytes(SIZE, 'unsigned_short', [...(GREY as Uint16Array)].join(' '));
    for (const bytes of [binary, text]) {
      const { volume, metadata } = await vtkFormat.readVolume(bytesSource(bytes, 'a.vtk'));
      expect(volume.data).toEqual(GREY);
      expect(volume.spacing).toBeNull();
      expect(metadata.tags['spacing without unit']).toBe('0.5 × 0.5 × 2');
    }
  });

  test('bad files are refused', async () => {
    const good = vtkBytes(SIZE, 'unsigned_short', bigEndian(GREY as Uint16Array));
    await expectFailure(vtkFormat, good.subarray(0, -1), 'file/truncated', 'cut short');
    await expectFailure(
      vtkFormat,
      vtkBytes(SIZE, 'float', `${'1.5678 '.repeat(23)}    `),
      'file/truncated',
      '24',
    );
    await expectFailure(vtkFormat, vtkBytes(SIZE, 'bit', 'x'), 'file/unsupported', 'bit');
    const mesh = joinBytes('# vtk DataFile Version 3.0\nt\nASCII\nDATASET POLYDATA\n');
    await expectFailure(vtkFormat, mesh, 'file/unsupported', 'POLYDATA');
  });
});

test('an abort before the pipeline starts stops the read', async () => {
  const controller = new AbortController();
  const error = await failure(metaImageFormat, metaImageBytes(SIZE, GREY), {
    signal: controller.signal,
    progress: () => controller.abort(),
  });
  expect(error.code).toBe('run/cancelled');
});
