/** Pure edits of a recipe. Each returns a new recipe; unknown step ids are a bug of the caller. */
import type { RawParameters } from '../declaration/parameters.ts';
import { Bug } from '../errors/errors.ts';
import type { Recipe, RecipeStep } from './recipe.ts';

function indexOfStep(recipe: Recipe, id: string): number {
  const index = recipe.steps.findIndex((step) => step.id === id);
  if (index < 0) throw new Bug('The recipe has no such step.', { step: id });
  return index;
}

function withSteps(recipe: Recipe, steps: readonly RecipeStep[]): Recipe {
  return { ...recipe, steps };
}

/** The smallest free id of the form `<operation>-<n>`: readable and the same on every machine. */
export function freeStepId(recipe: Recipe, operation: string): string {
  const taken = new Set(recipe.steps.map((step) => step.id));
  for (let n = 1; ; n++) {
    const id = `${operation}-${n}`;
    if (!taken.has(id)) return id;
  }
}

export interface NewStep {
  readonly operation: string;
  readonly version: number;
  readonly params?: RawParameters;
  readonly enabled?: boolean;
}

/** Inserts a step at `index` (default: the end). */
export function addStep(recipe: Recipe, step: NewStep, index = recipe.steps.length): Recipe {
  const added: RecipeStep = {
    id: freeStepId(recipe, step.operation),
    operation: step.operation,
    version: step.version,
    params: step.params ?? {},
    enabled: step.enabled ?? true,
  };
  return withSteps(recipe, recipe.steps.toSpliced(index, 0, added));
}

export function removeStep(recipe: Recipe, id: string): Recipe {
  return withSteps(recipe, recipe.steps.toSpliced(indexOfStep(recipe, id), 1));
}

/** Moves a step so that it stands at `index` of the result. */
export function moveStep(recipe: Recipe, id: string, index: number): Recipe {
  const from = indexOfStep(recipe, id);
  const step = recipe.steps[from] as RecipeStep;
  return withSteps(recipe, recipe.steps.toSpliced(from, 1).toSpliced(index, 0, step));
}

/** Inserts a copy of a step right after it, disabled where the step is. */
export function duplicateStep(recipe: Recipe, id: string): Recipe {
  const index = indexOfStep(recipe, id);
  return addStep(recipe, recipe.steps[index] as RecipeStep, index + 1);
}

function changeStep(recipe: Recipe, id: string, change: Partial<RecipeStep>): Recipe {
  const index = indexOfStep(recipe, id);
  return withSteps(
    recipe,
    recipe.steps.with(index, { ...(recipe.steps[index] as RecipeStep), ...change }),
  );
}

export function setStepEnabled(recipe: Recipe, id: string, enabled: boolean): Recipe {
  return changeStep(recipe, id, { enabled });
}

/** Replaces the named parameters of a step and keeps the others. */
export function setStepParams(recipe: Recipe, id: string, params: RawParameters): Recipe {
  const step = recipe.steps[indexOfStep(recipe, id)] as RecipeStep;
  return changeStep(recipe, id, { params: { ...step.params, ...params } });
}
