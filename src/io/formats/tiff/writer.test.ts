import { fromArrayBuffer } from 'geotiff';
import { describe, expect, it, vi } from 'vitest';
import { seededNumbers } from '../../../../tests/support/tiff-fixtures.ts';
import {
  allocateVoxels,
  createVolume,
  type Volume,
  type VoxelType,
  voxelBytes,
} from '../../../volume/volume.ts';
import { blobSource, bytesSource } from '../../sources.ts';
import { tiffFormat } from './format.ts';
import { blobOf } from '../../byte-sink.ts';
import { inMemory } from '../../../volume/streamed.ts';
import { nearestFraction, tiffLayout, type WriteOptions, writeTiff } from './writer.ts';

const TYPES: VoxelType[] = [
  'uint8',
  'int8',
  'uint16',
  'int16',
  'uint32',
  'int32',
  'uint64',
  'int64',
  'float32',
  'float64',
];

function noisyVolume(type: VoxelType, parts: Partial<Volume> = {}): Volume {
  const size = [7, 5, 4] as const;
  const data = allocateVoxels(type, 140);
  const random = seededNumbers(9);
  const bytes = voxelBytes(data);
  if (type.startsWith('float')) for (let i = 0; i < 140; i++) data[i] = random() - 0.5;
  else for (let i = 0; i < bytes.length; i++) bytes[i] = Math.floor(random() * 256);
  return createVolume({ kind: 'grey', name: 'made', size, data, ...parts });
}

function written(volume: Volume, options: WriteOptions = {}): Promise<Blob> {
  return blobOf((sink) => writeTiff(inMemory(volume), sink, options));
}

async function writtenBytes(volume: Volume, options?: WriteOptions): Promise<Uint8Array> {
  return new Uint8Array(await (await written(volume, options)).arrayBuffer());
}

async function roundTrip(volume: Volume): Promise<Volume> {
  const blob = await written(volume);
  return (await tiffFormat.readVolume(blobSource(blob, 'made.tif'))).volume;
}

async function descriptionOf(volume: Volume): Promise<string> {
  const bytes = await writtenBytes(volume);
  const text = Buffer.from(bytes).toString('latin1');
  const start = text.indexOf('ImageJ=');
  return text.slice(start, text.indexOf('\0', start));
}

describe('a written TIFF', () => {
  it.each(TYPES)('reads back as the same %s volume', async (type) => {
    const volume = noisyVolume(type, {
      spacing: { values: [0.398, 0.4, 1.25], unit: 'µm' },
      origin: [10, 0, -2.5],
    });
    expect(await roundTrip(volume)).toEqual(volume);
  });

  it.each([
    [[65.3, 65.3, 200], 'nm'],
    [[0.0123, 0.0123, 0.0123], 'mm'],
    [[1 / 3, Math.PI, 0.162_532_19], 'µm'],
  ] as const)('keeps the voxel size %j %s to the last digit', async (values, unit) => {
    const volume = noisyVolume('uint8', { spacing: { values, unit } });
    const { spacing } = await roundTrip(volume);
    expect(spacing?.unit).toBe(unit);
    spacing?.values.forEach((value, axis) => {
      expect(Math.abs(value / values[axis]! - 1)).toBeLessThan(1e-15);
    });
  });

  it('changes the unit of sizes that no fraction of 32 bits holds', async () => {
    const volume = noisyVolume('uint8', {
      spacing: { values: [1.28e-7, 1.28e-7, 5e-7], unit: 'm' },
    });
    const { spacing } = await roundTrip(volume);
    expect(spacing?.unit).toBe('µm');
    expect(spacing?.values[0]).toBeCloseTo(0.128, 12);
    expect(spacing?.values[2]).toBeCloseTo(0.5, 12);
  });

  it('says nothing about an unknown voxel size', async () => {
    const volume = noisyVolume('uint16');
    expect((await roundTrip(volume)).spacing).toBeNull();
    expect(await descriptionOf(volume)).not.toMatch(/unit=|spacing=/);
  });

  it('has the description that ImageJ writes', async () => {
    const size = [2, 1, 3] as const;
    const volume = createVolume({
      kind: 'grey',
      size,
      data: Uint16Array.of(5, 6, 7, 8, 900, 10),
      spacing: { values: [0.5, 0.5, 2], unit: 'µm' },
    });
    expect(await descriptionOf(volume)).toBe(
      'ImageJ=1.53t\nimages=3\nslices=3\nunit=\\u00B5m\nspacing=2\nloop=false\nmin=5\nmax=900\ntauscope.kind=grey\n',
    );
  });

  it('states the range of signed 16-bit voxels as ImageJ keeps them, from 0', async () => {
    const volume = createVolume({
      kind: 'grey',
      size: [3, 1, 1],
      data: Int16Array.of(-49, 0, 49),
    });
    expect(await descriptionOf(volume)).toContain('\nmin=32719\nmax=32817\n');
    expect((await roundTrip(volume)).data).toEqual(volume.data);
  });

  it('is the same for the same volume, byte for byte', async () => {
    const volume = noisyVolume('float32', { spacing: { values: [1, 2, 3], unit: 'nm' } });
    const again = { ...volume, data: volume.data.slice() };
    expect(await writtenBytes(volume)).toEqual(await writtenBytes(again));
  });

  it.each(['uint8', 'int64'] as const)(
    'lets others have the thread while it writes %s labels',
    async (type) => {
      // A clock on which each stretch of work is long.
      let now = 0;
      const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 100));
      const turns = vi.spyOn(globalThis, 'setTimeout');
      const size = [256, 256, 64] as const;
      await written(
        createVolume({ kind: 'labels', size, data: allocateVoxels(type, 256 * 256 * 64) }),
      );
      expect(turns.mock.calls.length).toBeGreaterThanOrEqual(type === 'uint8' ? 4 : 20);
      clock.mockRestore();
      turns.mockRestore();
    },
  );

  it('lays all slices out without a gap, as ImageJ expects', async () => {
    const volume = noisyVolume('uint16');
    const parts: Uint8Array[] = [];
    await writeTiff(inMemory(volume), { write: async (bytes) => void parts.push(bytes) });
    const [head, pixels] = parts;
    expect(head!.length % 16).toBe(0);
    expect(pixels).toEqual(voxelBytes(volume.data));
  });

  it('keeps one slice, and its distance to the next', async () => {
    const volume = createVolume({
      kind: 'grey',
      name: 'made',
      size: [3, 2, 1],
      data: Float32Array.of(1, 2, 3, Number.NaN, Number.NEGATIVE_INFINITY, 6),
      spacing: { values: [1, 1, 7], unit: 'mm' },
    });
    expect(await roundTrip(volume)).toEqual(volume);
    expect(await descriptionOf(volume)).toContain('min=1\nmax=6\n');
  });

  it('opens in geotiff', async () => {
    for (const type of ['uint8', 'uint16', 'float32'] as const) {
      const volume = noisyVolume(type, { spacing: { values: [0.1, 0.1, 0.1], unit: 'µm' } });
      for (const big of [false, true]) {
        const bytes = await writtenBytes(volume, { big });
        const tiff = await fromArrayBuffer(bytes.buffer as ArrayBuffer);
        expect(await tiff.getImageCount()).toBe(4);
        const slice = await (await tiff.getImage(2)).readRasters({ interleave: true });
        expect(Array.from(slice as unknown as number[])).toEqual(
          Array.from(volume.data.slice(70, 105), Number),
        );
      }
    }
  });

  it.each(TYPES)('reads back from BigTIFF as the same %s volume', async (type) => {
    const volume = noisyVolume(type, { spacing: { values: [0.398, 0.4, 1.25], unit: 'µm' } });
    const bytes = await writtenBytes(volume, { big: true });
    const { volume: read, metadata } = await tiffFormat.readVolume(bytesSource(bytes, 'made.tif'));
    expect(read).toEqual(volume);
    expect(metadata.tags['container']).toBe('BigTIFF');
  });
});

