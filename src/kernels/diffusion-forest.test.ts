import { describe, expect, it } from 'vitest';
import { growForest, routedFlow, routeFlow } from './diffusion-forest.ts';
import type { Triple } from './diffusion-grid.ts';
import { dropStrayClusters, floodFromFace, keepPercolating } from './diffusion-percolation.ts';
import { POTENTIAL_STEPS } from './diffusion-uniform.ts';
import { randomUniform } from './random.ts';

const SIZE: Triple = [30, 9, 8];
const CELLS = SIZE[0] * SIZE[1] * SIZE[2];

function randomNetwork(share: number, periodic: boolean) {
  const conducting = Uint8Array.from({ length: CELLS }, (_, i) =>
    randomUniform(3, 0, i) < share ? 1 : 0,
  );
  const cells = conducting.slice();
  floodFromFace(cells, SIZE, 0, 64, periodic);
  floodFromFace(cells, SIZE, SIZE[2] - 1, 128, periodic);
  dropStrayClusters(cells, SIZE, periodic);
  keepPercolating(cells);
  return { cells, conducting };
}

describe.each([
  [0.45, false],
  [0.45, true],
  [0.8, false],
  [0.8, true],
  [1, true],
])('the forest of a share of %d, periodic sides: %s', (share, periodic) => {
  const { cells, conducting } = randomNetwork(share, periodic);
  const forest = growForest(cells, conducting, SIZE, periodic);
  const branches = [...forest.halves[0], ...forest.halves[1], ...forest.rest];

  it('holds every cell of the network once, parents first, with no more branches than room', () => {
    const held = new Uint8Array(CELLS);
    const seen = new Set<unknown>([null]);
    for (const branch of branches) {
      expect(seen.has(branch.parent)).toBe(true);
      seen.add(branch);
      expect(branch.start <= branch.cell && branch.cell < branch.end).toBe(true);
      for (let i = branch.start; i < branch.end; i++) held[i]! += 1;
    }
    expect(held).toEqual(cells.map((value) => (value === 0 ? 0 : 1)));
    expect(branches.length).toBeLessThanOrEqual(Math.ceil(SIZE[0] / 2) * SIZE[1] * SIZE[2]);
  });

  it('carries every residual to the faces', () => {
    const flow = Float64Array.from(cells, (value, i) =>
      value === 0 ? 0 : Math.round(1000 * (randomUniform(8, 0, i) - 0.5)),
    );
    const total = flow.reduce((sum, value) => sum + value, 0);
    const parts = routeFlow(SIZE, forest, flow);
    const roots = branches.filter(({ parent }) => parent === null);
    const atFaces = roots.flatMap(({ start, end }) => [...flow.subarray(start, end)]);
    expect(atFaces.reduce((sum, value) => sum + value, 0)).toBe(total);
    const faces = atFaces.reduce((sum, value) => sum + value ** 2, 0);
    expect(parts.reduce((sum, { face }) => sum + face, 0)).toBe(faces);
    const { dissipation } = routedFlow(parts, [1, 1]);
    const inLinks = parts.reduce((sum, { x, y, z }) => sum + x + y + z, 0);
    expect(dissipation * POTENTIAL_STEPS ** 2).toBeCloseTo(inLinks + faces / 2, 6);
  });
});

it('takes the rest in through the middle where only the other half leads to it', () => {
  // A hook: down from the outlet's half into the inlet's, and nothing else there but a column.
  const [nx, ny, nz] = [5, 1, 8];
  const cells = new Uint8Array(nx * ny * nz);
  for (let z = 0; z < nz; z++) cells[nx * z] = 1;
  for (let x = 0; x < nx; x++) cells[x + nx * 5] = 1;
  for (let z = 2; z < 6; z++) cells[4 + nx * z] = 1;
  const { rest } = growForest(cells, cells, [nx, ny, nz], false);
  expect(rest.map(({ cell }) => Math.floor(cell / nx))).toEqual([3, 2]);
});
