import { describe, expect, it } from 'vitest';
import { type DiffusionProblem, solveDiffusion } from './diffusion.ts';
import { DiffusionField, type FieldQuantity, ProfileSums } from './diffusion-field.ts';
import type { FluxDirection, Triple } from './diffusion-grid.ts';
import { randomUniform } from './random.ts';

const DIRECTIONS: readonly FluxDirection[] = [0, 1, 2];

function problemOf(
  size: Triple,
  rule: (at: Triple) => boolean,
  overrides: Partial<DiffusionProblem> = {},
): DiffusionProblem {
  const codes = Uint8Array.from({ length: size[0] * size[1] * size[2] }, (_, i) => {
    const at: Triple = [
      i % size[0],
      Math.floor(i / size[0]) % size[1],
      Math.floor(i / (size[0] * size[1])),
    ];
    return rule(at) ? 1 : 0;
  });
  return {
    size,
    codes,
    conductivities: [0, 1],
    edges: [1, 1, 1],
    direction: 2,
    periodicSides: false,
    accuracy: 1e-9,
    ...overrides,
  };
}

function fieldOf(problem: DiffusionProblem, quantity: FieldQuantity) {
  const voxels = problem.codes.length;
  const field = new DiffusionField(problem, quantity, new Float32Array(voxels));
  const solution = solveDiffusion(problem, (plane) => field.add(plane));
  return { data: field.data, solution };
}

function profileOf(problem: DiffusionProblem) {
  const sums = new ProfileSums(problem);
  const solution = solveDiffusion(problem, (plane) => sums.add(plane));
  return { profile: sums.finish(), solution };
}

const mean = (values: Float32Array): number =>
  values.reduce((total, value) => total + value, 0) / values.length;

const SIZE: Triple = [11, 9, 10];
const random = (at: Triple): boolean =>
  randomUniform(5, 0, (at[0] >> 1) + 32 * ((at[1] >> 1) + 32 * (at[2] >> 1))) < 0.7;

describe('the concentration', () => {
  it('falls linearly in a straight channel, in the layout of the volume', () => {
    for (const direction of DIRECTIONS) {
      const problem = problemOf([5, 4, 6], (at) => at[(direction + 1) % 3] === 1, { direction });
      const { data } = fieldOf(problem, 'concentration');
      data.forEach((value, i) => {
        const at = [i % 5, Math.floor(i / 5) % 4, Math.floor(i / 20)];
        const expected = 1 - ((at[direction] as number) + 0.5) / problem.size[direction];
        expect(value).toBeCloseTo(problem.codes[i] === 1 ? expected : 0, 6);
      });
    }
  });

  it('is above 0 where the phase percolates and 0 elsewhere', () => {
    const dead = problemOf(SIZE, (at) => at[0] < 3 || (at[0] === 6 && at[2] < 5));
    const { data } = fieldOf(dead, 'concentration');
    data.forEach((value, i) => {
      if (i % SIZE[0] < 3) expect(value).toBeGreaterThan(0);
      else expect(value).toBe(0);
    });
  });
});

describe('the flux', () => {
  it.each([false, true])('along the mean has the mean D_eff/D0 (periodic %s)', (periodicSides) => {
    for (const direction of DIRECTIONS) {
      const problem = problemOf(SIZE, random, { direction, periodicSides, edges: [1, 2, 3] });
      const { data, solution } = fieldOf(problem, 'flux-along');
      expect(solution.percolates).toBe(true);
      // Float32 values, and a flux whose error is of the order of the root of the accuracy.
      expect(mean(data) / solution.effectiveConductivity).toBeCloseTo(1, 4);
    }
  });

  it('has its component along the mean as least magnitude', () => {
    const problem = problemOf(SIZE, random, { edges: [1, 2, 3] });
    const along = fieldOf(problem, 'flux-along').data;
    const magnitude = fieldOf(problem, 'flux-magnitude').data;
    magnitude.forEach((value, i) => expect(value).toBeGreaterThanOrEqual(Math.abs(along[i]!)));
    expect(mean(magnitude)).toBeGreaterThan(1.01 * mean(along));
  });

  it('is 1 everywhere in a full volume of any voxel shape', () => {
    for (const direction of DIRECTIONS) {
      const problem = problemOf([4, 3, 5], () => true, { direction, edges: [1, 2, 5] });
      for (const quantity of ['flux-along', 'flux-magnitude'] as const) {
        for (const value of fieldOf(problem, quantity).data) expect(value).toBeCloseTo(1, 6);
      }
    }
  });

  it('does not turn when the volume is turned or mirrored', () => {
    const along = problemOf(SIZE, random);
    const expected = fieldOf(along, 'flux-magnitude').data;
    const turned = problemOf([10, 11, 9], ([x, y, z]) => random([y, z, x]), { direction: 0 });
    const found = fieldOf(turned, 'flux-magnitude').data;
    const mirrored = problemOf(SIZE, ([x, y, z]) => random([SIZE[0] - 1 - x, y, z]));
    const reflected = fieldOf(mirrored, 'flux-magnitude').data;
    expected.forEach((value, i) => {
      const [x, y, z] = [i % 11, Math.floor(i / 11) % 9, Math.floor(i / 99)];
      expect(found[z + 10 * (x + 11 * y)]).toBeCloseTo(value, 3);
      expect(reflected[10 - x + 11 * (y + 9 * z)]).toBeCloseTo(value, 3);
    });
  });
});

describe('the profile', () => {
  it('has one flux through all cross-sections', () => {
    for (const direction of DIRECTIONS) {
      const { profile, solution } = profileOf(problemOf(SIZE, random, { direction }));
      expect(profile.fluxSpread).toBeLessThan(1e-3);
      for (const { flux } of profile.planes) {
        expect(flux / solution.effectiveConductivity).toBeCloseTo(1, 3);
      }
      expect(profile.inletFlux / solution.effectiveConductivity).toBeCloseTo(1, 3);
    }
  });

  it('counts the phase with its blind parts, and the percolating part alone', () => {
    const { profile } = profileOf(
      problemOf([4, 5, 6], (at) => at[0] === 0 || (at[0] === 3 && at[2] < 2)),
    );
    expect(profile.planes.map(({ phaseFraction }) => phaseFraction)).toEqual([
      0.5, 0.5, 0.25, 0.25, 0.25, 0.25,
    ]);
    for (const { percolatingFraction } of profile.planes) expect(percolatingFraction).toBe(0.25);
  });
});
