/** Closed forms and invariances of the scalar reference, and proofs of the networks. */
import { describe, expect, it } from 'vitest';
import type { KernelSize } from './gaussian.ts';
import {
  type MedianArray,
  medianFilter,
  medianOfLists,
  type SelectionNetwork,
  sortTwentyFive,
} from './median.ts';
import { randomNormal, randomUniform } from './random.ts';

const SIZE = [11, 9, 8] as const;

function noise(size: KernelSize): Float32Array<ArrayBuffer> {
  return Float32Array.from(
    { length: size[0] * size[1] * size[2] },
    (_, i) => 50 * randomNormal(2, 0, i),
  );
}

function sourceOf(size: KernelSize, move: (p: [number, number, number]) => void) {
  return (i: number): number => {
    const p: [number, number, number] = [
      i % size[0],
      Math.floor(i / size[0]) % size[1],
      Math.floor(i / (size[0] * size[1])),
    ];
    move(p);
    return p[0] + size[0] * (p[1] + size[1] * p[2]);
  };
}

describe.each([1, 2] as const)('the median of radius %i', (radius) => {
  const input = noise(SIZE);
  const result = medianFilter(input, SIZE, { radius });

  it('leaves a constant volume unchanged', () => {
    const flat = new Uint16Array(792).fill(777);
    expect(medianFilter(flat, SIZE, { radius })).toEqual(flat);
  });

  it('removes single outliers and keeps a ramp along an axis', () => {
    const ramp = Float32Array.from(input, (_, i) => i % SIZE[0]);
    const spoilt = ramp.slice();
    for (const i of [0, 137, 400, 791]) spoilt[i] = 1e6;
    const inside = (i: number): boolean => i % SIZE[0] >= radius && i % SIZE[0] < SIZE[0] - radius;
    medianFilter(ramp, SIZE, { radius }).forEach((value, i) => {
      if (inside(i)) expect(value).toBe(i % SIZE[0]);
    });
    expect(Math.max(...medianFilter(spoilt, SIZE, { radius }))).toBeLessThan(SIZE[0]);
  });

  it('keeps a plane boundary and layers of more than its radius', () => {
    for (const thickness of [radius + 1, 2 * radius + 3]) {
      const layer = Uint8Array.from(input, (_, i) => {
        const y = Math.floor(i / SIZE[0]) % SIZE[1];
        return y >= 1 && y < 1 + thickness ? 200 : 10;
      });
      expect(medianFilter(layer, SIZE, { radius })).toEqual(layer);
    }
  });

  it('gives grey values of the neighbourhood only', () => {
    const greys = new Set(input);
    expect([...result].every((value) => greys.has(value))).toBe(true);
  });

  it('commutes with a rising change of grey values', () => {
    const squash = (value: number): number => Math.fround(value / (500 + Math.abs(value)));
    expect(medianFilter(input.map(squash), SIZE, { radius })).toEqual(result.map(squash));
  });

  it('commutes to the bit with mirror images', () => {
    for (const axis of [0, 1, 2] as const) {
      const source = sourceOf(SIZE, (p) => {
        p[axis] = SIZE[axis] - 1 - p[axis];
      });
      const mirrored = input.map((_, i) => input[source(i)] as number);
      expect(medianFilter(mirrored, SIZE, { radius })).toEqual(
        result.map((_, i) => result[source(i)] as number),
      );
    }
  });

  it('commutes to the bit with an exchange of axes', () => {
    const [nx, ny, nz] = SIZE;
    const turnedSize = [nz, nx, ny] as const;
    const source = (i: number): number => {
      const [x, y, z] = [i % nz, Math.floor(i / nz) % nx, Math.floor(i / (nz * nx))];
      return y + nx * (z + ny * x);
    };
    const turned = input.map((_, i) => input[source(i)] as number);
    expect(medianFilter(turned, turnedSize, { radius })).toEqual(
      result.map((_, i) => result[source(i)] as number),
    );
  });

  it('gives the same values for every type that holds them', () => {
    const bytes = Uint8Array.from(input, (_, i) => 256 * randomUniform(1, 0, i));
    const expected = [...medianFilter(bytes, SIZE, { radius })];
    const others: readonly MedianArray[] = [Uint16Array.from(bytes), Float32Array.from(bytes)];
    for (const other of others)
      expect([...medianFilter(other, SIZE, { radius })]).toEqual(expected);
  });
});

