import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { blobOf } from './byte-sink.ts';
import { DecodeJob } from './decode-job.ts';
import type { ByteSource } from './format.ts';
import { readZipDirectory, readZipMember } from './zip.ts';
import { writeZip, zipRecords } from './zip-writer.ts';

function bytesSource(bytes: Uint8Array<ArrayBuffer>) {
  return {
    size: bytes.length,
    read: async (start: number, end: number) => bytes.slice(start, end),
  };
}

const MEMBERS = [
  { name: 'session.json', content: '{"a": "µm"}\n' },
  { name: 'data/électrode.raw', content: bytesSource(new Uint8Array(70_000).fill(7)) },
  { name: 'empty', content: '' },
];

const archive = (): Promise<Blob> => blobOf((sink) => writeZip(MEMBERS, sink));

function sourceOf(blob: Blob): ByteSource {
  return {
    name: 'a.zip',
    path: '',
    size: blob.size,
    read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
  };
}

test('our own reader finds every member with its name and bytes', async () => {
  const source = sourceOf(await archive());
  const directory = await readZipDirectory(source);
  expect(directory.map(({ name }) => name)).toEqual(MEMBERS.map(({ name }) => name));
  for (const [i, member] of directory.entries()) {
    const bytes = await readZipMember(source, member, new DecodeJob('a.zip', {}, []));
    const { content = '' } = MEMBERS[i] ?? {};
    const expected =
      typeof content === 'string'
        ? new TextEncoder().encode(content)
        : await content.read(0, content.size);
    expect(bytes).toEqual(expected);
  }
});

test('the same members give the same bytes', async () => {
  const bytes = async () => new Uint8Array(await (await archive()).arrayBuffer());
  expect(await bytes()).toEqual(await bytes());
});

test('more members than 16 bits count are listed in a ZIP64 record', async () => {
  const members = Array.from({ length: 65_536 }, (_, i) => ({ name: `${i}`, size: 0, crc: 0 }));
  const { heads, tail } = zipRecords(members);
  const archive = Buffer.concat([...heads.flat(), ...tail]);
  const directory = await readZipDirectory(sourceOf(new Blob([archive])));
  expect(directory).toHaveLength(65_536);
  expect(directory.at(-1)?.name).toBe('65535');
});

test('sizes and places beyond 32 bits are stated in ZIP64 fields', () => {
  const large = 2 ** 32 + 5;
  const { heads, tail } = zipRecords([
    { name: 'large', size: large, crc: 1 },
    { name: 'after', size: 1, crc: 2 },
  ]);
  const [first, second] = tail.slice(0, 6).filter((_, i) => i % 3 === 2);
  const number = (bytes: Uint8Array | undefined, at: number): number =>
    Number(new DataView(bytes?.buffer ?? new ArrayBuffer(0)).getBigUint64(at, true));
  expect(number(heads[0]?.[2], 4)).toBe(large);
  expect(number(first, 4), 'the size of the large member').toBe(large);
  const place = large + (heads[0] ?? []).reduce((sum, part) => sum + part.length, 0);
  expect(number(second, 4), 'the place of the member after it').toBe(place);
  const [record, locator] = tail.slice(6);
  expect(number(locator, 8), 'the place of the record').toBe(
    number(record, 48) + number(record, 40),
  );
});

test('a member that changes while it is written is told', async () => {
  let reads = 0;
  const fickle = { size: 1, read: async () => Uint8Array.of(reads++) };
  const writing = blobOf((sink) => writeZip([{ name: 'a', content: fickle }], sink));
  await expect(writing).rejects.toThrow(/a changed while it was written/);
});

function hasPython(): boolean {
  try {
    execFileSync('python3', ['-c', 'import zipfile'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test.skipIf(!hasPython())('Python’s zipfile reads it and finds no fault', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'zip-'));
  try {
    const path = join(folder, 'a.zip');
    writeFileSync(path, new Uint8Array(await (await archive()).arrayBuffer()));
    const script = `
import sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
archive.extractall(sys.argv[2])
`;
    execFileSync('python3', ['-c', script, path, folder]);
    expect(readFileSync(join(folder, 'session.json'), 'utf8')).toBe(MEMBERS[0]?.content);
    expect(readFileSync(join(folder, 'data/électrode.raw'))).toHaveLength(70_000);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
