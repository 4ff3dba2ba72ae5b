/** Geometry and voxels of a volume whose blocks of voxels become one voxel each. */
import { UserError } from '../errors/errors.ts';
import { type BinArray, binFactors, binMeans, binModes, binnedSize } from '../kernels/bin.ts';
import { createSpacing } from './length.ts';
import type { Size3, Vector3, Volume } from './volume.ts';

export interface Binned extends Pick<Volume, 'size' | 'spacing' | 'origin'> {
  /** Voxels of a block along each axis. */
  readonly factors: Size3;
}

/**
 * What becomes of size, voxel size and place: the origin moves to the middle of the first block where
 * the voxel size is known. Throws `parameter/invalid` where an axis is shorter than a block.
 */
export function binned(
  { size, spacing, origin }: Pick<Volume, 'size' | 'spacing' | 'origin'>,
  factor: number,
): Binned {
  const factors = binFactors(size, factor);
  const small = binnedSize(size, factors);
  const axis = small.indexOf(0);
  if (axis >= 0) {
    throw new UserError(
      'parameter/invalid',
      `The volume has ${size[axis]} voxels along ${'xyz'[axis]}, fewer than a block of ${factor}: bin by less.`,
      { parameter: 'factor', axis },
    );
  }
  if (spacing === null) return { size: small, spacing, origin, factors };
  const edges = (at: (axis: 0 | 1 | 2) => number): Vector3 => [at(0), at(1), at(2)];
  return {
    size: small,
    spacing: createSpacing(
      edges((axis) => spacing.values[axis] * factors[axis]),
      spacing.unit,
    ),
    origin: edges((axis) => origin[axis] + ((factors[axis] - 1) / 2) * spacing.values[axis]),
    factors,
  };
}

/** Bins neighbouring slices into `out` from index `to` on: means of grey values, modes of labels. */
export function binSlices<T extends BinArray>(
  kind: Volume['kind'],
  data: T,
  size: Size3,
  factors: Size3,
  out: T,
  to: number,
): void {
  if (kind === 'labels') binModes(data, size, factors, out, to);
  else binMeans(data, size, factors, out, to);
}
