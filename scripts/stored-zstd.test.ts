import { ZSTDDecoder } from 'zstddec';
import { expect, it } from 'vitest';
import { storedZstd } from './stored-zstd.ts';

it.each([0, 1, 131_071, 131_072, 131_073, 400_000])(
  'packs %i bytes so that a decoder unpacks them',
  async (length) => {
    const content = Uint8Array.from({ length }, (_, i) => (i * 31) & 255);
    const decoder = new ZSTDDecoder();
    await decoder.init();
    const unpacked = decoder.decode(storedZstd(content));
    expect(Buffer.compare(unpacked, content)).toBe(0);
  },
);
