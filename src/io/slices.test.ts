import { describe, expect, it } from 'vitest';
import {
  ascii,
  buildTiff,
  type FixturePage,
  rational,
  short,
} from '../../tests/support/tiff-fixtures.ts';
import { UserError } from '../errors/errors.ts';
import type { ByteSource } from './format.ts';
import { numberingWarnings, readSliceFolder } from './slices.ts';
import { bytesSource } from './sources.ts';

/** A 3 × 2 slice whose voxels all have one value. */
function slice(
  name: string,
  value: number,
  change: Partial<FixturePage> = {},
  path = '',
): ByteSource {
  const page = { width: 3, height: 2, values: new Uint8Array(6).fill(value), ...change };
  return bytesSource(buildTiff([page]).bytes, name, path);
}

const text = (name: string, content = 'some text', path = ''): ByteSource =>
  bytesSource(new TextEncoder().encode(content), name, path);

async function failure(sources: readonly ByteSource[]): Promise<UserError> {
  try {
    await readSliceFolder(sources);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('the folder was read without an error');
}

describe('a folder of slices', () => {
  it('is put together in natural order, not in that of the files', async () => {
    const names = ['img10.tif', 'img9.tif', 'img1.tif', 'img2.tif', 'img11.tiff'];
    const sources = names.map((name) => slice(name, Number(/\d+/.exec(name)?.[0])));
    const { volume, metadata } = await readSliceFolder(sources);
    expect(volume.size).toEqual([3, 2, 5]);
    expect([0, 6, 12, 18, 24].map((i) => volume.data[i])).toEqual([1, 2, 9, 10, 11]);
    expect(metadata.size).toEqual([3, 2, 5]);
    expect(volume.name).toBe('img');
  });

  it('keeps every voxel in its place', async () => {
    const values = (z: number) => Int16Array.from({ length: 6 }, (_, i) => z * 100 - i);
    const sources = Array.from({ length: 30 }, (_, z) =>
      slice(`${z}.tif`, 0, { values: values(z), codec: z % 2 === 0 ? 'lzw' : 'none' }),
    );
    const { volume } = await readSliceFolder(sources.toReversed());
    const all = Array.from({ length: 30 }, (_, z) => [...values(z)]).flat();
    expect(volume.data).toEqual(Int16Array.from(all));
  });

  it('leaves out what is no slice and says so', async () => {
    const { volume, metadata } = await readSliceFolder([
      slice('a1.tif', 1),
      text('scan.log'),
      text('Thumbs.db'),
      slice('.a0.tif', 9),
      slice('._a1.tif', 9, {}, '__MACOSX'),
      slice('a2.tif', 2),
    ]);
    expect(volume.size[2]).toBe(2);
    expect(metadata.warnings).toEqual([
      '4 files are no TIFFs and are left out: ._a1.tif, .a0.tif, scan.log, Thumbs.db.',
    ]);
  });

  it('takes slices by their content where the ending is unusual', async () => {
    const { volume } = await readSliceFolder([slice('rec.001', 1), slice('rec.002', 2)]);
    expect(volume.data[6]).toBe(2);
  });

  it('reports missing numbers', async () => {
    const numbers = [1, 2, 5, 6, 9];
    const { volume, metadata } = await readSliceFolder(
      numbers.map((number) => slice(`s_${String(number).padStart(4, '0')}.tif`, number)),
    );
    expect(volume.size[2]).toBe(5);
    expect(metadata.warnings).toEqual([
      'Slices 3, 4, 7, 8 are missing; the others are put together without a gap.',
    ]);
  });

  it('of one file is that file', async () => {
    const pages = [1, 2, 3].map((value) => ({
      width: 3,
      height: 2,
      values: new Uint8Array(6).fill(value),
    }));
    const stack = bytesSource(buildTiff(pages).bytes, 'stack.tif');
    const { volume } = await readSliceFolder([text('notes.txt'), stack]);
    expect(volume.size).toEqual([3, 2, 3]);
    expect(volume.name).toBe('stack');
  });

  it('does not know its voxel size from the slices but shows their pixels', async () => {
    const fields = { 282: rational(10_000, 1), 283: rational(10_000, 1), 296: short(3) };
    const { volume, metadata } = await readSliceFolder([
      slice('1.tif', 1, { fields }),
      slice('2.tif', 2, { fields }),
    ]);
    expect(volume.spacing).toBeNull();
    expect(metadata.tags['pixel size x']).toBe('1 µm');
    expect(metadata.warnings).toHaveLength(1);
    expect(metadata.warnings[0]).toMatch(/^2 slices: The resolution tags/);
  });

  it('knows its voxel size where the slices state all of it', async () => {
    const fields = {
      270: ascii('ImageJ=1.53t\nunit=um\nspacing=2\n'),
      282: rational(4, 1),
      283: rational(4, 1),
    };
    const { volume } = await readSliceFolder([
      slice('1.tif', 1, { fields }),
      slice('2.tif', 2, { fields }),
    ]);
    expect(volume.spacing).toEqual({ values: [0.25, 0.25, 2], unit: 'µm' });
  });

  it('is named like its folder', async () => {
    const { volume } = await readSliceFolder([
      slice('1.tif', 1, {}, 'data/scan A/1.tif'),
      slice('2.tif', 2, {}, 'data/scan A/2.tif'),
    ]);
    expect(volume.name).toBe('scan A');
  });

  it('reports progress that rises to 1 and stops when cancelled', async () => {
    const sources = Array.from({ length: 20 }, (_, z) => slice(`${z}.tif`, z));
    const seen: number[] = [];
    await readSliceFolder(sources, { progress: (fraction) => seen.push(fraction) });
    expect(seen.at(-1)).toBe(1);
    expect(seen.toSorted((a, b) => a - b)).toEqual(seen);
    const controller = new AbortController();
    const stopped = readSliceFolder(sources, {
      signal: controller.signal,
      progress: () => controller.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: 'run/cancelled' });
  });
});

describe('a folder that is no volume', () => {
  it.each([
    ['nothing', [], 'file/empty', 'The folder is empty'],
    ['only text', [text('a.txt')], 'file/empty', 'a.txt'],
    ['other images', [text('a.png'), text('b.png')], 'file/unsupported', 'a.png'],
    ['text named .tif', [slice('1.tif', 1), text('2.tif')], 'file/unknown-format', '2.tif'],
    ['an empty slice', [slice('1.tif', 1), text('2.tif', '')], 'file/empty', '2.tif'],
    [
      'slices of two sizes',
      [slice('1.tif', 1), slice('2.tif', 1, { width: 2, height: 3 })],
      'file/mixed-slices',
      '2.tif is 2 × 3 uint8 but 1.tif is 3 × 2 uint8',
    ],
    [
      'slices of two types',
      [slice('1.tif', 1), slice('2.tif', 1, { values: new Uint16Array(6) })],
      'file/mixed-slices',
      '2.tif is 3 × 2 uint16 but 1.tif is 3 × 2 uint8',
    ],
    [
      'two folders',
      [slice('1.tif', 1, {}, 'raw/1.tif'), slice('1.tif', 1, {}, 'rec/1.tif')],
      'file/mixed-slices',
      'raw and rec',
    ],
    [
      'colours',
      [slice('1.tif', 1), slice('2.tif', 1, { samples: 3, values: new Uint8Array(18) })],
      'volume/not-scalar',
      '2.tif',
    ],
  ] as const)('with %s is refused in one sentence', async (_, sources, code, about) => {
    const error = await failure(sources);
    expect(error.code).toBe(code);
    expect(error.message).toContain(about);
    expect(error.message).toMatch(/\.$/);
  });

  it('because a file has several pages names that file', async () => {
    const page: FixturePage = { width: 3, height: 2, values: new Uint8Array(6) };
    const stack = bytesSource(buildTiff([page, page]).bytes, '2.tif');
    const error = await failure([slice('1.tif', 1), stack, slice('3.tif', 1)]);
    expect(error.code).toBe('file/mixed-slices');
    expect(error.message).toContain('2.tif has 2 pages');
  });

  it('because a slice is cut off names that slice', async () => {
    const { bytes } = buildTiff([{ width: 3, height: 2, values: new Uint8Array(6) }], {
      directoriesFirst: true,
    });
    const cut = bytesSource(bytes.subarray(0, bytes.length - 2), '2.tif');
    const error = await failure([slice('1.tif', 1), cut]);
    expect(error.code).toBe('file/truncated');
    expect(error.message).toContain('2.tif');
  });

  it('stops reading at the first failure', async () => {
    let opened = 0;
    const sources = Array.from({ length: 100 }, (_, z) => {
      const source = slice(`${z}.tif`, z, z === 3 ? { width: 2, height: 3 } : {});
      const read = async (start: number, end: number) => {
        if (start === 0 && end > 16) opened++;
        // Later slices are slow, so that the failure is known before the next ones are opened.
        if (z > 3) await new Promise((resolve) => setTimeout(resolve, 200));
        return source.read(start, end);
      };
      return { ...source, read };
    });
    expect((await failure(sources)).message).toContain('3.tif');
    expect(opened).toBeLessThan(12);
  });
});

describe('numberingWarnings', () => {
  it.each([
    [['a1', 'a2', 'a3'], []],
    [['a1'], []],
    [['only'], []],
    [['scan7_001', 'scan7_002'], []],
    [['a1', 'a3', 'a5', 'a7'], [/steps of 2/]],
    [
      ['a10', 'a20', 'a40'],
      [/steps of 10/, /Slice 30 is missing/],
    ],
    [['a1', 'a2', 'a4'], [/Slice 3 is missing/]],
    [['a1', 'a01', 'a2'], [/same number are all read: a1 and a01/]],
    [['a1', 'b1'], [/do not follow one pattern/]],
    [['r1_c1', 'r1_c2', 'r2_c1'], [/number more than the slices/]],
    [['a1', 'a90071992547409931'], [/^Slices 2, 3, .* and 90071992547409909 more are missing/]],
  ] as const)('of %j', (names, expected) => {
    const warnings = numberingWarnings(names);
    expect(warnings).toHaveLength(expected.length);
    expected.forEach((pattern, i) => {
      expect(warnings[i]).toMatch(pattern);
    });
  });
});
