import { describe, expect, it } from 'vitest';
import { withTestKernels } from '../../tests/support/kernels.ts';
import { type GridSize, WALL, watershed as reference } from '../kernels/watershed.ts';
import { watershed, watershedBytes } from './watershed.ts';

/** Park & Miller 1988: small, seeded, integer. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

interface Scene {
  readonly values: Float32Array;
  readonly markers: Uint8Array;
}

function randomScene(
  size: GridSize,
  seed: number,
  value: (random: number) => number,
  markerShare = 0.05,
  wallShare = 0,
): Scene {
  const random = createRandom(seed);
  const count = size[0] * size[1] * size[2];
  const values = Float32Array.from({ length: count }, () => value(random()));
  const markers = Uint8Array.from({ length: count }, () => {
    const draw = random();
    if (draw < markerShare) return 1 + Math.floor(random() * 5);
    return draw < markerShare + wallShare ? WALL : 0;
  });
  return { values, markers };
}

function flood(scene: Scene, size: GridSize): Promise<Uint8Array> {
  return withTestKernels(watershedBytes(size), (session) =>
    watershed(session, scene.values, scene.markers, size),
  );
}

const SIZES: readonly GridSize[] = [
  [13, 11, 9],
  [17, 6, 1],
  [1, 14, 12],
  [19, 1, 8],
  [40, 1, 1],
  [1, 40, 1],
  [1, 1, 40],
  [1, 1, 1],
  [2, 2, 2],
];

describe('watershed kernel', () => {
  it.each(SIZES)('equals the reference on distinct values, %i × %i × %i', async (...size) => {
    const scene = randomScene(size, 7 + size[0], (r) => r * 3 - 1);
    expect(await flood(scene, size)).toEqual(reference(scene.values, scene.markers, size));
  });

  it.each(SIZES)('keeps the age order on plateaus, %i × %i × %i', async (...size) => {
    const scene = randomScene(size, 31 + size[1], (r) => Math.floor(r * 4));
    expect(await flood(scene, size)).toEqual(reference(scene.values, scene.markers, size));
  });

  it('keeps the age order where every value is equal', async () => {
    const size = [15, 14, 13] as const;
    const scene = randomScene(size, 3, () => 0.25, 0.01);
    expect(await flood(scene, size)).toEqual(reference(scene.values, scene.markers, size));
  });

  it('orders values over the whole float32 range, both zeros as one', async () => {
    const size = [12, 12, 12] as const;
    const levels = [-3.4e38, -1, -1e-42, -0, 0, 1e-45, 1e-42, 0.5, 0.50000006, 1e20, 3.4e38];
    const scene = randomScene(size, 11, (r) => levels[Math.floor(r * levels.length)] as number);
    expect(await flood(scene, size)).toEqual(reference(scene.values, scene.markers, size));
  });

  it('neither floods nor crosses walls', async () => {
    const size = [12, 10, 8] as const;
    const scene = randomScene(size, 5, (r) => r, 0.01, 0.5);
    const labels = await flood(scene, size);
    expect(labels).toEqual(reference(scene.values, scene.markers, size));
    expect(labels).toContain(0);
    scene.markers.forEach((marker, i) => {
      if (marker === WALL) expect(labels[i]).toBe(WALL);
    });
  });

  it('is complete when one call of the kernel does not suffice', async () => {
    const size = [64, 60, 50] as const;
    // Half of the values are distinct, half share 32 levels: long lists on every level.
    const scene = randomScene(size, 23, (r) => (r < 0.5 ? r * r : Math.floor(r * 64) / 64), 0.002);
    const fractions: number[] = [];
    const labels = await withTestKernels(
      watershedBytes(size),
      (session) => watershed(session, scene.values, scene.markers, size),
      1,
      { progress: (fraction) => fractions.push(fraction) },
    );
    expect(fractions.length).toBeGreaterThan(3);
    expect(fractions.at(-1)).toBe(1);
    expect(labels).toEqual(reference(scene.values, scene.markers, size));
  });

  it('stops when cancelled', async () => {
    const size = [120, 120, 120] as const;
    const scene = randomScene(size, 2, (r) => r, 0.001);
    const controller = new AbortController();
    const job = withTestKernels(
      watershedBytes(size),
      (session) => watershed(session, scene.values, scene.markers, size),
      1,
      {
        signal: controller.signal,
        progress: () => controller.abort(),
      },
    );
    await expect(job).rejects.toMatchObject({ code: 'run/cancelled' });
  });

  it('refuses NaN', async () => {
    const size = [3, 1, 1] as const;
    const scene = { values: Float32Array.of(0, Number.NaN, 1), markers: Uint8Array.of(1, 0, 0) };
    await expect(flood(scene, size)).rejects.toMatchObject({ code: 'volume/not-finite' });
  });
});
