/**
 * A synthetic lithium-ion cathode with its truth: lognormal active-material particles, a
 * carbon-binder domain on and between them, pores, optional cracks; then what a scanner adds: blur,
 * cupping, rings, signal-dependent noise. Same options, same bits, on every engine.
 */
import { type ParameterValues, parseParameters } from '../declaration/parameters.ts';
import { UserError } from '../errors/errors.ts';
import { fillNormal, inverseNormal, randomUniform } from '../kernels/random.ts';
import { createSpacing } from '../volume/length.ts';
import { createVolume, type Phase, type Volume } from '../volume/volume.ts';
import { cathodeParameters } from './cathode-parameters.ts';
import { truncatedSquaredDistance } from './distance.ts';
import { fillGaussianField, gaussianWeights, smoothCube } from './gaussian-field.ts';
import { type PhantomHooks, type Stage, StagedRun } from './hooks.ts';
import { type Particle, type ParticleOptions, packParticles } from './particles.ts';
import { STREAM } from './streams.ts';
import { BIT_COUNT, SUB_VOXEL_OFFSETS, sampleSubVoxels } from './sub-voxels.ts';

type CathodeValues = ParameterValues<typeof cathodeParameters>;

/** `size` and `seed` must be given; the rest has the defaults of `cathodeParameters`. */
export type CathodeOptions = Pick<CathodeValues, 'size' | 'seed'> & Partial<CathodeValues>;

export interface PhaseFractions {
  readonly pore: number;
  readonly carbonBinder: number;
  readonly activeMaterial: number;
}

export interface CathodeStatistics {
  /** Of the truth volume's voxels. */
  readonly fractions: PhaseFractions;
  /** Of the geometry at twice the resolution, before the majority vote. */
  readonly subVoxelFractions: PhaseFractions;
  /** Nominal diameters of the placed particles in voxels, large to small. */
  readonly diameters: readonly number[];
  /** Share of the active material that cracks removed. */
  readonly crackShare: number;
}

export interface Cathode {
  /** uint16, grey level (v + 0.9)/3 · 65535 of the physical grey v. */
  readonly grey: Volume;
  /** uint8 labels: 0 pore, 1 carbon-binder domain, 2 active material. */
  readonly truth: Volume;
  /** All options with their defaults filled in. */
  readonly parameters: CathodeValues & { readonly particleDiameter: number };
  readonly statistics: CathodeStatistics;
}

const CATHODE_PHASES: readonly Phase[] = [
  { label: 0, name: 'Pore', colour: '#3b4a6b', pore: true },
  { label: 1, name: 'Carbon-binder domain', colour: '#e3a33c', pore: false },
  { label: 2, name: 'Active material', colour: '#7fb3d5', pore: false },
];

/** Physical grey of pure pore, carbon-binder domain and active material. */
export const CATHODE_GREYS = [0.1, 0.45, 1] as const;

/** Stored level of a physical grey: the range −0.9 … 2.1 fills 16 bits. Not rounded, not clipped. */
export function cathodeGreyLevel(physical: number): number {
  return ((physical + 0.9) / 3) * 65535;
}

/**
 * Peak bytes of a run, both results included: two float32 cubes, one of 16 and two of 8 bits, and
 * working planes. An upper bound.
 */
export function estimateCathodeBytes(size: number): number {
  return 12 * size * size * size + 32 * size * size + 6 * 1024 * 1024;
}

const ROUGHNESS_CORRELATION = 3;
const CRACK_CORRELATION = 6;
const BINDER_CORRELATION = 4;
/** Score of the binder at distance d from the particles: BINDER_NEAR · min(d/4, 4) + BINDER_FIELD · G. */
const BINDER_NEAR = -0.4;
const BINDER_FIELD = 0.6;
const BINDER_REACH = 16;
const SCORE_LIMIT = 8;
const SCORE_BINS = 1_048_576;

/** Voxels whose sub-voxels are sampled between two pauses: some 5 ms. */
const SAMPLED_PER_PAUSE = 32_768;

const NOISE_SIGNAL = 0.2;
const NOISE_FLOOR = 0.22;
const NOISE_CORRELATION = 0.4;
const BAD_RING_SHARE = 0.15;
const RING_CORRELATION = 8;

