/** How often each value occurs: exact means and percentiles of many values without sorting them. */

/** Values below this are counted in an array, others in a hash table. */
const DENSE = 2 ** 20;

/** Counts of whole numbers from 0 to 2^53. Memory: 8 bytes up to the largest below 2^20. */
export class ValueCounts {
  /** Sum of all counts. */
  total = 0;
  #dense = new Float64Array(1024);
  #keys = new Float64Array(0);
  #counts = new Float64Array(0);
  #used = 0;
  /** The two halves of a value's bits. */
  readonly #value = new Float64Array(1);
  readonly #words = new Uint32Array(this.#value.buffer);

  add(value: number, times = 1): void {
    this.total += times;
    if (value < DENSE) {
      if (value >= this.#dense.length) this.#growDense(value);
      this.#dense[value] += times;
      return;
    }
    if (this.#used * 2 >= this.#keys.length) this.#growTable();
    this.#addToTable(value, times);
  }

  /** Different values, ascending, each with its count. */
  sorted(): { readonly values: Float64Array; readonly counts: Float64Array } {
    const found: [number, number][] = [];
    this.#dense.forEach((count, value) => {
      if (count > 0) found.push([value, count]);
    });
    const large = this.#entries().sort((a, b) => a[0] - b[0]);
    const all = found.concat(large);
    return {
      values: Float64Array.from(all, ([value]) => value),
      counts: Float64Array.from(all, ([, count]) => count),
    };
  }

  #growDense(value: number): void {
    let length = this.#dense.length;
    while (length <= value) length *= 2;
    const grown = new Float64Array(length);
    grown.set(this.#dense);
    this.#dense = grown;
  }

  #entries(): [number, number][] {
    const entries: [number, number][] = [];
    this.#keys.forEach((value, slot) => {
      if (value > 0) entries.push([value, this.#counts[slot]]);
    });
    return entries;
  }

  #growTable(): void {
    const entries = this.#entries();
    const length = Math.max(1024, this.#keys.length * 2);
    this.#keys = new Float64Array(length);
    this.#counts = new Float64Array(length);
    this.#used = 0;
    for (const [value, count] of entries) this.#addToTable(value, count);
  }

  #addToTable(value: number, times: number): void {
    const keys = this.#keys;
    const mask = keys.length - 1;
    this.#value[0] = value;
    const hash = Math.imul(this.#words[0] ^ Math.imul(this.#words[1], 0x85ebca6b), 0x9e3779b1);
    let slot = (hash ^ (hash >>> 15)) & mask;
    while (keys[slot] !== value) {
      if (keys[slot] === 0) {
        keys[slot] = value;
        this.#used += 1;
        break;
      }
      slot = (slot + 1) & mask;
    }
    this.#counts[slot] += times;
  }
}

/** Adds each value to the counts of its label; values of labels without counts are left out. */
export function countByLabel(
  values: Float64Array | Int32Array,
  labels: Uint8Array,
  counts: readonly (ValueCounts | undefined)[],
): void {
  for (let i = 0; i < labels.length; i++) counts[labels[i]]?.add(values[i]);
}

export interface LengthStatistics {
  readonly count: number;
  readonly mean: number;
  readonly max: number;
  /** Percentile 0 to 100, linear between the two nearest ranks. */
  percentile(percent: number): number;
}

/**
 * Statistics of the lengths √value · unit, summed in ascending order in float64. `counts` is not
 * empty.
 */
export function lengthStatistics(counts: ValueCounts, unit: number): LengthStatistics {
  const { values, counts: times } = counts.sorted();
  const count = counts.total;
  const lengths = values.map((value) => Math.sqrt(value) * unit);
  let sum = 0;
  lengths.forEach((length, i) => {
    sum += length * times[i];
  });
  const atRank = (rank: number): number => {
    let below = 0;
    for (let i = 0; i < lengths.length; i++) {
      below += times[i];
      if (rank < below) return lengths[i];
    }
    return lengths[lengths.length - 1];
  };
  return {
    count,
    mean: sum / count,
    max: lengths[lengths.length - 1],
    percentile(percent) {
      const rank = ((count - 1) * percent) / 100;
      const low = atRank(Math.floor(rank));
      return low + (atRank(Math.ceil(rank)) - low) * (rank - Math.floor(rank));
    },
  };
}
