/** What every operation promises, checked over the registry. */
import { afterAll, describe, expect, it } from 'vitest';
import {
  defaultParameters,
  parseParameters,
  type ParameterValues,
} from '../../src/declaration/parameters.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { host } from '../../src/host/node.ts';
import type {
  Operation,
  OperationContext,
  OperationExample,
  OperationResult,
} from '../../src/operations/operation.ts';
import { loadAllOperations } from '../../src/operations/registry.ts';
import { addStep } from '../../src/recipe/edit.ts';
import { emptyRecipe } from '../../src/recipe/recipe.ts';
import { digestBytes } from '../../src/volume/digest.ts';
import { createVolume, type Volume, voxelBytes } from '../../src/volume/volume.ts';
import { createKernelHost, type KernelHost } from '../../src/wasm/kernel-host.ts';

type Example = OperationExample<Operation['parameters']>;

const operations = await loadAllOperations();
const hosts = new Map<number, KernelHost>();

function kernelHost(threads: number): KernelHost {
  const found = hosts.get(threads) ?? createKernelHost(host, threads);
  hosts.set(threads, found);
  return found;
}

afterAll(() => {
  for (const each of hosts.values()) each.dispose();
});

function parametersOf(
  operation: Operation,
  example: Example,
): ParameterValues<Operation['parameters']> {
  return parseParameters(operation.parameters, example.params, operation.id);
}

interface Observed {
  readonly result: OperationResult;
  readonly progress: readonly number[];
  readonly arenaBytes: number;
}

async function runExample(
  operation: Operation,
  example: Example,
  threads: number,
  input: Volume = example.input(),
  signal = new AbortController().signal,
): Promise<Observed> {
  const progress: number[] = [];
  let arenaBytes = 0;
  const report = (fraction: number): void => {
    progress.push(fraction);
  };
  const context: OperationContext = {
    signal,
    progress: report,
    breathe: () => host.turn(),
    withKernels: (bytes, driver) =>
      kernelHost(threads).runJob({ bytes, signal, progress: report }, async (session) => {
        const value = await driver(session);
        arenaBytes = Math.max(arenaBytes, session.allocatedBytes);
        return value;
      }),
  };
  const result = await operation.run(input, parametersOf(operation, example), context);
  return { result, progress, arenaBytes };
}

function resultDigest(result: OperationResult): string {
  const voxels = 'volume' in result ? digestBytes(voxelBytes(result.volume.data)) : null;
  return JSON.stringify({ voxels, tables: result.tables ?? [], notes: result.notes ?? [] });
}

