import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { blobOf } from '../io/byte-sink.ts';
import { DecodeJob } from '../io/decode-job.ts';
import type { ByteSource } from '../io/format.ts';
import { readZipDirectory, readZipMember } from '../io/zip.ts';
import { looksLikeBundle, openBundle, writeBundle } from './bundle.ts';
import { exampleSession } from './example-session.ts';
import { sessionText } from './session.ts';

const DATA = Uint8Array.from({ length: 1000 }, (_, i) => i);

function sourceOf(bytes: Uint8Array, name = 'a.tauscope.zip'): ByteSource {
  return {
    name,
    path: '',
    size: bytes.length,
    read: (start, end) => Promise.resolve(new Uint8Array(bytes.slice(start, end))),
  };
}

async function writtenBytes(): Promise<Uint8Array> {
  const blob = await blobOf((sink) =>
    writeBundle(
      {
        session: exampleSession(),
        data: [{ dataset: 'input', path: 'scan.tif', content: sourceOf(DATA) }],
        results: [{ dataset: 'input', path: 'results.csv', content: 'a,b\r\n' }],
        date: '2026-11-23',
      },
      sink,
    ),
  );
  return new Uint8Array(await blob.arrayBuffer());
}

/** An archive by another program, its members deflated. */
function foreignZip(members: Readonly<Record<string, string | Uint8Array>>): ByteSource {
  const bytes = Object.entries(members).map(([name, content]) => [
    name,
    typeof content === 'string' ? new TextEncoder().encode(content) : content,
  ]);
  return sourceOf(zipSync(Object.fromEntries(bytes) as Record<string, Uint8Array>));
}

describe('a bundle', () => {
  it('gives back its session and its data', async () => {
    const { session, filesOf } = await openBundle(sourceOf(await writtenBytes()));
    expect(session).toEqual(exampleSession());
    const [file, ...more] = await filesOf('input');
    expect(more).toEqual([]);
    expect([file?.name, file?.path, file?.size]).toEqual(['scan.tif', '', 1000]);
    expect(await file?.read(10, 20)).toEqual(DATA.slice(10, 20));
    expect(await file?.read(990, 2000), 'no byte of what lies behind it').toEqual(DATA.slice(990));
    expect(await filesOf('other')).toEqual([]);
  });

  it('is the same bytes each time', async () => {
    expect(await writtenBytes()).toEqual(await writtenBytes());
  });

  it('is read when another program has packed it anew', async () => {
    const { session, filesOf } = await openBundle(
      foreignZip({
        'session.json': sessionText(exampleSession()),
        'data/input/scan.tif': DATA,
      }),
    );
    expect(session).toEqual(exampleSession());
    expect(await (await filesOf('input'))[0]?.read(0, 1000)).toEqual(DATA);
  });

  it('describes itself as an RO-Crate whose parts are all there', async () => {
    const source = sourceOf(await writtenBytes());
    const members = await readZipDirectory(source);
    const member = members.find(({ name }) => name === 'ro-crate-metadata.json');
    if (member === undefined) throw new Error('no metadata');
    const bytes = await readZipMember(source, member, new DecodeJob('a', {}, []));
    const { '@graph': graph } = JSON.parse(new TextDecoder().decode(bytes)) as {
      '@graph': readonly Record<string, unknown>[];
    };
    const ids = graph.map((entity) => entity['@id']);
    expect(new Set(ids).size).toBe(ids.length);
    const root = graph.find((entity) => entity['@id'] === './');
    expect(root).toMatchObject({
      name: 'LNMO cathode, pristine',
      datePublished: '2026-11-23',
      license: { '@id': 'https://spdx.org/licenses/CC-BY-4.0' },
    });
    const references = root?.['hasPart'] as { '@id': string }[] | undefined;
    const parts = (references ?? []).map((part) => part['@id']);
    expect(parts.toSorted()).toEqual(
      members
        .map(({ name }) => name)
        .filter((name) => name !== member.name)
        .toSorted(),
    );
    for (const part of parts) expect(ids).toContain(part);
    expect(graph.find((entity) => entity['@id'] === 'data/input/scan.tif')).toMatchObject({
      contentSize: '1000',
      encodingFormat: 'image/tiff',
    });
  });

  it('is told from other archives by name and first bytes', async () => {
    const bytes = await writtenBytes();
    expect(looksLikeBundle('a.tauscope.zip', bytes)).toBe(true);
    expect(looksLikeBundle('a.npz', bytes)).toBe(false);
    expect(looksLikeBundle('a.tauscope.zip', Uint8Array.of(1, 2, 3, 4))).toBe(false);
  });
});

describe('an archive from a stranger is refused', () => {
  const session = sessionText(exampleSession());

  it.each<[what: string, members: Record<string, string>, sentence: RegExp]>([
    ['with a name upwards', { 'session.json': session, '../a': '' }, /leads out of its folder/],
    ['with a name from the root', { 'session.json': session, '/a': '' }, /leads out of/],
    ['with a name of a drive', { 'session.json': session, 'c:\\a': '' }, /leads out of/],
    ['with names that differ in case alone', { 'session.json': session, A: '', a: '' }, /twice/],
    ['without a session', { 'a.json': session }, /holds no session\.json/],
    ['with a session that is none', { 'session.json': '[]' }, /not valid/],
  ])('%s', async (_what, members, sentence) => {
    await expect(openBundle(foreignZip(members))).rejects.toThrow(sentence);
  });

  it('with more files than any of ours', async () => {
    const many = Array.from({ length: 25_001 }, (_, i) => [`${i}`, ''] as const);
    const archive = foreignZip(Object.fromEntries([['session.json', session], ...many]));
    await expect(openBundle(archive)).rejects.toThrow(/holds 25002 files/);
  });

  it('with a session that unpacks without end', async () => {
    const archive = foreignZip({ 'session.json': ' '.repeat(2 ** 26 + 1) });
    await expect(openBundle(archive)).rejects.toThrow(/session\.json has 67108865 bytes/);
  });
});
