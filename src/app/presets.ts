/** Ready-made recipes: what a volume of each kind usually needs. */
import type { PhaseEntry, RawParameters } from '../declaration/parameters.ts';
import { addStep } from '../recipe/edit.ts';
import { emptyRecipe, type Recipe } from '../recipe/recipe.ts';
import type { OperationDescriptor, VolumeKind } from './stores/recipe-status.ts';

export interface Preset {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly input: VolumeKind;
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

export const PRESETS: readonly Preset[] = [
  {
    id: 'three-phase-cathode',
    title: 'Three-phase cathode (Figure 3)',
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
    id: 'segmented-volume',
    title: 'Segmented volume',
    summary: 'Volume fractions, percolation and tortuosity factor of labels as they are.',
    input: 'labels',
    steps: MEASURES,
  },
];

/** The preset as a recipe of the operations this program has. */
export function presetRecipe(preset: Preset, operations: readonly OperationDescriptor[]): Recipe {
  return preset.steps.reduce((recipe, { operation: id, params = {} }) => {
    const operation = operations.find((each) => each.id === id);
    if (operation === undefined) return recipe;
    return addStep(recipe, { operation: id, version: operation.version, params });
  }, emptyRecipe(preset.title));
}

export function presetFor(kind: VolumeKind): Preset {
  return PRESETS.find((preset) => preset.input === kind) as Preset;
}
