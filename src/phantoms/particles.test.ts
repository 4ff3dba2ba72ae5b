import { expect, test } from 'vitest';
import { StagedRun } from './hooks.ts';
import {
  DIAMETER_RANGE,
  drawDiameter,
  type Particle,
  type ParticleOptions,
  packParticles,
} from './particles.ts';

const options: ParticleOptions = {
  size: 160,
  seed: 5,
  medianDiameter: 20,
  diameterSpread: 0.35,
  overlap: 0.06,
};

/** Share of a sphere that lies inside the cube, by 8³ sample points. */
function shareInside({ x, y, z, radius }: Particle, size: number): number {
  let inside = 0;
  let total = 0;
  for (let i = 0; i < 512; i++) {
    const [u, v, w] = [i & 7, (i >> 3) & 7, i >> 6].map((k) => (k - 3.5) / 4) as [
      number,
      number,
      number,
    ];
    if (u * u + v * v + w * w > 1) continue;
    total++;
    const isInside = [x + u * radius, y + v * radius, z + w * radius].every(
      (position) => position > 0 && position < size,
    );
    if (isInside) inside++;
  }
  return inside / total;
}

async function pack(target: number): Promise<{ particles: Particle[]; fraction: number }> {
  const particles: Particle[] = [];
  const volume = options.size ** 3;
  let filled = 0;
  await packParticles(
    options,
    target * volume,
    async (particle) => {
      particles.push(particle);
      filled += shareInside(particle, options.size) * (4 / 3) * Math.PI * particle.radius ** 3;
      return filled >= target * volume;
    },
    new StagedRun({}, 1).stage(1),
  );
  return { particles, fraction: filled / volume };
}

/** Distribution function of the standard normal (Abramowitz & Stegun 7.1.26, error 1.5e-7). */
function normalDistribution(z: number): number {
  const t = 1 / (1 + (0.3275911 * Math.abs(z)) / Math.SQRT2);
  const poly =
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = (poly * Math.exp((-z * z) / 2)) / 2;
  return z > 0 ? 1 - tail : tail;
}

/** Largest distance between the diameters' distribution and the lognormal (Kolmogorov–Smirnov). */
function distanceFromLognormal(diameters: readonly number[]): number {
  const sorted = [...diameters].sort((a, b) => a - b);
  return sorted.reduce((worst, diameter, i) => {
    if (diameter >= DIAMETER_RANGE[1] * options.medianDiameter) return worst;
    const expected = normalDistribution(
      Math.log(diameter / options.medianDiameter) / options.diameterSpread,
    );
    return Math.max(
      worst,
      Math.abs(i / sorted.length - expected),
      Math.abs((i + 1) / sorted.length - expected),
    );
  }, 0);
}

test('drawn diameters are lognormal between the clips', () => {
  const diameters = Array.from({ length: 4000 }, (_, i) => drawDiameter(options, i));
  // 1.95/√N is exceeded once in a thousand seeds.
  expect(distanceFromLognormal(diameters)).toBeLessThan(1.95 / Math.sqrt(diameters.length));
  expect(Math.min(...diameters)).toBeGreaterThanOrEqual(0.35 * 20);
  expect(Math.max(...diameters)).toBeLessThanOrEqual(2 * 20);
});

test('a dense packing keeps the lognormal distribution and reaches its target', async () => {
  const { particles, fraction } = await pack(0.47);
  expect(fraction).toBeGreaterThanOrEqual(0.47);
  expect(fraction).toBeLessThan(0.475);
  const diameters = particles.map((particle) => 2 * particle.radius);
  // Sampling error of some 380 particles at the same level, plus 2 % for those that found no place.
  expect(distanceFromLognormal(diameters)).toBeLessThan(1.95 / Math.sqrt(diameters.length) + 0.02);
});

test('no two particles come closer than the overlap rule allows', async () => {
  const { particles } = await pack(0.4);
  for (const [i, a] of particles.entries()) {
    for (const b of particles.slice(i + 1)) {
      const distance = Math.sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2 + (a.z - b.z) ** 2);
      expect(distance).toBeGreaterThanOrEqual(0.94 * (a.radius + b.radius));
    }
  }
});
