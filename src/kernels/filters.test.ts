/** Closed forms and invariances of the scalar references; the compiled kernels have their bits. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  gaussianDerivativeWeights,
  gaussianRadius,
  gaussianWeights,
  type KernelSize,
  smoothGaussian,
} from './gaussian.ts';
import { gradientMagnitude } from './gradient.ts';
import { nlMeans, nlMeansGroups } from './nl-means.ts';
import { randomNormal } from './random.ts';
import { sharpenUnsharpMask } from './unsharp.ts';

type Values = Float32Array<ArrayBuffer>;
type Position = readonly [x: number, y: number, z: number];

/** An element that exists. */
function at(values: ArrayLike<number>, index: number): number {
  return values[index] as number;
}

function fill(size: KernelSize, grey: (...position: Position) => number): Values {
  const [nx, ny, nz] = size;
  const out = new Float32Array(nx * ny * nz);
  for (let z = 0, i = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) for (let x = 0; x < nx; x++, i++) out[i] = grey(x, y, z);
  }
  return out;
}

function noise(size: KernelSize, seed: number): Values {
  return fill(size, (x, y, z) => {
    const i = x + size[0] * (y + size[1] * z);
    return 100 + (x > size[0] / 2 ? 40 : 0) + 8 * randomNormal(seed, 0, i);
  });
}

function mirror(values: Values, size: KernelSize, axis: number): Values {
  const [nx, ny, nz] = size;
  return fill(size, (x, y, z) => {
    const u = axis === 0 ? nx - 1 - x : x;
    const v = axis === 1 ? ny - 1 - y : y;
    const w = axis === 2 ? nz - 1 - z : z;
    return at(values, u + nx * (v + ny * w));
  });
}

/** x → y → z → x. */
function rotateAxes(values: Values, [nx, ny, nz]: KernelSize): [Values, KernelSize] {
  const size = [nz, nx, ny] as const;
  return [fill(size, (x, y, z) => at(values, y + nx * (z + ny * x))), size];
}

function largestDifference(a: Values, b: Values): number {
  expect(a.length).toBe(b.length);
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - at(b, i))), 0);
}

const SIZE: KernelSize = [11, 9, 8];

const FILTERS: Readonly<Record<string, (input: Values, size: KernelSize) => Values>> = {
  gaussian: (input, size) => smoothGaussian(input, size, { sigma: 1.2 }),
  unsharp: (input, size) =>
    sharpenUnsharpMask(input, size, { sigma: 1.5, amount: 0.8, threshold: 2 }),
  gradient: (input, size) => gradientMagnitude(input, size, { sigma: 1, spacing: [1, 1, 1] }),
  central: (input, size) => gradientMagnitude(input, size, { sigma: null, spacing: [1, 1, 1] }),
  'non-local means': (input, size) =>
    nlMeans(input, size, { patchRadius: 1, searchRadius: 2, sigma: 8, h: 6 }),
};

describe.each(Object.entries(FILTERS))('%s', (name, filter) => {
  const input = noise(SIZE, 3);
  const result = filter(input, SIZE);

  it.each([0, 1, 2])('commutes with a mirror image along axis %i', (axis) => {
    const mirrored = mirror(filter(mirror(input, SIZE, axis), SIZE), SIZE, axis);
    // Pairs are symmetric; only the list of search offsets has a direction.
    const allowed = name === 'non-local means' ? 1e-4 : 0;
    expect(largestDifference(mirrored, result)).toBeLessThanOrEqual(allowed);
  });

  it('commutes with a permutation of the axes', () => {
    const [rotated, size] = rotateAxes(input, SIZE);
    const [expected] = rotateAxes(result, SIZE);
    expect(largestDifference(filter(rotated, size), expected)).toBeLessThanOrEqual(1e-4);
  });

  it('ignores an offset of the grey values, up to rounding', () => {
    const shifted = filter(
      input.map((value) => value + 512),
      SIZE,
    );
    const keeps = name === 'gradient' || name === 'central' ? 0 : 512;
    const back = shifted.map((value) => value - keeps);
    expect(largestDifference(back, result)).toBeLessThanOrEqual(2e-3);
  });
});

