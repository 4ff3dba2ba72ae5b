/**
 * Runs where the browser offers an adapter: hardware, or Chromium's software adapter. Elsewhere the
 * cases are reported as skipped.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { nlMeans, type NlMeansParameters } from '../kernels/nl-means.ts';
import { randomNormal } from '../kernels/random.ts';
import type { Size3 } from '../volume/volume.ts';
import { type GpuDevice, isGpuFailure, openGpuDevice } from './device.ts';
import { nlMeansOnGpu } from './nl-means.ts';

const gpu = await openGpuDevice(navigator.gpu, isSecureContext).catch((error: unknown) => {
  if (isGpuFailure(error)) return null;
  throw error;
});
afterAll(() => gpu?.device.destroy());

/** The operation's stated tolerance, as a fraction of the range of grey values. */
const TOLERANCE = 1e-5;

function device(): GpuDevice {
  if (gpu === null) throw new Error('no adapter');
  return gpu;
}

/** Two grey levels in cubes of 7 voxels, with noise. */
function blocks([nx, ny, nz]: Size3, noise: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: nx * ny * nz }, (_, i) => {
    const [x, y, z] = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))];
    const cube = Math.floor(x / 7) + Math.floor(y / 7) + Math.floor(z / 7);
    return (cube % 2 === 0 ? 12_000 : 30_000) + noise * randomNormal(11, 0, i);
  });
}

function rangeOf(values: Float32Array): number {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return high - low;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] as number))), 0);
}

function run(
  input: Float32Array,
  size: Size3,
  parameters: NlMeansParameters,
  options: { bufferVoxels?: number; signal?: AbortSignal; progress?: (f: number) => void } = {},
): Promise<Float32Array<ArrayBuffer>> {
  const { signal = new AbortController().signal, progress = () => undefined, ...rest } = options;
  const surroundings = { signal, breathe: () => Promise.resolve() };
  return nlMeansOnGpu(device(), input, size, parameters, surroundings, { progress, ...rest });
}

const PARAMETERS: NlMeansParameters = { patchRadius: 1, searchRadius: 2, sigma: 2500, h: 2000 };

describe.skipIf(gpu === null)('non-local means on the GPU', () => {
  it.each([
    ['24³', [24, 24, 24], PARAMETERS],
    ['32³', [32, 32, 32], { ...PARAMETERS, patchRadius: 2 }],
    ['a flat box', [37, 11, 5], { ...PARAMETERS, patchRadius: 3, searchRadius: 4 }],
    ['a single slice', [33, 21, 1], { ...PARAMETERS, searchRadius: 5 }],
    ['a single voxel', [1, 1, 1], PARAMETERS],
    ['weak noise', [16, 16, 16], { ...PARAMETERS, sigma: 1e-3, h: 1e-3 }],
  ] satisfies [string, Size3, NlMeansParameters][])(
    'is within the tolerance of the reference on %s',
    async (_what, size, parameters) => {
      const input = blocks(size, parameters.sigma);
      const expected = nlMeans(input, size, parameters);
      const found = await run(input, size, parameters);
      const difference = largestDifference(found, expected) / Math.max(1, rangeOf(input));
      console.log(`${device().adapter}, ${size.join(' × ')}: ${difference} of the range`);
      expect(difference).toBeLessThanOrEqual(TOLERANCE);
    },
  );

  it('really filters', async () => {
    const size: Size3 = [24, 24, 24];
    const input = blocks(size, 2500);
    expect(largestDifference(await run(input, size, PARAMETERS), input)).toBeGreaterThan(1000);
  });

  it('does not depend on how the volume is cut', async () => {
    const size: Size3 = [20, 18, 16];
    const input = blocks(size, 2500);
    const whole = await run(input, size, PARAMETERS);
    for (const bufferVoxels of [26 ** 3 / 4, 26 * 10 * 10]) {
      expect(await run(input, size, PARAMETERS, { bufferVoxels })).toEqual(whole);
    }
  });

  it('leaves a constant volume as it is, to the last bit', async () => {
    const input = new Float32Array(12 ** 3).fill(1234.567);
    expect(await run(input, [12, 12, 12], PARAMETERS)).toEqual(input);
  });

  it('reports rising progress up to 1', async () => {
    const seen: number[] = [];
    const size: Size3 = [16, 16, 16];
    await run(blocks(size, 1), size, PARAMETERS, { progress: (f) => seen.push(f) });
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBeCloseTo(1, 12);
  });

  it('stops when cancelled', async () => {
    const controller = new AbortController();
    const size: Size3 = [48, 48, 48];
    const work = run(
      blocks(size, 2500),
      size,
      { ...PARAMETERS, searchRadius: 8 },
      {
        signal: controller.signal,
        progress: () => controller.abort(),
      },
    );
    await expect(work).rejects.toMatchObject({ code: 'run/cancelled' });
  });

  it('fails with one sentence on a device that is lost, also in the middle', async () => {
    const other = await openGpuDevice(navigator.gpu, isSecureContext);
    const size: Size3 = [24, 24, 24];
    const start = (progress: () => void) =>
      nlMeansOnGpu(
        other,
        blocks(size, 2500),
        size,
        PARAMETERS,
        { signal: new AbortController().signal, breathe: () => Promise.resolve() },
        { progress },
      );
    await expect(start(() => other.device.destroy())).rejects.toMatchObject({ code: 'gpu/failed' });
    await expect(start(() => undefined)).rejects.toMatchObject({ code: 'gpu/failed' });
  });
});
