/** Lengths with their unit. Voxel sizes are kept in the unit the file states. */
import { UserError } from '../errors/errors.ts';

export type LengthUnit = 'nm' | 'µm' | 'mm' | 'cm' | 'm';

/** Edge lengths of one voxel along x, y, z. All finite and greater than zero. */
export interface VoxelSpacing {
  readonly values: readonly [number, number, number];
  readonly unit: LengthUnit;
}

const NANOMETRES: Record<LengthUnit, number> = { nm: 1, µm: 1e3, mm: 1e6, cm: 1e7, m: 1e9 };

export const LENGTH_UNITS = Object.keys(NANOMETRES) as readonly LengthUnit[];

/** How files spell the units; keys are lower case. Inches are converted by `parseLength`. */
const SPELLINGS: Readonly<Record<string, readonly [LengthUnit, number]>> = {
  nm: ['nm', 1],
  nanometer: ['nm', 1],
  nanometre: ['nm', 1],
  nanometers: ['nm', 1],
  nanometres: ['nm', 1],
  å: ['nm', 0.1],
  angstrom: ['nm', 0.1],
  angstroms: ['nm', 0.1],
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
  micrometres: ['µm', 1],
  mm: ['mm', 1],
  millimeter: ['mm', 1],
  millimetre: ['mm', 1],
  millimeters: ['mm', 1],
  millimetres: ['mm', 1],
  cm: ['cm', 1],
  centimeter: ['cm', 1],
  centimetre: ['cm', 1],
  centimeters: ['cm', 1],
  centimetres: ['cm', 1],
  m: ['m', 1],
  meter: ['m', 1],
  metre: ['m', 1],
  meters: ['m', 1],
  metres: ['m', 1],
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

/** The key under which our files and images, and what others write from them, say the unit. */
export const LENGTH_UNIT_KEY = 'tauscope length unit';

/** The unit that a value of this key names; null for everything else. */
export function unitOfKey(value: unknown): LengthUnit | null {
  const parsed = typeof value === 'string' ? parseLengthUnit(value) : null;
  return parsed?.factor === 1 ? parsed.unit : null;
}

/**
 * A length in another unit. The ratio of two units is a power of ten that a float64 holds exactly,
 * so the result is the float64 nearest to the true one: 0.5 µm are 500 nm.
 */
export function convertLength(value: number, from: LengthUnit, to: LengthUnit): number {
  const [large, small] = [NANOMETRES[from], NANOMETRES[to]];
  return large >= small ? value * (large / small) : value / (small / large);
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

/** µm³ of a voxel; null where its size is unknown. */
export function voxelVolume(spacing: VoxelSpacing | null): number | null {
  if (spacing === null) return null;
  const [x, y, z] = spacing.values.map((edge) => convertLength(edge, spacing.unit, 'µm'));
  return (x as number) * (y as number) * (z as number);
}
