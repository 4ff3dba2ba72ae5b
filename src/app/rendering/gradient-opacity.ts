/**
 * Opacity by the steepness of grey values: edges between materials are seen, their even insides are
 * looked through. It multiplies the opacity of the grey value. Pure arithmetic over arrays.
 */
import type { Size3, Vector3 } from '../../volume/volume.ts';
import type { VoxelWords } from './bake-volume.ts';
import { LAST_LEVEL, type OpacityCurve, opacityAt } from './transfer-function.ts';

/** Shares 0 to 1 of the steepest edges: clear up to `from`, as the curve says from `to` on. */
export interface GradientOpacity {
  readonly from: number;
  readonly to: number;
}

export const FIRST_GRADIENT: GradientOpacity = { from: 0.1, to: 0.4 };

/** One voxel of a thousand may be steeper than what counts as the steepest. */
const STEEPEST_TAIL = 1e-3;

/**
 * Steepness of each voxel, 0 to 255 of the steepest, by central differences. Voxels of the value 0
 * have no value where `hasOutside`: no edge lies towards them. Cost: about 20 ns a voxel.
 */
export function steepness(
  data: Uint8Array,
  size: Size3,
  spacing: Vector3,
  hasOutside: boolean,
): Uint8Array {
  const [nx, ny, nz] = size;
  const strides = [1, nx, nx * ny] as const;
  const smallest = Math.min(...spacing);
  const per = spacing.map((edge) => smallest / edge) as unknown as Vector3;
  const slopes = new Float32Array(data.length);
  const counts = new Uint32Array(512);
  const valueAt = (i: number, own: number): number => {
    const value = data[i] as number;
    return hasOutside && value === 0 ? own : value;
  };
  for (let z = 0, i = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, i++) {
        const own = data[i] as number;
        if (hasOutside && own === 0) continue;
        const at = [x, y, z] as const;
        let sum = 0;
        for (const axis of [0, 1, 2] as const) {
          const stride = strides[axis];
          const before = at[axis] > 0 ? valueAt(i - stride, own) : own;
          const after = at[axis] < size[axis] - 1 ? valueAt(i + stride, own) : own;
          sum += (per[axis] * (after - before)) ** 2;
        }
        const slope = Math.sqrt(sum);
        slopes[i] = slope;
        const bin = Math.min(511, Math.floor(slope));
        counts[bin] = (counts[bin] as number) + 1;
      }
    }
  }
  const steepest = Math.max(1, upperEdge(counts, STEEPEST_TAIL));
  return Uint8Array.from(slopes, (slope) => Math.min(255, Math.round((255 * slope) / steepest)));
}

/** Where bins of width 1 have no more than this share of their counts above. */
function upperEdge(counts: Uint32Array, tail: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let above = 0;
  for (let bin = counts.length - 1; bin > 0; bin--) {
    above += counts[bin] as number;
    if (above > tail * total) return bin;
  }
  return 1;
}

function rampOf({ from, to }: GradientOpacity): Float64Array {
  return Float64Array.from({ length: 256 }, (_, step) => {
    const share = step / 255;
    if (share <= from) return 0;
    return share >= to ? 1 : (share - from) / (to - from);
  });
}

/**
 * The voxels with opacities as alpha, 0 to 254, in place of grey levels. `valueOf` gives the grey
 * value of an alpha.
 */
export function withGradient(
  words: VoxelWords,
  steep: Uint8Array,
  curve: OpacityCurve | null,
  valueOf: (alpha: number) => number,
  gradient: GradientOpacity,
): VoxelWords {
  const ramp = rampOf(gradient);
  const opacities = Float64Array.from({ length: 256 }, (_, alpha) => {
    if (alpha === 0) return 0;
    return curve === null ? 1 : opacityAt(curve, valueOf(alpha));
  });
  return words.map((word, i) => {
    const opacity = (opacities[word >>> 24] as number) * (ramp[steep[i] as number] as number);
    return ((word & 0xff_ffff) | (Math.round(LAST_LEVEL * opacity) << 24)) >>> 0;
  });
}
