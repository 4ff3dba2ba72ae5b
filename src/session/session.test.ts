import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isUserError } from '../errors/errors.ts';
import { exampleSession } from './example-session.ts';
import {
  compactSessionText,
  parseSession,
  parseSessionText,
  sessionText,
  withoutChunks,
} from './session.ts';

type Path = readonly (string | number)[];

/** A copy of a document with one value replaced, or taken out where the value is undefined. */
function changed(document: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  const copy: Record<string | number, unknown> | unknown[] = Array.isArray(document)
    ? [...(document as unknown[])]
    : { ...(document as Record<string, unknown>) };
  const entries = copy as Record<string | number, unknown>;
  if (value === undefined && rest.length === 0) delete entries[key];
  else entries[key] = changed(entries[key], rest, value);
  return copy;
}

/** Every place of a document. */
function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, part]) => pathsOf(part, [...path, key]))];
}

/** Parses, and gives the refusal's sentence; anything but a refusal with a sentence fails. */
function refusalOf(document: unknown): string | null {
  try {
    parseSession(document);
    return null;
  } catch (error) {
    if (!isUserError(error) || error.code !== 'session/malformed') throw error;
    return error.message;
  }
}

describe('a session document', () => {
  it('comes back from its text as it was', () => {
    const session = exampleSession();
    expect(parseSessionText(sessionText(session), 'a.json')).toEqual(session);
    expect(parseSession(JSON.parse(compactSessionText(session)))).toEqual(session);
  });

  it('goes into a link without the digests of its slices', () => {
    const [dataset] = withoutChunks(exampleSession()).datasets;
    expect(dataset?.voxels).toEqual({
      size: [10, 10, 5],
      type: 'uint16',
      sha256: exampleSession().datasets[0]?.voxels.sha256,
    });
  });

  it.each<[what: string, path: Path, value: unknown, sentence: RegExp]>([
    ['another document', ['format'], 'recipe', /at format/],
    ['a version from the future', ['version'], 2, /version 2, which is newer.*update Tauscope/],
    ['no version', ['version'], undefined, /at version: this entry is missing/],
    ['an entry that nobody knows', ['script'], 'x', /at script: no such entry is known/],
    ['a title over several lines', ['title'], 'a\nb', /at title: it must be one line/],
    ['a title that turns its direction', ['title'], 'a\u202eb', /at title: it holds hidden/],
    ['a note beyond all measure', ['note'], 'x'.repeat(20_001), /at note: it has more than 20000/],
    ['a licence that is markup', ['licence'], '<b>', /at licence: it must be an SPDX/],
    ['no datasets', ['datasets'], [], /at datasets/],
    ['a digest that is none', ['datasets', 0, 'voxels', 'sha256'], 'abc', /must be a SHA-256/],
    ['a negative size', ['datasets', 0, 'voxels', 'size', 0], -1, /at datasets\.0\.voxels\.size/],
    ['an endless voxel', ['datasets', 0, 'opened', 'voxelSize', 'values', 0], 1e999, /at datasets/],
    ['an unknown unit', ['datasets', 0, 'opened', 'voxelSize', 'unit'], 'inch', /at datasets/],
    ['a path upwards', ['datasets', 0, 'files', 0, 'path'], '../a', /way out of its folder/],
    ['a path from the root', ['datasets', 0, 'files', 0, 'path'], '/etc/a', /way out of/],
    ['a path of a drive', ['datasets', 0, 'files', 0, 'path'], 'C:a', /way out of/],
    ['a path with backslashes', ['datasets', 0, 'files', 0, 'path'], 'a\\b', /way out of/],
    [
      'a script for an address',
      ['datasets', 0, 'files', 0, 'addresses', 0],
      'javascript:alert(1)',
      /must be a public https address/,
    ],
    [
      'an address in the reader’s network',
      ['datasets', 0, 'files', 0, 'addresses', 0],
      'https://192.168.0.1/a',
      /must be a public https address/,
    ],
    ['a layout that is none', ['datasets', 0, 'opened', 'raw'], '1x2', /must be the layout of raw/],
    ['a DOI that is none', ['datasets', 0, 'doi'], 'x', /must be a DOI/],
    ['a claim on nothing', ['claims', 0, 'dataset'], 'other', /there is no dataset other/],
    ['a claim of no step', ['claims', 0, 'steps', 0, 'step'], 'other', /there is no step other/],
    [
      'a row that is too short',
      ['claims', 0, 'steps', 0, 'tables', 0, 'rows', 0],
      ['pore'],
      /a value for each column/,
    ],
    ['a number that is none', ['claims', 0, 'steps', 0, 'tables', 0, 'rows', 0, 1], NaN, /claims/],
    [
      'a comment on nothing',
      ['comments', 0, 'at', 'dataset'],
      'other',
      /there is no dataset other/,
    ],
    ['a day that is none', ['comments', 0, 'date'], 'yesterday', /must be a day/],
    [
      'a recipe that is none',
      ['recipe', 'steps'],
      5,
      /at recipe: The recipe is not valid at steps/,
    ],
    ['nothing', [], null, /not valid/],
    ['a list', [], [], /not valid/],
  ])('is refused with %s', (_what, path, value, sentence) => {
    expect(refusalOf(changed(exampleSession(), path, value))).toMatch(sentence);
  });

  it('is refused where two datasets, or two files but for their case, have one name', () => {
    const session = exampleSession();
    const [dataset] = session.datasets;
    const [file] = dataset?.files ?? [];
    const twins = [file, { ...file, path: 'SCAN.TIF' }];
    expect(refusalOf({ ...session, datasets: [dataset, dataset] })).toMatch(/input occurs twice/);
    expect(refusalOf({ ...session, datasets: [{ ...dataset, files: twins }] })).toMatch(
      /the file scan\.tif occurs twice/,
    );
  });

  it.each(['__proto__', 'constructor', 'prototype'])(
    'is refused with an entry %s at any depth, and changes no object',
    (name) => {
      const text = sessionText(exampleSession());
      for (const place of ['"format"', '"sigma"', '"kernelsSha256"']) {
        const hostile = text.replace(place, `"${name}": {"isHostile": true}, ${place}`);
        expect(refusalOf(JSON.parse(hostile))).toContain(`it has an entry ${name}`);
      }
      expect('isHostile' in {}).toBe(false);
    },
  );

  it('is refused where it is nested without end', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 10_000; i++) deep = { a: deep };
    expect(refusalOf(changed(exampleSession(), ['recipe', 'steps', 0, 'params'], deep))).toMatch(
      /nested 32 levels deep/,
    );
  });

  it('is refused as text that is no JSON or beyond all measure', () => {
    expect(() => parseSessionText('{', 'a.json')).toThrow(/a\.json is not a session: it is not/);
    expect(() => parseSessionText(' '.repeat(2 ** 25 + 1), 'a.json')).toThrow(/million characters/);
  });
});

describe('10 000 generated documents', () => {
  const paths = pathsOf(exampleSession());

  it('are parsed or refused with a sentence, whatever stands in them', () => {
    const anything = fc.anything({ withNullPrototype: true, maxDepth: 4 });
    fc.assert(
      fc.property(anything, (document) => {
        refusalOf(document);
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it('are parsed to what they say or refused, where one place of a good one is changed', () => {
    const value = fc.oneof(
      fc.constant(undefined),
      fc.jsonValue(),
      fc.constantFrom(
        Number.MAX_SAFE_INTEGER + 1,
        -1,
        1e308,
        Number.NaN,
        '../../etc/passwd',
        'javascript:alert(1)',
        '<img src=x onerror=alert(1)>',
        'https://127.0.0.1/',
        '\u202e',
      ),
    );
    fc.assert(
      fc.property(fc.constantFrom(...paths), value, (path, replaced) => {
        const document = changed(exampleSession(), path, replaced);
        if (refusalOf(document) !== null) return;
        // What is accepted has the same meaning in every carrier.
        const parsed = parseSession(document);
        expect(parseSessionText(sessionText(parsed), 'a.json')).toEqual(parsed);
      }),
      { numRuns: 8000, seed: 2 },
    );
  });
});