describe.each(operations.map((operation) => [operation.id, operation] as const))(
  'operation %s',
  (_id, operation) => {
    const examples = operation.examples;

    it('describes itself completely', () => {
      expect(operation.id).toMatch(/^[a-z]+(-[a-z0-9]+)+$/);
      expect(Number.isInteger(operation.version) && operation.version >= 1).toBe(true);
      for (const text of [
        operation.title,
        operation.summary,
        operation.details,
        operation.methods,
      ]) {
        expect(text.trim()).not.toBe('');
      }
      expect(operation.summary).toMatch(/\.$/);
      for (const field of Object.values(operation.parameters)) {
        expect(field.title.trim()).not.toBe('');
        expect(field.help.trim()).not.toBe('');
      }
      for (const citation of operation.citations) {
        expect(citation.authors.trim()).not.toBe('');
        if (citation.doi !== undefined) expect(citation.doi).toMatch(/^10\.\d{4,}\/\S+$/);
      }
      expect(examples.length).toBeGreaterThan(0);
    });

    it('names only its own parameters in the methods sentence', () => {
      const named = [...operation.methods.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      expect(Object.keys(operation.parameters)).toEqual(expect.arrayContaining(named));
    });

    it('accepts its defaults and reads parameters back from JSON unchanged', () => {
      const defaults = defaultParameters(operation.parameters);
      expect(parseParameters(operation.parameters, {}, operation.id)).toEqual(defaults);
      for (const params of [defaults, ...examples.map((each) => parametersOf(operation, each))]) {
        const read: unknown = JSON.parse(JSON.stringify(params));
        expect(
          parseParameters(operation.parameters, read as Record<string, unknown>, operation.id),
        ).toEqual(params);
      }
    });

    it('refuses an unknown parameter by name', () => {
      expect(() => parseParameters(operation.parameters, { nonsense: 1 }, operation.id)).toThrow(
        /no parameter "nonsense"/,
      );
    });

    it('is refused by the engine for the other kind of volume', async () => {
      if (operation.input === 'any') return;
      const other = createVolume({
        kind: operation.input === 'grey' ? 'labels' : 'grey',
        size: [2, 2, 2],
        data: new Uint8Array(8),
      });
      const recipe = addStep(emptyRecipe(), {
        operation: operation.id,
        version: operation.version,
      });
      await expect(createEngine(host, kernelHost(1), 0).plan(recipe, other)).rejects.toMatchObject({
        code: operation.input === 'grey' ? 'volume/not-grey' : 'volume/not-labels',
      });
    });

    describe.each(examples.map((example) => [example.title, example] as const))(
      'example "%s"',
      (_title, example) => {
        it('reproduces its numbers', async () => {
          const { result } = await runExample(operation, example, 2);
          const digest = 'volume' in result ? digestBytes(voxelBytes(result.volume.data)) : null;
          expect(digest).toBe(example.voxelDigest);
          for (const [id, rows] of Object.entries(example.tables ?? {})) {
            const table = result.tables?.find((each) => each.id === id);
            expect(table?.rows.length).toBe(rows.length);
            rows.forEach((row, i) => {
              for (const [column, expected] of Object.entries(row)) {
                const found = table?.rows[i]?.[column];
                if (typeof expected === 'number') {
                  const slack = (example.tolerance ?? 0) * Math.abs(expected);
                  expect(Math.abs((found as number) - expected)).toBeLessThanOrEqual(slack);
                } else {
                  expect(found).toBe(expected);
                }
              }
            });
          }
        });

        it('gives the same bits for 1, 2 and 3 threads', async () => {
          const digests: string[] = [];
          for (const threads of [1, 2, 3]) {
            digests.push(resultDigest((await runExample(operation, example, threads)).result));
          }
          expect(new Set(digests).size).toBe(1);
        });

        it('agrees with its scalar reference to the bit', async () => {
          if (operation.reference === undefined) return;
          const expected = operation.reference(example.input(), parametersOf(operation, example));
          const { result } = await runExample(operation, example, 1);
          expect(resultDigest(result)).toBe(resultDigest(expected));
        });

        it('leaves its input unchanged', async () => {
          const input = example.input();
          const before = digestBytes(voxelBytes(input.data));
          await runExample(operation, example, 2, input);
          expect(digestBytes(voxelBytes(input.data))).toBe(before);
        });

        it('reports progress that rises within 0 to 1', async () => {
          const { progress } = await runExample(operation, example, 2);
          progress.forEach((fraction, i) => {
            expect(fraction).toBeGreaterThanOrEqual(i === 0 ? 0 : (progress[i - 1] as number));
            expect(fraction).toBeLessThanOrEqual(1);
          });
        });

        it('stays below its memory estimate', async () => {
          const input = example.input();
          const { result, arenaBytes } = await runExample(operation, example, 3, input);
          const outputBytes =
            'volume' in result && result.volume.data !== input.data
              ? result.volume.data.byteLength
              : 0;
          const estimate = operation.estimate(input, parametersOf(operation, example));
          expect(arenaBytes).toBeLessThanOrEqual(estimate.bytes);
          expect(outputBytes).toBeLessThanOrEqual(estimate.bytes);
        });

        it('stops when cancelled', async () => {
          const controller = new AbortController();
          controller.abort();
          const recipe = addStep(emptyRecipe(), {
            operation: operation.id,
            version: operation.version,
            params: example.params,
          });
          const engine = createEngine(host, kernelHost(2), 0);
          const run = engine.run(recipe, await engine.identify(example.input()), {
            signal: controller.signal,
          });
          await expect(run).rejects.toMatchObject({ code: 'run/cancelled' });
        });

        it('returns what it declares', async () => {
          const input = example.input();
          const { result } = await runExample(operation, example, 1, input);
          if (operation.output === 'none') {
            expect('volume' in result).toBe(false);
          } else {
            const { volume } = result as { volume: Volume };
            expect(volume.kind).toBe(operation.output === 'same' ? input.kind : operation.output);
            expect(volume.spacing).toEqual(input.spacing);
          }
          for (const table of result.tables ?? []) {
            const declared = operation.tables[table.id];
            expect(table.columns).toEqual(declared?.columns);
            const ids = table.columns.map((column) => column.id).sort();
            for (const row of table.rows) {
              expect(Object.keys(row).sort()).toEqual(ids);
              for (const cell of Object.values(row)) {
                if (typeof cell === 'number') expect(Number.isFinite(cell)).toBe(true);
              }
            }
          }
        });
      },
    );
  },
);

it('has operations to check', () => {
  expect(operations.length).toBeGreaterThan(0);
});
