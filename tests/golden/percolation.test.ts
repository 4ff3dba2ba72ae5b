/** Volume fractions, connected components and percolation of real volumes. */
import { describe, expect, it } from 'vitest';
import { operation as percolation } from '../../src/operations/measure-percolation/index.ts';
import { operation as volumeFraction } from '../../src/operations/measure-volume-fraction/index.ts';
import { describeWithReference, readReferenceJson } from '../support/reference-data.ts';
import { readReferenceLabels, REFERENCE_LABELS } from '../support/reference-labels.ts';
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

/** The reference was written with seven digits from float32 sums. */
const TOLERANCE = 3e-7;

function referenceOf(name: string): VolumeReference {
  const { volumes } = readReferenceJson('quantify', 'reference.json') as {
    readonly volumes: Readonly<Record<string, VolumeReference>>;
  };
  return volumes[name] as VolumeReference;
}

describeWithReference('real label volumes', ['quantify', 'reference.json'], () => {
  describe.each(REFERENCE_LABELS)('%s', (name, file) => {
    it('has the reference volume fractions', async () => {
      const reference = referenceOf(name);
      const result = await runOperation(volumeFraction, await readReferenceLabels(file));
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
      const result = await runOperation(percolation, await readReferenceLabels(file), {
        connectivity: n,
      });
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
