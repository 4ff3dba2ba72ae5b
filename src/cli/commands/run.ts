/** `tauscope run`: a recipe on an input, results into a folder. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { acrossTable, type MeasuredVolume, quantitiesAcross } from '../../declaration/across.ts';
import { tableCsv, tableJson } from '../../declaration/table-text.ts';
import { type Engine, loadSteps, type StepOutcome } from '../../engine/engine.ts';
import { isCancelled, UserError } from '../../errors/errors.ts';
import { groupSources } from '../../io/group.ts';
import type { ByteSink } from '../../io/byte-sink.ts';
import { writeStreamed } from '../../io/registry.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { COMMANDS } from '../about.ts';
import {
  formatHelp,
  INPUT_OPTIONS,
  JSON_OPTION,
  OUTPUT_OPTION,
  type OwnOption,
  type ParsedArguments,
  parseArguments,
  QUIET_OPTION,
} from '../arguments.ts';
import type { Command, Surroundings } from '../command.ts';
import { openSources } from '../files.ts';
import { describeInput, type InputChoices, inputChoices, openInput } from '../input.ts';
import { assertWritable, type OutputFile, writeFiles } from '../outputs.ts';
import { machineMemory } from '../memory.ts';
import { type ProvenanceFacts, provenanceText } from '../provenance.ts';
import { aboutFile, readRecipe } from '../read-recipe.ts';
import { type ResultFacts, resultFiles } from '../result-files.ts';
import { runOnBricks, whyBricks } from '../run-bricks.ts';
import { runRecipe } from '../run-recipe.ts';
import { isReducing } from '../../volume/reduction.ts';
import { inMemory, streamed, type VolumeDescription } from '../../volume/streamed.ts';
import { voxelVolume } from '../../volume/length.ts';
import { formatTable } from '../terminal.ts';

const REPORT_OPTION: OwnOption = {
  name: 'report',
  type: 'boolean',
  flag: '--report',
  text: 'Writes report.html as well: data, plots, numbers, steps and how to verify them on one page to print.',
};
const STATES_OPTION: OwnOption = {
  name: 'states',
  type: 'string',
  flag: '--states <a,b,…>',
  text: 'With several volumes: a number for each, as a state of charge, for the table across them.',
};
const STATE_LABEL_OPTION: OwnOption = {
  name: 'state-label',
  type: 'string',
  flag: '--state-label <text>',
  text: 'What these numbers are, with their unit: "State of charge (%)".',
};
const BRICKS_OPTION: OwnOption = {
  name: 'bricks',
  type: 'string',
  optional: true,
  flag: '--bricks[=<folder>]',
  text: 'Keeps volumes on disk meanwhile, in the folder or where the system has temporary files, and computes part by part: the same results in little memory. It goes by itself where a volume does not fit in memory.',
};
const OPTIONS = [
  OUTPUT_OPTION,
  BRICKS_OPTION,
  REPORT_OPTION,
  JSON_OPTION,
  ...INPUT_OPTIONS,
  STATES_OPTION,
  STATE_LABEL_OPTION,
  QUIET_OPTION,
];
const ACROSS_NAMES = ['across.csv', 'across.json'];
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

export const run: Command = {
  help: (_topic, width) =>
    Promise.resolve(
      formatHelp({
        about: COMMANDS.run,
        width,
        sections: [{ title: 'Options', flags: OPTIONS }],
        closing: [
          'A recipe is the JSON that the workbench saves: the steps with their parameters. results.json holds the numbers with everything needed to check them and is the same text for the same input and recipe, on any machine and with any number of threads; provenance.json says when, where and from which files.',
          'Several stacks, volume files or folders are several volumes: each gets a folder of its own under the output, and across.csv and across.json hold all their numbers with their changes against the first one. One that fails is told and the others go on; the exit code is 1 then.',
        ],
      }),
    ),
  async run(args, surroundings) {
    const { remark } = surroundings;
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
    const groups = await groupInputs(inputs);
    const states = statesOf(options, groups.length);
    const writesReport = options['report'] === true;
    const bricks = typeof options['bricks'] === 'string' ? options['bricks'] : null;
    if (bricks !== null && isReducing(choices.reduction)) {
      throw new UserError(
        'usage',
        '--bricks keeps the whole volume: leave --crop, --bin and --convert out, or crop in the recipe.',
      );
    }
    const job = { recipe, recipePath, choices, folder, bricks, writesReport };
    if (groups.length === 1) {
      await assertWritable(folder, NAMES, [recipePath, ...inputs]);
      const engine = await surroundings.createEngine();
      const { results, outcomes } = await runOn({ ...job, engine, inputs }, surroundings);
      printResults(results, outcomes, options, surroundings);
      return;
    }
    await runOnEach({ ...job, groups, states }, options, surroundings);
  },
};

interface Job {
  readonly engine: Engine;
  readonly recipe: Recipe;
  readonly recipePath: string;
  readonly choices: InputChoices;
  readonly folder: string;
  readonly writesReport: boolean;
  /** Folder for bricks, '' for the system's temporary one; null where they are used only if needed. */
  readonly bricks: string | null;
  /** The files of one volume. */
  readonly inputs: readonly string[];
}

