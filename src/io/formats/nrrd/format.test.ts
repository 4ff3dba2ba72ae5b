import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { nrrdBytes, nrrdSource } from '../../../../tests/support/nrrd-files.ts';
import { UserError, type UserErrorCode } from '../../../errors/errors.ts';
import type { ReadOptions } from '../../format.ts';
import { bytesSource } from '../../sources.ts';
import { nrrdFormat } from './format.ts';

const COUNTING = Uint8Array.from({ length: 12 }, (_, i) => i);

async function read(...parts: Parameters<typeof nrrdBytes>) {
  return nrrdFormat.readVolume(nrrdSource(...parts));
}

async function failure(
  parts: Parameters<typeof nrrdBytes>,
  options: ReadOptions = {},
): Promise<UserError> {
  const thrown: unknown = await nrrdFormat.readVolume(nrrdSource(...parts), options).then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(UserError);
  return thrown as UserError;
}

/** One sentence that names the file: no line break, one full stop at the end. */
function expectSentence(error: UserError, code: UserErrorCode, ...words: readonly string[]): void {
  expect(error.code).toBe(code);
  expect(error.message).toMatch(/^[^\n]+[^.]\.$/);
  expect(error.message).toContain('case.nrrd');
  for (const word of words) expect(error.message).toContain(word);
}

describe('encodings', () => {
  test('raw voxels are read in order', async () => {
    const { volume, metadata } = await read();
    expect(volume.size).toEqual([3, 2, 2]);
    expect(volume.data).toEqual(COUNTING);
    expect(volume.kind).toBe('grey');
    expect(volume.name).toBe('case');
    expect(metadata.format).toBe('nrrd');
  });

  test('text, in its three names, is read with spaces, commas and line breaks', async () => {
    for (const encoding of ['ascii', 'txt', 'Text']) {
      const { volume } = await read(
        { encoding, type: 'short' },
        '-1 2,3\r\n4 5 6\n\n7 8\t9 10 11 32767',
      );
      expect(volume.data).toEqual(Int16Array.of(-1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 32767));
    }
  });

  test('text floats may be NaN, infinite or in exponent form', async () => {
    const { volume } = await read(
      { encoding: 'ascii', type: 'double', sizes: '5 1 1' },
      'NaN -inf Infinity 1.5e-300 .25',
    );
    expect(volume.data).toEqual(Float64Array.of(Number.NaN, -Infinity, Infinity, 1.5e-300, 0.25));
  });

  test('text of 64-bit integers keeps every digit', async () => {
    const { volume } = await read(
      { encoding: 'ascii', type: 'unsigned long long int', sizes: '2 1 1' },
      '18446744073709551615 9007199254740993',
    );
    expect(volume.data).toEqual(BigUint64Array.of(18446744073709551615n, 9007199254740993n));
  });

  test('hexadecimal digits in any case are pairs of one byte', async () => {
    const { volume } = await read({ encoding: 'hex', sizes: '2 2 1' }, '00 fF\n7f1\n0');
    expect(volume.data).toEqual(Uint8Array.of(0, 255, 127, 16));
  });

  test('gzip is read, in one member or several, with bytes behind it or not', async () => {
    const whole = gzipSync(COUNTING);
    const halves = Buffer.concat([
      gzipSync(COUNTING.subarray(0, 5)),
      gzipSync(COUNTING.subarray(5)),
    ]);
    for (const encoding of ['gzip', 'gz']) {
      for (const payload of [whole, halves]) {
        expect((await read({ encoding }, payload)).volume.data).toEqual(COUNTING);
      }
    }
    const tailed = await read({ encoding: 'gzip' }, Buffer.concat([halves, Buffer.from('tail')]));
    expect(tailed.volume.data).toEqual(COUNTING);
    expect(tailed.metadata.warnings).toEqual(['Bytes behind the compressed data were ignored.']);
  });

  test('big-endian voxels of every width are turned round', async () => {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, -1234.5678);
    const double = await read(
      { type: 'double', sizes: '1 1 1', endian: 'big' },
      new Uint8Array(view.buffer),
    );
    expect(double.volume.data).toEqual(Float64Array.of(-1234.5678));
    const words = await read(
      { type: 'ushort', sizes: '2 1 1', endian: 'big' },
      Uint8Array.of(1, 2, 3, 4),
    );
    expect(words.volume.data).toEqual(Uint16Array.of(0x0102, 0x0304));
    const ints = await read(
      { type: 'int', sizes: '1 1 1', endian: 'big' },
      Uint8Array.of(255, 255, 255, 254),
    );
    expect(ints.volume.data).toEqual(Int32Array.of(-2));
  });

  test('a missing byte order is taken for little endian, with a warning', async () => {
    const { volume, metadata } = await read({ type: 'short', sizes: '1 1 1' }, Uint8Array.of(1, 2));
    expect(volume.data).toEqual(Int16Array.of(0x0201));
    expect(metadata.warnings.join()).toContain('little endian');
  });

  test('lines and bytes before the voxels are skipped', async () => {
    const payload = Buffer.concat([Buffer.from('P5\n# comment\n'), Buffer.from('..'), COUNTING]);
    const { volume } = await read({ 'line skip': '2', 'byte skip': '2' }, payload);
    expect(volume.data).toEqual(COUNTING);
  });

  test('byte skip -1 takes the last bytes, raw and behind gzip', async () => {
    const payload = Buffer.concat([Buffer.alloc(1000, 7), COUNTING]);
    const raw = await read({ 'byte skip': '-1' }, payload);
    expect(raw.volume.data).toEqual(COUNTING);
    const packed = await read({ 'byte skip': '-1', encoding: 'gzip' }, gzipSync(payload));
    expect(packed.volume.data).toEqual(COUNTING);
  });

  test('byte skip counts decoded bytes of gzip data', async () => {
    const payload = gzipSync(Buffer.concat([Buffer.from('head'), COUNTING]));
    expect((await read({ byteskip: '4', encoding: 'gzip' }, payload)).volume.data).toEqual(
      COUNTING,
    );
  });
});

