import { describe, expect, it } from 'vitest';
import { preview } from '../../../tests/support/preview-volume.ts';
import { steepness, withGradient } from './gradient-opacity.ts';

describe('steepness', () => {
  it('is full at the steepest edge, half at one half as steep, and 0 where values are even', () => {
    const { data, size } = preview((x) => (x < 4 ? 0 : x < 8 ? 100 : 50));
    const steep = steepness(data, size, [1, 1, 1], false);
    expect([1, 4, 6, 8, 10].map((x) => steep[x])).toEqual([0, 255, 0, 128, 0]);
  });

  it('takes lengths by the voxel size, so that thick voxels have gentle slopes', () => {
    const cube = preview((x, y) => (x > 5 ? 100 : 0) + (y > 4 ? 100 : 0));
    const [nx] = cube.size;
    const steep = steepness(cube.data, cube.size, [1, 2, 1], false);
    const [acrossX = 0, acrossY = 0] = [steep[6 + nx * 1], steep[1 + nx * 5]];
    expect(acrossX / acrossY).toBeCloseTo(2, 1);
  });

  it('sees no edge towards voxels without a value', () => {
    const { data, size } = preview((x) => (x < 4 ? 0 : 100));
    expect(new Set(steepness(data, size, [1, 1, 1], true))).toEqual(new Set([0]));
  });
});

describe('withGradient', () => {
  it('multiplies the opacity of the value by that of the steepness and keeps the colours', () => {
    const words = Uint32Array.of(0x80_112233, 0x80_112233, 0x80_112233, 0x00_445566);
    const steep = Uint8Array.of(0, 128, 255, 255);
    const curve = [{ value: 0, opacity: 0.5 }];
    const out = withGradient(words, steep, curve, (alpha) => alpha, { from: 0, to: 1 });
    expect(Array.from(out, (word) => word >>> 24)).toEqual([0, 64, 127, 0]);
    expect(Array.from(out, (word) => word & 0xff_ffff)).toEqual([
      0x11_2233, 0x11_2233, 0x11_2233, 0x44_5566,
    ]);
  });
});
