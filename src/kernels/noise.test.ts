import { describe, expect, it } from 'vitest';
import { type KernelSize, smoothGaussian } from './gaussian.ts';
import { estimateNoise } from './noise.ts';
import { randomNormal } from './random.ts';

function normal(size: KernelSize, sigma: number): Float32Array<ArrayBuffer> {
  const [nx, ny, nz] = size;
  return Float32Array.from(
    { length: nx * ny * nz },
    (_, i) => 1000 + sigma * randomNormal(21, 0, i),
  );
}

describe('estimateNoise', () => {
  it.each([
    ['a volume', [40, 40, 40]],
    ['a single slice', [200, 200, 1]],
    ['a line', [1, 20_000, 1]],
    ['a thin stack', [120, 120, 3]],
  ] as const)('finds the noise of %s within 3 %', (_name, size) => {
    expect(Math.abs(estimateNoise(normal(size, 7), size) / 7 - 1)).toBeLessThan(0.03);
  });

  it('is not misled by edges where a tenth of the volume is flat', () => {
    const size: KernelSize = [60, 60, 60];
    const values = normal(size, 7).map((value, i) => value + (Math.floor((i % 60) / 15) % 2) * 500);
    expect(Math.abs(estimateNoise(values, size) / 7 - 1)).toBeLessThan(0.05);
  });

  it('ignores a masked background', () => {
    const size: KernelSize = [60, 60, 30];
    const values = normal(size, 7).map((value, i) => (i % 60 < 40 ? 0 : value));
    expect(Math.abs(estimateNoise(values, size) / 7 - 1)).toBeLessThan(0.05);
  });

  it('leans to the quieter of two phases', () => {
    const size: KernelSize = [60, 60, 30];
    const quiet = normal(size, 5);
    const values = normal(size, 10).map((value, i) => (i % 60 < 30 ? (quiet[i] as number) : value));
    const found = estimateNoise(values, size);
    expect(found).toBeGreaterThan(5);
    expect(found).toBeLessThan(7.5);
  });

  it('is a few percent low for correlated noise', () => {
    const size: KernelSize = [50, 50, 50];
    const values = smoothGaussian(normal(size, 7), size, { sigma: 0.5 });
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const truth = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
    expect(estimateNoise(values, size) / truth).toBeGreaterThan(0.9);
    expect(estimateNoise(values, size) / truth).toBeLessThan(1);
  });

  it('is 0 where nothing varies or there is too little to tell', () => {
    expect(estimateNoise(new Float32Array(8000).fill(3), [20, 20, 20])).toBe(0);
    expect(estimateNoise([5], [1, 1, 1])).toBe(0);
  });

  it('is positive for the smallest volumes that vary', () => {
    expect(estimateNoise([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2])).toBeGreaterThan(0);
    expect(estimateNoise([1, 5], [2, 1, 1])).toBeGreaterThan(0);
  });
});
