import { describe, expect, test } from 'vitest';
import { dicomBytes, type DicomParts, pixelsOf } from '../../../../tests/support/dicom-files.ts';
import { groupSources } from '../../group.ts';
import { openVolume } from '../../open.ts';
import { bytesSource } from '../../sources.ts';
import { dicomFormat } from './dicom.ts';

const read = (parts: DicomParts) => dicomFormat.readVolume(bytesSource(dicomBytes(parts), 'a.dcm'));

describe('DICOM', () => {
  test.each<[string, DicomParts]>([
    ['explicit little-endian', {}],
    ['implicit little-endian', { implicit: true }],
    ['explicit big-endian', { bigEndian: true }],
  ])('%s pixels are as stored, columns along x', async (_name, parts) => {
    const { volume } = await read({ ...parts, elements: { 0x0018_0050: '3' } });
    expect(volume.size).toEqual([3, 2, 1]);
    expect([...volume.data]).toEqual([0, 1, 2, 3, 4, 5]);
    // Pixel spacing names rows first.
    expect(volume.spacing).toEqual({ values: [0.25, 0.5, 3], unit: 'mm' });
  });

  test('signed values of 12 bits keep their sign, whatever the unused bits hold', async () => {
    const pixels = new Uint8Array(Uint16Array.of(0xf7ff, 0x0800, 0xffff, 0x1001, 0, 5).buffer);
    const elements = { 0x0028_0101: 12, 0x0028_0102: 11, 0x0028_0103: 1 };
    const { volume } = await read({ elements, pixels });
    expect([...volume.data]).toEqual([2047, -2048, -1, 1, 0, 5]);
  });

  test('slope and intercept are said, not applied', async () => {
    const { volume, metadata } = await read({
      elements: { 0x0028_1052: '-1024', 0x0028_1053: '2' },
    });
    expect([...volume.data]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(metadata.warnings.join()).toContain('× 2 + -1024');
  });

  const slice = (z: number, first: number, series = '1.2.3') =>
    bytesSource(
      dicomBytes({
        elements: {
          0x0020_000e: series,
          0x0020_0032: `0\\0\\${z}`,
          0x0020_0037: '1\\0\\0\\0\\1\\0',
        },
        pixels: pixelsOf(first),
      }),
      `i${first}.dcm`,
    );

  test('a series is ordered by position, whatever the files are called', async () => {
    const { volume, metadata } = await openVolume([slice(4, 10), slice(-2, 90), slice(1, 50)]);
    expect(volume.size).toEqual([3, 2, 3]);
    expect([volume.data[0], volume.data[6], volume.data[12]]).toEqual([90, 50, 10]);
    expect(volume.spacing).toEqual({ values: [0.25, 0.5, 3], unit: 'mm' });
    expect(metadata.warnings.join()).not.toContain('evenly');
  });

  test('a series is one group of files', async () => {
    expect(await groupSources([slice(0, 1), slice(1, 2), slice(2, 3)])).toEqual([[0, 1, 2]]);
  });

  test('a gap in a series is said', async () => {
    const { metadata } = await openVolume([slice(0, 1), slice(1, 2), slice(4, 3)]);
    expect(metadata.warnings.join()).toContain('not evenly spaced');
  });

  test('two series are not mixed', async () => {
    await expect(openVolume([slice(0, 1), slice(1, 2, '9.9')])).rejects.toMatchObject({
      code: 'file/mixed-slices',
    });
  });

  test.each<[string, DicomParts, string, RegExp]>([
    ['JPEG', { syntax: '1.2.840.10008.1.2.4.70' }, 'file/unsupported', /compressed pixels/],
    ['colours', { elements: { 0x0028_0002: 3 } }, 'volume/not-scalar', /3 values per voxel/],
    ['12 allocated bits', { elements: { 0x0028_0100: 12 } }, 'file/unsupported', /12 bits/],
    ['missing pixels', { pixels: new Uint8Array(8) }, 'file/truncated', /12 bytes/],
  ])('%s: one sentence', async (_name, parts, code, sentence) => {
    await expect(read(parts)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(sentence),
    });
  });

  test('a cut anywhere before the pixels is one sentence', async () => {
    const whole = dicomBytes();
    for (let length = 132; length < whole.length; length += 3) {
      const cut = bytesSource(whole.slice(0, length), 'cut.dcm');
      await expect(dicomFormat.readVolume(cut)).rejects.toMatchObject({
        code: expect.stringMatching(/^file\/(malformed|truncated|unsupported)$/),
      });
    }
  });
});
