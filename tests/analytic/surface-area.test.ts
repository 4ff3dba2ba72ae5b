/** Surface areas of bodies whose area is known, and what they must not depend on. */
import { describe, expect, it } from 'vitest';
import { operation } from '../../src/operations/measure-surface-area/index.ts';
import { bodyVolume, cubicSpheres } from '../../src/phantoms/simple.ts';
import { layeredSpheres } from '../../src/operations/example-phases.ts';
import type { VoxelSpacing } from '../../src/volume/length.ts';
import { createVolume, type Size3, type Vector3, type Volume } from '../../src/volume/volume.ts';
import { rowsOf, runOperation } from '../support/run-operation.ts';

/** Label 1 where the rule holds of the voxel's centre in shares of the voxel's edge. */
function body(size: Size3, isInside: (at: Vector3) => boolean, spacing?: VoxelSpacing): Volume {
  const [nx, ny, nz] = size;
  const data = Uint8Array.from({ length: nx * ny * nz }, (_, i) => {
    const at: Vector3 = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))];
    return isInside([at[0] + 0.5, at[1] + 0.5, at[2] + 0.5]) ? 1 : 0;
  });
  return createVolume({ kind: 'labels', size, data, spacing: spacing ?? null });
}

async function areaOf(volume: Volume, border: 'mirror' | 'inside' = 'mirror'): Promise<number> {
  const rows = rowsOf(await runOperation(operation, volume, { border }), 'interfaces');
  return rows[0]?.['area'] as number;
}

function sphere(radius: number, edges: Vector3 = [1, 1, 1]): Volume {
  const size = edges.map((edge) => 2 * Math.ceil(radius / edge) + 4) as unknown as Size3;
  return body(
    size,
    (at) =>
      at.reduce(
        (sum, x, i) => sum + ((x - (size[i] as number) / 2) * (edges[i] as number)) ** 2,
        0,
      ) <=
      radius * radius,
    { values: [...edges] as unknown as [number, number, number], unit: 'µm' },
  );
}

describe('bodies of known area', () => {
  it.each([
    [10, 0.005],
    [20, 0.003],
    [40, 0.002],
  ])('has the area of a sphere of radius %i within %d', async (radius, tolerance) => {
    const ratio = (await areaOf(sphere(radius))) / (4 * Math.PI * radius ** 2);
    expect(Math.abs(ratio - 1)).toBeLessThan(tolerance);
  });

  it.each<[Vector3, number]>([
    [[0.4, 0.4, 0.5], 0.01],
    [[1, 1, 2], 0.01],
    [[2, 1, 1], 0.01],
    [[0.5, 1, 1.5], 0.01],
  ])('has the area of a sphere in voxels of %j within %d', async (edges, tolerance) => {
    const ratio = (await areaOf(sphere(20, edges))) / (4 * Math.PI * 20 ** 2);
    expect(Math.abs(ratio - 1)).toBeLessThan(tolerance);
  });

  it('counts half as much again in voxel faces, at every resolution', async () => {
    for (const radius of [10, 20, 40]) {
      const volume = sphere(radius);
      const rows = rowsOf(await runOperation(operation, volume), 'surfaces');
      const faces = (rows[1]?.['specificAreaOfFaces'] as number) * volume.data.length;
      expect(Math.abs(faces / (4 * Math.PI * radius ** 2) - 1.5)).toBeLessThan(0.02);
    }
  });

  it.each<[string, Vector3, number]>([
    ['an edge', [0, 0, 1], 0.05],
    ['a diagonal of a face', [1, 1, 0], 0.06],
    ['a diagonal of the cube', [1, 1, 1], 0.04],
    ['no lattice direction', [3, 7, 11], 0.01],
  ])('has the area of a cylinder along %s', async (_name, axis, tolerance) => {
    // Long against its width, so that the border's share is small.
    const [n, radius] = [96, 14];
    const length = Math.hypot(...axis);
    const along = axis.map((part) => part / length);
    const share = (at: Vector3): number =>
      at.reduce((sum, x, i) => sum + (x - n / 2) * (along[i] as number), 0);
    const volume = body([n, n, n], (at) => {
      const height = share(at);
      const squared = at.reduce((sum, x) => sum + (x - n / 2) ** 2, 0) - height * height;
      return squared <= radius * radius && Math.abs(height) <= 30;
    });
    const expected = 2 * Math.PI * radius * 60 + 2 * Math.PI * radius ** 2;
    const ratio = (await areaOf(volume)) / expected;
    expect(Math.abs(ratio - 1)).toBeLessThan(tolerance);
  });

  it('has of a plane the share that the directions give, whatever its place', async () => {
    // 2 Σ c |n·u| over the 13 directions, with the weights of the Voronoi cells of a cube.
    const [edge, diagonal, space] = [0.0915557824, 0.0739612558, 0.0703912796];
    const share = 2 * (edge + 4 * diagonal * Math.SQRT1_2 + (4 * space) / Math.sqrt(3));
    for (const height of [1, 7, 19]) {
      for (const axis of [0, 1, 2]) {
        const area = await areaOf(body([20, 20, 20], (at) => (at[axis] as number) < height));
        expect(area / 400).toBeCloseTo(share, 8);
      }
    }
    expect(share).toBeCloseTo(0.9266, 4);
  });

  it('has the specific surface of spheres on a lattice', async () => {
    const spheres = cubicSpheres({ size: 96, period: 48, radius: 20 });
    const rows = rowsOf(await runOperation(operation, bodyVolume(spheres)), 'surfaces');
    const ratio = (rows[0]?.['specificArea'] as number) / spheres.expected.specificSurface;
    expect(Math.abs(ratio - 1)).toBeLessThan(0.01);
  });
});

