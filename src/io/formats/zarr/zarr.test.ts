import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  describeWithReference,
  readReferenceJson,
} from '../../../../tests/support/reference-data.ts';
import { referenceFile } from '../../../../tests/support/reference-folder.ts';
import {
  multiscales,
  ramp,
  storeOf,
  type StoreContent,
  V2,
  V3,
} from '../../../../tests/support/zarr-files.ts';
import { voxelBytes } from '../../../volume/volume.ts';
import { openVolume } from '../../open.ts';
import { bytesSource } from '../../sources.ts';

describe('Zarr', () => {
  test('version 2: chunks are joined, and one that is not there is its fill value', async () => {
    const { volume } = await openVolume(
      storeOf({ '.zarray': V2, '0.0.0': gzipSync(ramp(100, 12)) }),
    );
    expect(volume.size).toEqual([3, 2, 4]);
    expect([...volume.data].slice(0, 3)).toEqual([100, 101, 102]);
    expect([...volume.data].slice(12)).toEqual(Array.from({ length: 12 }, () => 7));
  });

  test('version 3', async () => {
    const { volume } = await openVolume(
      storeOf({ 'zarr.json': V3, 'c/0/0/0': ramp(0, 12), 'c/1/0/0': ramp(12, 12) }),
    );
    expect([...volume.data]).toEqual(Array.from({ length: 24 }, (_, i) => i));
  });

  test('an OME image is its largest level, with its scale; another can be named', async () => {
    const small = { ...V2, shape: [2, 2, 3] };
    const store = storeOf({
      '.zgroup': { zarr_format: 2 },
      '.zattrs': { multiscales: multiscales([2, 0.5, 0.25], 'micrometer') },
      '0/.zarray': V2,
      '0/0.0.0': gzipSync(ramp(0, 12)),
      '0/1.0.0': gzipSync(ramp(12, 12)),
      '1/.zarray': small,
      '1/0.0.0': gzipSync(ramp(500, 12)),
    });
    const { volume, metadata } = await openVolume(store);
    expect(volume.size).toEqual([3, 2, 4]);
    expect(volume.spacing).toEqual({ values: [0.25, 0.5, 2], unit: 'µm' });
    expect(metadata.tags['levels']).toBe('0, 1');
    const second = await openVolume(store, { dataset: '1' });
    expect(second.volume.data[0]).toBe(500);
    expect(second.volume.spacing).toEqual({ values: [0.5, 1, 4], unit: 'µm' });
  });

  test('chunks that reach beyond the array, in Fortran order, are cut and turned', async () => {
    // Element [z][y][x] = 100 z + 10 y + x, chunks of 2 × 2 × 2 with the first axis fastest.
    const chunk = (z: number, y: number, x: number): Uint8Array => {
      const values: number[] = [];
      for (let i = 0; i < 2; i++)
        for (let j = 0; j < 2; j++)
          for (let k = 0; k < 2; k++) values.push(100 * (z + k) + 10 * (y + j) + x + i);
      return new Uint8Array(Uint16Array.from(values).buffer);
    };
    const { volume } = await openVolume(
      storeOf({
        '.zarray': { ...V2, shape: [2, 2, 3], chunks: [2, 2, 2], order: 'F', compressor: null },
        '0.0.0': chunk(0, 0, 0),
        '0.0.1': chunk(0, 0, 2),
      }),
    );
    expect([...volume.data]).toEqual([0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112]);
  });

  test('a group of several arrays is a choice', async () => {
    const store = storeOf({ '.zgroup': { zarr_format: 2 }, 'a/.zarray': V2, 'b/.zarray': V2 });
    await expect(openVolume(store)).rejects.toMatchObject({ code: 'file/several-datasets' });
  });

  test.each<[string, StoreContent]>([
    ['metadata that are no JSON', { '.zarray': new TextEncoder().encode('{"zarr_format": 2') }],
    [
      'an unknown codec',
      { '.zarray': { ...V2, compressor: { id: 'jpeg3000' } }, '0.0.0': ramp(0, 12) },
    ],
    ['a damaged chunk', { '.zarray': V2, '0.0.0': Uint8Array.of(1, 2, 3) }],
    ['a chunk that is too short', { '.zarray': { ...V2, compressor: null }, '0.0.0': ramp(0, 3) }],
  ])('%s: one sentence', async (_name, content) => {
    await expect(openVolume(storeOf(content))).rejects.toMatchObject({
      name: 'UserError',
      code: expect.stringMatching(/^(file|volume)\//),
    });
  });
});

describeWithReference('a Zarr store of another project', ['io', 'expected.json'], () => {
  test('has the voxels that zarr-python reads', async () => {
    const name = 'blobs_image_v04.ome.zarr';
    const folder = referenceFile('io', name) ?? '';
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
      statSync(join(folder, path)).isFile(),
    );
    const store = files.map((path) =>
      bytesSource(
        new Uint8Array(readFileSync(join(folder, path))),
        path.split('/').at(-1) ?? path,
        `${name}/${path}`,
      ),
    );
    const { volume } = await openVolume(store);
    const expected = readReferenceJson('io', 'expected.json') as Record<
      string,
      { readonly sha256: string; readonly shape: readonly number[] }
    >;
    expect([...volume.size].reverse()).toEqual(expected[name]?.shape);
    expect(createHash('sha256').update(voxelBytes(volume.data)).digest('hex')).toBe(
      expected[name]?.sha256,
    );
  });
});
