/** The operation on a real or software adapter, through the engine; skipped where there is none. */
import { afterAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../engine/engine.ts';
import { host } from '../../host/browser.ts';
import { addStep } from '../../recipe/edit.ts';
import { emptyRecipe } from '../../recipe/recipe.ts';
import { digestBytes } from '../../volume/digest.ts';
import { voxelBytes } from '../../volume/volume.ts';
import { createKernelHost } from '../../wasm/kernel-host.ts';
import { operation } from './index.ts';

const kernels = createKernelHost(host, 1);
afterAll(() => kernels.dispose());
const engine = createEngine(host, kernels, 2 ** 26);
const adapter = await engine.findGpu().catch(() => null);

describe.skipIf(adapter === null)('non-local means asked of the GPU', () => {
  it.each(operation.examples)(
    '$title: within the tolerance, marked, apart from the CPU’s',
    async (example) => {
      const recipe = addStep(emptyRecipe(), {
        operation: operation.id,
        version: operation.version,
        params: example.params,
      });
      const input = await engine.identify(example.input());
      const run = async (useGpu: boolean) => {
        const { signal } = new AbortController();
        const [outcome] = await engine.run(recipe, input, { signal, useGpu });
        if (outcome === undefined) throw new Error('nothing ran');
        return outcome;
      };
      const gpu = await run(true);
      expect(gpu.gpuProblem).toBeNull();
      expect(gpu.gpu).toMatchObject({ device: 'gpu', adapter, tolerance: 1e-5 });
      expect(gpu.gpu?.difference).toBeLessThanOrEqual(1e-5);

      const cpu = await run(false);
      expect(cpu.cached).toBe(false);
      expect(cpu.gpu).toBeNull();
      expect(digestBytes(voxelBytes(cpu.current.volume.data))).toBe(example.voxelDigest);
      const [a, b] = [
        gpu.current.volume.data as Float32Array,
        cpu.current.volume.data as Float32Array,
      ];
      const grey = Array.from(input.volume.data as Uint16Array);
      const range = Math.max(...grey) - Math.min(...grey);
      const largest = a.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))),
        0,
      );
      expect(largest / range).toBeLessThanOrEqual(1e-5);
      expect(gpu.tables).toEqual(cpu.tables);
    },
  );
});
