import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  describeWithReference,
  readReference,
  readReferenceJson,
} from '../../../../tests/support/reference-data.ts';
import { voxelBytes } from '../../../volume/volume.ts';
import { bytesSource } from '../../sources.ts';
import { nrrdFormat } from './format.ts';

interface Expected {
  readonly kind: string;
  readonly siblings: readonly string[];
  /** z, y, x */
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly sha256: string;
  readonly spacing: readonly number[];
}

describeWithReference('NRRD files of other projects', ['io', 'expected.json'], () => {
  const expected = readReferenceJson('io', 'expected.json') as Record<string, Expected>;
  const names = Object.keys(expected).filter((name) => expected[name]?.kind === 'nrrd');

  test.each(names)('%s has the voxels that pynrrd and teem read', async (name) => {
    const file = expected[name] as Expected;
    const siblings = file.siblings.map((sibling) =>
      bytesSource(readReference('io', sibling), sibling),
    );
    const source = bytesSource(readReference('io', name), name);
    const { volume, metadata } = await nrrdFormat.readVolume(source, { siblings });
    const shape = [...volume.size].reverse().slice(-file.shape.length);
    expect(shape).toEqual(file.shape);
    expect(volume.type).toBe(file.dtype);
    expect(createHash('sha256').update(voxelBytes(volume.data)).digest('hex')).toBe(file.sha256);
    // Where no unit is stated the numbers are a hint beside a voxel size of null.
    const numbers =
      volume.spacing?.values ??
      metadata.tags['spacing without unit']?.split(' × ').map(Number) ??
      [];
    expect([...numbers].reverse().slice(-file.spacing.length)).toEqual(file.spacing);
  });
});

describeWithReference('segmented volumes in NRRD', ['quantify', 'reference.json'], () => {
  test.each([
    ['berea_110.nrrd', 110, { 0: 0.178 }],
    ['fracture_100.nrrd', 100, { 1: 0.102 }],
    ['cathode3_256.nrrd', 256, {}],
  ])('%s has its size, labels and fractions', async (name, edge, fractions) => {
    const source = bytesSource(readReference('quantify', name), name);
    const { volume } = await nrrdFormat.readVolume(source);
    expect(volume.size).toEqual([edge, edge, edge]);
    expect(volume.type).toBe('uint8');
    expect(volume.spacing).toBeNull();
    const counts = new Map<number, number>();
    for (const value of volume.data as Uint8Array) counts.set(value, (counts.get(value) ?? 0) + 1);
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual(edge === 256 ? [0, 1, 2] : [0, 1]);
    for (const [label, fraction] of Object.entries(fractions)) {
      expect((counts.get(Number(label)) ?? 0) / volume.data.length).toBeCloseTo(fraction, 3);
    }
  });
});
