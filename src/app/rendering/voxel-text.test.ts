import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { voxelText } from './voxel-text.ts';

describe('voxelText', () => {
  it('writes integers as they are', () => {
    expect(voxelText(65_535, 'uint16')).toBe('65535');
    expect(voxelText(-128, 'int8')).toBe('-128');
    expect(voxelText(4_294_967_295, 'uint32')).toBe('4294967295');
  });

  it('writes the shortest text that reads back as the same float32', () => {
    expect(voxelText(Math.fround(0.1), 'float32')).toBe('0.1');
    expect(voxelText(Math.fround(1 / 3), 'float32')).toBe('0.33333334');
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        // Zero has no sign as text.
        expect(Math.fround(Number(voxelText(value, 'float32'))) === value).toBe(true);
      }),
    );
  });

  it('keeps all digits of float64', () => {
    expect(voxelText(0.1 + 0.2, 'float64')).toBe('0.30000000000000004');
  });

  it('names what is not a number', () => {
    expect(voxelText(Number.NaN, 'float32')).toBe('NaN');
    expect(voxelText(Number.NEGATIVE_INFINITY, 'float64')).toBe('−∞');
  });
});