describe('detached data', () => {
  const slices = [COUNTING.subarray(0, 6), COUNTING.subarray(6)];

  test('one file is found beside the header, by path or by bare name', async () => {
    const header = bytesSource(
      nrrdBytes({ 'data file': './sub/voxels.raw' }, ''),
      'case.nhdr',
      'scan',
    );
    const right = bytesSource(COUNTING, 'voxels.raw', 'scan/sub');
    const wrong = bytesSource(new Uint8Array(12), 'voxels.raw', 'other');
    const { volume } = await nrrdFormat.readVolume(header, { siblings: [wrong, right] });
    expect(volume.data).toEqual(COUNTING);
    const flat = await nrrdFormat.readVolume(header, {
      siblings: [bytesSource(COUNTING, 'voxels.raw')],
    });
    expect(flat.volume.data).toEqual(COUNTING);
  });

  test('a listed file per slice is read in the order of the list', async () => {
    const source = nrrdSource({ 'data file': 'LIST' }, '', ['b.raw', 'a.raw']);
    const { volume } = await nrrdFormat.readVolume(source, {
      siblings: [bytesSource(slices[1]!, 'a.raw'), bytesSource(slices[0]!, 'b.raw')],
    });
    expect(volume.data).toEqual(COUNTING);
  });

  test('a LIST with a dimension counts rows instead of slices', async () => {
    const names = ['r0', 'r1', 'r2', 'r3'];
    const source = nrrdSource({ 'data file': 'LIST 1' }, '', names);
    const { volume } = await nrrdFormat.readVolume(source, {
      siblings: names.map((name, i) => bytesSource(COUNTING.subarray(3 * i, 3 * i + 3), name)),
    });
    expect(volume.data).toEqual(COUNTING);
  });

  test('a pattern counts up and down with its own step and width', async () => {
    const siblings = [bytesSource(slices[0]!, 's_008.raw'), bytesSource(slices[1]!, 's_010.raw')];
    const up = nrrdSource({ 'data file': 's_%03d.raw 8 10 2' }, '');
    expect((await nrrdFormat.readVolume(up, { siblings })).volume.data).toEqual(COUNTING);
    const down = nrrdSource({ 'data file': 's_%03d.raw 10 8 -2' }, '');
    const { volume } = await nrrdFormat.readVolume(down, { siblings });
    expect([...volume.data]).toEqual([6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5]);
  });

  test('a missing data file is named', async () => {
    expectSentence(
      await failure([{ 'data file': '../secret/voxels.raw' }, '']),
      'file/unreadable',
      'voxels.raw',
      'open both files together',
    );
  });

  test('the wrong number of files is refused', async () => {
    const error = await failure([{ 'data file': 's%d 1 3 1' }, '']);
    expectSentence(error, 'file/malformed', '3 data files', '2');
  });
});

