import { describe, expect, it } from 'vitest';
import { type SurfaceNet, surfaceNet } from './surface-net.ts';

type Size = readonly [number, number, number];

function fill([nx, ny, nz]: Size, rule: (x: number, y: number, z: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: nx * ny * nz }, (_, i) =>
    rule(i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))) ? 1 : 0,
  );
}

function ball(n: number, radius: number): Uint8Array {
  const middle = (n - 1) / 2;
  return fill(
    [n, n, n],
    (x, y, z) => (x - middle) ** 2 + (y - middle) ** 2 + (z - middle) ** 2 <= radius ** 2,
  );
}

/** Area, and the volume that is enclosed by triangles that look outwards. */
function measure({ positions, triangles }: SurfaceNet): { area: number; volume: number } {
  const at = (corner: number): readonly number[] =>
    [0, 1, 2].map((i) => positions[3 * (triangles[corner] as number) + i] as number);
  let [area, volume] = [0, 0];
  for (let i = 0; i < triangles.length; i += 3) {
    const [a, b, c] = [at(i), at(i + 1), at(i + 2)] as [number[], number[], number[]];
    const u = b.map((each, j) => each - (a[j] as number)) as [number, number, number];
    const v = c.map((each, j) => each - (a[j] as number)) as [number, number, number];
    const normal = [
      u[1] * v[2] - u[2] * v[1],
      u[2] * v[0] - u[0] * v[2],
      u[0] * v[1] - u[1] * v[0],
    ];
    area += Math.hypot(...normal) / 2;
    volume += normal.reduce((sum, each, j) => sum + each * (a[j] as number), 0) / 6;
  }
  return { area, volume };
}

/** How often each edge is gone along, less how often it is gone back. */
function openEdges({ triangles }: SurfaceNet): number {
  const edges = new Map<string, number>();
  for (let i = 0; i < triangles.length; i += 3) {
    for (const [from, to] of [
      [0, 1],
      [1, 2],
      [2, 0],
    ] as const) {
      const [a, b] = [triangles[i + from] as number, triangles[i + to] as number];
      const key = `${Math.min(a, b)} ${Math.max(a, b)}`;
      edges.set(key, (edges.get(key) ?? 0) + (a < b ? 1 : -1));
    }
  }
  return [...edges.values()].filter((each) => each !== 0).length;
}

describe('surface net', () => {
  it.each([
    [5, 0.035, 0.03],
    [10, 0.012, 0.007],
    [20, 0.01, 0.002],
  ])('has area and volume of a ball of radius %i within %d and %d', (radius, areal, share) => {
    const indices = ball(2 * radius + 5, radius);
    const net = surfaceNet(indices, [2 * radius + 5, 2 * radius + 5, 2 * radius + 5], 1);
    const { area, volume } = measure(net);
    const voxels = indices.reduce((sum, each) => sum + each, 0);
    expect(Math.abs(area / (4 * Math.PI * radius ** 2) - 1)).toBeLessThan(areal);
    expect(Math.abs(volume / voxels - 1)).toBeLessThan(share);
  });

  it('closes a block at the faces of the volume, exactly', () => {
    const net = surfaceNet(new Uint8Array(6 * 5 * 4).fill(1), [6, 5, 4], 1);
    const { area, volume } = measure(net);
    expect(volume).toBeCloseTo(120, 9);
    expect(area).toBeCloseTo(148, 9);
  });

  it('has no open edge and stays within half a voxel of the cells, whatever the voxels', () => {
    let state = 5;
    const size: Size = [12, 11, 10];
    const indices = fill(size, () => {
      state = (state * 48_271) % 2_147_483_647;
      return state % 2 === 0;
    });
    const net = surfaceNet(indices, size, 1);
    const rough = surfaceNet(indices, size, 1, 0);
    expect(openEdges(net)).toBe(0);
    expect(net.triangles.length).toBeGreaterThan(0);
    net.positions.forEach((at, i) => {
      expect(at).toBeGreaterThanOrEqual(0);
      expect(at).toBeLessThanOrEqual(size[i % 3] as number);
      expect(Math.abs(at - Math.round(rough.positions[i] as number))).toBeLessThanOrEqual(1);
    });
  });

  it('is the mirror image of the mirror image', () => {
    const size: Size = [16, 12, 10];
    const indices = fill(size, (x, y, z) => (x * 3 + y * 5 + z * z) % 7 < 3);
    const mirrored = fill(size, (x, y, z) => ((15 - x) * 3 + y * 5 + z * z) % 7 < 3);
    const [a, b] = [measure(surfaceNet(indices, size, 1)), measure(surfaceNet(mirrored, size, 1))];
    expect(a.volume / b.volume).toBeCloseTo(1, 5);
    expect(a.area / b.area).toBeCloseTo(1, 2);
  });
});
