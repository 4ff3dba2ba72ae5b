import { describe, expect, test } from 'vitest';
import {
  bigEndian,
  expectFailure,
  failure,
  GREY,
  SIZE,
  voxels,
} from '../../../../tests/support/format-cases.ts';
import { joinBytes, mrcBytes, vtkBytes } from '../../../../tests/support/itk-files.ts';
import type { VoxelType } from '../../../volume/volume.ts';
import { bytesSource } from '../../sources.ts';
import { mrcFormat } from './mrc.ts';
import { vtkFormat } from './vtk.ts';

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
  const error = await failure(mrcFormat, mrcBytes(SIZE, GREY, 6), {
    signal: controller.signal,
    progress: () => controller.abort(),
  });
  expect(error.code).toBe('run/cancelled');
});
