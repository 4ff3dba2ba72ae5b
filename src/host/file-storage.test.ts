import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createBrickWriter } from '../bricks/writer.ts';
import { createVolume } from '../volume/volume.ts';
import { createFileStorage, createTemporaryStorage } from './file-storage.ts';

const folder = mkdtempSync(join(tmpdir(), 'tauscope-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a volume comes back from a file, which goes with its store', async () => {
  const path = join(folder, 'volume.bricks');
  const data = Uint16Array.from({ length: 70 * 3 * 9 }, (_, i) => i);
  const volume = createVolume({ kind: 'grey', size: [70, 3, 9], data });
  const writer = createBrickWriter(createFileStorage(path), volume);
  await writer.writeSlices(0, data);
  const bricks = await writer.finish();
  expect((await bricks.readBox([0, 70, 0, 3, 0, 9])).data).toEqual(data);
  await bricks.remove();
  expect(existsSync(path)).toBe(false);
});

test('a file that is there is not written over', () => {
  const path = join(folder, 'twice.bricks');
  createFileStorage(path).close();
  expect(() => createFileStorage(path)).toThrow(/choose another folder/);
});

test('a temporary file is no longer in its folder while it is used', async () => {
  const before = readdirSync(tmpdir()).filter((name) => name.endsWith('.bricks'));
  const storage = createTemporaryStorage();
  storage.write(3, Uint8Array.of(1, 2));
  expect(storage.size).toBe(5);
  if (process.platform !== 'win32') {
    const now = readdirSync(tmpdir()).filter((name) => name.includes(`-${process.pid}-`));
    expect(now.filter((name) => name.endsWith('.bricks') && !before.includes(name))).toEqual([]);
  }
  await storage.remove();
});
