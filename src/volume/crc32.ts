/** CRC-32 as gzip, ZIP and PNG use it (RFC 1952, 8), eight bytes at a time. */

/** Entry 256 k + b: what byte b does to the checksum when k bytes follow it. */
const TABLE = new Uint32Array(8 * 256);
for (let byte = 0; byte < 256; byte++) {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  TABLE[byte] = value;
}
for (let i = 256; i < TABLE.length; i++) {
  const before = TABLE[i - 256]!;
  TABLE[i] = (before >>> 8) ^ TABLE[before & 255]!;
}

/** The checksum of bytes, or of what came before and them. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  let i = 0;
  for (; i + 8 <= bytes.length; i += 8) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    crc =
      TABLE[0x700 | (crc & 255)]! ^
      TABLE[0x600 | ((crc >>> 8) & 255)]! ^
      TABLE[0x500 | ((crc >>> 16) & 255)]! ^
      TABLE[0x400 | (crc >>> 24)]! ^
      TABLE[0x300 | bytes[i + 4]!]! ^
      TABLE[0x200 | bytes[i + 5]!]! ^
      TABLE[0x100 | bytes[i + 6]!]! ^
      TABLE[bytes[i + 7]!]!;
  }
  for (; i < bytes.length; i++) crc = TABLE[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
