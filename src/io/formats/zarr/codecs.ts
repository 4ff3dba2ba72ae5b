/**
 * Decoders of chunks that stop where the chunk is full. Those of the library decode whatever the
 * bytes make: a chunk of some kilobytes could fill the memory.
 */
import type { registry } from 'zarrita';
import { decompressor } from '../../decompressor.ts';
import { decodeZstd } from '../../zstd.ts';

type Registry = typeof registry;
type Entry = Awaited<ReturnType<NonNullable<ReturnType<Registry['get']>>>>;
type Meta = Parameters<Entry['fromConfig']>[1];
type Decode = (bytes: Uint8Array, most: number) => Promise<Uint8Array>;

/** Codecs between the compressor and the voxels may add checksums or headers. */
const MARGIN_BYTES = 65_536;
/** The largest voxels that Zarr knows are pairs of doubles. */
const MOST_VOXEL_BYTES = 16;

function mostBytes({ shape }: Meta): number {
  const voxels = shape.reduce((product, length) => product * length, 1);
  return voxels * MOST_VOXEL_BYTES + MARGIN_BYTES;
}

function tooLong(codec: string): Error {
  return new Error(`its ${codec} data hold more than the chunk`);
}

async function inflate(
  bytes: Uint8Array,
  format: 'gzip' | 'deflate',
  most: number,
): Promise<Uint8Array> {
  let given: Uint8Array | null = bytes;
  const reader = decompressor(format, () => {
    const all = given;
    given = null;
    return Promise.resolve(all as Uint8Array<ArrayBuffer> | null);
  });
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
    if (length <= most) continue;
    await reader.cancel().catch(() => undefined);
    throw tooLong(format);
  }
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function bounded(name: string, decode: Decode): () => Promise<Entry> {
  return () =>
    Promise.resolve({
      fromConfig: (_configuration: unknown, meta: Meta) => ({
        kind: 'bytes_to_bytes' as const,
        encode: () => {
          throw new Error(`${name} is not written by the reader`);
        },
        decode: (bytes: Uint8Array) => decode(bytes, mostBytes(meta)),
      }),
    } as unknown as Entry);
}

/** The library's own decoder, called where the size that stands at byte `at` is not too large. */
function stated(name: string, at: number, load: () => Promise<Entry>): () => Promise<Entry> {
  return async () => {
    const entry = await load();
    return {
      fromConfig(configuration: unknown, meta: Meta) {
        const inner = entry.fromConfig(configuration, meta);
        const decode = inner.decode.bind(inner) as (bytes: Uint8Array) => unknown;
        return Object.assign(Object.create(inner) as typeof inner, {
          kind: 'bytes_to_bytes' as const,
          decode: (bytes: Uint8Array) => {
            const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
            if (bytes.length < at + 4) throw new Error(`its ${name} data are cut short`);
            if (view.getUint32(at, true) > mostBytes(meta)) throw tooLong(name);
            return decode(bytes);
          },
        });
      },
    };
  };
}

/** A codec that nobody has. The library would reject promises that nothing waits for. */
function unknown(name: unknown): () => Promise<Entry> {
  return bounded(String(name), () =>
    Promise.reject(new Error(`its codec "${String(name).slice(0, 80)}" is not known`)),
  );
}

const bound = new WeakSet<Registry>();

/** Replaces the library's decompressors, and gives every other name a codec, once. */
export function boundCodecs(codecs: Registry): void {
  if (bound.has(codecs)) return;
  bound.add(codecs);
  for (const prefix of ['', 'numcodecs.']) {
    codecs.set(
      `${prefix}gzip`,
      bounded('gzip', (bytes, most) => inflate(bytes, 'gzip', most)),
    );
    codecs.set(
      `${prefix}zlib`,
      bounded('zlib', (bytes, most) => inflate(bytes, 'deflate', most)),
    );
    codecs.set(`${prefix}zstd`, bounded('zstd', decodeZstd));
    // Blosc states the size in its header's second word, LZ4 in the first.
    for (const [name, at] of [
      ['blosc', 4],
      ['lz4', 0],
    ] as const) {
      const load = codecs.get(`${prefix}${name}`);
      if (load !== undefined) codecs.set(`${prefix}${name}`, stated(name, at, load));
    }
  }
  const known = codecs.get.bind(codecs);
  codecs.get = (name) => known(name) ?? unknown(name);
}
