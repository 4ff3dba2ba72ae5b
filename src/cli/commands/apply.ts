/** `tauscope apply`: one operation on one volume. */
import { formatCitation } from '../../engine/methods.ts';
import { UserError } from '../../errors/errors.ts';
import { writeVolume } from '../../io/registry.ts';
import { loadOperation, OPERATION_IDS } from '../../operations/registry.ts';
import { addStep } from '../../recipe/edit.ts';
import { emptyRecipe } from '../../recipe/recipe.ts';
import {
  formatHelp,
  JSON_OPTION,
  LABELS_OPTION,
  type OwnOption,
  parseArguments,
  VOXEL_OPTION,
} from '../arguments.ts';
import type { Command } from '../command.ts';
import { writeFiles } from '../files.ts';
import { flagHelp } from '../../declaration/flags.ts';
import { openInput } from '../input.ts';
import { formatTable, wrap } from '../terminal.ts';
import { runRecipe } from './run.ts';
import { basename, dirname } from 'node:path';

const OUTPUT: OwnOption = {
  name: 'output',
  short: 'o',
  type: 'string',
  flag: '-o, --output <file.tif|file.nrrd>',
  text: 'File for the volume the operation makes.',
};
const OPTIONS = [OUTPUT, JSON_OPTION, LABELS_OPTION, VOXEL_OPTION];
const USAGE = 'apply <operation> <input> … [-o <file>]';
const SUMMARY = 'Applies one operation to a volume.';

/** The help of one operation, all of it from its declaration. */
export async function operationHelp(id: string): Promise<string> {
  const operation = await loadOperation(id);
  const { title, summary, equation, details, citations, parameters } = operation;
  const closing = [
    equation === '' ? '' : `Equation:\n  ${equation}`,
    wrap(details, 88),
    ...citations.map((citation) => wrap(formatCitation(citation), 88, '  ')),
  ];
  return formatHelp(
    `apply ${id} <input> … [-o <file>]`,
    `${title}. ${summary}`,
    [
      { title: 'Parameters', flags: flagHelp(parameters) },
      { title: 'Options', flags: OPTIONS },
    ],
    closing.filter((block) => block !== '').join('\n\n'),
  );
}

export const apply: Command = {
  name: 'apply',
  usage: USAGE,
  summary: SUMMARY,
  help: () =>
    Promise.resolve(
      formatHelp(
        USAGE,
        SUMMARY,
        [{ title: 'Options', flags: OPTIONS }],
        `Operations (tauscope apply <operation> --help):\n${OPERATION_IDS.map((id) => `  ${id}`).join('\n')}`,
      ),
    ),
  async run(args, surroundings) {
    const [id, ...rest] = args;
    if (id === undefined || id.startsWith('-')) {
      throw new UserError('usage', `apply needs an operation: ${OPERATION_IDS.join(', ')}.`);
    }
    const operation = await loadOperation(id);
    const { positionals, params, options } = parseArguments(rest, OPTIONS, operation.parameters);
    const path = options['output'];
    if (operation.output !== 'none' && typeof path !== 'string') {
      throw new UserError('usage', `${id} makes a volume and needs a file for it: -o <file.tif>.`);
    }
    const engine = surroundings.createEngine();
    const { volume } = await openInput(positionals, options, surroundings);
    const recipe = addStep(emptyRecipe(), { operation: id, version: operation.version, params });
    const outcomes = await runRecipe(engine, recipe, await engine.identify(volume), surroundings);
    const tables = outcomes.flatMap((outcome) => outcome.tables);
    if (options['json'] === true) surroundings.print(`${JSON.stringify(tables, null, 2)}\n`);
    else for (const table of tables) surroundings.print(`${formatTable(table)}\n`);
    const made = outcomes.at(-1);
    if (made?.madeVolume === true && typeof path === 'string') {
      const format = /\.nrrd$/i.test(path) ? 'nrrd' : 'tiff';
      await writeFiles(dirname(path), [
        { name: basename(path), content: await writeVolume(made.current.volume, format) },
      ]);
      surroundings.remark(`wrote ${path}`);
    }
  },
};
