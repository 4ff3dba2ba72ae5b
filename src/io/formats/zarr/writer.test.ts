import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSpacing, LENGTH_UNITS } from '../../../volume/length.ts';
import {
  allocateVoxels,
  createVolume,
  type Size3,
  type Volume,
  VOXEL_TYPES,
  voxelBytes,
} from '../../../volume/volume.ts';
import { openVolume } from '../../open.ts';
import { writeVolume } from '../../registry.ts';
import { blobSource } from '../../sources.ts';

async function roundTrip(volume: Volume, dataset?: string) {
  const blob = await writeVolume(volume, 'zarr', 'a note');
  const options = { kind: volume.kind, ...(dataset === undefined ? {} : { dataset }) };
  return openVolume([blobSource(blob, 'made.ome.zarr.zip')], options);
}

const edge = fc.integer({ min: 1, max: 9 });
const length = fc.double({ min: 1e-3, max: 1e3, noNaN: true });

const volumes = fc
  .record({
    size: fc.tuple(edge, edge, edge),
    type: fc.constantFrom(...VOXEL_TYPES),
    bytes: fc.uint8Array({ minLength: 16, maxLength: 64 }),
    spacing: fc.option(
      fc.record({
        values: fc.tuple(length, length, length),
        unit: fc.constantFrom(...LENGTH_UNITS),
      }),
    ),
    origin: fc.tuple(length, length, length),
  })
  .map(({ size, type, bytes, spacing, origin }) => {
    const data = allocateVoxels(type, size[0] * size[1] * size[2]);
    // Any bits: floats are NaN and infinite now and then.
    voxelBytes(data).forEach((_, i, all) => {
      all[i] = bytes[i % bytes.length] as number;
    });
    return createVolume({
      kind: 'grey',
      size,
      data,
      spacing: spacing === null ? null : createSpacing(spacing.values, spacing.unit),
      origin: spacing === null ? [0, 0, 0] : origin,
    });
  });

describe('a written OME-Zarr', () => {
  test('has the same voxels, voxel size, unit and place', async () => {
    await fc.assert(
      fc.asyncProperty(volumes, async (volume) => {
        const { volume: read } = await roundTrip(volume);
        expect(read.size).toEqual(volume.size);
        expect(read.type).toBe(volume.type);
        expect(Buffer.compare(voxelBytes(read.data), voxelBytes(volume.data))).toBe(0);
        expect(read.spacing).toEqual(volume.spacing);
        expect(read.origin).toEqual(volume.origin);
      }),
      { numRuns: 40 },
    );
  });

  test('keeps the phases of labels', async () => {
    const phases = [
      { label: 0, name: 'Pore “a”', colour: '#000000', pore: true },
      { label: 2, name: 'NMC', colour: '#ff8800', pore: false },
    ];
    const data = Int32Array.from({ length: 24 }, (_, i) => (i % 2) * 2);
    const volume = createVolume({ kind: 'labels', size: [4, 3, 2], data, phases });
    const { volume: read } = await roundTrip(volume);
    expect(read).toMatchObject({ kind: 'labels', phases, data });
  });

  const size: Size3 = [130, 65, 70];
  const steps = Uint16Array.from({ length: 130 * 65 * 70 }, (_, i) => {
    const x = i % 130;
    return x + 2 * (Math.floor(i / 130) % 65);
  });

  test('of several chunks has smaller levels, each the mean of 2³ voxels of the one before', async () => {
    const spacing = createSpacing([0.5, 0.5, 2], 'µm');
    const volume = createVolume({ kind: 'grey', size, data: steps, spacing });
    const whole = await roundTrip(volume);
    expect(whole.volume.data).toEqual(steps);
    expect(whole.metadata.tags['levels']).toBe('0, 1, 2');
    const half = (await roundTrip(volume, '1')).volume;
    expect(half.size).toEqual([65, 33, 35]);
    expect(half.spacing).toEqual({ values: [1, 1, 4], unit: 'µm' });
    expect(half.origin).toEqual([0.25, 0.25, 1]);
    // The mean of x, x + 1 and of 2 y, 2 y + 2 is their middle; halves are rounded up.
    expect(half.data[3 + 65 * 5]).toBe(Math.round(6.5 + 21));
  });
});
