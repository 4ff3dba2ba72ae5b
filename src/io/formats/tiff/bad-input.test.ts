import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  ascii,
  buildTiff,
  type FixturePage,
  integerBytes,
  long,
  repeatPage,
  short,
} from '../../../../tests/support/tiff-fixtures.ts';
import { UserError, type UserErrorCode } from '../../../errors/errors.ts';
import type { ByteSource, ReadOptions } from '../../format.ts';
import { bytesSource } from '../../sources.ts';
import { tiffFormat } from './format.ts';

const values = Uint8Array.from({ length: 64 }, (_, i) => i);
const page: FixturePage = { width: 8, height: 8, values };

async function failure(
  bytes: Uint8Array,
  name = 'bad.tif',
  options: ReadOptions = {},
): Promise<UserError> {
  try {
    await tiffFormat.readVolume(bytesSource(bytes, name), options);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('the file was read without an error');
}

/** One sentence that names the file. */
function expectSentence(
  error: UserError,
  code: UserErrorCode,
  about: RegExp,
  name = 'bad.tif',
): void {
  expect(error.code).toBe(code);
  expect(error.message).toContain(name);
  expect(error.message).toMatch(/\.$/);
  expect(error.message).not.toMatch(/\.\s+[A-Z]/);
  expect(error.message).not.toContain('\n');
  expect(error.message).toMatch(about);
}

describe('a file that is no TIFF', () => {
  it('of 0 bytes is called empty', async () => {
    expectSentence(await failure(new Uint8Array(0)), 'file/empty', /0 bytes/);
  });

  it('but text is refused with what it begins with', async () => {
    const text = new TextEncoder().encode('Hello world, this is a log file.\nline 2');
    expectSentence(await failure(text), 'file/unknown-format', /begins with “Hello world, thi”/);
  });

  it('is refused as metadata too', async () => {
    await expect(
      tiffFormat.readMetadata(bytesSource(Uint8Array.of(1, 2, 3), 'bad.tif')),
    ).rejects.toMatchObject({ code: 'file/unknown-format' });
  });
});

describe('a TIFF of another name', () => {
  it('is recognised by its content and read', async () => {
    const { bytes } = buildTiff([page]);
    expect(tiffFormat.sniff(bytes.subarray(0, 4096))).toBe(true);
    const { volume } = await tiffFormat.readVolume(bytesSource(bytes, 'scan.nrrd'));
    expect(volume.data).toEqual(values);
  });

  it.each(['NRRD0005\n# made', '# AmiraMesh', 'II', 'MM\0+'])('does not recognise %j', (text) => {
    expect(tiffFormat.sniff(new TextEncoder().encode(text.padEnd(64, '\n')))).toBe(
      text === 'MM\0+',
    );
  });
});

describe('a truncated stack', () => {
  it('names the page and the missing bytes', async () => {
    const { bytes } = buildTiff([page, page, page], { directoriesFirst: true });
    const error = await failure(bytes.subarray(0, bytes.length - 10));
    expectSentence(error, 'file/truncated', /page 3 is cut off, 10 bytes are missing/);
    expect(error.details['missingBytes']).toBe(10);
  });

  it('names the page whose directory is missing', async () => {
    const { bytes, directories } = buildTiff([page, page, page]);
    const error = await failure(bytes.subarray(0, directories[2]! + 20));
    expectSentence(error, 'file/truncated', /the directory of page 3 is cut off/);
  });

  it('ends in an error at every length', async () => {
    for (const big of [false, true]) {
      const { bytes } = buildTiff([page, page], { big, directoriesFirst: true });
      for (let length = 0; length < bytes.length; length++) {
        const error = await failure(bytes.subarray(0, length));
        const codes = ['file/truncated', 'file/empty', 'file/unknown-format'];
        expect(codes, `${length}: ${error.message}`).toContain(error.code);
      }
    }
  });

  it('names the strip', async () => {
    const { bytes } = buildTiff([{ ...page, rowsPerStrip: 2 }], { directoriesFirst: true });
    const error = await failure(bytes.subarray(0, bytes.length - 1));
    expectSentence(error, 'file/truncated', /strip 4 of page 1 .* 1 bytes are missing/);
  });
});

describe('ImageJ stacks of one directory', () => {
  const slices = 5;
  const all = Uint8Array.from({ length: 64 * slices }, (_, i) => i % 251);

  function oneDirectory(bytesPresent: number): Uint8Array {
    const fields = { 270: ascii(`ImageJ=1.53t\nimages=${slices}\nslices=${slices}\n`) };
    const { bytes } = buildTiff([{ ...page, values: all.subarray(0, 64), fields }], {
      directoriesFirst: true,
    });
    const start = bytes.length - 64;
    const file = new Uint8Array(start + bytesPresent);
    file.set(bytes.subarray(0, start));
    file.set(all.subarray(0, bytesPresent), start);
    return file;
  }

  it('are read in full', async () => {
    const { volume } = await tiffFormat.readVolume(bytesSource(oneDirectory(64 * 5), 'a.tif'));
    expect(volume.size).toEqual([8, 8, 5]);
    expect(volume.data).toEqual(all);
  });

  it('are refused where slices are cut off', async () => {
    const error = await failure(oneDirectory(64 * 3 + 10));
    expectSentence(error, 'file/truncated', /slice 4 of 5 is cut off, 118 bytes are missing/);
  });

  it('are read as one slice where only one is there, with a warning', async () => {
    const source = bytesSource(oneDirectory(64), 'a.tif');
    const { volume, metadata } = await tiffFormat.readVolume(source);
    expect(volume.size).toEqual([8, 8, 1]);
    expect(metadata.warnings.join()).toContain('announces 5 images');
  });
});

describe('a damaged list of pages', () => {
  it.each([
    [0, 0],
    [1, 0],
    [2, 1],
  ])('that leads from page %i back to %i is refused', async (from, to) => {
    const { bytes, directories } = buildTiff([page, page, page]);
    const view = new DataView(bytes.buffer);
    const at = directories[from]!;
    view.setUint32(at + 2 + 12 * view.getUint16(at, true), directories[to]!, true);
    const error = await failure(bytes);
    expectSentence(error, 'file/malformed', /runs in a circle/);
  });

  it('without any page is refused', async () => {
    const { bytes } = buildTiff([]);
    expectSentence(await failure(bytes), 'volume/no-voxels', /no pages/);
  });

  it('does not follow SubIFDs as pages', async () => {
    const { bytes } = buildTiff([{ ...page, fields: { 330: long(8) } }, page]);
    const { volume } = await tiffFormat.readVolume(bytesSource(bytes, 'a.tif'));
    expect(volume.size).toEqual([8, 8, 2]);
  });
});

describe('pages that do not belong together', () => {
  const other = { width: 8, height: 7, values: values.subarray(0, 56) };

  it('of another size are named with both sizes', async () => {
    const { bytes } = buildTiff([page, page, other, page]);
    expectSentence(
      await failure(bytes),
      'file/mixed-slices',
      /page 3 is 8 × 7 uint8 but page 1 is 8 × 8 uint8/,
    );
  });

  it('of another type are named with both types', async () => {
    const { bytes } = buildTiff([page, { ...page, values: Uint16Array.from(values) }]);
    expectSentence(await failure(bytes), 'file/mixed-slices', /page 2 is 8 × 8 uint16/);
  });
});

describe('what a volume cannot hold', () => {
  it('RGB is refused with what to do', async () => {
    const rgb: FixturePage = { width: 8, height: 8, samples: 3, values: new Uint8Array(192) };
    for (const planar of [false, true]) {
      const { bytes } = buildTiff([{ ...rgb, planar }]);
      expectSentence(await failure(bytes), 'volume/not-scalar', /RGB colour .* convert it to grey/);
      const metadata = await tiffFormat.readMetadata(bytesSource(bytes, 'rgb.tif'));
      expect(metadata.channels).toBe(3);
    }
  });

  it.each([
    [{ 259: short(4) }, /CCITT group 4/],
    [{ 259: short(34925) }, /LZMA/],
    [{ 259: short(34887) }, /LERC/],
    [{ 259: short(7), 258: short(16) }, /16-bit JPEG/],
    [{ 259: short(999) }, /number 999/],
    [{ 339: short(6) }, /complex numbers/],
    [{ 258: short(48) }, /48-bit integers/],
    [{ 339: short(3) }, /8-bit floats/],
  ])('fields %j are unsupported', async (fields, about) => {
    const { bytes } = buildTiff([{ ...page, fields }]);
    expectSentence(await failure(bytes), 'file/unsupported', about);
  });

  it('a page without pixels is refused', async () => {
    const { bytes } = buildTiff([{ ...page, fields: { 256: long(0) } }]);
    expectSentence(await failure(bytes), 'volume/no-voxels', /0 × 8/);
  });
});

describe('bombs', () => {
  it('of giant declared size are refused before anything is allocated', async () => {
    for (const codec of ['none', 'packbits', 'lzw', 'deflate', 'zstd'] as const) {
      for (const layout of [{}, { tile: [16, 16] as const }]) {
        const giant = { 256: long(60_000), 257: long(60_000), 278: long(60_000) };
        const { bytes } = buildTiff([{ ...page, codec, ...layout, fields: giant }]);
        const error = await failure(bytes);
        expect(['file/truncated', 'file/malformed']).toContain(error.code);
        expect(error.message).toMatch(/36000000\d\d|60000 × 60000/);
      }
    }
  });

  it('of 2^32 strips are refused', async () => {
    const fields = { 257: long(2 ** 32 - 1), 278: long(1) };
    const { bytes } = buildTiff([{ ...page, fields }]);
    expectSentence(await failure(bytes), 'file/malformed', /4294967295 strips/);
  });

  it('of many pages that share their pixels are refused', async () => {
    const big: FixturePage = { width: 256, height: 256, values: new Uint8Array(65_536) };
    const tiny: FixturePage = { width: 1, height: 1, values: new Uint8Array(1) };
    const shared = {
      256: long(256),
      257: long(256),
      278: long(256),
      279: long(65_536),
      273: long(8),
    };
    const { bytes } = buildTiff([big, ...repeatPage({ ...tiny, fields: shared }, 1500)]);
    expectSentence(await failure(bytes), 'file/malformed', /more than its \d+ bytes can hold/);
  });

  it('of Deflate give the declared pixels and stop', async () => {
    const bomb = new Uint8Array(deflateSync(new Uint8Array(100_000_000), { level: 9 }));
    const { bytes, directories } = buildTiff([{ ...page, codec: 'deflate' }], {});
    const file = new Uint8Array(bytes.length + bomb.length);
    file.set(bytes);
    file.set(bomb, bytes.length);
    const view = new DataView(file.buffer);
    for (let at = directories[0]! + 2; at < bytes.length; at += 12) {
      const tag = view.getUint16(at, true);
      if (tag === 273) view.setUint32(at + 8, bytes.length, true);
      if (tag === 279) view.setUint32(at + 8, bomb.length, true);
    }
    const { volume } = await tiffFormat.readVolume(bytesSource(file, 'bomb.tif'));
    expect(volume.data).toEqual(new Uint8Array(64));
  });
});

/** A file of `size` bytes that is zero but for some pieces. */
function sparseSource(
  size: number,
  pieces: readonly (readonly [at: number, bytes: Uint8Array])[],
): ByteSource {
  return {
    name: 'large.tif',
    path: '',
    size,
    read: (start, end) => {
      const out = new Uint8Array(Math.min(end, size) - start);
      for (const [at, bytes] of pieces) {
        for (let i = Math.max(start, at); i < Math.min(end, at + bytes.length); i++) {
          out[i - start] = bytes[i - at]!;
        }
      }
      return Promise.resolve(out);
    },
  };
}

describe('files beyond 4 GiB', () => {
  it('are read where BigTIFF offsets point', async () => {
    const at = 5 * 2 ** 30;
    const fields = { 273: { type: 16, values: [at] } };
    const { bytes } = buildTiff([{ ...page, fields }], { big: true });
    const { volume } = await tiffFormat.readVolume(
      sparseSource(at + 64, [
        [0, bytes],
        [at, values],
      ]),
    );
    expect(volume.data).toEqual(values);
  });

  it('are understood as ImageJ stacks of one directory', async () => {
    const giant: FixturePage = {
      ...page,
      fields: {
        256: long(2048),
        257: long(2048),
        258: short(16),
        270: ascii('ImageJ=1.53t\nimages=600\nslices=600\nunit=um\nspacing=1.5\n'),
        278: long(2048),
        279: long(2048 * 2048 * 2),
      },
    };
    const { bytes } = buildTiff([giant], { bigEndian: true });
    const size = 8 + 600 * 2048 * 2048 * 2;
    const whole = await tiffFormat.readMetadata(sparseSource(size, [[0, bytes]]));
    expect(whole.size).toEqual([2048, 2048, 600]);
    const cut = tiffFormat.readMetadata(sparseSource(size - 1, [[0, bytes]]));
    await expect(cut).rejects.toThrow('slice 600 of 600 is cut off, 1 bytes are missing');
  });
});

describe('pages in JPEG', () => {
  // A baseline JPEG of one 8 × 8 block by hand: all quantisers 1, one DC code (category 10), one AC
  // code (end of block). DC 576 = 8 · (200 - 128).
  const jpeg = new Uint8Array(
    Buffer.from(
      [
        'ffd8',
        `ffdb004300${'01'.repeat(64)}`,
        'ffc0000b080008000801011100',
        `ffc400140001${'00'.repeat(15)}0a`,
        `ffc400141001${'00'.repeat(15)}00`,
        'ffda0008010100003f00480f',
        'ffd9',
      ].join(''),
      'hex',
    ),
  );

  function jpegPage(strip: Uint8Array, fields: FixturePage['fields'] = {}): FixturePage {
    const carried = { 256: long(8), 257: long(8), 259: short(7), 278: long(8), ...fields };
    return { width: strip.length, height: 1, values: strip, fields: carried };
  }

  it('are read by the fallback', async () => {
    const { bytes } = buildTiff([jpegPage(jpeg), jpegPage(jpeg)]);
    const { volume, metadata } = await tiffFormat.readVolume(bytesSource(bytes, 'a.tif'));
    expect(volume.size).toEqual([8, 8, 2]);
    expect(volume.data).toEqual(new Uint8Array(128).fill(200));
    expect(metadata.tags['compression']).toBe('JPEG');
  });

  it('may share their tables', async () => {
    // Quantisers and Huffman tables apart from frame and scan.
    const [tablesEnd, frameEnd, codesEnd] = [71, 84, 128];
    const tables = [
      ...jpeg.subarray(0, tablesEnd),
      ...jpeg.subarray(frameEnd, codesEnd),
      0xff,
      0xd9,
    ];
    const strip = Uint8Array.from([
      0xff,
      0xd8,
      ...jpeg.subarray(tablesEnd, frameEnd),
      ...jpeg.subarray(codesEnd),
    ]);
    const shared = { type: 7, values: Uint8Array.from(tables) };
    const { bytes } = buildTiff([jpegPage(strip, { 347: shared })]);
    const { volume } = await tiffFormat.readVolume(bytesSource(bytes, 'a.tif'));
    expect(volume.data).toEqual(new Uint8Array(64).fill(200));
  });

  it.each([
    ['text', new TextEncoder().encode('this is no JPEG'), /JPEG data is damaged/],
    ['a cut stream', jpeg.subarray(0, 100), /JPEG data is damaged/],
    ['a giant frame', jpeg.with(76, 0xff).with(78, 0xff), /65288 × 65288/],
    ['a second frame', withFrameTwice(), /JPEG data is damaged/],
    ['1000 scans', withScans(1000), /over 100 scans/],
    ['sampling factors of 0', jpeg.with(82, 0), /JPEG data is damaged/],
    ['12 bits', jpeg.with(75, 12), /12 bits/],
    ['arithmetic coding', jpeg.with(72, 0xc9), /kind of JPEG/],
  ])('are refused with %s', async (_, strip, about) => {
    const { bytes } = buildTiff([jpegPage(strip)]);
    expectSentence(await failure(bytes), 'file/malformed', about);
  });

  function withFrameTwice(): Uint8Array {
    return Uint8Array.from([...jpeg.subarray(0, 84), ...jpeg.subarray(71)]);
  }

  function withScans(count: number): Uint8Array {
    const scan = jpeg.subarray(128, jpeg.length - 2);
    return Uint8Array.from([
      ...jpeg.subarray(0, 128),
      ...Array.from({ length: count }, () => [...scan]).flat(),
      0xff,
      0xd9,
    ]);
  }
});

describe('damaged compressed data', () => {
  it.each([
    ['deflate', /checksum/],
    ['lzw', /impossible code|decodes to/],
    ['packbits', /decodes to/],
    ['zstd', /ZSTD/],
  ] as const)('of %s is refused with the strip it is in', async (codec, about) => {
    const noise = Uint8Array.from({ length: 64 }, (_, i) => (i * 89) % 256);
    const fixture = buildTiff([page, { ...page, values: noise, codec, rowsPerStrip: 4 }]);
    const payload = fixture.places.filter((place) => place.kind === 'payload').at(-1)!;
    const bytes = fixture.bytes.slice();
    const last = payload.at + payload.length - 1;
    if (codec === 'packbits') bytes.fill(128, payload.at, payload.at + payload.length);
    else if (codec === 'deflate') bytes[last]! ^= 1;
    else bytes.fill(0xfe, payload.at + 3, payload.at + payload.length);
    const error = await failure(bytes);
    expectSentence(error, 'file/malformed', about);
    expect(error.message).toContain('strip 2 of page 2');
  });
});

describe('reading', () => {
  const stack = buildTiff(repeatPage({ ...page, codec: 'lzw' }, 50)).bytes;

  it('stops between strips when it is cancelled', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const error = await failure(stack, 'bad.tif', {
      signal: controller.signal,
      progress: (fraction) => {
        seen.push(fraction);
        if (seen.length === 5) controller.abort();
      },
    });
    expect(error.code).toBe('run/cancelled');
    expect(seen).toHaveLength(5);
  });

  it('does not start when it is cancelled before', async () => {
    const error = await failure(stack, 'bad.tif', { signal: AbortSignal.abort() });
    expect(error.code).toBe('run/cancelled');
  });

  it('reports progress that rises to 1', async () => {
    const seen: number[] = [];
    await tiffFormat.readVolume(bytesSource(stack, 'a.tif'), {
      progress: (fraction) => seen.push(fraction),
    });
    expect(seen.at(-1)).toBe(1);
    expect(seen.toSorted((a, b) => a - b)).toEqual(seen);
    expect(seen.length).toBeGreaterThan(40);
  });

  it('never asks for the whole file', async () => {
    const pages = repeatPage({ width: 64, height: 64, values: new Uint16Array(4096).fill(7) }, 40);
    const { bytes } = buildTiff(pages);
    const source = bytesSource(bytes, 'a.tif');
    let largest = 0;
    const { volume } = await tiffFormat.readVolume({
      ...source,
      read: (start, end) => {
        largest = Math.max(largest, end - start);
        return source.read(start, end);
      },
    });
    expect(volume.size).toEqual([64, 64, 40]);
    expect(largest).toBeLessThan(bytes.length);
  });

  it('says so when the file changes while it is read', async () => {
    const source = bytesSource(buildTiff([page]).bytes, 'a.tif');
    const shrunk = { ...source, read: () => Promise.resolve(new Uint8Array(4)) };
    await expect(tiffFormat.readVolume(shrunk)).rejects.toBeInstanceOf(UserError);
    let reads = 0;
    const later = {
      ...source,
      read: (start: number, end: number) => source.read(start, reads++ > 0 ? start + 1 : end),
    };
    await expect(tiffFormat.readVolume(later)).rejects.toMatchObject({ code: 'file/truncated' });
  });
});

describe('a header text outside the file', () => {
  it('is left out with a warning', async () => {
    const { bytes, directories } = buildTiff([{ ...page, fields: { 305: ascii('made by hand') } }]);
    const view = new DataView(bytes.buffer);
    for (let at = directories[0]! + 2; at < bytes.length - 12; at += 12) {
      if (view.getUint16(at, true) === 305) view.setUint32(at + 8, 1e9, true);
    }
    const source = bytesSource(bytes, 'a.tif');
    const { volume, metadata } = await tiffFormat.readVolume(source);
    expect(volume.data).toEqual(values);
    expect(metadata.warnings).toEqual([
      'The software in the header lies outside the file and is left out.',
    ]);
  });
});

describe('a link to the directory', () => {
  it('beyond the file is a truncated file', async () => {
    const { bytes } = buildTiff([page]);
    bytes.set(integerBytes(1_000_000, 4, true), 4);
    expectSentence(await failure(bytes), 'file/truncated', /the directory of page 1/);
  });
});
