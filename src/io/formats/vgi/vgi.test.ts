import { describe, expect, test } from 'vitest';
import { VGI, XTEKCT } from '../../../../tests/support/vgi-files.ts';
import { bytesSource } from '../../sources.ts';
import { vgiFormat } from './vgi.ts';

const voxels = Uint16Array.from({ length: 12 }, (_, i) => 1000 + i);
const header = (text: string, name: string) => bytesSource(new TextEncoder().encode(text), name);

describe('VGI and Nikon volumes', () => {
  test('a VGI header finds its voxels behind the skipped bytes, in millimetres', async () => {
    const bytes = new Uint8Array(28);
    bytes.set(new Uint8Array(voxels.buffer), 4);
    const { volume } = await vgiFormat.readVolume(header(VGI, 'scan.vgi'), {
      siblings: [bytesSource(bytes, 'scan.vol')],
    });
    expect(volume.size).toEqual([3, 2, 2]);
    expect(volume.data).toEqual(voxels);
    expect(volume.spacing).toEqual({ values: [0.0025, 0.0025, 0.005], unit: 'mm' });
  });

  test('a Nikon header names its volume by the scan', async () => {
    const { volume } = await vgiFormat.readVolume(header(XTEKCT, 'cell.xtekct'), {
      siblings: [bytesSource(new Uint8Array(voxels.buffer), 'cell.vol')],
    });
    expect(volume.data).toEqual(voxels);
    expect(volume.spacing).toEqual({ values: [0.01, 0.01, 0.01], unit: 'mm' });
  });

  test('a header alone says which file to open with it', async () => {
    await expect(vgiFormat.readVolume(header(VGI, 'scan.vgi'))).rejects.toMatchObject({
      code: 'file/unreadable',
      message: expect.stringContaining('scan.vol'),
    });
  });

  test.each([
    ['a size of two numbers', VGI.replaceAll('Size = 3 2 2', 'Size = 3 2'), 'file/malformed'],
    ['an unknown type', VGI.replace('unsigned integer', 'colour'), 'file/unsupported'],
    ['no size', VGI.replaceAll('Size =', 'Width ='), 'file/malformed'],
  ])('%s is refused', async (_name, text, code) => {
    await expect(vgiFormat.readMetadata(header(text, 'a.vgi'))).rejects.toMatchObject({ code });
  });

  test('a number of bits that is a word every object knows is named', async () => {
    const text = XTEKCT.replace('OutputBits=16', 'OutputBits=__proto__');
    await expect(vgiFormat.readVolume(header(text, 'cell.xtekct'))).rejects.toMatchObject({
      code: 'file/unsupported',
      message: expect.stringContaining('__proto__'),
    });
  });
});
