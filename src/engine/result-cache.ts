/**
 * Step results by digest, least recently used first out when they exceed the budget. A result that
 * went out is still found for as long as somebody else holds its volume: keeping it costs nothing.
 */
import type { OperationResult } from '../operations/operation.ts';
import type { Volume } from '../volume/volume.ts';
import type { GpuRecord } from './gpu-record.ts';

/** `gpu` where a GPU computed it. */
export type KeptResult = OperationResult & { readonly gpu?: GpuRecord };

/** Rough sizes of a result and of a table cell, each with its share of the objects around it. */
const RESULT_BYTES = 1024;
const CELL_BYTES = 64;

/** Bytes of a result without its voxels. */
function plainBytes({ tables = [] }: OperationResult): number {
  const cells = tables.map(({ rows, columns }) => rows.length * columns.length);
  return RESULT_BYTES + CELL_BYTES * cells.reduce((sum, count) => sum + count, 0);
}

function bufferOf(result: KeptResult): ArrayBufferLike | null {
  return 'volume' in result ? result.volume.data.buffer : null;
}

interface Evicted {
  readonly volume: WeakRef<Volume>;
  readonly rest: Omit<KeptResult, 'volume'>;
}

export class ResultCache {
  readonly #budget: number;
  readonly #results = new Map<string, KeptResult>();
  readonly #evicted = new Map<string, Evicted>();
  /** How many results share a buffer: renaming phases makes a volume without copying voxels. */
  readonly #buffers = new Map<ArrayBufferLike, number>();
  #bytes = 0;

  constructor(budgetBytes: number) {
    this.#budget = budgetBytes;
  }

  get(key: string): KeptResult | undefined {
    const found = this.#results.get(key) ?? this.#findEvicted(key);
    // A Map iterates in insertion order: adding the entry again marks it as used.
    if (found !== undefined) this.set(key, found);
    return found;
  }

  set(key: string, result: KeptResult): void {
    this.#remove(key);
    this.#evicted.delete(key);
    const bytes = plainBytes(result) + (bufferOf(result)?.byteLength ?? 0);
    // Letting it in would push out everything else and then itself.
    if (bytes > this.#budget) {
      this.#rememberEvicted(key, result);
      return;
    }
    this.#results.set(key, result);
    this.#count(result, 1);
    this.#evictBeyond(this.#budget);
  }

  /** Forgets results beyond `bytes`, also those that somebody holds. */
  trim(bytes: number): void {
    this.#evictBeyond(bytes);
    this.#evicted.clear();
  }

  #evictBeyond(bytes: number): void {
    for (const [key, result] of this.#results) {
      if (this.#bytes <= bytes) return;
      this.#remove(key);
      this.#rememberEvicted(key, result);
    }
  }

  #remove(key: string): void {
    const result = this.#results.get(key);
    if (result === undefined) return;
    this.#results.delete(key);
    this.#count(result, -1);
  }

  #count(result: KeptResult, change: 1 | -1): void {
    this.#bytes += change * plainBytes(result);
    const buffer = bufferOf(result);
    if (buffer === null) return;
    const before = this.#buffers.get(buffer) ?? 0;
    const after = before + change;
    if (after === 0) this.#buffers.delete(buffer);
    else this.#buffers.set(buffer, after);
    if (before === 0 || after === 0) this.#bytes += change * buffer.byteLength;
  }

  #rememberEvicted(key: string, result: KeptResult): void {
    for (const [other, { volume }] of this.#evicted) {
      if (volume.deref() === undefined) this.#evicted.delete(other);
    }
    if (!('volume' in result)) return;
    const { volume, ...rest } = result;
    this.#evicted.set(key, { volume: new WeakRef(volume), rest });
  }

  #findEvicted(key: string): KeptResult | undefined {
    const evicted = this.#evicted.get(key);
    const volume = evicted?.volume.deref();
    return evicted === undefined || volume === undefined ? undefined : { volume, ...evicted.rest };
  }
}
