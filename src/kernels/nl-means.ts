/** Non-local means with weights shared by both voxels of a pair: the scalar reference. */
import { exp2Below32, SELF_WEIGHT } from './exp.ts';
import type { KernelSize } from './gaussian.ts';

const fround = Math.fround;

export interface NlMeansParameters {
  /** Patches are cubes of 2·patchRadius + 1 voxels; 1 to 4. */
  readonly patchRadius: number;
  /** Partners are searched in a cube of 2·searchRadius + 1 voxels; 1 to 10. */
  readonly searchRadius: number;
  /** Standard deviation of the noise in grey values; at least 0. */
  readonly sigma: number;
  /** Filter strength in grey values; at least 0, where 0 leaves every voxel as it is. */
  readonly h: number;
}

/** What the implementations derive from the parameters, rounded to float32. */
export interface NlMeansCoefficients {
  /**
   * Weight = 2^-max(slope · Σd² − shift, 0), Σd² over the patch in grey values times `scale`; below
   * 2^-32 it counts as 2^-32.
   */
  readonly slope: number;
  readonly shift: number;
  /** 32 − shift. */
  readonly bias: number;
  /**
   * Power of two that brings h near 1, so that squares neither overflow nor vanish whatever the
   * unit of the grey values; exact, so results scale with the input.
   */
  readonly scale: number;
  /** Brings grey values to where Σd² is the exponent: √slope · scale, within 2^±60. */
  readonly rootScale: number;
}

/** Beyond this factor grey values near the float32 limit would overflow. */
const MAX_SCALE = 2 ** 60;

export function nlMeansCoefficients(parameters: NlMeansParameters): NlMeansCoefficients {
  const { patchRadius, sigma, h } = parameters;
  let scale = 1;
  while (h * scale >= 2 && scale > 1 / MAX_SCALE) scale /= 2;
  while (h * scale < 1 && scale < MAX_SCALE) scale *= 2;
  const strength = h * scale * (h * scale);
  const noise = sigma * scale * (sigma * scale);
  const slope = Math.LOG2E / ((2 * patchRadius + 1) ** 3 * strength);
  const shift = (Math.LOG2E * 2 * noise) / strength;
  return {
    slope: fround(slope),
    shift: fround(shift),
    bias: fround(32 - shift),
    scale,
    rootScale: fround(Math.min(MAX_SCALE, Math.max(1 / MAX_SCALE, Math.sqrt(slope) * scale))),
  };
}

/** Offsets (dx, dy, dz) to (dx + count − 1, dy, dz). */
export interface OffsetGroup {
  readonly dx: number;
  readonly dy: number;
  readonly dz: number;
  readonly count: number;
}

/** Offsets that the kernel takes at once. */
export const LARGEST_GROUP = 4;

/**
 * Half of the search cube, the other half being its mirror image: z, then y, then x rising, from
 * (1, 0, 0) to (r, r, r). An axis of one voxel is not searched: with the border repeated, each
 * partner along it is one that is there already, and all weights would be counted equally often.
 */
export function nlMeansGroups(size: KernelSize, searchRadius: number): readonly OffsetGroup[] {
  const groups: OffsetGroup[] = [];
  const [rx, ry, rz] = size.map((n) => (n === 1 ? 0 : searchRadius));
  for (let dz = 0; dz <= rz; dz++) {
    for (let dy = dz > 0 ? -ry : 0; dy <= ry; dy++) {
      for (let dx = dz > 0 || dy > 0 ? -rx : 1; dx <= rx; dx += LARGEST_GROUP) {
        groups.push({ dx, dy, dz, count: Math.min(LARGEST_GROUP, rx + 1 - dx) });
      }
    }
  }
  return groups;
}

/**
 * Sums 2r + 1 neighbours along an axis: pairs of neighbours, then the one left over, which is the
 * last or, where `leavesFirst` says so, the first.
 */
function windowSums(
  values: Float32Array,
  step: number,
  radius: number,
  leavesFirst: (i: number) => boolean,
): Float32Array<ArrayBuffer> {
  const sums = new Float32Array(values.length);
  const reach = radius * step;
  for (let i = reach; i < values.length - reach; i++) {
    const first = leavesFirst(i);
    let at = first ? i - reach + step : i - reach;
    let sum = fround(values[at] + values[at + step]);
    for (let pair = 1; pair < radius; pair++) {
      at += 2 * step;
      sum = fround(sum + fround(values[at] + values[at + step]));
    }
    sums[i] = fround(sum + values[first ? i - reach : i + reach]);
  }
  return sums;
}

/** The offsets of `nlMeansGroups` one by one: triplets dx, dy, dz. */
export function nlMeansOffsets(size: KernelSize, searchRadius: number): Int32Array<ArrayBuffer> {
  const offsets = nlMeansGroups(size, searchRadius).flatMap(({ dx, dy, dz, count }) =>
    Array.from({ length: count }, (_, k) => [dx + k, dy, dz]).flat(),
  );
  return Int32Array.from(offsets);
}

