/** Recipes to start from. The page's presets and the command line's `analyze` are the same ones. */
import type { RawParameters } from '../declaration/parameters.ts';
import { addStep, type NewStep } from './edit.ts';
import { emptyRecipe, type Recipe } from './recipe.ts';

export interface Preset {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly input: 'grey' | 'labels';
  readonly steps: readonly Omit<NewStep, 'version'>[];
}

const MEASURES: Preset['steps'] = [
  { operation: 'measure-volume-fraction' },
  { operation: 'measure-percolation' },
  { operation: 'measure-tortuosity-factor' },
];

export const PRESETS: readonly Preset[] = [
  {
    id: 'three-phase-cathode',
    title: 'Three-phase cathode',
    summary:
      'From raw grey values to three phases and their numbers: crop, non-local means, unsharp mask, marker watershed, fractions, percolation and tortuosity factor.',
    input: 'grey',
    steps: [
      { operation: 'crop-box' },
      { operation: 'denoise-nl-means' },
      { operation: 'sharpen-unsharp-mask' },
      { operation: 'segment-watershed' },
      { operation: 'label-phases' },
      ...MEASURES,
    ],
  },
  {
    id: 'segmented-volume',
    title: 'Segmented volume',
    summary: 'Fractions, percolation and tortuosity factor of a volume that is already labels.',
    input: 'labels',
    steps: MEASURES,
  },
];

export function presetFor(input: 'grey' | 'labels'): Preset {
  return PRESETS.find((preset) => preset.input === input) as Preset;
}

/** The recipe of a preset. `params` replaces parameters by operation id. */
export function recipeFromPreset(
  preset: Preset,
  versionOf: (operation: string) => number,
  params: Readonly<Record<string, RawParameters>> = {},
): Recipe {
  return preset.steps.reduce(
    (recipe, step) =>
      addStep(recipe, {
        operation: step.operation,
        version: versionOf(step.operation),
        params: { ...step.params, ...params[step.operation] },
      }),
    emptyRecipe(preset.title),
  );
}
