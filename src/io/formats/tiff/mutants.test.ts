/**
 * Damaged files by a fixed sequence: whatever is flipped, cut or set, reading ends in a volume or in
 * a UserError, with memory in proportion to the file. `TAUSCOPE_MUTANTS` sets how many are tried.
 */
import { describe, expect, it } from 'vitest';
import {
  ascii,
  buildTiff,
  type Fixture,
  type FixtureOptions,
  type FixturePage,
  integerBytes,
  long,
  type Place,
  seededNumbers,
  short,
} from '../../../../tests/support/tiff-fixtures.ts';
import { isUserError } from '../../../errors/errors.ts';
import { voxelBytes } from '../../../volume/volume.ts';
import { bytesSource } from '../../sources.ts';
import { decodePages, readTiffVolume } from './reader.ts';

const MUTANTS = Number(process.env['TAUSCOPE_MUTANTS'] ?? 1200);
const SEED = Number(process.env['TAUSCOPE_MUTANTS_SEED'] ?? 1);

/** For files of about 2 KB: what they declare must not count. */
const LARGEST_MEMORY = 64 * 2 ** 20;

const ramp = Uint16Array.from({ length: 24 * 20 }, (_, i) => (i * 37) % 5000);
const page: FixturePage = { width: 24, height: 20, values: ramp };

/** A baseline JPEG of one 8 × 8 block of value 200, see `bad-input.test.ts`. */
const jpeg = new Uint8Array(
  Buffer.from(
    `ffd8ffdb004300${'01'.repeat(64)}ffc0000b080008000801011100ffc400140001${'00'.repeat(15)}0affc400141001${'00'.repeat(15)}00ffda0008010100003f00480fffd9`,
    'hex',
  ),
);

const BASES: Record<string, [pages: FixturePage[], options: FixtureOptions]> = {
  'raw strips, big-endian': [[{ ...page, rowsPerStrip: 6 }, page, page], { bigEndian: true }],
  'LZW tiles with predictor 2': [
    [
      { ...page, codec: 'lzw', predictor: 2, tile: [16, 16] },
      { ...page, codec: 'lzw-old', tile: [16, 16] },
    ],
    {},
  ],
  'Deflate floats with predictor 3': [
    [{ ...page, values: Float32Array.from(ramp), codec: 'deflate', predictor: 3, rowsPerStrip: 7 }],
    {},
  ],
  'BigTIFF, ZSTD': [
    [
      { ...page, codec: 'zstd', rowsPerStrip: 5 },
      { ...page, codec: 'packbits' },
    ],
    { big: true },
  ],
  'ImageJ, 12 bits': [
    [
      {
        ...page,
        bits: 12,
        values: [...ramp].map((value) => value % 4096),
        fields: {
          270: ascii('ImageJ=1.53t\nimages=3\nslices=3\nunit=um\nspacing=0.5\nloop=false\n'),
          330: long(8, 100),
        },
      },
    ],
    { directoriesFirst: true },
  ],
  JPEG: [
    [
      {
        width: jpeg.length,
        height: 1,
        values: jpeg,
        fields: { 256: long(8), 257: long(8), 259: short(7), 278: long(8) },
      },
    ],
    {},
  ],
  'OME, planar colours': [
    [
      {
        ...page,
        values: Uint8Array.from({ length: 24 * 20 * 3 }, (_, i) => i % 256),
        samples: 3,
        planar: true,
        codec: 'packbits',
        rowsPerStrip: 4,
        fields: {
          270: ascii(
            '<?xml version="1.0"?><OME><Image><Pixels SizeX="24" SizeY="20" SizeZ="1" SizeC="3" SizeT="1" PhysicalSizeX="1"><TiffData IFD="0"/></Pixels></Image></OME>',
          ),
        },
      },
    ],
    {},
  ],
};

/** Numbers that break things: borders of integer types, of the file, and products that overflow. */
function nastyNumber(random: () => number, size: number, here: number): bigint {
  const choices = [
    0n,
    1n,
    2n,
    0xffn,
    0x7fffn,
    0xffffn,
    0x10000n,
    0x7fffffffn,
    0x80000000n,
    0xffffffffn,
    0x100000000n,
    0x1fffffffffffffn,
    0x7fffffffffffffffn,
    0xffffffffffffffffn,
    BigInt(here),
    BigInt(Math.max(0, size - 1)),
    BigInt(size),
    BigInt(size + 1),
    BigInt(Math.floor(random() * size)),
    BigInt([1, 2, 5, 6, 7, 8, 32773, 32946, 34887, 50000, 50001][Math.floor(random() * 11)] ?? 0),
  ];
  return choices[Math.floor(random() * choices.length)] ?? 0n;
}

