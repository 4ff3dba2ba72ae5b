/**
 * The same bits in Chromium for 1, 2 and 3 threads as the examples' pinned digests, which the
 * contract tests hold Node to.
 */
import { expect, it } from 'vitest';
import { loadAllOperations } from '../../src/operations/registry.ts';
import type { ExampleDigest } from '../support/example-runner.worker.ts';

function runInWorker(threads: number): Promise<readonly ExampleDigest[]> {
  const worker = new Worker(new URL('../support/example-runner.worker.ts', import.meta.url), {
    type: 'module',
  });
  return new Promise<readonly ExampleDigest[]>((resolve, reject) => {
    worker.onmessage = (
      event: MessageEvent<{ digests?: readonly ExampleDigest[]; error?: string }>,
    ) => {
      if (event.data.digests === undefined) reject(new Error(event.data.error));
      else resolve(event.data.digests);
    };
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(threads);
  }).finally(() => worker.terminate());
}

it('is isolated, so that threads are really used', () => {
  expect(crossOriginIsolated).toBe(true);
});

it('gives the pinned bits for every number of threads', async () => {
  const pinned = (await loadAllOperations()).flatMap((operation) =>
    operation.examples.map((example) => [operation.id, example.title, example.voxelDigest]),
  );
  const runs: (readonly ExampleDigest[])[] = [];
  for (const threads of [1, 2, 3]) runs.push(await runInWorker(threads));
  for (const digests of runs) {
    expect(digests.map((each) => [each.operation, each.example, each.voxels])).toEqual(pinned);
    expect(digests).toEqual(runs[0]);
  }
});
