import { fromArrayBuffer } from 'geotiff';
import { describe, expect, it } from 'vitest';
import {
  buildTiff,
  type FixtureCodec,
  type FixturePage,
  long,
  type SampleArray,
  seededNumbers,
  short,
} from '../../../../tests/support/tiff-fixtures.ts';
import { type VoxelArray, voxelBytes, voxelTypeOf } from '../../../volume/volume.ts';
import { bytesSource } from '../../sources.ts';
import { tiffFormat } from './format.ts';
import { decodePages } from './reader.ts';

/** Equal to the last bit, also for NaN and -0. */
function expectSameBits(actual: VoxelArray, expected: SampleArray, message?: string): void {
  expect(voxelTypeOf(actual), message).toBe(voxelTypeOf(expected));
  expect(Buffer.compare(voxelBytes(actual), voxelBytes(expected)), message).toBe(0);
}

const WIDTH = 21;
const HEIGHT = 17;

const ARRAYS = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  uint64: BigUint64Array,
  int64: BigInt64Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;
type TypeName = keyof typeof ARRAYS;
const TYPES = Object.keys(ARRAYS) as TypeName[];
const CODECS: FixtureCodec[] = [
  'none',
  'packbits',
  'lzw',
  'lzw-old',
  'deflate',
  'deflate-old',
  'zstd',
];

/** Values over the whole range of a type, in runs and in noise. */
function valuesOf(type: TypeName, count: number, seed = 1): SampleArray {
  const random = seededNumbers(seed);
  const bytes = new Uint8Array(count * ARRAYS[type].BYTES_PER_ELEMENT);
  const isFloat = type.startsWith('float');
  const out = new ARRAYS[type](bytes.buffer) as Float32Array;
  for (let i = 0; i < count; i++) {
    const noisy = random() < 0.5;
    if (isFloat) out[i] = noisy ? (random() - 0.5) * 1e6 : 0.25;
    else if (noisy)
      for (let j = 0; j < ARRAYS[type].BYTES_PER_ELEMENT; j++)
        bytes[i * ARRAYS[type].BYTES_PER_ELEMENT + j] = Math.floor(random() * 256);
    else bytes[i * ARRAYS[type].BYTES_PER_ELEMENT] = 3;
  }
  return out;
}

const LAYOUTS: Record<string, Partial<FixturePage>> = {
  'one strip': {},
  'strips of 5 rows': { rowsPerStrip: 5 },
  'tiles of 16 × 16': { tile: [16, 16] },
  'tiles larger than the image': { tile: [32, 32] },
};

async function decode(pages: readonly FixturePage[], options = {}) {
  return decodePages(bytesSource(buildTiff(pages, options).bytes, 'made.tif'));
}

describe.each(CODECS)('%s', (codec) => {
  const predictors = codec === 'none' || codec === 'packbits' ? [1] : [1, 2, 3];

  it.each(TYPES)('keeps every bit of %s in strips and tiles of both byte orders', async (type) => {
    const values = valuesOf(type, WIDTH * HEIGHT);
    for (const [name, layout] of Object.entries(LAYOUTS)) {
      for (const predictor of predictors) {
        if (predictor === 3 && !type.startsWith('float')) continue;
        for (const bigEndian of [false, true]) {
          const page = { width: WIDTH, height: HEIGHT, values, codec, ...layout };
          const decoded = await decode(
            [{ ...page, ...(predictor === 1 ? {} : { predictor: predictor as 2 | 3 }) }],
            { bigEndian },
          );
          expect(decoded.type, name).toBe(type);
          expectSameBits(decoded.data, values, `${name}, predictor ${predictor}`);
        }
      }
    }
  });

  it('keeps long runs and pages of many strips', async () => {
    const values = valuesOf('uint16', 300 * 200, 5);
    const flat = new Uint16Array(300 * 200).fill(4321);
    const page = { width: 300, height: 200, codec, rowsPerStrip: 3 };
    const decoded = await decode([
      { ...page, values },
      { ...page, values: flat },
    ]);
    expectSameBits(decoded.data.slice(0, values.length), values);
    expectSameBits(decoded.data.slice(values.length), flat);
  });

  it('reads stored bytes whose lowest bit comes first', async () => {
    const values = valuesOf('uint16', WIDTH * HEIGHT, 6);
    // Old-style LZW is recognised by its first bytes as they are decoded.
    const decoded = await decode([
      { width: WIDTH, height: HEIGHT, values, codec, lowBitFirst: true, rowsPerStrip: 4 },
    ]);
    expectSameBits(decoded.data, values);
  });
});

describe('packed samples', () => {
  const depths = [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 17, 20, 24, 31];

  it.each(depths)('unpacks unsigned %i-bit samples', async (bits) => {
    const random = seededNumbers(bits);
    const values = Array.from({ length: WIDTH * HEIGHT }, () => Math.floor(random() * 2 ** bits));
    for (const layout of Object.values(LAYOUTS)) {
      for (const bigEndian of [false, true]) {
        const decoded = await decode([{ width: WIDTH, height: HEIGHT, values, bits, ...layout }], {
          bigEndian,
        });
        expect(decoded.type).toBe(bits < 8 ? 'uint8' : bits < 16 ? 'uint16' : 'uint32');
        expect(Array.from(decoded.data, Number)).toEqual(values);
      }
    }
  });

  it.each([2, 4, 7, 12, 24, 31])('extends the sign of %i-bit samples', async (bits) => {
    const random = seededNumbers(bits);
    const values = Array.from(
      { length: WIDTH * HEIGHT },
      () => Math.floor(random() * 2 ** bits) - 2 ** (bits - 1),
    );
    const decoded = await decode([{ width: WIDTH, height: HEIGHT, values, bits, format: 2 }]);
    expect(Array.from(decoded.data, Number)).toEqual(values);
  });
});

