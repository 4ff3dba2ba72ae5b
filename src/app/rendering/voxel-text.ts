/** Voxel values as text. Pure functions. */
import type { VoxelType } from '../../volume/volume.ts';

/**
 * The shortest text that is exactly the stored value: reading it back as the voxel's type gives the
 * same bits.
 */
export function voxelText(value: number, type: VoxelType): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (type !== 'float32' || Number.isInteger(value)) return String(value);
  for (let digits = 1; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(value);
}
