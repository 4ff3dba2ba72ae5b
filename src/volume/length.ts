/** Lengths with their unit. Voxel sizes are kept in the unit the file states. */
import { UserError } from '../errors/errors.ts';

export type LengthUnit = 'nm' | 'µm' | 'mm' | 'cm' | 'm';

/** Edge lengths of one voxel along x, y, z. All finite and greater than zero. */
export interface VoxelSpacing {
  readonly values: readonly [number, number, number];
  readonly unit: LengthUnit;
}

const METRES: Record<LengthUnit, number> = { nm: 1e-9, µm: 1e-6, mm: 1e-3, cm: 1e-2, m: 1 };

export const LENGTH_UNITS = Object.keys(METRES) as readonly LengthUnit[];

/** How files spell the units; keys are lower case. Inches are converted by `parseLength`. */
const SPELLINGS: Readonly<Record<string, readonly [LengthUnit, number]>> = {
  nm: ['nm', 1],
  nanometer: ['nm', 1],
  nanometre: ['nm', 1],
  nanometers: ['nm', 1],
  å: ['nm', 0.1],
  angstrom: ['nm', 0.1],
  // U+00B5 micro sign, U+03BC Greek mu, and what encodings make of them.
  '\u00b5m': ['µm', 1],
  '\u03bcm': ['µm', 1],
  '\\u00b5m': ['µm', 1],
  âµm: ['µm', 1],
  um: ['µm', 1],
  micron: ['µm', 1],
  microns: ['µm', 1],
  micrometer: ['µm', 1],
  micrometre: ['µm', 1],
  micrometers: ['µm', 1],
  mm: ['mm', 1],
  millimeter: ['mm', 1],
  millimetre: ['mm', 1],
  millimeters: ['mm', 1],
  cm: ['cm', 1],
  centimeter: ['cm', 1],
  centimetre: ['cm', 1],
  m: ['m', 1],
  meter: ['m', 1],
  metre: ['m', 1],
  inch: ['mm', 25.4],
  inches: ['mm', 25.4],
  in: ['mm', 25.4],
};

/** The unit a file's spelling names and the factor to it, or null for pixels and unknown words. */
export function parseLengthUnit(
  text: string,
): { readonly unit: LengthUnit; readonly factor: number } | null {
  const word = text.trim().replace(/^"|"$/g, '').toLowerCase();
  const found = Object.hasOwn(SPELLINGS, word) ? SPELLINGS[word] : undefined;
  return found === undefined ? null : { unit: found[0], factor: found[1] };
}

export function convertLength(value: number, from: LengthUnit, to: LengthUnit): number {
  return from === to ? value : (value * METRES[from]) / METRES[to];
}

/** Rejects zero, negative and non-finite voxel sizes in one sentence that names the axis. */
export function createSpacing(
  values: readonly [number, number, number],
  unit: LengthUnit,
): VoxelSpacing {
  values.forEach((value, axis) => {
    if (!Number.isFinite(value) || value <= 0) {
      throw new UserError(
        'volume/spacing',
        `The voxel size along ${'xyz'[axis]} is ${value}: it must be a number greater than 0.`,
        { axis: axis as number, value: String(value) },
      );
    }
  });
  return { values, unit };
}

/** Edge ratios of a voxel relative to its smallest edge; [1, 1, 1] where the size is unknown. */
export function relativeSpacing(spacing: VoxelSpacing | null): readonly [number, number, number] {
  if (spacing === null) return [1, 1, 1];
  const smallest = Math.min(...spacing.values);
  const [x, y, z] = spacing.values;
  return [x / smallest, y / smallest, z / smallest];
}
