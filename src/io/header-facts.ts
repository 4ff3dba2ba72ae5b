/** What headers of different formats state alike: edge lengths and voxel types. */
import { UserError } from '../errors/errors.ts';
import type { LengthUnit } from '../volume/length.ts';
import type { VoxelType } from '../volume/volume.ts';
import type { VolumeMetadata } from './format.ts';
import { shownTags } from './shown-text.ts';

export interface StatedEdges {
  readonly values: readonly number[];
  readonly unit: LengthUnit | null;
  readonly source: string;
}

/** Spacing, the hint for the unit's question, and warnings, from edge lengths in a header. */
function spacingFromEdges(edges: StatedEdges): Pick<
  VolumeMetadata,
  'spacing' | 'spacingSource' | 'warnings'
> & {
  readonly tags: Readonly<Record<string, string>>;
} {
  const warnings: string[] = [];
  const bad = edges.values.findIndex((value) => !Number.isFinite(value) || value <= 0);
  if (bad !== -1 || edges.values.length === 0) {
    if (bad !== -1) {
      warnings.push(
        `The header gives a voxel size of ${edges.values[bad]} along ${'xyz'[bad]}, which cannot be: it was ignored, enter the voxel size.`,
      );
    }
    const spacingSource = `${edges.source}: no usable voxel size`;
    return { spacing: null, spacingSource, warnings, tags: {} };
  }
  const [x = 1, y = x, z = x] = edges.values;
  if (edges.values.length < 3) {
    warnings.push(
      'The image has no third axis: the voxel size along z was taken to be that along x.',
    );
  }
  if (edges.unit === null) {
    const text = `${x} × ${y} × ${z}`;
    warnings.push(`The header gives a voxel size of ${text} without a unit: enter the unit.`);
    return {
      spacing: null,
      spacingSource: `${edges.source}, without a unit`,
      warnings,
      tags: { 'spacing without unit': text },
    };
  }
  const spacing = { values: [x, y, z], unit: edges.unit } as const;
  return { spacing, spacingSource: edges.source, warnings, tags: {} };
}

/**
 * The metadata of a format whose header states edge lengths: their spacing, or the hint for the
 * unit's question, with what else the header says.
 */
export function metadataWithEdges(
  edges: StatedEdges,
  facts: Pick<VolumeMetadata, 'format' | 'size' | 'type' | 'channels'> & {
    readonly tags: Iterable<readonly [key: string, value: string]>;
    readonly warnings?: readonly string[];
  },
): VolumeMetadata {
  const { spacing, spacingSource, tags, warnings } = spacingFromEdges(edges);
  return {
    ...facts,
    spacing,
    spacingSource,
    tags: shownTags([...Object.entries(tags), ...facts.tags]),
    warnings: [...warnings, ...(facts.warnings ?? [])],
  };
}

/** Voxel type words that name what a format stores. */
export function unsupportedType(file: string, word: string): UserError {
  return new UserError(
    'file/unsupported',
    `${file}: the voxel type ${word.slice(0, 80)} is not supported; save it as 8, 16 or 32-bit integers or as floats.`,
    { file },
  );
}

/** The type that a header's word names; words that every object has (`constructor`) name none. */
export function typeNamed(
  types: Readonly<Record<string, VoxelType>>,
  word: string,
): VoxelType | undefined {
  return Object.hasOwn(types, word) ? types[word] : undefined;
}
