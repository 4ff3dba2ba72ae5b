/** Axes of an NRRD array as a scalar volume: which are spatial, how long a voxel's edges are. */
import { UserError } from '../../../errors/errors.ts';
import {
  convertLength,
  LENGTH_UNIT_KEY,
  type LengthUnit,
  parseLengthUnit,
  unitOfKey,
  type VoxelSpacing,
} from '../../../volume/length.ts';
import type { Size3, Vector3 } from '../../../volume/volume.ts';
import type { NrrdHeader } from './header.ts';

export interface NrrdGeometry {
  readonly size: Size3;
  readonly channels: number;
  readonly spacing: VoxelSpacing | null;
  readonly origin: Vector3;
  readonly spacingSource: string;
  /** Edge lengths that the header gives without a unit. */
  readonly spacingWithoutUnit: Vector3 | null;
  readonly warnings: readonly string[];
}

/** Axis kinds whose samples are positions; all other kinds are components of one voxel. */
const POSITION_KINDS = new Set(['domain', 'space', 'time', '', '???', 'none']);

/** Spaces in which 3D Slicer and ITK, which write no unit, mean millimetres. */
const PATIENT_SPACE =
  /^(left|right)-(anterior|posterior)-(superior|inferior)$|^(ras|las|lps)$|^scanner-xyz$/;

const AXES = ['x', 'y', 'z'] as const;

/** The array's axes that are x, y and z; unit-length axes are left out where there are more. */
function spatialAxes(
  header: NrrdHeader,
  file: string,
): { readonly axes: readonly number[]; readonly channels: number } {
  const isComponent = (axis: number): boolean =>
    !POSITION_KINDS.has(header.kinds[axis] ?? '') ||
    (header.spaceDirections !== null && header.spaceDirections[axis] === null);
  const all = header.sizes.map((_, axis) => axis);
  const sizeOf = (axis: number): number => header.sizes[axis] as number;
  const channels = all.filter(isComponent).reduce((product, axis) => product * sizeOf(axis), 1);
  const axes = all.filter((axis) => !isComponent(axis));
  for (let i = axes.length - 1; i >= 0 && axes.length > 3; i--) {
    if (sizeOf(axes[i] as number) === 1) axes.splice(i, 1);
  }
  if (axes.length > 3) {
    throw new UserError(
      'file/unsupported',
      `${file} holds a ${axes.length}-dimensional array (${axes.map(sizeOf).join(' × ')}); Tauscope reads one 3-D volume at a time, so save a single volume of it.`,
      { file, sizes: axes.map(sizeOf) },
    );
  }
  return { axes, channels };
}

/** Euclidean length; scaled by the largest part, so that an axis-parallel vector is exact. */
function norm(vector: readonly number[]): number {
  const largest = Math.max(...vector.map(Math.abs));
  if (!(largest > 0) || largest === Infinity) return largest;
  return largest * Math.sqrt(vector.reduce((sum, part) => sum + (part / largest) ** 2, 0));
}

interface StatedEdges {
  /** Along the spatial axes. */
  readonly values: readonly number[];
  readonly units: readonly string[];
  readonly source: string;
}

function statedEdges(header: NrrdHeader, axes: readonly number[]): StatedEdges | null {
  if (header.spaceDirections !== null) {
    const vectors = axes.map((axis) => header.spaceDirections?.[axis] ?? []);
    return {
      values: vectors.map(norm),
      units: vectors.map((vector) => unitOfDirection(vector, header.spaceUnits)),
      source: 'NRRD space directions',
    };
  }
  if (header.spacings !== null) {
    return {
      values: axes.map((axis) => header.spacings?.[axis] ?? Number.NaN),
      units: axes.map((axis) => header.units[axis] ?? ''),
      source: 'NRRD spacings',
    };
  }
  return null;
}

/** `space units` belong to the axes of the space: take that of the vector's largest part. */
function unitOfDirection(vector: readonly number[], spaceUnits: readonly string[]): string {
  let largest = 0;
  for (let i = 1; i < vector.length; i++) {
    if (Math.abs(vector[i] as number) > Math.abs(vector[largest] as number)) largest = i;
  }
  return spaceUnits[largest] ?? '';
}

function isIdentityOrientation(header: NrrdHeader, axes: readonly number[]): boolean {
  return axes.every((axis, i) => {
    const vector = header.spaceDirections?.[axis];
    return (
      vector === undefined ||
      vector === null ||
      vector.every((part, j) => (i === j ? part >= 0 : Math.abs(part) <= 1e-9 * norm(vector)))
    );
  });
}