interface Finished {
  readonly volume: VolumeDescription;
  readonly outcomes: readonly StepOutcome<VolumeDescription>[];
  readonly results: string;
}

/** Bytes of slices that are read at a time where a volume is written. */
const WRITTEN_AT_ONCE = 64 * 2 ** 20;

/** Runs the recipe on one volume and writes its results. */
async function runOn(job: Job, surroundings: Surroundings): Promise<Finished> {
  const { engine, recipe, recipePath, choices, inputs } = job;
  const { signal, remark } = surroundings;
  const startedAt = new Date();
  const toFile = (error: unknown): never => {
    throw aboutFile(error, recipePath);
  };
  let bricks = job.bricks;
  if (bricks === null && !isReducing(choices.reduction)) {
    const { metadata } = await describeInput(inputs, choices, signal);
    const reason = await whyBricks(recipe, metadata, choices.kind, machineMemory());
    if (reason !== null) {
      remark(reason);
      bricks = '';
    }
  }
  if (bricks !== null) {
    const folder = bricks === '' ? null : bricks;
    const onBricks = { engine, recipe, inputs, choices, folder };
    return runOnBricks(onBricks, surroundings, ({ input, metadata, outcomes }) => {
      const last = outcomes.findLastIndex(({ madeVolume }) => madeVolume);
      return finish(job, surroundings, {
        input,
        metadata,
        opening: { raw: choices.read.raw ?? null, reduction: null },
        outcomes,
        startedAt,
        madeBy(i) {
          const outcome = outcomes[i];
          // The volumes before the last one are not kept.
          if (outcome === undefined || i !== last) return null;
          return streamed(outcome.current.volume, WRITTEN_AT_ONCE, { discards: true });
        },
      });
    }).catch(toFile);
  }
  const { volume, metadata, opening } = await openInput(inputs, choices, surroundings);
  const { input, outcomes } = await runRecipe(engine, recipe, volume, surroundings).catch(toFile);
  return finish(job, surroundings, {
    input,
    metadata,
    opening,
    outcomes,
    startedAt,
    madeBy(i) {
      const outcome = outcomes[i];
      return outcome?.madeVolume === true ? inMemory(outcome.current.volume) : null;
    },
  });
}

interface Ran
  extends Pick<ProvenanceFacts, 'input' | 'outcomes' | 'madeBy' | 'startedAt'>,
    Pick<ResultFacts, 'metadata' | 'opening'> {}

/** Writes what a run gave. */
async function finish(
  { engine, recipe, recipePath, choices, folder, inputs, writesReport }: Job,
  { signal, remark }: Surroundings,
  ran: Ran,
): Promise<Finished> {
  const { input, outcomes, madeBy } = ran;
  const { results, files } = await resultFiles({
    ...ran,
    recipe,
    inputs,
    isSpacingStated: choices.spacing !== null,
    withReport: writesReport,
  });
  const outputs: OutputFile[] = [...files];
  const last = madeBy(outcomes.findLastIndex(({ madeVolume }) => madeVolume));
  if (last !== null) {
    const content = (sink: ByteSink): Promise<void> => writeStreamed(last, 'tiff', sink);
    outputs.push({ name: VOLUME_NAMES[last.kind], content });
  }
  const provenance = await provenanceText({
    ...ran,
    recipe,
    engine,
    inputs: [recipePath, ...inputs],
    outputs,
    signal,
  });
  outputs.push({ name: 'provenance.json', content: provenance });
  const written = await writeFiles(folder, outputs, signal);
  for (const name of Object.values(VOLUME_NAMES)) {
    const path = join(folder, name);
    if (!written.includes(path) && existsSync(path)) {
      remark(`${path} was there before and does not belong to these results`);
    }
  }
  remark(`wrote ${written.join(', ')}`);
  return { volume: input.volume, outcomes, results };
}

