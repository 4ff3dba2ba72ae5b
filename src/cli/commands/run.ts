/** `tauscope run`: a recipe on an input, results into a folder. */
import type { Engine, IdentifiedVolume, StepOutcome } from '../../engine/engine.ts';
import { methodsAsText, methodsText } from '../../engine/methods.ts';
import { loadSteps } from '../../engine/engine.ts';
import { resultsCsv, resultsDocument, resultsText } from '../../engine/results.ts';
import { UserError } from '../../errors/errors.ts';
import { writeVolume } from '../../io/registry.ts';
import { parseRecipeText, type Recipe } from '../../recipe/recipe.ts';
import {
  formatHelp,
  JSON_OPTION,
  LABELS_OPTION,
  OUTPUT_OPTION,
  parseArguments,
  VOXEL_OPTION,
} from '../arguments.ts';
import type { Command, Surroundings } from '../command.ts';
import { readText, writeFiles } from '../files.ts';
import { openInput } from '../input.ts';
import { provenanceText } from '../provenance.ts';
import { formatTable } from '../terminal.ts';

const OPTIONS = [OUTPUT_OPTION, JSON_OPTION, LABELS_OPTION, VOXEL_OPTION];
const USAGE = 'run <recipe.json> <input> … -o <folder>';
const SUMMARY =
  'Runs a recipe on a volume and writes results.json, results.csv, methods.txt, provenance.json and the last label volume (labels.tif) or grey volume (image.tif).';

/** Runs a recipe and shows its progress; shared by `run`, `analyze` and `apply`. */
export async function runRecipe(
  engine: Engine,
  recipe: Recipe,
  input: IdentifiedVolume,
  { signal, progress }: Surroundings,
): Promise<readonly StepOutcome[]> {
  return engine.run(recipe, input, {
    signal,
    onEvent: (event) => {
      if (event.kind === 'progress') progress(event.stepId, event.overall);
    },
  });
}

export const run: Command = {
  name: 'run',
  usage: USAGE,
  summary: SUMMARY,
  help: () => Promise.resolve(formatHelp(USAGE, SUMMARY, [{ title: 'Options', flags: OPTIONS }])),
  async run(args, surroundings) {
    const { positionals, options } = parseArguments(args, OPTIONS);
    const [recipePath, ...inputs] = positionals;
    const folder = options['output'];
    if (recipePath === undefined || inputs.length === 0) {
      throw new UserError('usage', 'run needs a recipe and an input; see tauscope run --help.');
    }
    if (typeof folder !== 'string') {
      throw new UserError('usage', 'run needs a folder for its results: -o <folder>.');
    }
    const recipe = parseRecipeText(await readText(recipePath), recipePath);
    // A recipe's mistakes are told before a large input is read.
    await loadSteps(recipe);
    const engine = surroundings.createEngine();
    const { volume } = await openInput(inputs, options, surroundings);
    const input = await engine.identify(volume);
    const startedAt = new Date();
    const outcomes = await runRecipe(engine, recipe, input, surroundings);
    const results = resultsText(resultsDocument(recipe, input, outcomes));
    const last = outcomes.findLast((outcome) => outcome.madeVolume)?.current.volume;
    const written = await writeFiles(folder, [
      { name: 'results.json', content: results },
      { name: 'results.csv', content: resultsCsv(outcomes) },
      { name: 'methods.txt', content: methodsAsText(methodsText(await loadSteps(recipe))) },
      {
        name: 'provenance.json',
        content: await provenanceText({ recipe, input, outcomes, startedAt, engine, inputs }),
      },
      ...(last === undefined
        ? []
        : [
            {
              name: last.kind === 'labels' ? 'labels.tif' : 'image.tif',
              content: await writeVolume(last, 'tiff'),
            },
          ]),
    ]);
    if (options['json'] === true) {
      surroundings.print(results);
    } else {
      for (const table of outcomes.flatMap((outcome) => outcome.tables)) {
        surroundings.print(`${formatTable(table)}\n`);
      }
    }
    surroundings.remark(`wrote ${written.join(', ')}`);
  },
};
