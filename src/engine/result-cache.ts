/** Step results by digest, least recently used first out when their voxels exceed the budget. */
import type { OperationResult } from '../operations/operation.ts';

function resultBytes(result: OperationResult): number {
  return 'volume' in result ? result.volume.data.byteLength : 0;
}

export class ResultCache {
  readonly #budget: number;
  readonly #results = new Map<string, OperationResult>();
  #bytes = 0;

  constructor(budgetBytes: number) {
    this.#budget = budgetBytes;
  }

  get(key: string): OperationResult | undefined {
    const found = this.#results.get(key);
    if (found !== undefined) {
      // A Map iterates in insertion order: moving the entry to the end marks it as used.
      this.#results.delete(key);
      this.#results.set(key, found);
    }
    return found;
  }

  set(key: string, result: OperationResult): void {
    this.#results.set(key, result);
    this.#bytes += resultBytes(result);
    this.trim(this.#budget);
  }

  trim(bytes: number): void {
    for (const [key, result] of this.#results) {
      if (this.#bytes <= bytes) return;
      this.#results.delete(key);
      this.#bytes -= resultBytes(result);
    }
  }
}
