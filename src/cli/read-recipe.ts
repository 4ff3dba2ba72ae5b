/** The recipe that a command is given, checked as far as it can be before an input is read. */
import { loadSteps } from '../engine/engine.ts';
import { UserError } from '../errors/errors.ts';
import { isOperationId, OPERATION_IDS } from '../operations/registry.ts';
import { parseRecipeText, type Recipe } from '../recipe/recipe.ts';
import { readText } from './files.ts';
import { nearest } from './suggestion.ts';

/** The recipe with its operations, versions and parameters checked; remarks on older versions. */
export async function readRecipe(path: string, remark: (text: string) => void): Promise<Recipe> {
  const text = await readText(path);
  if (text === null) {
    throw new UserError(
      'recipe/malformed',
      `${path} is not a recipe: it is no JSON text; name the recipe first, then the input.`,
      { file: path },
    );
  }
  let recipe: Recipe;
  try {
    recipe = parseRecipeText(text, path);
  } catch (error) {
    throw aboutFile(error, path);
  }
  const enabled = recipe.steps.filter((step) => step.enabled);
  if (enabled.length === 0) {
    throw new UserError(
      'recipe/malformed',
      `${path} has no enabled step: there is nothing to run.`,
    );
  }
  for (const { id, operation } of enabled) {
    if (isOperationId(operation)) continue;
    const meant = nearest(operation, OPERATION_IDS);
    throw new UserError(
      'recipe/unknown-operation',
      `${path}, step ${id}: There is no operation "${operation}"; ${meant === null ? `the operations are ${OPERATION_IDS.join(', ')}.` : `did you mean ${meant}?`}`,
      { step: id, operation },
    );
  }
  const loaded = await loadSteps(recipe).catch((error: unknown) => {
    throw aboutFile(error, path);
  });
  for (const { step, operation } of loaded) {
    if (step.version === operation.version) continue;
    remark(
      `step ${step.id} was written for version ${step.version} of ${operation.title}; this is version ${operation.version}, whose numbers may differ`,
    );
  }
  return recipe;
}

/** Names the recipe's file, and the step where the sentence does not. */
export function aboutFile(error: unknown, path: string): unknown {
  if (!(error instanceof UserError)) return error;
  const { message, code, details } = error;
  const step = typeof details['step'] === 'string' ? details['step'] : null;
  const where = step === null || message.includes(`tep ${step}`) ? path : `${path}, step ${step}`;
  const whole = message.startsWith(path) ? message : `${where}: ${message}`;
  return new UserError(code, whole, details, error);
}
