/** Decompression of one strip or tile to a known size. */
import type { CodecKernels } from '../../codec-kernels.ts';
import { inflate, InflateError } from '../../inflate.ts';
import { CodecError } from '../../codec-error.ts';
import { decodeLzw } from './lzw.ts';
import { decodePackBits } from './packbits.ts';
import { reverseBits } from './samples.ts';
import { Compression } from './tags.ts';
import { decodeZstd } from '../../zstd.ts';

/** Compressions decoded here; the rest goes to the fallback reader. */
export function isOwnCodec(compression: number): boolean {
  return (
    compression === Compression.none ||
    compression === Compression.lzw ||
    compression === Compression.packBits ||
    compression === Compression.adobeDeflate ||
    compression === Compression.deflate ||
    compression === Compression.zstd
  );
}

/**
 * The first `size` decoded bytes of a chunk, which may change with the next call. A promise only where
 * the codec has to wait. `kernels`: null = the scalar references decode. Throws (or rejects with)
 * `CodecError` where the data is damaged or shorter than `size`.
 */
export function decompress(
  compression: number,
  stored: Uint8Array<ArrayBuffer>,
  size: number,
  lowBitFirst: boolean,
  kernels: CodecKernels | null,
): Uint8Array | Promise<Uint8Array> {
  const input = lowBitFirst ? reverseBits(stored) : stored;
  const whole = (decoded: Uint8Array): Uint8Array => {
    if (decoded.length < size) {
      throw new CodecError(`it decodes to ${decoded.length} of ${size} bytes`);
    }
    return decoded.length > size ? decoded.subarray(0, size) : decoded;
  };
  const byReference = (decode: (input: Uint8Array, out: Uint8Array) => number): Uint8Array => {
    const out = new Uint8Array(size);
    return out.subarray(0, decode(input, out));
  };
  switch (compression) {
    case Compression.none:
      return whole(input);
    case Compression.packBits:
      return whole(kernels?.decode('decodePackBits', input, size) ?? byReference(decodePackBits));
    case Compression.lzw:
      return whole(kernels?.decode('decodeLzw', input, size) ?? byReference(decodeLzw));
    case Compression.adobeDeflate:
    case Compression.deflate: {
      const fast = kernels?.decode('inflateZlib', input, size) ?? null;
      if (fast !== null) return whole(fast);
      try {
        const decoded = inflate(input, size);
        if (!(decoded instanceof Promise)) return whole(decoded);
        return decoded.then(whole, rethrowInflate);
      } catch (error) {
        return rethrowInflate(error);
      }
    }
    case Compression.zstd:
      return decodeZstd(input, size).then(whole);
    default:
      throw new CodecError(`its compression (${compression}) is unknown`);
  }
}

function rethrowInflate(error: unknown): never {
  if (error instanceof InflateError) throw new CodecError(error.message, { cause: error });
  throw error;
}
