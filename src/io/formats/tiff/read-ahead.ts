/**
 * A window over a byte source. TIFF keeps small things (directories, strips of a few KiB) close
 * together; the window grows while reads run forward, so that a stack costs few large reads, and
 * shrinks after a jump, so that scattered directories cost little.
 */
import type { ByteSource } from '../../format.ts';

const SMALLEST_WINDOW = 16 * 1024;
export const LARGEST_WINDOW = 8 * 1024 * 1024;

export class ReadAhead {
  readonly #source: ByteSource;
  #start = 0;
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #next = SMALLEST_WINDOW;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Bytes [start, end) clipped to the source, as a view that later reads do not change. */
  async read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    const stop = Math.min(end, this.#source.size);
    const length = stop - start;
    if (!(length > 0)) return new Uint8Array(0);
    const windowEnd = this.#start + this.#bytes.byteLength;
    if (start >= this.#start && stop <= windowEnd) {
      return this.#bytes.subarray(start - this.#start, stop - this.#start);
    }
    if (length >= LARGEST_WINDOW / 2) return this.#source.read(start, stop);
    const forward = start >= this.#start && start - windowEnd <= this.#bytes.byteLength;
    this.#next = forward ? Math.min(this.#next * 2, LARGEST_WINDOW) : SMALLEST_WINDOW;
    this.#bytes = await this.#source.read(
      start,
      Math.min(start + Math.max(length, this.#next), this.#source.size),
    );
    this.#start = start;
    return this.#bytes.subarray(0, length);
  }
}
