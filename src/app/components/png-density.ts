/** How many pixels of a PNG make an inch: the pHYs chunk, which canvases leave out. */
import { crc32 } from '../../volume/crc32.ts';

const SIGNATURE_BYTES = 8;
/** Length, type, data and checksum of the header chunk, which must come first. */
const HEADER_BYTES = 25;
const PIXELS_PER_METRE = 1;

/** The same picture with its density; `png` must have none yet. */
export function withDensity(png: Uint8Array, dotsPerInch: number): Uint8Array<ArrayBuffer> {
  const chunk = new Uint8Array(21);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, 9);
  chunk.set(new TextEncoder().encode('pHYs'), 4);
  const perMetre = Math.round(dotsPerInch / 0.0254);
  view.setUint32(8, perMetre);
  view.setUint32(12, perMetre);
  chunk[16] = PIXELS_PER_METRE;
  view.setUint32(17, crc32(chunk.subarray(4, 17)));
  const place = SIGNATURE_BYTES + HEADER_BYTES;
  const whole = new Uint8Array(png.length + chunk.length);
  whole.set(png.subarray(0, place));
  whole.set(chunk, place);
  whole.set(png.subarray(place), place + chunk.length);
  return whole;
}
