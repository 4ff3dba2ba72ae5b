import { describe, expect, it } from 'vitest';
import { createVolume } from '../volume/volume.ts';
import type { ByteSource } from './format.ts';
import { groupSources } from './group.ts';
import { writeVolume } from './registry.ts';
import { bytesSource } from './sources.ts';

async function file(
  name: string,
  kind: 'tiff' | 'nrrd',
  pages: number,
  path = '',
): Promise<ByteSource> {
  const data = Uint8Array.from({ length: 16 * pages }, (_, i) => i);
  const volume = createVolume({ kind: 'grey', size: [4, 4, pages], data });
  const blob = await writeVolume(volume, kind);
  return bytesSource(new Uint8Array(await blob.arrayBuffer()), name, path);
}

function text(name: string, path = ''): ByteSource {
  return bytesSource(new TextEncoder().encode('by the way'), name, path);
}

describe('grouping files into volumes', () => {
  it('keeps the slices of a folder together, with what lies beside them', async () => {
    const slices = await Promise.all(
      ['1.tif', '2.tif', '3.tif'].map((name) => file(name, 'tiff', 1, `scan/${name}`)),
    );
    expect(await groupSources([...slices, text('log.txt', 'scan/log.txt')])).toEqual([
      [0, 1, 2, 3],
    ]);
  });

  it('takes each stack of pages for a volume of its own', async () => {
    const stacks = await Promise.all(['a.tif', 'b.tif'].map((name) => file(name, 'tiff', 3)));
    expect(await groupSources(stacks)).toEqual([[0], [1]]);
  });

  it('takes each folder of slices for a volume, and their notes with the first', async () => {
    const slices = await Promise.all(
      ['0/1.tif', '0/2.tif', '50/1.tif', '50/2.tif'].map((path) =>
        file(path.slice(-5), 'tiff', 1, path),
      ),
    );
    const sources = [text('readme.txt', 'notes/readme.txt'), ...slices];
    expect(await groupSources(sources)).toEqual([
      [0, 1, 2],
      [3, 4],
    ]);
  });

  it('gives each volume file the files that it may need beside it', async () => {
    const volumes = [await file('a.nrrd', 'nrrd', 2), await file('b.nrrd', 'nrrd', 2)];
    expect(await groupSources([...volumes, text('b.raw')])).toEqual([
      [0, 2],
      [1, 2],
    ]);
  });

  it('leaves to opening what cannot be one volume', async () => {
    const mixed = [await file('a.nrrd', 'nrrd', 2), await file('1.tif', 'tiff', 1)];
    expect(await groupSources(mixed)).toEqual([[0, 1]]);
    expect(await groupSources([text('a.xyz'), text('b.xyz')])).toEqual([[0, 1]]);
  });
});