/**
 * Squared differences at `step`, summed over the patch. Along y and z windows about even coordinates
 * leave their first value for the end: so each shares its pairs with the next window.
 */
function patchDistances(
  padded: Float32Array,
  step: number,
  [rowStep, planeStep]: readonly [number, number],
  margin: number,
  radius: number,
): Float32Array<ArrayBuffer> {
  const squares = new Float32Array(padded.length);
  for (let i = 0; i < padded.length - step; i++) {
    const d = fround(padded[i] - padded[i + step]);
    squares[i] = fround(d * d);
  }
  const even = (row: number): boolean => (row - margin) % 2 === 0;
  const evenY = (i: number): boolean => even(Math.floor((i % planeStep) / rowStep));
  const evenZ = (i: number): boolean => even(Math.floor(i / planeStep));
  const overY = windowSums(squares, rowStep, radius, evenY);
  const overXY = windowSums(overY, 1, radius, () => false);
  return windowSums(overXY, planeStep, radius, evenZ);
}

/**
 * Non-local means (Buades, Coll & Morel 2005, doi 10.1109/CVPR.2005.38), in the form that sums
 * patch distances per offset (Darbon et al. 2008, doi 10.1109/ISBI.2008.4541250; Froment 2014,
 * doi 10.5201/ipol.2014.120):
 * u(p) = I(p) + Σ_d w(p, p+d) (I(p+d) − I(p)) / Σ_d w(p, p+d), over the search cube, with
 * w(p, q) = exp(−max(‖P(p) − P(q)‖²/|P| − 2σ², 0) / h²) and w(p, p) = 1. No cut-off.
 *
 * `input` and the result: nx·ny·nz voxels, x fastest, finite, |I| ≤ 1e18. Border: the edge voxel
 * repeats, and repeated voxels count as partners. A constant volume and h = 0 pass unchanged.
 * Every step is rounded to float32. Offsets are taken in groups; at a voxel the partners at −d of a
 * group come before those at +d, but in its own row after them. All weights are taken a quarter.
 * O(N · (2·search + 1)³) time.
 */
export function nlMeans(
  input: Float32Array,
  size: KernelSize,
  parameters: NlMeansParameters,
): Float32Array<ArrayBuffer> {
  const [nx, ny, nz] = size;
  if (parameters.h === 0) return new Float32Array(input);
  const { patchRadius, searchRadius } = parameters;
  const { bias, rootScale } = nlMeansCoefficients(parameters);
  const margin = patchRadius + 2 * searchRadius;
  const rowStep = nx + 2 * margin;
  const planeStep = rowStep * (ny + 2 * margin);
  const padded = new Float32Array(planeStep * (nz + 2 * margin));
  const clamp = (i: number, n: number): number => Math.min(n - 1, Math.max(0, i - margin));
  for (let z = 0, i = 0; z < nz + 2 * margin; z++) {
    for (let y = 0; y < ny + 2 * margin; y++) {
      for (let x = 0; x < rowStep; x++, i++) {
        const from = clamp(x, nx) + nx * (clamp(y, ny) + ny * clamp(z, nz));
        padded[i] = fround(input[from] * rootScale);
      }
    }
  }

  const numerator = new Float32Array(input.length);
  const denominator = new Float32Array(input.length).fill(SELF_WEIGHT);
  for (const { dx, dy, dz, count } of nlMeansGroups(size, searchRadius)) {
    const steps = Array.from({ length: count }, (_, k) => dx + k + dy * rowStep + dz * planeStep);
    const distances = steps.map((step) =>
      patchDistances(padded, step, [rowStep, planeStep], margin, patchRadius),
    );
    for (let z = 0, i = 0; z < nz; z++) {
      for (let y = 0; y < ny; y++) {
        for (let x = 0; x < nx; x++, i++) {
          const at = x + margin + rowStep * (y + margin) + planeStep * (z + margin);
          const addPartner = (partner: number, distance: number): void => {
            const weight = exp2Below32(fround(distance + bias));
            const change = fround(weight * fround(padded[partner] - padded[at]));
            denominator[i] = fround(denominator[i] + weight);
            numerator[i] = fround(numerator[i] + change);
          };
          const addReturns = (): void =>
            steps.forEach((step, k) => addPartner(at - step, distances[k][at - step]));
          if (dy !== 0 || dz !== 0) addReturns();
          steps.forEach((step, k) => addPartner(at + step, distances[k][at]));
          if (dy === 0 && dz === 0) addReturns();
        }
      }
    }
  }
  const unscale = fround(1 / rootScale);
  return input.map((value, i) => {
    const change = fround(fround(numerator[i] / denominator[i]) * unscale);
    return fround(value + change);
  });
}
