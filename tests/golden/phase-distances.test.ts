/** Distances and local thickness of real volumes against exact results of independent programs. */
import { describe, expect, it } from 'vitest';
import { nrrdFormat } from '../../src/io/formats/nrrd/format.ts';
import { tiffFormat } from '../../src/io/formats/tiff/format.ts';
import { bytesSource } from '../../src/io/sources.ts';
import { operation as distance } from '../../src/operations/measure-distance/index.ts';
import { operation as thickness } from '../../src/operations/measure-local-thickness/index.ts';
import type { Volume } from '../../src/volume/volume.ts';
import {
  describeWithReference,
  readReference,
  readReferenceJson,
} from '../support/reference-data.ts';
import { rowsOf, runOperation } from '../support/run-operation.ts';

interface Lengths {
  readonly mean: number;
  readonly p10_50_90: readonly [number, number, number];
  readonly max: number;
}

interface Phases {
  readonly phases: Readonly<
    Record<string, { readonly edt: Lengths; readonly local_thickness_radius_exact: Lengths }>
  >;
}

const FILES = [
  ['berea_110', 'berea_110.nrrd'],
  ['cathode3_100', 'cathode3_100.tif'],
  ['fracture_100', 'fracture_100.nrrd'],
  ['ketton_a', 'ketton_a.tif'],
  ['nmc_cbd_a', 'nmc_cbd_a.tif'],
  ['threephase_100', 'threephase_100.tif'],
] as const;

/** The reference has seven digits. */
const TOLERANCE = 1e-6;

function phasesOf(name: string): Phases['phases'] {
  const { volumes } = readReferenceJson('quantify', 'reference.json') as {
    readonly volumes: Readonly<Record<string, Phases>>;
  };
  return (volumes[name] as Phases).phases;
}

async function readLabels(file: string): Promise<Volume> {
  const source = bytesSource(readReference('quantify', file), file);
  const format = file.endsWith('.nrrd') ? nrrdFormat : tiffFormat;
  // The reference counts voxels.
  return { ...(await format.readVolume(source)).volume, kind: 'labels', spacing: null };
}

function expectLengths(found: readonly unknown[], { mean, p10_50_90, max }: Lengths): void {
  [mean, ...p10_50_90, max].forEach((expected, i) => {
    expect(Math.abs((found[i] as number) / expected - 1)).toBeLessThan(TOLERANCE);
  });
}

describeWithReference('real label volumes', ['quantify', 'reference.json'], () => {
  describe.each(FILES)('%s', (name, file) => {
    it('has the reference distances', async () => {
      const phases = phasesOf(name);
      const rows = rowsOf(await runOperation(distance, await readLabels(file)), 'distances');
      expect(rows.map((row) => String(row['label']))).toEqual(Object.keys(phases));
      for (const row of rows) {
        const { mean, p10, p50, p90, max } = row;
        expectLengths([mean, p10, p50, p90, max], phases[String(row['label'])]?.edt as Lengths);
      }
    });

    it('has the reference local thickness', async () => {
      const phases = phasesOf(name);
      const rows = rowsOf(await runOperation(thickness, await readLabels(file)), 'thickness');
      expect(rows.map((row) => String(row['label']))).toEqual(Object.keys(phases));
      for (const row of rows) {
        const { meanRadius, p10Radius, p50Radius, p90Radius, maxRadius } = row;
        const expected = phases[String(row['label'])]?.local_thickness_radius_exact as Lengths;
        expectLengths([meanRadius, p10Radius, p50Radius, p90Radius, maxRadius], expected);
        expect(row['meanDiameter']).toBe(2 * (meanRadius as number));
      }
    });
  });
});
