/** Closed forms, brute force and invariances of the scalar reference. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type DistanceOptions,
  type Edges,
  type GridSize,
  squaredDistances,
  squaredLengths,
} from './distance.ts';
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

/** Blocks of random labels: runs of different lengths. */
function blocks(size: GridSize, labels: number, edge: number, seed = 1): Uint8Array {
  return fill(size, (position) => {
    const [x, y, z] = position.map((p) => Math.floor(p / edge)) as [number, number, number];
    return Math.floor(labels * randomUniform(seed, 0, x + 100 * (y + 100 * z)));
  });
}

function optionsFor(size: GridSize, edges: Edges = [1, 1, 1]): DistanceOptions {
  return { ...squaredLengths(edges, size), walls: false, outside: -1 };
}

/** Every pair of voxels. */
function bruteForce(
  labels: Uint8Array,
  size: GridSize,
  { weights, walls }: DistanceOptions,
): readonly number[] {
  return Array.from(labels, (label, p) => {
    const here = positionOf(p, size);
    let best = Number.POSITIVE_INFINITY;
    labels.forEach((other, q) => {
      if (other === label) return;
      const there = positionOf(q, size);
      const square = weights.reduce(
        (sum, weight, axis) =>
          sum + weight * ((there[axis] as number) - (here[axis] as number)) ** 2,
        0,
      );
      best = Math.min(best, square);
    });
    if (walls) {
      weights.forEach((weight, axis) => {
        const position = here[axis] as number;
        const toWall = Math.min(position + 1, (size[axis] as number) - position);
        best = Math.min(best, weight * toWall ** 2);
      });
    }
    return best;
  });
}

describe('squared distances', () => {
  it('from a single voxel are the sums of squares', () => {
    const size = [13, 9, 11] as const;
    const centre = [4, 7, 2] as const;
    const labels = fill(size, (p) => (p.every((c, axis) => c === centre[axis]) ? 1 : 0));
    const squared = squaredDistances(labels, size, { ...optionsFor(size), outside: 1 });
    squared.forEach((square, i) => {
      const [x, y, z] = positionOf(i, size);
      expect(square).toBe((x - 4) ** 2 + (y - 7) ** 2 + (z - 2) ** 2);
    });
  });

  it('in layers count voxels to the nearer side', () => {
    const size = [3, 4, 20] as const;
    const labels = fill(size, ([, , z]) => (z >= 5 && z < 12 ? 1 : 0));
    const squared = squaredDistances(labels, size, optionsFor(size));
    squared.forEach((square, i) => {
      const z = positionOf(i, size)[2];
      expect(square).toBe((z < 5 ? 5 - z : z < 12 ? Math.min(z - 4, 12 - z) : z - 11) ** 2);
    });
  });

  it('in a box with walls are those to the nearest face', () => {
    const size = [7, 5, 6] as const;
    const labels = new Uint8Array(210);
    const squared = squaredDistances(labels, size, { ...optionsFor(size), walls: true });
    squared.forEach((square, i) => {
      const position = positionOf(i, size);
      const toFaces = position.map((c, axis) => Math.min(c + 1, (size[axis] as number) - c));
      expect(square).toBe(Math.min(...toFaces) ** 2);
    });
  });

  it.each([
    [[1, 1, 1], false],
    [[1, 1, 1], true],
    [[0.4, 0.4, 0.5], false],
    [[3, 1, 0.7], true],
  ] as const)('equal those of every pair of voxels: edges %j, walls %s', (edges, walls) => {
    for (const size of [
      [9, 8, 7],
      [1, 12, 5],
      [14, 1, 3],
      [20, 2, 1],
    ] as const) {
      for (const edge of [1, 3]) {
        const labels = blocks(size, 3, edge);
        const options = { ...optionsFor(size, edges), walls };
        expect([...squaredDistances(labels, size, options)]).toEqual(
          bruteForce(labels, size, options),
        );
      }
    }
  });

  it.each([0, 1, 2])('commute to the bit with a mirror image along axis %i', (axis) => {
    const size = [12, 10, 9] as const;
    const edges = [1.3, 0.8, 1] as const;
    const labels = blocks(size, 3, 3);
    const mirror = (i: number): number => {
      const p = [...positionOf(i, size)] as [number, number, number];
      p[axis] = (size[axis] as number) - 1 - (p[axis] as number);
      return p[0] + size[0] * (p[1] + size[1] * p[2]);
    };
    const mirrored = labels.map((_, i) => labels[mirror(i)] as number);
    const expected = squaredDistances(labels, size, optionsFor(size, edges));
    const found = squaredDistances(mirrored, size, optionsFor(size, edges));
    expect(found).toEqual(expected.map((_, i) => expected[mirror(i)] as number));
  });

  it('commute to the bit with an exchange of axes, whatever the edges', () => {
    const size = [12, 10, 9] as const;
    const labels = blocks(size, 3, 4);
    // x → y → z → x
    const turnedSize = [size[2], size[0], size[1]] as const;
    const source = (i: number): number => {
      const [x, y, z] = positionOf(i, turnedSize);
      return y + size[0] * (z + size[1] * x);
    };
    const turned = fill(
      turnedSize,
      ([x, y, z]) => labels[y + size[0] * (z + size[1] * x)] as number,
    );
    for (const [a, b, c] of [
      [1, 1, 1],
      [0.3, 0.7, 1.1],
    ] as const) {
      const expected = squaredDistances(labels, size, optionsFor(size, [a, b, c]));
      const found = squaredDistances(turned, turnedSize, optionsFor(turnedSize, [c, a, b]));
      expect(found).toEqual(expected.map((_, i) => expected[source(i)] as number));
    }
  });

  it('do not depend on what labels are called', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 60, maxLength: 60 }),
        (list) => {
          fc.pre(new Set(list).size > 1);
          const size = [5, 4, 3] as const;
          const renamed = list.map((label) => [200, 7, 31][label] as number);
          expect(squaredDistances(Uint8Array.from(renamed), size, optionsFor(size))).toEqual(
            squaredDistances(Uint8Array.from(list), size, optionsFor(size)),
          );
        },
      ),
      { numRuns: 50, seed: 4 },
    );
  });
});

describe('squared edges', () => {
  it('of cubic voxels are 1', () => {
    expect(squaredLengths([0.25, 0.25, 0.25], [9, 9, 9])).toEqual({
      weights: [1, 1, 1],
      unit: 0.25,
    });
  });

  it.each([
    [
      [0.398, 0.398, 0.5],
      [512, 512, 512],
    ],
    [
      [1, 2, 3],
      [64, 64, 64],
    ],
    [
      [1, 1, Math.sqrt(2)],
      [16_000, 2000, 100],
    ],
  ] as const)('of %j are whole numbers in proportion, and exact in sums', (edges, size) => {
    const { weights, unit } = squaredLengths(edges, size);
    weights.forEach((weight, axis) => {
      expect(Number.isInteger(weight)).toBe(true);
      expect(Math.abs((Math.sqrt(weight) * unit) / (edges[axis] as number) - 1)).toBeLessThan(
        2 ** -22,
      );
    });
    const diagonal = weights.reduce(
      (sum, weight, axis) => sum + weight * (size[axis] as number) ** 2,
      0,
    );
    expect(diagonal).toBeLessThan(2 ** 50);
  });
});
