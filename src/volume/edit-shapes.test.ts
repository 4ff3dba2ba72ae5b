import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { straightened, visitCapsule, visitPolygon } from './edit-shapes.ts';
import type { Vector3 } from './volume.ts';

const EDGE = 24;
const BOX = [0, EDGE, 0, EDGE, 0, EDGE] as const;
const CUBES: Vector3 = [1, 1, 1];

type Voxel = string;

function capsule(from: Vector3, to: Vector3, radius: number, weights = CUBES): ReadonlySet<Voxel> {
  const found = new Set<Voxel>();
  visitCapsule(from, to, radius, weights, BOX, (x0, x1, y, z) => {
    for (let x = x0; x < x1; x++) found.add(`${x},${y},${z}`);
  });
  return found;
}

function polygon(corners: readonly (readonly [number, number])[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const _ of visitPolygon(corners, (u0, u1, v) => {
    for (let u = u0; u < u1; u++) found.add(`${u},${v}`);
  })) {
    // Run to its end.
  }
  return found;
}

const coordinate = fc.integer({ min: 4, max: EDGE - 5 });
const point = fc.tuple(coordinate, coordinate, coordinate);

describe('a brush', () => {
  it.each([
    [0.5, 1],
    [1, 7],
    [1.5, 19],
    [2, 33],
    [2.5, 81],
    [3, 123],
  ])('of radius %d has the voxels whose centres are that near: %d', (radius, voxels) => {
    expect(capsule([12, 12, 12], [12, 12, 12], radius).size).toBe(voxels);
  });

  it('has as many voxels as a ball has volume', () => {
    const volume = (4 / 3) * Math.PI * 9 ** 3;
    expect(capsule([12, 12, 12], [12, 12, 12], 9).size / volume).toBeCloseTo(1, 1.5);
  });

  it('is round in lengths where voxels are not cubes', () => {
    const found = capsule([12, 12, 12], [12, 12, 12], 8, [1, 1, 4]);
    expect([found.has('20,12,12'), found.has('12,12,16'), found.has('12,12,17')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('paints all and only what is near the line, whichever way it is drawn', () => {
    fc.assert(
      fc.property(point, point, fc.integer({ min: 1, max: 8 }), (from, to, half) => {
        const radius = half / 2;
        const found = capsule(from, to, radius);
        expect(capsule(to, from, radius)).toEqual(found);
        for (let z = 0; z < EDGE; z += 3) {
          for (let y = 0; y < EDGE; y += 2) {
            for (let x = 0; x < EDGE; x++) {
              const near = distanceTo([x, y, z], from, to);
              if (Math.abs(near - radius) < 1e-9) continue;
              expect(found.has(`${x},${y},${z}`)).toBe(near < radius);
            }
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  it('paints the same when a path is straightened', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(coordinate, coordinate), { minLength: 1 }), (path) => {
        const voxelsOf = (numbers: readonly number[]): ReadonlySet<Voxel> => {
          const found = new Set<Voxel>();
          for (let at = 0; at < numbers.length; at += 2) {
            const here = [numbers[at] ?? 0, numbers[at + 1] ?? 0, 3] as const;
            const from =
              at === 0 ? here : ([numbers[at - 2] ?? 0, numbers[at - 1] ?? 0, 3] as const);
            for (const voxel of capsule(from, here, 1.5)) found.add(voxel);
          }
          return found;
        };
        const straight = straightened(path.flat(), 2);
        expect(straight.length).toBeLessThanOrEqual(2 * path.length);
        expect(voxelsOf(straight)).toEqual(voxelsOf(path.flat()));
      }),
    );
    expect(straightened([0, 0, 1, 1, 1, 1, 2, 2, 5, 5, 5, 6], 2)).toEqual([0, 0, 5, 5, 5, 6]);
  });
});

/** Distance from p to the line from a to b, by projection. */
function distanceTo(p: Vector3, a: Vector3, b: Vector3): number {
  const length = Math.hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2]);
  const dot =
    (b[0] - a[0]) * (p[0] - a[0]) + (b[1] - a[1]) * (p[1] - a[1]) + (b[2] - a[2]) * (p[2] - a[2]);
  const share = length === 0 ? 0 : Math.max(0, Math.min(1, dot / length ** 2));
  return Math.hypot(
    ...([0, 1, 2] as const).map((axis) => p[axis] - a[axis] - share * (b[axis] - a[axis])),
  );
}

describe('an outline', () => {
  it('has the lattice points that Pick’s theorem counts', () => {
    // Area 30, 22 points on the border: 30 − 11 + 1 inside.
    expect(
      polygon([
        [2, 3],
        [8, 3],
        [8, 8],
        [2, 8],
      ]).size,
    ).toBe(42);
    // A triangle of area 12.5 with 11 border points: inside 8.
    expect(
      polygon([
        [0, 0],
        [5, 0],
        [0, 5],
      ]).size,
    ).toBe(21);
  });

  it('is filled where it goes round, also twice or crossing itself', () => {
    const square = [
      [1, 1],
      [6, 1],
      [6, 6],
      [1, 6],
    ] as const;
    expect(polygon([...square, ...square])).toEqual(polygon(square));
    expect(
      polygon([
        [0, 0],
        [4, 4],
        [4, 0],
        [0, 4],
      ]).has('4,2'),
    ).toBe(true);
  });

  it('is the same from any corner and either way round', () => {
    const corner = fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 }));
    fc.assert(
      fc.property(fc.array(corner, { minLength: 1, maxLength: 9 }), (corners) => {
        const found = polygon(corners);
        expect(polygon(corners.toReversed())).toEqual(found);
        expect(polygon([...corners.slice(1), corners[0] as readonly [number, number]])).toEqual(
          found,
        );
        for (const [u, v] of corners) expect(found.has(`${u},${v}`)).toBe(true);
      }),
    );
  });
});
