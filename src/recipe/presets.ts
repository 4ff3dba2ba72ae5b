/** Recipes to start from. The page's presets and the command line's `analyze` are the same ones. */
import type { PhaseEntry, RawParameters } from '../declaration/parameters.ts';
import { Bug } from '../errors/errors.ts';
import { addStep } from './edit.ts';
import { emptyRecipe, type Recipe } from './recipe.ts';

export interface Preset {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly input: 'grey' | 'labels';
  readonly steps: readonly PresetStep[];
}

interface PresetStep {
  readonly operation: string;
  readonly params?: RawParameters;
}

const MEASURES: readonly PresetStep[] = [
  { operation: 'measure-volume-fraction' },
  { operation: 'measure-percolation' },
  { operation: 'measure-tortuosity-factor' },
];

/** The phases of a cathode from dark to bright; colours from the default palette. */
const CATHODE_PHASES: readonly PhaseEntry[] = [
  { label: 0, name: 'pore', colour: '#0072b2', pore: true },
  { label: 1, name: 'carbon-binder domain', colour: '#e69f00', pore: false },
  { label: 2, name: 'active material', colour: '#009e73', pore: false },
];

/** A dark pore in a bright solid. */
const POROUS_PHASES: readonly PhaseEntry[] = [
  { label: 0, name: 'pore', colour: '#0072b2', pore: true },
  { label: 1, name: 'solid', colour: '#e69f00', pore: false },
];

export const PRESETS: readonly Preset[] = [
  {
    id: 'lnmo-cathode',
    title: 'LNMO cathode as in Figure 3',
    summary:
      'Crop, denoise, sharpen, segment into pore, carbon-binder domain and active material, measure.',
    input: 'grey',
    steps: [
      { operation: 'crop-box' },
      { operation: 'denoise-nl-means' },
      { operation: 'sharpen-unsharp-mask' },
      { operation: 'segment-watershed', params: { phases: CATHODE_PHASES.length } },
      { operation: 'label-phases', params: { phases: CATHODE_PHASES } },
      ...MEASURES,
    ],
  },
  {
    id: 'two-phase-porous-medium',
    title: 'Two-phase porous medium',
    summary: 'Denoise, segment into pore and solid, measure, with the sizes of the pores.',
    input: 'grey',
    steps: [
      { operation: 'denoise-nl-means' },
      { operation: 'segment-watershed', params: { phases: POROUS_PHASES.length } },
      { operation: 'label-phases', params: { phases: POROUS_PHASES } },
      ...MEASURES,
      { operation: 'measure-local-thickness', params: { labels: [0] } },
    ],
  },
  {
    id: 'segmented-volume',
    title: 'Segmented volume',
    summary: 'Volume fractions, percolation and tortuosity factor of labels as they are.',
    input: 'labels',
    steps: MEASURES,
  },
];

/** The preset that a newly opened volume of this kind starts with. */
export function presetFor(input: Preset['input']): Preset {
  return PRESETS.find((preset) => preset.input === input) as Preset;
}

/**
 * The recipe of a preset, with the versions of the given operations. `params` adds to the preset's
 * parameters, by operation id.
 */
export function recipeFromPreset(
  preset: Preset,
  operations: readonly { readonly id: string; readonly version: number }[],
  params: Readonly<Record<string, RawParameters>> = {},
): Recipe {
  return preset.steps.reduce((recipe, step) => {
    const operation = operations.find(({ id }) => id === step.operation);
    if (operation === undefined) {
      throw new Bug('A preset names an operation that does not exist.', { id: step.operation });
    }
    return addStep(recipe, {
      operation: operation.id,
      version: operation.version,
      params: { ...step.params, ...params[operation.id] },
    });
  }, emptyRecipe(preset.title));
}
