import { afterAll, describe, expect, it } from 'vitest';
import { host } from '../host/node.ts';
import { createVolume, type Vector3, type Volume } from '../volume/volume.ts';
import { createKernelHost } from '../wasm/kernel-host.ts';
import { type PhaseSurface, phaseAreas, phaseSurface, type SurfaceJob } from './surfaces.ts';

const kernels = createKernelHost(host, 2);
const single = createKernelHost(host, 1);
afterAll(() => {
  kernels.dispose();
  single.dispose();
});

const fractions: number[] = [];

function job(parts: Partial<SurfaceJob> = {}): SurfaceJob {
  const signal = new AbortController().signal;
  return { kernels, host, signal, progress: (fraction) => fractions.push(fraction), ...parts };
}

const RADIUS = 12;
const EDGES = [0.5, 0.5, 1] as const;

/** A ball of label 7 in the middle of label 2, in flat voxels. */
function ball(edges: readonly [number, number, number] = EDGES): Volume {
  const size = [52, 56, 30] as const;
  const data = Uint8Array.from({ length: size[0] * size[1] * size[2] }, (_, i) => {
    const at = [i % 52, Math.floor(i / 52) % 56, Math.floor(i / (52 * 56))];
    const squared = at.reduce(
      (sum, x, axis) =>
        sum + ((x + 0.5 - (size[axis] as number) / 2) * (edges[axis] as number)) ** 2,
      0,
    );
    return squared <= RADIUS ** 2 ? 7 : 2;
  });
  const spacing = { values: edges, unit: 'µm' } as const;
  return createVolume({ kind: 'labels', size, data, spacing, origin: [10, 20, 30] });
}

function measure({ positions, triangles }: PhaseSurface): { area: number; volume: number } {
  const at = (corner: number): Vector3 =>
    [0, 1, 2].map((i) => positions[3 * (triangles[corner] as number) + i]) as unknown as Vector3;
  let [area, volume] = [0, 0];
  for (let i = 0; i < triangles.length; i += 3) {
    const [a, b, c] = [at(i), at(i + 1), at(i + 2)];
    const u = [b[0] - a[0], b[1] - a[1], b[2] - a[2]] as const;
    const v = [c[0] - a[0], c[1] - a[1], c[2] - a[2]] as const;
    const n = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
    area += Math.hypot(...n) / 2;
    volume += ((n[0] as number) * a[0] + (n[1] as number) * a[1] + (n[2] as number) * a[2]) / 6;
  }
  return { area, volume };
}

describe('surface of a phase', () => {
  it('has area and volume of a ball in physical lengths, with all triangles and with few', async () => {
    for (const [triangles, tolerance] of [
      [null, 0.03],
      [1200, 0.03],
      [300, 0.05],
    ] as const) {
      const surface = await phaseSurface(ball(), 7, { triangles }, job());
      const { area, volume } = measure(surface);
      expect(Math.abs(area / (4 * Math.PI * RADIUS ** 2) - 1)).toBeLessThan(tolerance);
      expect(Math.abs(volume / ((4 / 3) * Math.PI * RADIUS ** 3) - 1)).toBeLessThan(tolerance);
      const count = surface.triangles.length / 3;
      expect(count).toBeLessThanOrEqual(triangles ?? surface.allTriangles);
      expect(surface).toMatchObject({ unit: 'µm', corner: [9.75, 19.75, 29.5] });
    }
  });

  it('has normals that point away from the middle of the ball', async () => {
    const { positions, normals } = await phaseSurface(ball(), 7, { triangles: 1500 }, job());
    const middle = [13, 14, 15];
    for (let i = 0; i < positions.length; i += 3) {
      const cosine = [0, 1, 2].reduce(
        (sum, axis) =>
          sum +
          (normals[i + axis] as number) *
            ((positions[i + axis] as number) - (middle[axis] as number)),
        0,
      );
      expect(cosine / RADIUS).toBeGreaterThan(0.85);
    }
  });

  it('is closed by the faces of the volume, exactly and with their normals', async () => {
    const surface = await phaseSurface(ball(), 2, { triangles: 4000 }, job());
    const { volume } = measure(surface);
    expect(volume / (26 * 28 * 30 - (4 / 3) * Math.PI * RADIUS ** 3)).toBeCloseTo(1, 2);
    const { positions, normals } = surface;
    let flat = 0;
    for (let i = 0; i < positions.length; i += 3) {
      const isCorner = positions[i] === 0 && positions[i + 1] === 0 && positions[i + 2] === 0;
      if (isCorner) flat += Math.abs(Math.min(...normals.subarray(i, i + 3)) + 1) < 1e-6 ? 1 : 0;
    }
    // The corner of the volume is there once for each of its three faces.
    expect(flat).toBe(3);
  });

  it('takes voxels together where far fewer triangles are wanted than they give', async () => {
    const surface = await phaseSurface(ball(), 7, { triangles: 100 }, job());
    expect(surface.voxelsTogether).toBeGreaterThan(1);
    const { volume } = measure(surface);
    expect(Math.abs(volume / ((4 / 3) * Math.PI * RADIUS ** 3) - 1)).toBeLessThan(0.15);
  });

  it('is the same for any number of threads, and with and without a reason to pause', async () => {
    const [a, b] = [
      await phaseSurface(ball(), 7, { triangles: 900 }, job()),
      await phaseSurface(ball(), 7, { triangles: 900 }, job({ kernels: single })),
    ];
    expect(a.positions).toEqual(b.positions);
    expect(a.triangles).toEqual(b.triangles);
  });

  it('reports progress up to 1 and stops when it is cancelled', async () => {
    fractions.length = 0;
    await phaseSurface(ball(), 7, { triangles: 900 }, job());
    expect(fractions.at(-1)).toBe(1);
    expect(fractions.length).toBeGreaterThan(5);
    const controller = new AbortController();
    const stopped = phaseSurface(
      ball(),
      7,
      { triangles: 900 },
      job({ signal: controller.signal, progress: () => controller.abort() }),
    );
    await expect(stopped).rejects.toMatchObject({ code: 'run/cancelled' });
  });

  it('stands beside the area that the operation measures', async () => {
    const areas = await phaseAreas(ball(), job());
    const found = areas.find(({ label }) => label === 7);
    expect(Math.abs((found?.area as number) / (4 * Math.PI * RADIUS ** 2) - 1)).toBeLessThan(0.01);
    expect(found?.areaUnit).toBe('µm²');
  });
});