/**
 * Generates a cube of `size`³ voxels. Geometry is drawn at twice the resolution; truth is the
 * majority of the eight sub-voxels (ties go to the denser phase) and the grey their mean, 0.10, 0.45
 * and 1.00 for pore, carbon-binder domain and active material.
 *
 * Memory: `estimateCathodeBytes(size)`, 25 MB at 128, 205 MB at 256, 1.6 GB at 512. Time is linear in
 * the number of voxels. Throws UserError for options out of range and when cancelled.
 */
export async function generateCathode(
  options: CathodeOptions,
  hooks: PhantomHooks = {},
): Promise<Cathode> {
  const parameters = resolveOptions(options);
  const n = parameters.size;
  const voxels = n * n * n;
  const run = new StagedRun(hooks, 100);
  const field = new Float32Array(voxels);

  await fillGaussianField(
    field,
    n,
    ROUGHNESS_CORRELATION,
    parameters.seed,
    STREAM.roughness,
    run.stage(14),
  );
  const active = new Uint8Array(voxels);
  const particles = await paintParticles(active, field, parameters, run.stage(15));
  const solid = new Uint8Array(voxels);
  await copyBySlices(active, solid, n, run.stage(1));
  const crackShare = await openCracks(active, field, parameters, run.stage(10));

  const levels = new Uint16Array(voxels);
  await scoreBinder(field, levels, solid, parameters, run.stage(25));
  const binder = solid;
  await growBinder(binder, field, parameters, run.stage(10));

  const truth = active;
  const fractions = await composePhases(field, truth, binder, n, run.stage(1));
  await smoothCube(field, n, parameters.blur, 'replicate', run.stage(6));
  await addScannerEffects(levels, field, parameters, run.stage(18));

  const spacing = createSpacing(
    [parameters.voxelSizeUm, parameters.voxelSizeUm, parameters.voxelSizeUm],
    'µm',
  );
  return {
    grey: createVolume({ kind: 'grey', name: 'cathode', size: [n, n, n], data: levels, spacing }),
    truth: createVolume({
      kind: 'labels',
      name: 'cathode-truth',
      size: [n, n, n],
      data: truth,
      spacing,
      phases: CATHODE_PHASES,
    }),
    parameters,
    statistics: {
      ...fractions,
      diameters: particles.map((particle) => 2 * particle.radius),
      crackShare,
    },
  };
}

function resolveOptions(options: CathodeOptions): Cathode['parameters'] {
  const values = parseParameters(cathodeParameters, options, 'phantom cathode');
  const filled = values.activeFraction + values.binderFraction;
  if (filled > 0.85) {
    throw new UserError(
      'parameter/invalid',
      `phantom cathode: active material ${values.activeFraction} and carbon-binder domain ${values.binderFraction} leave ${(1 - filled).toFixed(2)} pore; keep their sum at or below 0.85.`,
      { parameter: 'binderFraction', operation: 'phantom cathode' },
    );
  }
  return {
    ...values,
    particleDiameter: values.particleDiameter ?? Math.min(20, 0.3125 * values.size),
  };
}

async function copyBySlices(
  from: Uint8Array,
  to: Uint8Array,
  n: number,
  stage: Stage,
): Promise<void> {
  for (let z = 0; z < n; z++) {
    to.set(from.subarray(n * n * z, n * n * (z + 1)), n * n * z);
    await stage.pause((z + 1) / n);
  }
}

function rowsIn(voxels: number, n: number): number {
  return Math.max(1, Math.floor(voxels / n));
}

/** Packs particles and sets their sub-voxels until the target fraction is reached. */
async function paintParticles(
  active: Uint8Array,
  roughness: Float32Array,
  parameters: Cathode['parameters'],
  stage: Stage,
): Promise<Particle[]> {
  const { size, seed, particleDiameter, diameterSpread, activeFraction } = parameters;
  const options: ParticleOptions = {
    size,
    seed,
    medianDiameter: particleDiameter,
    diameterSpread,
    overlap: 0.06,
  };
  const volume = activeFraction * size * size * size;
  const target = 8 * volume;
  const particles: Particle[] = [];
  let painted = 0;
  await packParticles(
    options,
    volume,
    async (particle) => {
      particles.push(particle);
      painted += await paintParticle(active, roughness, parameters, particle, stage);
      return painted >= target;
    },
    stage,
  );
  return particles;
}

