/**
 * The voxel size a TIFF states, from the first of: ImageJ's description, OME-XML, resolution tags.
 * Nothing is filled in: where an axis or the unit is missing the size is unknown, what was found is
 * shown in the tags, and `source` says what is missing.
 */
import {
  convertLength,
  type LengthUnit,
  parseLengthUnit,
  type VoxelSpacing,
} from '../../../volume/length.ts';
import type { Vector3 } from '../../../volume/volume.ts';
import type { ImageJDescription } from './imagej.ts';
import type { OmeDescription } from './ome.ts';

/** X and Y resolution in pixels per unit; NaN where a tag holds no number. */
export interface Resolution {
  /** Pixel size in units: the inverse of pixels per unit. */
  readonly pixelX: number;
  readonly pixelY: number;
  /** 1 none, 2 inch, 3 cm. */
  readonly unit: number;
}

/**
 * The pixel size behind a resolution of `numerator / denominator` pixels per unit. Writers round the
 * resolution to millionths or 32 bits, which turns 0.398 into 0.3979999999 and 65 into 65.0026: a
 * decimal inside the fraction's rounding, with so few digits that chance would hit it once in fifty
 * times at most, is what was meant.
 */
export function pixelSize(numerator: number, denominator: number): number {
  const size = denominator / numerator;
  const rounding = 1 / Math.min(numerator, denominator);
  for (let digits = 1; 10 ** digits <= 0.01 / rounding; digits++) {
    const candidate = Number(size.toPrecision(digits));
    if (Math.abs(candidate / size - 1) <= rounding) return candidate;
  }
  return size;
}

