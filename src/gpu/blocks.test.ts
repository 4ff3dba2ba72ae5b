import { describe, expect, it } from 'vitest';
import type { Size3 } from '../volume/volume.ts';
import { bufferVoxels, planBlocks } from './blocks.ts';

const DEFAULT_BINDING_BYTES = 128 * 2 ** 20;

/** Whether blocks tile the volume: disjoint, and none missing. */
function tiles(size: Size3, blocks: ReturnType<typeof planBlocks>): boolean {
  const seen = new Uint8Array(size[0] * size[1] * size[2]);
  for (const { start, size: edges } of blocks) {
    for (let z = start[2]; z < start[2] + edges[2]; z++) {
      for (let y = start[1]; y < start[1] + edges[1]; y++) {
        for (let x = start[0]; x < start[0] + edges[0]; x++) {
          seen[x + size[0] * (y + size[1] * z)]!++;
        }
      }
    }
  }
  return seen.every((count) => count === 1);
}

describe('planBlocks', () => {
  it('leaves a volume whole that fits', () => {
    expect(planBlocks([30, 20, 10], 3, 36 * 26 * 16)).toEqual([
      { start: [0, 0, 0], size: [30, 20, 10] },
    ]);
  });

  it('cuts slabs first, of equal depth', () => {
    const blocks = planBlocks([100, 100, 100], 5, 110 * 110 * 60);
    expect(blocks.map(({ start, size }) => [start[2], ...size])).toEqual([
      [0, 100, 100, 50],
      [50, 100, 100, 50],
    ]);
  });

  it.each([
    [[64, 64, 64], 7, 2 ** 17],
    [[200, 150, 9], 3, 20_000],
    [[37, 41, 43], 2, 4000],
    [[1, 1, 1], 14, 2 ** 17],
    [[50, 1, 50], 4, 10_000],
    [[300, 300, 3], 6, 2 ** 17],
  ] satisfies [Size3, number, number][])(
    'covers %j with a margin of %i within %i voxels',
    (size, margin, most) => {
      const blocks = planBlocks(size, margin, most);
      expect(tiles(size, blocks)).toBe(true);
      for (const { size: edges } of blocks) {
        const padded = edges.map((edge) => edge + 2 * margin);
        expect(padded.reduce((a, b) => a * b)).toBeLessThanOrEqual(most);
      }
    },
  );

  it('keeps buffers of large volumes within the default limits of WebGPU', () => {
    for (const size of [
      [2048, 2048, 2048],
      [4096, 4096, 50],
      [512, 512, 512],
    ] satisfies Size3[]) {
      const [first] = planBlocks(size, 14, bufferVoxels(false));
      const voxels = (first?.size ?? []).reduce((a, edge) => a * (edge + 28), 1);
      expect(4 * voxels).toBeLessThanOrEqual(DEFAULT_BINDING_BYTES / 2);
      // Margins stay the smaller part of the work.
      expect((first?.size ?? []).reduce((a, b) => a * b, 1) / voxels).toBeGreaterThan(0.25);
    }
  });

  it('refuses rows that fit no buffer', () => {
    expect(() => planBlocks([100_000, 10, 10], 14, 2 ** 17)).toThrow(/row of 100000 voxels/);
  });
});
