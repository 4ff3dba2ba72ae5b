import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { amiraBytes, type AmiraParts } from '../../../../tests/support/amira-files.ts';
import { bytesSource } from '../../sources.ts';
import { amiraFormat } from './amira.ts';
import { decodeByteRuns } from './byte-runs.ts';

const source = (parts: AmiraParts) => bytesSource(amiraBytes(parts), 'a.am');
const ramp = Uint8Array.from({ length: 12 }, (_, i) => i);

describe('AmiraMesh', () => {
  test('a bounding box spans voxel centres, and its unit is asked for where it is not stated', async () => {
    const { volume, metadata } = await amiraFormat.readVolume(source({ data: ramp }));
    expect(volume.size).toEqual([3, 2, 2]);
    expect(volume.data).toEqual(ramp);
    expect(volume.spacing).toBeNull();
    expect(metadata.tags['spacing without unit']).toBe('0.5 × 2 × 3');
  });

  test('a stated unit is taken', async () => {
    const parameters = '  Units {\n Coordinates "µm"\n }\n BoundingBox 0 1 0 2 0 3,';
    const latin = source({ data: ramp, parameters: parameters.replace('µ', 'u') });
    const { volume } = await amiraFormat.readVolume(latin);
    expect(volume.spacing).toEqual({ values: [0.5, 2, 3], unit: 'µm' });
  });

  test.each<[string, AmiraParts]>([
    [
      'HxByteRLE',
      {
        field: 'Lattice { byte Labels } @1(HxByteRLE,14)',
        data: Uint8Array.of(4, 7, 0x83, 1, 2, 3, 5, 9, 0, 0, 0, 0, 0, 0),
      },
    ],
    [
      'HxZip',
      (() => {
        const packed = deflateSync(Uint8Array.of(7, 7, 7, 7, 1, 2, 3, 9, 9, 9, 9, 9));
        return { field: `Lattice { byte Labels } @1(HxZip,${packed.length})`, data: packed };
      })(),
    ],
    [
      'ASCII',
      {
        magic: '# AmiraMesh 3D ASCII 2.0',
        data: new TextEncoder().encode('7 7 7 7 1 2\n3 9 9 9 9 9\n'),
      },
    ],
  ])('%s data give the voxels that were packed', async (_name, parts) => {
    const { volume } = await amiraFormat.readVolume(source(parts));
    expect([...volume.data]).toEqual([7, 7, 7, 7, 1, 2, 3, 9, 9, 9, 9, 9]);
  });

  test('old binary files are big-endian', async () => {
    const data = new Uint8Array(24);
    new DataView(data.buffer).setInt16(2, -300, false);
    const { volume } = await amiraFormat.readVolume(
      source({ magic: '# AmiraMesh 3D BINARY 2.0', field: 'Lattice { short Data } @1', data }),
    );
    expect(volume.data[1]).toBe(-300);
  });

  test.each<[string, AmiraParts, string]>([
    ['missing voxels', { data: ramp.subarray(0, 9) }, 'file/truncated'],
    [
      'a run-length bomb',
      { field: 'Lattice { double V } @1(HxByteRLE,1)', data: Uint8Array.of(127) },
      'file/truncated',
    ],
    [
      'stretched coordinates',
      { parameters: 'CoordType "stacked"', data: ramp },
      'file/unsupported',
    ],
    [
      'vectors',
      { field: 'Lattice { float[3] V } @1', data: new Uint8Array(144) },
      'volume/not-scalar',
    ],
    [
      'a word that every object knows',
      { field: 'Lattice { __proto__ V } @1', data: ramp },
      'file/unsupported',
    ],
    ['an unknown type', { field: 'Lattice { complex V } @1', data: ramp }, 'file/unsupported'],
  ])('%s: one sentence', async (_name, parts, code) => {
    await expect(amiraFormat.readVolume(source(parts))).rejects.toMatchObject({ code });
  });
});

test('runs stop where either side ends', () => {
  const out = new Uint8Array(4);
  expect(decodeByteRuns(Uint8Array.of(9, 5), out)).toBe(4);
  expect(decodeByteRuns(Uint8Array.of(0x85, 1, 2), out)).toBe(2);
  expect(decodeByteRuns(Uint8Array.of(3), out)).toBe(0);
});
