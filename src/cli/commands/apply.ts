/** `tauscope apply`: one operation on one volume. */
import { basename, dirname } from 'node:path';
import { flagHelp } from '../../declaration/flags.ts';
import { formatCitation } from '../../engine/methods.ts';
import { UserError } from '../../errors/errors.ts';
import { writeVolume } from '../../io/registry.ts';
import { loadAllOperations, loadOperation, OPERATION_IDS } from '../../operations/registry.ts';
import { addStep } from '../../recipe/edit.ts';
import { emptyRecipe } from '../../recipe/recipe.ts';
import {
  type WritableFormatId,
  WRITTEN_EXTENSIONS,
  writtenFormatOf,
} from '../../volume/written-formats.ts';
import { COMMANDS } from '../about.ts';
import {
  formatHelp,
  INPUT_OPTIONS,
  JSON_OPTION,
  type OwnOption,
  parseArguments,
  QUIET_OPTION,
} from '../arguments.ts';
import type { Command } from '../command.ts';
import { inputChoices, openInput } from '../input.ts';
import { assertWritable, writeFiles } from '../outputs.ts';
import { runRecipe } from '../run-recipe.ts';
import { nearest } from '../suggestion.ts';
import { formatTable, wrap } from '../terminal.ts';

const OUTPUT: OwnOption = {
  name: 'output',
  short: 'o',
  type: 'string',
  flag: '-o, --output <file>',
  text: `File for the volume the operation makes, ${WRITTEN_EXTENSIONS.join(', ')}; one of the same name is replaced.`,
};
const OPTIONS = [OUTPUT, JSON_OPTION, ...INPUT_OPTIONS, QUIET_OPTION];

function formatOf(path: string): WritableFormatId {
  const format = writtenFormatOf(path);
  if (format === null) {
    throw new UserError(
      'usage',
      `-o is "${path}": volumes are written as ${WRITTEN_EXTENSIONS.join(', ')}.`,
    );
  }
  return format;
}

function knownOperation(id: string): string {
  if ((OPERATION_IDS as readonly string[]).includes(id)) return id;
  const meant = nearest(id, OPERATION_IDS);
  throw new UserError(
    'usage',
    `There is no operation "${id}"; ${meant === null ? `the operations are ${OPERATION_IDS.join(', ')}.` : `did you mean ${meant}?`}`,
  );
}

/** The help of one operation, all of it from its declaration. */
async function operationHelp(id: string, width: number): Promise<string> {
  const operation = await loadOperation(knownOperation(id));
  const { title, summary, equation, details, citations, parameters, output } = operation;
  return formatHelp({
    about: {
      usage: `apply ${id} <input> …${output === 'none' ? '' : ' -o <file>'}`,
      summary: `${title}. ${summary}`,
      examples: [],
    },
    width,
    sections: [
      { title: 'Parameters', flags: flagHelp(parameters) },
      { title: 'Options', flags: output === 'none' ? OPTIONS.slice(1) : OPTIONS },
    ],
    closing: [
      equation === '' ? '' : `Equation:\n${wrap(equation, width, '  ')}`,
      details,
      ...citations.map((citation) => `${wrap(formatCitation(citation), width, '  ')}\n`.trimEnd()),
    ],
  });
}

async function overview(width: number): Promise<string> {
  const operations = await loadAllOperations();
  const lines = operations.map(({ id, summary }) => `  ${id}\n${wrap(summary, width, '      ')}`);
  return formatHelp({
    about: COMMANDS.apply,
    width,
    sections: [{ title: 'Options', flags: OPTIONS }],
    closing: [
      `Operations:\n${lines.join('\n')}`,
      'tauscope apply <operation> --help tells its parameters, equation and sources.',
    ],
  });
}

/** There is only one step, and the user did not name it. */
function withoutStep(error: unknown): unknown {
  if (!(error instanceof UserError)) return error;
  const message = error.message.replace(/ \(step [a-z0-9-]+\)/, '');
  return new UserError(error.code, message, error.details, error);
}

export const apply: Command = {
  help: (topic, width) => (topic === null ? overview(width) : operationHelp(topic, width)),
  async run(args, surroundings) {
    const { signal, print, remark, style } = surroundings;
    const [id, ...rest] = args;
    if (id === undefined || id.startsWith('-')) {
      throw new UserError('usage', `apply needs an operation first: ${OPERATION_IDS.join(', ')}.`);
    }
    const operation = await loadOperation(knownOperation(id));
    const { positionals, params, options } = parseArguments(rest, OPTIONS, operation.parameters);
    const choices = inputChoices(options);
    const path = typeof options['output'] === 'string' ? options['output'] : null;
    if (operation.output === 'none' && path !== null) {
      throw new UserError('usage', `${id} makes no volume: leave -o out.`);
    }
    if (operation.output !== 'none' && path === null) {
      throw new UserError('usage', `${id} makes a volume and needs a file for it: -o <file.tif>.`);
    }
    const format = path === null ? null : formatOf(path);
    if (path !== null) await assertWritable(dirname(path), [basename(path)], positionals);
    const { volume } = await openInput(positionals, choices, surroundings);
    const engine = await surroundings.createEngine();
    const recipe = addStep(emptyRecipe(), { operation: id, version: operation.version, params });
    const { outcomes } = await runRecipe(engine, recipe, volume, surroundings).catch(
      (error: unknown) => {
        throw withoutStep(error);
      },
    );
    const made = outcomes.at(-1);
    const written =
      made?.madeVolume === true && path !== null && format !== null
        ? await writeFiles(
            dirname(path),
            [{ name: basename(path), content: await writeVolume(made.current.volume, format) }],
            signal,
          )
        : [];
    const tables = outcomes.flatMap((outcome) => outcome.tables);
    if (options['json'] === true) print(`${JSON.stringify(tables, null, 2)}\n`);
    else print(tables.map((table) => formatTable(table, style)).join('\n'));
    for (const note of outcomes.flatMap((outcome) => outcome.notes)) remark(note);
    if (written.length > 0) remark(`wrote ${path}`);
  },
};