/**
 * Sets the sub-voxels inside one rough ellipsoid, |(p − c)/axes| < r (1 + roughness · G(p)), and
 * returns how many were not set before.
 */
async function paintParticle(
  active: Uint8Array,
  roughness: Float32Array,
  parameters: Cathode['parameters'],
  particle: Particle,
  stage: Stage,
): Promise<number> {
  const { size: n, roughness: amplitude } = parameters;
  const semi = particle.axes.map((axis) => axis * particle.radius) as [number, number, number];
  // Six standard deviations of the surface, and half a voxel's diagonal.
  const swell = 1 + 6.4 * amplitude;
  const low = (centre: number, axis: number) => Math.max(0, Math.floor(centre - axis * swell));
  const high = (centre: number, axis: number) => Math.min(n, Math.ceil(centre + axis * swell));
  const smallest = Math.min(...semi);
  const halfDiagonal = 0.4331 / smallest;
  // The field changes by less than this within a voxel: 0.4 in units of its standard deviation.
  const doubt = halfDiagonal + 0.4 * amplitude;
  const samples = new Float64Array(8);
  let added = 0;
  for (let z = low(particle.z, semi[2]); z < high(particle.z, semi[2]); z++) {
    const dz = (z + 0.5 - particle.z) / semi[2];
    for (let y = low(particle.y, semi[1]); y < high(particle.y, semi[1]); y++) {
      const dy = (y + 0.5 - particle.y) / semi[1];
      for (let x = low(particle.x, semi[0]); x < high(particle.x, semi[0]); x++) {
        const i = x + n * (y + n * z);
        if (active[i] === 255) continue;
        const dx = (x + 0.5 - particle.x) / semi[0];
        const reach = Math.sqrt(dx * dx + dy * dy + dz * dz) - amplitude * roughness[i]!;
        if (reach > 1 + doubt) continue;
        let bits = 255;
        if (reach > 1 - doubt) {
          sampleSubVoxels(roughness, n, x, y, z, samples);
          bits = 0;
          for (let bit = 0; bit < 8; bit++) {
            const sx = dx + SUB_VOXEL_OFFSETS[bit & 1]! / semi[0];
            const sy = dy + SUB_VOXEL_OFFSETS[(bit >> 1) & 1]! / semi[1];
            const sz = dz + SUB_VOXEL_OFFSETS[bit >> 2]! / semi[2];
            const surface = 1 + amplitude * samples[bit]!;
            if (surface > 0 && sx * sx + sy * sy + sz * sz < surface * surface) bits |= 1 << bit;
          }
        }
        const fresh = bits & ~active[i]!;
        active[i] = active[i]! | bits;
        added += BIT_COUNT[fresh]!;
      }
    }
    if (z % 16 === 0) await stage.pause();
  }
  return added;
}

/**
 * Removes active material along the zero surfaces of a Gaussian field, thick enough to take the
 * wanted share. Overwrites `field`. Returns the share removed.
 */
async function openCracks(
  active: Uint8Array,
  field: Float32Array,
  parameters: Cathode['parameters'],
  stage: Stage,
): Promise<number> {
  const { size: n, seed, cracks, crackShare } = parameters;
  if (!cracks || crackShare === 0) return 0;
  const half = inverseNormal(0.5 + crackShare / 2);
  const filling: Stage = { pause: (fraction = 0) => stage.pause(0.7 * fraction) };
  await fillGaussianField(field, n, CRACK_CORRELATION, seed, STREAM.cracks, filling);
  const samples = new Float64Array(8);
  const rowsPerPause = rowsIn(SAMPLED_PER_PAUSE, n);
  let before = 0;
  let removed = 0;
  for (let z = 0; z < n; z++) {
    for (let y = 0; y < n; y++) {
      for (let x = 0; x < n; x++) {
        const i = x + n * (y + n * z);
        const bits = active[i]!;
        if (bits === 0) continue;
        before += BIT_COUNT[bits]!;
        sampleSubVoxels(field, n, x, y, z, samples);
        let open = 0;
        for (let bit = 0; bit < 8; bit++) {
          if (Math.abs(samples[bit]!) < half) open |= 1 << bit;
        }
        removed += BIT_COUNT[bits & open]!;
        active[i] = bits & ~open;
      }
      if (y % rowsPerPause === 0) await stage.pause();
    }
    await stage.pause(0.7 + (0.3 * (z + 1)) / n);
  }
  return before === 0 ? 0 : removed / before;
}

