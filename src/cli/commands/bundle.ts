/** `tauscope bundle`: a run with its data and numbers in one archive that others can verify. */
import { basename, dirname } from 'node:path';
import { createBreathe } from '../../engine/breathe.ts';
import { claimOf } from '../../engine/claims.ts';
import { type Authorship, makeSession, sessionDataset } from '../../engine/make-session.ts';
import { UserError } from '../../errors/errors.ts';
import { blobOf } from '../../io/byte-sink.ts';
import type { ByteSource } from '../../io/format.ts';
import { BUNDLE_EXTENSION, type BundleFile, writeBundle } from '../../session/bundle.ts';
import { pathOf } from '../../session/data-check.ts';
import { LONGEST_OFFERED_LINK, sessionFragment } from '../../session/link.ts';
import { assertPublicAddress } from '../../session/web-address.ts';
import { COMMANDS } from '../about.ts';
import {
  formatHelp,
  INPUT_OPTIONS,
  type OwnOption,
  type ParsedArguments,
  parseArguments,
  QUIET_OPTION,
} from '../arguments.ts';
import type { Command } from '../command.ts';
import { inputChoices, openInput } from '../input.ts';
import { assertWritable, writeFiles } from '../outputs.ts';
import { readRecipe } from '../read-recipe.ts';
import { resultFiles } from '../result-files.ts';
import { runRecipe } from '../run-recipe.ts';

const OUTPUT: OwnOption = {
  name: 'output',
  short: 'o',
  type: 'string',
  flag: `-o, --output <file${BUNDLE_EXTENSION}>`,
  text: 'The archive; one of the same name is replaced.',
};
const TITLE: OwnOption = {
  name: 'title',
  type: 'string',
  flag: '--title <text>',
  text: 'What the session is called. Default: the title of the recipe.',
};
const AUTHOR: OwnOption = {
  name: 'author',
  type: 'string',
  flag: '--author <name[ orcid];…>',
  text: 'Who vouches for the numbers, each with an ORCID iD where there is one: "A. Researcher 0000-0002-1825-0097; B. Second".',
};
const NOTE: OwnOption = {
  name: 'note',
  type: 'string',
  flag: '--note <text>',
  text: 'What a reader should know, as plain text.',
};
const LICENCE: OwnOption = {
  name: 'licence',
  type: 'string',
  flag: '--licence <SPDX identifier>',
  text: 'Under what others may use the data, as CC-BY-4.0.',
};
const ADDRESS: OwnOption = {
  name: 'address',
  type: 'string',
  flag: '--address <https address>',
  text: 'Where the input file can be had, for readers who do not have it; with one input file only.',
};
const NO_DATA: OwnOption = {
  name: 'no-data',
  type: 'boolean',
  flag: '--no-data',
  text: 'Leaves the input out of the archive; whoever verifies it needs the same file.',
};
const OPTIONS = [
  OUTPUT,
  TITLE,
  AUTHOR,
  NOTE,
  LICENCE,
  ADDRESS,
  NO_DATA,
  ...INPUT_OPTIONS,
  QUIET_OPTION,
];
const DATASET = 'input';
const AUTHOR_PATTERN = /^(.*?)\s+(\d{4}-\d{4}-\d{4}-\d{3}[\dX])$/;

export const bundle: Command = {
  help: (_topic, width) =>
    Promise.resolve(
      formatHelp({
        about: COMMANDS.bundle,
        width,
        sections: [{ title: 'Options', flags: OPTIONS }],
        closing: [
          `The archive holds session.json (recipe, digests, numbers), the results as files, RO-Crate metadata, and the data as they are. tauscope verify and the workbench open it; any ZIP tool does too.`,
        ],
      }),
    ),
  async run(args, surroundings) {
    const { signal, remark } = surroundings;
    const { positionals, options } = parseArguments(args, OPTIONS);
    const [recipePath, ...inputs] = positionals;
    const path = options['output'];
    if (recipePath === undefined || inputs.length === 0) {
      throw new UserError(
        'usage',
        'bundle needs a recipe and an input; see tauscope bundle --help.',
      );
    }
    if (typeof path !== 'string' || !path.endsWith(BUNDLE_EXTENSION)) {
      throw new UserError('usage', `bundle needs a file to write: -o <name>${BUNDLE_EXTENSION}.`);
    }
    const choices = inputChoices(options);
    const recipe = await readRecipe(recipePath, remark);
    const authorship = authorshipOf(options, recipe.title);
    await assertWritable(dirname(path), [basename(path)], positionals);
    const engine = await surroundings.createEngine();
    const { volume, metadata, sources, opening } = await openInput(inputs, choices, surroundings);
    const addresses = addressesOf(options, sources);
    const startedAt = new Date();
    const { input, outcomes } = await runRecipe(engine, recipe, volume, surroundings);
    const { host } = await import('#host');
    const breathe = createBreathe(host, signal);
    const dataset = await sessionDataset(
      {
        id: DATASET,
        volume,
        voxelDigest: input.voxelDigest,
        sources,
        read: choices.read,
        addresses,
      },
      breathe,
    );
    const claim = await claimOf(DATASET, outcomes, breathe);
    const session = await makeSession(host, recipe, [dataset], [claim], authorship);
    const { files } = await resultFiles({
      recipe,
      input,
      outcomes,
      inputs,
      metadata,
      isSpacingStated: choices.spacing !== null,
      opening,
      startedAt,
      withReport: true,
    });
    const parts = {
      session,
      data:
        options['no-data'] === true ? [] : inBundle(sources.map((each) => [pathOf(each), each])),
      results: inBundle(files.map((file) => [file.name, file.content])),
      date: startedAt.toISOString().slice(0, 10),
    };
    const content = await blobOf((sink) => writeBundle(parts, sink));
    const [written] = await writeFiles(dirname(path), [{ name: basename(path), content }], signal);
    remark(`wrote ${written}`);
    const link = await sessionFragment(session);
    if (addresses.size > 0 && link.length <= LONGEST_OFFERED_LINK) {
      remark(`as a link, put this after the address of the workbench: ${link}`);
    }
  },
};

function inBundle(
  files: readonly (readonly [path: string, content: BundleFile['content']])[],
): readonly BundleFile[] {
  return files.map(([path, content]) => ({ dataset: DATASET, path, content }));
}

function textOf(options: ParsedArguments['options'], name: string): string {
  const value = options[name];
  return typeof value === 'string' ? value : '';
}

function authorshipOf(options: ParsedArguments['options'], recipeTitle: string): Authorship {
  const title = textOf(options, 'title');
  const authors = textOf(options, 'author')
    .split(';')
    .map((author) => author.trim())
    .filter((author) => author !== '')
    .map((author) => {
      const [, name = author, orcid] = AUTHOR_PATTERN.exec(author) ?? [];
      return orcid === undefined ? { name } : { name, orcid };
    });
  return {
    title: title === '' ? recipeTitle : title,
    authors,
    note: textOf(options, 'note'),
    licence: textOf(options, 'licence'),
  };
}

function addressesOf(
  options: ParsedArguments['options'],
  sources: readonly ByteSource[],
): ReadonlyMap<string, readonly string[]> {
  const address = textOf(options, 'address');
  if (address === '') return new Map();
  const [source, ...more] = sources;
  if (source === undefined || more.length > 0) {
    throw new UserError('usage', '--address is for one input file; several have none in common.');
  }
  assertPublicAddress(address);
  return new Map([[pathOf(source), [address]]]);
}
