import { describe, expect, it } from 'vitest';
import {
  type LevelShape,
  linkTables,
  linkWeights,
  planLevels,
  turnCells,
  turned,
} from './diffusion-grid.ts';

describe('the levels of the diffusion grid', () => {
  it('halve cubes along all axes down to one cell', () => {
    const levels = planLevels([100, 40, 7], [1, 1, 1]);
    expect(levels.map(({ nx, ny, nz }) => [nx, ny, nz])).toEqual([
      [100, 40, 7],
      [50, 20, 4],
      [25, 10, 2],
      [13, 5, 1],
      [7, 3, 1],
      [4, 2, 1],
      [2, 1, 1],
      [1, 1, 1],
    ]);
    expect(levels.map(({ visits }) => visits)).toEqual([2, 2, 2, 2, 2, 2, 1, 0]);
  });

  it('halve voxels across their short edges first', () => {
    const [finest, next] = planLevels([32, 32, 32], linkWeights([4, 1, 4]));
    expect(finest?.factors).toEqual([1, 2, 1]);
    expect([next?.nx, next?.ny, next?.nz]).toEqual([32, 16, 32]);
  });

  it('leave room for both ghosts and for reads of four past a row', () => {
    for (let nx = 1; nx < 20; nx++) {
      const [finest] = planLevels([nx, 3, 2], [1, 1, 1]);
      const { stride, slice, length } = finest as LevelShape;
      expect(stride % 4).toBe(0);
      expect(stride - nx).toBeGreaterThanOrEqual(4);
      expect(length).toBe(slice * 4);
    }
  });
});

describe('links', () => {
  it('are harmonic means, weighted with face area over distance', () => {
    const { x, y, z, face } = linkTables([0, 1, 0.25], linkWeights([2, 1, 1]));
    expect(z[64 * 1 + 1]).toBe(1);
    expect(z[64 * 1 + 2]).toBeCloseTo(0.4, 7);
    expect(x[64 * 2 + 1]).toBeCloseTo(0.1, 7);
    expect(y[64 * 1 + 2]).toBeCloseTo(0.4, 7);
    expect(x[1]).toBe(0);
    expect(face[2]).toBe(0.5);
  });
});

describe('turning a volume', () => {
  it('moves the axis of the flux to the slices and keeps the axes’ cyclic order', () => {
    const size = [2, 3, 4] as const;
    const codes = Uint8Array.from({ length: 24 }, (_, i) => i);
    const identity = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(turned(size, 0)).toEqual([3, 4, 2]);
    const cells = new Uint8Array(24);
    turnCells(codes, size, 0, identity, cells, 0, 2);
    // Cell (y, z, x) of the turned grid is voxel (x, y, z).
    for (let x = 0; x < 2; x++) {
      for (let y = 0; y < 3; y++) {
        for (let z = 0; z < 4; z++) {
          expect(cells[y + 3 * (z + 4 * x)]).toBe(x + 2 * (y + 3 * z));
        }
      }
    }
  });
});
