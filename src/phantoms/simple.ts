/**
 * Bodies whose numbers are known: straight channels, layers, spheres on a simple cubic lattice,
 * random overlapping spheres, checkerboards. Cubes of edge `size` voxels, x fastest; label 0 is pore,
 * 1 solid. A voxel belongs to what its centre lies in; voxel i spans [i, i + 1).
 */
import { UserError } from '../errors/errors.ts';
import { naturalLog } from '../kernels/exp.ts';
import { exponential, randomUniform } from '../kernels/random.ts';
import type { VoxelSpacing } from '../volume/length.ts';
import { createVolume, type Phase, type Volume } from '../volume/volume.ts';
import { STREAM } from './streams.ts';

export type Axis = 'x' | 'y' | 'z';

/** A number for each of x, y, z; null = no path that way. */
export type PerAxis = readonly [number | null, number | null, number | null];

export interface ExpectedNumbers {
  /**
   * Volume fraction of pore. `exact`: of the voxels, to the last digit. `continuous`: of the smooth
   * body, which the voxels approach. `mean`: averaged over all seeds.
   */
  readonly porosity: number;
  readonly porosityKind: 'exact' | 'continuous' | 'mean';
  /** D_eff/D0 of the pore, 0 where there is no path; null where no closed form is known. */
  readonly relativeDiffusivity: readonly [number, number, number] | null;
  /** τ = ε·D0/D_eff of the pore; null where no closed form is known. */
  readonly tortuosityFactor: PerAxis | null;
  /** Pore–solid interface of the smooth body over the total volume, in 1/voxel. */
  readonly specificSurface: number;
}

export interface ExactBody {
  readonly name: string;
  readonly size: number;
  /** Labels of slice z, x fastest; `plane` holds size² zeros. */
  paintSlice(z: number, plane: Uint8Array): void;
  readonly expected: ExpectedNumbers;
}

const SIMPLE_PHASES: readonly Phase[] = [
  { label: 0, name: 'Pore', colour: '#3b4a6b', pore: true },
  { label: 1, name: 'Solid', colour: '#7fb3d5', pore: false },
];

/** The body as a label volume. */
export function bodyVolume(body: ExactBody, spacing: VoxelSpacing | null = null): Volume {
  const { size } = body;
  const data = new Uint8Array(size * size * size);
  for (let z = 0; z < size; z++) {
    body.paintSlice(z, data.subarray(z * size * size, (z + 1) * size * size));
  }
  return labelVolume(body, data, spacing);
}

/** The labels of all slices of a body, as its volume. */
export function labelVolume(
  body: ExactBody,
  data: Uint8Array,
  spacing: VoxelSpacing | null,
): Volume {
  const { name, size } = body;
  return createVolume({
    kind: 'labels',
    name,
    size: [size, size, size],
    data,
    spacing,
    phases: SIMPLE_PHASES,
  });
}

function requireRange(what: string, value: number, min: number, max: number): void {
  if (!(value >= min && value <= max)) {
    throw new UserError(
      'parameter/invalid',
      `${what} is ${value}; it must be from ${min} to ${max} voxels.`,
      { value: String(value) },
    );
  }
}

function sphereVolume(radius: number): number {
  return (4 / 3) * Math.PI * radius * radius * radius;
}

/** base^exponent for base > 0, from arithmetic alone. */
function power(base: number, exponent: number): number {
  return base > 0 ? exponential(exponent * naturalLog(base)) : 0;
}

/** Which of `size` voxels in a row lie in the first `width` of each `period`. */
function stripes(size: number, period: number, width: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (i % period < width ? 1 : 0));
}

function countOnes(row: Uint8Array): number {
  return row.reduce((sum, value) => sum + value, 0);
}

function alongAxis<T>(axis: Axis, along: T, across: T): readonly [T, T, T] {
  return [
    axis === 'x' ? along : across,
    axis === 'y' ? along : across,
    axis === 'z' ? along : across,
  ];
}

/**
 * Square pore channels of `width` voxels in every `period`, straight along `axis`. Along it
 * D_eff/D0 = ε and τ = 1; across it there is no path.
 */
