/** Every kind of bad input ends in one sentence on stderr, exit code 1 and no output file. */
import { rmSync, truncateSync } from 'node:fs';
import { totalmem } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nrrdBytes } from '../support/nrrd-files.ts';
import { describeWithReference } from '../support/reference-data.ts';
import { referenceFile } from '../support/reference-folder.ts';
import { buildTiff, type FixturePage } from '../support/tiff-fixtures.ts';
import {
  buildCommandLine,
  createWorkplace,
  type Ended,
  recipeOf,
  type Workplace,
} from './tauscope.ts';
import { fileBytes, noisyLayers, slabs } from './volumes.ts';

let place: Workplace;

beforeAll(async () => {
  await buildCommandLine();
  place = createWorkplace();
  place.write('smooth.json', recipeOf(['smooth-gaussian', { sigma: 1 }]));
  place.write(
    'segment.json',
    recipeOf(['denoise-nl-means', { patchRadius: 1, searchRadius: 1 }], ['segment-watershed']),
  );
});
afterAll(() => place.remove());

/** One line on stderr beside what matches `remarks`, nothing on stdout, nothing written. */
function expectSentence(ended: Ended, sentence: RegExp, code = 1): void {
  expect(ended.stdout).toBe('');
  expect(ended.stderr).toMatch(sentence);
  expect(ended.stderr).toMatch(/^tauscope: [^\n]+[.?]\n$/);
  expect(ended.stderr).not.toContain('    at ');
  expect(ended.code).toBe(code);
  const written = place.list('out');
  rmSync(place.path('out'), { recursive: true, force: true });
  expect(written).toEqual([]);
}

async function expectRefused(
  input: string,
  sentence: RegExp,
  recipe = 'smooth.json',
): Promise<void> {
  expectSentence(await place.run(['run', recipe, input, '-q', '-o', 'out']), sentence);
}

const page = (width: number, height: number, extra: Partial<FixturePage> = {}): FixturePage => ({
  width,
  height,
  values: Uint16Array.from({ length: width * height * (extra.samples ?? 1) }, (_, i) => i * 31),
  ...extra,
});