function printResults(
  results: string,
  outcomes: Finished['outcomes'],
  options: ParsedArguments['options'],
  { print, style }: Surroundings,
): void {
  if (options['json'] === true) {
    print(results);
    return;
  }
  for (const table of outcomes.flatMap((outcome) => outcome.tables)) {
    print(`${formatTable(table, style)}\n`);
  }
}

/** A folder of results for each volume, named after its file, and the tables across all. */
async function runOnEach(
  job: Omit<Job, 'engine' | 'inputs'> & {
    readonly groups: readonly (readonly string[])[];
    readonly states: readonly number[] | null;
  },
  options: ParsedArguments['options'],
  surroundings: Surroundings,
): Promise<void> {
  const { recipe, recipePath, folder, groups, states } = job;
  const { signal, remark, print, style } = surroundings;
  const folders = foldersFor(groups).map((name) => join(folder, name));
  const all = groups.flat();
  await assertWritable(folder, ACROSS_NAMES, [recipePath, ...all]);
  for (const each of folders) await assertWritable(each, NAMES, [recipePath, ...all]);
  const engine = await surroundings.createEngine();
  const titles = new Map(
    (await loadSteps(recipe)).map(({ step, operation }) => [step.id, operation]),
  );
  const volumes: MeasuredVolume[] = [];
  const failed: UserError[] = [];
  for (const [i, inputs] of groups.entries()) {
    try {
      const { volume, outcomes } = await runOn(
        { ...job, engine, folder: folders[i] as string, inputs },
        surroundings,
      );
      volumes.push({
        name: volume.name,
        value: states?.[i] ?? null,
        voxelVolume: voxelVolume(volume.spacing),
        tables: outcomes.flatMap(({ stepId, tables }) =>
          tables.map((table) => ({
            stepId,
            stepTitle: titles.get(stepId)?.title ?? stepId,
            isMeasure: titles.get(stepId)?.family === 'measure',
            table,
          })),
        ),
      });
    } catch (error) {
      if (!(error instanceof UserError) || isCancelled(error)) throw error;
      failed.push(error);
      remark(`${inputs.join(', ')} failed, the others go on: ${error.message}`);
    }
    engine.trim();
  }
  const label = options['state-label'];
  const across = acrossTable(
    volumes,
    quantitiesAcross(volumes),
    typeof label === 'string' ? label : '',
  );
  const outputs = [
    { name: 'across.csv', content: tableCsv(across) },
    { name: 'across.json', content: tableJson(across) },
  ];
  remark(`wrote ${(await writeFiles(folder, outputs, signal)).join(', ')}`);
  if (options['json'] === true) print(tableJson(across));
  else print(`${formatTable(across, style)}\n`);
  const [first] = failed;
  if (first !== undefined) {
    throw new UserError(
      first.code,
      `${failed.length} of ${groups.length} volumes failed; the first: ${first.message}`,
      first.details,
      first,
    );
  }
}

/** The inputs of each volume: a folder is one, and so is each stack; single slices are one together. */
async function groupInputs(inputs: readonly string[]): Promise<readonly (readonly string[])[]> {
  if (inputs.length === 1) return [inputs];
  const sources = await Promise.all(inputs.map((path) => openSources([path])));
  const isFolder = sources.map((files) => files[0]?.path !== '');
  const files = inputs.flatMap((path, i) => {
    const source = sources[i]?.[0];
    return isFolder[i] === true || source === undefined ? [] : [{ path, source }];
  });
  const groups = await groupSources(files.map(({ source }) => source));
  const ofFiles =
    files.length === 0
      ? []
      : groups.map((group) => group.map((i) => (files[i] as (typeof files)[number]).path));
  const ofFolders = inputs.filter((_, i) => isFolder[i] === true).map((path) => [path]);
  return [...ofFiles, ...ofFolders].toSorted(
    ([a = ''], [b = '']) => inputs.indexOf(a) - inputs.indexOf(b),
  );
}

/** A folder name for each volume: that of its first file, with a number where it is taken. */
function foldersFor(groups: readonly (readonly string[])[]): readonly string[] {
  const names: string[] = [];
  for (const [first = ''] of groups) {
    const stem = basename(first).replace(/(\.nii)?\.[^.]+$/, '') || 'volume';
    let name = stem;
    for (let number = 2; names.includes(name); number++) name = `${stem}-${number}`;
    names.push(name);
  }
  return names;
}

function statesOf(options: ParsedArguments['options'], count: number): readonly number[] | null {
  const text = options['states'];
  if (typeof text !== 'string') return null;
  const states = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (states.length === count && states.every(Number.isFinite)) return states;
  throw new UserError(
    'usage',
    `--states is "${text}": it must be one number for each of the ${count} volumes, as in 0,50,100.`,
  );
}