export function straightChannels(options: {
  readonly size: number;
  readonly period: number;
  readonly width: number;
  readonly axis: Axis;
}): ExactBody {
  const { size, period, width, axis } = options;
  requireRange('The channel period', period, 2, size);
  requireRange('The channel width', width, 1, period - 1);
  const open = stripes(size, period, width);
  const ratio = countOnes(open) / size;
  const porosity = ratio * ratio;
  return {
    name: 'channels',
    size,
    paintSlice(z, plane) {
      for (let y = 0; y < size; y++) {
        for (let x = 0; x < size; x++) {
          const isOpen =
            (axis === 'x' || open[x] === 1) &&
            (axis === 'y' || open[y] === 1) &&
            (axis === 'z' || open[z] === 1);
          plane[x + size * y] = isOpen ? 0 : 1;
        }
      }
    },
    expected: {
      porosity,
      porosityKind: 'exact',
      relativeDiffusivity: alongAxis(axis, porosity, 0),
      tortuosityFactor: alongAxis<number | null>(axis, 1, null),
      specificSurface: (4 * width) / (period * period),
    },
  };
}

/**
 * Pore layers of `width` voxels in every `period`, normal to `axis`. Across them there is no path;
 * in their plane D_eff/D0 = ε and τ = 1.
 */
export function flatLayers(options: {
  readonly size: number;
  readonly period: number;
  readonly width: number;
  readonly axis: Axis;
}): ExactBody {
  const { size, period, width, axis } = options;
  requireRange('The layer period', period, 2, size);
  requireRange('The layer width', width, 1, period - 1);
  const open = stripes(size, period, width);
  const porosity = countOnes(open) / size;
  return {
    name: 'layers',
    size,
    paintSlice(z, plane) {
      for (let y = 0; y < size; y++) {
        for (let x = 0; x < size; x++) {
          const position = axis === 'x' ? x : axis === 'y' ? y : z;
          plane[x + size * y] = open[position] === 1 ? 0 : 1;
        }
      }
    },
    expected: {
      porosity,
      porosityKind: 'exact',
      relativeDiffusivity: alongAxis(axis, 0, porosity),
      tortuosityFactor: alongAxis<number | null>(axis, null, 1),
      specificSurface: 2 / period,
    },
  };
}

/**
 * Conductivity of layers with the given volume fractions and conductivities: the arithmetic mean
 * along them and the harmonic mean across.
 */
export function layeredConductivity(
  layers: readonly { readonly fraction: number; readonly conductivity: number }[],
): { readonly along: number; readonly across: number } {
  let along = 0;
  let resistance = 0;
  for (const { fraction, conductivity } of layers) {
    along += fraction * conductivity;
    resistance += fraction / conductivity;
  }
  return { along, across: 1 / resistance };
}

/** Solid fraction up to which Rayleigh's truncated series holds to 0.3 %. */
const RAYLEIGH_LIMIT = 0.3;

/**
 * Solid spheres on a simple cubic lattice of `period` voxels, radius at most period/2. The
 * diffusivity is Rayleigh's (1892, doi:10.1080/14786449208620364) for insulating spheres of solid
 * fraction φ, D_eff/D0 = 1 − 3φ/(2 + φ − 0.392 φ^(10/3)), given up to φ = 0.3. It is that of the
 * smooth body: voxelised spheres are rougher and lie below it, at φ = 0.3 by 2 % with a period of 48
 * voxels and by 1 % with 96.
 */
export function cubicSpheres(options: {
  readonly size: number;
  readonly period: number;
  readonly radius: number;
}): ExactBody {
  const { size, period, radius } = options;
  requireRange('The sphere period', period, 2, size);
  requireRange('The sphere radius', radius, 0.5, period / 2);
  const solid = sphereVolume(radius) / (period * period * period);
  const high = exponential((10 / 3) * naturalLog(solid));
  const relative = 1 - (3 * solid) / (2 + solid - 0.392 * high);
  const factor = (1 - solid) / relative;
  const isKnown = solid <= RAYLEIGH_LIMIT;
  const offset = Float64Array.from({ length: size }, (_, i) => (i % period) + 0.5 - period / 2);
  return {
    name: 'spheres-cubic',
    size,
    paintSlice(z, plane) {
      const dz = offset[z]!;
      for (let y = 0; y < size; y++) {
        const inRow = radius * radius - dz * dz - offset[y]! * offset[y]!;
        for (let x = 0; x < size; x++) {
          plane[x + size * y] = offset[x]! * offset[x]! < inRow ? 1 : 0;
        }
      }
    },
    expected: {
      porosity: 1 - solid,
      porosityKind: 'continuous',
      relativeDiffusivity: isKnown ? [relative, relative, relative] : null,
      tortuosityFactor: isKnown ? [factor, factor, factor] : null,
      specificSurface: (3 * solid) / radius,
    },
  };
}

