import { describe, expect, test } from 'vitest';
import { parseRawLayout, rawLayoutText } from '../../../volume/raw-layout.ts';
import { voxelBytes } from '../../../volume/volume.ts';
import type { ByteSource } from '../../format.ts';
import { describeFile, openSlabs, openVolume } from '../../open.ts';
import { bytesSource } from '../../sources.ts';
import { guessRawLayouts, readName } from './guess.ts';
import { offerRaw } from './offer.ts';
import { rawPictures } from './pictures.ts';

/** A smooth body in a dark field with a little deterministic noise, as a scan has. */
function scan(nx: number, ny: number, nz: number, scale = 40_000): Uint16Array {
  const data = new Uint16Array(nx * ny * nz);
  let at = 0;
  let seed = 1;
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++) {
        seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
        // Not periodic along any axis, as a sine would be.
        const far = Math.hypot((x - 0.4 * nx) / nx, (y - 0.6 * ny) / ny, (z - 0.5 * nz) / nz);
        data[at++] = scale * Math.exp(-4 * far) + (seed >> 23);
      }
    }
  }
  return data;
}

function bigEndian(data: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(2 * data.length);
  const view = new DataView(bytes.buffer);
  data.forEach((value, i) => view.setUint16(2 * i, value));
  return bytes;
}

function fileOf(bytes: Uint8Array, name = 'scan.raw'): ByteSource {
  return bytesSource(bytes, name);
}