/**
 * Fills `field` with the binder's score: high near the uncracked particles and where a Gaussian
 * field is high. `squared` is scratch.
 */
async function scoreBinder(
  field: Float32Array,
  squared: Uint16Array,
  solid: Uint8Array,
  parameters: Cathode['parameters'],
  stage: Stage,
): Promise<void> {
  const { size: n, seed } = parameters;
  for (let z = 0; z < n; z++) {
    for (let i = n * n * z; i < n * n * (z + 1); i++) {
      squared[i] = BIT_COUNT[solid[i]!]! >= 4 ? 0 : 1;
    }
    await stage.pause(0);
  }
  await truncatedSquaredDistance(squared, n, BINDER_REACH, {
    pause: (fraction = 0) => stage.pause(0.2 * fraction),
  });
  await fillGaussianField(field, n, BINDER_CORRELATION, seed, STREAM.binder, {
    pause: (fraction = 0) => stage.pause(0.2 + 0.7 * fraction),
  });
  for (let z = 0; z < n; z++) {
    for (let i = n * n * z; i < n * n * (z + 1); i++) {
      const distance = Math.min(BINDER_REACH, Math.sqrt(squared[i]!));
      field[i] = BINDER_NEAR * (distance / 4) + BINDER_FIELD * field[i]!;
    }
    await stage.pause(0.9 + (0.1 * (z + 1)) / n);
  }
}

/** Turns the sub-voxels of `solid` into those of the binder: the best-scoring free sub-voxels. */
async function growBinder(
  solid: Uint8Array,
  score: Float32Array,
  parameters: Cathode['parameters'],
  stage: Stage,
): Promise<void> {
  const { size: n, binderFraction } = parameters;
  const samples = new Float64Array(8);
  const histogram = new Uint32Array(SCORE_BINS);
  const rowsPerPause = rowsIn(SAMPLED_PER_PAUSE, n);
  const binOf = (value: number) => {
    const bin = Math.floor((value + SCORE_LIMIT) * (SCORE_BINS / (2 * SCORE_LIMIT)));
    return Math.min(SCORE_BINS - 1, Math.max(0, bin));
  };
  for (let z = 0; z < n; z++) {
    for (let y = 0; y < n; y++) {
      for (let x = 0; x < n; x++) {
        const taken = solid[x + n * (y + n * z)]!;
        if (taken === 255) continue;
        sampleSubVoxels(score, n, x, y, z, samples);
        for (let bit = 0; bit < 8; bit++) {
          if ((taken >> bit) & 1) continue;
          const bin = binOf(samples[bit]!);
          histogram[bin] = histogram[bin]! + 1;
        }
      }
      if (y % rowsPerPause === 0) await stage.pause();
    }
    await stage.pause((0.5 * (z + 1)) / n);
  }
  const target = Math.round(8 * binderFraction * n * n * n);
  let lowest = SCORE_BINS;
  let count = 0;
  while (lowest > 0 && count < target) count += histogram[--lowest]!;

  for (let z = 0; z < n; z++) {
    for (let y = 0; y < n; y++) {
      for (let x = 0; x < n; x++) {
        const i = x + n * (y + n * z);
        const taken = solid[i]!;
        let bits = 0;
        if (taken !== 255) {
          sampleSubVoxels(score, n, x, y, z, samples);
          for (let bit = 0; bit < 8; bit++) {
            if (!((taken >> bit) & 1) && binOf(samples[bit]!) >= lowest) bits |= 1 << bit;
          }
        }
        solid[i] = bits;
      }
      if (y % rowsPerPause === 0) await stage.pause();
    }
    await stage.pause(0.5 + (0.5 * (z + 1)) / n);
  }
}