export interface OverlappingSpheresOptions {
  readonly size: number;
  readonly radius: number;
  readonly count: number;
  readonly seed: number;
}

/**
 * `count` solid spheres with independent uniform centres in a periodic cube: the Boolean model with
 * a fixed number of grains. A point is pore with probability (1 − v/V)^count, v = 4πr³/3, V = size³.
 */
export function overlappingSpheres(options: OverlappingSpheresOptions): ExactBody {
  const { size, radius, count, seed } = options;
  requireRange('The sphere radius', radius, 0.5, size / 2);
  const centre = (sphere: number, axis: number) =>
    size * randomUniform(seed, STREAM.spheres, 3 * sphere + axis);
  const centres = Float64Array.from({ length: 3 * count }, (_, i) =>
    centre(Math.floor(i / 3), i % 3),
  );
  /** Distance to the nearest periodic image. */
  const nearest = (distance: number) => {
    const d = Math.abs(distance);
    return Math.min(d, size - d);
  };
  const covered = sphereVolume(radius) / (size * size * size);
  return {
    name: 'spheres-overlapping',
    size,
    paintSlice(z, plane) {
      for (let sphere = 0; sphere < count; sphere++) {
        const dz = nearest(z + 0.5 - centres[3 * sphere + 2]!);
        const inSlice = radius * radius - dz * dz;
        if (inSlice <= 0) continue;
        const cx = centres[3 * sphere]!;
        const cy = centres[3 * sphere + 1]!;
        const reach = Math.sqrt(inSlice);
        for (let j = Math.floor(cy - reach); j <= Math.floor(cy + reach); j++) {
          const y = ((j % size) + size) % size;
          const dy = nearest(y + 0.5 - cy);
          for (let i = Math.floor(cx - reach); i <= Math.floor(cx + reach); i++) {
            const x = ((i % size) + size) % size;
            const dx = nearest(x + 0.5 - cx);
            if (dx * dx + dy * dy < inSlice) plane[x + size * y] = 1;
          }
        }
      }
    },
    expected: {
      porosity: overlappingSpheresTwoPoint(options, 0),
      porosityKind: 'mean',
      relativeDiffusivity: null,
      tortuosityFactor: null,
      // −4 dS₂/dh at h = 0 (Torquato 2002, eq. 2.40).
      specificSurface: (3 * count * covered * power(1 - covered, count - 1)) / radius,
    },
  };
}

/**
 * Probability that two points `distance` apart (at most size/2 − radius apart from wrapping) are
 * both pore, averaged over seeds: (1 − v∪/V)^count with v∪ the union of two spheres.
 */
export function overlappingSpheresTwoPoint(
  options: Pick<OverlappingSpheresOptions, 'size' | 'radius' | 'count'>,
  distance: number,
): number {
  const { size, radius, count } = options;
  const ratio = Math.min(2, distance / radius);
  const lens = 1 - (3 / 4) * ratio + (ratio * ratio * ratio) / 16;
  const union = sphereVolume(radius) * (2 - lens);
  return power(1 - union / (size * size * size), count);
}

/**
 * Blocks of `block` voxels, pore and solid in turn. `cubes` alternate along x, y and z: blocks of a
 * phase meet at edges only, so that no face-connected path exists. `columns` alternate along x and y
 * and run straight along z.
 */
export function checkerboard(options: {
  readonly size: number;
  readonly block: number;
  readonly shape: 'cubes' | 'columns';
}): ExactBody {
  const { size, block, shape } = options;
  requireRange('The block edge', block, 1, size / 2);
  const odd = Uint8Array.from({ length: size }, (_, i) => Math.floor(i / block) & 1);
  const imbalance = 1 - (2 * countOnes(odd)) / size;
  const square = imbalance * imbalance;
  const porosity = (1 + (shape === 'cubes' ? square * imbalance : square)) / 2;
  return {
    name: 'checkerboard',
    size,
    paintSlice(z, plane) {
      const parity = shape === 'cubes' ? odd[z]! : 0;
      for (let y = 0; y < size; y++) {
        for (let x = 0; x < size; x++) plane[x + size * y] = odd[x]! ^ odd[y]! ^ parity;
      }
    },
    expected: {
      porosity,
      porosityKind: 'exact',
      relativeDiffusivity: [0, 0, shape === 'cubes' ? 0 : porosity],
      tortuosityFactor: [null, null, shape === 'cubes' ? null : 1],
      specificSurface: (shape === 'cubes' ? 3 : 2) / block,
    },
  };
}