function mutate(base: Fixture, random: () => number, bigEndian: boolean): Uint8Array<ArrayBuffer> {
  let bytes = base.bytes.slice();
  const anyPlace = (): Place =>
    base.places[Math.floor(random() * base.places.length)] ?? { kind: 'magic', at: 0, length: 4 };
  const changes = 1 + Math.floor(random() * random() * 5);
  for (let change = 0; change < changes; change++) {
    const kind = random();
    const place = anyPlace();
    if (kind < 0.5) {
      const width = Math.min(place.length, 8);
      const value = nastyNumber(random, bytes.length, place.at);
      if (place.at + width <= bytes.length) {
        bytes.set(integerBytes(value, width, !bigEndian), place.at);
      }
    } else if (kind < 0.75) {
      const at = place.at + Math.floor(random() * place.length);
      if (at < bytes.length) bytes[at]! ^= 1 << Math.floor(random() * 8);
    } else if (kind < 0.85) {
      const other = anyPlace();
      const length = Math.min(place.length, other.length);
      const kept = bytes.slice(place.at, place.at + length);
      bytes.copyWithin(place.at, other.at, other.at + length);
      if (other.at + kept.length <= bytes.length) bytes.set(kept, other.at);
    } else if (kind < 0.95) {
      const cut = place.at + Math.floor(random() * 3) - 1;
      bytes = bytes.slice(0, Math.max(0, cut));
    } else {
      const link = base.directories[Math.floor(random() * base.directories.length)] ?? 8;
      if (place.at + 4 <= bytes.length) bytes.set(integerBytes(link, 4, !bigEndian), place.at);
    }
  }
  return bytes;
}

/** The samples, or the code of the error; anything else is thrown on. */
async function outcome(
  read: (source: ReturnType<typeof bytesSource>) => Promise<Uint8Array>,
  bytes: Uint8Array,
): Promise<string | Uint8Array> {
  try {
    return await read(bytesSource(bytes, 'mutant.tif'));
  } catch (error) {
    if (!isUserError(error)) throw error;
    expect(error.message).toContain('mutant.tif');
    expect(error.message.length).toBeLessThan(600);
    return error.code;
  }
}

const asVolume = async (source: ReturnType<typeof bytesSource>) =>
  voxelBytes((await readTiffVolume(source)).volume.data);
const asPages = async (source: ReturnType<typeof bytesSource>) =>
  voxelBytes((await decodePages(source)).data);

describe('a damaged TIFF', () => {
  it.each(Object.entries(BASES))(
    '(%s) gives samples or a UserError',
    async (name, [pages, options]) => {
      const base = buildTiff(pages, options);
      const share = Math.ceil(MUTANTS / Object.keys(BASES).length);
      const random = seededNumbers(SEED * 1000 + Object.keys(BASES).indexOf(name));
      const outcomes = new Map<string, number>();
      for (let index = 0; index < share; index++) {
        const bytes = mutate(base, random, options.bigEndian === true);
        const before = process.memoryUsage().arrayBuffers;
        let result: string | Uint8Array;
        try {
          result = await outcome(name.startsWith('OME') ? asPages : asVolume, bytes);
        } catch (error) {
          throw new Error(`${name}, mutant ${index} of seed ${SEED}`, { cause: error });
        }
        const kind = typeof result === 'string' ? result : 'samples';
        outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1);
        const grown = process.memoryUsage().arrayBuffers - before;
        expect(grown).toBeLessThan(LARGEST_MEMORY);
        if (typeof result === 'string') continue;
        expect(result.length).toBeLessThan(LARGEST_MEMORY);
        if (index % 10 === 0) {
          const again = await outcome(name.startsWith('OME') ? asPages : asVolume, bytes);
          expect(typeof again === 'string' ? again : Buffer.compare(again, result)).toBe(0);
        }
      }
      // The sequence must reach both ends, else it tests nothing.
      expect(outcomes.get('samples') ?? 0).toBeGreaterThan(share / 20);
      expect(outcomes.size).toBeGreaterThan(3);
    },
  );
});