describe('a bad input is refused in one sentence', () => {
  it('truncated', async () => {
    const whole = await fileBytes(noisyLayers());
    place.write('cut.tif', whole.slice(0, whole.length >> 1));
    await expectRefused('cut.tif', /cut\.tif.*(cut short|ends|truncated|past the end)/);
    place.write('cut.nrrd', nrrdBytes({ sizes: '30 20 20' }));
    await expectRefused('cut.nrrd', /cut\.nrrd is cut short: .*12000.*12/);
  });

  it('empty', async () => {
    place.write('empty.tif', '');
    await expectRefused('empty.tif', /empty\.tif is empty \(0 bytes\)/);
  });

  it('without slices', async () => {
    place.write('none.nrrd', nrrdBytes({ sizes: '3 2 0' }));
    await expectRefused('none.nrrd', /none\.nrrd.*(0|no voxels|size)/);
    place.write('none.tif', Uint8Array.of(0x49, 0x49, 42, 0, 0, 0, 0, 0));
    await expectRefused('none.tif', /none\.tif/);
    place.write('folder/notes.txt', 'nothing to see');
    await expectRefused('folder', /notes\.txt is of no known format/);
  });

  it('slices of mixed size', async () => {
    place.write('mixed/a.tif', buildTiff([page(8, 8)]).bytes);
    place.write('mixed/b.tif', buildTiff([page(8, 9)]).bytes);
    await expectRefused('mixed', /b\.tif.*8 × 9.*8 × 8|8 × 8.*8 × 9/);
    place.write('pages.tif', buildTiff([page(8, 8), page(8, 9)]).bytes);
    await expectRefused('pages.tif', /pages\.tif/);
  });

  it('NaN and infinite values', async () => {
    const values = Float32Array.from({ length: 64 }, (_, i) => i / 10);
    values[9] = Number.NaN;
    place.write('nan.tif', buildTiff([page(8, 8, { values })]).bytes);
    await expectRefused('nan.tif', /NaN/);
    values[9] = Number.NEGATIVE_INFINITY;
    place.write('inf.tif', buildTiff([page(8, 8, { values })]).bytes);
    await expectRefused('inf.tif', /[Ii]nfini/);
  });

  it('constant', async () => {
    const values = new Uint16Array(64).fill(700);
    const pages = Array.from({ length: 8 }, () => page(8, 8, { values }));
    place.write('constant.tif', buildTiff(pages).bytes);
    const args = ['run', 'segment.json', 'constant.tif', '--as-grey', '-q', '-o', 'out'];
    expectSentence(
      await place.run(args),
      /segment\.json, step segment-watershed: Every voxel of constant has the grey value 700/,
    );
  });

  it('RGB', async () => {
    const values = new Uint8Array(64 * 3);
    const rgb = page(8, 8, { values, samples: 3, fields: { 262: { type: 3, values: [2] } } });
    place.write('rgb.tif', buildTiff([rgb]).bytes);
    await expectRefused('rgb.tif', /rgb\.tif.*(RGB|channels|samples)/);
  });

  it('a wrong extension', async () => {
    place.write('text.tif', 'this is no image');
    await expectRefused('text.tif', /text\.tif is named like TIFF but does not hold it/);
    place.write('picture.tif', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10));
    await expectRefused('picture.tif', /picture\.tif is a PNG image/);
  });

  it('more voxels than the machine has memory', async () => {
    const edge = 4096;
    const slices = Math.ceil((2 * totalmem()) / edge ** 2);
    place.write(
      'huge.nhdr',
      `NRRD0005\ntype: uint8\ndimension: 3\nsizes: ${edge} ${edge} ${slices}\nencoding: raw\ndata file: huge.raw\n`,
    );
    place.write('huge.raw', '');
    // A file with a hole: it has its size and takes no room.
    truncateSync(place.path('huge.raw'), edge ** 2 * slices);
    const args = ['apply', 'smooth-gaussian', 'huge.nhdr', '-o', 'huge.tif'];
    expectSentence(await place.run(args), /4096 × 4096 × \d+ voxels of uint8, .*this machine has/);
  });

  it('a data file that is missing', async () => {
    place.write(
      'alone.nhdr',
      'NRRD0005\ntype: uint8\ndimension: 3\nsizes: 1 1 3\nencoding: raw\ndata file: x.raw\n',
    );
    await expectRefused('alone.nhdr', /x\.raw/);
  });

  it('a name with a line break in it', async () => {
    place.write('two\nlines.tif', 'nothing');
    await expectRefused('two\nlines.tif', /two.lines\.tif/);
  });
});

describe('a voxel size of 0', () => {
  it('is not taken, and the run goes on without one', async () => {
    place.write('flat.nrrd', nrrdBytes({ spacings: '1 0 1' }));
    const args = ['run', 'smooth.json', 'flat.nrrd', '--as-grey', '--json', '-o', 'flat'];
    const { code, stdout, stderr } = await place.run(args);
    expect(code).toBe(0);
    expect(stderr).toMatch(/voxel size of 0 along y, which cannot be: it was ignored/);
    expect(JSON.parse(stdout)).toMatchObject({ input: { voxelSize: null } });
  });

  it('is wrong usage on the command line', async () => {
    const args = ['analyze', 'flat.nrrd', '--voxel-size', '1x0x1um'];
    expectSentence(await place.run(args), /--voxel-size is "1x0x1um"/, 2);
  });
});

describe('a path that is no file is refused in one sentence', () => {
  it.each([
    ['nowhere.tif', /nowhere\.tif cannot be read: there is no such file or folder/],
    ['smooth.json/deeper.tif', /a part of the path is not a folder/],
    ['/dev/null', /\/dev\/null is no regular file/],
  ])('%s', async (input, sentence) => {
    await expectRefused(input, sentence);
  });
});

describe('analyze', () => {
  it('says what a grey volume is and what to do', async () => {
    place.write('grey.tif', await fileBytes(noisyLayers()));
    expectSentence(
      await place.run(['analyze', 'grey.tif']),
      /grey holds grey values \(uint16, \d+ to \d+\), not labels: segment it first/,
    );
  });

  it('lists the labels where one is absent', async () => {
    place.write('slabs.tif', await fileBytes(slabs()));
    expectSentence(
      await place.run(['analyze', 'slabs.tif', '--phase', '0,7']),
      /--phase 7: no voxel of slabs has this label; its labels are 0, 1, 2\./,
    );
    expectSentence(
      await place.run(['analyze', 'slabs.tif', '--pore', '9']),
      /--pore 9: no voxel of slabs has this label/,
    );
  });
});

