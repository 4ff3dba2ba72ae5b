import { describe, expect, it } from 'vitest';
import { type Connectivity, labelComponents, phaseConnectivity } from './components.ts';
import { randomUniform } from './random.ts';
import type { GridSize } from './watershed.ts';

function checkerboard(size: GridSize): Uint8Array {
  const [nx, ny, nz] = size;
  return Uint8Array.from(
    { length: nx * ny * nz },
    (_, i) => ((i % nx) + (Math.floor(i / nx) % ny) + Math.floor(i / (nx * ny))) % 2,
  );
}

function randomVolume(size: GridSize, seed: number): Uint8Array {
  return Uint8Array.from({ length: size[0] * size[1] * size[2] }, (_, i) =>
    Math.floor(randomUniform(seed, 0, i) * 3),
  );
}

describe('labelComponents', () => {
  it('separates a checkerboard by faces and joins it over edges', () => {
    const size = [4, 4, 4] as const;
    const count = (connectivity: Connectivity): number =>
      labelComponents(checkerboard(size), size, { connectivity, background: null }).count;
    expect(count(6)).toBe(64);
    expect(count(18)).toBe(2);
    expect(count(26)).toBe(2);
  });

  it('joins two voxels that share only a corner with 26 neighbours alone', () => {
    const values = new Uint8Array(8);
    values[0] = 1;
    values[7] = 1;
    const count = (connectivity: Connectivity): number =>
      labelComponents(values, [2, 2, 2], { connectivity, background: 0 }).count;
    expect([count(6), count(18), count(26)]).toEqual([2, 2, 1]);
  });

  it('numbers components by their first voxel and leaves the background at 0', () => {
    // 5 . 7
    // 7 . 5
    // 5 5 5
    const values = Uint8Array.of(5, 0, 7, 7, 0, 5, 5, 5, 5);
    const found = labelComponents(values, [3, 3, 1], { connectivity: 6, background: 0 });
    expect([...found.labels]).toEqual([1, 0, 2, 3, 0, 4, 4, 4, 4]);
    expect([...found.values]).toEqual([5, 7, 7, 5]);
    expect([...found.sizes]).toEqual([1, 1, 1, 4]);
  });

  it('notes the faces that each component touches', () => {
    const size = [3, 3, 3] as const;
    const values = new Uint8Array(27);
    values[13] = 1;
    const found = labelComponents(values, size, { connectivity: 6, background: null });
    expect([...found.faces]).toEqual([63, 0]);
    expect([...found.sizes]).toEqual([26, 1]);
    const flat = labelComponents(new Uint8Array(4), [4, 1, 1], {
      connectivity: 6,
      background: null,
    });
    expect([...flat.faces]).toEqual([63]);
  });

  it('finds the same components in a mirrored and in a permuted volume', () => {
    const size = [7, 6, 5] as const;
    const values = randomVolume(size, 8);
    const [nx, ny, nz] = size;
    const swapped = new Uint8Array(values.length);
    for (let i = 0; i < values.length; i++) {
      const [x, y, z] = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))];
      swapped[z + nz * (x + nx * y)] = values[i] as number;
    }
    const mirrored = values.slice().reverse();
    for (const connectivity of [6, 18, 26] as const) {
      const options = { connectivity, background: null };
      const sizesOf = (array: Uint8Array, shape: GridSize): readonly number[] =>
        [...labelComponents(array, shape, options).sizes].sort((a, b) => a - b);
      const expected = sizesOf(values, size);
      expect(sizesOf(mirrored, size)).toEqual(expected);
      expect(sizesOf(swapped, [nz, nx, ny])).toEqual(expected);
    }
  });
});

describe('phaseConnectivity', () => {
  it('gives the share of a phase that spans each axis', () => {
    // Two rods of phase 1 along x, one of them cut; one free voxel.
    const size = [5, 5, 3] as const;
    const values = new Uint8Array(75);
    for (let x = 0; x < 5; x++) values[x + 5 * (1 + 5)] = 1;
    for (let x = 0; x < 4; x++) values[x + 5 * (3 + 5)] = 1;
    const table = labelComponents(values, size, { connectivity: 6, background: null });
    const [, rods, absent] = phaseConnectivity(table, 3);
    expect(rods).toEqual({
      voxels: 9,
      components: 2,
      largestFraction: 5 / 9,
      percolatingFraction: [5 / 9, 0, 0],
    });
    expect(absent).toEqual({
      voxels: 0,
      components: 0,
      largestFraction: 0,
      percolatingFraction: [0, 0, 0],
    });
  });
});
