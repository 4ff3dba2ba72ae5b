/** `tauscope surface`: the surface of one phase as a mesh file. */
import { basename, dirname, extname } from 'node:path';
import { EXPORTED_SURFACE, phaseAreas, phaseSurface } from '../../engine/surfaces.ts';
import { createBreathe } from '../../engine/breathe.ts';
import { UserError } from '../../errors/errors.ts';
import { MESH_FORMAT_IDS, type MeshFormatId, writeMesh } from '../../io/meshes/registry.ts';
import { assertLabelsOccur, countLabels } from '../../volume/labels.ts';
import { COMMANDS } from '../about.ts';
import {
  formatHelp,
  INPUT_OPTIONS,
  type OwnOption,
  parseArguments,
  QUIET_OPTION,
} from '../arguments.ts';
import type { Command } from '../command.ts';
import { inputChoices, openInput } from '../input.ts';
import { assertWritable, writeFiles } from '../outputs.ts';

const LABEL: OwnOption = {
  name: 'label',
  type: 'string',
  flag: '--label <label>',
  text: 'The phase whose surface is written.',
};
const TRIANGLES: OwnOption = {
  name: 'triangles',
  type: 'string',
  flag: '--triangles <number|all>',
  text: `Most triangles of the mesh; all keeps what the voxels give. Default: ${EXPORTED_SURFACE.triangles}.`,
};
const OUTPUT: OwnOption = {
  name: 'output',
  short: 'o',
  type: 'string',
  flag: '-o, --output <file.stl|file.ply|file.vtk>',
  text: 'The file; one of the same name is replaced. Lengths are in the unit of the voxel size, which the header states.',
};
const OPTIONS = [LABEL, TRIANGLES, OUTPUT, ...INPUT_OPTIONS, QUIET_OPTION];

function formatOf(path: string): MeshFormatId {
  const extension = extname(path).slice(1).toLowerCase();
  const format = MESH_FORMAT_IDS.find((id) => id === extension);
  if (format !== undefined) return format;
  const known = MESH_FORMAT_IDS.map((id) => `.${id}`).join(', ');
  throw new UserError('usage', `-o is "${path}": surfaces are written as ${known}.`);
}

function labelOf(text: unknown): number {
  if (typeof text === 'string' && /^[+-]?\d+$/.test(text.trim())) return Number(text);
  throw new UserError('usage', 'surface needs the label of a phase: --label 1.');
}

function trianglesOf(text: string | boolean | undefined): number | null {
  if (text === undefined) return EXPORTED_SURFACE.triangles;
  if (text === 'all') return null;
  const count = typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : 0;
  if (count >= 100) return count;
  throw new UserError('usage', `--triangles is "${text}": it must be all or a number from 100 on.`);
}

export const surface: Command = {
  help: (_topic, width) =>
    Promise.resolve(
      formatHelp({
        about: COMMANDS.surface,
        width,
        sections: [{ title: 'Options', flags: OPTIONS }],
        closing: [
          'The surface is smoothed within the voxels, closed by the faces of the volume, and simplified. The area that is printed is measured on the voxels, as measure-surface-area does, and leaves those faces out.',
        ],
      }),
    ),
  async run(args, surroundings) {
    const { signal, print, remark, progress } = surroundings;
    const { positionals, options } = parseArguments(args, OPTIONS);
    const choices = inputChoices(options);
    const label = labelOf(options['label']);
    const triangles = trianglesOf(options['triangles']);
    const path = options['output'];
    if (typeof path !== 'string') {
      throw new UserError('usage', 'surface needs a file for the mesh: -o <file.stl>.');
    }
    const format = formatOf(path);
    await assertWritable(dirname(path), [basename(path)], positionals);
    const { volume } = await openInput(positionals, choices, surroundings);
    if (volume.kind !== 'labels') {
      throw new UserError(
        'volume/not-labels',
        `${volume.name} holds grey values and no phases: segment it, or open it with --as-labels.`,
      );
    }
    assertLabelsOccur(volume.name, countLabels(volume).labels, [label], 'label');
    const { kernels } = await surroundings.createEngine();
    const { host } = await import('#host');
    const job = {
      kernels,
      host,
      signal,
      progress: (fraction: number) => progress('surface', fraction),
    };
    const areas = await phaseAreas(volume, { ...job, progress: () => undefined });
    const mesh = await phaseSurface(volume, label, { triangles }, job);
    const { name } = mesh.phase;
    const content = await writeMesh({ ...mesh, name }, format, createBreathe(host, signal));
    await writeFiles(dirname(path), [{ name: basename(path), content }], signal);
    const area = areas.find((each) => each.label === label);
    print(
      `${name}: ${mesh.triangles.length / 3} triangles, surface area ${area?.area} ${area?.areaUnit}\n`,
    );
    if (mesh.voxelsTogether > 1) {
      remark(
        `cubes of ${mesh.voxelsTogether} voxels were taken together: ask for more --triangles to keep them apart`,
      );
    }
    remark(`wrote ${path}`);
  },
};
