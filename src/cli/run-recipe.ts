/** Runs a recipe and shows its progress; shared by `run`, `analyze` and `apply`. */
import type { Engine, IdentifiedVolume, StepOutcome } from '../engine/engine.ts';
import { cancelled, UserError } from '../errors/errors.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { Volume } from '../volume/volume.ts';
import type { Surroundings } from './command.ts';
import { checkPlanFits, machineMemory } from './memory.ts';

/** Adds the option that makes the input what the step needs. */
export function withOption(error: unknown): unknown {
  if (!(error instanceof UserError)) return error;
  const option =
    error.code === 'volume/not-grey'
      ? '--as-grey'
      : error.code === 'volume/not-labels'
        ? '--as-labels'
        : null;
  if (option === null || !/open the file as/.test(error.message)) return error;
  const message = error.message.replace(/\.$/, ` with ${option}.`);
  return new UserError(error.code, message, error.details, error);
}

export async function runRecipe(
  engine: Engine,
  recipe: Recipe,
  volume: Volume,
  { signal, progress, remark }: Surroundings,
): Promise<{ readonly input: IdentifiedVolume; readonly outcomes: readonly StepOutcome[] }> {
  const planned = await engine.plan(recipe, volume).catch((error: unknown) => {
    throw withOption(error);
  });
  const warning = checkPlanFits(planned, volume, machineMemory());
  if (warning !== null) remark(warning);
  const input = await engine.identify(volume);
  if (signal.aborted) throw cancelled();
  const outcomes = await engine.run(recipe, input, {
    signal,
    onEvent: (event) => {
      if (event.kind === 'progress') progress(event.stepId, event.overall);
    },
  });
  return { input, outcomes };
}