describe('geometry', () => {
  test('spacing is the length of each direction, in the stated unit', async () => {
    const { volume, metadata } = await read({
      'space dimension': '3',
      'space directions': '(3,4,0) (0,0.25,0) (0,0,2)',
      'space units': '"um" "um" "um"',
      'space origin': '(1,-2,3.5)',
    });
    expect(volume.spacing).toEqual({ values: [5, 0.25, 2], unit: 'µm' });
    expect(volume.origin).toEqual([1, -2, 3.5]);
    expect(metadata.spacingSource).toContain('space directions');
    expect(metadata.warnings.join()).toContain('orientation is not kept');
  });

  test('units that differ between the axes become one unit', async () => {
    const { volume } = await read({ spacings: '500 0.5 1', units: '"nm" "um" "um"' });
    expect(volume.spacing?.unit).toBe('nm');
    [500, 500, 1000].forEach((value, axis) => {
      expect(volume.spacing?.values[axis]).toBeCloseTo(value, 9);
    });
  });

  test('a patient space without unit is in millimetres', async () => {
    const { volume, metadata } = await read({
      space: 'left-posterior-superior',
      'space directions': '(0.1,0,0) (0,0.1,0) (0,0,0.3)',
    });
    expect(volume.spacing).toEqual({ values: [0.1, 0.1, 0.3], unit: 'mm' });
    expect(metadata.spacingSource).toContain('convention');
    expect(metadata.warnings).toEqual([]);
  });

  test('numbers without a unit are a hint, never a voxel size', async () => {
    const { volume, metadata } = await read({ spacings: '0.4 0.4 0.5' });
    expect(volume.spacing).toBeNull();
    expect(metadata.tags['spacing without unit']).toBe('0.4 × 0.4 × 0.5');
    expect(metadata.warnings.join()).toContain('enter the unit');
  });

  test.each([
    ['0', '0 1 1'],
    ['-1', '-1 1 1'],
    ['Infinity', 'inf 1 1'],
  ])('a voxel size of %s is ignored and said to be', async (word, spacings) => {
    const { volume, metadata } = await read({ spacings, units: '"um" "um" "um"' });
    expect(volume.spacing).toBeNull();
    expect(metadata.warnings.join()).toContain(`voxel size of ${word} along x`);
    expect(metadata.tags['spacing without unit']).toBeUndefined();
  });

  test('a unit that is none, even one that every object has, is not taken for a length', async () => {
    for (const unit of ['pixel', 'constructor', '__proto__']) {
      const { volume, metadata } = await read({
        spacings: '1 1 1',
        units: `"${unit}" "${unit}" "${unit}"`,
      });
      expect(volume.spacing).toBeNull();
      expect(metadata.warnings.join()).toContain(`"${unit}", which is not a known unit`);
    }
  });

  test('a voxel size of nan is one that is not stated', async () => {
    const { volume } = await read({ spacings: 'nan nan nan', units: '"um" "um" "um"' });
    expect(volume.spacing).toBeNull();
  });

  test('a 2-D image is one slice', async () => {
    const { volume } = await read({
      dimension: '2',
      sizes: '4 3',
      units: '"mm" "mm"',
      spacings: '1 2',
    });
    expect(volume.size).toEqual([4, 3, 1]);
    expect(volume.spacing?.values).toEqual([1, 2, 1]);
  });

  test('axes of one voxel beyond three are left out', async () => {
    const { volume } = await read({ dimension: '4', sizes: '3 2 2 1' });
    expect(volume.size).toEqual([3, 2, 2]);
    const scalar = await read({
      dimension: '4',
      sizes: '1 3 2 2',
      kinds: 'scalar domain domain domain',
    });
    expect(scalar.volume.size).toEqual([3, 2, 2]);
  });

  test('mirrored axes swap no voxels and no sign of the spacing', async () => {
    const { volume } = await read({
      space: 'right-anterior-superior',
      'space directions': '(-2,0,0) (0,-2,0) (0,0,3)',
    });
    expect(volume.spacing?.values).toEqual([2, 2, 3]);
    expect(volume.data).toEqual(COUNTING);
  });
});

