/** Volume fractions, connected components and percolation of real volumes. */
import { describe, expect, it } from 'vitest';
import { nrrdFormat } from '../../src/io/formats/nrrd/format.ts';
import { tiffFormat } from '../../src/io/formats/tiff/format.ts';
import { bytesSource } from '../../src/io/sources.ts';
import { operation as percolation } from '../../src/operations/measure-percolation/index.ts';
import { operation as volumeFraction } from '../../src/operations/measure-volume-fraction/index.ts';
import type { Volume } from '../../src/volume/volume.ts';
import {
  describeWithReference,
  readReference,
  readReferenceJson,
} from '../support/reference-data.ts';
import { rowsOf, runOperation } from '../support/run-operation.ts';

interface PhaseReference {
  readonly components_6: number;
  readonly components_26: number;
  readonly largest_component_fraction_6: number;
  readonly largest_component_fraction_26: number;
  /** Axes in the order page, row, column: z, y, x. */
  readonly percolating_fraction_6: readonly [number, number, number];
  readonly percolating_fraction_26: readonly [number, number, number];
}

interface VolumeReference {
  readonly volume_fraction: Readonly<Record<string, number>>;
  readonly phases: Readonly<Record<string, PhaseReference>>;
}

const FILES = [
  ['berea_110', 'berea_110.nrrd'],
  ['cathode3_100', 'cathode3_100.tif'],
  ['fracture_100', 'fracture_100.nrrd'],
  ['ketton_a', 'ketton_a.tif'],
  ['nmc_cbd_a', 'nmc_cbd_a.tif'],
  ['threephase_100', 'threephase_100.tif'],
] as const;

/** The reference was written with seven digits from float32 sums. */
const TOLERANCE = 3e-7;

function referenceOf(name: string): VolumeReference {
  const { volumes } = readReferenceJson('quantify', 'reference.json') as {
    readonly volumes: Readonly<Record<string, VolumeReference>>;
  };
  return volumes[name] as VolumeReference;
}

async function readLabels(file: string): Promise<Volume> {
  const source = bytesSource(readReference('quantify', file), file);
  const format = file.endsWith('.nrrd') ? nrrdFormat : tiffFormat;
  return { ...(await format.readVolume(source)).volume, kind: 'labels' };
}

describeWithReference('real label volumes', ['quantify', 'reference.json'], () => {
  describe.each(FILES)('%s', (name, file) => {
    it('has the reference volume fractions', async () => {
      const reference = referenceOf(name);
      const result = await runOperation(volumeFraction, await readLabels(file));
      const rows = rowsOf(result, 'fractions');
      expect(rows.map((row) => String(row['label']))).toEqual(
        Object.keys(reference.volume_fraction),
      );
      for (const row of rows) {
        const expected = reference.volume_fraction[String(row['label'])] as number;
        expect(Math.abs((row['volumeFraction'] as number) - expected)).toBeLessThan(TOLERANCE);
      }
    });

    it.each(['6', '26'] as const)('has the reference components, %s neighbours', async (n) => {
      const reference = referenceOf(name);
      const result = await runOperation(percolation, await readLabels(file), { connectivity: n });
      const rows = rowsOf(result, 'percolation');
      expect(rows).toHaveLength(3 * Object.keys(reference.phases).length);
      for (const row of rows) {
        const phase = reference.phases[String(row['label'])] as PhaseReference;
        const axis = 'zyx'.indexOf(row['direction'] as string);
        const fraction = phase[`percolating_fraction_${n}`][axis] as number;
        expect(row['components']).toBe(phase[`components_${n}`]);
        expect(row['percolates']).toBe(fraction > 0);
        expect(Math.abs((row['percolatingFraction'] as number) - fraction)).toBeLessThan(TOLERANCE);
        expect(
          Math.abs(
            (row['largestComponentFraction'] as number) - phase[`largest_component_fraction_${n}`],
          ),
        ).toBeLessThan(TOLERANCE);
      }
    });
  });
});
