/** Surface areas of real volumes against counts by other programs. */
import { expect, it } from 'vitest';
import { operation } from '../../src/operations/measure-surface-area/index.ts';
import { readReferenceLabels, REFERENCE_LABELS } from '../support/reference-labels.ts';
import { describeWithReference, readReferenceJson } from '../support/reference-data.ts';
import { rowsOf, runOperation } from '../support/run-operation.ts';

interface VolumeReference {
  readonly specific_surface_face_counting: Readonly<Record<string, number>>;
  readonly interfacial_area_face_counting: Readonly<Record<string, number>>;
  readonly phases: Readonly<Record<string, { readonly crofton13_specific: number }>>;
}

/** The reference was written with seven digits … */
const DIGITS = 3e-7;
/** … and has weights that are rounded to four places and add up to 1.0004. */
const ROUNDED_WEIGHTS = 6e-4;

function referenceOf(name: string): VolumeReference {
  const { volumes } = readReferenceJson('quantify', 'reference.json') as {
    readonly volumes: Readonly<Record<string, VolumeReference>>;
  };
  return volumes[name] as VolumeReference;
}

describeWithReference('surface areas of real volumes', ['quantify', 'reference.json'], () => {
  it.each(REFERENCE_LABELS)('%s has the areas of the reference', async (name, file) => {
    const reference = referenceOf(name);
    const input = { ...(await readReferenceLabels(file)), spacing: null };
    const result = await runOperation(operation, input, { border: 'inside' });
    const surfaces = rowsOf(result, 'surfaces');
    expect(surfaces).toHaveLength(Object.keys(reference.phases).length);
    for (const row of surfaces) {
      const label = String(row['label']);
      const faces = reference.specific_surface_face_counting[label] as number;
      expect(Math.abs((row['specificAreaOfFaces'] as number) / faces - 1)).toBeLessThan(DIGITS);
      const crofton = reference.phases[label]?.crofton13_specific as number;
      expect(Math.abs((row['specificArea'] as number) / crofton - 1)).toBeLessThan(ROUNDED_WEIGHTS);
    }
    for (const row of rowsOf(result, 'interfaces')) {
      const faces = reference.interfacial_area_face_counting[
        `${row['label']}-${row['otherLabel']}`
      ] as number;
      expect(Math.abs((row['specificAreaOfFaces'] as number) / faces - 1)).toBeLessThan(DIGITS);
    }
  });

  it('counts more with the mirror image than inside only, by less than the border’s share', async () => {
    for (const [, file] of REFERENCE_LABELS) {
      const input = await readReferenceLabels(file);
      const inside = rowsOf(await runOperation(operation, input, { border: 'inside' }), 'surfaces');
      const mirrored = rowsOf(await runOperation(operation, input), 'surfaces');
      mirrored.forEach((row, i) => {
        const ratio = (row['area'] as number) / (inside[i]?.['area'] as number);
        expect(ratio).toBeGreaterThanOrEqual(1);
        expect(ratio).toBeLessThan(1 + 3 / 100);
      });
    }
  });
});
