/** What the undo list says of a changed parameter. */
import { formatParameter } from '../../../declaration/parameter-text.ts';
import { fieldDefault, type ParameterField } from '../../../declaration/parameters.ts';
import type { Recipe } from '../../../recipe/recipe.ts';
import type { OperationDescriptor } from '../../stores/recipe-status.ts';

/** The parameter as it stands in a recipe; undefined where it is left at its default. */
export function valueIn(recipe: Recipe, stepId: string, name: string): unknown {
  return recipe.steps.find(({ id }) => id === stepId)?.params[name];
}

/** Kinds whose values are too long for a line. */
const LONG: ReadonlySet<ParameterField['kind']> = new Set(['box', 'intervals', 'phases', 'edits']);

/** "Standard deviation of Gaussian smoothing 2 → 3 voxels". */
export function changeLabel(
  operation: Pick<OperationDescriptor, 'title'>,
  field: ParameterField,
  before: unknown,
  after: unknown,
): string {
  const what = `${field.title} of ${operation.title}`;
  if (LONG.has(field.kind)) return `Change ${what}`;
  const unit = 'unit' in field && field.unit !== '' ? ` ${field.unit}` : '';
  const from = formatParameter(field, before ?? fieldDefault(field));
  const to = formatParameter(field, after);
  const hasUnit = unit !== '' && from.endsWith(unit) && to.endsWith(unit);
  return `${what} ${hasUnit ? from.slice(0, -unit.length) : from} → ${to}`;
}