describe('half floats', () => {
  // Sign, exponent and fraction by hand (IEEE 754-2008, table 3.5).
  const known: [bits: number, value: number][] = [
    [0x0000, 0],
    [0x8000, -0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x0400, 2 ** -14],
    [0x03ff, 1023 * 2 ** -24],
    [0x0001, 2 ** -24],
    [0x3555, 1365 / 4096],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
    [0x7e00, Number.NaN],
  ];

  it.each([1, 2, 3] as const)('widen exactly with predictor %i', async (predictor) => {
    const values = Uint16Array.from(known, ([bits]) => bits);
    for (const bigEndian of [false, true]) {
      const decoded = await decode(
        [{ width: known.length, height: 1, values, format: 3, codec: 'deflate', predictor }],
        { bigEndian },
      );
      expect(decoded.type).toBe('float32');
      expect(Array.from(decoded.data, Number)).toEqual(known.map(([, value]) => value));
    }
  });
});

describe('containers', () => {
  const values = valuesOf('int16', WIDTH * HEIGHT);
  const page: FixturePage = { width: WIDTH, height: HEIGHT, values, rowsPerStrip: 4 };

  it.each([
    ['little-endian BigTIFF', { big: true }],
    ['big-endian BigTIFF', { big: true, bigEndian: true }],
    ['directories before pixels', { directoriesFirst: true }],
  ])('reads %s', async (_, options) => {
    const decoded = await decode([page, page], options);
    expect(decoded.pages).toBe(2);
    expectSameBits(decoded.data.slice(values.length), values);
  });

  it('reads planar and side-by-side colours alike', async () => {
    const colours = valuesOf('uint8', WIDTH * HEIGHT * 3) as Uint8Array;
    for (const layout of Object.values(LAYOUTS)) {
      for (const planar of [false, true]) {
        for (const predictor of [1, 2] as const) {
          const decoded = await decode([
            {
              width: WIDTH,
              height: HEIGHT,
              values: colours,
              samples: 3,
              planar,
              codec: 'lzw',
              predictor,
              ...layout,
            },
          ]);
          expect(decoded.samples).toBe(3);
          expectSameBits(decoded.data, colours);
        }
      }
    }
  });

  it('takes a page without RowsPerStrip or StripByteCounts for one strip', async () => {
    for (const codec of ['none', 'deflate'] as const) {
      const decoded = await decode([
        { ...page, rowsPerStrip: HEIGHT, codec, fields: { 278: null, 279: null } },
      ]);
      expectSameBits(decoded.data, values);
    }
  });

  it('ignores a predictor beside codecs that have none, as libtiff does', async () => {
    const decoded = await decode([{ ...page, fields: { 317: short(2) } }]);
    expectSameBits(decoded.data, values);
  });

  it('corrects the size of a single uncompressed strip', async () => {
    const decoded = await decode([{ ...page, rowsPerStrip: HEIGHT, fields: { 279: long(7) } }]);
    expectSameBits(decoded.data, values);
  });

  it('keeps min-is-white and palette values and says so', async () => {
    for (const photometric of [0, 3]) {
      const bytes = buildTiff([{ ...page, fields: { 262: short(photometric) } }]).bytes;
      const { volume, metadata } = await tiffFormat.readVolume(bytesSource(bytes, 'made.tif'));
      expectSameBits(volume.data, values);
      expect(metadata.warnings.join()).toMatch(/stored values are kept/);
    }
  });

  it('leaves previews and masks out and says so', async () => {
    const small: FixturePage = {
      width: 4,
      height: 4,
      values: new Uint8Array(16),
      fields: { 254: long(1) },
    };
    const bytes = buildTiff([small, page, page, { ...small, fields: { 254: long(4) } }]).bytes;
    const { volume, metadata } = await tiffFormat.readVolume(bytesSource(bytes, 'made.tif'));
    expect(volume.size).toEqual([WIDTH, HEIGHT, 2]);
    expect(metadata.warnings).toHaveLength(1);
    expect(metadata.warnings[0]).toMatch(/^2 pages \(the first is 1\)/);
  });

  it('reads NaN and infinity as they are', async () => {
    const odd = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, -0, Number.NEGATIVE_INFINITY);
    const decoded = await decode([{ width: 4, height: 1, values: odd }]);
    expectSameBits(decoded.data, odd);
  });
});

describe('geotiff, an independent reader', () => {
  // What geotiff 3 does right: no 64-bit integers, no old LZW, no predictor 2 on big-endian words.
  const types = TYPES.filter((type) => !type.endsWith('64') || type === 'float64');

  it.each(types)('gives the same %s values', async (type) => {
    const values = valuesOf(type, WIDTH * HEIGHT, 3);
    for (const codec of ['none', 'packbits', 'lzw', 'deflate', 'zstd'] as const) {
      for (const layout of Object.values(LAYOUTS)) {
        for (const bigEndian of [false, true]) {
          const plain = codec === 'none' || codec === 'packbits' || type === 'float64';
          const predictor = plain || (bigEndian && !type.endsWith('8')) ? 1 : 2;
          const { bytes } = buildTiff(
            [{ width: WIDTH, height: HEIGHT, values, codec, predictor, ...layout }],
            { bigEndian, big: bigEndian },
          );
          const image = await (await fromArrayBuffer(bytes.buffer)).getImage(0);
          const peer = await image.readRasters({ interleave: true });
          const own = await decodePages(bytesSource(bytes, 'made.tif'));
          expectSameBits(own.data, peer as unknown as SampleArray);
        }
      }
    }
  });
});