describe('phases', () => {
  test("3D Slicer's segments become named labels", async () => {
    const { volume } = await read({}, undefined, [
      'Segment0_ID:=Segment_1',
      'Segment0_Name:=active material',
      'Segment0_LabelValue:=1',
      'Segment0_Color:=1 0.5 0',
      'Segment1_Name:=binder',
      'Segment1_LabelValue:=2',
    ]);
    expect(volume.kind).toBe('labels');
    expect(volume.phases).toEqual([
      { label: 1, name: 'active material', colour: '#ff8000', pore: false },
      { label: 2, name: 'binder', colour: '#808080', pore: false },
    ]);
  });

  test('phases that are no valid list are left out', async () => {
    const { volume } = await read({}, undefined, ['tauscope phases:=[{"label":"<b>"}]']);
    expect(volume.phases).toEqual([]);
  });
});

test('header text is shown without control characters, and names are only names', async () => {
  const { metadata, volume } = await read({ content: 'a\u0007b\u202ec' }, undefined, [
    '__proto__:=polluted',
    'note:=<img src=x onerror=alert(1)>',
  ]);
  expect(metadata.tags['content']).toBe('abc');
  expect(metadata.tags['note']).toBe('<img src=x onerror=alert(1)>');
  expect(Object.getPrototypeOf(metadata.tags)).toBe(Object.prototype);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect(volume.kind).toBe('grey');
});

describe('bad input', () => {
  test('an empty file', async () => {
    const reading = nrrdFormat.readVolume(bytesSource(new Uint8Array(), 'case.nrrd'));
    await expect(reading).rejects.toMatchObject({ code: 'file/empty' });
  });

  test('another file by this name', async () => {
    const source = bytesSource(new TextEncoder().encode('hello world\n\n'), 'case.nrrd');
    const error = await nrrdFormat.readVolume(source).catch((thrown: unknown) => thrown);
    expectSentence(error as UserError, 'file/malformed', 'line 1');
  });

  test('a version of the future', async () => {
    const bytes = new TextEncoder().encode('NRRD0009\ntype: uint8\n\n');
    const error = await nrrdFormat
      .readVolume(bytesSource(bytes, 'case.nrrd'))
      .catch((thrown: unknown) => thrown);
    expectSentence(error as UserError, 'file/unsupported', 'version 9');
  });

  test.each<[string, Parameters<typeof nrrdBytes>[0], UserErrorCode, string]>([
    ['no sizes', { sizes: undefined }, 'file/malformed', '"sizes" is missing'],
    ['a size that is no number', { sizes: '3 two 2' }, 'file/malformed', 'line 4'],
    ['too few sizes', { sizes: '3 2' }, 'file/malformed', '2 entries for dimension 3'],
    ['a dimension of 17', { dimension: '17' }, 'file/malformed', '17'],
    ['a size of zero', { sizes: '3 0 2' }, 'volume/no-voxels', '3 × 0 × 2'],
    ['an unknown type', { type: 'block' }, 'file/unsupported', 'block'],
    ['a type that every object has', { type: '__proto__' }, 'file/unsupported', '__proto__'],
    [
      'an encoding that every object has',
      { encoding: 'constructor' },
      'file/unsupported',
      'constructor',
    ],
    ['an unknown encoding', { encoding: 'zstd' }, 'file/unsupported', 'zstd'],
    ['a byte order from nowhere', { endian: 'middle' }, 'file/malformed', 'middle'],
    [
      'sizes whose product has 15 digits',
      { sizes: '99999 99999 99999' },
      'file/truncated',
      'cut short',
    ],
    [
      'sizes whose product has 45 digits',
      { sizes: '999999999999999 999999999999999 999999999999999' },
      'file/limit',
      'more than any computer',
    ],
    ['a negative size', { sizes: '-3 2 2' }, 'file/malformed', '-3'],
    ['colour', { kinds: 'RGB-color domain domain' }, 'volume/not-scalar', '3 values per voxel'],
    [
      'vectors by direction',
      { 'space directions': 'none (1,0,0) (0,1,0)', 'space dimension': '3' },
      'volume/not-scalar',
      '3 values',
    ],
    ['four axes', { dimension: '4', sizes: '3 2 2 2' }, 'file/unsupported', '4-dimensional'],
    [
      'a vector that is none',
      { 'space directions': '(1,0,0) [0,1,0] (0,0,1)' },
      'file/malformed',
      'not a vector',
    ],
    [
      'vectors of two lengths',
      { 'space dimension': '3', 'space directions': '(1,0,0) (0,1) (0,0,1)' },
      'file/malformed',
      'does not have 3 numbers',
    ],
    ['a byte skip of -2', { 'byte skip': '-2' }, 'file/malformed', '-2'],
  ])('%s', async (_name, fields, code, words) => {
    expectSentence(await failure([fields]), code, words);
  });

  test('a field given twice', async () => {
    expectSentence(await failure([{}, undefined, ['type: short']]), 'file/malformed', 'twice');
  });

  test('a line that is nothing', async () => {
    expectSentence(await failure([{}, undefined, ['what is this']]), 'file/malformed', 'line 6');
  });

  test.each(['raw', 'gzip', 'ascii', 'hex', 'bzip2'])('%s data cut short', async (encoding) => {
    const payload = {
      raw: COUNTING.subarray(0, 11),
      gzip: gzipSync(COUNTING).subarray(0, 20),
      ascii: '1 2 3',
      hex: '0001',
      bzip2: 'BZh9',
    }[encoding];
    expectSentence(await failure([{ encoding }, payload]), 'file/truncated', 'cut short');
  });

  test('gzip data that hold fewer voxels than stated', async () => {
    const error = await failure([{ encoding: 'gzip' }, gzipSync(COUNTING.subarray(0, 11))]);
    expectSentence(error, 'file/truncated', '12', '11');
  });

  test('gzip data with a wrong checksum', async () => {
    const packed = gzipSync(COUNTING);
    packed[packed.length - 6]! ^= 1;
    expectSentence(await failure([{ encoding: 'gzip' }, packed]), 'file/malformed', 'checksum');
  });

  test('data that are not what the encoding says', async () => {
    expectSentence(
      await failure([{ encoding: 'gzip' }, 'not gzip data']),
      'file/malformed',
      'gzip signature',
    );
    expectSentence(
      await failure([{ encoding: 'bzip2' }, 'not bzip2 data']),
      'file/malformed',
      'bzip2 signature',
    );
    expectSentence(await failure([{ encoding: 'hex' }, 'xyz'.repeat(20)]), 'file/malformed', '"x"');
    expectSentence(
      await failure([{ encoding: 'ascii' }, '1 2 three '.repeat(5)]),
      'file/malformed',
      '"three"',
    );
    expectSentence(
      await failure([{ encoding: 'ascii' }, '1 2 256 '.repeat(5)]),
      'file/malformed',
      '"256"',
    );
  });

  test('a header that never ends is given up after 4 MiB', async () => {
    const bytes = new Uint8Array(6 * 1024 * 1024).fill(0x61);
    bytes.set(new TextEncoder().encode('NRRD0005\n# '));
    const error = await nrrdFormat
      .readVolume(bytesSource(bytes, 'case.nrrd'))
      .catch((thrown: unknown) => thrown);
    expectSentence(error as UserError, 'file/malformed', 'blank line');
  });

  test('a gzip bomb costs no more than the voxels that were asked for', async () => {
    const bomb = gzipSync(new Uint8Array(64 * 1024 * 1024), { level: 9 });
    const { volume } = await read({ encoding: 'gzip' }, bomb);
    expect(volume.data).toEqual(new Uint8Array(12));
  });
});