it('puts -0 below 0', () => {
  const input = Float32Array.of(-0, 0, -0);
  const result = medianFilter(input, [3, 1, 1], { radius: 1 });
  expect([...result].map((value) => Object.is(value, -0))).toEqual([true, true, true]);
});

/** Runs a network on 32 lists of zeros and ones at once, a bit each. */
function runBits({ comparators }: SelectionNetwork, wires: Int32Array): void {
  for (const [low, high] of comparators) {
    const a = wires[low] as number;
    const b = wires[high] as number;
    wires[low] = a & b;
    wires[high] = a | b;
  }
}

/** The wires of sorted lists of zeros and ones: `ones[bit][list]` ones at the end of each list. */
function fillBits(wires: Int32Array, length: number, ones: readonly (readonly number[])[]): void {
  wires.fill(0);
  ones.forEach((counts, bit) => {
    counts.forEach((count, list) => {
      for (let i = length - count; i < length; i++)
        wires[list * length + i] = (wires[list * length + i] as number) | (1 << bit);
    });
  });
}

/** Calls `check` with all ways to have 0 … `length` ones in each of five lists, 32 at a time. */
function eachBatch(length: number, check: (batch: readonly (readonly number[])[]) => void): void {
  const base = length + 1;
  let batch: number[][] = [];
  for (let code = 0; code < base ** 5; code++) {
    batch.push(Array.from({ length: 5 }, (_, list) => Math.floor(code / base ** list) % base));
    if (batch.length === 32 || code === base ** 5 - 1) {
      check(batch);
      batch = [];
    }
  }
}

describe('by the zero-one principle, for every input', () => {
  it('the network of 25 sorts five ascending lists', () => {
    const network = sortTwentyFive();
    const wires = new Int32Array(25);
    eachBatch(5, (batch) => {
      fillBits(wires, 5, batch);
      runBits(network, wires);
      batch.forEach((counts, bit) => {
        const ones = counts.reduce((sum, count) => sum + count, 0);
        const sorted = network.results.map((wire) => ((wires[wire] as number) >> bit) & 1);
        expect(sorted.indexOf(1)).toBe(ones === 0 ? -1 : 25 - ones);
        expect(sorted.lastIndexOf(0)).toBe(24 - ones);
      });
    });
  });

  it('the network of 125 gives the median of five ascending lists', () => {
    // Wires hold thresholds of one list's count of ones in their bits: 26 counts of the first list
    // at once, all counts of the other four one after the other.
    const network = medianOfLists();
    const wires = new Int32Array(125);
    const [median] = network.results as [number];
    const first = Array.from({ length: 25 }, (_, i) => {
      let bits = 0;
      for (let count = 25 - i; count <= 25; count++) bits |= 1 << count;
      return bits;
    });
    let wrong = 0;
    for (let code = 0; code < 26 ** 4; code++) {
      const counts = [1, 26, 676, 17_576].map((unit) => Math.floor(code / unit) % 26);
      // The network first sorts across the lists, so their order makes no difference.
      if (counts.some((count, i) => i > 0 && count < (counts[i - 1] as number))) continue;
      const others = counts.reduce((sum, count) => sum + count, 0);
      wires.set(first);
      counts.forEach((count, list) => {
        wires.fill(0, 25 * (list + 1), 25 * (list + 2) - count);
        wires.fill(-1, 25 * (list + 2) - count, 25 * (list + 2));
      });
      runBits(network, wires);
      for (let count = 0; count <= 25; count++) {
        const expected = others + count >= 63 ? 1 : 0;
        if ((((wires[median] as number) >> count) & 1) !== expected) wrong += 1;
      }
    }
    expect(wrong).toBe(0);
  });
});
