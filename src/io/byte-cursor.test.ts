import { describe, expect, it } from 'vitest';
import { ByteCursor, ByteRangeError } from './byte-cursor.ts';

const bytes = Uint8Array.of(0xff, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08);

describe('ByteCursor', () => {
  it('reads both byte orders and moves on', () => {
    const little = new ByteCursor(bytes, true);
    const big = new ByteCursor(bytes, false);
    expect([little.int8(), big.uint8()]).toEqual([-1, 255]);
    expect([little.uint16(), big.uint16()]).toEqual([0x0201, 0x0102]);
    expect([little.uint32(), big.uint32()]).toEqual([0x06050403, 0x03040506]);
    expect([little.position, little.remaining]).toEqual([7, 2]);
  });

  it('reads 64-bit integers as numbers', () => {
    const cursor = new ByteCursor(bytes, false);
    cursor.seek(1);
    expect(cursor.uint64()).toBe(0x0102030405060708);
  });

  it('reads floats', () => {
    const view = new DataView(new ArrayBuffer(12));
    view.setFloat32(0, 0.5);
    view.setFloat64(4, -0.1);
    const cursor = new ByteCursor(new Uint8Array(view.buffer), false);
    expect([cursor.float32(), cursor.float64()]).toEqual([0.5, -0.1]);
  });

  it('reads a view from its own start', () => {
    const cursor = new ByteCursor(bytes.subarray(3, 5), true);
    expect(cursor.uint16()).toBe(0x0403);
    expect(() => cursor.uint8()).toThrow(ByteRangeError);
  });

  it('says what is missing where, and stays where it was', () => {
    const cursor = new ByteCursor(bytes, true);
    cursor.seek(6);
    try {
      cursor.uint32();
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ position: 6, missing: 1 });
    }
    expect(cursor.position).toBe(6);
  });

  it.each([-1, 10, Number.NaN, Number.POSITIVE_INFINITY])('does not seek to %d', (position) => {
    expect(() => new ByteCursor(bytes, true).seek(position)).toThrow(ByteRangeError);
  });

  it('reads Latin-1 text', () => {
    expect(new ByteCursor(Uint8Array.of(0xb5, 0x6d), true).latin1(2)).toBe('µm');
  });
});