describe('progress and cancel', () => {
  test('progress rises to 1', async () => {
    const seen: number[] = [];
    const source = nrrdSource(
      { sizes: '512 512 64', encoding: 'gzip' },
      gzipSync(new Uint8Array(512 * 512 * 64)),
    );
    await nrrdFormat.readVolume(source, { progress: (fraction) => seen.push(fraction) });
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  test.each(['raw', 'gzip', 'bzip2', 'ascii', 'hex'])(
    'an abort stops reading %s',
    async (encoding) => {
      const controller = new AbortController();
      controller.abort();
      const payload = encoding === 'gzip' ? gzipSync(COUNTING) : '00 '.repeat(40);
      const error = await failure([{ encoding }, payload], { signal: controller.signal });
      expect(error.code).toBe('run/cancelled');
    },
  );

  test('an abort in the middle of a long read stops it', async () => {
    const controller = new AbortController();
    const size = 48 * 1024 * 1024;
    const source = nrrdSource({ sizes: `1024 1024 48` }, new Uint8Array(size));
    const seen: number[] = [];
    const reading = nrrdFormat.readVolume(source, {
      signal: controller.signal,
      progress: (fraction) => {
        seen.push(fraction);
        controller.abort();
      },
    });
    await expect(reading).rejects.toMatchObject({ code: 'run/cancelled' });
    expect(seen).toHaveLength(1);
  });
});
