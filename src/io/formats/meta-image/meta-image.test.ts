import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  bigEndian,
  expectFailure,
  GREY,
  SIZE,
  voxels,
} from '../../../../tests/support/format-cases.ts';
import { joinBytes, metaImageBytes } from '../../../../tests/support/itk-files.ts';
import { voxelBytes, type VoxelType } from '../../../volume/volume.ts';
import { bytesSource } from '../../sources.ts';
import { metaImageFormat } from './meta-image.ts';

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
      'file/truncated',
      'cut short',
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
