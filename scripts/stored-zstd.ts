/** A Zstandard frame of stored blocks (RFC 8878): no compressor needed, any decoder reads it. */

const MAGIC = 0xfd2fb528;
/** Single segment, content size in four bytes. */
const DESCRIPTOR = 0xa0;
const BLOCK = 128 * 1024;

export function storedZstd(content: Uint8Array): Uint8Array {
  const blocks = Math.max(1, Math.ceil(content.length / BLOCK));
  const frame = new Uint8Array(9 + 3 * blocks + content.length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, MAGIC, true);
  frame[4] = DESCRIPTOR;
  view.setUint32(5, content.length, true);
  let at = 9;
  for (let block = 0; block < blocks; block++) {
    const part = content.subarray(block * BLOCK, (block + 1) * BLOCK);
    const header = (part.length << 3) | (block === blocks - 1 ? 1 : 0);
    frame.set([header & 255, (header >>> 8) & 255, header >>> 16], at);
    frame.set(part, at + 3);
    at += 3 + part.length;
  }
  return frame;
}
