import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { joinBytes, metaImageBytes, niftiBytes } from '../../tests/support/itk-files.ts';
import { nrrdBytes } from '../../tests/support/nrrd-files.ts';
import {
  describeWithReference,
  readReference,
  readReferenceJson,
} from '../../tests/support/reference-data.ts';
import { UserError, type UserErrorCode } from '../errors/errors.ts';
import { createVolume, voxelBytes } from '../volume/volume.ts';
import type { ByteSource } from './format.ts';
import { describeFile, type OpenOptions, openVolume } from './open.ts';
import { writeVolume } from './registry.ts';
import { blobSource, bytesSource } from './sources.ts';

function text(content: string, name: string): ByteSource {
  return bytesSource(new TextEncoder().encode(content), name);
}

const nrrd = (name = 'case.nrrd') => bytesSource(nrrdBytes(), name);

async function tiff(name: string, values: Uint8Array, size: [number, number, number] = [4, 4, 1]) {
  const volume = createVolume({ kind: 'grey', size, data: values });
  return blobSource(await writeVolume(volume, 'tiff'), name);
}

const ramp = (start: number) => Uint8Array.from({ length: 16 }, (_, i) => start + i);

async function expectFailure(
  sources: readonly ByteSource[],
  code: UserErrorCode,
  ...words: readonly string[]
): Promise<void> {
  const thrown: unknown = await openVolume(sources).then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(UserError);
  const error = thrown as UserError;
  expect(error.code).toBe(code);
  expect(error.message).toMatch(/^[^\n]+\.$/);
  for (const word of words) expect(error.message).toContain(word);
}

describe('recognising files', () => {
  test('content decides, not the name', async () => {
    expect((await openVolume([nrrd('scan.tif')])).metadata.format).toBe('nrrd');
    const meta = metaImageBytes(
      [4, 3, 2],
      Uint8Array.from({ length: 24 }, (_, i) => i),
    );
    expect((await openVolume([bytesSource(meta, 'scan.nrrd')])).metadata.format).toBe('meta-image');
  });

  test('a detached header is found among its files, with or without bystanders', async () => {
    const header = bytesSource(nrrdBytes({ 'data file': 'v.raw' }, ''), 'case.nhdr');
    const data = bytesSource(ramp(0).subarray(0, 12), 'v.raw');
    const opened = await openVolume([data, text('notes', 'readme.txt'), header]);
    expect([...opened.volume.data]).toEqual([...ramp(0).subarray(0, 12)]);
    expect(opened.files).toEqual(['case.nhdr']);
  });

  test('slices of a folder become a volume in natural order', async () => {
    const files = await Promise.all([
      tiff('slice10.tif', ramp(32)),
      tiff('slice9.tif', ramp(16)),
      tiff('slice8.tif', ramp(0)),
    ]);
    const opened = await openVolume([...files, text('x', '.DS_Store'), text('log', 'scan.log')]);
    expect(opened.volume.size).toEqual([4, 4, 3]);
    expect([...opened.volume.data]).toEqual([...ramp(0), ...ramp(16), ...ramp(32)]);
    expect(opened.metadata.warnings.join()).toContain('scan.log');
  });

  test.each<[string, string, string]>([
    ['a ZIP', 'PK\u0003\u0004', 'ZIP'],
    ['a PNG', '\u0089PNG\r\n', 'PNG'],
    ['a gzip of something', '\u001f\u008b\u0008\0\0\0\0\0\0\u0003', 'gzip'],
  ])('%s is named and what can be read is listed', async (_name, content, word) => {
    const bytes = Uint8Array.from(content, (character) => character.charCodeAt(0));
    await expectFailure(
      [bytesSource(bytes, 'case.bin')],
      'file/unknown-format',
      word,
      'TIFF, NRRD, MHA/MHD, NIfTI',
    );
  });

  test('a Zarr store is named', async () => {
    await expectFailure(
      [text('{}', '.zgroup'), text('{}', '.zarray'), text('x', '0')],
      'volume/no-voxels',
      '.zgroup',
    );
  });

  test('a text file with the name of a volume', async () => {
    await expectFailure([text('hello', 'scan.tif')], 'file/unknown-format', 'named like TIFF');
    await expectFailure([text('hello', 'scan.nii')], 'file/unknown-format', 'named like NIfTI');
    await expectFailure([text('hello', 'notes.doc')], 'file/unknown-format', 'no known format');
  });
});

