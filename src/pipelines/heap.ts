/**
 * The linear memory that itk-wasm's runtime reads and writes: inputs it places, outputs it fetches.
 * It is apart from the kernels' own memory, which lives only while an operation runs.
 */

const FIRST_ADDRESS = 64;
const ALIGNMENT = 16;
/** itk-wasm handles addresses as unsigned 32-bit numbers. */
const MAX_BYTES = 2 ** 32 - 65_536;

export class Heap {
  #buffer = new ArrayBuffer(2 ** 16);
  #top = FIRST_ADDRESS;

  get bytes(): Uint8Array {
    return new Uint8Array(this.#buffer);
  }

  allocate(length: number): number {
    const address = this.#top;
    const end = address + length;
    if (end > MAX_BYTES) throw new RangeError('The pipeline memory ends at 4 GiB.');
    if (end > this.#buffer.byteLength) {
      const grown = new ArrayBuffer(
        Math.min(MAX_BYTES, Math.max(end, 2 * this.#buffer.byteLength)),
      );
      new Uint8Array(grown).set(this.bytes.subarray(0, address));
      this.#buffer = grown;
    }
    this.#top = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
    return address;
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
