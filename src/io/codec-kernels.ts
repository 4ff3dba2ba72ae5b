/**
 * The chunk decoders of `wasm/src/codecs`. Their module is a few KiB and comes as text in a script, so
 * that no host has to serve it. They give the bytes of the scalar references (`inflate.ts`,
 * `formats/tiff/lzw.ts`, `formats/tiff/packbits.ts`) and leave to these whatever is odd: what is
 * damaged is refused, in words, by the reference alone.
 */

export type CodecKernel = 'inflateZlib' | 'decodeLzw' | 'decodePackBits';

type Exports = Readonly<
  Record<CodecKernel, (input: number, length: number, output: number, capacity: number) => number>
> & {
  readonly memory: WebAssembly.Memory;
  readonly PADDING: WebAssembly.Global<'i32'>;
  arenaStart(): number;
};

const PAGE_BYTES = 65_536;

export class CodecKernels {
  readonly #exports: Exports;

  constructor(instance: WebAssembly.Instance) {
    this.#exports = instance.exports as unknown as Exports;
  }

  /**
   * The first `size` decoded bytes, fewer where the stream holds fewer, at an address that is a multiple
   * of 64, as a view that the next call overwrites. Null where the reference has to look: the stream is
   * damaged or unusual, or larger than the module's memory (32 MiB for stored and decoded bytes).
   */
  decode(kernel: CodecKernel, stored: Uint8Array, size: number): Uint8Array<ArrayBuffer> | null {
    const { memory, PADDING, arenaStart } = this.#exports;
    const input = arenaStart();
    const output = roundUp(input + stored.length + PADDING.value, 64);
    const missing = output + size + PADDING.value - memory.buffer.byteLength;
    if (missing > 0) {
      try {
        memory.grow(Math.ceil(missing / PAGE_BYTES));
      } catch {
        return null;
      }
    }
    new Uint8Array(memory.buffer, input, stored.length).set(stored);
    const written = this.#exports[kernel](input, stored.length, output, size);
    return written < 0 ? null : new Uint8Array(memory.buffer as ArrayBuffer, output, written);
  }
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

let loaded: Promise<CodecKernels | null> | null = null;

/** Null where the host refuses WebAssembly: the references then decode alone. */
export function loadCodecKernels(): Promise<CodecKernels | null> {
  loaded ??= instantiate().catch(() => null);
  return loaded;
}

async function instantiate(): Promise<CodecKernels> {
  const { codecs } = await import('../../wasm/dist/codecs.mjs');
  const bytes = Uint8Array.from(atob(codecs), (character) => character.charCodeAt(0));
  const { instance } = await WebAssembly.instantiate(bytes);
  return new CodecKernels(instance);
}
