/**
 * The linear memory that itk-wasm's runtime reads and writes: inputs it places, outputs it fetches.
 * It is apart from the kernels' own memory, which lives only while an operation runs.
 */

import { UserError } from '../errors/errors.ts';

const FIRST_ADDRESS = 64;
const ALIGNMENT = 16;
/** itk-wasm handles addresses as unsigned 32-bit numbers. */
const MAX_BYTES = 2 ** 32 - 65_536;

export class Heap {
  #buffer = new ArrayBuffer(2 ** 16);
  #top = FIRST_ADDRESS;

  /** All of the memory; a view that was taken before an allocation is of no use after it. */
  get bytes(): Uint8Array {
    return new Uint8Array(this.#buffer);
  }

  /** Address of `length` new bytes, all zero. Throws `memory/over-budget`. */
  allocate(length: number): number {
    const address = this.#top;
    const end = address + length;
    if (end > MAX_BYTES) {
      throw new UserError(
        'memory/over-budget',
        'Images, results included, fill more than the 4 GiB that a pipeline has: crop or bin the image first.',
        { bytes: end },
      );
    }
    if (end > this.#buffer.byteLength) this.#grow(end);
    this.#top = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
    return address;
  }

  #grow(end: number): void {
    // Twice as large, so that many small allocations cost no more than one; exact when it is large.
    const comfortable = this.#buffer.byteLength < 2 ** 28 ? 2 * this.#buffer.byteLength : 0;
    const grown = new ArrayBuffer(Math.max(end, comfortable));
    new Uint8Array(grown).set(this.bytes.subarray(0, this.#top));
    this.#buffer = grown;
  }

  store(bytes: Uint8Array): number {
    const address = this.allocate(bytes.length);
    this.bytes.set(bytes, address);
    return address;
  }

  copyOut(address: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#buffer.slice(address, address + length));
  }

  clear(): void {
    this.#buffer = new ArrayBuffer(2 ** 16);
    this.#top = FIRST_ADDRESS;
  }
}
