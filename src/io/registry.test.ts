import { expect, test } from 'vitest';
import { FORMAT_IDS, loadFormat } from './registry.ts';

test('each format is registered under its own id and names its extensions', async () => {
  for (const id of FORMAT_IDS) {
    const format = await loadFormat(id);
    expect(format.id).toBe(id);
    for (const extension of format.extensions) expect(extension).toMatch(/^\.[a-z0-9.]+$/);
  }
});

test('no two formats claim the same extension', async () => {
  const formats = await Promise.all(FORMAT_IDS.map(loadFormat));
  const extensions = formats.flatMap((format) => format.extensions);
  expect(new Set(extensions).size).toBe(extensions.length);
});