describe('what cannot be opened', () => {
  test('nothing, and nothing but empty files', async () => {
    await expectFailure([], 'file/empty', 'no file');
    await expectFailure([text('', 'a.tif')], 'file/empty', 'a.tif');
    await expectFailure([text('', 'a.tif'), text('', 'b.tif')], 'file/empty', 'All 2 files');
  });

  test('several volumes, and a volume among slices', async () => {
    await expectFailure([nrrd('a.nrrd'), nrrd('b.nrrd')], 'file/mixed-slices', 'a.nrrd, b.nrrd');
    await expectFailure(
      [nrrd('a.nrrd'), await tiff('b.tif', ramp(0))],
      'file/mixed-slices',
      'either the volume or the slices',
    );
  });

  test('a damaged slice is not left out of its folder', async () => {
    const good = [await tiff('s1.tif', ramp(0)), await tiff('s3.tif', ramp(9))];
    await expectFailure([...good, text('', 's2.tif')], 'file/empty', 's2.tif', 'empty');
    await expectFailure([...good, text('??', 's2.tif')], 'file/unknown-format', 's2.tif');
  });

  test('files without an image among them', async () => {
    await expectFailure([text('a', 'a.txt'), text('b', 'b.log')], 'file/unknown-format', 'a.txt');
    await expectFailure([text('a', 'a.doc'), text('b', 'b.doc')], 'file/unknown-format', 'a.doc');
  });
});

describe('what the voxels look like', () => {
  const open = (data: Uint8Array | Float32Array, options: OpenOptions = {}) => {
    const meta = metaImageBytes([data.length / 4, 2, 2], data);
    return openVolume([bytesSource(meta, 'case.mha')], options);
  };

  test('few different whole numbers are labels, and it is said', async () => {
    const opened = await open(Uint8Array.from({ length: 40 }, (_, i) => i % 3));
    expect(opened.volume.kind).toBe('labels');
    expect(opened.looksSegmented).toBe(true);
    expect(opened.metadata.warnings.join()).toContain('3 different values: 0, 1, 2');
  });

  test('grey values are grey, and the caller may say otherwise', async () => {
    const many = Uint8Array.from({ length: 40 }, (_, i) => i);
    expect((await open(many)).volume.kind).toBe('grey');
    expect((await open(many, { kind: 'labels' })).volume.kind).toBe('labels');
    const few = await open(
      many.map((value) => value % 2),
      { kind: 'grey' },
    );
    expect(few.volume.kind).toBe('grey');
    expect(few.looksSegmented).toBe(true);
    expect(few.metadata.warnings.join()).not.toContain('labels');
  });

  test('values that are no numbers are counted, with the place of the first', async () => {
    const data = new Float32Array(40).map((_, i) => i);
    data[13] = Number.NaN;
    data[14] = -Infinity;
    const { metadata, survey } = await open(data);
    expect(survey.notFinite?.count).toBe(2);
    expect(metadata.warnings.join()).toContain('2 voxels are no number');
    expect(metadata.warnings.join()).toContain('x 3, y 1, z 0 (NaN)');
  });

  test('a constant volume is said to be one', async () => {
    const { metadata } = await open(new Float32Array(40).fill(2.5));
    expect(metadata.warnings.join()).toContain('same value, 2.5');
  });

  test('a grey volume of few values that we wrote stays grey', async () => {
    const data = Uint8Array.from({ length: 40 }, (_, i) => i % 4);
    const volume = createVolume({ kind: 'grey', size: [10, 2, 2], data });
    const source = blobSource(await writeVolume(volume, 'nrrd'), 'a.nrrd');
    expect((await openVolume([source])).volume.kind).toBe('grey');
  });

  test.each(['tiff', 'nrrd'] as const)('labels written as %s are labels again', async (format) => {
    const volume = createVolume({
      kind: 'labels',
      name: 'again',
      size: [10, 2, 2],
      data: Uint8Array.from({ length: 40 }, (_, i) => i % 20),
      spacing: { values: [0.4, 0.4, 0.5], unit: 'µm' },
      phases: Array.from({ length: 20 }, (_, label) => ({
        label,
        name: `phase ${label}`,
        colour: '#123456',
        pore: label === 0,
      })),
    });
    const source = blobSource(await writeVolume(volume, format), 'again');
    const { volume: again } = await openVolume([source]);
    expect(again.kind).toBe('labels');
    expect(again.phases).toEqual(volume.phases);
    expect(again.spacing).toEqual(volume.spacing);
    expect(again.data).toEqual(volume.data);
  });
});