describe('invariance', () => {
  const spacing: VoxelSpacing = { values: [0.4, 0.3, 0.5], unit: 'µm' };

  async function table(volume: Volume) {
    return rowsOf(await runOperation(operation, volume), 'interfaces');
  }

  function expectSame(
    found: Awaited<ReturnType<typeof table>>,
    expected: Awaited<ReturnType<typeof table>>,
    factor = 1,
  ): void {
    expect(found).toHaveLength(expected.length);
    expected.forEach((row, i) => {
      const ratio = (found[i]?.['area'] as number) / (row['area'] as number);
      expect(ratio / factor).toBeCloseTo(1, 12);
    });
  }

  it('is the same in a mirror, along every axis', async () => {
    const volume = { ...layeredSpheres(), spacing };
    const [nx, ny, nz] = volume.size;
    const expected = await table(volume);
    for (const axis of [0, 1, 2]) {
      const data = Uint8Array.from(volume.data as Uint8Array, (_, i) => {
        const at = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))];
        at[axis] = (volume.size[axis] as number) - 1 - (at[axis] as number);
        const [x, y, z] = at as [number, number, number];
        return Number(volume.data[x + nx * (y + ny * z)]);
      });
      expectSame(await table(createVolume({ ...volume, data })), expected);
    }
    expect(nz).toBe(22);
  });

  it('is the same with other axes', async () => {
    const volume = { ...layeredSpheres(), spacing };
    const [nx, ny, nz] = volume.size;
    const data = Uint8Array.from(volume.data as Uint8Array, (_, i) => {
      const [z, x, y] = [i % nz, Math.floor(i / nz) % nx, Math.floor(i / (nx * nz))];
      return Number(volume.data[x + nx * (y + ny * z)]);
    });
    const turned = createVolume({
      ...volume,
      data,
      size: [nz, nx, ny],
      spacing: { values: [0.5, 0.4, 0.3], unit: 'µm' },
    });
    expectSame(await table(turned), await table(volume));
  });

  it('goes with the square of the voxel size', async () => {
    const volume = { ...layeredSpheres(), spacing };
    const larger = createVolume({
      ...volume,
      spacing: { values: [4, 3, 5], unit: 'µm' },
    });
    expectSame(await table(larger), await table(volume), 100);
  });

  it('has of a phase the sum of its interfaces', async () => {
    const result = await runOperation(operation, layeredSpheres());
    for (const row of rowsOf(result, 'surfaces')) {
      const sum = rowsOf(result, 'interfaces')
        .filter(({ label, otherLabel }) => label === row['label'] || otherLabel === row['label'])
        .reduce((total, { area }) => total + (area as number), 0);
      expect((row['area'] as number) / sum).toBeCloseTo(1, 12);
    }
  });
});

it('refuses more labels than it can tell apart', async () => {
  const data = Uint8Array.from({ length: 256 }, (_, i) => i);
  const volume = createVolume({ kind: 'labels', size: [16, 16, 1], data });
  await expect(runOperation(operation, volume)).rejects.toMatchObject({
    code: 'volume/not-labels',
  });
});
