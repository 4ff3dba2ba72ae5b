/** Runs every operation's examples in a browser worker and answers with digests of the results. */
import { parseParameters } from '../../src/declaration/parameters.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { host } from '../../src/host/browser.ts';
import { loadAllOperations } from '../../src/operations/registry.ts';
import { addStep } from '../../src/recipe/edit.ts';
import { emptyRecipe } from '../../src/recipe/recipe.ts';
import { digestBytes, digestText } from '../../src/volume/digest.ts';
import { voxelBytes } from '../../src/volume/volume.ts';
import { createKernelHost } from '../../src/wasm/kernel-host.ts';

export interface ExampleDigest {
  readonly operation: string;
  readonly example: string;
  readonly voxels: string | null;
  readonly tables: string;
}

async function runExamples(threads: number): Promise<readonly ExampleDigest[]> {
  const kernels = createKernelHost(host, threads);
  const engine = createEngine(host, kernels, 0);
  const digests: ExampleDigest[] = [];
  for (const operation of await loadAllOperations()) {
    for (const example of operation.examples) {
      const recipe = addStep(emptyRecipe(), {
        operation: operation.id,
        version: operation.version,
        params: parseParameters(operation.parameters, example.params, operation.id),
      });
      const input = await engine.identify(example.input());
      const [outcome] = await engine.run(recipe, input, {
        signal: new AbortController().signal,
      });
      digests.push({
        operation: operation.id,
        example: example.title,
        voxels:
          outcome?.madeVolume === true
            ? digestBytes(voxelBytes(outcome.current.volume.data))
            : null,
        tables: digestText(JSON.stringify(outcome?.tables)),
      });
    }
  }
  kernels.dispose();
  return digests;
}

self.onmessage = (event: MessageEvent<number>) => {
  runExamples(event.data).then(
    (digests) => self.postMessage({ digests }),
    (error: unknown) => self.postMessage({ error: String(error) }),
  );
};
