/** Opens a volume as a person or an option says, and tells how in methods texts and commands. */
import { flagsFromParameters } from '../declaration/flags.ts';
import { parseParameters } from '../declaration/parameters.ts';
import type { ByteSource } from '../io/format.ts';
import { type OpenedVolume, type OpenOptions, openVolume } from '../io/open.ts';
import { loadOperation } from '../operations/registry.ts';
import type { VoxelSpacing } from '../volume/length.ts';
import { type RawLayout, rawLayoutText } from '../volume/raw-layout.ts';
import {
  binFactor,
  isReducing,
  type OpeningStep,
  openingSteps,
  REDUCTION_FIELDS,
  type Reduction,
} from '../volume/reduction.ts';
import { type Volume, withSpacing } from '../volume/volume.ts';
import type { LoadedStep } from './engine.ts';
import type { MethodsResult } from './methods.ts';

export interface OpeningChoices extends OpenOptions {
  /** In place of what the files say of the voxel size; null leaves that. */
  readonly spacing?: VoxelSpacing | null;
  readonly reduction?: Reduction;
}

/** What has to be said again to have the same voxels. */
export interface Opening {
  readonly raw: RawLayout | null;
  readonly reduction: Reduction | null;
}

export interface ChosenVolume extends OpenedVolume {
  readonly opening: Opening;
}

/** Throws what `openVolume` and `openReduced` throw. */
export async function openChosen(
  sources: readonly ByteSource[],
  { spacing = null, reduction, ...options }: OpeningChoices,
): Promise<ChosenVolume> {
  const raw = options.raw ?? null;
  if (reduction !== undefined && isReducing(reduction)) {
    const { openReduced } = await import('./open-reduced.ts');
    const opened = await openReduced(sources, reduction, { ...options, spacing });
    return { ...opened, opening: { raw, reduction: opened.reduction } };
  }
  const opened = await openVolume(sources, options);
  const volume = spacing === null ? opened.volume : withSpacing(opened.volume, spacing);
  return { ...opened, volume, opening: { raw, reduction: null } };
}

/** The options of the command line that open a volume so. */
export function openingFlags({ raw, reduction }: Opening): readonly string[] {
  return [
    ...(raw === null ? [] : ['--raw', rawLayoutText(raw)]),
    ...(reduction === null ? [] : flagsFromParameters(REDUCTION_FIELDS, reduction)),
  ];
}

/** The voxel size that has to be stated for the file, so that the opened volume has this one. */
export function spacingToState(
  { spacing, size }: Pick<Volume, 'spacing' | 'size'>,
  { reduction }: Opening,
): VoxelSpacing | null {
  if (spacing === null || reduction === null) return spacing;
  const factor = binFactor(reduction);
  // Where one voxel is left of an axis, it may not have been binned; crops of one slice are such.
  const [x, y, z] = spacing.values.map((edge, axis) => (size[axis] === 1 ? edge : edge / factor));
  return { ...spacing, values: [x as number, y as number, z as number] };
}

/** The steps of an opening as a methods text takes them, with what was found in them. */
export async function openingMethods(opening: Opening | undefined): Promise<{
  readonly steps: readonly LoadedStep[];
  readonly results: readonly MethodsResult[];
}> {
  const reduction = opening?.reduction ?? null;
  if (reduction === null) return { steps: [], results: [] };
  const steps: LoadedStep[] = [];
  const results: MethodsResult[] = [];
  for (const { operation: id, params } of openingSteps(reduction)) {
    const operation = await loadOperation(id);
    const stepId = `opened-${id}`;
    const step = { id: stepId, operation: id, version: operation.version, params, enabled: true };
    steps.push({
      step,
      operation,
      params: parseParameters(operation.parameters, params, operation.title),
    });
    results.push({ stepId, tables: foundTables({ operation: id, params }), gpu: null });
  }
  return { steps, results };
}

/** The range of a conversion stands in its parameters once it was found. */
function foundTables({ operation, params }: OpeningStep): MethodsResult['tables'] {
  const { from, to } = params;
  if (operation !== 'convert-type' || typeof from !== 'number' || typeof to !== 'number') return [];
  return [{ id: 'range', title: '', columns: [], rows: [{ from, to }], notes: [] }];
}
