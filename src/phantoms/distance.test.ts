import { expect, test } from 'vitest';
import { randomUniform } from '../kernels/random.ts';
import { truncatedSquaredDistance } from './distance.ts';
import { StagedRun } from './hooks.ts';

test('agrees with the distance to every object voxel, up to the reach', async () => {
  const n = 14;
  const reach = 6;
  const objects: [number, number, number][] = [];
  const squared = Uint16Array.from({ length: n * n * n }, (_, i) => {
    if (randomUniform(4, 0, i) > 0.004) return 1;
    objects.push([i % n, Math.floor(i / n) % n, Math.floor(i / (n * n))]);
    return 0;
  });
  const expected = Array.from(squared, (_, i) => {
    const [x, y, z] = [i % n, Math.floor(i / n) % n, Math.floor(i / (n * n))];
    return objects.reduce(
      (best, [ox, oy, oz]) => Math.min(best, (x - ox) ** 2 + (y - oy) ** 2 + (z - oz) ** 2),
      reach * reach,
    );
  });
  await truncatedSquaredDistance(squared, n, reach, new StagedRun({}, 1).stage(1));
  expect(objects.length).toBeGreaterThan(3);
  expect(Array.from(squared)).toEqual(expected);
});
