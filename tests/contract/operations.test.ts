/** What every operation promises, checked over the registry; `checks.ts` says what that is. */
import { afterAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import { host } from '../../src/host/node.ts';
import { loadAllOperations } from '../../src/operations/registry.ts';
import { addStep } from '../../src/recipe/edit.ts';
import { emptyRecipe } from '../../src/recipe/recipe.ts';
import { createVolume } from '../../src/volume/volume.ts';
import { createKernelHost } from '../../src/wasm/kernel-host.ts';
import { EXAMPLE_CHECKS, OPERATION_CHECKS } from './checks.ts';

const operations = await loadAllOperations();
const kernels = createKernelHost(host, 1);
const engine = createEngine(host, kernels, 0);
afterAll(() => kernels.dispose());

describe.each(operations.map((operation) => [operation.id, operation] as const))(
  'operation %s',
  (_id, operation) => {
    it.each(OPERATION_CHECKS.map((check) => [check.fact, check] as const))('%s', (_fact, check) =>
      check.run(operation),
    );

    if (operation.input !== 'any') {
      it('is refused by the engine for the other kind of volume', async () => {
        const kind = operation.input === 'grey' ? 'labels' : 'grey';
        const other = createVolume({ kind, size: [2, 2, 2], data: new Uint8Array(8) });
        const { id, version } = operation;
        const recipe = addStep(emptyRecipe(), { operation: id, version });
        await expect(engine.plan(recipe, other)).rejects.toMatchObject({
          code: `volume/not-${operation.input}`,
        });
      });
    }

    describe.each(operation.examples.map((example) => [example.title, example] as const))(
      'example "%s"',
      (_title, example) => {
        it.each(EXAMPLE_CHECKS.map((check) => [check.fact, check] as const))('%s', (_fact, check) =>
          check.run(operation, example),
        );
      },
    );
  },
);

it('has operations to check', () => {
  expect(operations.length).toBeGreaterThan(0);
});
