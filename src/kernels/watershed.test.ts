import { describe, expect, it } from 'vitest';
import { randomUniform } from './random.ts';
import { type GridSize, WALL, watershed } from './watershed.ts';

const SIZE = [9, 8, 7] as const;
const COUNT = 9 * 8 * 7;

/** Distinct values in random order, and one voxel in twenty a marker of one of four labels. */
function distinctScene(seed: number): { values: Float32Array; markers: Uint8Array } {
  const order = Array.from({ length: COUNT }, (_, i) => i).sort(
    (a, b) => randomUniform(seed, 0, a) - randomUniform(seed, 0, b),
  );
  const values = new Float32Array(COUNT);
  order.forEach((voxel, rank) => {
    values[voxel] = rank;
  });
  const markers = Uint8Array.from({ length: COUNT }, (_, i) =>
    randomUniform(seed, 1, i) < 0.05 ? 1 + Math.floor(randomUniform(seed, 2, i) * 4) : 0,
  );
  return { values, markers };
}

/** Copies an array of `size` into one whose axes are `order` of the old ones, mirrored if asked. */
function reorder<A extends Float32Array | Uint8Array>(
  array: A,
  size: GridSize,
  order: readonly [number, number, number],
  mirrored: boolean,
): A {
  const out = array.slice() as A;
  const sizes = order.map((axis) => size[axis as 0 | 1 | 2]);
  const [mx, my] = sizes as [number, number, number];
  for (let i = 0; i < array.length; i++) {
    const at = [
      i % size[0],
      Math.floor(i / size[0]) % size[1],
      Math.floor(i / (size[0] * size[1])),
    ];
    const [a, b, c] = order.map((axis, k) => {
      const position = at[axis] as number;
      return mirrored ? (sizes[k] as number) - 1 - position : position;
    }) as [number, number, number];
    out[a + mx * (b + my * c)] = array[i] as number;
  }
  return out;
}

/** For each voxel the lowest level at which water from label `label` reaches it, by relaxation. */
function lowestLevels(values: Float32Array, markers: Uint8Array, label: number): Float64Array {
  const [nx, ny, nz] = SIZE;
  const levels = new Float64Array(COUNT).fill(Number.POSITIVE_INFINITY);
  markers.forEach((marker, i) => {
    if (marker === label) levels[i] = values[i] as number;
  });
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = 0; i < COUNT; i++) {
      if (markers[i] !== 0) continue;
      const x = i % nx;
      const y = Math.floor(i / nx) % ny;
      const z = Math.floor(i / (nx * ny));
      const around = [
        x > 0 ? levels[i - 1] : Infinity,
        x < nx - 1 ? levels[i + 1] : Infinity,
        y > 0 ? levels[i - nx] : Infinity,
        y < ny - 1 ? levels[i + nx] : Infinity,
        z > 0 ? levels[i - nx * ny] : Infinity,
        z < nz - 1 ? levels[i + nx * ny] : Infinity,
      ] as number[];
      const level = Math.max(values[i] as number, Math.min(...around));
      if (level < (levels[i] as number)) {
        levels[i] = level;
        changed = true;
      }
    }
  }
  return levels;
}

describe('watershed', () => {
  it('parts two seeds at the highest voxel between them', () => {
    const values = Float32Array.of(0, 1, 2, 9, 3, 2, 1, 0);
    const markers = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 2);
    // The ridge itself is reached first from the left, at level 2 against level 3.
    expect([...watershed(values, markers, [8, 1, 1])]).toEqual([1, 1, 1, 1, 2, 2, 2, 2]);
  });

  it('parts a plateau half-way and gives the middle to the earlier seed', () => {
    const values = new Float32Array(7);
    const markers = Uint8Array.of(2, 0, 0, 0, 0, 0, 1);
    for (const size of [
      [7, 1, 1],
      [1, 7, 1],
      [1, 1, 7],
    ] as const) {
      expect([...watershed(values, markers, size)]).toEqual([2, 2, 2, 2, 1, 1, 1]);
    }
  });

  it('gives a tie between axes to the neighbour that comes first', () => {
    // Both seeds of the middle row enter before the centre's other neighbours can.
    const values = new Float32Array(9);
    const markers = Uint8Array.of(0, 1, 0, 2, 0, 3, 0, 4, 0);
    expect([...watershed(values, markers, [3, 3, 1])]).toEqual([1, 1, 1, 2, 1, 3, 2, 4, 3]);
  });

  it('floods a pit behind a pass at the level of the pass', () => {
    // The pit (value 0) behind the pass (5) must wait for it: label 2 takes the voxels at 4 first.
    const values = Float32Array.of(1, 5, 0, 4, 4, 1);
    const markers = Uint8Array.of(1, 0, 0, 0, 0, 2);
    expect([...watershed(values, markers, [6, 1, 1])]).toEqual([1, 1, 2, 2, 2, 2]);
  });

  it('leaves everything free without markers, and keeps a full set of markers', () => {
    const values = Float32Array.of(3, 1, 2, 0);
    expect([...watershed(values, new Uint8Array(4), [4, 1, 1])]).toEqual([0, 0, 0, 0]);
    const full = Uint8Array.of(1, 2, 3, 1);
    expect(watershed(values, full, [2, 2, 1])).toEqual(full);
  });

  it('does not reach behind a wall', () => {
    const markers = Uint8Array.of(1, 0, WALL, 0, 0);
    expect([...watershed(new Float32Array(5), markers, [5, 1, 1])]).toEqual([1, 1, WALL, 0, 0]);
  });

  it.each([1, 2, 3])('labels each voxel from where it is reached lowest (seed %i)', (seed) => {
    const { values, markers } = distinctScene(seed);
    const labels = watershed(values, markers, SIZE);
    const levels = [1, 2, 3, 4].map((label) => lowestLevels(values, markers, label));
    labels.forEach((label, i) => {
      const reached = levels.map((each) => each[i] as number);
      if (markers[i] === 0) expect(reached[label - 1]).toBe(Math.min(...reached));
    });
  });

  it.each([4, 5])('is the same mirrored and with permuted axes on distinct values (%i)', (seed) => {
    const { values, markers } = distinctScene(seed);
    const labels = watershed(values, markers, SIZE);
    for (const order of [
      [0, 1, 2],
      [2, 0, 1],
      [1, 0, 2],
    ] as const) {
      const size = order.map((axis) => SIZE[axis]) as unknown as GridSize;
      for (const mirrored of [false, true]) {
        const moved = watershed(
          reorder(values, SIZE, order, mirrored),
          reorder(markers, SIZE, order, mirrored),
          size,
        );
        expect(moved).toEqual(reorder(labels, SIZE, order, mirrored));
      }
    }
  });

  it('depends on the order of the values alone', () => {
    const { values, markers } = distinctScene(6);
    const stretched = values.map((value) => value * value * 0.25 - 700);
    expect(watershed(stretched, markers, SIZE)).toEqual(watershed(values, markers, SIZE));
  });
});