describe('a recipe’s mistake is told with its file, step and parameter', () => {
  const step = (operation: string, more: object = {}) => ({
    format: 'tauscope-recipe',
    version: 1,
    steps: [{ id: 'only', operation, version: 1, ...more }],
  });

  it.each([
    [
      'an operation that does not exist',
      step('smooth-gausian'),
      /bad\.json, step only: There is no operation "smooth-gausian"; did you mean smooth-gaussian\?/,
    ],
    [
      'a value out of range',
      step('smooth-gaussian', { params: { sigma: -1 } }),
      /bad\.json, step only: .*\(sigma\) is -1; it must be a number from/,
    ],
    [
      'a parameter that does not exist',
      step('smooth-gaussian', { params: { radius: 1 } }),
      /bad\.json, step only: .*no parameter "radius"; it has sigma/,
    ],
    [
      'a step for labels on a grey volume',
      step('measure-volume-fraction'),
      /bad\.json: .*\(step only\) works on a label volume.*--as-labels/,
    ],
    [
      'a box outside the volume',
      step('crop-box', { params: { box: [0, 99, 0, 1, 0, 1] } }),
      /bad\.json, step only: The crop box ends at 99 along x, but the volume has 24/,
    ],
    [
      'a step of a newer program',
      step('smooth-gaussian', { version: 99 }),
      /bad\.json: Step only was written for version 99 .*update Tauscope/,
    ],
    [
      'a newer recipe',
      { format: 'tauscope-recipe', version: 2, steps: [] },
      /bad\.json: The recipe has version 2, which is newer/,
    ],
    [
      'a step without a version',
      step('smooth-gaussian', { version: undefined }),
      /steps\.0\.version/,
    ],
    ['no step', recipeOf(), /bad\.json has no enabled step/],
    [
      'no enabled step',
      step('smooth-gaussian', { enabled: false }),
      /bad\.json has no enabled step/,
    ],
    ['another document', { steps: [] }, /bad\.json: The recipe is not valid at format/],
  ])('%s', async (_name, recipe, sentence) => {
    place.write('bad.json', recipe);
    place.write('grey.tif', await fileBytes(noisyLayers()));
    await expectRefused('grey.tif', sentence, 'bad.json');
  });

  it('broken JSON', async () => {
    place.write('bad.json', '{"format":');
    await expectRefused('grey.tif', /bad\.json is not a recipe: it is not valid JSON/, 'bad.json');
  });

  it('a volume in the recipe’s place', async () => {
    place.write('grey.tif', await fileBytes(noisyLayers()));
    await expectRefused(
      'smooth.json',
      /grey\.tif is not a recipe.*name the recipe first/,
      'grey.tif',
    );
  });
});

describe('an output that cannot be written is told before anything is read', () => {
  beforeAll(async () => {
    place.write('labels.tif', await fileBytes(slabs()));
  });

  it.each([
    [['-o', 'smooth.json'], /smooth\.json cannot be written: it is a file, not a folder/, 1],
    [['-o', 'smooth.json/out'], /cannot be written: a part of the path is not a folder/, 1],
    [['-o', '.'], /labels\.tif is an input and would be overwritten/, 2],
  ])('%j', async (args, sentence, code) => {
    const before = place.read('labels.tif');
    const ended = await place.run(['run', 'smooth.json', 'labels.tif', ...args]);
    expectSentence(ended, sentence, code);
    expect(place.read('labels.tif')).toBe(before);
  });

  it('apply knows the formats it can write and keeps its input', async () => {
    const apply = ['apply', 'smooth-gaussian', 'labels.tif', '--as-grey'];
    expectSentence(
      await place.run([...apply, '-o', 'x.png']),
      /written as \.tif, \.tiff, \.nrrd/,
      2,
    );
    expectSentence(await place.run([...apply, '-o', 'labels.tif']), /would be overwritten/, 2);
    expectSentence(await place.run([...apply, '-o', 'smooth.json/x.tif']), /not a folder/);
  });
});

describeWithReference('files of other programs', ['io'], () => {
  it.each([
    ['example_nifti2.nii.gz', /holds 2 volumes: choose one of 1 .* by --dataset <path>/],
    ['BallBinary30x30x30.raw', /of no known format/],
    ['multi-channel.ome.tif', /channels|samples|multi-channel/],
  ])('%s is named for what it is', async (name, sentence) => {
    await expectRefused(referenceFile('io', name) ?? '', sentence);
  });
});
