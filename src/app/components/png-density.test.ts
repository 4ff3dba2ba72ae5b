import { expect, it } from 'vitest';
import { withDensity } from './png-density.ts';

/** The smallest PNG: signature, header and end. */
const PNG = Uint8Array.from(
  Buffer.from(
    '89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000049454e44ae426082',
    'hex',
  ),
);

it('puts the density behind the header, in pixels per metre with a checksum', () => {
  const png = Buffer.from(withDensity(PNG, 600));
  expect(png.length).toBe(PNG.length + 21);
  expect(png.toString('latin1', 37, 41)).toBe('pHYs');
  expect(png.readUInt32BE(41)).toBe(23_622);
  expect(png.readUInt32BE(45)).toBe(23_622);
  expect(png[49]).toBe(1);
  // zlib.crc32 of the chunk's type and data.
  expect(png.readUInt32BE(50)).toBe(0x1494_4341);
});
