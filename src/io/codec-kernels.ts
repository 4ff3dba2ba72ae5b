/**
 * The chunk decoders of `wasm/src/codecs`. Their module is a few KiB and comes as text in a script, so
 * that no host has to serve it. They give the bytes of the scalar references (`inflate.ts`,
 * `formats/tiff/lzw.ts`, `packbits.ts`, `samples.ts`) and leave to these whatever is odd: what is
 * damaged is refused, in words, by the reference alone.
 */

import type { SampleWords } from './byte-order.ts';

export type CodecKernel = 'inflateZlib' | 'decodeLzw' | 'decodePackBits';

type Exports = Readonly<
  Record<CodecKernel, (input: number, length: number, output: number, capacity: number) => number>
> & {
  readonly memory: WebAssembly.Memory;
  readonly PADDING: WebAssembly.Global<'i32'>;
  arenaStart(): number;
} & Readonly<
    Record<
      'undoDifferences8' | 'undoDifferences16' | 'undoDifferences32',
      (pointer: number, rowLength: number, rows: number) => void
    >
  >;

const PAGE_BYTES = 65_536;

export class CodecKernels {
  readonly #exports: Exports;
  readonly #arena: number;

  constructor(instance: WebAssembly.Instance) {
    this.#exports = instance.exports as unknown as Exports;
    this.#arena = this.#exports.arenaStart();
  }

  /**
   * The first `size` decoded bytes, fewer where the stream holds fewer, at an address that is a multiple
   * of 64, as a view that the next call overwrites. Null where the reference has to look: the stream is
   * damaged or unusual, or larger than the module's memory (32 MiB for stored and decoded bytes).
   */
  decode(kernel: CodecKernel, stored: Uint8Array, size: number): Uint8Array<ArrayBuffer> | null {
    const { memory, PADDING } = this.#exports;
    const input = this.#arena;
    const output = roundUp(input + stored.length + PADDING.value, 64);
    if (!this.#reserve(output + size + PADDING.value)) return null;
    new Uint8Array(memory.buffer, input, stored.length).set(stored);
    const written = this.#exports[kernel](input, stored.length, output, size);
    return written < 0 ? null : new Uint8Array(memory.buffer as ArrayBuffer, output, written);
  }

  /**
   * Undoes predictor 2 in place, one sample a pixel; false, and nothing done, where the words are of 64
   * bits, end within a row or are larger than the module's memory.
   */
  undoDifferences(words: SampleWords, rowLength: number): boolean {
    const { memory, PADDING } = this.#exports;
    if (words instanceof BigUint64Array || words.length % rowLength !== 0) return false;
    const isHere = words.buffer === memory.buffer;
    const pointer = isHere ? words.byteOffset : this.#arena;
    if (!isHere && !this.#reserve(pointer + words.byteLength + PADDING.value)) return false;
    const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
    const here = new Uint8Array(memory.buffer, pointer, words.byteLength);
    if (!isHere) here.set(bytes);
    const rows = words.length / rowLength;
    if (words instanceof Uint8Array) this.#exports.undoDifferences8(pointer, rowLength, rows);
    else if (words instanceof Uint16Array)
      this.#exports.undoDifferences16(pointer, rowLength, rows);
    else this.#exports.undoDifferences32(pointer, rowLength, rows);
    if (!isHere) bytes.set(here);
    return true;
  }

  /** Grows the memory to `bytes`, which overwrites nothing but moves every view; false where it cannot. */
  #reserve(bytes: number): boolean {
    const { memory } = this.#exports;
    const missing = bytes - memory.buffer.byteLength;
    if (missing <= 0) return true;
    try {
      memory.grow(Math.ceil(missing / PAGE_BYTES));
      return true;
    } catch {
      return false;
    }
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
