import { describe, expect, test } from 'vitest';
import type { Volume } from '../volume/volume.ts';
import {
  type Axis,
  bodyVolume,
  checkerboard,
  cubicSpheres,
  type ExactBody,
  flatLayers,
  layeredConductivity,
  overlappingSpheres,
  overlappingSpheresTwoPoint,
  straightChannels,
} from './simple.ts';

const AXES = ['x', 'y', 'z'] as const;

function porosityOf(volume: Volume): number {
  const labels = volume.data as Uint8Array;
  return labels.reduce((pores, label) => pores + (label === 0 ? 1 : 0), 0) / labels.length;
}

/** Label at (x, y, z) after the axes were permuted: `order[k]` is the axis that becomes axis k. */
function permuted(volume: Volume, order: readonly [number, number, number]): Uint8Array {
  const [n] = volume.size;
  const labels = volume.data as Uint8Array;
  const strides = order.map((axis) => n ** axis) as [number, number, number];
  return labels.map((_, i) => {
    const [x, y, z] = [i % n, Math.floor(i / n) % n, Math.floor(i / (n * n))];
    return labels[x * strides[0] + y * strides[1] + z * strides[2]] ?? 255;
  });
}

/** Faces between pore and solid over the volume, periodic. */
function facesPerVoxel(volume: Volume): number {
  const [n] = volume.size;
  const labels = volume.data as Uint8Array;
  let faces = 0;
  for (let i = 0; i < labels.length; i++) {
    const position = [i % n, Math.floor(i / n) % n, Math.floor(i / (n * n))];
    position.forEach((value, axis) => {
      const stride = n ** axis;
      const next = value === n - 1 ? i - stride * (n - 1) : i + stride;
      if (labels[i] !== labels[next]) faces++;
    });
  }
  return faces / labels.length;
}

/** Whether face-connected pore joins the two faces normal to each axis. */
function percolates(volume: Volume): boolean[] {
  const [n] = volume.size;
  const labels = volume.data as Uint8Array;
  return [0, 1, 2].map((axis) => {
    const stride = n ** axis;
    const seen = new Uint8Array(labels.length);
    const queue: number[] = [];
    labels.forEach((label, i) => {
      if (label === 0 && Math.floor(i / stride) % n === 0) {
        seen[i] = 1;
        queue.push(i);
      }
    });
    for (let i = queue.pop(); i !== undefined; i = queue.pop()) {
      if (Math.floor(i / stride) % n === n - 1) return true;
      for (const step of [1, n, n * n]) {
        const place = Math.floor(i / step) % n;
        for (const next of [place > 0 ? i - step : i, place < n - 1 ? i + step : i]) {
          if (labels[next] !== 0 || seen[next] === 1) continue;
          seen[next] = 1;
          queue.push(next);
        }
      }
    }
    return false;
  });
}

const exactBodies: readonly [string, ExactBody][] = [
  ...AXES.flatMap((axis): [string, ExactBody][] => [
    [`channels along ${axis}`, straightChannels({ size: 24, period: 8, width: 3, axis })],
    [`cut channels along ${axis}`, straightChannels({ size: 21, period: 8, width: 5, axis })],
    [`layers normal to ${axis}`, flatLayers({ size: 24, period: 6, width: 2, axis })],
    [`cut layers normal to ${axis}`, flatLayers({ size: 23, period: 6, width: 4, axis })],
  ]),
  ['cubes', checkerboard({ size: 24, block: 4, shape: 'cubes' })],
  ['cut cubes', checkerboard({ size: 22, block: 4, shape: 'cubes' })],
  ['columns', checkerboard({ size: 24, block: 4, shape: 'columns' })],
  ['cut columns', checkerboard({ size: 22, block: 4, shape: 'columns' })],
];

describe.each(exactBodies)('%s', (_name, body) => {
  const volume = bodyVolume(body);

  test('have the stated porosity to the last voxel', () => {
    expect(body.expected.porosityKind).toBe('exact');
    expect(porosityOf(volume)).toBeCloseTo(body.expected.porosity, 14);
  });

  test('percolate along the axes with a tortuosity factor and no other', () => {
    const expected = body.expected.tortuosityFactor ?? [];
    expect(percolates(volume)).toEqual(expected.map((factor) => factor !== null));
    expect(body.expected.relativeDiffusivity?.map((value) => value > 0)).toEqual(
      expected.map((factor) => factor !== null),
    );
  });

  test('satisfy τ = ε·D0/D_eff', () => {
    body.expected.tortuosityFactor?.forEach((factor, axis) => {
      if (factor === null) return;
      const diffusivity = body.expected.relativeDiffusivity?.[axis] ?? 0;
      expect(factor).toBeCloseTo(body.expected.porosity / diffusivity, 14);
    });
  });
});

test('whole periods have the stated specific surface', () => {
  for (const [name, body] of exactBodies) {
    if (name.startsWith('cut')) continue;
    expect(facesPerVoxel(bodyVolume(body))).toBeCloseTo(body.expected.specificSurface, 12);
  }
});

