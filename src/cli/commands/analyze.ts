/** `tauscope analyze`: the numbers of a segmented volume, without a recipe. */
import type { StepOutcome } from '../../engine/engine.ts';
import { resultsDocument, resultsText } from '../../engine/results.ts';
import { flagHelp } from '../../declaration/flags.ts';
import type { PhaseEntry, RawParameters } from '../../declaration/parameters.ts';
import { cancelled, UserError } from '../../errors/errors.ts';
import type { OpenedVolume } from '../../io/open.ts';
import { loadAllOperations, loadOperation } from '../../operations/registry.ts';
import { addStep } from '../../recipe/edit.ts';
import { presetFor, recipeFromPreset } from '../../recipe/presets.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { countLabelsBreathing, phaseColour } from '../../volume/labels.ts';
import type { Phase, Volume } from '../../volume/volume.ts';
import { COMMANDS } from '../about.ts';
import {
  formatHelp,
  JSON_OPTION,
  LABELS_OPTION,
  type OwnOption,
  parseArguments,
  QUIET_OPTION,
  VOXEL_OPTION,
} from '../arguments.ts';
import type { Command, Surroundings } from '../command.ts';
import { inputChoices, openInput } from '../input.ts';
import { runRecipe } from '../run-recipe.ts';
import { formatNumber, formatTable, oneLine } from '../terminal.ts';

const PORE_OPTION: OwnOption = {
  name: 'pore',
  type: 'string',
  flag: '--pore <label,…>',
  text: 'Labels that are pore space: their fractions add up to the porosity. No label is taken for pore because it is 0.',
};
const OPTIONS = [PORE_OPTION, JSON_OPTION, LABELS_OPTION, VOXEL_OPTION, QUIET_OPTION];

/** The operation whose parameters are this command's flags. */
const SOLVER = 'measure-tortuosity-factor';

/** How label volumes of this program say what they are. */
const KIND_TAG = 'tauscope kind';

function parseLabelList(text: string): readonly number[] {
  const labels = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (!labels.every((label) => Number.isInteger(label) && label >= 0)) {
    throw new UserError(
      'usage',
      `--pore is "${text}": it must be a list of label values with commas between.`,
    );
  }
  return [...new Set(labels)];
}

/** `analyze` expects labels, so a guess that they are needs no remark; grey values are refused. */
async function openLabels(
  paths: readonly string[],
  options: Readonly<Record<string, string | boolean>>,
  surroundings: Surroundings,
): Promise<Volume> {
  const choices = inputChoices(options);
  const opened = await openInput(paths, { ...choices, kind: 'labels' }, surroundings);
  const said = opened.metadata.tags[KIND_TAG];
  const isSegmented = said === 'labels' || (said !== 'grey' && opened.looksSegmented);
  if (choices.kind === 'labels' || isSegmented) return opened.volume;
  throw notSegmented(opened);
}

function notSegmented({ volume, survey }: OpenedVolume): UserError {
  const range = `${formatNumber(survey.minimum)} to ${formatNumber(survey.maximum)}`;
  return new UserError(
    'volume/not-labels',
    `${volume.name} holds grey values (${volume.type}, ${range}), not labels: segment it first, with tauscope run or tauscope apply segment-watershed, or say --as-labels.`,
    { volume: volume.name },
  );
}

async function assertPresent(
  volume: Volume,
  asked: Readonly<Record<string, readonly number[] | null>>,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const { labels } = await countLabelsBreathing(volume, async () => {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    if (signal.aborted) throw cancelled();
  });
  for (const [flag, wanted] of Object.entries(asked)) {
    const absent = wanted?.find((label) => !labels.includes(label));
    if (absent === undefined) continue;
    throw new UserError(
      'parameter/invalid',
      `--${flag} ${absent}: no voxel of ${volume.name} has this label; its labels are ${labels.join(', ')}.`,
      { label: absent, labels: [...labels] },
    );
  }
  return labels;
}

/** A phase that has no name yet is called by what it is. */
function poreEntry(label: number, known: readonly Phase[], count: number): PhaseEntry {
  const named = known.find((phase) => phase.label === label);
  return {
    label,
    name: named?.name ?? (count === 1 ? 'pore' : `pore ${label}`),
    colour: named?.colour ?? phaseColour(label),
    pore: true,
  };
}

async function createRecipe(solver: RawParameters, pores: readonly PhaseEntry[]): Promise<Recipe> {
  const operations = await loadAllOperations();
  const recipe = recipeFromPreset(presetFor('labels'), operations, { [SOLVER]: solver });
  if (pores.length === 0) return recipe;
  const { id, version } = await loadOperation('label-phases');
  return addStep(recipe, { operation: id, version, params: { phases: [...pores] } }, 0);
}

function describeVolume({ name, size, spacing }: Volume): string {
  const voxels = `${size.join(' × ')} voxels`;
  return spacing === null
    ? `${oneLine(name)}: ${voxels}, voxel size unknown`
    : `${oneLine(name)}: ${voxels} of ${spacing.values.join(' × ')} ${spacing.unit}`;
}

function hasPorosity(outcomes: readonly StepOutcome[]): boolean {
  return outcomes
    .flatMap((outcome) => outcome.tables)
    .some(({ id, rows }) => id === 'porosity' && rows.some((row) => row['porosity'] !== null));
}

export const analyze: Command = {
  async help(_topic, width) {
    const { parameters } = await loadOperation(SOLVER);
    return formatHelp({
      about: COMMANDS.analyze,
      width,
      sections: [
        { title: 'Tortuosity factor', flags: flagHelp(parameters) },
        { title: 'Options', flags: OPTIONS },
      ],
    });
  },
  async run(args, surroundings) {
    const { parameters } = await loadOperation(SOLVER);
    const { positionals, params, options } = parseArguments(args, OPTIONS, parameters);
    const { print, remark, style, signal } = surroundings;
    const pore = options['pore'];
    const pores = typeof pore === 'string' ? parseLabelList(pore) : [];
    const volume = await openLabels(positionals, options, surroundings);
    const phase = (params['phase'] ?? null) as readonly number[] | null;
    const labels = await assertPresent(volume, { phase, pore: pores }, signal);
    const recipe = await createRecipe(
      params,
      pores.map((label) => poreEntry(label, volume.phases, pores.length)),
    );
    const engine = await surroundings.createEngine();
    const { input, outcomes } = await runRecipe(engine, recipe, volume, surroundings);
    if (options['json'] === true) {
      print(resultsText(resultsDocument(recipe, input, outcomes)));
    } else {
      print(`${describeVolume(volume)}\n\n`);
      const tables = outcomes.flatMap((outcome) => outcome.tables);
      print(tables.map((table) => formatTable(table, style)).join('\n'));
    }
    if (!hasPorosity(outcomes)) {
      remark(`no phase is marked as pore: --pore <label> marks one (labels ${labels.join(', ')})`);
    }
  },
};
