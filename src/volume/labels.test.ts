import { describe, expect, it } from 'vitest';
import { UserError } from '../errors/errors.ts';
import { countLabels, labelsOf, labelsOfBreathing, phaseColour, phasesFor } from './labels.ts';
import { createVolume, type VoxelArray } from './volume.ts';

function labelVolume(data: VoxelArray, phases = [] as Parameters<typeof phasesFor>[1]) {
  return createVolume({ kind: 'labels', name: 'sample', size: [data.length, 1, 1], data, phases });
}

describe('labelsOf', () => {
  it('gives the same census for every voxel type', () => {
    const values = [0, 5, 5, 200, 0, 5];
    const arrays: VoxelArray[] = [
      Uint8Array.from(values),
      Uint16Array.from(values),
      Int16Array.from(values),
      Uint32Array.from(values),
      Int32Array.from(values),
      Float32Array.from(values),
      Float64Array.from(values),
      BigUint64Array.from(values.map(BigInt)),
      BigInt64Array.from(values.map(BigInt)),
    ];
    for (const data of arrays) {
      const found = labelsOf(labelVolume(data));
      expect(found.labels).toEqual([0, 5, 200]);
      expect(found.counts).toEqual([2, 3, 1]);
      expect([...found.indices]).toEqual([0, 1, 1, 2, 0, 1]);
    }
  });

  it.each([Int8Array, Int16Array, Int32Array, Float64Array])(
    'finds the ends of the range of small types: %o',
    (Type) => {
      const found = labelsOf(labelVolume(Type.of(-128, 127, 0, -128)));
      expect(found.labels).toEqual([-128, 0, 127]);
      expect([...found.indices]).toEqual([0, 2, 1, 0]);
    },
  );

  it('orders negative labels first and counts -0 as 0', () => {
    const found = labelsOf(labelVolume(Float32Array.from([-0, 0, -3, 2])));
    expect(found.labels).toEqual([-3, 0, 2]);
    expect(found.counts).toEqual([1, 2, 1]);
    expect([...found.indices]).toEqual([1, 1, 0, 2]);
  });

  it('takes a contiguous byte volume without a copy', () => {
    const data = Uint8Array.from([1, 0, 2, 1]);
    expect(labelsOf(labelVolume(data)).indices).toBe(data);
  });

  it('counts all voxels across chunk borders', () => {
    const data = new Uint16Array((1 << 20) + 3).fill(7);
    data[1 << 20] = 9;
    expect(countLabels(labelVolume(data))).toEqual({ labels: [7, 9], counts: [(1 << 20) + 2, 1] });
  });

  it('accepts 256 different values and refuses 257', () => {
    const values = Uint16Array.from({ length: 257 }, (_, i) => i * 3);
    expect(labelsOf(labelVolume(values.slice(0, 256))).indices[255]).toBe(255);
    expect(() => labelsOf(labelVolume(values))).toThrow(
      'sample is not a label volume: it has more than 256 different values. It looks like a grey volume; segment it first.',
    );
  });

  it('refuses fractions and NaN and says where', () => {
    for (const [value, text] of [
      [0.5, '0.5'],
      [Number.NaN, 'NaN'],
    ] as const) {
      const volume = createVolume({
        kind: 'labels',
        name: 'sample',
        size: [2, 2, 1],
        data: Float32Array.from([0, 1, 1, value]),
      });
      expect(() => labelsOf(volume)).toThrow(UserError);
      expect(() => labelsOf(volume)).toThrow(`the voxel at x 1, y 1, z 0 has the value ${text}`);
    }
  });

  it('stops where the caller cancels', async () => {
    const volume = labelVolume(new Uint8Array(10));
    await expect(
      labelsOfBreathing(volume, () => Promise.reject(new Error('stop'))),
    ).rejects.toThrow('stop');
  });
});

describe('phases', () => {
  it('keeps given names and does not assume that label 0 is pore', () => {
    const given = { label: 2, name: 'graphite', colour: '#123456', pore: false };
    const [first, second] = phasesFor([0, 2], [given]);
    expect(first).toEqual({ label: 0, name: 'phase 0', colour: '#0072b2', pore: false });
    expect(second).toBe(given);
  });

  it('has 24 different colours', () => {
    const colours = Array.from({ length: 24 }, (_, label) => phaseColour(label));
    expect(new Set(colours).size).toBe(24);
    expect(colours.every((colour) => /^#[0-9a-f]{6}$/.test(colour))).toBe(true);
  });
});
