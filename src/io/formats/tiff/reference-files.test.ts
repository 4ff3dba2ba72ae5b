import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  describeWithReference,
  readReference,
  readReferenceJson,
} from '../../../../tests/support/reference-data.ts';
import { referenceFile } from '../../../../tests/support/reference-folder.ts';
import { voxelBytes } from '../../../volume/volume.ts';
import { bytesSource } from '../../sources.ts';
import { tiffFormat } from './format.ts';
import { decodePages } from './reader.ts';

interface Expected {
  readonly kind: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly sha256: string;
}

const expected =
  referenceFile('io', 'expected.json') === null
    ? {}
    : (readReferenceJson('io', 'expected.json') as Record<string, Expected>);
const tiffs = Object.entries(expected).filter(([, entry]) => entry.kind === 'tiff');

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The stored half floats behind exactly widened values. */
function narrowToHalves(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, (value) => {
    if (value === 0) return Object.is(value, -0) ? 0x8000 : 0;
    const sign = value < 0 ? 0x8000 : 0;
    const size = Math.abs(value);
    const exponent = Math.max(-14, Math.floor(Math.log2(size)));
    const scaled = size / 2 ** (exponent - 10);
    return scaled < 1024 ? sign | scaled : sign | ((exponent + 15) << 10) | (scaled - 1024);
  });
}

describeWithReference('TIFF files of other projects', ['io', 'expected.json'], () => {
  it('finds the files it is to be measured on', () => {
    expect(tiffs.length).toBeGreaterThanOrEqual(16);
  });

  describe.each(tiffs)('%s', (name, entry) => {
    const source = bytesSource(readReference('io', name), name);

    it('decodes to the samples that libtiff gives', async () => {
      const decoded = await decodePages(source);
      const shape = [decoded.pages, decoded.height, decoded.width];
      if (decoded.samples > 1) shape.push(decoded.samples);
      expect(shape).toEqual(entry.shape);
      const bytes =
        entry.dtype === 'float16'
          ? voxelBytes(narrowToHalves(decoded.data as Float32Array))
          : voxelBytes(decoded.data);
      expect(decoded.type).toBe(entry.dtype === 'float16' ? 'float32' : entry.dtype);
      expect(sha256(bytes)).toBe(entry.sha256);
    });

    it('opens as a volume, or says why not', async () => {
      const isScalar = entry.shape.length === 3 && name !== 'multi-channel.ome.tif';
      if (isScalar) {
        const { volume, metadata } = await tiffFormat.readVolume(source);
        const [nz, ny, nx] = entry.shape;
        expect(volume.size).toEqual([nx, ny, nz]);
        expect(metadata.size).toEqual([nx, ny, nz]);
        expect(metadata.channels).toBe(1);
        // None of these files states a voxel size.
        expect(volume.spacing).toBeNull();
        expect(metadata.spacingSource).toMatch(/^not stated/);
      } else {
        await expect(tiffFormat.readVolume(source)).rejects.toMatchObject({
          code: 'volume/not-scalar',
        });
        expect((await tiffFormat.readMetadata(source)).channels).toBe(3);
      }
    });
  });
});

describeWithReference('TIFF volumes with numbers', ['quantify', 'nmc_cbd_a.tif'], () => {
  it('reads the voxel size of an ImageJ stack', async () => {
    const source = bytesSource(readReference('quantify', 'nmc_cbd_a.tif'), 'nmc_cbd_a.tif');
    const { volume, metadata } = await tiffFormat.readVolume(source);
    expect(volume.size).toEqual([100, 100, 100]);
    expect(volume.type).toBe('uint8');
    expect(volume.spacing?.unit).toBe('µm');
    for (const value of volume.spacing?.values ?? []) expect(value).toBe(0.398);
    expect(metadata.spacingSource).toBe('ImageJ description');
  });
});