describe('gaussian weights', () => {
  it('reach to four sigma and sum to 1', () => {
    expect([0.5, 1, 2, 3.2].map(gaussianRadius)).toEqual([2, 4, 8, 13]);
    for (const sigma of [0.3, 0.5, 1, 2, 7.3]) {
      const sum = gaussianWeights(sigma).reduce((total, w, k) => total + (k === 0 ? w : 2 * w), 0);
      expect(sum).toBeCloseTo(1, 6);
    }
  });

  it('fall as the gaussian does', () => {
    const weights = gaussianWeights(2);
    expect(at(weights, 3) / at(weights, 1)).toBeCloseTo(Math.exp(-8 / 8), 6);
    expect(at(weights, 8) / at(weights, 0)).toBeCloseTo(Math.exp(-8), 8);
  });

  it('have derivative weights whose first moment is 1', () => {
    for (const sigma of [0.3, 0.5, 1, 2.5]) {
      const slope = gaussianDerivativeWeights(sigma).reduce((sum, d, k) => sum + 2 * k * d, 0);
      expect(slope).toBeCloseTo(1, 6);
    }
  });
});

describe('gaussian smoothing', () => {
  it('turns one bright voxel into the product of three weights', () => {
    const size: KernelSize = [13, 11, 10];
    const centre: Position = [6, 5, 4];
    const impulse = fill(size, (...p) => (p.every((c, i) => c === centre[i]) ? 1000 : 0));
    const weights = gaussianWeights(1);
    const expected = fill(size, (...p) =>
      p.reduce((product, c, i) => product * (weights[Math.abs(c - at(centre, i))] ?? 0), 1000),
    );
    const smoothed = smoothGaussian(impulse, size, { sigma: 1 });
    expect(largestDifference(smoothed, expected)).toBeLessThan(1e-4);
  });

  it('keeps a linear ramp away from the border', () => {
    const size: KernelSize = [24, 3, 3];
    const ramp = fill(size, (x) => 5 * x);
    const smoothed = smoothGaussian(ramp, size, { sigma: 1.5 });
    for (let x = 6; x < 18; x++) expect(smoothed[x]).toBeCloseTo(5 * x, 4);
  });

  it('divides the variance of white noise by (2√π σ)³', () => {
    const size: KernelSize = [40, 40, 40];
    const white = fill(size, (x, y, z) => randomNormal(9, 0, x + 40 * (y + 40 * z)));
    const smoothed = smoothGaussian(white, size, { sigma: 1.5 });
    const inner = smoothed.filter((_, i) => {
      const position = [i % 40, Math.floor(i / 40) % 40, Math.floor(i / 1600)];
      return position.every((c) => c >= 6 && c < 34);
    });
    const mean = inner.reduce((sum, v) => sum + v, 0) / inner.length;
    const variance = inner.reduce((sum, v) => sum + (v - mean) ** 2, 0) / inner.length;
    // 28³ voxels hold about 300 independent values, so the variance has a spread of 8 %.
    expect(Math.abs(variance * (2 * Math.sqrt(Math.PI) * 1.5) ** 3 - 1)).toBeLessThan(0.25);
  });
});

