import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { blobOf } from '../../src/io/byte-sink.ts';
import { tiffFormat } from '../../src/io/formats/tiff/format.ts';
import { openVolume } from '../../src/io/open.ts';
import { writeVolume } from '../../src/io/registry.ts';
import { bytesSource } from '../../src/io/sources.ts';
import { createSpacing, type LengthUnit } from '../../src/volume/length.ts';
import { inMemory } from '../../src/volume/streamed.ts';
import {
  allocateVoxels,
  createVolume,
  type Size3,
  type Volume,
  VOXEL_TYPES,
  voxelBytes,
} from '../../src/volume/volume.ts';
import { seededNumbers } from '../support/tiff-fixtures.ts';
import { askPeers, findPythonPeers } from './python-peers.ts';

const python = findPythonPeers();
const folder = mkdtempSync(join(tmpdir(), 'tauscope-peers-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const SIZES: readonly Size3[] = [
  [1, 1, 1],
  [1, 1, 5],
  [7, 5, 3],
];
/** More than a chunk along each axis. */
const LARGE: Size3 = [66, 65, 67];

/** Any bits, so that floats are NaN and infinite now and then. */
function volumeOf(type: Volume['type'], size: Size3, unit: LengthUnit | null): Volume {
  const random = seededNumbers(size[0] + size[2]);
  const data = allocateVoxels(type, size[0] * size[1] * size[2]);
  voxelBytes(data).forEach((_, i, bytes) => {
    bytes[i] = Math.floor(random() * 256);
  });
  if (type.startsWith('float')) [Number.NaN, Infinity].forEach((value, i) => (data[i] = value));
  const spacing = unit === null ? null : createSpacing([0.398, 0.4, 1.25], unit);
  return createVolume({ kind: 'grey', size, data, spacing });
}

const sha256 = (volume: Volume): string =>
  createHash('sha256').update(voxelBytes(volume.data)).digest('hex');

const UNITS = [null, 'µm', 'nm', 'mm'] as const;
const CASES = [
  ...SIZES.flatMap((size) =>
    VOXEL_TYPES.map((type, i) => volumeOf(type, size, UNITS[i % UNITS.length] ?? null)),
  ),
  volumeOf('uint16', LARGE, 'µm'),
];

async function bytesOf(blob: Promise<Blob>): Promise<Uint8Array> {
  return new Uint8Array(await (await blob).arrayBuffer());
}

type Write = (volume: Volume) => Promise<Blob>;

const WRITERS: readonly (readonly [string, string, Write, Readonly<Record<string, string>>])[] = [
  ['TIFF, by tifffile', '.tif', (volume) => writeVolume(volume, 'tiff'), { µm: '\\u00B5m' }],
  [
    'BigTIFF, by tifffile',
    '.tif',
    (volume) => blobOf((sink) => tiffFormat.write(inMemory(volume), sink, { big: true })),
    { µm: '\\u00B5m' },
  ],
  [
    'OME-Zarr, by numpy and the specification',
    '.ome.zarr.zip',
    (volume) => writeVolume(volume, 'zarr'),
    { nm: 'nanometer', µm: 'micrometer', mm: 'millimeter' },
  ],
];

describe.skipIf(python === null)('files that are written', () => {
  test.each(WRITERS)(
    '%s: same voxels, voxel size and unit',
    async (title, ending, write, units) => {
      const paths: string[] = [];
      for (const [i, volume] of CASES.entries()) {
        const path = join(folder, `${title.slice(0, 3)}-${i}${ending}`);
        writeFileSync(path, await bytesOf(write(volume)));
        paths.push(path);
      }
      const answers = askPeers(python ?? '', { read: paths });
      for (const [i, volume] of CASES.entries()) {
        const answer = answers[paths[i] ?? ''];
        expect(answer).toMatchObject({
          shape: volume.size.toReversed(),
          type: volume.type,
          sha256: sha256(volume),
        });
        const unit = volume.spacing?.unit;
        expect(answer?.unit ?? undefined).toBe(
          unit === undefined ? undefined : (units[unit] ?? unit),
        );
        volume.spacing?.values.forEach((edge, axis) => {
          expect(answer?.edges?.[axis]).toBeCloseTo(edge, 12);
        });
      }
    },
  );
});

describe.skipIf(python === null)('files of tifffile, nibabel, h5py, zarr and numpy', () => {
  const written = python === null ? {} : askPeers(python, { write: folder });

  test.each(Object.keys(written))('%s: same voxels, voxel size and unit', async (name) => {
    const expected = written[name]!;
    const source = bytesSource(new Uint8Array(readFileSync(join(folder, name))), name);
    const { volume } = await openVolume([source], { kind: 'grey' });
    expect({
      shape: volume.size.toReversed(),
      type: volume.type,
      sha256: sha256(volume),
      edges: volume.spacing?.values ?? null,
      unit: volume.spacing?.unit ?? null,
    }).toEqual(expected);
  });
});
