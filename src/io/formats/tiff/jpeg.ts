/**
 * Checks a JPEG stream before it is decoded: its own header, not the TIFF's, decides what a decoder
 * allocates and how often it walks over it.
 */
import { CodecError } from '../../codec-error.ts';

/** As libtiff: a progressive image has few scans, a bomb has thousands. */
const MOST_SCANS = 100;

export interface JpegFrame {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  /** The stream brings tables only (JPEGTables): no frame and no scan. */
  readonly isTables: boolean;
}

function damaged(): CodecError {
  return new CodecError('its JPEG data is damaged');
}

/**
 * Walks over all segments, whose lengths must be exact, and returns the size of the one frame. Throws
 * `CodecError` for anything but 8-bit baseline, extended or progressive JPEG of one frame.
 */
export function inspectJpeg(bytes: Uint8Array): JpegFrame {
  const uint16 = (at: number): number => {
    if (at + 2 > bytes.length) throw damaged();
    return (bytes[at]! << 8) | bytes[at + 1]!;
  };
  if (uint16(0) !== 0xffd8) throw damaged();
  let frame: JpegFrame | null = null;
  let scans = 0;
  for (let at = 2; ; ) {
    const marker = uint16(at);
    if (marker === 0xffd9) break;
    const length = uint16(at + 2);
    const body = at + 4;
    const end = at + 2 + length;
    if (length < 2 || end > bytes.length) throw damaged();
    if (marker >= 0xffc0 && marker <= 0xffc2) {
      if (frame !== null || length < 8) throw damaged();
      frame = readFrame(bytes.subarray(body, end));
    } else if (marker === 0xffc4) {
      checkHuffmanTables(bytes.subarray(body, end));
    } else if (marker === 0xffdb) {
      checkQuantisers(bytes.subarray(body, end));
    } else if (marker === 0xffdd) {
      if (length !== 4) throw damaged();
    } else if (marker === 0xffda) {
      if (frame === null || length !== 6 + 2 * (bytes[body] ?? 0)) throw damaged();
      if (++scans > MOST_SCANS) throw new CodecError(`its JPEG data has over ${MOST_SCANS} scans`);
      at = endOfScan(bytes, end);
      continue;
    } else if (!((marker >= 0xffe0 && marker <= 0xffef) || marker === 0xfffe)) {
      throw new CodecError('it is a kind of JPEG that cannot be read here');
    }
    at = end;
  }
  return frame === null
    ? { width: 0, height: 0, components: 0, isTables: true }
    : { ...frame, isTables: false };
}

function readFrame(body: Uint8Array): JpegFrame {
  const components = body[5] ?? 0;
  if (body.length !== 6 + 3 * components) throw damaged();
  if (body[0] !== 8) throw new CodecError(`its JPEG data has ${body[0]} bits`);
  for (let i = 0; i < components; i++) {
    const factors = body[7 + 3 * i]!;
    const [across, down] = [factors >> 4, factors & 15];
    if (across < 1 || across > 4 || down < 1 || down > 4) throw damaged();
  }
  return {
    height: (body[1]! << 8) | body[2]!,
    width: (body[3]! << 8) | body[4]!,
    components,
    isTables: false,
  };
}

function checkHuffmanTables(body: Uint8Array): void {
  let at = 0;
  while (at < body.length) {
    if (at + 17 > body.length) throw damaged();
    let codes = 0;
    for (let i = 1; i <= 16; i++) codes += body[at + i]!;
    at += 17 + codes;
  }
  if (at !== body.length) throw damaged();
}

function checkQuantisers(body: Uint8Array): void {
  let at = 0;
  while (at < body.length) {
    const precision = body[at]! >> 4;
    if (precision > 1) throw damaged();
    at += 1 + 64 * (precision + 1);
  }
  if (at !== body.length) throw damaged();
}

/** The next marker after entropy-coded data, where 0xFF is stuffed with 0 or a restart. */
function endOfScan(bytes: Uint8Array, start: number): number {
  for (let at = start; at + 1 < bytes.length; at++) {
    if (bytes[at] !== 0xff) continue;
    const next = bytes[at + 1]!;
    if (next === 0 || (next >= 0xd0 && next <= 0xd7)) {
      at++;
      continue;
    }
    return at;
  }
  throw damaged();
}