describe('written labels', () => {
  const phases = [
    { label: 0, name: 'Pore = "a\\b"\n µ', colour: '#000000', pore: true },
    { label: 2, name: 'NMC', colour: '#ff8800', pore: false },
  ];

  it('read back as labels with their phases', async () => {
    const data = Uint8Array.from({ length: 140 }, (_, i) => (i % 2) * 2);
    const volume = noisyVolume('uint8', { kind: 'labels', data, phases });
    expect(await roundTrip(volume)).toEqual(volume);
  });

  it.each([
    [65_535, 'uint16'],
    [65_536, 'float32'],
    [16_777_216, 'float32'],
  ] as const)('up to %i are written as %s', async (largest, type) => {
    for (const constructor of [Uint32Array, Int32Array]) {
      const data = new constructor(140);
      data[139] = largest;
      const read = await roundTrip(noisyVolume('uint32', { kind: 'labels', data }));
      expect(read.type).toBe(type);
      expect(read.data[139]).toBe(largest);
    }
    const wide = new BigUint64Array(140);
    wide[0] = BigInt(largest);
    expect((await roundTrip(noisyVolume('uint64', { kind: 'labels', data: wide }))).data[0]).toBe(
      largest,
    );
  });

  it.each([
    [Int8Array.of(0, 1, 127), 'uint16'],
    [Int16Array.of(0, 1, -5), 'float32'],
    [Float64Array.of(0, 3, 9), 'uint16'],
  ])('of %j become %s', async (labels, type) => {
    const volume = createVolume({ kind: 'labels', size: [3, 1, 1], data: labels });
    const read = await roundTrip(volume);
    expect(read.type).toBe(type);
    expect(Array.from(read.data, Number)).toEqual([...labels]);
  });

  it('of more than 2^24 are refused', async () => {
    const data = new Uint32Array(140);
    data[3] = 2 ** 24 + 1;
    await expect(written(noisyVolume('uint32', { kind: 'labels', data }))).rejects.toMatchObject({
      code: 'file/limit',
    });
  });
});

describe('tiffLayout', () => {
  it.each([
    [[2048, 2048, 1000], 'uint8', false],
    [[2048, 2048, 1023], 'uint8', false],
    [[2048, 2048, 1024], 'uint8', true],
    [[1000, 1000, 2000], 'uint16', false],
    [[1000, 1000, 2200], 'uint16', true],
  ] as const)('of %j %s is BigTIFF: %s', (size, type, big) => {
    const layout = tiffLayout(size, type, 120);
    expect(layout.big).toBe(big);
    expect(layout.rest).toBeGreaterThanOrEqual(layout.dataStart + size[2] * layout.pageBytes);
    expect(layout.end > 2 ** 32 - 1).toBe(big);
  });
});

describe('nearestFraction', () => {
  it.each([
    [0.398, 199, 500],
    [1, 1, 1],
    [65.3, 653, 10],
    [0.000_1, 1, 10_000],
  ])('finds the decimal %d', (value, numerator, denominator) => {
    expect(nearestFraction(value)).toEqual([numerator, denominator]);
  });

  it('stays within 32 bits and near the value', () => {
    const random = seededNumbers(4);
    for (let i = 0; i < 2000; i++) {
      const value = 10 ** (9 * random() - 4);
      const [numerator, denominator] = nearestFraction(value);
      expect(Math.max(numerator, denominator)).toBeLessThan(2 ** 32);
      expect(Math.abs(numerator / denominator / value - 1)).toBeLessThan(1e-12);
    }
  });
});
