/** `tauscope analyze`: the numbers of a segmented volume, without a recipe. */
import { loadAllOperations, loadOperation } from '../../operations/registry.ts';
import { presetFor, recipeFromPreset } from '../../recipe/presets.ts';
import { resultsDocument, resultsText } from '../../engine/results.ts';
import { UserError } from '../../errors/errors.ts';
import { formatHelp, JSON_OPTION, parseArguments, VOXEL_OPTION } from '../arguments.ts';
import type { Command } from '../command.ts';
import { flagHelp } from '../../declaration/flags.ts';
import { openInput } from '../input.ts';
import { formatTable } from '../terminal.ts';
import { runRecipe } from './run.ts';

const OPTIONS = [JSON_OPTION, VOXEL_OPTION];
const USAGE = 'analyze <input> … [--phase <label,…>]';
const SUMMARY =
  'Measures a segmented volume: volume fractions, porosity, percolation and the tortuosity factor with D_eff/D0 in x, y and z. An input that is already labels needs no recipe.';

/** The operation whose parameters are this command's flags. */
const SOLVER = 'measure-tortuosity-factor';

export const analyze: Command = {
  name: 'analyze',
  usage: USAGE,
  summary: SUMMARY,
  async help() {
    const { parameters } = await loadOperation(SOLVER);
    return formatHelp(USAGE, SUMMARY, [
      { title: 'Tortuosity factor', flags: flagHelp(parameters) },
      { title: 'Options', flags: OPTIONS },
    ]);
  },
  async run(args, surroundings) {
    const { parameters } = await loadOperation(SOLVER);
    const { positionals, params, options } = parseArguments(args, OPTIONS, parameters);
    const engine = surroundings.createEngine();
    const opened = await openInput(positionals, { ...options, 'as-labels': true }, surroundings);
    const input = await engine.identify(opened.volume);
    const recipe = recipeFromPreset(presetFor('labels'), await loadAllOperations(), {
      [SOLVER]: params,
    });
    const outcomes = await runRecipe(engine, recipe, input, surroundings).catch(
      (error: unknown) => {
        throw error instanceof UserError && error.code === 'volume/not-labels'
          ? new UserError(
              error.code,
              `${error.message} Use tauscope run with a recipe.`,
              error.details,
              error,
            )
          : error;
      },
    );
    if (options['json'] === true) {
      surroundings.print(resultsText(resultsDocument(recipe, input, outcomes)));
      return;
    }
    for (const table of outcomes.flatMap((outcome) => outcome.tables)) {
      surroundings.print(`${formatTable(table)}\n`);
    }
  },
};
