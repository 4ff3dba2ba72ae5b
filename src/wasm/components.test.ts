import { describe, expect, it } from 'vitest';
import { withTestKernels } from '../../tests/support/kernels.ts';
import { type Connectivity, labelComponents as reference } from '../kernels/components.ts';
import type { GridSize } from '../kernels/watershed.ts';
import { componentsBytes, labelComponents, tabulateComponents } from './components.ts';

/** Park & Miller 1988. */
function randomValues(size: GridSize, seed: number, values: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: size[0] * size[1] * size[2] }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return Math.floor((state / 2_147_483_647) * values);
  });
}

const SIZES: readonly GridSize[] = [
  [13, 11, 9],
  [17, 6, 1],
  [1, 14, 12],
  [19, 1, 8],
  [40, 1, 1],
  [1, 1, 40],
  [1, 1, 1],
];
const CONNECTIVITIES: readonly Connectivity[] = [6, 18, 26];

describe('component kernel', () => {
  it.each(SIZES)('equals the reference, %i × %i × %i', async (...size) => {
    for (const connectivity of CONNECTIVITIES) {
      for (const background of [null, 0]) {
        const values = randomValues(size, 5 + connectivity, 3);
        const options = { connectivity, background };
        const found = await withTestKernels(componentsBytes(size), (session) =>
          labelComponents(session, values, size, options),
        );
        expect(found).toEqual(reference(values, size, options));
      }
    }
  });

  it('joins a serpentine of many provisional labels', async () => {
    const size = [41, 41, 3] as const;
    const values = new Uint8Array(41 * 41 * 3);
    // A serpentine in the middle slice.
    for (let y = 0; y < 41; y++) {
      for (let x = 0; x < 41; x++) {
        const open = y % 2 === 0 || (y % 4 === 1 ? x === 40 : x === 0);
        values[x + 41 * (y + 41)] = open ? 1 : 0;
      }
    }
    const options = { connectivity: 6, background: 0 } as const;
    const found = await withTestKernels(componentsBytes(size), (session) =>
      tabulateComponents(session, values, size, options),
    );
    expect(found.count).toBe(1);
    expect(found.faces[0]).toBe(1 + 2 + 4 + 8);
  });

  it('covers a volume of several kernel calls', async () => {
    const size = [128, 128, 70] as const;
    const values = randomValues(size, 77, 2);
    const options = { connectivity: 6, background: null } as const;
    const fractions: number[] = [];
    const found = await withTestKernels(
      componentsBytes(size),
      (session) => tabulateComponents(session, values, size, options),
      1,
      { progress: (fraction) => fractions.push(fraction) },
    );
    const { labels: _, ...expected } = reference(values, size, options);
    expect(found).toEqual(expected);
    expect(fractions.length).toBeGreaterThan(4);
    expect(fractions.at(-1)).toBe(1);
  });

  it.each(CONNECTIVITIES)(
    'joins slabs that threads scanned, with %i neighbours',
    async (connectivity) => {
      const size = [512, 512, 5] as const;
      const values = randomValues(size, 31, 3);
      const options = { connectivity, background: 1 } as const;
      const expected = reference(values, size, options);
      for (const threads of [1, 3]) {
        const isEqual = await withTestKernels(
          componentsBytes(size),
          async (session) => {
            const { labels, ...table } = await labelComponents(session, values, size, options);
            expect(table.sizes).toEqual(expected.sizes);
            return labels.every((label, i) => label === expected.labels[i]);
          },
          threads,
        );
        expect(isEqual).toBe(true);
      }
    },
  );
});