test.each([
  ['x', [2, 1, 0]],
  ['y', [0, 2, 1]],
] as const)(
  'channels and layers along %s are those along z with the axes exchanged',
  (axis, order) => {
    for (const make of [straightChannels, flatLayers]) {
      const along = (direction: Axis) =>
        bodyVolume(make({ size: 12, period: 5, width: 2, axis: direction }));
      expect(permuted(along('z'), order)).toEqual(along(axis).data);
    }
  },
);

test('layered conductivity lies between the harmonic and the arithmetic mean', () => {
  const { along, across } = layeredConductivity([
    { fraction: 0.25, conductivity: 4 },
    { fraction: 0.75, conductivity: 1 },
  ]);
  expect(along).toBeCloseTo(1.75, 14);
  expect(across).toBeCloseTo(1 / 0.8125, 14);
});

describe('spheres on a lattice', () => {
  test('approach the porosity of the smooth body as the voxels shrink', () => {
    const errors = [8, 32].map((period) => {
      const body = cubicSpheres({ size: period, period, radius: 0.4 * period });
      return Math.abs(porosityOf(bodyVolume(body)) - body.expected.porosity);
    });
    expect(errors[0]).toBeLessThan(0.02);
    expect(errors[1]).toBeLessThan(0.002);
  });

  test('look the same along x, y and z and from either end', () => {
    const volume = bodyVolume(cubicSpheres({ size: 20, period: 10, radius: 4.2 }));
    expect(permuted(volume, [2, 1, 0])).toEqual(volume.data);
    expect(permuted(volume, [1, 0, 2])).toEqual(volume.data);
    expect(Uint8Array.from(volume.data as Uint8Array).reverse()).toEqual(volume.data);
  });

  test('have Maxwell’s diffusivity in the dilute limit and none stated beyond Rayleigh’s range', () => {
    const dilute = cubicSpheres({ size: 64, period: 64, radius: 10 });
    const solid = 1 - dilute.expected.porosity;
    const maxwell = (2 * (1 - solid)) / (2 + solid);
    expect(dilute.expected.relativeDiffusivity?.[0]).toBeCloseTo(maxwell, 6);
    expect(cubicSpheres({ size: 64, period: 64, radius: 30 }).expected.relativeDiffusivity).toBe(
      null,
    );
  });
});

describe('overlapping spheres', () => {
  const size = 40;
  const radius = 6;
  const count = 30;
  const seeds = 60;
  const samples = Array.from({ length: seeds }, (_, seed) =>
    bodyVolume(overlappingSpheres({ size, radius, count, seed })),
  );

  /** Mean over seeds and its standard error. */
  function meanOf(values: readonly number[]): { mean: number; error: number } {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance =
      values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
    return { mean, error: Math.sqrt(variance / values.length) };
  }

  test('have the mean porosity (1 − v/V)^N', () => {
    const { mean, error } = meanOf(samples.map(porosityOf));
    const expected = (1 - ((4 / 3) * Math.PI * radius ** 3) / size ** 3) ** count;
    expect(overlappingSpheres({ size, radius, count, seed: 0 }).expected.porosity).toBeCloseTo(
      expected,
      12,
    );
    expect(error).toBeLessThan(0.005);
    expect(Math.abs(mean - expected)).toBeLessThan(4 * error);
  });

  test('have the two-point probability of the Boolean model, across the periodic border too', () => {
    for (const shift of [3, 8]) {
      const { mean, error } = meanOf(
        samples.map((volume) => {
          const labels = volume.data as Uint8Array;
          let both = 0;
          for (let i = 0; i < labels.length; i++) {
            const x = i % size;
            const j = i - x + ((x + shift) % size);
            if (labels[i] === 0 && labels[j] === 0) both++;
          }
          return both / labels.length;
        }),
      );
      const expected = overlappingSpheresTwoPoint({ size, radius, count }, shift);
      expect(Math.abs(mean - expected)).toBeLessThan(4 * error);
    }
  });

  test('state the slope of the two-point probability as their specific surface', () => {
    const body = overlappingSpheres({ size, radius, count, seed: 0 });
    const h = 1e-5;
    const at = (distance: number) => overlappingSpheresTwoPoint({ size, radius, count }, distance);
    expect((-4 * (at(h) - at(0))) / h).toBeCloseTo(body.expected.specificSurface, 5);
  });
});

test('refuses bodies that do not fit, in one sentence', () => {
  expect(() => cubicSpheres({ size: 32, period: 16, radius: 9 })).toThrow(
    'The sphere radius is 9; it must be from 0.5 to 8 voxels.',
  );
  expect(() => checkerboard({ size: 16, block: 9, shape: 'cubes' })).toThrow('The block edge is 9');
  expect(() => flatLayers({ size: 16, period: 4, width: 4, axis: 'x' })).toThrow(
    'The layer width is 4',
  );
});
