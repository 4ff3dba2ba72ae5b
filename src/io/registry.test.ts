import { expect, test } from 'vitest';
import { createVolume } from '../volume/volume.ts';
import { FORMAT_IDS, loadFormat, writeVolume } from './registry.ts';
import { blobSource } from './sources.ts';

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

test.each(['tiff', 'nrrd'] as const)('a note stands in the header of a written %s', async (id) => {
  const phases = [{ label: 1, name: 'pore', colour: '#112233', pore: true }];
  const data = Uint8Array.of(0, 1, 1, 0);
  const volume = createVolume({ kind: 'labels', size: [2, 2, 1], data, phases });
  const blob = await writeVolume(volume, id, 'Computed on GPU: see there.');
  expect(new TextDecoder('latin1').decode(await blob.arrayBuffer())).toContain(
    'Computed on GPU: see there.',
  );
  const read = await (await loadFormat(id)).readVolume(blobSource(blob, `x.${id}`));
  expect(read.volume).toMatchObject({ data, phases });
  expect(Object.values(read.metadata.tags).join()).toContain('Computed on GPU: see there.');
  const plain = await (await writeVolume(volume, id)).arrayBuffer();
  expect(new TextDecoder('latin1').decode(plain)).not.toContain('GPU');
});
