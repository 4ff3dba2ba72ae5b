/** What the commands are called and do: all that `tauscope --help` needs, without loading them. */

export interface About {
  /** What follows "tauscope" on the command line. */
  readonly usage: string;
  /** One or two sentences. */
  readonly summary: string;
  readonly examples: readonly string[];
}

export const COMMANDS = {
  run: {
    usage: 'run <recipe.json> <input> … -o <folder>',
    summary:
      'Runs a recipe on a volume and writes results.json, results.csv, methods.txt, provenance.json and the last volume made: labels.tif or image.tif.',
    examples: [
      'tauscope run recipe.json scan.tif -o results/',
      'tauscope run recipe.json slices/ --voxel-size 0.4um -o results/',
      'tauscope run recipe.json soc0.tif soc50.tif --states 0,50 -o results/',
    ],
  },
  analyze: {
    usage: 'analyze <input> … [--phase <label,…>] [--pore <label,…>]',
    summary:
      'Measures a segmented volume: volume fractions, porosity, percolation and the tortuosity factor with D_eff/D0 in x, y and z. An input that is already labels needs no recipe.',
    examples: [
      'tauscope analyze labels.tif --phase 0 --pore 0',
      'tauscope analyze labels.nrrd --json > results.json',
    ],
  },
  apply: {
    usage: 'apply <operation> <input> … [-o <file>]',
    summary: 'Applies one operation to a volume.',
    examples: [
      'tauscope apply smooth-gaussian scan.tif --sigma 1.5 -o smooth.nrrd',
      'tauscope apply measure-volume-fraction labels.tif',
    ],
  },
  info: {
    usage: 'info <input> …',
    summary:
      'Prints format, size, voxel type, voxel size with unit and where it was found, and what is odd about a file or a folder of slices. Only headers are read.',
    examples: ['tauscope info scan.tif', 'tauscope info slices/ --json'],
  },
  surface: {
    usage: 'surface <input> … --label <label> -o <file>',
    summary: 'Writes the surface of one phase of a segmented volume as a mesh: STL, PLY or VTK.',
    examples: ['tauscope surface labels.tif --label 1 -o particles.stl'],
  },
  phantom: {
    usage: 'phantom <name> -o <folder>',
    summary:
      'Generates a volume with known truth from a seed: the same seed gives the same voxels on every machine. phantom.json tells the parameters and what is known of the result.',
    examples: ['tauscope phantom cathode --size 128 --seed 1 -o sample/'],
  },
  bundle: {
    usage: 'bundle <recipe.json> <input> … -o <file.tauscope.zip>',
    summary:
      'Runs a recipe and writes one archive that a stranger can check: the session with recipe, digests and numbers, the data, the results and RO-Crate metadata.',
    examples: [
      'tauscope bundle recipe.json scan.tif --title "LNMO, pristine" --author "A. Researcher" -o scan.tauscope.zip',
      'tauscope bundle recipe.json scan.tif --no-data --address https://zenodo.org/api/records/1/files/scan.tif/content -o scan.tauscope.zip',
    ],
  },
  verify: {
    usage: 'verify <session> [<input> …]',
    summary:
      'Re-runs a session on this computer and says of every claimed number whether it is equal, within the tolerance, or differs, and where the first difference lies.',
    examples: [
      'tauscope verify scan.tauscope.zip --report verification.html',
      'tauscope verify session.json scan.tif',
    ],
  },
} as const satisfies Readonly<Record<string, About>>;

export type CommandName = keyof typeof COMMANDS;

export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly CommandName[];

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}
