import { expect, test } from 'vitest';
import { crc32 } from './crc32.ts';

const text = new TextEncoder().encode('123456789');

test('the check value of the standard comes out', () => {
  expect(crc32(text)).toBe(0xcbf43926);
});

test('a checksum goes on from that of what came before, wherever the bytes are cut', () => {
  const bytes = Uint8Array.from({ length: 40 }, (_, i) => (i * 151) % 251);
  const whole = crc32(bytes);
  for (let cut = 0; cut <= bytes.length; cut++) {
    expect(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)))).toBe(whole);
  }
});
