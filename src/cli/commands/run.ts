/** `tauscope run`: a recipe on an input, results into a folder. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { bibtex } from '../../engine/bibtex.ts';
import { loadSteps } from '../../engine/engine.ts';
import { methodsAsText, methodsText } from '../../engine/methods.ts';
import { reportHtml } from '../../engine/report.ts';
import { resultsCsv, resultsDocument, resultsText } from '../../engine/results.ts';
import { UserError } from '../../errors/errors.ts';
import { writeVolume } from '../../io/registry.ts';
import { isOperationId, OPERATION_IDS } from '../../operations/registry.ts';
import { parseRecipeText, type Recipe } from '../../recipe/recipe.ts';
import { COMMANDS } from '../about.ts';
import {
  formatHelp,
  INPUT_OPTIONS,
  JSON_OPTION,
  OUTPUT_OPTION,
  type OwnOption,
  parseArguments,
  QUIET_OPTION,
} from '../arguments.ts';
import type { Command } from '../command.ts';
import { readText } from '../files.ts';
import { inputChoices, openInput } from '../input.ts';
import { assertWritable, type OutputFile, writeFiles } from '../outputs.ts';
import { provenanceText } from '../provenance.ts';
import { runRecipe } from '../run-recipe.ts';
import { nearest } from '../suggestion.ts';
import { formatTable } from '../terminal.ts';

const REPORT_OPTION: OwnOption = {
  name: 'report',
  type: 'boolean',
  flag: '--report',
  text: 'Writes report.html as well: data, plots, numbers, steps and how to verify them on one page to print.',
};
const OPTIONS = [OUTPUT_OPTION, REPORT_OPTION, JSON_OPTION, ...INPUT_OPTIONS, QUIET_OPTION];
const VOLUME_NAMES = { labels: 'labels.tif', grey: 'image.tif' } as const;
const NAMES = [
  'results.json',
  'results.csv',
  'methods.txt',
  'references.bib',
  'report.html',
  'provenance.json',
  ...Object.values(VOLUME_NAMES),
];

/** The recipe with its operations, versions and parameters checked; remarks on older versions. */
async function readRecipe(path: string, remark: (text: string) => void): Promise<Recipe> {
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
function aboutFile(error: unknown, path: string): unknown {
  if (!(error instanceof UserError)) return error;
  const { message, code, details } = error;
  const step = typeof details['step'] === 'string' ? details['step'] : null;
  const where = step === null || message.includes(`tep ${step}`) ? path : `${path}, step ${step}`;
  const whole = message.startsWith(path) ? message : `${where}: ${message}`;
  return new UserError(code, whole, details, error);
}

export const run: Command = {
  help: (_topic, width) =>
    Promise.resolve(
      formatHelp({
        about: COMMANDS.run,
        width,
        sections: [{ title: 'Options', flags: OPTIONS }],
        closing: [
          'A recipe is the JSON that the workbench saves: the steps with their parameters. results.json holds the numbers with everything needed to check them and is the same text for the same input and recipe, on any machine and with any number of threads; provenance.json says when, where and from which files.',
        ],
      }),
    ),
  async run(args, surroundings) {
    const { signal, remark, print, style } = surroundings;
    const { positionals, options } = parseArguments(args, OPTIONS);
    const [recipePath, ...inputs] = positionals;
    const folder = options['output'];
    if (recipePath === undefined || inputs.length === 0) {
      throw new UserError('usage', 'run needs a recipe and an input; see tauscope run --help.');
    }
    if (typeof folder !== 'string') {
      throw new UserError('usage', 'run needs a folder for its results: -o <folder>.');
    }
    const choices = inputChoices(options);
    // Mistakes in the recipe and in the output's place are told before a large input is read.
    const recipe = await readRecipe(recipePath, remark);
    await assertWritable(folder, NAMES, [recipePath, ...inputs]);
    const { volume, metadata } = await openInput(inputs, choices, surroundings);
    const engine = await surroundings.createEngine();
    const startedAt = new Date();
    const { input, outcomes } = await runRecipe(engine, recipe, volume, surroundings).catch(
      (error: unknown) => {
        throw aboutFile(error, recipePath);
      },
    );
    const results = resultsText(resultsDocument(recipe, input, outcomes));
    const last = outcomes.findLast((outcome) => outcome.madeVolume)?.current.volume;
    const steps = await loadSteps(recipe);
    const methods = methodsText(steps, outcomes);
    const outputs: OutputFile[] = [
      { name: 'results.json', content: results },
      { name: 'results.csv', content: resultsCsv(outcomes) },
      { name: 'methods.txt', content: methodsAsText(methods) },
      { name: 'references.bib', content: bibtex(methods.citations) },
    ];
    if (options['report'] === true) {
      const isSpacingStated = choices.spacing !== null;
      const spacingSource = isSpacingStated ? 'as stated by --voxel-size' : metadata.spacingSource;
      const date = startedAt.toISOString().slice(0, 10);
      const file = inputs.map((path) => basename(path)).join(' ');
      const facts = { recipe, steps, input, file, outcomes, spacingSource, isSpacingStated, date };
      outputs.push({ name: 'report.html', content: reportHtml(facts) });
    }
    if (last !== undefined) {
      outputs.push({ name: VOLUME_NAMES[last.kind], content: await writeVolume(last, 'tiff') });
    }
    const provenance = await provenanceText({
      recipe,
      input,
      outcomes,
      startedAt,
      engine,
      inputs: [recipePath, ...inputs],
      outputs,
      signal,
    });
    outputs.push({ name: 'provenance.json', content: provenance });
    const written = await writeFiles(folder, outputs, signal);
    if (options['json'] === true) {
      print(results);
    } else {
      for (const table of outcomes.flatMap((outcome) => outcome.tables)) {
        print(`${formatTable(table, style)}\n`);
      }
    }
    for (const name of Object.values(VOLUME_NAMES)) {
      const path = join(folder, name);
      if (!written.includes(path) && existsSync(path)) {
        remark(`${path} was there before and does not belong to these results`);
      }
    }
    remark(`wrote ${written.join(', ')}`);
  },
};
