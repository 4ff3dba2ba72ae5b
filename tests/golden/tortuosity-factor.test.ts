/** Effective diffusivities of real volumes against values converged by an independent solver. */
import { describe, expect, it } from 'vitest';
import { nrrdFormat } from '../../src/io/formats/nrrd/format.ts';
import { tiffFormat } from '../../src/io/formats/tiff/format.ts';
import { bytesSource } from '../../src/io/sources.ts';
import { operation as effectiveConductivity } from '../../src/operations/measure-effective-conductivity/index.ts';
import { operation } from '../../src/operations/measure-tortuosity-factor/index.ts';
import type { Volume } from '../../src/volume/volume.ts';
import {
  describeWithReference,
  readReference,
  readReferenceJson,
} from '../support/reference-data.ts';
import { rowsOf, runOperation } from '../support/run-operation.ts';

interface Converged {
  readonly D_eff: number;
  readonly tau: number | null;
}

/** Flux along page, row, column: z, y, x. */
type PerAxis = readonly [Converged, Converged, Converged];

interface VolumeReference {
  readonly phases: Readonly<
    Record<
      string,
      {
        readonly converged_face_bc: PerAxis;
        readonly percolating_fraction_6: readonly [number, number, number];
        readonly converged_periodic_face_bc_axis0?: Converged | null;
      }
    >
  >;
  readonly multiphase?: {
    readonly conductivities: Readonly<Record<string, number>>;
    readonly converged: PerAxis;
  };
}

const FILES = [
  ['berea_110', 'berea_110.nrrd'],
  ['cathode3_100', 'cathode3_100.tif'],
  ['fracture_100', 'fracture_100.nrrd'],
  ['ketton_a', 'ketton_a.tif'],
  ['nmc_cbd_a', 'nmc_cbd_a.tif'],
  ['threephase_100', 'threephase_100.tif'],
] as const;

/** Of the value itself; the reference may be off by 2e-5. The certified interval is wider: 1e-3. */
const TOLERANCE = 7e-5;
const REFERENCE_ERROR = 2e-5;

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

function deviation(found: unknown, expected: number): number {
  return Math.abs((found as number) / expected - 1);
}

function expectRow(row: Readonly<Record<string, unknown>>, reference: Converged): void {
  if (reference.tau === null) {
    expect(row).toMatchObject({
      percolates: false,
      percolatingFraction: 0,
      effectiveDiffusivity: 0,
      tortuosityFactor: null,
      formationFactor: null,
      bruggemanExponent: null,
      iterations: 0,
    });
    return;
  }
  expect(row['percolates']).toBe(true);
  expect(deviation(row['tortuosityFactor'], reference.tau)).toBeLessThan(TOLERANCE);
  expect(deviation(row['effectiveDiffusivity'], reference.D_eff)).toBeLessThan(TOLERANCE);
  const { tortuosityFactorLower: lower, tortuosityFactorUpper: upper } = row;
  expect(lower).toBeLessThan(reference.tau * (1 + REFERENCE_ERROR));
  expect(upper).toBeGreaterThan(reference.tau * (1 - REFERENCE_ERROR));
  expect((upper as number) / (lower as number) - 1).toBeLessThanOrEqual(1e-3);
}

describeWithReference('tortuosity factor', ['quantify', 'reference.json'], () => {
  describe.each(FILES)('of %s', (name, file) => {
    it('agrees with the converged solution for every phase and direction', async () => {
      const { phases } = referenceOf(name);
      const rows = rowsOf(await runOperation(operation, await readLabels(file)), 'transport');
      expect(rows).toHaveLength(3 * Object.keys(phases).length);
      for (const row of rows) {
        const { percolatingFraction, blindFraction, isolatedFraction } = row as Record<
          string,
          number
        >;
        expect(percolatingFraction! + blindFraction! + isolatedFraction!).toBeCloseTo(1, 12);
        const axis = 'zyx'.indexOf(row['direction'] as string);
        const reference = phases[String(row['label'])];
        expectRow(row, reference?.converged_face_bc[axis] as Converged);
        const fraction = reference?.percolating_fraction_6[axis] as number;
        // Written with seven digits, from float32 sums.
        expect(Math.abs((row['percolatingFraction'] as number) - fraction)).toBeLessThan(3e-7);
      }
    });

    it('agrees with the converged solution for periodic sides', async () => {
      const entries = Object.entries(referenceOf(name).phases).flatMap(
        ([label, { converged_periodic_face_bc_axis0: converged }]) =>
          converged === undefined || converged === null
            ? []
            : [[Number(label), converged] as const],
      );
      expect(entries.length).toBeGreaterThan(0);
      const rows = rowsOf(
        await runOperation(operation, await readLabels(file), {
          phase: entries.map(([label]) => label),
          directions: 'z',
          sides: 'periodic',
        }),
        'transport',
      );
      entries.forEach(([label, converged], i) => {
        expect(rows[i]?.['label']).toBe(label);
        expectRow(rows[i] ?? {}, converged);
      });
    });

    it('agrees with the converged solution where several phases conduct', async () => {
      const { multiphase } = referenceOf(name);
      if (multiphase === undefined) return;
      const volume = await readLabels(file);
      const conductivity = Object.entries(multiphase.conductivities).map(([label, value]) => ({
        label: Number(label),
        value,
      }));
      const result = await runOperation(effectiveConductivity, volume, { conductivity });
      for (const row of rowsOf(result, 'effective-conductivity')) {
        const reference = multiphase.converged['zyx'.indexOf(row['direction'] as string)];
        const { D_eff, tau } = reference as Converged;
        expect(deviation(row['effectiveConductivity'], D_eff)).toBeLessThan(TOLERANCE);
        expect(deviation(row['tortuosityFactor'], tau as number)).toBeLessThan(TOLERANCE);
        const { effectiveConductivityLower: lower, effectiveConductivityUpper: upper } = row;
        expect(lower).toBeLessThan(D_eff * (1 + REFERENCE_ERROR));
        expect(upper).toBeGreaterThan(D_eff * (1 - REFERENCE_ERROR));
      }
    });
  });
});