describe('unsharp mask', () => {
  it('leaves detail up to the threshold alone', () => {
    const input = noise(SIZE, 4);
    const parameters = { sigma: 2, amount: 1, threshold: 1000 };
    expect(largestDifference(sharpenUnsharpMask(input, SIZE, parameters), input)).toBe(0);
  });

  it('is the identity for amount 0', () => {
    const input = noise(SIZE, 4);
    const parameters = { sigma: 2, amount: 0, threshold: 0 };
    expect(largestDifference(sharpenUnsharpMask(input, SIZE, parameters), input)).toBe(0);
  });

  it('overshoots a step by amount × (½ − w₀/2) on each side', () => {
    const size: KernelSize = [30, 1, 1];
    const step = fill(size, (x) => (x < 15 ? 100 : 200));
    const sharpened = sharpenUnsharpMask(step, size, { sigma: 2, amount: 1, threshold: 0 });
    const overshoot = 100 * (0.5 - at(gaussianWeights(2), 0) / 2);
    expect(sharpened[15]).toBeCloseTo(200 + overshoot, 3);
    expect(sharpened[14]).toBeCloseTo(100 - overshoot, 3);
  });
});

describe('gradient magnitude', () => {
  const size: KernelSize = [20, 18, 16];
  const ramp = fill(size, (x, y, z) => 3 * x - 4 * y + 12 * z);
  const inner = 9 + 20 * (9 + 18 * 8);

  it.each([0.5, 1, 1.7, null])('gives the slope of a linear ramp for sigma %s', (sigma) => {
    const gradient = gradientMagnitude(ramp, size, { sigma, spacing: [1, 1, 1] });
    expect(gradient[inner]).toBeCloseTo(13, 4);
  });

  it('divides each axis by its voxel size', () => {
    const spacing = [0.5, 2, 4] as const;
    const gradient = gradientMagnitude(ramp, size, { sigma: 1, spacing });
    expect(gradient[inner]).toBeCloseTo(Math.hypot(3 / 0.5, 4 / 2, 12 / 4), 4);
  });

  it('stays finite for voxel sizes in metres', () => {
    const spacing = [1e-9, 1e-9, 1e-9] as const;
    const gradient = gradientMagnitude(ramp, size, { sigma: 1, spacing });
    expect(at(gradient, inner) / 13e9).toBeCloseTo(1, 5);
  });

  it('halves a one-sided difference at the border', () => {
    const line = fill([5, 1, 1], (x) => 10 * x);
    const gradient = gradientMagnitude(line, [5, 1, 1], { sigma: null, spacing: [1, 1, 1] });
    expect([...gradient]).toEqual([5, 10, 10, 10, 5]);
  });
});

/** The definition, voxel by voxel in float64 with the engine's exponential. */
function directNlMeans(
  input: Values,
  [nx, ny, nz]: KernelSize,
  patch: number,
  search: number,
  sigma: number,
  h: number,
): Values {
  const clamp = (c: number, n: number): number => Math.max(0, Math.min(n - 1, c));
  const grey = (x: number, y: number, z: number): number =>
    at(input, clamp(x, nx) + nx * (clamp(y, ny) + ny * clamp(z, nz)));
  const around = (radius: number): Position[] => {
    const range = Array.from({ length: 2 * radius + 1 }, (_, i) => i - radius);
    return range.flatMap((z) => range.flatMap((y) => range.map((x): Position => [x, y, z])));
  };
  const offsets = around(search);
  const window = around(patch);
  return fill([nx, ny, nz], (x, y, z) => {
    let sum = 0;
    let weights = 0;
    for (const [dx, dy, dz] of offsets) {
      let squares = 0;
      for (const [i, j, k] of window) {
        const partner = grey(x + dx + i, y + dy + j, z + dz + k);
        squares += (grey(x + i, y + j, z + k) - partner) ** 2;
      }
      const excess = Math.max(squares / window.length - 2 * sigma ** 2, 0);
      const weight = Math.exp(-excess / h ** 2);
      sum += weight * grey(x + dx, y + dy, z + dz);
      weights += weight;
    }
    return sum / weights;
  });
}