export interface FoundVoxelSize {
  readonly spacing: VoxelSpacing | null;
  readonly origin: Vector3;
  readonly source: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

/** One axis: its length in a unit's spelling, null where absent. */
interface Axis {
  readonly value: number | null;
  readonly unit: string | null;
}

const AXES = ['x', 'y', 'z'] as const;

function unknown(source: string, more: Partial<FoundVoxelSize> = {}): FoundVoxelSize {
  return { spacing: null, origin: [0, 0, 0], tags: {}, warnings: [], ...more, source };
}

/** At most 12 significant digits: enough to show, without the noise of a division. */
function show(value: number, unit: LengthUnit): string {
  return `${Number(value.toPrecision(12))} ${unit}`;
}

/** Joins three axes of one description into a voxel size, or says what is missing. */
function joinAxes(where: string, axes: readonly [Axis, Axis, Axis]): FoundVoxelSize {
  const tags: Record<string, string> = {};
  const warnings: string[] = [];
  const missing: string[] = [];
  const lengths: number[] = [];
  let unit: LengthUnit | null = null;
  axes.forEach((axis, i) => {
    const name = AXES[i] ?? '';
    if (axis.value === null) {
      missing.push(name);
      return;
    }
    const parsed = axis.unit === null ? null : parseLengthUnit(axis.unit);
    const inUnit = axis.value * (parsed?.factor ?? 1);
    const length =
      parsed === null ? inUnit : convertLength(inUnit, parsed.unit, unit ?? parsed.unit);
    // Conversion can leave the range of numbers at either end.
    if (!Number.isFinite(length) || length <= 0) {
      warnings.push(
        `The ${where} gives ${axis.value} as the voxel size along ${name}, which is not a length; the voxel size is taken as unknown.`,
      );
      missing.push(name);
      return;
    }
    if (parsed === null) {
      missing.push(name);
      return;
    }
    unit ??= parsed.unit;
    lengths.push(length);
    tags[`pixel size ${name}`] = show(length, unit);
  });
  if (unit === null) {
    const stated = axes.find((axis) => axis.unit !== null)?.unit;
    const text = stated === undefined || stated === null ? 'no unit' : `the unit “${clip(stated)}”`;
    return unknown(`not stated: the ${where} has ${text}`, { warnings });
  }
  const [x, y, z] = lengths;
  if (missing.length > 0 || x === undefined || y === undefined || z === undefined) {
    return unknown(`not stated: the ${where} gives no voxel size along ${missing.join(' and ')}`, {
      tags,
      warnings,
    });
  }
  return { spacing: { values: [x, y, z], unit }, origin: [0, 0, 0], source: where, tags, warnings };
}

function clip(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function fromImageJ(
  description: ImageJDescription,
  resolution: Resolution | null,
  pages: number,
): FoundVoxelSize {
  const where = 'ImageJ description';
  // As ImageJ reads it: the text's unit, else that of the resolution tag unless it is the default.
  const unit =
    description.unit ??
    (resolution?.unit === 3
      ? 'cm'
      : resolution?.unit === 2 && !isPrintDensity(resolution)
        ? 'inch'
        : null);
  const pixelX = resolution?.pixelX ?? null;
  const pixelY = resolution?.pixelY ?? null;
  let pixelZ = description.spacing;
  let source = where;
  const isLength = unit !== null && parseLengthUnit(unit) !== null;
  if (pixelZ === null && isLength && pages > 1 && pixelX === 1 && pixelY === 1) {
    // ImageJ leaves `spacing` out when it is exactly 1, which fits pixels of exactly 1.
    pixelZ = 1;
    source = `${where} (no spacing, which means 1)`;
  }
  const found = joinAxes(where, [
    { value: pixelX, unit },
    { value: pixelY, unit: description.unitY ?? unit },
    { value: pixelZ, unit: description.unitZ ?? unit },
  ]);
  if (found.spacing === null) {
    const leftOut = isLength && description.spacing === null && pages > 1;
    return leftOut
      ? {
          ...found,
          warnings: [
            ...found.warnings,
            'ImageJ leaves the distance of the slices out when it is exactly 1 and other programs when they do not know it; the voxel size is taken as unknown.',
          ],
        }
      : found;
  }
  const [x, y, z] = found.spacing.values;
  const place = (pixel: number, size: number): number => {
    const length = 0 - pixel * size;
    return Number.isFinite(length) ? length : 0;
  };
  const [originX, originY, originZ] = description.origin;
  return {
    ...found,
    source,
    // From the pixel coordinates of the physical origin.
    origin: [place(originX, x), place(originY, y), place(originZ, z)],
  };
}

function fromOme(description: OmeDescription): FoundVoxelSize {
  const [x, y, z] = description.physicalSize;
  const [unitX, unitY, unitZ] = description.physicalUnit;
  return joinAxes('OME-XML', [
    { value: x, unit: unitX },
    { value: y, unit: unitY },
    { value: z, unit: unitZ },
  ]);
}

/**
 * Programs that know no size write one for paper: up to 2400 pixels per inch (a pixel of 10.6 µm),
 * or a multiple of 1200. Such a resolution in inches says nothing about the sample.
 */
function isPrintDensity(resolution: Resolution): boolean {
  return [resolution.pixelX, resolution.pixelY].every((pixel) => {
    const perInch = 1 / pixel;
    const rounded = Math.round(perInch);
    return (
      perInch <= 2400 || (rounded % 1200 === 0 && Math.abs(perInch - rounded) < 1e-6 * rounded)
    );
  });
}

function fromResolution(resolution: Resolution): FoundVoxelSize {
  const nothing = 'not stated in the file';
  const { pixelX, pixelY, unit } = resolution;
  if (unit !== 2 && unit !== 3) return unknown(nothing);
  const size = (pixel: number): number =>
    unit === 3 ? convertLength(pixel, 'cm', 'µm') : convertLength(pixel * 25.4, 'mm', 'µm');
  if (![pixelX, pixelY].every((pixel) => Number.isFinite(pixel) && pixel > 0)) {
    return unknown(nothing, {
      warnings: [
        'The resolution tags hold no positive number; the voxel size is taken as unknown.',
      ],
    });
  }
  if (unit === 2 && isPrintDensity(resolution)) {
    return unknown(
      `not stated: ${Number((1 / pixelX).toPrecision(6))} pixels per inch is a setting for print`,
    );
  }
  const tags = {
    'pixel size x': show(size(pixelX), 'µm'),
    'pixel size y': show(size(pixelY), 'µm'),
  };
  return unknown('not stated: the resolution tags give no voxel size along z', {
    tags,
    warnings: [
      `The resolution tags give pixels of ${tags['pixel size x']} × ${tags['pixel size y']} but no distance of the slices; the voxel size is taken as unknown.`,
    ],
  });
}

export function findVoxelSize(
  imageJ: ImageJDescription | null,
  ome: OmeDescription | null,
  resolution: Resolution | null,
  pages: number,
): FoundVoxelSize {
  if (imageJ !== null) return fromImageJ(imageJ, resolution, pages);
  if (ome !== null) {
    const found = fromOme(ome);
    if (found.spacing !== null || resolution === null || Object.keys(found.tags).length > 0) {
      return found;
    }
    const other = fromResolution(resolution);
    return Object.keys(other.tags).length > 0
      ? { ...other, warnings: [...found.warnings, ...other.warnings] }
      : found;
  }
  return resolution === null ? unknown('not stated in the file') : fromResolution(resolution);
}
