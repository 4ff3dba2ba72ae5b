/** Ready-made recipes: what a volume of each kind usually needs. */
import { addStep } from '../recipe/edit.ts';
import { emptyRecipe, type Recipe } from '../recipe/recipe.ts';
import type { OperationDescriptor, VolumeKind } from './stores/recipe-status.ts';

export interface Preset {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly input: VolumeKind;
  readonly operations: readonly string[];
}

const MEASURES = [
  'measure-volume-fraction',
  'measure-percolation',
  'measure-tortuosity-factor',
] as const;

export const PRESETS: readonly Preset[] = [
  {
    id: 'three-phase-cathode',
    title: 'Three-phase cathode (Figure 3)',
    summary:
      'Crop, denoise, sharpen, segment into pore, carbon-binder and active material, measure.',
    input: 'grey',
    operations: [
      'crop-box',
      'denoise-nl-means',
      'sharpen-unsharp-mask',
      'segment-watershed',
      'label-phases',
      ...MEASURES,
    ],
  },
  {
    id: 'segmented-volume',
    title: 'Segmented volume',
    summary: 'Volume fractions, percolation and tortuosity factor of labels as they are.',
    input: 'labels',
    operations: MEASURES,
  },
];

/** The preset as a recipe of the operations this program has. */
export function presetRecipe(preset: Preset, operations: readonly OperationDescriptor[]): Recipe {
  return preset.operations
    .map((id) => operations.find((operation) => operation.id === id))
    .filter((operation) => operation !== undefined)
    .reduce(
      (recipe, operation) =>
        addStep(recipe, { operation: operation.id, version: operation.version }),
      emptyRecipe(preset.title),
    );
}

export function presetFor(kind: VolumeKind): Preset {
  return PRESETS.find((preset) => preset.input === kind) as Preset;
}
