import { describe, expect, test } from 'vitest';
import { compoundBytes, integer, txmBytes } from '../../../../tests/support/compound-files.ts';
import { bytesSource } from '../../sources.ts';
import { xradiaFormat } from './xradia.ts';

const image = (first: number, count: number): Uint16Array =>
  Uint16Array.from({ length: count }, (_, i) => first + i);

describe('Xradia volumes', () => {
  test.each([
    ['small images in the mini stream', 4, 3],
    ['images in sectors of their own', 60, 50],
  ])('%s are stacked along z, with the pixel size in µm', async (_name, width, height) => {
    const count = width * height;
    const images = Array.from({ length: 102 }, (_, i) => image(i * 10, count));
    const { volume } = await xradiaFormat.readVolume(
      bytesSource(txmBytes(images, width, height), 'a.txm'),
    );
    expect(volume.size).toEqual([width, height, 102]);
    expect(volume.spacing).toEqual({ values: [0.5, 0.5, 0.5], unit: 'µm' });
    images.forEach((each, i) => {
      expect(volume.data.subarray(i * count, (i + 1) * count)).toEqual(each);
    });
  });

  test('another program’s compound file is named', async () => {
    const bytes = compoundBytes([{ storage: 'WordDocument', name: 'a', bytes: integer(1) }]);
    await expect(xradiaFormat.readVolume(bytesSource(bytes, 'a.doc'))).rejects.toMatchObject({
      code: 'file/unsupported',
    });
  });

  test('tables that run in a circle are damage', async () => {
    const bytes = txmBytes([image(0, 3000)], 60, 50);
    const view = new DataView(bytes.buffer);
    const table = bytes.length - 512;
    for (let i = 0; i < 128; i++) view.setUint32(table + 4 * i, 0, true);
    await expect(xradiaFormat.readVolume(bytesSource(bytes, 'loop.txm'))).rejects.toMatchObject({
      code: 'file/malformed',
    });
  });
});
