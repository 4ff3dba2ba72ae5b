/** Tortuosity factors with the GPU's potential, through the engine; skipped without an adapter. */
import { afterAll, describe, expect, it } from 'vitest';
import { createEngine, type StepOutcome } from '../../engine/engine.ts';
import { host } from '../../host/browser.ts';
import { randomUniform } from '../../kernels/random.ts';
import { addStep } from '../../recipe/edit.ts';
import { emptyRecipe } from '../../recipe/recipe.ts';
import { createVolume, type Volume } from '../../volume/volume.ts';
import { createKernelHost } from '../../wasm/kernel-host.ts';
import { operation } from './index.ts';

const kernels = createKernelHost(host, 1);
afterAll(() => kernels.dispose());
const engine = createEngine(host, kernels, 2 ** 26);
const adapter = await engine.findGpu().catch(() => null);

function mixture(): Volume {
  const data = Uint8Array.from({ length: 24 * 20 * 22 }, (_, i) => {
    return randomUniform(3, 0, i) < 0.6 ? 1 : 0;
  });
  const spacing = { values: [1, 1, 1.5], unit: 'µm' } as const;
  return createVolume({ kind: 'labels', size: [24, 20, 22], data, spacing });
}

async function run(
  params: Readonly<Record<string, unknown>>,
  useGpu: boolean,
): Promise<StepOutcome> {
  const { id, version } = operation;
  const recipe = addStep(emptyRecipe(), { operation: id, version, params });
  const { signal } = new AbortController();
  const input = await engine.identify(mixture());
  const [outcome] = await engine.run(recipe, input, { signal, useGpu });
  if (outcome === undefined) throw new Error('nothing ran');
  return outcome;
}

type Row = Readonly<Record<string, number>>;

function rowsOf({ tables }: StepOutcome): readonly Row[] {
  return tables[0]?.rows as unknown as readonly Row[];
}

describe.skipIf(adapter === null)('tortuosity factors asked of the GPU', () => {
  it.each([1e-3, 1e-5])(
    'are certified to %f like the CPU’s, in fewer iterations',
    async (accuracy) => {
      const params = { phase: [1], accuracy };
      const gpu = await run(params, true);
      expect(gpu.gpuProblem).toBeNull();
      expect(gpu.gpu).toMatchObject({ adapter, tolerance: 2 * accuracy, evidence: 'certificate' });
      const cpu = await run(params, false);
      expect(cpu.gpu).toBeNull();
      expect(cpu.cached).toBe(false);
      rowsOf(gpu).forEach((row, i) => {
        const reference = rowsOf(cpu)[i] as Row;
        console.log(
          `${adapter}: ${row['iterations']} iterations left of ${reference['iterations']}, τ ${row['tortuosityFactor']} and ${reference['tortuosityFactor']}, width ${row['errorBound']}`,
        );
        expect(row['errorBound']).toBeLessThanOrEqual(accuracy);
        // Two intervals that hold the same value overlap.
        expect(row['tortuosityFactorLower']).toBeLessThanOrEqual(
          reference['tortuosityFactorUpper'] ?? 0,
        );
        expect(reference['tortuosityFactorLower']).toBeLessThanOrEqual(
          row['tortuosityFactorUpper'] ?? 0,
        );
        expect(row['iterations']).toBeLessThan(reference['iterations'] ?? 0);
      });
    },
  );

  it('leave periodic sides to the CPU, and say so', async () => {
    const outcome = await run({ phase: [1], directions: 'z', sides: 'periodic' }, true);
    expect(outcome.gpu).toBeNull();
    expect(outcome.gpuProblem).toMatch(/periodic sides/);
  });
});