/** Writes the noise-free grey to `grey` and turns `active` from sub-voxel bits into labels. */
async function composePhases(
  grey: Float32Array,
  active: Uint8Array,
  binder: Uint8Array,
  n: number,
  stage: Stage,
): Promise<Pick<CathodeStatistics, 'fractions' | 'subVoxelFractions'>> {
  const voxels = active.length;
  const labels = [0, 0, 0];
  let activeBits = 0;
  let binderBits = 0;
  for (let z = 0; z < n; z++) {
    for (let i = n * n * z; i < n * n * (z + 1); i++) {
      const a = BIT_COUNT[active[i]!]!;
      const b = BIT_COUNT[binder[i]!]!;
      const p = 8 - a - b;
      grey[i] = (CATHODE_GREYS[0] * p + CATHODE_GREYS[1] * b + CATHODE_GREYS[2] * a) / 8;
      const label = a >= b && a >= p ? 2 : b >= p ? 1 : 0;
      active[i] = label;
      labels[label] = labels[label]! + 1;
      activeBits += a;
      binderBits += b;
    }
    await stage.pause((z + 1) / n);
  }
  return {
    fractions: {
      pore: labels[0]! / voxels,
      carbonBinder: labels[1]! / voxels,
      activeMaterial: labels[2]! / voxels,
    },
    subVoxelFractions: {
      pore: 1 - (activeBits + binderBits) / (8 * voxels),
      carbonBinder: binderBits / (8 * voxels),
      activeMaterial: activeBits / (8 * voxels),
    },
  };
}

/** Cupping, rings and noise about the rotation axis, then 16-bit levels. */
async function addScannerEffects(
  levels: Uint16Array,
  grey: Float32Array,
  parameters: Cathode['parameters'],
  stage: Stage,
): Promise<void> {
  const { size: n, seed, noise, cupping, rings } = parameters;
  const axisX = parameters.axis === 'centre' ? n / 2 : -n / 4;
  const axisY = n / 2;
  const farX = Math.max(axisX, n - 1 - axisX);
  const farthest = Math.sqrt(farX * farX + axisY * axisY);
  const radii = new Float32Array(n * n);
  for (let y = 0; y < n; y++) {
    for (let x = 0; x < n; x++) {
      radii[x + n * y] = Math.sqrt((x - axisX) * (x - axisX) + (y - axisY) * (y - axisY));
    }
  }
  const profiles = rings === 0 ? null : ringProfiles(n, Math.ceil(farthest) + 1, seed);
  const deviates = noise === 0 ? null : new Float32Array(n * n * n);
  if (deviates !== null) {
    await fillGaussianField(deviates, n, NOISE_CORRELATION, seed, STREAM.noise, {
      pause: (fraction = 0) => stage.pause(0.7 * fraction),
    });
  }
  for (let z = 0; z < n; z++) {
    for (let p = 0; p < n * n; p++) {
      const i = p + n * n * z;
      const ratio = radii[p]! / farthest;
      let value = grey[i]! * (1 - cupping + 2 * cupping * ratio * ratio);
      if (profiles !== null) {
        const profile = profiles[Math.floor(radii[p]! + 0.5)];
        if (profile != null) value += 3 * rings * profile[z]!;
      }
      if (deviates !== null) {
        const signal = NOISE_SIGNAL * NOISE_SIGNAL * Math.max(0, value);
        value += noise * Math.sqrt(signal + NOISE_FLOOR * NOISE_FLOOR) * deviates[i]!;
      }
      const level = Math.floor(cathodeGreyLevel(value) + 0.5);
      levels[i] = Math.min(65535, Math.max(0, level));
    }
    await stage.pause(0.7 + (0.3 * (z + 1)) / n);
  }
}

/** Offset along z of each radius, unit variance, correlated over slices; null for good radii. */
function ringProfiles(n: number, radii: number, seed: number): (Float64Array | null)[] {
  const weights = gaussianWeights(RING_CORRELATION);
  let power = 0;
  for (const weight of weights) power += weight * weight;
  const scale = 1 / Math.sqrt(power);
  const white = new Float32Array(n + weights.length - 1);
  return Array.from({ length: radii + 1 }, (_, radius) => {
    if (randomUniform(seed, STREAM.badRings, radius) >= BAD_RING_SHARE) return null;
    // 1024 deviates are set aside for each radius: more than 512 slices and the margins need.
    fillNormal(white, seed, STREAM.ringValues, 1024 * radius);
    return Float64Array.from({ length: n }, (_unused, z) => {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * white[z + k]!;
      return sum * scale;
    });
  });
}