describe('layouts', () => {
  test.each(['512x512x300:uint16:le', '64x48x20:int16:be:512', '4x3x2:float32:le:16:8'])(
    'the text %s says all of a layout',
    (text) => expect(rawLayoutText(parseRawLayout(text, '--raw'))).toBe(text),
  );

  test.each([
    '',
    '512x512',
    '4x4x4:int12',
    '0x4x4:uint8',
    '4x4x4:uint8:le:-1',
    '4x4x4:uint8:le:0:0:0',
  ])('the text "%s" is refused with the form', (text) =>
    expect(() => parseRawLayout(text, '--raw')).toThrow(/--raw is ".*it must be <x>x<y>x<z>/),
  );
});

describe('reading', () => {
  const values = Uint16Array.from({ length: 24 }, (_, i) => 1000 + 7 * i);

  test('a header is skipped and big-endian voxels are turned', async () => {
    const file = new Uint8Array([...new Uint8Array(10).fill(9), ...bigEndian(values)]);
    const raw = parseRawLayout('2x3x4:uint16:be:10', '--raw');
    const { volume, metadata } = await openVolume([fileOf(file)], { raw });
    expect(volume.data).toEqual(values);
    expect(volume).toMatchObject({ size: [2, 3, 4], type: 'uint16', spacing: null });
    expect(metadata.warnings.join()).not.toContain('left out');
  });

  test('gaps between slices are left out, whether or not one follows the last', async () => {
    const sliceBytes = 12;
    const gap = new Uint8Array(6).fill(255);
    const slices = [0, 1, 2, 3].flatMap((z) => [
      ...voxelBytes(values).subarray(z * sliceBytes, (z + 1) * sliceBytes),
      ...gap,
    ]);
    const raw = parseRawLayout('2x3x4:uint16:le:0:6', '--raw');
    for (const end of [slices.length, slices.length - 6]) {
      const { volume, metadata } = await openVolume(
        [fileOf(new Uint8Array(slices.slice(0, end)))],
        {
          raw,
        },
      );
      expect(volume.data).toEqual(values);
      expect(metadata.warnings.join()).not.toContain('left out');
    }
  });

  test.each(['2x3x4:uint16:le', '2x3x3:uint16:le:2:4'])(
    '%s gives slices on demand',
    async (text) => {
      const options = { raw: parseRawLayout(text, '--raw') };
      const file = [fileOf(voxelBytes(values))];
      const { volume } = await openVolume(file, options);
      const { reader } = await openSlabs(file, options);
      expect(await reader.readSlices(1, 3)).toEqual(volume.data.slice(6, 18));
    },
  );

  test('a layout that needs more bytes than there are is refused before reading', async () => {
    const raw = parseRawLayout('2x3x5:uint16:le', '--raw');
    await expect(openVolume([fileOf(voxelBytes(values))], { raw })).rejects.toMatchObject({
      code: 'file/truncated',
      message: expect.stringMatching(/need 60 bytes, and the file has 48/) as string,
    });
  });

  test('bytes after the last voxel are told', async () => {
    const raw = parseRawLayout('2x3x3:uint16:le', '--raw');
    const { metadata } = await describeFile([fileOf(voxelBytes(values))], { raw });
    expect(metadata.warnings).toEqual([expect.stringContaining('12 bytes after the last voxel')]);
  });

  test('a file of no known format says that it may be raw, a damaged one of a known name does not', async () => {
    const bytes = voxelBytes(values);
    await expect(openVolume([fileOf(bytes)])).rejects.toMatchObject({
      details: { mayBeRaw: true },
    });
    const failed = await openVolume([fileOf(bytes, 'scan.tif')]).catch((error: unknown) => error);
    expect(failed).not.toMatchObject({ details: { mayBeRaw: true } });
  });
});

describe('names', () => {
  test.each([
    ['scan_512x512x300_16bit.raw', [512, 512, 300], 'uint16', null],
    ['a_64x48x20_u16_be.vol', [64, 48, 20], 'uint16', 'be'],
    ['Cathode-1000X1000X800-float.raw', [1000, 1000, 800], 'float32', null],
    ['cell_100_200_300_uint8.bin', [100, 200, 300], 'uint8', null],
    ['x_16bit_int16le_10x20x30', [10, 20, 30], 'int16', 'le'],
    ['beam_label.raw', [], undefined, null],
  ] as const)('%s', (name, edges, type, byteOrder) => {
    const facts = readName(name);
    expect(facts.edges).toEqual(edges);
    expect(facts.types[0]).toBe(type);
    expect(facts.byteOrder).toBe(byteOrder);
  });

  test.each([
    ['scan_512x512x300_16bit_1x1x2um.raw', [1, 1, 2], 'µm'],
    ['scan_voxel0.4um_64x64x64.raw', [0.4, 0.4, 0.4], 'µm'],
    ['scan_65nm_voxelsize_380nm.raw', [380, 380, 380], 'nm'],
  ] as const)('%s states a voxel size', (name, values, unit) => {
    expect(readName(name).spacing).toEqual({ values, unit });
  });

  test('a length that is not said to be of a voxel is none', () => {
    expect(readName('particles_50um_64x64x64.raw').spacing).toBeNull();
  });
});

describe('guesses', () => {
  test.each([
    ['scan_96x80x60_16bit.raw', 96 * 80 * 60 * 2, '96x80x60:uint16:le'],
    ['scan_96x80_16bit.raw', 96 * 80 * 60 * 2, '96x80x60:uint16:le'],
    ['scan_96x80x60.raw', 96 * 80 * 60 * 4, '96x80x60:float32:le'],
    ['scan_96x80x60_uint8.raw', 1024 + 96 * 80 * 60, '96x80x60:uint8:le:1024'],
    ['scan.raw', 256 ** 3 * 2, '256x256x256:uint16:le'],
    ['scan.raw', 1024 * 1024 * 700 * 2, '1024x1024x700:uint16:le'],
    ['scan.raw', 512 + 128 ** 3, '128x128x128:uint8:le:512'],
  ])('%s of %d bytes is first taken for %s', (name, bytes, layout) => {
    expect(rawLayoutText(guessRawLayouts(name, bytes)[0]?.layout ?? fail())).toBe(layout);
  });

  test.each([1, 7, 65_537, 1_000_003, 2 ** 31 - 1])(
    'a file of %d bytes has a guess that fits',
    (bytes) => {
      for (const { layout } of guessRawLayouts('x.raw', bytes)) {
        expect(layout.width * layout.height * layout.depth).toBeGreaterThan(0);
      }
    },
  );

  test('the bytes tell size, type and byte order where the name says nothing', async () => {
    const data = scan(96, 80, 60);
    const little = await offerRaw(fileOf(voxelBytes(data)));
    expect(rawLayoutText(little.guesses[0]?.layout ?? fail())).toBe('96x80x60:uint16:le');
    const big = await offerRaw(fileOf(bigEndian(data)));
    expect(rawLayoutText(big.guesses[0]?.layout ?? fail())).toBe('96x80x60:uint16:be');
  });
});

test('pictures show the middle slices', async () => {
  const data = scan(12, 10, 8);
  const raw = parseRawLayout('12x10x8:uint16:le', '--raw');
  const { xy, xz } = await rawPictures(fileOf(voxelBytes(data)), raw);
  expect(xy).toMatchObject({ width: 12, height: 10, voxels: [12, 10] });
  expect([...xy.data]).toEqual([...data.subarray(4 * 120, 5 * 120)]);
  expect(xz).toMatchObject({ width: 12, height: 8 });
  expect(xz.data[12 * 3 + 5]).toBe(data[3 * 120 + 5 * 12 + 5]);
});

function fail(): never {
  throw new Error('there is no guess');
}
