/** `tauscope phantom`: seeded volumes with known truth. */
import { flagHelp } from '../../declaration/flags.ts';
import { VERSION } from '../../engine/version.ts';
import { UserError } from '../../errors/errors.ts';
import { writeVolume } from '../../io/registry.ts';
import { loadAllPhantoms, loadPhantom, PHANTOM_IDS } from '../../phantoms/registry.ts';
import { COMMANDS } from '../about.ts';
import { formatHelp, OUTPUT_OPTION, parseArguments, QUIET_OPTION } from '../arguments.ts';
import type { Command } from '../command.ts';
import { assertBytesFit, machineMemory } from '../memory.ts';
import { assertWritable, type OutputFile, writeFiles } from '../outputs.ts';
import { voxelSha256 } from '../provenance.ts';
import { inMemory } from '../../volume/streamed.ts';
import { nearest } from '../suggestion.ts';
import { wrap } from '../terminal.ts';

const OPTIONS = [OUTPUT_OPTION, QUIET_OPTION];

function knownPhantom(id: string): string {
  if ((PHANTOM_IDS as readonly string[]).includes(id)) return id;
  const meant = nearest(id, PHANTOM_IDS);
  throw new UserError(
    'usage',
    `There is no phantom "${id}"; ${meant === null ? `the phantoms are ${PHANTOM_IDS.join(', ')}.` : `did you mean ${meant}?`}`,
  );
}

async function phantomHelp(id: string, width: number): Promise<string> {
  const { title, summary, parameters } = await loadPhantom(knownPhantom(id));
  return formatHelp({
    about: { usage: `phantom ${id} -o <folder>`, summary: `${title}. ${summary}`, examples: [] },
    width,
    sections: [
      { title: 'Parameters', flags: flagHelp(parameters) },
      { title: 'Options', flags: OPTIONS },
    ],
  });
}

async function overview(width: number): Promise<string> {
  const phantoms = await loadAllPhantoms();
  const lines = phantoms.map(({ id, summary }) => `  ${id}\n${wrap(summary, width, '      ')}`);
  return formatHelp({
    about: COMMANDS.phantom,
    width,
    sections: [{ title: 'Options', flags: OPTIONS }],
    closing: [
      `Phantoms:\n${lines.join('\n')}`,
      'tauscope phantom <name> --help tells its parameters with ranges and defaults.',
    ],
  });
}

export const phantom: Command = {
  help: (topic, width) => (topic === null ? overview(width) : phantomHelp(topic, width)),
  async run(args, { signal, progress, print, remark }) {
    const [id, ...rest] = args;
    if (id === undefined || id.startsWith('-')) {
      throw new UserError(
        'usage',
        `phantom needs the name of one first: ${PHANTOM_IDS.join(', ')}.`,
      );
    }
    const chosen = await loadPhantom(knownPhantom(id));
    const { positionals, params, options } = parseArguments(rest, OPTIONS, chosen.parameters);
    const folder = options['output'];
    if (typeof folder !== 'string') {
      throw new UserError('usage', 'phantom needs a folder for its volumes: -o <folder>.');
    }
    if (positionals.length > 0) {
      throw new UserError('usage', `phantom takes no input; "${positionals[0]}" is too much.`);
    }
    await assertWritable(folder, ['phantom.json'], []);
    assertBytesFit(`The phantom ${id}`, chosen.estimateBytes(params), machineMemory());
    const { volumes, notes, facts } = await chosen.generate(params, {
      signal,
      progress: (fraction) => progress(`generating ${id}`, fraction),
    });
    const files: OutputFile[] = [];
    const records = [];
    for (const { stem, volume } of volumes) {
      const name = `${stem}.tif`;
      files.push({ name, content: await writeVolume(volume, 'tiff') });
      const { kind, type, size, spacing } = volume;
      const sha256 = await voxelSha256(inMemory(volume), signal);
      records.push({ name, kind, type, size, voxelSize: spacing, voxelSha256: sha256 });
    }
    const document = {
      format: 'tauscope-phantom',
      version: 1,
      software: { name: 'tauscope', version: VERSION },
      phantom: id,
      ...facts,
      notes,
      files: records,
    };
    files.push({ name: 'phantom.json', content: `${JSON.stringify(document, null, 2)}\n` });
    for (const path of await writeFiles(folder, files, signal)) print(`${path}\n`);
    for (const note of notes) remark(note);
  },
};
