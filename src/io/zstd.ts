/** ZSTD data (TIFF compression 50000, Zarr chunks), by the wasm build of the reference decoder. */
import type { ZSTDDecoder } from 'zstddec';
import { CodecError } from './codec-error.ts';

let decoder: Promise<ZSTDDecoder> | null = null;

async function loadDecoder(): Promise<ZSTDDecoder> {
  const { ZSTDDecoder } = await import('zstddec');
  const created = new ZSTDDecoder();
  await created.init();
  return created;
}

/** The content size that a ZSTD frame declares, or null (RFC 8878, 3.1.1.1). */
function zstdContentSize(bytes: Uint8Array): number | null {
  if (bytes.length < 6 || bytes[0] !== 0x28 || bytes[1] !== 0xb5 || bytes[2] !== 0x2f) return null;
  const descriptor = bytes[4] ?? 0;
  const singleSegment = (descriptor & 32) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const flag = descriptor >> 6;
  const sizeBytes = flag === 0 ? (singleSegment ? 1 : 0) : 1 << flag;
  if (sizeBytes === 0) return null;
  const start = 5 + (singleSegment ? 0 : 1) + dictionaryBytes;
  if (bytes.length < start + sizeBytes) return null;
  let size = flag === 1 ? 256 : 0;
  for (let i = 0; i < sizeBytes; i++) size += (bytes[start + i] ?? 0) * 2 ** (8 * i);
  return size;
}

/** Decodes to at most `size` bytes; shorter where the data is. Rejects with `CodecError`. */
export async function decodeZstd(bytes: Uint8Array, size: number): Promise<Uint8Array> {
  if (bytes.length < 4 || bytes[0] !== 0x28 || bytes[1] !== 0xb5 || bytes[2] !== 0x2f) {
    throw new CodecError('it does not begin like ZSTD data');
  }
  decoder ??= loadDecoder();
  let ready: ZSTDDecoder;
  try {
    ready = await decoder;
  } catch (cause) {
    decoder = null;
    throw new CodecError('the ZSTD decoder could not be started', { cause });
  }
  // The decoder wants room for the whole frame; one that says it is far larger is refused.
  const declared = zstdContentSize(bytes) ?? size;
  if (declared > 2 * size + 65_536) {
    throw new CodecError(`its ZSTD data declares ${declared} bytes instead of ${size}`);
  }
  let decoded: Uint8Array;
  try {
    decoded = ready.decode(bytes, Math.max(size, declared));
  } catch (cause) {
    throw new CodecError('its ZSTD data is damaged', { cause });
  }
  if (decoded.length === 0) throw new CodecError('its ZSTD data is damaged');
  return decoded.length > size ? decoded.subarray(0, size) : decoded;
}
