/**
 * Packing of active-material particles: lognormal diameters placed from large to small by random
 * sequential addition (Torquato 2002, Random Heterogeneous Materials, §3.4) with a small allowed
 * overlap. Lengths are in voxels; voxel i spans [i, i + 1).
 */
import { exponential, randomNormal, randomUniform } from '../kernels/random.ts';
import type { Stage } from './hooks.ts';
import { STREAM } from './streams.ts';

export interface Particle {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Nominal radius; half the drawn diameter. */
  readonly radius: number;
  /** Half axes of the ellipsoid along x, y, z as multiples of the radius. */
  readonly axes: readonly [number, number, number];
}

export interface ParticleOptions {
  readonly size: number;
  readonly seed: number;
  readonly medianDiameter: number;
  /** Standard deviation of ln(diameter). */
  readonly diameterSpread: number;
  /** Fraction of the sum of two radii by which two particles may overlap. */
  readonly overlap: number;
}

/** Diameters are clipped to this range, in median diameters. */
export const DIAMETER_RANGE = [0.35, 2] as const;

const TRIES = 200;
/** Centres lie at most this many radii outside the cube, so that particles are cut by its faces. */
const OUTSIDE = 0.3;
const AXIS_SPREAD = 0.13;

/** Diameter number `index` of the distribution. */
export function drawDiameter(options: ParticleOptions, index: number): number {
  const { medianDiameter, diameterSpread, seed } = options;
  const normal = randomNormal(seed, STREAM.diameters, index);
  const ratio = exponential(diameterSpread * normal);
  return medianDiameter * Math.min(DIAMETER_RANGE[1], Math.max(DIAMETER_RANGE[0], ratio));
}

/**
 * The diameters, large to small, whose full spheres have `volume` voxels in total; drawing starts at
 * number `first`.
 */
function drawDiameters(options: ParticleOptions, volume: number, first: number): Float64Array {
  const drawn: number[] = [];
  let sum = 0;
  while (sum < volume) {
    const diameter = drawDiameter(options, first + drawn.length);
    drawn.push(diameter);
    sum += (Math.PI / 6) * diameter * diameter * diameter;
  }
  return Float64Array.from(drawn).sort().reverse();
}

/** Places particles one by one and finds neighbours through cells of the largest diameter. */
class ParticlePacking {
  private readonly options: ParticleOptions;
  private readonly cells = new Map<number, Particle[]>();
  private readonly cellSize: number;
  private readonly cellsPerEdge: number;
  private attempts = 0;
  private placed = 0;

  constructor(options: ParticleOptions) {
    this.options = options;
    this.cellSize = options.medianDiameter * DIAMETER_RANGE[1];
    this.cellsPerEdge = Math.ceil(options.size / this.cellSize) + 2;
  }

  /** The particle at the first free of 200 random positions, or null where none was free. */
  add(diameter: number): Particle | null {
    const { size, seed } = this.options;
    const radius = diameter / 2;
    const low = -OUTSIDE * radius;
    const range = size + 2 * OUTSIDE * radius;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const draw = 3 * this.attempts++;
      const x = low + range * randomUniform(seed, STREAM.positions, draw);
      const y = low + range * randomUniform(seed, STREAM.positions, draw + 1);
      const z = low + range * randomUniform(seed, STREAM.positions, draw + 2);
      if (!this.isFree(x, y, z, radius)) continue;
      const shape = 3 * this.placed++;
      const axis = (k: number) =>
        1 + AXIS_SPREAD * (2 * randomUniform(seed, STREAM.shapes, shape + k) - 1);
      const particle: Particle = { x, y, z, radius, axes: [axis(0), axis(1), axis(2)] };
      const cell = this.cellOf(x, y, z);
      const members = this.cells.get(cell);
      if (members === undefined) this.cells.set(cell, [particle]);
      else members.push(particle);
      return particle;
    }
    return null;
  }

  private isFree(x: number, y: number, z: number, radius: number): boolean {
    const centre = this.cellOf(x, y, z);
    const edge = this.cellsPerEdge;
    for (let dz = -1; dz <= 1; dz++) {
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          const members = this.cells.get(centre + dx + edge * (dy + edge * dz));
          if (members === undefined) continue;
          for (const other of members) {
            const gap = (1 - this.options.overlap) * (radius + other.radius);
            const ax = x - other.x;
            const ay = y - other.y;
            const az = z - other.z;
            if (ax * ax + ay * ay + az * az < gap * gap) return false;
          }
        }
      }
    }
    return true;
  }

  /** Centres reach OUTSIDE · radius < one cell beyond each face, hence the shift by one cell. */
  private cellOf(x: number, y: number, z: number): number {
    const cell = (position: number) => Math.floor(position / this.cellSize) + 1;
    return cell(x) + this.cellsPerEdge * (cell(y) + this.cellsPerEdge * cell(z));
  }
}

/**
 * How much more particle volume to draw than the target: the part of border particles that the
 * cube's faces cut off, which grows with the diameter over the edge.
 */
function drawSurplus(options: ParticleOptions): number {
  return 1 + (2.2 * options.medianDiameter) / options.size;
}

/** Places all drawn diameters, in order, until `onPlaced` says that the target is reached. */
export async function packParticles(
  options: ParticleOptions,
  targetVolume: number,
  onPlaced: (particle: Particle) => Promise<boolean>,
  stage: Stage,
): Promise<void> {
  const packing = new ParticlePacking(options);
  let first = 0;
  // Each round after the first replaces the diameters that found no place.
  for (let round = 0; round < 12; round++) {
    const volume = targetVolume * (round === 0 ? drawSurplus(options) : 0.1);
    const diameters = drawDiameters(options, volume, first);
    first += diameters.length;
    for (const [index, diameter] of diameters.entries()) {
      const particle = packing.add(diameter);
      const done = particle !== null && (await onPlaced(particle));
      await stage.pause(round === 0 ? (0.9 * index) / diameters.length : 0.9 + 0.008 * round);
      if (done) return;
    }
  }
}
