import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { expectFailure, GREY, SIZE } from '../../../../tests/support/format-cases.ts';
import {
  describeWithReference,
  readReference,
  readReferenceJson,
} from '../../../../tests/support/reference-data.ts';
import { niftiBytes } from '../../../../tests/support/itk-files.ts';
import { voxelBytes } from '../../../volume/volume.ts';
import { bytesSource } from '../../sources.ts';
import { niftiFormat } from './nifti.ts';

describe('NIfTI', () => {
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

  test('damaged files are refused in one sentence', async () => {
    const good = niftiBytes(SIZE, GREY);
    await expectFailure(niftiFormat, good.subarray(0, -1), 'file/truncated', 'cut short');
    await expectFailure(niftiFormat, gzipSync(good.subarray(0, -1)), 'file/truncated', 'cut short');
    await expectFailure(niftiFormat, new Uint8Array(600), 'file/malformed', 'NIfTI header');
    await expectFailure(
      niftiFormat,
      niftiBytes(SIZE, GREY, (h) => h.setUint8(345, 0x69)),
      'file/unreadable',
      'case.img.img',
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

  test('a series is a choice of one volume', async () => {
    const series = new Uint16Array([
      ...(GREY as Uint16Array),
      ...(GREY as Uint16Array).map((v) => v + 1),
    ]);
    const bytes = niftiBytes(SIZE, series, (h) => {
      h.setInt16(40, 4, true);
      h.setInt16(48, 2, true);
    });
    for (const packed of [bytes, gzipSync(bytes)]) {
      const source = bytesSource(packed, 'series.nii');
      await expect(niftiFormat.readVolume(source)).rejects.toMatchObject({
        code: 'file/several-datasets',
      });
      const { volume } = await niftiFormat.readVolume(source, { dataset: '2' });
      expect(volume.size).toEqual(SIZE);
      expect(volume.data).toEqual((GREY as Uint16Array).map((v) => v + 1));
    }
  });

  test('a pair of files is joined', async () => {
    const whole = niftiBytes(SIZE, GREY, (h) => {
      h.setUint8(345, 0x69);
      h.setFloat32(108, 0, true);
    });
    const { volume } = await niftiFormat.readVolume(bytesSource(whole.slice(0, 348), 'a.hdr'), {
      siblings: [bytesSource(whole.slice(352), 'a.img')],
    });
    expect(volume.data).toEqual(GREY);
  });
});

describeWithReference('a NIfTI-2 series of another project', ['io', 'expected.json'], () => {
  test('both volumes hold the voxels that nibabel reads, with their spacing', async () => {
    const name = 'example_nifti2.nii.gz';
    const expected = readReferenceJson('io', 'expected.json') as Record<
      string,
      { readonly sha256: string; readonly spacing: readonly number[] }
    >;
    const source = bytesSource(readReference('io', name), name);
    const hash = createHash('sha256');
    for (const dataset of ['1', '2']) {
      const { volume } = await niftiFormat.readVolume(source, { dataset });
      expect(volume.size).toEqual([32, 20, 12]);
      expect(volume.spacing).toEqual({
        values: expected[name]?.spacing.slice(1).reverse(),
        unit: 'mm',
      });
      hash.update(voxelBytes(volume.data));
    }
    expect(hash.digest('hex')).toBe(expected[name]?.sha256);
  });
});
