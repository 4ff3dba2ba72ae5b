/** Decompression of one strip or tile to a known size. */
import { inflate, InflateError } from '../../inflate.ts';
import { CodecError } from './codec-error.ts';
import { decodeLzw } from './lzw.ts';
import { decodePackBits } from './packbits.ts';
import { reverseBits } from './samples.ts';
import { Compression } from './tags.ts';
import { decodeZstd } from './zstd.ts';

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
 * The first `size` decoded bytes of a chunk. A promise only where the codec has to wait. Throws
 * (or rejects with) `CodecError` where the data is damaged or shorter than `size`.
 */
export function decompress(
  compression: number,
  stored: Uint8Array<ArrayBuffer>,
  size: number,
  lowBitFirst: boolean,
): Uint8Array | Promise<Uint8Array> {
  const input = lowBitFirst ? reverseBits(stored) : stored;
  const whole = (decoded: Uint8Array): Uint8Array => {
    if (decoded.length < size) {
      throw new CodecError(`it decodes to ${decoded.length} of ${size} bytes`);
    }
    return decoded.length > size ? decoded.subarray(0, size) : decoded;
  };
  switch (compression) {
    case Compression.none:
      return whole(input);
    case Compression.packBits: {
      const out = new Uint8Array(size);
      return whole(out.subarray(0, decodePackBits(input, out)));
    }
    case Compression.lzw: {
      const out = new Uint8Array(size);
      return whole(out.subarray(0, decodeLzw(input, out)));
    }
    case Compression.adobeDeflate:
    case Compression.deflate: {
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
