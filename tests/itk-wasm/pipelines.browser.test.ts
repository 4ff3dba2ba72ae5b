/**
 * Non-local means, unsharp mask and watershed through itk-wasm's own worker in Chromium, from files
 * served by our own origin.
 */
import { type Image, InterfaceTypes, runPipeline } from 'itk-wasm';
import { expect, it } from 'vitest';
import { loadOperation } from '../../src/operations/registry.ts';
import { digestBytes } from '../../src/volume/digest.ts';
import { itkImage, pipelineArguments } from '../support/itk-image.ts';

const pipelineBaseUrl = new URL('/dist/itk-pipelines', location.origin).href;

it.each(['denoise-nl-means', 'sharpen-unsharp-mask', 'segment-watershed'])(
  'runs %s with the same bits as the engine',
  async (id) => {
    const operation = await loadOperation(id);
    for (const example of operation.examples) {
      const { returnValue, stderr, outputs, webWorker } = await runPipeline(
        id,
        pipelineArguments(operation, example),
        [{ type: InterfaceTypes.Image }],
        [{ type: InterfaceTypes.Image, data: itkImage(example.input()) }],
        { pipelineBaseUrl },
      );
      (webWorker as Worker).terminate();
      expect([returnValue, stderr]).toEqual([0, '']);
      const { buffer, byteOffset, byteLength } = (outputs[0]?.data as Image).data as Uint8Array;
      const bytes = new Uint8Array(buffer, byteOffset, byteLength).slice();
      expect(digestBytes(bytes)).toBe(example.voxelDigest);
    }
  },
);

it('fetches nothing from another origin', () => {
  const origins = performance
    .getEntriesByType('resource')
    .map((entry) => new URL(entry.name).origin);
  expect([...new Set(origins)]).toEqual([location.origin]);
});
