/** The size of a brush in voxels and, where the voxel size is known, as a length. */
import type { EditMetric } from '../../../declaration/edits.ts';
import type { VoxelSpacing } from '../../../volume/length.ts';

function round(value: number): string {
  return Number(value.toPrecision(3)).toString();
}

/** "5 voxels, 0.64 µm"; a brush that counts voxels of unequal edges has a length along each axis. */
export function brushText(
  radius: number,
  metric: EditMetric,
  spacing: VoxelSpacing | null,
): string {
  const across = 2 * radius;
  const voxels = `${across} ${across === 1 ? 'voxel' : 'voxels'}`;
  if (spacing === null) return voxels;
  const { values, unit } = spacing;
  const smallest = Math.min(...values);
  const isRound = metric === 'physical' || values.every((edge) => edge === smallest);
  const lengths = isRound
    ? round(across * smallest)
    : values.map((edge) => round(across * edge)).join(' × ');
  return `${voxels}, ${lengths} ${unit}`;
}
