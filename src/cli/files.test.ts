import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../errors/errors.ts';
import { neighbourSources, openSources, readText } from './files.ts';
import { assertWritable, writeFiles } from './outputs.ts';

let folder = '';
const path = (...parts: string[]): string => join(folder, ...parts);
const never = new AbortController().signal;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tauscope-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('openSources', () => {
  it('reads any part of a file, clipped to its size', async () => {
    writeFileSync(path('a.bin'), Uint8Array.of(1, 2, 3, 4, 5));
    const [source] = await openSources([path('a.bin')]);
    expect(source).toMatchObject({ name: 'a.bin', path: '', size: 5 });
    expect(await source?.read(1, 3)).toEqual(Uint8Array.of(2, 3));
    expect(await source?.read(3, 99)).toEqual(Uint8Array.of(4, 5));
    expect(await source?.read(7, 9)).toEqual(new Uint8Array(0));
  });

  it('takes a folder for its files, links included and subfolders not', async () => {
    mkdirSync(path('stack', 'deeper'), { recursive: true });
    writeFileSync(path('elsewhere.tif'), 'x');
    writeFileSync(path('stack', 'a.tif'), 'ab');
    symlinkSync(path('elsewhere.tif'), path('stack', 'b.tif'));
    symlinkSync(path('nowhere.tif'), path('stack', 'c.tif'));
    const sources = await openSources([path('stack')]);
    expect(sources.map(({ path: place, size }) => `${place} ${size}`).toSorted()).toEqual([
      'stack/a.tif 2',
      'stack/b.tif 1',
    ]);
  });

  it('lists the files of a folder as people count', async () => {
    for (const n of [10, 9, 1, 100]) writeFileSync(path(`s${n}.tif`), '');
    const names = (await openSources([folder])).map((source) => source.name);
    expect(names).toEqual(['s1.tif', 's9.tif', 's10.tif', 's100.tif']);
  });

  it('tells a file that vanished since as a user error', async () => {
    writeFileSync(path('a.tif'), 'x');
    const [source] = await openSources([path('a.tif')]);
    rmSync(path('a.tif'));
    await expect(source?.read(0, 1)).rejects.toThrow(/cannot be read: there is no such file/);
    await expect(source?.read(0, 1)).rejects.toBeInstanceOf(UserError);
  });

  it('gives a file that shrank since as far as it goes', async () => {
    writeFileSync(path('a.tif'), 'abcdef');
    const [source] = await openSources([path('a.tif')]);
    writeFileSync(path('a.tif'), 'abc');
    expect(await source?.read(2, 6)).toHaveLength(1);
  });

  it.each([
    ['nowhere', /there is no such file or folder/],
    ['file/below', /a part of the path is not a folder/],
    ['empty', /is a folder without files/],
  ])('refuses %s in one sentence', async (name, message) => {
    writeFileSync(path('file'), '');
    mkdirSync(path('empty'));
    await expect(openSources([path(name)])).rejects.toThrow(message);
  });
});

describe('neighbourSources', () => {
  it('are the other files of the folder', async () => {
    for (const name of ['a.nhdr', 'a.raw', 'b.raw']) writeFileSync(path(name), '');
    const names = (await neighbourSources(path('a.nhdr'))).map((source) => source.name);
    expect(names.toSorted()).toEqual(['a.raw', 'b.raw']);
  });
});

describe('readText', () => {
  it('is null for bytes that are no text', async () => {
    writeFileSync(path('a.json'), '{"µ": 1}');
    writeFileSync(path('b.json'), Uint8Array.of(73, 73, 42, 0));
    expect(await readText(path('a.json'))).toBe('{"µ": 1}');
    expect(await readText(path('b.json'))).toBeNull();
  });
});

describe('writeFiles', () => {
  it('makes the folder, writes text and blobs and replaces what was there', async () => {
    const files = [
      { name: 'a.txt', content: 'new' },
      { name: 'b.bin', content: new Blob([Uint8Array.of(1, 2)]) },
    ];
    mkdirSync(path('out'));
    writeFileSync(path('out', 'a.txt'), 'old and longer');
    expect(await writeFiles(path('out'), files, never)).toEqual([
      path('out', 'a.txt'),
      path('out', 'b.bin'),
    ]);
    await writeFiles(path('x', 'y'), files, never);
    expect(readdirSync(path('x', 'y')).toSorted()).toEqual(['a.txt', 'b.bin']);
    expect(await readText(path('out', 'a.txt'))).toBe('new');
  });

  it('leaves nothing where one file cannot be written', async () => {
    const failing = new Blob(['x']);
    Object.defineProperty(failing, 'stream', {
      value: () => new ReadableStream({ start: (sink) => sink.error(new Error('broken')) }),
    });
    const files = [
      { name: 'a.txt', content: 'kept back' },
      { name: 'b.bin', content: failing },
    ];
    mkdirSync(path('out'));
    writeFileSync(path('out', 'a.txt'), 'old');
    await expect(writeFiles(path('out'), files, never)).rejects.toThrow(
      /b\.bin cannot be written: broken/,
    );
    expect(readdirSync(path('out'))).toEqual(['a.txt']);
    expect(await readText(path('out', 'a.txt'))).toBe('old');
    await expect(writeFiles(path('new', 'deep'), files, never)).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['out']);
  });

  it('leaves nothing where it is cancelled', async () => {
    const controller = new AbortController();
    controller.abort();
    const writing = writeFiles(path('out'), [{ name: 'a', content: 'x' }], controller.signal);
    await expect(writing).rejects.toThrow(expect.objectContaining({ code: 'run/cancelled' }));
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('assertWritable', () => {
  it('creates nothing', async () => {
    await assertWritable(path('a', 'b'), ['c.txt'], []);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['file', 'x', /file cannot be written: it is a file, not a folder/],
    ['file/deeper', 'x', /deeper cannot be written: a part of the path is not a folder/],
    ['.', 'sub', /sub cannot be written: it is a folder/],
  ])('refuses %s with %s', async (place, name, message) => {
    writeFileSync(path('file'), '');
    mkdirSync(path('sub'));
    await expect(assertWritable(path(place), [name], [])).rejects.toThrow(message);
  });

  it('refuses to replace an input, by whatever name it goes', async () => {
    writeFileSync(path('a.tif'), '');
    symlinkSync(path('a.tif'), path('link.tif'));
    await expect(assertWritable(folder, ['a.tif'], [path('link.tif')])).rejects.toThrow(
      /is an input and would be overwritten/,
    );
    await expect(assertWritable(folder, ['b.tif'], [path('a.tif')])).resolves.toBeUndefined();
  });
});
