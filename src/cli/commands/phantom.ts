/** `tauscope phantom`: seeded volumes with known truth. */
import { UserError } from '../../errors/errors.ts';
import { writeVolume } from '../../io/registry.ts';
import { loadAllPhantoms, loadPhantom } from '../../phantoms/registry.ts';
import { formatHelp, OUTPUT_OPTION, parseArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { writeFiles } from '../files.ts';
import { flagHelp } from '../../declaration/flags.ts';

const OPTIONS = [OUTPUT_OPTION];
const USAGE = 'phantom <name> -o <folder>';
const SUMMARY =
  'Generates a volume with known truth from a seed: the same seed gives the same voxels on every machine.';

export const phantom: Command = {
  name: 'phantom',
  usage: USAGE,
  summary: SUMMARY,
  async help() {
    const phantoms = await loadAllPhantoms();
    return formatHelp(USAGE, SUMMARY, [
      { title: 'Options', flags: OPTIONS },
      ...phantoms.map(({ id, summary, parameters }) => ({
        title: `${id}: ${summary}`,
        flags: flagHelp(parameters),
      })),
    ]);
  },
  async run(args, surroundings) {
    const [id, ...rest] = args;
    if (id === undefined || id.startsWith('-')) {
      const names = (await loadAllPhantoms()).map((each) => each.id).join(', ');
      throw new UserError('usage', `phantom needs the name of a phantom: ${names}.`);
    }
    const chosen = await loadPhantom(id);
    const { positionals, params, options } = parseArguments(rest, OPTIONS, chosen.parameters);
    const folder = options['output'];
    if (typeof folder !== 'string') {
      throw new UserError('usage', 'phantom needs a folder for its volumes: -o <folder>.');
    }
    if (positionals.length > 0) {
      throw new UserError('usage', `phantom takes no input; "${positionals[0]}" is too much.`);
    }
    const { volumes, notes } = await chosen.generate(params, {
      signal: surroundings.signal,
      progress: (fraction) => surroundings.progress(`generating ${id}`, fraction),
    });
    const files = await Promise.all(
      volumes.map(async ({ stem, volume }) => ({
        name: `${stem}.tif`,
        content: await writeVolume(volume, 'tiff'),
      })),
    );
    for (const path of await writeFiles(folder, files)) surroundings.print(`${path}\n`);
    for (const note of notes) surroundings.remark(note);
  },
};
