/**
 * The first mutants of every format (`npm run fuzz` reads more). A mutant is named
 * `format:seed:index`; `npm run fuzz -- --only NAME` reads it alone.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { FORMAT_IDS, type FormatId } from '../../src/io/registry.ts';
import { FuzzReaders } from './campaign.ts';

const COUNT = 1000;
/** itk-wasm takes some 15 ms a file in Node. */
const FEWER: Partial<Record<FormatId, number>> = { mrc: 200, vtk: 200 };
const SEED = 1;

const readers = new FuzzReaders();
afterAll(() => {
  readers.close();
});

describe('damaged files', () => {
  test.each(FORMAT_IDS)(
    '%s: a volume, the same twice, or one sentence; no hang, no crash, bounded memory',
    async (format) => {
      const count = FEWER[format] ?? COUNT;
      const { outcomes, findings } = await readers.run({
        format,
        seed: SEED,
        start: 0,
        end: count,
      });
      expect(findings).toEqual([]);
      // Mutants reach both ends, else they test nothing.
      expect(outcomes['volume']).toBeGreaterThan(count / 20);
      expect(Object.keys(outcomes).length).toBeGreaterThan(2);
    },
  );
});