export function readGeometry(header: NrrdHeader, file: string): NrrdGeometry {
  const { axes, channels } = spatialAxes(header, file);
  const sizes = axes.map((axis) => header.sizes[axis] as number);
  const size: Size3 = [sizes[0] ?? 1, sizes[1] ?? 1, sizes[2] ?? 1];
  const warnings: string[] = [];
  const without = (spacingSource: string, numbers: Vector3 | null = null): NrrdGeometry => ({
    size,
    channels,
    spacing: null,
    origin: [0, 0, 0],
    spacingSource,
    spacingWithoutUnit: numbers,
    warnings,
  });

  const edges = statedEdges(header, axes);
  if (edges === null) return without('the NRRD header has no spacings and no space directions');
  const bad = edges.values.findIndex((value) => !Number.isFinite(value) || value <= 0);
  if (bad !== -1) {
    if (!Number.isNaN(edges.values[bad])) {
      warnings.push(
        `The header gives a voxel size of ${edges.values[bad]} along ${AXES[bad]}, which cannot be: it was ignored, enter the voxel size.`,
      );
    }
    return without(`${edges.source}: no usable number along ${AXES[bad]}`);
  }
  if (!isIdentityOrientation(header, axes)) {
    warnings.push(
      'The header turns or mirrors the axes: the voxels stay in their stored order and the orientation is not kept.',
    );
  }
  const complete = (values: readonly number[]): Vector3 => [
    values[0] as number,
    values[1] ?? (values[0] as number),
    values[2] ?? (values[0] as number),
  ];
  if (edges.values.length < 3) {
    warnings.push(
      'The image has no third axis: the voxel size along z was taken to be that along x.',
    );
  }

  const unit = commonUnit(header, edges);
  if (unit === null) {
    const unknown = edges.units.filter((text) => text !== '' && text !== '???');
    warnings.push(
      unknown.length === 0
        ? `The header gives a voxel size of ${complete(edges.values).join(' × ')} without a unit: enter the unit.`
        : `The header gives the voxel size in "${unknown[0]}", which is not a known unit of length: enter the voxel size.`,
    );
    return without(`${edges.source}, without a unit`, complete(edges.values));
  }
  const lengths = edges.values.map((value, i) => toUnit(value, edges.units[i] ?? '', unit.unit));
  const origin = header.spaceOrigin;
  return {
    size,
    channels,
    spacing: { values: complete(lengths), unit: unit.unit },
    origin:
      origin !== null && origin.length >= 3 && origin.every(Number.isFinite)
        ? [
            toUnit(origin[0] as number, header.spaceUnits[0] ?? '', unit.unit),
            toUnit(origin[1] as number, header.spaceUnits[1] ?? '', unit.unit),
            toUnit(origin[2] as number, header.spaceUnits[2] ?? '', unit.unit),
          ]
        : [0, 0, 0],
    spacingSource: `${edges.source}, ${unit.source}`,
    spacingWithoutUnit: null,
    warnings,
  };
}

/**
 * The unit of the first axis, if every axis names a known one; where none names any, our own key's,
 * or else the space's own rule.
 */
function commonUnit(
  header: NrrdHeader,
  edges: StatedEdges,
): { readonly unit: LengthUnit; readonly source: string } | null {
  const parsed = edges.units.map(parseLengthUnit);
  const first = parsed[0];
  if (first !== undefined && first !== null && parsed.every((unit) => unit !== null)) {
    const field = header.spaceDirections === null ? 'units' : 'space units';
    return { unit: first.unit, source: `unit from ${field}` };
  }
  if (!edges.units.every((text) => text === '')) return null;
  // Other programs write our files again without `space units`, but with the keys.
  const kept = unitOfKey(header.keyValues.get(LENGTH_UNIT_KEY));
  if (kept !== null) return { unit: kept, source: `unit from the key “${LENGTH_UNIT_KEY}”` };
  if (PATIENT_SPACE.test(header.space)) {
    return {
      unit: 'mm',
      source: `millimetres by the convention of ${header.space} space (3D Slicer, ITK)`,
    };
  }
  return null;
}

/** A length in the words of the file; words that name no unit leave the number as it is. */
function toUnit(value: number, text: string, unit: LengthUnit): number {
  const parsed = parseLengthUnit(text);
  return parsed === null ? value : convertLength(value * parsed.factor, parsed.unit, unit);
}
