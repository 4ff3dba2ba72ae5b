/** Opening an input for a command: read, override what the user states, tell what was odd. */
import { UserError } from '../errors/errors.ts';
import type { VolumeMetadata } from '../io/format.ts';
import { openVolume } from '../io/open.ts';
import { createSpacing, parseLengthUnit, type VoxelSpacing } from '../volume/length.ts';
import type { Volume } from '../volume/volume.ts';
import type { ParsedArguments } from './arguments.ts';
import type { Surroundings } from './command.ts';
import { neighbourSources, openSources } from './files.ts';

/** "0.4um", "0.4 x 0.4 x 1 µm" */
export function parseVoxelSize(text: string): VoxelSpacing {
  const match =
    /^\s*([\d.eE+-]+)(?:\s*x\s*([\d.eE+-]+)\s*x\s*([\d.eE+-]+))?\s*([^\d\s.]+)\s*$/.exec(text);
  const unit = parseLengthUnit(match?.[4] ?? '');
  if (match === null || unit === null) {
    throw new UserError(
      'usage',
      `--voxel-size is "${text}": write a number and a unit (nm, um, mm, cm or m), as in 0.4um or 0.4x0.4x1um.`,
    );
  }
  const x = Number(match[1]) * unit.factor;
  const y = match[2] === undefined ? x : Number(match[2]) * unit.factor;
  const z = match[3] === undefined ? x : Number(match[3]) * unit.factor;
  return createSpacing([x, y, z], unit.unit);
}

/** Formats whose voxels may lie in a file beside the named one. */
const DETACHED = /\.(nhdr|mhd)$/i;

export async function openInput(
  paths: readonly string[],
  options: ParsedArguments['options'],
  { signal, progress, remark }: Surroundings,
): Promise<{ readonly volume: Volume; readonly metadata: VolumeMetadata }> {
  if (paths.length === 0) throw new UserError('usage', 'No input file is named; see --help.');
  const sources = await openSources(paths);
  const [first] = paths;
  const siblings =
    first !== undefined && paths.length === 1 && DETACHED.test(first)
      ? await neighbourSources(first)
      : [];
  const read = await openVolume(sources, {
    signal,
    siblings,
    progress: (fraction) => progress('reading', fraction),
  });
  for (const warning of read.metadata.warnings) remark(warning);
  const voxelSize = options['voxel-size'];
  const volume: Volume = {
    ...read.volume,
    ...(options['as-labels'] === true ? { kind: 'labels' as const } : {}),
    ...(typeof voxelSize === 'string' ? { spacing: parseVoxelSize(voxelSize) } : {}),
  };
  return { volume, metadata: read.metadata };
}