describe('non-local means', () => {
  it('lists each pair of search offsets once', () => {
    const seen = new Set<string>();
    let pairs = 0;
    for (const { dx, dy, dz, count } of nlMeansGroups([9, 9, 9], 2)) {
      for (let k = 0; k < count; k++) {
        seen.add([dx + k, dy, dz].join()).add([-dx - k, -dy, -dz].map((c) => c + 0).join());
      }
      pairs += count;
    }
    expect(pairs).toBe((5 ** 3 - 1) / 2);
    expect(seen.size).toBe(5 ** 3 - 1);
  });

  it.each([
    [1, 2, 6],
    [2, 1, 3],
    [3, 1, 20],
  ])('equals its definition for patch %i, search %i, h %i', (patch, search, h) => {
    const size: KernelSize = [7, 6, 5];
    const input = noise(size, 5);
    const parameters = { patchRadius: patch, searchRadius: search, sigma: 4, h };
    const direct = directNlMeans(input, size, patch, search, 4, h);
    expect(largestDifference(nlMeans(input, size, parameters), direct)).toBeLessThan(1e-3);
  });

  it('equals its definition in a single slice, where one axis is not searched', () => {
    const size: KernelSize = [9, 8, 1];
    const input = noise(size, 6);
    const parameters = { patchRadius: 1, searchRadius: 2, sigma: 8, h: 6 };
    const direct = directNlMeans(input, size, 1, 2, 8, 6);
    expect(largestDifference(nlMeans(input, size, parameters), direct)).toBeLessThan(1e-3);
  });

  it('becomes the mean of the search cube when everything counts as noise', () => {
    const size: KernelSize = [9, 8, 7];
    const input = noise(size, 7);
    const parameters = { patchRadius: 1, searchRadius: 2, sigma: 1e4, h: 1 };
    const [x, y, z] = [4, 4, 3];
    let sum = 0;
    for (let k = -2; k <= 2; k++) {
      for (let j = -2; j <= 2; j++) {
        for (let i = -2; i <= 2; i++) sum += at(input, x + i + 9 * (y + j + 8 * (z + k)));
      }
    }
    const middle = x + 9 * (y + 8 * z);
    expect(nlMeans(input, size, parameters)[middle]).toBeCloseTo(sum / 125, 3);
  });

  it('leaves grey values alone when nothing resembles them', () => {
    const input = noise(SIZE, 8);
    const parameters = { patchRadius: 1, searchRadius: 2, sigma: 0, h: 0.5 };
    expect(largestDifference(nlMeans(input, SIZE, parameters), input)).toBeLessThan(1e-4);
    expect(largestDifference(nlMeans(input, SIZE, { ...parameters, h: 0 }), input)).toBe(0);
  });

  it('scales with the grey values by powers of two, to the last bit', () => {
    const size: KernelSize = [6, 5, 4];
    const input = noise(size, 9);
    const base = nlMeans(input, size, { patchRadius: 1, searchRadius: 1, sigma: 8, h: 6 });
    for (const factor of [2 ** 40, 2 ** -60]) {
      const scaled = nlMeans(
        input.map((value) => value * factor),
        size,
        { patchRadius: 1, searchRadius: 1, sigma: 8 * factor, h: 6 * factor },
      );
      expect(
        largestDifference(
          scaled,
          base.map((value) => value * factor),
        ),
      ).toBe(0);
    }
  });

  it('stays within the range of its input', () => {
    const size: KernelSize = [5, 4, 3];
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 60, maxLength: 60 }),
        fc.double({ min: 0.1, max: 1000, noNaN: true }),
        (values, h) => {
          const input = Float32Array.from(values);
          const parameters = { patchRadius: 1, searchRadius: 1, sigma: h / 2, h };
          const result = nlMeans(input, size, parameters);
          expect(Math.min(...result)).toBeGreaterThanOrEqual(Math.min(...values) - 1e-3);
          expect(Math.max(...result)).toBeLessThanOrEqual(Math.max(...values) + 1e-3);
        },
      ),
      { numRuns: 40, seed: 4 },
    );
  });
});
