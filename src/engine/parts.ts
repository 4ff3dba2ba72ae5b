/**
 * Parts of a step's result from parts of its input: what previews and runs on volumes that do not fit
 * in memory have in common.
 */
import type { ParameterValues } from '../declaration/parameters.ts';
import { movedError } from '../errors/moved-error.ts';
import type {
  Operation,
  OperationContext,
  OperationResult,
  Reach,
} from '../operations/operation.ts';
import {
  boxOrigin,
  boxSize,
  boxStart,
  copyBox,
  grownBox,
  isSameBox,
  movedBox,
  type VoxelBox,
} from '../volume/box.ts';
import { createVolume, type Size3, type Volume } from '../volume/volume.ts';

export type Values = ParameterValues<Operation['parameters']>;

/** A part of a volume and where it lies in it. */
export interface PlacedPart {
  readonly volume: Volume;
  readonly box: VoxelBox;
}

/** The box of the input that a box of the result is computed from; null where that is all of it. */
export function inputBoxOf(
  reach: Reach,
  params: Values,
  size: Size3,
  box: VoxelBox,
): VoxelBox | null {
  switch (reach.kind) {
    case 'local':
      return grownBox(box, reach.halo(params), size, reach.grid);
    case 'cut':
      return movedBox(box, boxStart(reach.box(params, size)));
    case 'whole':
      return null;
  }
}

/** The voxels of a box that a part holds; the part's own volume where it is that box. */
export async function cutOut(
  { volume, box: from }: PlacedPart,
  box: VoxelBox,
  breathe: () => Promise<void>,
): Promise<Volume> {
  if (isSameBox(from, box)) return volume;
  const [x, y, z] = boxStart(from);
  const inside = movedBox(box, [-x, -y, -z]);
  return createVolume({
    ...volume,
    size: boxSize(inside),
    data: await copyBox(volume, inside, breathe),
    origin: boxOrigin(volume, inside),
  });
}

/** Runs an operation on a part. What it refuses at a voxel is told with the voxel's own place. */
export async function runOnPart(
  operation: Operation,
  { volume, box }: PlacedPart,
  params: Values,
  context: OperationContext,
): Promise<OperationResult> {
  try {
    return await operation.run(volume, params, context);
  } catch (error) {
    throw movedError(error, boxStart(box));
  }
}
