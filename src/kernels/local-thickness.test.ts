/** Closed forms and invariances of the scalar reference, and the table by which balls are left out. */
import { describe, expect, it } from 'vitest';
import { type Edges, type GridSize, squaredDistances, squaredLengths } from './distance.ts';
import { containingSquares, coveringSquares } from './local-thickness.ts';
import { randomUniform } from './random.ts';

type Position = readonly [x: number, y: number, z: number];

function positionOf(index: number, [nx, ny]: GridSize): Position {
  return [index % nx, Math.floor(index / nx) % ny, Math.floor(index / (nx * ny))];
}

function fill(size: GridSize, label: (position: Position) => number): Uint8Array {
  return Uint8Array.from({ length: size[0] * size[1] * size[2] }, (_, i) =>
    label(positionOf(i, size)),
  );
}

function thickness(
  labels: Uint8Array,
  size: GridSize,
  { edges = [1, 1, 1], walls = false }: { edges?: Edges; walls?: boolean } = {},
): Float64Array {
  const lengths = squaredLengths(edges, size);
  const squared = squaredDistances(labels, size, { ...lengths, walls, outside: -1 });
  return coveringSquares(squared, size, lengths.weights);
}

function spheres(size: GridSize): Uint8Array {
  const centres = Array.from({ length: 6 }, (_, k) =>
    [0, 1, 2, 3].map((s) => randomUniform(7, s, k)),
  );
  return fill(size, (position) =>
    centres.some(([u = 0, v = 0, w = 0, r = 0]) => {
      const centre = [u, v, w];
      const away = position.reduce(
        (sum, p, axis) => sum + (p - (centre[axis] as number) * (size[axis] as number)) ** 2,
        0,
      );
      return away < (1.5 + 2.5 * r) ** 2;
    })
      ? 1
      : 0,
  );
}

describe('local thickness', () => {
  it.each([1, 2, 3, 4, 7, 8])(
    'of a layer of %i voxels is half its thickness, odd ones rounded up',
    (n) => {
      const size = [14, 14, n + 6] as const;
      const labels = fill(size, ([, , z]) => (z >= 3 && z < 3 + n ? 1 : 0));
      const squared = thickness(labels, size);
      const radius = Math.ceil(n / 2);
      labels.forEach((label, i) => {
        if (label === 1) expect(squared[i]).toBe(radius ** 2);
      });
    },
  );

  it('of a ball is its radius everywhere', () => {
    const size = [15, 15, 15] as const;
    const labels = fill(size, ([x, y, z]) =>
      (x - 7) ** 2 + (y - 7) ** 2 + (z - 7) ** 2 < 25 ? 1 : 0,
    );
    const squared = thickness(labels, size);
    labels.forEach((label, i) => {
      if (label === 1) expect(squared[i]).toBe(25);
    });
  });

  it('of a wide pore behind a narrow throat is its own', () => {
    const size = [30, 11, 11] as const;
    const labels = fill(size, ([x, y, z]) => {
      const away = Math.max(Math.abs(y - 5), Math.abs(z - 5));
      return away <= (x < 12 ? 1 : 4) && x > 0 && x < 29 ? 1 : 0;
    });
    const squared = thickness(labels, size);
    expect(squared[4 + 30 * (5 + 11 * 5)]).toBe(4);
    expect(squared[20 + 30 * (5 + 11 * 5)]).toBe(25);
  });

  it('is at least the distance to another phase, at most the largest', () => {
    const size = [16, 15, 14] as const;
    const labels = spheres(size);
    const options = { ...squaredLengths([1, 1, 1], size), walls: false, outside: -1 };
    const distances = squaredDistances(labels, size, options);
    const covered = thickness(labels, size);
    for (const label of [0, 1]) {
      const largest = distances.reduce(
        (most, d, i) => (labels[i] === label ? Math.max(most, d) : most),
        0,
      );
      covered.forEach((square, i) => {
        if (labels[i] !== label) return;
        expect(square).toBeGreaterThanOrEqual(distances[i] as number);
        expect(square).toBeLessThanOrEqual(largest);
      });
    }
  });

  it.each([0, 1, 2])('commutes to the bit with a mirror image along axis %i', (axis) => {
    const size = [13, 11, 10] as const;
    const labels = spheres(size);
    const mirror = (i: number): number => {
      const p = [...positionOf(i, size)] as [number, number, number];
      p[axis] = (size[axis] as number) - 1 - (p[axis] as number);
      return p[0] + size[0] * (p[1] + size[1] * p[2]);
    };
    const edges = [1, 1.2, 0.9] as const;
    const expected = thickness(labels, size, { edges });
    const found = thickness(
      labels.map((_, i) => labels[mirror(i)] as number),
      size,
      { edges },
    );
    expect(found).toEqual(expected.map((_, i) => expected[mirror(i)] as number));
  });

  it('commutes to the bit with an exchange of axes', () => {
    const size = [13, 11, 10] as const;
    const turnedSize = [10, 13, 11] as const;
    const labels = spheres(size);
    const source = (i: number): number => {
      const [x, y, z] = positionOf(i, turnedSize);
      return y + size[0] * (z + size[1] * x);
    };
    const turned = fill(
      turnedSize,
      ([x, y, z]) => labels[y + size[0] * (z + size[1] * x)] as number,
    );
    const expected = thickness(labels, size, { edges: [0.7, 1, 1.3], walls: true });
    const found = thickness(turned, turnedSize, { edges: [1.3, 0.7, 1], walls: true });
    expect(found).toEqual(expected.map((_, i) => expected[source(i)] as number));
  });
});

describe('the table of containing balls', () => {
  const limit = 60;
  const table = containingSquares(limit);
  const directions = [
    [1, 0, 0],
    [1, 1, 0],
    [1, 1, 1],
    [2, 1, 0],
    [2, 1, 1],
    [2, 2, 1],
  ] as const;
  const points = fill([17, 17, 17], () => 0);

  it.each(directions.map((direction, k) => [direction.join(', '), direction, k] as const))(
    'has the smallest ball at (%s) that holds every point',
    (_text, direction, k) => {
      for (let a = 1; a <= limit; a++) {
        let farthest = 0;
        points.forEach((_, i) => {
          const [x, y, z] = positionOf(i, [17, 17, 17]).map((p) => p - 8) as [
            number,
            number,
            number,
          ];
          if (x * x + y * y + z * z >= a) return;
          const [u, v, w] = direction;
          farthest = Math.max(farthest, (x + u) ** 2 + (y + v) ** 2 + (z + w) ** 2);
        });
        expect(table[6 * a + k]).toBe(farthest + 1);
      }
    },
  );
});