describe('progress and cancel', () => {
  test('progress rises to 1', async () => {
    const seen: number[] = [];
    await openVolume([nrrd()], { progress: (fraction) => seen.push(fraction) });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
  });

  test('an abort at any step of the progress cancels', async () => {
    for (const limit of [0, 0.89, 0.95]) {
      const controller = new AbortController();
      const bytes = niftiBytes(
        [4, 3, 2],
        Uint8Array.from({ length: 24 }, (_, i) => i),
      );
      const opening = openVolume([bytesSource(bytes, 'a.nii')], {
        signal: controller.signal,
        progress: (fraction) => {
          if (fraction >= limit) controller.abort();
        },
      });
      await expect(opening).rejects.toMatchObject({ code: 'run/cancelled' });
    }
  });
});

describe('describing without reading', () => {
  test('a header alone is enough', async () => {
    const header = bytesSource(nrrdBytes({ 'data file': 'far.raw', sizes: '9 8 7' }, ''), 'a.nhdr');
    const described = await describeFile([header]);
    expect(described).toMatchObject({ format: 'NRRD', files: ['a.nhdr'] });
    expect(described.metadata.size).toEqual([9, 8, 7]);
  });

  test('a folder of slices has the number of its files as its depth', async () => {
    const files = [await tiff('s1.tif', ramp(0)), await tiff('s2.tif', ramp(9))];
    const described = await describeFile(files);
    expect(described.metadata.size).toEqual([4, 4, 2]);
    expect(described.bytes).toBe(files.reduce((sum, file) => sum + file.size, 0));
  });
});

interface Expected {
  readonly kind: string;
  readonly siblings: readonly string[];
  readonly shape?: readonly number[];
  readonly dtype?: string;
  readonly sha256?: string;
  readonly spacing?: readonly number[];
  readonly unit?: string;
  /** Of files that hold several arrays, by path. */
  readonly members?: Readonly<Record<string, Expected>>;
  readonly datasets?: Readonly<Record<string, Expected>>;
}

/** What is expected of a file's only array. */
function onlyArray(file: Expected): Expected {
  const [first] = Object.values(file.members ?? file.datasets ?? {});
  return first ?? file;
}

/** What is not read, and the word its message must hold. */
const REFUSED: Readonly<Record<string, readonly [UserErrorCode, string]>> = {
  'example_nifti2.nii.gz': ['file/several-datasets', 'holds 2 volumes'],
};

describeWithReference('files of other projects', ['io', 'expected.json'], () => {
  const expected = readReferenceJson('io', 'expected.json') as Record<string, Expected>;
  const names = Object.keys(expected).filter(
    (name) => expected[name]?.kind !== 'tiff' && expected[name]?.kind !== 'zarr',
  );
  const sourcesOf = (name: string) =>
    [name, ...(expected[name]?.siblings ?? [])].map((file) =>
      bytesSource(readReference('io', file), file),
    );

  test.each(names.filter((name) => REFUSED[name] === undefined))(
    '%s has the shape, type, voxels and spacing that other readers give',
    async (name) => {
      const file = onlyArray(expected[name] as Expected);
      const { volume, metadata } = await openVolume(sourcesOf(name));
      const shape = (file.shape ?? []).slice(-3);
      expect([...volume.size].reverse().slice(-shape.length)).toEqual(shape);
      expect(volume.type).toBe(file.dtype);
      expect(createHash('sha256').update(voxelBytes(volume.data)).digest('hex')).toBe(file.sha256);
      const numbers =
        volume.spacing?.values ??
        metadata.tags['spacing without unit']?.split(' × ').map(Number) ??
        [];
      const spacing = (file.spacing ?? []).slice(-3);
      expect([...numbers].reverse().slice(-spacing.length)).toEqual(spacing);
      if (file.unit !== undefined) expect(volume.spacing?.unit).toBe(file.unit);
      const described = await describeFile(sourcesOf(name));
      expect(described.metadata.size).toEqual(volume.size);
      expect(described.metadata.type).toBe(volume.type);
    },
  );

  test('all thirty are compared: these here, TIFF and Zarr beside their readers', () => {
    const others = Object.values(expected).filter(({ kind }) => kind === 'tiff' || kind === 'zarr');
    expect([names.length, others.length]).toEqual([13, 17]);
  });

  test.each(Object.entries(REFUSED))('%s is refused by name', async (name, [code, word]) => {
    await expectFailure(sourcesOf(name), code, word, name);
  });
});

test('compressed MetaImage data beside the header are joined with it', async () => {
  const data = Uint8Array.from({ length: 24 }, (_, i) => i);
  const header = metaImageBytes([4, 3, 2], data, {
    CompressedData: 'True',
    ElementDataFile: 'v.zraw',
  });
  const packed = new Uint8Array(deflateSync(data));
  const { volume } = await openVolume([
    bytesSource(joinBytes(header), 'v.mhd'),
    bytesSource(packed, 'v.zraw'),
  ]);
  expect(volume.data).toEqual(data);
});
